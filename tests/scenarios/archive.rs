//! The archive: a month after closing a case leaves its facts at hand, and the ledger has the rest (articles 22 and 26).

use std::time::Duration;

use duban_actors::case::command::{Determination, Outcome};
use duban_actors::case::listing::{CLOSED, closed_of};
use duban_actors::case::remains::{AT_HAND, facts};
use duban_actors::case::{Case, CaseId, Command};
use duban_actors::role::Role;
use duban_rules::vocabulary::UnitId;
use duban_runtime::answer::Answer;
use duban_runtime::clock::Clock as _;
use duban_runtime::entity::Entity as _;
use duban_runtime::journal::putting_away::PutAway;
use duban_tests::case_path::{self, LOOSE_COVER, MONDAY_9AM, hours, minutes};

use crate::world::{self, World};

/// A case that was closed on Monday.
async fn closed(world: &World) -> CaseId {
    let id = world.handling("1", LOOSE_COVER).await;
    let commands = [
        (Role::UnitStaff, case_path::feedback()),
        (Role::Collector, case_path::verify(Outcome::Passed)),
        (Role::DutyChief, Command::Close { waiver: None }),
    ];
    for (role, command) in commands {
        let answer = world.ask(&id, role, command).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    }
    id
}

fn put_away(world: &World, id: &CaseId) -> PutAway {
    let journal = world.node.journal();
    assert!(journal.wait_applied(journal.head().1));
    journal.put_away(&id.entity(), world.clock.now()).unwrap()
}

#[test]
fn a_case_stays_at_hand_for_a_month_after_its_closing_and_open_ones_stay_for_ever() {
    world::at(MONDAY_9AM, async |world: &World| {
        let open = world.handling("2", LOOSE_COVER).await;
        let closed = closed(world).await;
        let at = world.clock.now();
        world.until(at + AT_HAND - Duration::from_millis(1)).await;
        assert_eq!(put_away(world, &closed), PutAway::Stays);
        world.until(at + AT_HAND).await;
        assert_eq!(put_away(world, &open), PutAway::Stays);
        assert_eq!(put_away(world, &closed), PutAway::Done);
        assert_eq!(put_away(world, &closed), PutAway::Stays);
    });
}

#[test]
fn of_a_case_in_the_archive_facts_and_places_are_at_hand_and_the_rest_is_read_from_the_ledger() {
    world::at(MONDAY_9AM, async |world: &World| {
        let (id, journal) = (closed(world).await, world.node.journal());
        let (before, case) = (journal.entity(&id.entity()).unwrap().unwrap(), world.case(&id));
        world.until(world.clock.now() + AT_HAND).await;
        assert_eq!(put_away(world, &id), PutAway::Done);

        let kept = journal.as_kept(&id.entity()).unwrap().unwrap();
        assert!(kept.is_put_away() && kept.state.len() < before.state.len());
        assert_eq!(facts(&id.entity(), &kept).unwrap(), case.state.filing().unwrap().facts);
        let unit = UnitId::new("SW");
        assert_eq!(
            [world.list(&CLOSED), world.list(&closed_of(&unit))],
            [[id.entity()], [id.entity()]]
        );

        assert_eq!(journal.entity(&id.entity()).unwrap(), Some(before));
        assert_eq!(world.case(&id), case);
        // As after a restart: nobody has it in memory.
        world.again(async |world: &World| assert_eq!(world.case(&id), case)).await;
    });
}

#[test]
fn a_precedent_stays_at_hand_as_a_whole() {
    let after_years = MONDAY_9AM + AT_HAND * 36;
    assert!(case_path::closed().case.remains(after_years).is_some());
    let found = case_path::determine(Determination::Stays);
    let closed = case_path::disputing()
        .then(minutes(10), Role::DutyChief, found)
        .then(minutes(10), Role::UnitStaff, case_path::feedback())
        .then(minutes(10), Role::Collector, case_path::verify(Outcome::Passed))
        .then(minutes(10), Role::DutyChief, Command::Close { waiver: None });
    assert_eq!(closed.case.remains(after_years), None);
}

#[test]
fn whoever_registers_an_archived_case_again_finds_it_and_what_happens_to_it_brings_it_back() {
    world::at(MONDAY_9AM, async |world: &World| {
        let id = closed(world).await;
        world.until(world.clock.now() + AT_HAND).await;
        assert_eq!(put_away(world, &id), PutAway::Done);
        world
            .again(async |world: &World| {
                let answer = world.ask(&id, Role::Intake, case_path::report()).await;
                assert!(matches!(answer, Answer::Accepted { sequence: 1, .. }), "{answer:?}");

                let erase = Command::EraseReporter { reason: "本人申请".into() };
                let answer = world.ask(&id, Role::CentreHead, erase).await;
                assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
                let kept = world.node.journal().as_kept(&id.entity()).unwrap().unwrap();
                assert_eq!(kept.state_version, Case::STATE_VERSION);
                assert_eq!(put_away(world, &id), PutAway::Done);
                world.until(world.clock.now() + hours(1)).await;
            })
            .await;
    });
}
