//! Dispatch: which unit may get a case, how, and with what is left of the limit (article 15).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Asked;
use duban_rules::book::units::{Method, Unit};
use duban_rules::deadline::due;
use duban_rules::line;
use duban_rules::vocabulary::{TimeLimit, UnitId, UnitKind};

use super::returning;
use crate::case::application::Application;
use crate::case::assignment::{Assignment, Progress, Resumed, Returned};
use crate::case::clock::{StepAt, Stood};
use crate::case::command::Delivery;
use crate::case::event::{Dispatched, Resumes};
use crate::case::{Event, Filing, Holder, Refusal, State};
use crate::context::Context;
use crate::lacks;
use crate::role::CANARY_UNIT;

/// Dispatches to one unit in the way that [`delivery`] found, from this moment on, within the condition's limit (article 15).
pub(super) fn dispatch(
    filing: &Filing,
    (id, method, why): (&UnitId, Delivery, Option<&str>),
    asked: &Asked,
    cx: &Context,
) -> Result<Event, Refusal> {
    // A history has no limit, and never comes here: it is adopted with its unit.
    let Some(limit) = filing.limit else {
        return Err(Refusal::NotACandidate { candidates: Vec::new() });
    };
    let at = asked.at;
    let running = running(filing, id, limit, at, cx);
    let clock = filing.clock(&cx.rules.stages.receipt, at, cx);
    let (return_until, dispute_until) = returning::windows(filing, clock.due, cx);
    Ok(Event::Dispatched(Box::new(Dispatched {
        at,
        assignment: filing.assignments.saturating_add(1),
        unit: id.clone(),
        organisation: cx.rules.units.get(id).map(|unit| unit.organisation.as_str().into()),
        by: asked.by.clone(),
        method,
        due: running.due,
        steps: running.steps,
        return_until,
        dispute_until,
        clock,
        reason: why.map(str::to_owned),
        resumes: running.resumes,
    })))
}

/// How the case reaches this unit, if it may be dispatched there at all: as it is said, or as usual.
pub(super) fn delivery(
    filing: &Filing,
    (id, method, why): (&UnitId, Option<Delivery>, Option<&str>),
    cx: &Context,
) -> Result<Delivery, Refusal> {
    let usual = usual_way(filing, id, why, cx)?;
    Ok(method.unwrap_or(usual))
}

/// How the case usually reaches this unit, if it may be dispatched there at all. A canary has a unit of its own, which
/// no other case goes to.
fn usual_way(
    filing: &Filing,
    id: &UnitId,
    why: Option<&str>,
    cx: &Context,
) -> Result<Delivery, Refusal> {
    match (filing.is_canary(), id.as_str() == CANARY_UNIT) {
        (true, true) => return Ok(Delivery::System),
        (true, false) | (false, true) => return Err(Refusal::UnknownUnit { unit: id.clone() }),
        (false, false) => {}
    }
    let unit = at_work(id, cx)?;
    if !is_reachable(unit) {
        return Err(Refusal::UnitUnreachable { unit: id.clone() });
    }
    let missing = lacks::barred_by(unit, cx);
    if !missing.is_empty() {
        let words = lacks::in_words(&missing);
        let (unit, lacks) = (id.clone(), missing);
        return Err(Refusal::UnitIncomplete { unit, lacks, missing: words });
    }
    if why.is_none_or(line::is_blank) {
        let entry = filing.entry(cx);
        let candidates = entry.map(|entry| entry.candidates_in(filing.report.grid.as_ref()));
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

/// A unit that there is, and that takes cases.
pub(super) fn at_work<'a>(id: &UnitId, cx: &'a Context) -> Result<&'a Unit, Refusal> {
    let unit = cx.rules.units.get(id).ok_or_else(|| Refusal::UnknownUnit { unit: id.clone() })?;
    if cx.is_closed(id) { Err(Refusal::UnitInactive { unit: id.clone() }) } else { Ok(unit) }
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
        let pause = filing.stopped_by_return(*since, at);
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
    match unit.kind {
        UnitKind::FrontageSteward => unit.can_be_called(),
        UnitKind::Department(_) => {
            unit.can_be_called() || unit.contacts.iter().any(|one| one.email.is_some())
        }
    }
}

pub(super) fn begin(mut filing: Box<Filing>, dispatched: &Dispatched) -> Option<State> {
    filing.assignments = dispatched.assignment;
    filing.call = None;
    let (start, pauses, marks, limit, extension) = match dispatched.resumes {
        None => {
            let marks = Assignment::marks(&filing.ladder, &dispatched.steps)?;
            (dispatched.at, Box::default(), marks, None, None)
        }
        Some(Resumes { assignment, pause }) => {
            let held = filing.take_returned(assignment)?;
            let marks = held.marks_again(&filing.ladder, &dispatched.steps)?;
            (
                held.start,
                held.pauses.into_iter().chain(Some(Stood::credited(pause))).collect(),
                marks,
                held.limit,
                held.extension,
            )
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
        return_until: dispatched.return_until,
        dispute_until: dispatched.dispute_until,
        limit,
        extension,
        application: Application::None,
    };
    let receipt = Some(Box::new(dispatched.clock.clone()));
    Some(State::held_by(filing, Box::new(assignment), Holder::Unit { receipt }))
}
