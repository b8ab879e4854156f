//! Offers: which forms somebody finds on a page, as things stand, and what is chosen in them.

use duban::asking::Asker;
use duban::forms::field::Field;
use duban::forms::{At, Form, of_case, of_meeting};
use duban::registry::{self, in_force};
use duban_actors::case::command::Ground;
use duban_actors::case::{CaseId, Command};
use duban_actors::findings::Determination;
use duban_actors::meeting::{Event, Meeting};
use duban_actors::role::Role;
use duban_core::clock::Timestamp;
use duban_core::entity::Entity as _;
use duban_rules::vocabulary::UnitId;
use duban_rules::{Sources, parse};
use duban_runtime::journal::Journal;
use duban_tests::case_path::{CasePath, handling, minutes, town};

use crate::special_meetings::held;

/// What is offered by `made`, to one who asks in this role.
fn offered<T>(now: Timestamp, made: impl FnOnce(At<'_>) -> T) -> T {
    let registry = registry::registry(&in_force(parse(&Sources::shipped()).0));
    let journal = Journal::in_memory(registry).unwrap();
    made(At { journal: &journal, cx: town(), now })
}

fn somebody(role: Role, unit: Option<&str>) -> Asker {
    Asker { unit: unit.map(UnitId::new), ..Asker::system("somebody", role) }
}

fn names(forms: &[Form]) -> Vec<&str> {
    forms.iter().map(|form| form.name).collect()
}

/// The forms that the unit of a case finds on its page.
fn of_the_unit(road: &CasePath) -> Vec<Form> {
    let unit = [somebody(Role::UnitStaff, Some("SW"))];
    offered(road.at, |at| of_case(&road.case, &unit, at)).unwrap()
}

fn field<'a>(forms: &'a [Form], form: &str, name: &str) -> &'a Field {
    let form = forms.iter().find(|one| one.name == form).unwrap();
    form.fields.iter().find(|field| field.name == name).unwrap()
}

fn of_the_head(meeting: &Meeting, now: Timestamp) -> Vec<Form> {
    let head = [somebody(Role::CentreHead, None)];
    offered(now, |at| of_meeting(meeting, &head, at)).unwrap()
}

#[test]
fn a_meeting_that_has_decided_all_of_its_agenda_takes_minutes_and_no_more_decisions() {
    let meeting = held();
    let now = Timestamp::from_millis(1_772_600_000_000);
    assert_eq!(names(&of_the_head(&meeting, now)), ["decisions"], "something is undecided");
    let taken = Event::DecisionTaken {
        at: now,
        by: "zhuren".into(),
        case: CaseId("c1".into()),
        finding: Determination::MovesTo(UnitId::new("DL")),
        reason: "杆线归供电".into(),
    };
    let decided = meeting.evolve(&taken).unwrap();
    assert_eq!(names(&of_the_head(&decided, now)), ["minutes"]);
}

#[test]
fn why_a_unit_gives_a_case_back_and_what_it_applies_for_is_chosen_and_never_supposed() {
    let forms = of_the_unit(&handling());
    for (form, name) in [("return", "ground"), ("application", "wish"), ("dispute", "ground")] {
        let field = field(&forms, form, name);
        assert!(field.required && field.values.is_empty(), "{form}: {field:?}");
    }
}

#[test]
fn a_choice_that_may_be_left_out_says_what_it_is_then() {
    let road = duban_tests::case_path::filed();
    let desk = [somebody(Role::Dispatcher, None)];
    let forms = offered(road.at, |at| of_case(&road.case, &desk, at)).unwrap();
    let method = field(&forms, "dispatch", "method");
    assert_eq!((method.required, method.blank.as_str()), (false, "不写则按单位的惯例"));
}

#[test]
fn a_form_that_follows_is_called_the_same_whatever_it_was_wanting_of() {
    let formless = Command::Dispute {
        ground: Ground::Ownership,
        reason: "不是我单位".into(),
        proposes: None,
        form: None,
    };
    let road = handling().then(minutes(10), Role::UnitStaff, formless);
    let forms = of_the_unit(&road);
    let follows = forms.iter().find(|form| form.name == "return-form").unwrap();
    assert_eq!(follows.title, "补交签章单");
    for words in ["退单", "责任认定", "延期", "缓办"] {
        assert!(follows.about.contains(words), "{words}: {}", follows.about);
    }
}
