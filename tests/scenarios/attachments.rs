//! Attachments: papers and recordings on an open case (附件).

use duban_actors::case::files::Use;
use duban_actors::case::{Case, Command, Event, Refusal};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_core::entity::Entity as _;
use duban_tests::case_path::{self, CasePath, Who, minutes, somebody};

fn attach() -> Command {
    Command::Attach { file: "blob-8".into(), note: "来电录音".to_owned() }
}

fn of_unit(unit: &str) -> Who {
    Who { speaks_for: Some(unit.to_owned()), ..somebody(Role::UnitStaff) }
}

#[test]
fn a_recording_is_put_on_an_open_case_and_moves_nothing_of_it() {
    for path in [case_path::registered(), case_path::filed(), case_path::handling()] {
        let after = path.asks(minutes(5), &somebody(Role::Intake), &attach()).unwrap();
        let event = after.events.last().unwrap();
        assert_eq!(event.files(), (Use::Attachment, &["blob-8".into()][..]));
        let Event::Attached { note, .. } = event else { panic!("{event:?}") };
        assert_eq!(note, "来电录音");
        let (before, after) = (&path.case, &after.case);
        assert_eq!((after.timers(), after.listing()), (before.timers(), before.listing()));
        assert_eq!(after.state.name(), before.state.name());
        let papers = |case: &Case| case.state.report().map(|report| report.papers);
        assert_eq!((papers(before), papers(after)), (Some(0), Some(1)), "its history has it");
    }
}

#[test]
fn a_unit_attaches_to_the_case_that_it_has_and_to_no_other() {
    let handling = case_path::handling();
    assert!(handling.asks(minutes(5), &of_unit("SW"), &attach()).is_ok());
    let other = handling.asks(minutes(5), &of_unit("DL"), &attach()).unwrap_err();
    assert_eq!(other, Refusal::OtherUnit { unit: "SW".into() });
    let nobodys = case_path::filed().asks(minutes(5), &of_unit("SW"), &attach()).unwrap_err();
    assert_eq!(nobodys, Refusal::OutOfOrder { stands: "awaiting-dispatch" });
}

#[test]
fn nothing_is_attached_to_a_case_that_has_ended_nor_without_a_word_of_what_it_is() {
    for ended in [CasePath::start(), case_path::closed(), case_path::declined()] {
        let refused = ended.asks(minutes(5), &somebody(Role::DutyChief), &attach()).unwrap_err();
        assert!(matches!(refused, Refusal::OutOfOrder { .. }), "{refused:?}");
    }
    let wordless = Command::Attach { file: "blob-8".into(), note: "  ".to_owned() };
    let refused = case_path::filed().asks(minutes(5), &somebody(Role::DutyChief), &wordless);
    assert_eq!(refused.unwrap_err(), Refusal::Common(Common::ReasonMissing));
    let collector = case_path::verifying().asks(minutes(5), &somebody(Role::Collector), &attach());
    let refused = collector.unwrap_err();
    let Refusal::Common(Common::NotPermitted { duty, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(duty, Duty::Attach);
}
