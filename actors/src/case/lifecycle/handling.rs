//! With a unit: articles 15, 16 and 25, the return, and the end of an adopted history.

use compact_str::CompactString;
use duban_rules::book::units::{Method, Unit};
use duban_rules::deadline::due;
use duban_rules::line;
use duban_rules::vocabulary::{TimeLimit, UnitId, UnitKind};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, Corrupt};

use super::{corrupt, orders, out_of_order, reason, site};
use crate::case::assignment::{Assignment, Progress, Resumed, Returned};
use crate::case::clock::{Span, StageClock, StepAt};
use crate::case::command::{Decision, Delivery};
use crate::case::event::{Dispatched, FeedbackGiven, Resumes};
use crate::case::{
    Closed, Command, Event, Filing, Life, Pending, Refusal, SiteTask, Timeliness, Verifying, canary,
};
use crate::context::Context;
use crate::role::{role_of, unit_of};

pub(super) fn decide(
    life: &Life,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    let stages = &cx.rules.stages;
    let calendar = &cx.rules.calendar;
    Ok(vec![match (life, command) {
        (Life::AwaitingDispatch(filing, _), Command::Dispatch { unit, method, reason }) => {
            dispatch(filing, (unit, *method, reason.as_deref()), asked, cx)?
        }

        (Life::Dispatched(_, held, _), Command::Receive) => {
            by_holder(held, asked)?;
            Event::Received { at }
        }
        (Life::Handling(_, held), Command::Arrive { place }) => {
            by_holder(held, asked)?;
            match held.progress {
                Progress::Unread | Progress::Received(_) => Event::Arrived { at, place: *place },
                Progress::Arrived(_) | Progress::Started(_) => {
                    return Err(Refusal::AlreadyReported);
                }
            }
        }
        (Life::Handling(_, held), Command::Start) => {
            by_holder(held, asked)?;
            match held.progress {
                Progress::Started(_) => return Err(Refusal::AlreadyReported),
                Progress::Unread | Progress::Received(_) | Progress::Arrived(_) => {
                    Event::Started { at }
                }
            }
        }
        (Life::Handling(filing, held), Command::GiveFeedback { .. }) => {
            by_holder(held, asked)?;
            feedback(filing, command, asked, cx)?
        }

        (
            Life::Dispatched(filing, held, _) | Life::Handling(filing, held),
            Command::Return { reason: why },
        ) if !filing.is_adopted() => {
            by_holder(held, asked)?;
            let clock = StageClock::set(&stages.return_review, filing.urgency(), at, &[], calendar);
            Event::ReturnAsked { at, reason: reason(why)?, clock }
        }
        (
            Life::Returning(filing, held, pending),
            Command::DecideReturn { decision, reason: why },
        ) => {
            let why = reason(why)?;
            match decision {
                Decision::Accept => {
                    let rule = &stages.dispatch;
                    let clock = StageClock::set(rule, filing.urgency(), at, &[], calendar);
                    Event::ReturnAccepted { at, reason: why, clock }
                }
                Decision::Refuse => {
                    let pause = Span { from: pending.since, until: at };
                    let resumed = held.resumed(filing.limit, &filing.ladder, pause, calendar);
                    Event::ReturnRefused { at, reason: why, resumed }
                }
            }
        }

        // A case of our own ends by its closing, never by an import.
        (Life::Handling(filing, held), &Command::Conclude { finished }) if filing.is_adopted() => {
            Event::Concluded { finish: finished, timeliness: Timeliness::of(finished, held.due) }
        }

        _ => return Err(out_of_order(life)),
    }])
}

/// Whoever handles a case is of the unit that holds it, or enters for it (articles 7 and 16).
pub(super) fn by_holder(held: &Assignment, asked: &Asked) -> Result<(), Refusal> {
    match unit_of(asked) {
        Some(unit) if unit == held.unit.as_str() => Ok(()),
        _ => Err(Refusal::OtherUnit { unit: held.unit.clone() }),
    }
}

