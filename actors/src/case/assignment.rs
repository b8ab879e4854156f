//! One stretch of a case with one unit: its due instant, its ladder's marks, its pauses (articles 15–18).
//!
//! Whatever is computed here from rules is computed in `decide` and carried in an event; the state only takes it in.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::book::calendar::Calendar;
use duban_rules::book::ladder::{Applies, Step};
use duban_rules::deadline::{Pause, Term, due};
use duban_rules::vocabulary::{StepCode, TimeLimit, UnitId};
use serde::{Deserialize, Serialize};

use super::application::Application;
use super::clock::{Ahead, ClockName, Span, StepAt, Stood};
use super::ladder::SharedLadder;
use super::recalculation::Moved;

/// One stretch of a case with one unit (派遣).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// Counts the stretches of a case from 1.
    pub no: u16,
    pub unit: UnitId,
    /// Who dispatched it, by login name or as [`crate::role`] says: the same person does not close it (article 12).
    pub by: CompactString,
    pub dispatched: Timestamp,
    /// When its handling clock began: with the delivery, not with the reading (article 15); for a unit that gave the
    /// case back and has it again, with the first one; with the resumption where that stated a limit (article 27).
    pub start: Timestamp,
    /// When it ought to be finished, pauses so far included; none in a history that knows no target.
    pub due: Option<Timestamp>,
    /// Where each step of the case's ladder stands, in the ladder's order.
    pub marks: Box<[Mark]>,
    /// How often its due instant was calculated anew: what tells a step from the same one before.
    pub revision: u16,
    /// When the handling clock stood still, and what became of that time.
    pub pauses: Box<[Stood]>,
    /// How far the unit got.
    pub progress: Progress,
    /// Until when the unit may ask to give the case back; none where that is without bound.
    pub return_until: Option<Timestamp>,
    /// Until when it may dispute the case; none where that is without bound.
    pub dispute_until: Option<Timestamp>,
    /// The limit that it has since it was resumed, from `start` on (article 27); none where it has the case's.
    pub limit: Option<TimeLimit>,
    /// What was granted on top of the limit, in its unit (article 27); none where nothing was.
    pub extension: Option<TimeLimit>,
    /// What the unit asks for beside its work (articles 21 and 27).
    pub application: Application,
}

/// A stretch that ended because the unit gave the case back (退单), and since when its clock stands still.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    /// The stretch as it stood.
    pub held: Assignment,
    /// When the unit asked to give it back.
    pub since: Timestamp,
}

/// Where a step of the ladder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// When it is, or was, reached.
    pub due: Timestamp,
    pub standing: StepState,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Not yet reached.
    Ahead,
    /// Decided: its people were told.
    Decided,
    /// No longer to be decided: the unit has read the case.
    Lapsed,
}

/// How far a unit got, and when (the three "first times" of article 25).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// It has not signed for it.
    Unread,
    /// It has signed for it (签收).
    Received(Timestamp),
    /// It is there (到场).
    Arrived(Timestamp),
    /// It is at work (开始处置).
    Started(Timestamp),
}

/// How a clock that stood still goes on: the rest of the limit, never a new one (article 18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    pub pause: Span,
    /// The due instant with this pause counted in.
    pub due: Option<Timestamp>,
    /// The steps still ahead, with this pause counted in.
    pub steps: Vec<StepAt>,
}

impl Assignment {
    /// The marks of a ladder with these instants; none when a step is not on the ladder.
    pub(crate) fn marks(ladder: &SharedLadder, steps: &[StepAt]) -> Option<Box<[Mark]>> {
        let lapsed = Mark { due: Timestamp::NEVER, standing: StepState::Lapsed };
        let mut marks = vec![lapsed; ladder.steps().len()];
        for step in steps {
            let place = ladder.position(&step.code)?;
            *marks.get_mut(place)? = Mark { due: step.due, standing: StepState::Ahead };
        }
        Some(marks.into_boxed_slice())
    }

    /// The steps that lie ahead on the handling clock.
    pub fn ahead<'a>(&'a self, ladder: &'a SharedLadder) -> impl Iterator<Item = Ahead<'a>> {
        let steps = ladder.steps().iter().zip(&self.marks);
        steps.filter(|(_, mark)| mark.standing == StepState::Ahead).map(|(step, mark)| Ahead {
            clock: ClockName::Handling,
            assignment: self.no,
            revision: self.revision,
            code: &step.code,
            due: mark.due,
        })
    }

    /// Its limit with what was granted on top of it, in a case of this `limit`.
    pub fn term(&self, limit: TimeLimit) -> Term {
        Term { limit: self.limit.unwrap_or(limit), extension: self.extension }
    }

    /// The highest supervision level decided so far.
    pub fn level(&self, ladder: &SharedLadder) -> u8 {
        let steps = ladder.steps().iter().zip(&self.marks);
        let decided = steps.filter(|(_, mark)| mark.standing == StepState::Decided);
        decided.map(|(step, _)| step.level).max().unwrap_or(0)
    }

    /// The pauses as the rules count them, with `last` behind them; those that are charged back or of no length only count
    /// how often.
    pub fn pauses_with(&self, last: Option<Span>) -> Vec<Pause> {
        self.pauses.iter().filter_map(Stood::pause).chain(last).map(Pause::from).collect()
    }

