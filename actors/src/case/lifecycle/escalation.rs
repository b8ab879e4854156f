//! Escalation by steps that time has passed: reminders, warnings, supervision levels (article 3).
//!
//! Every command first settles them, so that nothing depends on whether the timer or the person came first. A step is
//! judged by its own due instant; one found late is marked as caught up, and of several found at once the highest
//! speaks for the others.

use std::time::Duration;

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Fired};
use duban_rules::book::ladder::{Light, Step};
use duban_rules::vocabulary::{Recipient, TemplateName};

use super::orders;
use crate::case::clock::{Ahead, ClockName};
use crate::case::deferral;
use crate::case::event::{Lateness, RaiseCause, StepDecided};
use crate::case::supervision::{LEVEL_MAX, ORDERS_MAX, OrderKind, rises_to};
use crate::case::{Command, Event, Filing, State, timers};
use crate::context::Context;

/// A step decided later than this after its due instant was caught up.
const LATE_AFTER: Duration = Duration::from_mins(10);

/// Up to when steps count as passed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    /// None: their instants are about to move, and what has passed by the new ones is for their timers.
    Never,
    /// Those due before this instant: what a person does at a due instant is still in time.
    Before(Timestamp),
    /// Those due at this instant too, as a timer finds them.
    Through(Timestamp),
}

impl Until {
    /// What a command settles: everything before it, a history's end what was due before its finish.
    pub(super) fn of(command: &Command, asked: &Asked) -> Until {
        if let Command::Conclude { finished } = command {
            Until::Before(asked.at.min(*finished))
        } else if let Command::Recalculate { .. } = command {
            Until::Never
        } else {
            Until::Before(asked.at)
        }
    }

    fn covers(self, due: Timestamp) -> bool {
        match self {
            Until::Never => false,
            Until::Before(at) => due < at,
            Until::Through(at) => due <= at,
        }
    }
}

/// Whether the state still wants this timer.
pub(super) fn is_ahead(state: &State, fired: &Fired) -> bool {
    let mut found = 0_u32;
    timers::each(state, |ahead| {
        found += u32::from(ahead.due == fired.due && ahead.timer() == fired.name);
    });
    found > 0
}

/// Decides every step passed until then, and the supervision orders they call for.
pub(super) fn settle(state: &State, until: Until, at: Timestamp, cx: &Context) -> Vec<Event> {
    let mut passed: Vec<Ahead<'_>> = Vec::new();
    timers::each(state, |ahead| {
        if until.covers(ahead.due) {
            passed.push(ahead);
        }
    });
    if passed.is_empty() {
        return Vec::new();
    }
    passed.sort_by_key(|ahead| ahead.due);
    let mut events = steps(state, &passed, at, cx);
    if let Some(filing) = state.filing().filter(|filing| !filing.is_adopted()) {
        events.extend(orders_of((state, filing), &passed, at, cx));
    }
    events
}

/// Whoever is told that nobody answered an order and that it has risen is not told a second time, by the step of its
/// reply, that nobody answered it. `state` is the one before.
pub(super) fn told_once(state: &State, events: &mut [Event]) {
    let orders = state.filing().map_or(&[][..], |filing| &filing.orders);
    let of_raise = |event: &Event| {
        let Event::OrderRaised { order, cause: RaiseCause::Unanswered, tell, .. } = event else {
            return None;
        };
        let before = orders.iter().find(|one| one.no == *order)?;
        Some((before.revision(), tell.clone()))
    };
    let raised: Vec<(u16, Vec<Recipient>)> = events.iter().filter_map(of_raise).collect();
    for event in events {
        if let Event::StepDecided(step) = event
            && step.clock == ClockName::Reply
            && let Some((_, told)) = raised.iter().find(|(revision, _)| *revision == step.revision)
        {
            step.tell.retain(|recipient| !told.contains(recipient));
        }
    }
}

/// One event for each step; the last of a clock names the others of that clock and tells everybody.
fn steps(state: &State, passed: &[Ahead<'_>], at: Timestamp, cx: &Context) -> Vec<Event> {
    let same = |a: &Ahead<'_>, b: &Ahead<'_>| a.clock == b.clock && a.revision == b.revision;
    let mut events = Vec::with_capacity(passed.len() + 1);
    for (place, ahead) in passed.iter().enumerate() {
        let meaning = Meaning::of(state, ahead, cx);
        let is_last = !passed.iter().skip(place + 1).any(|later| same(later, ahead));
        let lower = || passed.iter().take(place).filter(|lower| same(lower, ahead));
        let mut tell = Vec::new();
        let mut also = Vec::new();
        if is_last {
            tell.extend_from_slice(meaning.tell);
            for lower in lower() {
                also.push(lower.code.clone());
                for recipient in Meaning::of(state, lower, cx).tell {
                    if !tell.contains(recipient) {
                        tell.push(*recipient);
                    }
                }
            }
        }
        let late = at.since(ahead.due) > LATE_AFTER;
        events.push(Event::StepDecided(Box::new(StepDecided {
            assignment: ahead.assignment,
            clock: ahead.clock,
            revision: ahead.revision,
            step: ahead.code.clone(),
            due: ahead.due,
            at,
            level: meaning.level,
            light: meaning.light,
            lateness: if late { Lateness::CaughtUp } else { Lateness::InTime },
            tell,
            template: meaning.template,
            also,
        })));
    }
    events
}

/// What a step means: by the case's own ladder on the unit's clock, by the stages in force on the centre's.
struct Meaning<'a> {
    level: u8,
    light: Option<Light>,
    tell: &'a [Recipient],
    template: TemplateName,
}

