//! Random walks: whatever is asked in whatever order, a case never contradicts itself.

use std::collections::BTreeSet;

use duban_actors::case::clock::ClockName;
use duban_actors::case::event::Verdict;
use duban_actors::case::files::Use;
use duban_actors::case::{Case, Command, Event, Refusal, StandsStill, State, StopCause};
use duban_core::entity::{Entity, Fired};
use proptest::prelude::*;

use super::commands;
use duban_tests::case_path::{CasePath, minutes, somebody, town, with_days_off};

/// Asks one thing after another: any command, or the soonest timer.
pub(crate) fn walk(steps: &[(usize, u64)]) -> CasePath {
    let commands = commands();
    let mut path = CasePath::start();
    for (choice, wait) in steps {
        let asked = match commands.get(*choice) {
            // Calendars come and go.
            Some((_, role, command @ Command::Recalculate { .. })) => {
                let calendar = if wait % 2 == 0 { with_days_off() } else { town() };
                let after = path.asks_under(calendar, minutes(*wait), &somebody(*role), command);
                if let Ok(after) = &after {
                    let again =
                        after.asks_under(calendar, minutes(*wait), &somebody(*role), command);
                    assert_eq!(again.map(|path| path.case), Err(Refusal::NothingMoves));
                }
                after
            }
            Some((_, role, command)) => path.asks(minutes(*wait), &somebody(*role), command),
            None => match path.case.timers().soonest() {
                None => continue,
                Some(timer) => {
                    let fired = Fired { name: timer.name.clone(), due: timer.due };
                    let late = minutes(*wait / 10);
                    let mut at_due = path.clone();
                    at_due.at = path.at.max(timer.due);
                    let after = at_due.fired(late, &fired).unwrap();
                    let gone =
                        |t: &&duban_core::entity::Timer| t.name == fired.name && t.due == fired.due;
                    assert!(
                        !after.case.timers().0.iter().any(|t| gone(&t)),
                        "{fired:?} fired in vain"
                    );
                    Ok(after)
                }
            },
        };
        if let Ok(after) = asked {
            assert!(after.events.len() > path.events.len(), "an accepted command left no event");
            path = after;
        }
    }
    path
}

fn steps() -> impl Strategy<Value = Vec<(usize, u64)>> {
    // Waits up to two days and a half; every third choice is a timer.
    prop::collection::vec((0_usize..60, prop_oneof![0_u64..90, 90_u64..3_600]), 0..40)
}

