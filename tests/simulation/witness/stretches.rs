//! The stretches of a case with its units, worked out from its events: the due instant as the one function of limit and
//! extensions, start, spans and calendar; who holds it; and the rows of facts, counted again.

mod stretch;

use duban_actors::case::event::{DisputeOutcome, Extended, ResumedEvent};
use duban_actors::case::facts::{DueSince, End, Left, Stop};
use duban_actors::case::{Case, Event, Fact, State, StopCause, Timeliness};
use duban_actors::findings::Determination;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{TimeLimit, UnitId};

use super::same;
use stretch::{Signed, Stretch};

/// What follows from the events of a case.
#[derive(Debug, Default)]
pub(super) struct Stretches {
    limit: Option<TimeLimit>,
    rows: Vec<Fact>,
    /// The one under way.
    open: Option<Stretch>,
    /// Those that ended because their unit gave the case back, and since when their clock stands still.
    returned: Vec<(Stretch, Timestamp)>,
    /// How often units have asked something with a form.
    asked: u16,
}

impl Stretches {
    fn is_urgent(&self) -> bool {
        self.limit.is_some_and(|limit| limit.is_urgent())
    }

    /// What the last application of the case is called.
    pub(super) fn asked(&self) -> u16 {
        self.asked
    }

    /// Who has it, if a unit has.
    pub(super) fn unit(&self) -> Option<&UnitId> {
        self.open.as_ref().map(|open| &open.unit)
    }

    pub(super) fn hears(&mut self, event: &Event) -> Result<(), String> {
        self.noted(event);
        self.asked_by(event);
        self.left(event)?;
        self.moved(event)?;
        if let Event::Dispatched(_) = event { self.begins(event) } else { Ok(()) }
    }

    /// What the unit does.
    fn noted(&mut self, event: &Event) {
        if let Event::Filed(filed) = event {
            self.limit = Some(filed.limit);
        } else if let Event::Received { at, .. } = event {
            self.signs(*at);
        } else if let Event::Arrived { at, .. } = event {
            self.row(|row| row.arrived = Some(*at));
        } else if let Event::Started { at } = event {
            self.row(|row| row.started = Some(*at));
        } else if let Event::FeedbackGiven(given) = event {
            self.stands_still(given.task.at, StopCause::FedBack);
        }
    }

    /// What the unit asks, and that it waits for it no more.
    fn asked_by(&mut self, event: &Event) {
        if let Event::ReturnAsked { at, .. } = event {
            self.asks(*at);
            self.stands_still(*at, StopCause::ReturnAsked);
        } else if let Event::Disputed(disputed) = event {
            self.asks(disputed.at);
            self.under_way(|open| open.found_by = disputed.clock.due);
            self.stands_still(disputed.at, StopCause::Disputed);
        } else if let Event::Applied(applied) = event {
            self.asks(applied.at);
            self.under_way(|open| open.applied = Some(applied.at));
        } else if let Event::Deferred(deferred) = event {
            self.stands_still(deferred.at, StopCause::Deferred);
            self.under_way(|open| open.applied = None);
        } else if matches!(
            event,
            Event::TakenBack { outcome: None, .. } | Event::ApplicationRefused { .. }
        ) {
            self.under_way(|open| open.applied = None);
        }
    }

    /// How it leaves the unit.
    fn left(&mut self, event: &Event) -> Result<(), String> {
        if let Event::ReturnAccepted { at, .. } = event {
            let returned = self.ends(Left::Returned, *at);
            self.returned.extend(returned);
        } else if let Event::Recalled { at, .. } = event {
            self.ends(Left::Recalled, *at);
        } else if let Event::Withdrawn(withdrawn) = event {
            self.ends(Left::Withdrawn, withdrawn.at);
        } else if let Event::Closed(closed) = event {
            return self.closes(closed.at);
        }
        Ok(())
    }

    /// How the clock goes on, or further.
    fn moved(&mut self, event: &Event) -> Result<(), String> {
        if let Event::Determined(found) = event {
            let how = (&found.outcome, found.finding == Determination::Stays);
            return self.found(how, found.at);
        }
        if let Event::TakenBack { at, outcome: Some(outcome), .. } = event {
            return self.found((outcome, true), *at);
        }
        if let Event::ReturnRefused { at, resumed, .. } | Event::Reworked { at, resumed, .. } =
            event
        {
            self.goes_on_credited(*at)?;
            return self.is_due(resumed.due);
        }
        if let Event::Extended(extended) = event {
            return self.extended(extended);
        }
        if let Event::Resumed(resumed) = event {
            return self.resumed(resumed);
        }
        if let Event::Recalculated(_) = event {
            return Err("it moved under the same calendar".to_owned());
        }
        Ok(())
    }