/// Dispatches to one unit, from this moment on, within the condition's limit (article 15).
fn dispatch(
    filing: &Filing,
    (id, method, why): (&UnitId, Option<Delivery>, Option<&str>),
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    let usual = usual_way(filing, id, why, cx)?;
    let rules = &cx.rules;
    // A history has no limit, and never comes here: it is adopted with its unit.
    let Some(limit) = filing.limit else {
        return Err(Refusal::NotACandidate { candidates: Vec::new() });
    };
    let at = asked.at;
    let running = running(filing, id, limit, at, cx);
    let receipt = &rules.stages.receipt;
    Ok(Event::Dispatched(Box::new(Dispatched {
        at,
        assignment: filing.assignments.saturating_add(1),
        unit: id.clone(),
        by: asked.by.clone(),
        method: method.unwrap_or(usual),
        due: running.due,
        steps: running.steps,
        clock: StageClock::set(receipt, filing.urgency(), at, &[], &rules.calendar),
        reason: why.map(str::to_owned),
        resumes: running.resumes,
    })))
}

/// How the case usually reaches this unit, if it may be dispatched there at all. A canary has a unit of its own, which
/// no other case goes to.
fn usual_way(
    filing: &Filing,
    id: &UnitId,
    why: Option<&str>,
    cx: &Context,
) -> Result<Delivery, Refusal> {
    let rules = &cx.rules;
    match (filing.is_canary(), id.as_str() == canary::UNIT) {
        (true, true) => return Ok(Delivery::System),
        (true, false) | (false, true) => return Err(Refusal::UnknownUnit { unit: id.clone() }),
        (false, false) => {}
    }
    let unit = rules.units.get(id).ok_or_else(|| Refusal::UnknownUnit { unit: id.clone() })?;
    if !unit.active || cx.roster.is_deactivated(id) {
        return Err(Refusal::UnitInactive { unit: id.clone() });
    }
    if !is_reachable(unit) {
        return Err(Refusal::UnitUnreachable { unit: id.clone() });
    }
    if why.is_none_or(line::is_blank) {
        let named = filing.condition.as_ref();
        let candidates = named.map(|c| rules.handbook.candidates(c, filing.report.grid.as_ref()));
        let candidates = candidates.unwrap_or_default();
        if !candidates.contains(id) {
            return Err(Refusal::NotACandidate { candidates });
        }
    }
    Ok(match unit.dispatch_by {
        Method::System => Delivery::System,
        Method::Phone => Delivery::Phone,
    })
}

/// The clock of a unit that gets a case.
struct Running {
    due: Timestamp,
    steps: Vec<StepAt>,
    resumes: Option<Resumes>,
}

/// The whole limit for a unit that has not had the case; what was left of it for one that gave it back, or returning
/// would be a way to win time.
fn running(
    filing: &Filing,
    unit: &UnitId,
    limit: TimeLimit,
    at: Timestamp,
    cx: &Context,
) -> Running {
    let (ladder, calendar) = (&filing.ladder, &cx.rules.calendar);
    if let Some(Returned { held, since }) = filing.returned_by(unit) {
        let pause = Span { from: *since, until: at };
        let Resumed { due, steps, .. } = held.resumed_unread(limit, ladder, pause, calendar);
        let resumes = Some(Resumes { assignment: held.no, pause });
        return Running { due: due.unwrap_or(at), steps, resumes };
    }
    let steps = ladder.ladder().schedule(limit, at.into(), &[], calendar).into_iter();
    Running {
        due: due(limit, at.into(), calendar, &[]).into(),
        steps: steps.map(|(code, at)| StepAt { code, due: at.into() }).collect(),
        resumes: None,
    }
}

