//! Filings: what binds a filed case, whoever holds it (articles 11 and 14).

use std::borrow::Cow;

use compact_str::{CompactString, format_compact};
use duban_core::clock::Timestamp;
use duban_rules::book::stages::{StageRule, Urgency};
use duban_rules::vocabulary::{ConditionCode, TimeLimit, UnitId};
use serde::{Deserialize, Serialize};

use super::Report;
use super::assignment::{Assignment, Returned};
use super::calls::ToCall;
use super::clock::{Span, StageClock, Taken};
use super::command::Ground;
use super::disputes::{Binding, Determined};
use super::entry::{Entry, FiledUnder};
use super::facts::Fact;
use super::help::Help;
use super::ladder::SharedLadder;
use super::returns::{AskedReturn, Form, Lane, RETURNS_MAX};
use super::supervision::Order;
use crate::context::Context;

/// Units that gave a case back and are remembered: a case that more have seen is one of disputed responsibility.
pub const RETURNED_MAX: usize = 4;

/// Findings that a case remembers.
const DISPUTES_MAX: usize = 16;

/// A filed case, whoever holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    pub report: Report,
    /// The handbook's condition; none in a history that knows no handbook.
    pub condition: Option<ConditionCode>,
    /// What the handbook said of it on the day of filing (article 11).
    pub under: FiledUnder,
    /// The condition's limit on the day of filing (article 11); none in a history, whose targets are given.
    pub limit: Option<TimeLimit>,
    /// The ladder of that day.
    pub ladder: SharedLadder,
    /// The yearly number, once the allocator has given it.
    pub number: Option<CompactString>,
    pub assignments: u16,
    /// How often it was sent back for rework.
    pub reworks: u16,
    /// Supervision orders (督办单).
    pub orders: Box<[Order]>,
    /// Units that gave it back: each goes on with what was left of its limit if it gets the case again. At most
    /// [`RETURNED_MAX`], oldest first; one that is forgotten gets the whole limit.
    pub returned: Box<[Returned]>,
    /// What units said when they asked to give it back; at most [`RETURNS_MAX`], oldest first.
    pub returns: Box<[AskedReturn]>,
    /// What was found when it was disputed; at most sixteen findings.
    pub disputes: Box<[Determined]>,
    /// What is counted of its stretches, oldest first; at most sixteen.
    pub facts: Box<[Fact]>,
    /// Sub-tasks of units that help the one that has it; at most [`crate::findings::HELPERS_MAX`] by a finding.
    pub help: Box<[Help]>,
    /// The call that is to be made, while the case awaits dispatch to a unit on the telephone.
    pub call: Option<Box<ToCall>>,
    /// How often it was deferred; since when and until when is in its facts.
    pub deferrals: u16,
}

impl Filing {
    /// Whether nights and holidays count.
    pub fn urgency(&self) -> Urgency {
        self.limit.as_ref().map_or(Urgency::Ordinary, Urgency::of)
    }

    /// Whether it is a history's, whose target and steps were given: it is neither returned nor supervised, and it is
    /// concluded instead of closed.
    pub fn is_adopted(&self) -> bool {
        self.limit.is_none()
    }