    fn begins(&mut self, event: &Event) -> Result<(), String> {
        let Event::Dispatched(dispatched) = event else { return Ok(()) };
        if let Some(open) = &self.open {
            return Err(format!("it has two holders: {open:?} and {dispatched:?}"));
        }
        let limit = self.limit.ok_or("it was dispatched before it was filed")?;
        let (at, is_urgent) = (dispatched.at, self.is_urgent());
        let place = self.returned.iter().position(|(held, _)| held.unit == dispatched.unit);
        let before = place.map(|place| self.returned.remove(place));
        same("whether it goes on", &before.is_some(), &dispatched.resumes.is_some())?;
        let fresh = Stretch {
            no: dispatched.assignment,
            unit: dispatched.unit.clone(),
            start: at,
            limit,
            extension: None,
            spans: Vec::new(),
            due: at,
            signed: Signed::No,
            since: None,
            found_by: at,
            applied: None,
        };
        let mut stretch = match before {
            None => fresh,
            Some((mut held, since)) => {
                if !is_urgent {
                    held.credit(since, at);
                }
                let Stretch { start, limit, extension, spans, .. } = held;
                Stretch { start, limit, extension, spans, ..fresh }
            }
        };
        stretch.due = stretch.due();
        same("the due instant at the dispatch", &stretch.due, &dispatched.due)?;
        self.rows.push(Fact {
            assignment: stretch.no,
            unit: stretch.unit.clone(),
            organisation: dispatched.organisation.clone(),
            dispatched: at,
            received: None,
            arrived: None,
            started: None,
            granted: stretch.extension,
            dues: Box::new([DueSince { asked: at, at, due: stretch.due }]),
            stops: Box::default(),
            end: End::Open,
        });
        self.open = Some(stretch);
        Ok(())
    }

    fn row(&mut self, note: impl FnOnce(&mut Fact)) {
        if let Some(row) = self.rows.last_mut() {
            note(row);
        }
    }

    fn under_way(&mut self, note: impl FnOnce(&mut Stretch)) {
        if let Some(open) = &mut self.open {
            note(open);
        }
    }

    fn signs(&mut self, at: Timestamp) {
        let mut first = false;
        self.under_way(|open| {
            first = open.signed == Signed::No;
            open.signed = Signed::Yes;
        });
        if first {
            self.row(|row| row.received = Some(at));
        }
    }

    /// Whoever asks something has read the case.
    fn asks(&mut self, at: Timestamp) {
        self.asked += 1;
        self.signs(at);
    }

    /// An urgent case stands still for nothing but what is done, and what is deferred (article 20).
    fn stands_still(&mut self, at: Timestamp, why: StopCause) {
        self.under_way(|open| open.since = Some(at));
        if self.is_urgent() && matches!(why, StopCause::ReturnAsked | StopCause::Disputed) {
            return;
        }
        let applied = self.open.as_ref().and_then(|open| open.applied);
        let asked = applied.filter(|_| why == StopCause::Deferred).unwrap_or(at);
        self.row(|row| push(&mut row.stops, Stop { why, asked, from: at, until: None }));
    }

    /// It goes on, and what it stood is not the unit's.
    fn goes_on_credited(&mut self, at: Timestamp) -> Result<(), String> {
        let since = self.open.as_ref().and_then(|open| open.since);
        let since = since.ok_or("it goes on without having stood still")?;
        self.goes_on((since, since, at), at);
        Ok(())
    }

    /// It goes on at `at` after standing since `asked`; from `from` to `until` the time is not the unit's.
    fn goes_on(&mut self, (asked, from, until): (Timestamp, Timestamp, Timestamp), at: Timestamp) {
        // An urgent clock stands still for what was done, or deferred, alone.
        let stood = self.rows.last().and_then(|row| row.stops.last());
        let stood = stood.is_some_and(|stop| stop.until.is_none());
        self.under_way(|open| {
            open.since = None;
            if stood {
                open.credit(from, until);
            }
        });
        self.row(|row| {
            if let Some(stop) = row.stops.last_mut().filter(|stop| stop.until.is_none()) {
                stop.until = Some(at);
            }
        });
        self.moves(asked, at);
    }