/// A department needs somebody to tell; a frontage steward, a telephone (articles 7 and 9).
fn is_reachable(unit: &Unit) -> bool {
    let phone = unit.landline.is_some() || unit.contacts.iter().any(|one| one.phone.is_some());
    match unit.kind {
        UnitKind::FrontageSteward => phone,
        UnitKind::Department(_) => phone || unit.contacts.iter().any(|one| one.email.is_some()),
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

pub(super) fn evolve(life: Life, event: &Event) -> Result<Life, Corrupt> {
    match (life, event) {
        (Life::AwaitingDispatch(filing, _), Event::Dispatched(dispatched)) => {
            let life = Life::AwaitingDispatch(filing.clone(), Box::new(dispatched.clock.clone()));
            begin(filing, dispatched).ok_or_else(|| corrupt(&life, event))
        }

        (Life::Dispatched(filing, held, _), &Event::Received { at }) => {
            let held = held.read(&filing.ladder, at);
            Ok(Life::Handling(filing, Box::new(held)))
        }
        (Life::Handling(filing, mut held), &Event::Arrived { at, .. }) => {
            held.progress = Progress::Arrived(at);
            Ok(Life::Handling(filing, held))
        }
        (Life::Handling(filing, mut held), &Event::Started { at }) => {
            held.progress = Progress::Started(at);
            Ok(Life::Handling(filing, held))
        }
        (Life::Handling(mut filing, held), Event::FeedbackGiven(given)) => {
            let finish = given.task.at;
            filing.report.tasks = given.task.task;
            orders::met(&mut filing, finish);
            let verifying = Verifying { finish, task: SiteTask::from(&given.task) };
            Ok(Life::Verifying(filing, held, Box::new(verifying)))
        }

        (Life::Dispatched(filing, held, _), Event::ReturnAsked { at, clock, .. }) => {
            let held = held.read(&filing.ladder, *at);
            Ok(Life::Returning(filing, Box::new(held), Box::new(pending(*at, clock))))
        }
        (Life::Handling(filing, held), Event::ReturnAsked { at, clock, .. }) => {
            Ok(Life::Returning(filing, held, Box::new(pending(*at, clock))))
        }
        (Life::Returning(mut filing, held, since), Event::ReturnAccepted { at, clock, .. }) => {
            orders::settled(&mut filing, *at);
            filing.given_back(*held, since.since);
            Ok(Life::AwaitingDispatch(filing, Box::new(clock.clone())))
        }
        (Life::Returning(filing, held, _), Event::ReturnRefused { resumed, .. }) => {
            match held.resume(&filing.ladder, resumed) {
                Some(held) => Ok(Life::Handling(filing, Box::new(held))),
                None => Err(Corrupt(format!("{event:?} names a step that is on no ladder"))),
            }
        }

        (Life::Handling(filing, assignment), &Event::Concluded { finish, timeliness }) => {
            let (filing, assignment) = (*filing, *assignment);
            Ok(Life::Closed(Box::new(Closed {
                filing,
                assignment,
                finish,
                at: finish,
                timeliness,
            })))
        }

        (life, event) => Err(corrupt(&life, event)),
    }
}

fn begin(mut filing: Box<Filing>, dispatched: &Dispatched) -> Option<Life> {
    filing.assignments = dispatched.assignment;
    let (start, pauses, marks) = match dispatched.resumes {
        None => {
            let marks = Assignment::marks(&filing.ladder, &dispatched.steps)?;
            (dispatched.at, Box::default(), marks)
        }
        Some(Resumes { assignment, pause }) => {
            let held = filing.take_returned(assignment)?;
            let marks = held.marks_again(&filing.ladder, &dispatched.steps)?;
            (held.start, held.pauses.into_iter().chain(Some(pause)).collect(), marks)
        }
    };
    let assignment = Assignment {
        no: dispatched.assignment,
        unit: dispatched.unit.clone(),
        by: CompactString::from(dispatched.by.as_str()),
        dispatched: dispatched.at,
        start,
        due: Some(dispatched.due),
        marks,
        revision: 0,
        pauses,
        progress: Progress::Unread,
    };
    Some(Life::Dispatched(filing, Box::new(assignment), Box::new(dispatched.clock.clone())))
}

fn pending(since: Timestamp, clock: &StageClock) -> Pending {
    Pending { since, clock: clock.clone() }
}
