//! What the world hears of a case: notices to people, tells to the number allocator and to collectors.
//!
//! A notice says here only what it is about, and to which capacities; who that is and with which words is settled at
//! the claim ([`super::claim`]), when it is known whether anybody still needs it.

use compact_str::{CompactString, format_compact};
use duban_rules::vocabulary::{CollectorId, Recipient, StepCode, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Effect, Tell};
use duban_runtime::outbox::Message;
use serde::{Deserialize, Serialize};

use super::clock::ClockName;
use super::event::{Handover, RaiseCause, Sight, TaskGiven, Verdict};
use super::{Case, CaseId, Event, Life, ReplyWish};
use crate::collector::{self, Collector, Task};
use crate::numbers::{self, Numbers};

/// What a notice is about: the data of its outbox row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Which capacities hear it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tell: Vec<Recipient>,
    /// Whether the reporter hears it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Wanted>,
    /// The unit whose people are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The collector who is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<CollectorId>,
    /// In which assignment; 0 before the first.
    #[serde(default)]
    pub assignment: u16,
    /// The clock it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockName>,
    /// The revision of that clock; without one, that of the order (its number, then its level), or which rework.
    #[serde(default)]
    pub revision: u16,
    /// The step it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepCode>,
    /// When that was due: the step, the task, the review of a return, the reply to an order; of a recalculation, when the
    /// case was due before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Lower steps of the same moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<StepCode>,
    /// The supervision order it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u16>,
    /// The task on site it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<u16>,
    /// Words that somebody wrote.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// The reporter wants to hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// With a reply.
    Reply,
}

/// Everything that follows from `event`; `case` is the state after it.
pub fn effects(case: &Case, event: &Event) -> Vec<Effect> {
    if case.life.is_canary() {
        // Nobody is asked to do anything about it; what its timers say is the test.
        return escalated(case, event);
    }
    match event {
        Event::ValidationOrdered(given) => on_site(case, given),
        Event::Declined { at, reason } => {
            let note = Note { reporter: reporter(&case.life), text: reason.clone(), ..note(case) };
            note.reporter.map(|_| send("declined", note, *at)).into_iter().collect()
        }
        Event::Filed(filed) => {
            let assign = numbers::Command::Assign { case: CaseId(case.id.clone()) };
            vec![Effect::Tell(Tell::new::<Numbers>(&format_compact!("{}", filed.year), &assign))]
        }
        Event::Dispatched(dispatched) => {
            let text = dispatched.reason.clone().unwrap_or_default();
            let note = Note { tell: vec![Recipient::Informant], text, ..note(case) };
            vec![send("dispatched", note, dispatched.at)]
        }
        Event::Validated(validated) => released(case, &validated.sight),
        Event::FeedbackGiven(given) => on_site(case, &given.task),
        Event::Verified(verified) => match &verified.verdict {
            Verdict::Passed(_) | Verdict::Failed => released(case, &verified.sight),
            Verdict::Unable(given) => {
                let mut effects = released(case, &verified.sight);
                effects.extend(on_site(case, given));
                effects
            }
        },
        Event::TaskReassigned { from, handover, .. } => handed_on(case, from.as_ref(), *handover),
        Event::Reworked { at, reason, rework, .. } => {
            let tell = vec![Recipient::Informant, Recipient::HandlingOffice];
            let (text, revision) = (reason.clone(), *rework);
            vec![send("rework", Note { tell, revision, text, ..note(case) }, *at)]
        }
        Event::ReturnAsked { at, reason, clock } => {
            let tell = vec![Recipient::DispatchDesk, Recipient::DutyChief];
            let (text, due) = (reason.clone(), Some(clock.due));
            vec![send("returned", Note { tell, due, text, ..note(case) }, *at)]
        }
        Event::ReturnRefused { at, reason, .. } => {
            let tell = vec![Recipient::Informant, Recipient::HandlingOffice];
            vec![send("return-refused", Note { tell, text: reason.clone(), ..note(case) }, *at)]
        }
        Event::Closed(event) => closed(case, event.at),
        Event::OrderIssued(_) | Event::OrderRaised { .. } | Event::StepDecided(_) => {
            escalated(case, event)
        }
        Event::Recalculated(anew) if anew.moved.rescinded.is_empty() => Vec::new(),
        Event::Recalculated(anew) => {
            let (tell, due) = (anew.moved.tell.clone(), Some(anew.moved.due_before));
            let note = Note { tell, due, text: anew.reason.clone(), ..note(case) };
            vec![send("deadline-moved", note, anew.at)]
        }
        Event::Registered(_)
        | Event::Numbered { .. }
        | Event::Received { .. }
        | Event::Arrived { .. }
        | Event::Started { .. }
        | Event::ReturnAccepted { .. }
        | Event::GivenBackLate { .. }
        | Event::OrderReplied { .. }
        | Event::ReporterErased { .. }
        | Event::Adopted(_)
        | Event::Concluded { .. } => Vec::new(),
    }
}