    /// What the handbook said when it was filed (article 11): by the event, else by the rules that its record names, and where
    /// nobody has these any more by those in force. None of what no handbook knows.
    pub fn entry<'a>(&'a self, cx: &Context) -> Option<Cow<'a, Entry>> {
        let then = match &self.under {
            FiledUnder::Entry(entry) => return Some(Cow::Borrowed(entry)),
            FiledUnder::Rules(rules) => cx.handbooks.of(*rules),
            FiledUnder::Nothing => None,
        };
        let code = self.condition.as_ref()?;
        let condition = then.and_then(|handbook| handbook.condition(code));
        let condition = condition.or_else(|| cx.rules.handbook.condition(code));
        condition.map(|condition| Cow::Owned(Entry::of(condition)))
    }

    /// What was found last of whose it is, unless the unit has answered that: a precedent for the next case of its kind
    /// (article 19).
    pub fn precedent(&self) -> Option<&Determined> {
        self.disputes.last().filter(|found| found.binding != Binding::Answered)
    }

    /// What people call it: its number, or its id until it has one.
    pub fn called<'a>(&'a self, id: &'a str) -> &'a str {
        self.number.as_deref().unwrap_or(id)
    }

    /// The stretch that `unit` ended by giving the case back, if it is remembered.
    pub fn returned_by(&self, unit: &UnitId) -> Option<&Returned> {
        self.returned.iter().find(|returned| returned.held.unit == *unit)
    }

    /// How long a return that was asked for at `since` has stopped the unit's clock by `at`: of an urgent case for no time
    /// at all, not even one that was accepted (article 20).
    pub(super) fn stopped_by_return(&self, since: Timestamp, at: Timestamp) -> Span {
        let from = match self.urgency() {
            Urgency::Ordinary => since,
            Urgency::Urgent => at,
        };
        Span { from, until: at }
    }

    /// Remembers what a unit said when it asked to give the case back.
    pub(super) fn asked_back(
        &mut self,
        held: &Assignment,
        lane: Lane,
        ground: Option<Ground>,
        form: Form,
    ) {
        let no = self.returns.last().map_or(1, |last| last.no.saturating_add(1));
        let (assignment, unit) = (held.no, held.unit.clone());
        let asked = AskedReturn { no, lane, assignment, unit, ground, form };
        remember(&mut self.returns, asked, RETURNS_MAX);
    }

    /// What was asked last in a lane came to nothing: a form that might follow need not.
    pub(super) fn waits_for_no_form(&mut self, lane: Lane) {
        let last = self.returns.iter_mut().rfind(|asked| asked.lane == lane);
        if let Some(asked) = last.filter(|asked| matches!(asked.form, Form::Awaited(_))) {
            asked.form = Form::NotNeeded;
        }
    }

    /// Remembers what was found. A bound case is disputed no more, so that there is hardly ever a second.
    pub(super) fn determined(&mut self, found: Determined) {
        remember(&mut self.disputes, found, DISPUTES_MAX);
    }

    /// Whether a finding of whose it is binds: no unit gives it back or disputes it any more (article 19).
    pub fn is_bound(&self) -> bool {
        self.disputes.iter().any(|found| found.binding == Binding::Bound)
    }

    /// Until when the unit that was not heard may answer the finding, while it may.
    pub(super) fn answer_until(&self) -> Option<Timestamp> {
        self.disputes.iter().find_map(Determined::ahead).map(|ahead| ahead.due)
    }

    /// Lets what was found stand so from now on, where it stood as `was` says; says whether one did.
    pub(super) fn bind(&mut self, was: impl Fn(&Binding) -> bool, binding: &Binding) -> Taken {
        match self.disputes.iter_mut().find(|found| was(&found.binding)) {
            Some(found) => {
                found.binding = binding.clone();
                Taken::Yes
            }
            None => Taken::No,
        }
    }

    /// The sub-task of a helper with this number.
    pub fn help_of(&self, no: u16) -> Option<&Help> {
        self.help.iter().find(|help| help.no == no)
    }

    /// The sub-tasks that are to be done, each with its clock.
    pub fn help_asked(&self) -> impl Iterator<Item = (&Help, &StageClock)> {
        self.help.iter().filter_map(|help| Some((help, help.clock()?)))
    }

    /// The return with this number, while it is remembered.
    pub fn asked_return(&self, no: u16) -> Option<&AskedReturn> {
        self.returns.iter().find(|asked| asked.no == no)
    }

    /// The same, to be changed.
    pub(super) fn asked_return_mut(&mut self, no: u16) -> Option<&mut AskedReturn> {
        self.returns.iter_mut().find(|asked| asked.no == no)
    }

    /// Remembers a stretch that ended by giving the case back; the unit's earlier one went on in it.
    pub(super) fn given_back(&mut self, held: Assignment, since: Timestamp) {
        remember(&mut self.returned, Returned { held, since }, RETURNED_MAX);
    }

    /// Takes out the stretch with this number: its unit has the case again.
    pub(super) fn take_returned(&mut self, no: u16) -> Option<Assignment> {
        let mut returned = std::mem::take(&mut self.returned).into_vec();
        let place = returned.iter().position(|returned| returned.held.no == no);
        let taken = place.map(|place| returned.remove(place).held);
        self.returned = returned.into_boxed_slice();
        taken
    }

    /// What people call a supervision order of it.
    pub fn order_called(&self, id: &str, order: u16) -> CompactString {
        format_compact!("{}-督{order}", self.called(id))
    }

    /// The clock of a stage of it that begins at `at`.
    pub(super) fn clock(&self, rule: &StageRule, at: Timestamp, cx: &Context) -> StageClock {
        StageClock::set(rule, self.urgency(), at, &[], &cx.rules.calendar)
    }
}

/// Puts one behind a list that keeps at most `most`: the oldest is forgotten.
pub(super) fn remember<T>(list: &mut Box<[T]>, one: T, most: usize) {
    let before = std::mem::take(list);
    let too_many = (before.len() + 1).saturating_sub(most);
    *list = before.into_iter().skip(too_many).chain([one]).collect();
}
