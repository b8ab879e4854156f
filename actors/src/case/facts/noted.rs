//! Noting: how a case's facts follow from its events.
//!
//! What an event changed is read from the case before and after it, so that no lane has to think of the facts; the event
//! says when, and how a stretch ended.

use duban_core::clock::Timestamp;
use duban_rules::vocabulary::TimeLimit;

use super::{CHANGES_MAX, DueSince, End, FACTS_MAX, Fact, Left, Stop};
use crate::case::assignment::{Assignment, Progress};
use crate::case::filing::remember;
use crate::case::{Event, Filing, StandsStill, State, StopCause};

/// What is compared of a case before an event with the case after it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Watch(Option<Stretch>);

/// The stretch under way.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    no: u16,
    due: Option<Timestamp>,
    progress: Progress,
    extension: Option<TimeLimit>,
    still: Option<StandsStill>,
    /// When the application was asked that may be granted.
    applied: Option<Timestamp>,
}

impl Watch {
    /// How the case stands before an event.
    pub(crate) fn over(state: &State) -> Watch {
        let still = state.stands_still();
        Watch(state.assignment().map(|held| Stretch::of(held, still)))
    }

    /// Notes in the facts what `event` made of the case.
    pub(crate) fn noted(self, state: &mut State, event: &Event) {
        let Some(at) = event.at() else { return };
        let still = state.stands_still();
        let closed = closed(state);
        let now = state.assignment().map(|held| Stretch::of(held, still));
        let begun = begun(state, event);
        let Some(filing) = state.filing_mut() else { return };
        if let Some(end) = closed.or_else(|| self.left(now, event, at)) {
            filing.note(|fact| fact.end = end);
        }
        if closed.is_some() {
            return;
        }
        if let Some(fact) = begun {
            remember(&mut filing.facts, fact, FACTS_MAX);
        }
        let Some(now) = now else { return };
        let was = self.0.filter(|was| was.no == now.no);
        filing.note(|fact| now.noted(was, fact, at));
    }

    /// The stretch that is under way no more, and counts for nobody.
    fn left(self, now: Option<Stretch>, event: &Event, at: Timestamp) -> Option<End> {
        let was = self.0?;
        let is_over = now.is_none_or(|now| now.no != was.no);
        let how = if matches!(event, Event::Recalled { .. }) {
            Left::Recalled
        } else if matches!(event, Event::Determined(_)) {
            Left::Determined
        } else if matches!(event, Event::Withdrawn(_)) {
            Left::Withdrawn
        } else {
            Left::Returned
        };
        is_over.then_some(End::Left { how, at })
    }
}

impl Stretch {
    fn of(held: &Assignment, still: Option<StandsStill>) -> Stretch {
        Stretch {
            no: held.no,
            due: held.due,
            progress: held.progress,
            extension: held.extension,
            still,
            applied: held.application.open().map(|asked| asked.since),
        }
    }

    /// Notes what changed since `was`.
    fn noted(self, was: Option<Stretch>, fact: &mut Fact, at: Timestamp) {
        fact.granted = self.extension;
        if was.is_none_or(|was| was.progress != self.progress) {
            match self.progress {
                Progress::Unread => {}
                Progress::Received(at) => fact.received = Some(at),
                Progress::Arrived(at) => fact.arrived = Some(at),
                Progress::Started(at) => fact.started = Some(at),
            }
        }
        if let Some(due) = self.due.filter(|due| was.and_then(|was| was.due) != Some(*due)) {
            // Whoever goes on with another limit has nothing on top of it any more, and was granted nothing.
            let is_granted =
                self.extension.is_some() && was.is_some_and(|was| was.extension != self.extension);
            let stopped = |was: Stretch| was.still.map(|still| still.since);
            let asked = was.and_then(|was| if is_granted { was.applied } else { stopped(was) });
            let since = DueSince { asked: asked.unwrap_or(at), at, due };
            remember(&mut fact.dues, since, CHANGES_MAX);
        }
        let stopped = was.and_then(|was| was.still);
        if stopped == self.still {
            return;
        }
        if let Some(stop) = fact.stops.last_mut().filter(|stop| stop.until.is_none()) {
            stop.until = Some(at);
        }
        if let Some(StandsStill { since, why }) = self.still {
            let asked = was.and_then(|was| was.applied).filter(|_| why == StopCause::Deferred);
            let stop = Stop { why, asked: asked.unwrap_or(since), from: since, until: None };
            remember(&mut fact.stops, stop, CHANGES_MAX);
        }
    }
}

impl Filing {
    /// Notes something in the facts of the last stretch.
    fn note(&mut self, note: impl FnOnce(&mut Fact)) {
        if let Some(fact) = self.facts.last_mut() {
            note(fact);
        }
    }
}

/// The end of a case that is closed.
fn closed(state: &State) -> Option<End> {
    if let State::Closed(closed) = state {
        let (at, finish, timeliness) = (closed.at, closed.finish, closed.timeliness);
        return Some(End::Closed { at, finish, timeliness });
    }
    None
}

/// The row of a stretch that begins with `event`.
fn begun(state: &State, event: &Event) -> Option<Fact> {
    let organisation = if let Event::Dispatched(dispatched) = event {
        dispatched.organisation.clone()
    } else if matches!(event, Event::Adopted(_)) {
        None
    } else {
        return None;
    };
    let held = state.assignment()?;
    Some(Fact {
        assignment: held.no,
        unit: held.unit.clone(),
        organisation,
        dispatched: held.dispatched,
        received: None,
        arrived: None,
        started: None,
        granted: None,
        dues: Box::default(),
        stops: Box::default(),
        end: End::Open,
    })
}