/// The unit hears that it is closed, and so does the reporter who wanted to (article 18).
fn closed(case: &Case, at: Timestamp) -> Vec<Effect> {
    let tell = vec![Recipient::Informant];
    let mut effects = vec![send("closed", Note { tell, ..note(case) }, at)];
    let reply = Note { reporter: reporter(&case.life), ..note(case) };
    effects.extend(reply.reporter.map(|_| send("closed-reply", reply, at)));
    effects
}

/// Steps and supervision orders; one that tells nobody is told by another.
fn escalated(case: &Case, event: &Event) -> Vec<Effect> {
    let (template, note, at) = if let Event::StepDecided(step) = event {
        let note = Note {
            tell: step.tell.clone(),
            assignment: step.assignment,
            clock: Some(step.clock),
            revision: step.revision,
            step: Some(step.step.clone()),
            due: Some(step.due),
            also: step.also.clone(),
            order: (step.clock == ClockName::Reply).then_some(step.revision / 10),
            ..note(case)
        };
        (step.template.as_str(), note, step.at)
    } else if let Event::OrderIssued(issued) = event {
        let note = Note {
            tell: issued.tell.clone(),
            order: Some(issued.order),
            revision: revision(issued.order, issued.level),
            due: Some(issued.clock.due),
            text: issued.text.clone(),
            ..note(case)
        };
        (issued.template.as_str(), note, issued.at)
    } else if let Event::OrderRaised {
        at,
        order,
        level,
        cause: RaiseCause::Unanswered,
        tell,
        clock,
    } = event
    {
        let (revision, due) = (revision(*order, *level), Some(clock.due));
        let note = Note { tell: tell.clone(), order: Some(*order), revision, due, ..note(case) };
        ("supervision-order", note, *at)
    } else {
        return Vec::new();
    };
    if note.tell.is_empty() { Vec::new() } else { vec![send(template, note, at)] }
}

/// A task on site: the collector carries it; where a grid has nobody, the centre's head hears at once (article 10).
fn on_site(case: &Case, given: &TaskGiven) -> Vec<Effect> {
    let note = Note { task: Some(given.task), due: Some(given.clock.due), ..note(case) };
    let Some(collector) = &given.collector else {
        let validates = matches!(case.life, Life::Validating(..));
        let clock = if validates { ClockName::Validation } else { ClockName::Verification };
        let tell = vec![Recipient::CentreHead, Recipient::IntakeDesk];
        let note = Note { tell, clock: Some(clock), revision: given.task, ..note };
        return vec![send("stage-late", note, given.at)];
    };
    let task = Task {
        case: CaseId(case.id.clone()),
        task: given.task,
        place: case.life.report().and_then(|report| report.place),
        due: given.clock.due,
    };
    let entrust = collector::Command::Entrust(task);
    let note =
        Note { tell: vec![Recipient::Collector], collector: Some(collector.clone()), ..note };
    vec![
        Effect::Tell(Tell::new::<Collector>(collector.as_str(), &entrust)),
        send("verify-task", note, given.at),
    ]
}

/// A task leaves whoever had it, and somebody else carries it.
fn handed_on(case: &Case, from: Option<&CollectorId>, handover: Handover) -> Vec<Effect> {
    let mut effects: Vec<Effect> = match handover {
        Handover::Taken => from.map(|from| release(case, from)).into_iter().collect(),
        Handover::GivenBack => Vec::new(),
    };
    if let Some(task) = case.life.task() {
        let given = TaskGiven {
            task: task.no,
            at: task.since,
            collector: task.collector.clone(),
            clock: task.clock.clone(),
        };
        effects.extend(on_site(case, &given));
    }
    effects
}

/// Whoever had the task carries it no more, whoever looked.
fn released(case: &Case, sight: &Sight) -> Vec<Effect> {
    sight.carrier.iter().map(|collector| release(case, collector)).collect()
}

fn release(case: &Case, collector: &CollectorId) -> Effect {
    let release = collector::Command::Release { case: CaseId(case.id.clone()) };
    Effect::Tell(Tell::new::<Collector>(collector.as_str(), &release))
}

fn reporter(life: &Life) -> Option<Wanted> {
    let reporter = life.report()?.reporter.as_ref()?;
    let reachable = reporter.reply == ReplyWish::Wanted && !reporter.phone.is_empty();
    reachable.then_some(Wanted::Reply)
}

/// As [`super::supervision::Order::revision`].
fn revision(order: u16, level: u8) -> u16 {
    order.saturating_mul(10).saturating_add(u16::from(level))
}

fn note(case: &Case) -> Note {
    let assignment = case.life.assignment();
    Note {
        unit: assignment.map(|assignment| assignment.unit.clone()),
        assignment: assignment.map_or(0, |assignment| assignment.no),
        ..Note::default()
    }
}

fn send(template: &str, note: Note, at: Timestamp) -> Effect {
    // Writing plain data cannot fail.
    let data = serde_json::to_string(&note).unwrap_or_default();
    Effect::Send(Message { template: CompactString::from(template), data, not_before: at })
}
