//! Disputes before the committee (城管委协调, article 19): what it decides is done, and until then nothing is forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use duban_actors::case::command::{Determination, Ground};
use duban_actors::case::disputes::Binding;
use duban_actors::case::{CaseId, Command, Event, Refusal};
use duban_actors::meeting::{self, Meeting, Standing};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::tells::meeting_of;
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock as _, Timestamp};
use duban_runtime::entity::{Asked, CommandId, Entity};
use duban_runtime::node::Ask;
use duban_tests::case_path::{
    CasePath, LOOSE_COVER, MISSING_COVER, MONDAY_9AM, before_committee, call_meeting, determine,
    dispute, disputing, feedback, give_back, handling, handling_as, hours, minutes, refer,
    resolved, somebody,
};
use duban_tests::given::given_case;
use duban_tests::laws::asked;
use duban_tests::{due, timers};

use crate::world::{self, World};

/// Somebody asks the first meeting of a case.
async fn meets(world: &World, case: &CaseId, role: Role, command: meeting::Command) {
    let (no, now) = (meeting_of(case.as_str(), 1), world.clock.now());
    let id = CommandId::derived(&[format!("{command:?} {}", now.as_millis()).as_bytes()]);
    let asked = Asked { id, ..asked(now, role, "zhuren") };
    let answer = world.node.ask(Ask::of::<Meeting>(&no, command, asked)).await;
    world.node.durable().await;
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
}

fn meeting(world: &World, case: &CaseId) -> Meeting {
    let id = duban_runtime::entity::EntityId::new(Meeting::KIND, meeting_of(case.as_str(), 1));
    let stored = world.node.journal().entity(&id).unwrap().unwrap();
    Meeting::from_stored(&id, &stored.state).unwrap()
}

/// A case of Monday at nine whose dispute is put to the committee at once.
async fn put_to_it(world: &World, name: &str) -> CaseId {
    let case = world.handling(name, LOOSE_COVER).await;
    let asks = [(Role::UnitStaff, dispute(Ground::Ownership)), (Role::DutyChief, refer())];
    for (role, command) in asks {
        let answer = world.ask(&case, role, command).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    }
    case
}

fn called(when: Timestamp) -> meeting::Command {
    meeting::Command::Call { at: when, place: "政府三楼会议室".into() }
}

fn held() -> meeting::Command {
    meeting::Command::Hold { chair: "米示例".into(), present: vec!["贺示例".into()] }
}

#[test]
fn what_the_committee_decides_is_done_and_not_returned() {
    world::at(world::MORNING, async |world| {
        let case = put_to_it(world, "committee").await;
        let item = |world: &World| meeting(world, &case).agenda[0].clone();
        assert_eq!(item(world).motion.units, ["YL".into(), "DL".into()], "whom it proposes, too");
        let applicant = || world.case(&case).state.unit().cloned();
        assert_eq!(applicant(), Some("SW".into()), "the applicant holds it until then");

        let wednesday = MONDAY_9AM + hours(48);
        meets(world, &case, Role::CommitteeChair, called(wednesday)).await;
        world.until(wednesday).await;
        meets(world, &case, Role::CentreHead, held()).await;
        let (finding, reason) = (Determination::MovesTo("DL".into()), "杆线归供电".to_owned());
        let decided =
            meeting::Command::Decide { case: case.clone(), finding: finding.clone(), reason };
        meets(world, &case, Role::CentreHead, decided).await;

        let moved = world.case(&case);
        assert_eq!(moved.state.name(), "dispatched");
        assert_eq!(applicant(), Some("DL".into()));
        let found = moved.state.filing().unwrap().disputes.last().unwrap();
        assert_eq!((&found.finding, &found.binding), (&finding, &Binding::Bound));
        assert_eq!(found.by, "zhuren", "whoever entered it answers for it");
        assert_eq!(item(world).standing, Standing::Done(finding));
        let power = somebody(Role::Dispatcher).on_behalf_of("DL");
        let asked = duban_tests::case_path::asked(wednesday + minutes(5), &power);
        for command in [give_back(Ground::Boundary), dispute(Ground::Boundary)] {
            let refused = moved.decide(&command, &asked, duban_tests::case_path::town());
            assert_eq!(refused.unwrap_err(), Refusal::Bound);
        }
        let record = "会议决定井盖归供电单位处置".to_owned();
        meets(world, &case, Role::CentreHead, meeting::Command::Minute { record }).await;
        assert_eq!(meeting(world, &case).standing.name(), "minuted");
    });
}