/// The main path first, so that walks reach its end too.
pub(crate) fn started() -> impl Strategy<Value = Vec<(usize, u64)>> {
    (0_usize..8, steps()).prop_map(|(prefix, rest)| {
        let main = [0, 3, 6, 7, 10, 11, 15, 15].map(|choice| (choice, 5));
        main[..prefix].iter().copied().chain(rest).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_replay_from_the_written_events_equals_the_live_state(steps in started()) {
        let path = walk(&steps);
        let mut replayed = CasePath::start().case;
        for event in &path.events {
            let written = serde_json::to_string(event).unwrap();
            replayed = replayed.evolve(&serde_json::from_str::<Event>(&written).unwrap()).unwrap();
        }
        prop_assert_eq!(&replayed, &path.case);
        let id = duban_core::entity::EntityId::new(Case::KIND, &path.case.id);
        prop_assert_eq!(Case::from_stored(&id, &path.case.to_stored()).unwrap(), path.case);
    }

    #[test]
    fn a_case_knows_how_many_papers_its_records_name(steps in started()) {
        let path = walk(&steps);
        let papers = |event: &Event| match event.files() {
            (Use::Photo, _) => 0,
            (Use::Form | Use::Attachment, files) => files.len(),
        };
        let named: usize = path.events.iter().map(papers).sum();
        let known = path.case.state.report().map_or(0, |report| usize::from(report.papers));
        prop_assert_eq!(known, named);
    }

    #[test]
    fn no_step_is_decided_twice(steps in started()) {
        let mut decided = BTreeSet::new();
        for event in &walk(&steps).events {
            if let Event::StepDecided(step) = event {
                let key = (step.assignment, step.clock, step.revision, step.step.clone());
                // A desk's clock that went on after a look counts the same steps further, not again.
                prop_assert!(decided.insert(key), "{:?}", step);
                prop_assert!(step.due <= step.at, "{:?} decided early", step);
            }
        }
    }

    #[test]
    fn timers_have_names_of_their_own_and_end_with_the_case(steps in started()) {
        let case = walk(&steps).case;
        let timers = case.timers();
        let names: BTreeSet<_> = timers.0.iter().map(|timer| &timer.name).collect();
        prop_assert_eq!(names.len(), timers.0.len());
        if matches!(
            case.state,
            State::Closed(_) | State::Declined(_) | State::Withdrawn(_) | State::Unreported
        ) {
            prop_assert!(timers.0.is_empty());
        }
        let helps = case.state.filing().map_or(0, |filing| filing.help_asked().count());
        prop_assert!(case.listing().0.len() <= 7 + helps + helps.min(1));
    }

    #[test]
    fn the_clock_of_the_unit_stands_still_since_what_stopped_it_and_until_it_goes_on(
        steps in started()
    ) {
        let path = walk(&steps);
        // What stopped the unit's clock, and whose clock runs meanwhile.
        let (mut case, mut stopped) = (CasePath::start().case, None);
        for event in &path.events {
            case = case.evolve(event).unwrap();
            stopped = match event {
                // An urgent case's clock runs on (article 20).
                Event::ReturnAsked { .. } if case.state.filing().unwrap().limit.unwrap().is_urgent() => None,
                Event::ReturnAsked { at: since, .. } => {
                    let still = StandsStill { since: *since, why: StopCause::ReturnAsked };
                    Some((still, ClockName::ReturnReview))
                }
                Event::Disputed(_) if case.state.filing().unwrap().limit.unwrap().is_urgent() => None,
                Event::Disputed(asked) => {
                    let still = StandsStill { since: asked.at, why: StopCause::Disputed };
                    Some((still, ClockName::Dispute))
                }
                Event::Deferred(deferred) => {
                    let still = StandsStill { since: deferred.at, why: StopCause::Deferred };
                    Some((still, ClockName::Deferral))
                }
                Event::FeedbackGiven(given) => {
                    let still = StandsStill { since: given.task.at, why: StopCause::FedBack };
                    Some((still, ClockName::Verification))
                }
                Event::Verified(verified) => match verified.verdict {
                    Verdict::Passed(_) => stopped.map(|(still, _)| (still, ClockName::Closing)),
                    Verdict::Failed | Verdict::Unable(_) => stopped,
                },
                Event::ReturnAccepted { .. }
                | Event::Recalled { .. }
                | Event::Determined(_)
                | Event::TakenBack { outcome: Some(_), .. }
                | Event::ReturnRefused { .. }
                | Event::Reworked { .. }
                | Event::Concluded { .. }
                | Event::Withdrawn(_)
                | Event::Resumed(_)
                | Event::Closed(_) => None,
                Event::Registered(_)
                | Event::ValidationOrdered(_)
                | Event::Validated(_)
                | Event::Declined { .. }
                | Event::Filed(_)
                | Event::Numbered { .. }
                | Event::CallWanted(_)
                | Event::Called(_)
                | Event::Dispatched(_)
                | Event::Received { .. }
                | Event::Arrived { .. }
                | Event::Started { .. }
                | Event::TaskReassigned { .. }
                | Event::GivenBackLate { .. }
                | Event::FormAdded { .. }
                | Event::Attached { .. }
                | Event::OpinionGiven { .. }
                | Event::SiteMeetingCalled(_)
                | Event::SiteMeetingHeld(_)
                | Event::HelpAsked(_)
                | Event::HelpGiven(_)
                | Event::HelpWaived { .. }
                | Event::Referred(_)
                | Event::CommitteeSpared { .. }
                | Event::CommitteeCalledOff { .. }
                | Event::CommitteeLate { .. }
                | Event::Applied(_)
                | Event::QuotaReserved(_)
                | Event::QuotaRefused(_)
                | Event::Extended(_)
                | Event::ApplicationRefused { .. }
                | Event::ConsentWanted(_)
                | Event::TakenBack { outcome: None, .. }
                | Event::OrderIssued(_)
                | Event::OrderRaised { .. }
                | Event::OrderReplied { .. }
                | Event::StepDecided(_)
                | Event::Recalculated(_)
                | Event::ReporterErased { .. }
                | Event::Adopted(_) => stopped,
            };
            let still = stopped.map(|(still, _)| still);
            prop_assert_eq!(case.state.stands_still(), still, "after {:?}", event);
            // A case that stands still is told with the clock of whoever has it, and shows when the unit finished.
            let told = case.view().pointer("/stage/clock").cloned();
            if let Some((_, clock)) = stopped {
                prop_assert_eq!(told, Some(serde_json::json!(clock)), "after {:?}", event);
            }
            let finish = still.filter(|stop| stop.why == StopCause::FedBack).map(|stop| stop.since);
            let shown = case.view().get("finish").cloned();
            prop_assert_eq!(shown, finish.map(|finish| serde_json::json!(finish)));
            let unit_runs = case.state.held().is_some() && stopped.is_none();
            let handling = case.timers().0.iter().any(|timer| timer.reason.starts_with("处置"));
            prop_assert!(unit_runs || !handling);
        }
    }

    #[test]
    fn every_event_can_be_told_shown_and_explained(steps in started()) {
        let path = walk(&steps);
        let mut case = CasePath::start().case;
        for event in &path.events {
            case = case.evolve(event).unwrap();
            for effect in case.effects(event, town()) {
                if let duban_core::entity::Effect::Send(message) = effect {
                    let name = duban_rules::vocabulary::TemplateName::new(&message.template);
                    prop_assert!(town().rules.notices.get(&name).is_some(), "no template {}", name);
                    case.claim(&message, path.at, town());
                }
            }
        }
        prop_assert!(case.view().is_object());
        duban_actors::case::explain::explain(&case, path.at, town(), || None);
    }
}