    /// How the handling clock goes on at `at` after standing still since `since`.
    pub(crate) fn resumed(
        &self,
        limit: Option<TimeLimit>,
        ladder: &SharedLadder,
        pause: Span,
        calendar: &Calendar,
    ) -> Resumed {
        let Some(limit) = limit else { return self.shifted(ladder, pause) };
        let pauses = self.pauses_with(Some(pause));
        let term = self.term(limit);
        let schedule = ladder.ladder().schedule(term, self.start.into(), &pauses, calendar);
        let is_ahead = |code: &StepCode| self.ahead(ladder).any(|ahead| *ahead.code == *code);
        let steps = schedule.into_iter().filter(|(code, _)| is_ahead(code));
        Resumed {
            pause,
            due: Some(due(term.whole(), self.start.into(), calendar, &pauses).into()),
            steps: steps.map(|(code, at)| StepAt { code, due: at.into() }).collect(),
        }
    }

    /// How the handling clock goes on when the unit that gave the case back gets it again. What is for whoever has not
    /// read it is armed once more, where it still lies ahead.
    pub(crate) fn resumed_unread(
        &self,
        limit: TimeLimit,
        ladder: &SharedLadder,
        pause: Span,
        calendar: &Calendar,
    ) -> Resumed {
        let mut unread = self.clone();
        for mark in unread.marks.iter_mut().filter(|mark| mark.standing == StepState::Lapsed) {
            mark.standing = StepState::Ahead;
        }
        let mut resumed = unread.resumed(Some(limit), ladder, pause, calendar);
        let was_ahead = |code: &StepCode| self.ahead(ladder).any(|ahead| *ahead.code == *code);
        resumed.steps.retain(|step| was_ahead(&step.code) || step.due > pause.until);
        resumed
    }

    /// The marks of a stretch that goes on with these steps ahead; none when one is not on the ladder. What was decided
    /// stays decided: nobody is told twice.
    pub(crate) fn marks_again(
        &self,
        ladder: &SharedLadder,
        steps: &[StepAt],
    ) -> Option<Box<[Mark]>> {
        let mut marks = Assignment::marks(ladder, steps)?;
        for (mark, before) in marks.iter_mut().zip(&self.marks) {
            if before.standing == StepState::Decided {
                *mark = *before;
            }
        }
        Some(marks)
    }

    /// How the clock goes on where the target was given as an instant: it moves by the pause.
    fn shifted(&self, ladder: &SharedLadder, pause: Span) -> Resumed {
        let stood = pause.until.since(pause.from);
        let steps = self.ahead(ladder);
        Resumed {
            pause,
            due: self.due.map(|due| due + stood),
            steps: steps.map(|a| StepAt { code: a.code.clone(), due: a.due + stood }).collect(),
        }
    }

    /// Takes in time for which the clock stood still and that is the unit's after all.
    pub(crate) fn charge_back(&mut self, span: Span) {
        self.stood(Stood::charged_back(span));
    }

    /// The same once it goes on after standing still: with the rest of its limit, or with another from then on.
    #[must_use]
    pub(crate) fn going_on(mut self, pause: Span, limit: Option<TimeLimit>) -> Assignment {
        self.stood(Stood::credited(pause));
        if limit.is_some() {
            (self.limit, self.extension, self.start) = (limit, None, pause.until);
        }
        self
    }

    fn stood(&mut self, stood: Stood) {
        let pauses = std::mem::take(&mut self.pauses);
        self.pauses = pauses.into_iter().chain([stood]).collect();
    }

    /// Takes in how the clock goes on; says whether every step was known.
    #[must_use]
    pub(crate) fn resume(mut self, ladder: &SharedLadder, resumed: &Resumed) -> Option<Assignment> {
        for step in &resumed.steps {
            let mark = self.marks.get_mut(ladder.position(&step.code)?)?;
            mark.due = step.due;
        }
        self.stood(Stood::credited(resumed.pause));
        self.due = resumed.due;
        Some(self)
    }

    /// Whether a step of the ladder is still to be decided when it is reached.
    pub(crate) fn wants(&self, step: &Step) -> bool {
        match step.applies {
            Applies::Always => true,
            Applies::WhileUnread => self.progress == Progress::Unread,
        }
    }

    /// Takes in instants that were calculated anew; none when a step was not ahead and not rescinded.
    #[must_use]
    pub(crate) fn moved(mut self, ladder: &SharedLadder, moved: &Moved) -> Option<Assignment> {
        for step in &moved.rescinded {
            let mark = self.marks.get_mut(ladder.position(&step.code)?)?;
            if mark.standing != StepState::Decided || mark.due != step.due {
                return None;
            }
            mark.standing = StepState::Lapsed;
        }
        for step in &moved.steps {
            let was_rescinded = moved.rescinded.iter().any(|one| one.code == step.code);
            let mark = self.marks.get_mut(ladder.position(&step.code)?)?;
            if mark.due != step.before || (mark.standing != StepState::Ahead && !was_rescinded) {
                return None;
            }
            *mark = Mark { due: step.due, standing: StepState::Ahead };
        }
        (self.due, self.revision) = (Some(moved.due), moved.revision);
        Some(self)
    }

    /// Lets the steps lapse that matter only while nobody has read the case.
    #[must_use]
    pub(crate) fn read(mut self, ladder: &SharedLadder, at: Timestamp) -> Assignment {
        for (step, mark) in ladder.steps().iter().zip(&mut self.marks) {
            if step.applies == Applies::WhileUnread && mark.standing == StepState::Ahead {
                mark.standing = StepState::Lapsed;
            }
        }
        self.progress = Progress::Received(at);
        self
    }

    /// The same by what the unit asks while it has not signed: whoever gives a case back or disputes it has read it.
    #[must_use]
    pub(crate) fn read_by_asking<R>(
        self: Box<Self>,
        receipt: Option<R>,
        ladder: &SharedLadder,
        at: Timestamp,
    ) -> Box<Assignment> {
        match receipt {
            Some(_) => Box::new(self.read(ladder, at)),
            None => self,
        }
    }
}