impl<'a> Meaning<'a> {
    fn of(state: &'a State, ahead: &Ahead<'_>, cx: &'a Context) -> Meaning<'a> {
        if let (ClockName::Handling, Some(step)) = (ahead.clock, ladder_step(state, ahead)) {
            return Meaning {
                level: step.level,
                light: Some(step.light),
                tell: &step.tell,
                template: step.template.clone(),
            };
        }
        let rule = ahead.clock.rule(&cx.rules.stages);
        let step = rule.and_then(|rule| rule.steps.iter().find(|step| step.code == *ahead.code));
        // A step that the stages in force no longer name was still promised to somebody.
        let by_rule = step.map_or(&[Recipient::DutyChief][..], |step| &step.tell);
        let (tell, name): (&[Recipient], _) = match ahead.clock {
            ClockName::Form => {
                (&[Recipient::HandlingOffice, Recipient::DispatchDesk], "return-form-missing")
            }
            ClockName::Binding => (
                &[Recipient::Informant, Recipient::HandlingOffice, Recipient::DispatchDesk],
                "bound",
            ),
            ClockName::Deferral => (deferral::told(ahead.code), "deferral-review"),
            ClockName::Reply => (by_rule, "supervision-reminder"),
            ClockName::Call => (by_rule, "call-unanswered"),
            // The call says itself that nobody has answered it: whoever hears that need not hear both.
            ClockName::Dispatch if is_called(state) => (&[], "stage-late"),
            ClockName::Intake
            | ClockName::Validation
            | ClockName::Dispatch
            | ClockName::Receipt
            | ClockName::Handling
            | ClockName::ReturnReview
            | ClockName::Verification
            | ClockName::Closing
            | ClockName::Dispute
            | ClockName::Application
            | ClockName::Help
            | ClockName::Recheck
            | ClockName::Consent => (by_rule, "stage-late"),
        };
        Meaning { level: 0, light: None, tell, template: TemplateName::new(name) }
    }
}

/// Whether a unit is being called for the first time: choosing again is no way to have nobody told.
fn is_called(state: &State) -> bool {
    state.call().is_some_and(|call| call.no == 1)
}

fn ladder_step<'a>(state: &'a State, ahead: &Ahead<'_>) -> Option<&'a Step> {
    state.filing()?.ladder.steps().iter().find(|step| step.code == *ahead.code)
}

/// The orders that the passed steps call for: a level of the ladder issues one or raises the open one; an order whose
/// reply is due rises by itself, as far as silence raises it, and not while the unit's clock stands still. Each order
/// moves once.
fn orders_of(
    (state, filing): (&State, &Filing),
    passed: &[Ahead<'_>],
    at: Timestamp,
    cx: &Context,
) -> Vec<Event> {
    let runs = state.stands_still().is_none();
    let levels = passed.iter().filter(|ahead| ahead.clock == ClockName::Handling);
    let levels = levels.filter_map(|ahead| filing.ladder.ladder().step(ahead.code));
    let reached = levels.map(|step| step.level).max().unwrap_or(0).min(LEVEL_MAX);
    let mut events = Vec::new();
    let mut has_open = false;
    for order in &filing.orders {
        let Some(clock) = order.clock() else { continue };
        let is_overdue = order.kind == OrderKind::Overdue;
        has_open |= is_overdue;
        let unanswered = passed.iter().any(|ahead| {
            ahead.clock == ClockName::Reply
                && ahead.revision == order.revision()
                && ahead.due >= clock.due
        });
        let higher = rises_to(order.level, &cx.rules.stages).filter(|_| unanswered && runs);
        let risen = higher.unwrap_or(order.level);
        let level = if is_overdue { risen.max(reached) } else { risen };
        if level <= order.level {
            continue;
        }
        let by_ladder = is_overdue && reached >= level;
        let cause = if by_ladder { RaiseCause::Ladder } else { RaiseCause::Unanswered };
        // A step's own notice says it already when the ladder raises the order.
        let tell = if by_ladder { Vec::new() } else { orders::told_at(filing, level) };
        let clock = filing.clock(&cx.rules.stages.reply, at, cx);
        events.push(Event::OrderRaised { at, order: order.no, level, cause, tell, clock });
    }
    if reached > 0 && !has_open && filing.orders.len() < ORDERS_MAX {
        let issued = orders::issue(filing, OrderKind::Overdue, reached, at, cx);
        events.push(Event::OrderIssued(Box::new(issued)));
    }
    events
}
