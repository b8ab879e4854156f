//! The whole state × command grid, and who may ask what (`tests/tables/case.txt`).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use duban_actors::case::{Command, Holder, Phase, State};
use duban_actors::refusal::Common;
use duban_actors::role::Role;
use duban_core::entity::{Corrupt, Entity, Fired, Refusal};

use super::{commands, states};
use duban_tests::case_path::{CasePath, MONDAY_9AM, Who, asked, minutes, somebody, town};
use duban_tests::golden::assert_golden;
use duban_tests::laws::{decided, fired, kind};

fn outcome(path: &CasePath, who: &Who, command: &Command) -> String {
    let asked = asked(path.at + minutes(1), who);
    match decided(town(), (&path.case.id, &path.case), &asked, command) {
        Ok((after, events)) => {
            let names: Vec<String> = events.iter().map(kind).collect();
            format!("{} → {}", names.join(" + "), after.state.name())
        }
        Err(refusal) => format!("— {}", refusal.code()),
    }
}

#[test]
fn every_state_answers_every_command_as_the_table_says() {
    let mut found = String::new();
    for (state, path) in states() {
        for (asks, role, command) in commands() {
            let outcome = outcome(&path, &somebody(role), &command);
            writeln!(found, "{state:<20}{asks:<21}{outcome}").unwrap();
        }
        found.push('\n');
    }
    for (asks, _, command) in commands() {
        let may = Role::ALL.iter().filter(|role| {
            let paths = states();
            let mut answers = paths.iter().map(|(_, path)| {
                path.case.decide(&command, &asked(path.at, &somebody(**role)), town())
            });
            !answers.all(|answer| {
                let refusal = Common::NotPermitted { duty: command.duty() };
                answer == Err(duban_actors::case::Refusal::Common(refusal))
            })
        });
        let may: Vec<&str> = may.map(|role| role.as_str()).collect();
        writeln!(found, "may {asks:<20}{}", may.join(" ")).unwrap();
    }
    assert_golden("case.txt", &found);
}

#[test]
fn the_table_has_a_row_for_every_place_where_a_case_can_stand() {
    let found: BTreeSet<&str> = states().iter().map(|(_, path)| path.case.state.name()).collect();
    let all = |life: &State| match life {
        State::Unreported
        | State::Registered(..)
        | State::Validating(..)
        | State::Declined(..)
        | State::Filed(
            _,
            Phase::AwaitingDispatch(_)
            | Phase::Held(
                _,
                Holder::Unit { receipt: Some(_) | None }
                | Holder::Reviewer { .. }
                | Holder::Disputed { .. }
                | Holder::Deferred { .. }
                | Holder::Collector { .. }
                | Holder::DutyChief { .. },
            ),
        )
        | State::Closed(..)
        | State::Withdrawn(_) => 14,
    };
    assert_eq!(found.len(), all(&CasePath::start().case.state));
}

#[test]
fn what_is_refused_by_the_table_names_a_stable_code() {
    for (_, path) in states() {
        for (_, role, command) in commands() {
            if let Err(refusal) = path.asks(minutes(1), &somebody(role), &command) {
                let code = refusal.code();
                assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
            }
        }
    }
}

#[test]
fn wherever_a_case_stands_a_timer_that_nobody_armed_is_a_corrupt_history() {
    for (state, path) in states() {
        for (name, due) in [("tea", path.at), ("intake.0.0/75", MONDAY_9AM)] {
            let fired = Fired { name: name.into(), due };
            assert_eq!(
                path.fired(minutes(1), &fired).err(),
                Some(Corrupt::unarmed(&fired)),
                "{state}"
            );
        }
    }
}

#[test]
fn wherever_a_case_stands_its_timers_fire_once_and_are_gone() {
    for (_, path) in states() {
        for timer in path.case.timers().0 {
            let timer = Fired { name: timer.name, due: timer.due };
            let at = path.at.max(timer.due);
            assert!(fired(town(), (&path.case.id, &path.case), at, &timer).is_ok(), "{timer:?}");
        }
    }
}

#[test]
fn a_case_that_has_ended_wants_no_timers() {
    for (state, path) in states() {
        let ended =
            matches!(path.case.state, State::Closed(_) | State::Declined(_) | State::Withdrawn(_));
        assert!(!ended || path.case.timers().0.is_empty(), "{state}");
    }
}