#[test]
fn a_dispute_before_the_committee_is_not_forgotten() {
    world::at(world::MORNING, async |world| {
        let case = put_to_it(world, "waits").await;
        let wanted = async |until: Timestamp| {
            world.until(until).await;
            let letters = world.deliver().await.into_iter();
            let of_it = letters.filter(|letter| letter.template == "meeting-wanted");
            of_it
                .flat_map(|letter| letter.addresses)
                .map(|one| one.role.to_string())
                .collect::<BTreeSet<_>>()
        };
        let head = || BTreeSet::from(["centre-head".to_owned()]);
        assert_eq!(wanted(MONDAY_9AM).await, head(), "the head hears that it is proposed");
        let day = |n: u64| MONDAY_9AM + hours(24 * n);
        assert_eq!(wanted(day(7) - minutes(1)).await, BTreeSet::new());
        for n in [7, 8, 9, 10, 11] {
            assert_eq!(wanted(day(n)).await, head(), "not called: each working day");
        }
        assert_eq!(wanted(day(13)).await, BTreeSet::new(), "not on days off");
        let both = BTreeSet::from(["centre-head".to_owned(), "committee-chair".to_owned()]);
        assert_eq!(wanted(day(14)).await, both, "not held: the chair");
        assert_eq!(world.case(&case).state.name(), "disputing");
    });
}

#[test]
fn an_urgent_case_runs_on_while_the_committee_has_it() {
    let given = due(&handling_as(MISSING_COVER).case);
    let road = handling_as(MISSING_COVER)
        .then(minutes(10), Role::UnitStaff, dispute(Ground::Duty))
        .then(minutes(5), Role::DutyChief, refer());
    assert_eq!((road.case.state.stands_still(), due(&road.case)), (None, given));
    assert!(timers(&road.case).contains(&"handling.1.0/level-1".to_owned()));
    // Nobody at the centre is asked to find what the committee is to find.
    assert!(!timers(&road.case).iter().any(|name| name.starts_with("dispute.")));
}

#[test]
fn nobody_finds_what_the_committee_is_to_find_and_it_is_asked_once() {
    let at = before_committee().at + minutes(5);
    let refused = |command: &Command, refusal: &Refusal| {
        given_case(before_committee()).when(at, Role::CentreHead, command).then_refused(refusal);
    };
    let meeting = duban_tests::case_path::first_meeting();
    let before = Refusal::BeforeCommittee { meeting };
    refused(&determine(Determination::Stays), &before);
    refused(&refer(), &before);
    let off = before_committee().then(minutes(5), Role::Entity, crate::case::called_off());
    given_case(off.clone())
        .when(off.at, Role::DutyChief, &refer())
        .then_refused(&Refusal::CommitteeCalledOff);
    // It is chief's and head's again, with a clock of their own.
    assert!(timers(&off.case).iter().any(|name| name.starts_with("dispute.")));
    let road = off.then(minutes(5), Role::DutyChief, determine(Determination::Stays));
    assert_eq!(road.case.state.name(), "handling");
    for role in [Role::Dispatcher, Role::UnitHead, Role::CommitteeChair] {
        given_case(disputing())
            .when(MONDAY_9AM + minutes(50), role, &refer())
            .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::Determine }));
    }
    given_case(handling())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, &refer())
        .then_refused(&Refusal::OutOfOrder { stands: "handling" });
    let unknown = Command::Refer { units: vec!["XX".into()], reason: "x".into() };
    given_case(disputing())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, &unknown)
        .then_refused(&Refusal::UnknownUnit { unit: "XX".into() });
    // The applicant is not one of those named beside it.
    let applicant = Command::Refer { units: vec!["SW".into()], reason: "x".into() };
    given_case(disputing())
        .when(MONDAY_9AM + minutes(50), Role::DutyChief, &applicant)
        .then_refused(&Refusal::AlreadyWithUnit { unit: "SW".into() });
}

