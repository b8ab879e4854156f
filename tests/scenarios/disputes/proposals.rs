//! Proposals for the handbook: what is found against it, is proposed for it (articles 11 and 19).

use duban::period::Period;
use duban::proposals;
use duban_actors::case::Command;
use duban_actors::case::command::{Determination, Ground};
use duban_actors::role::Role;
use duban_runtime::answer::Answer;
use duban_runtime::clock::Clock as _;
use duban_tests::case_path::{LOOSE_COVER, MISSING_COVER, determine, minutes};

use super::{dispute, moves};
use crate::world::{self, World};

#[test]
fn what_is_found_against_the_handbook_is_proposed_for_it_and_what_it_says_itself_is_not() {
    world::at(world::MORNING, async |world| {
        assert!(proposed(world, None).is_empty());
        found(world, "one", LOOSE_COVER, moves("DL")).await;
        found(world, "own", MISSING_COVER, determine(Determination::Stays)).await;
        found(world, "elsewhere", MISSING_COVER, moves("YL")).await;
        world.until(world.clock.now() + minutes(1)).await;
        found(world, "two", LOOSE_COVER, moves("DL")).await;
        world.until(world.clock.now() + minutes(1)).await;
        let both = [(LOOSE_COVER, "DL", 2), (MISSING_COVER, "YL", 1)];
        let both = both.map(|(code, unit, n)| (code.to_owned(), unit.to_owned(), n));
        assert_eq!(proposed(world, None), both);
        assert_eq!(proposed(world, Some("2026-03")), both, "the month in which it was found");
        assert!(proposed(world, Some("2026-02")).is_empty(), "and no other");
    });
}

/// A case of the handbook's unit is disputed, and found to be whose `finding` says.
async fn found(world: &World, name: &str, condition: &str, finding: Command) {
    let case = world.handling(name, condition).await;
    let asked = [(Role::UnitStaff, dispute(Ground::Ownership)), (Role::DutyChief, finding)];
    for (role, command) in asked {
        let answer = world.ask(&case, role, command).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    }
}

/// Condition, unit and how often.
fn proposed(world: &World, period: Option<&str>) -> Vec<(String, String, u32)> {
    let (rules, now) = (world.rules.current(), world.clock.now());
    let period = Period::of(period, now, &rules.0.rules.calendar).unwrap();
    let found = proposals::of(world.node.journal(), period, &rules.0).unwrap();
    let row = |one: proposals::Proposal| {
        assert!(!one.small_class.is_empty() && one.last < now && !one.unit_name.is_empty());
        (one.condition.to_string(), one.unit.to_string(), one.findings)
    };
    found.into_iter().map(row).collect()
}
