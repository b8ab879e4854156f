//! Handling: what a unit does with a case (articles 15, 16 and 25), and the end of an adopted history.

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt};
use duban_rules::line;
use duban_rules::vocabulary::Place;

use super::dispatch::begin;
use super::{
    calling, corrupt, corrupt_while, deferring, disputing, helping, orders, out_of_order,
    returning, site,
};
use crate::case::assignment::{Assignment, Progress};
use crate::case::event::FeedbackGiven;
use crate::case::{
    Closed, Command, Event, Filing, Holder, Phase, Refusal, SiteTask, State, Timeliness,
};
use crate::context::Context;
use crate::role::{role_of, unit_of};

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    let event = match (state, command) {
        (
            State::Filed(filing, Phase::AwaitingDispatch(_)),
            Command::Dispatch { unit, method, reason },
        ) => calling::choose(filing, (unit, *method, reason.as_deref()), asked, cx)?,
        (State::Filed(filing, Phase::AwaitingDispatch(_)), Command::Call { .. }) => {
            return calling::called(filing, command, asked, cx);
        }

        (
            State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: Some(_) })),
            Command::Receive,
        ) => {
            by_holder(held, asked)?;
            received(filing, at, cx)
        }
        (State::Filed(_, Phase::Held(held, Holder::Unit { .. })), Command::Arrive { place }) => {
            by_holder(held, asked)?;
            match held.progress {
                Progress::Unread | Progress::Received(_) => {
                    Event::Arrived { at, place: place.map(Place::rounded) }
                }
                Progress::Arrived(_) | Progress::Started(_) => {
                    return Err(Refusal::AlreadyReported);
                }
            }
        }
        (State::Filed(_, Phase::Held(held, Holder::Unit { .. })), Command::Start) => {
            by_holder(held, asked)?;
            match held.progress {
                Progress::Started(_) => return Err(Refusal::AlreadyReported),
                Progress::Unread | Progress::Received(_) | Progress::Arrived(_) => {
                    Event::Started { at }
                }
            }
        }
        (
            State::Filed(
                filing,
                Phase::Held(
                    held,
                    Holder::Unit { .. } | Holder::Disputed { .. } | Holder::Deferred { .. },
                ),
            ),
            Command::GiveFeedback { .. },
        ) => {
            by_holder(held, asked)?;
            feedback(filing, command, asked, cx)?
        }

        // A case of our own ends by its closing, never by an import.
        (
            State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: None })),
            &Command::Conclude { finished },
        ) if filing.is_adopted() => {
            Event::Concluded { finish: finished, timeliness: Timeliness::of(finished, held.due) }
        }

        _ => return Err(out_of_order(state)),
    };
    Ok(signed(state, event, at, cx))
}

/// The same, with what it says by itself: whoever is there, at work or done has read the case, which signs for it; whoever
/// feeds back gives up what it disputes, and lets a deferred case go on.
fn signed(state: &State, event: Event, at: Timestamp, cx: &Context) -> Vec<Event> {
    let signs =
        matches!(event, Event::Arrived { .. } | Event::Started { .. } | Event::FeedbackGiven(_));
    let unsigned = if let State::Filed(filing, Phase::Held(_, holder)) = state {
        matches!(holder, Holder::Unit { receipt: Some(_) }).then_some(filing)
    } else {
        None
    };
    let receipt = unsigned.filter(|_| signs).map(|filing| received(filing, at, cx));
    let given_up = matches!(event, Event::FeedbackGiven(_))
        .then(|| {
            let given_up = disputing::given_up(state, at, cx);
            given_up.or_else(|| deferring::by_feedback(state, at, cx))
        })
        .flatten();
    receipt.into_iter().chain(given_up).chain([event]).collect()
}

/// The receipt, from which on it is counted until when the case may be given back.
fn received(filing: &Filing, at: Timestamp, cx: &Context) -> Event {
    let (return_until, dispute_until) = returning::windows(filing, at, cx);
    Event::Received { at, return_until, dispute_until }
}

/// Whoever handles a case is of the unit that holds it, or enters for it (articles 7 and 16).
pub(super) fn by_holder(held: &Assignment, asked: &Asked) -> Result<(), Refusal> {
    match unit_of(asked) {
        Some(unit) if unit == held.unit.as_str() => Ok(()),
        _ => Err(Refusal::OtherUnit { unit: held.unit.clone() }),
    }
}

/// The unit says that it is done: what counts is when that arrives here (article 16).
fn feedback(
    filing: &Filing,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let Command::GiveFeedback { result, photos, finished } = command else {
        return Err(Refusal::ResultMissing);
    };
    if line::is_blank(result) {
        return Err(Refusal::ResultMissing);
    }
    helping::awaited(filing)?;
    // A unit on the telephone has no photo to show: the desk that enters for it writes what it was told.
    let entered = role_of(asked).is_some_and(crate::role::Role::is_of_the_centre);
    let entered = entered || filing.is_canary();
    if photos.is_empty() && !entered {
        return Err(Refusal::PhotoMissing);
    }
    let rule = (&cx.rules.stages.verification, filing.urgency());
    Ok(Event::FeedbackGiven(Box::new(FeedbackGiven {
        result: result.clone(),
        photos: photos.clone(),
        device: *finished,
        task: site::give(&filing.report, None, rule, asked.at, cx),
    })))
}

pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    let stands = state.name();
    match (state, event) {
        (State::Filed(filing, Phase::AwaitingDispatch(_)), Event::Dispatched(dispatched)) => {
            begin(filing, dispatched).ok_or_else(|| corrupt_while(stands, event))
        }

        (
            State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: Some(_) })),
            &Event::Received { at, return_until, dispute_until },
        ) => {
            let mut held = held.read(&filing.ladder, at);
            (held.return_until, held.dispute_until) = (return_until, dispute_until);
            Ok(State::held_by(filing, Box::new(held), Holder::Unit { receipt: None }))
        }
        (
            State::Filed(filing, Phase::Held(mut held, unit @ Holder::Unit { receipt: None })),
            &Event::Arrived { at, .. },
        ) => {
            held.progress = Progress::Arrived(at);
            Ok(State::held_by(filing, held, unit))
        }
        (
            State::Filed(filing, Phase::Held(mut held, unit @ Holder::Unit { receipt: None })),
            &Event::Started { at },
        ) => {
            held.progress = Progress::Started(at);
            Ok(State::held_by(filing, held, unit))
        }
        (
            State::Filed(mut filing, Phase::Held(held, Holder::Unit { receipt: None })),
            Event::FeedbackGiven(given),
        ) => {
            let since = given.task.at;
            filing.report.tasks = given.task.task;
            orders::met(&mut filing, since);
            let task = Box::new(SiteTask::from(&given.task));
            Ok(State::held_by(filing, held, Holder::Collector { since, task }))
        }

        (
            State::Filed(filing, Phase::Held(assignment, Holder::Unit { receipt: None })),
            &Event::Concluded { finish, timeliness },
        ) => {
            let (filing, assignment) = (*filing, *assignment);
            let at = finish;
            Ok(State::Closed(Box::new(Closed { filing, assignment, finish, at, timeliness })))
        }

        (state, event) => Err(corrupt(&state, event)),
    }
}