#[test]
fn the_clock_of_a_dispute_that_the_committee_gave_back_has_steps_of_its_own() {
    let steps = |road: &CasePath| -> BTreeSet<String> {
        let names = timers(&road.case).into_iter();
        names.filter(|name| name.starts_with("dispute.")).collect()
    };
    let before = steps(&disputing());
    let off = before_committee().then(minutes(5), Role::Entity, crate::case::called_off());
    let after = steps(&off);
    assert_eq!((before.len(), after.len()), (3, 3));
    assert!(
        before.is_disjoint(&after),
        "one decided of the first was one of the second: {after:?}"
    );
    // What was decided under the first clock's name, as earlier records have it, is taken off all the same.
    let step = off.fires(Duration::ZERO);
    let mut events = step.events.clone();
    let Some(Event::StepDecided(decided)) = events.last_mut() else { panic!("{events:?}") };
    decided.revision = 0;
    assert_eq!(CasePath::after(events).case, step.case);
}

#[test]
fn the_committees_time_costs_the_unit_nothing_and_its_own_does() {
    // Disputed on Monday at 09:40: duty chief or head had until Tuesday at 09:40 to find it.
    let given = due(&handling().case).unwrap();
    let later = hours(24 * 8);
    let road = before_committee().then(later, Role::Entity, resolved(Determination::Stays));
    assert_eq!(road.case.state.name(), "handling");
    let stood: Vec<Timestamp> =
        road.case.state.assignment().unwrap().pauses.iter().map(|stood| stood.until).collect();
    assert_eq!(stood, [MONDAY_9AM + hours(24) + minutes(40), road.at]);
    assert!(due(&road.case).unwrap() > given, "what lies behind that is credited");
}

#[test]
fn whoever_feeds_back_needs_no_decision_and_a_late_one_changes_nothing() {
    let fed_back = before_committee().then(minutes(30), Role::UnitStaff, feedback());
    let spared = |event: &&Event| matches!(event, Event::CommitteeSpared { .. });
    assert_eq!(fed_back.events.iter().filter(spared).count(), 1);
    assert_eq!(fed_back.case.state.name(), "verifying");
    let late = resolved(Determination::MovesTo("DL".into()));
    let road = fed_back.clone().then(minutes(5), Role::Entity, late);
    assert_eq!(road.case, fed_back.case);

    let back = Command::TakeBack { reason: "已查明属本单位".into() };
    let road = before_committee().then(minutes(30), Role::UnitStaff, back);
    assert_eq!(road.events.iter().filter(spared).count(), 1);
    assert_eq!(road.case.state.name(), "handling");
}

#[test]
fn a_meeting_hears_that_its_case_needs_no_decision_any_more() {
    world::at(world::MORNING, async |world| {
        let case = put_to_it(world, "done").await;
        world.ask(&case, Role::UnitStaff, feedback()).await;
        assert_eq!(meeting(world, &case).standing.name(), "cancelled");
    });
}

#[test]
fn the_units_called_to_the_place_are_named_before_the_committee_too() {
    let met = disputing().then(minutes(5), Role::Dispatcher, call_meeting());
    let road = met.then(minutes(5), Role::DutyChief, refer());
    let Some(Event::Referred(referred)) = road.events.last() else { panic!("not referred") };
    assert_eq!(referred.units, ["YL".into(), "DL".into()]);
}

#[test]
fn a_unit_that_cannot_be_dispatched_to_is_the_desks_to_see_to() {
    // It is gone from the rules since the meeting.
    let nobody = resolved(Determination::MovesTo("NOWHERE".into()));
    let road = before_committee().then(Duration::ZERO, Role::Entity, nobody);
    assert_eq!(road.case.state.name(), "awaiting-dispatch");
    assert!(road.case.state.filing().unwrap().is_bound());
    assert!(timers(&road.case).iter().any(|name| name.starts_with("dispatch.")));
}