    /// It is due when that follows.
    fn moves(&mut self, asked: Timestamp, at: Timestamp) {
        let Some(open) = &mut self.open else { return };
        let (before, after, granted) = (open.due, open.due(), open.extension);
        open.due = after;
        self.row(|row| {
            row.granted = granted;
            if before != after {
                push(&mut row.dues, DueSince { asked, at, due: after });
            }
        });
    }

    fn is_due(&self, found: Option<Timestamp>) -> Result<(), String> {
        same("the due instant", &self.open.as_ref().map(|open| open.due), &found)
    }

    /// A dispute ends: without reason it wins no time, up to the instant at which it ought to have been found.
    fn found(
        &mut self,
        (outcome, unfounded): (&DisputeOutcome, bool),
        at: Timestamp,
    ) -> Result<(), String> {
        let DisputeOutcome::GoesOn { resumed, .. } = outcome else {
            self.ends(Left::Determined, at);
            return Ok(());
        };
        let open = self.open.as_ref().and_then(|open| Some((open.since?, open.found_by)));
        let (since, found_by) = open.ok_or("nothing was disputed")?;
        let from = if unfounded { found_by.max(since) } else { since };
        self.goes_on((since, from, at), at);
        self.is_due(resumed.due)
    }

    fn extended(&mut self, extended: &Extended) -> Result<(), String> {
        let at = extended.at;
        let mut asked = None;
        self.under_way(|open| {
            let before = open.extension;
            open.extension =
                before.map_or(Some(extended.by), |before| before.checked_add(extended.by));
            asked = open.applied.take();
        });
        self.moves(asked.ok_or("nothing was asked")?, at);
        self.is_due(Some(extended.moved.due))
    }

    fn resumed(&mut self, resumed: &ResumedEvent) -> Result<(), String> {
        let at = resumed.at;
        let since = self.open.as_ref().and_then(|open| open.since);
        let since = since.ok_or("it was not deferred")?;
        if let Some(limit) = resumed.limit {
            self.under_way(|open| {
                (open.limit, open.extension, open.start) = (limit, None, at);
                open.spans.clear();
            });
        }
        self.goes_on((since, since, at), at);
        match &resumed.moved {
            Some(moved) => self.is_due(Some(moved.due)),
            None => Ok(()),
        }
    }

    /// The stretch under way ends without being done.
    fn ends(&mut self, how: Left, at: Timestamp) -> Option<(Stretch, Timestamp)> {
        self.row(|row| row.end = End::Left { how, at });
        let stretch = self.open.take()?;
        let since = stretch.since.unwrap_or(at);
        Some((stretch, since))
    }

    fn closes(&mut self, at: Timestamp) -> Result<(), String> {
        let open = self.open.take().ok_or("it was closed at nobody's")?;
        let finish = open.since.ok_or("it was closed before it was done")?;
        let in_time = finish <= open.due;
        let timeliness = if in_time { Timeliness::OnTime } else { Timeliness::Late };
        self.row(|row| row.end = End::Closed { at, finish, timeliness });
        Ok(())
    }

    /// Holds it against what the case says of itself.
    pub(super) fn agree(&self, case: &Case) -> Result<(), String> {
        let held = case.state.held().map(|(_, held, _)| (held.no, &held.unit, held.due));
        let open = self.open.as_ref().map(|open| (open.no, &open.unit, Some(open.due)));
        same("who holds it, and until when,", &open, &held)?;
        let Some(filing) = case.state.filing() else { return Ok(()) };
        let is_open = matches!(case.state, State::Filed(..));
        let holders = open.iter().count() + usize::from(is_waiting(&case.state));
        same("how many hold it", &usize::from(is_open), &holders)?;
        if let State::Closed(closed) = &case.state {
            let end = self.rows.last().map(|row| row.end);
            let (at, finish, timeliness) = (closed.at, closed.finish, closed.timeliness);
            same("its end", &end, &Some(End::Closed { at, finish, timeliness }))?;
        }
        let kept = self.rows.len().saturating_sub(filing.facts.len());
        let rows = self.rows.get(kept..).unwrap_or_default();
        same("what is counted", &rows, &&*filing.facts)
    }
}

/// Whether the desk has it.
fn is_waiting(state: &State) -> bool {
    state.name() == "awaiting-dispatch"
}

fn push<T>(list: &mut Box<[T]>, one: T) {
    *list = std::mem::take(list).into_iter().chain([one]).collect();
}
