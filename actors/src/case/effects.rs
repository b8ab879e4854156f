//! Effects of a case's events: notices to people, tells to the number allocator and to collectors.
//!
//! A notice says here only what it is about, and to which capacities; who that is and with which words is settled at
//! the claim ([`super::claim`]), when it is known whether anybody still needs it.

mod applications;
mod deferrals;
mod disputes;
mod help;
mod returns;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_core::outbox::Message;
use duban_rules::vocabulary::{CollectorId, Recipient, UnitId};

use super::clock::{ClockName, StageClock};
use super::event::{Dispatched, Handover, RaiseCause, Sight, StepDecided, TaskGiven, Verdict};
use super::note::{About, Note, Step, Wanted};
use super::recalculation::Recalculated;
use super::returns::Lane;
use super::{Case, Event, ReplyWish, State};
use crate::tells::{CaseId, Task, ToCollector, ToNumbers};

/// Everything that follows from `event`; `case` is the state after it.
pub fn effects(case: &Case, event: &Event) -> Vec<Effect> {
    if case.state.is_canary() {
        // Nobody is asked to do anything about it; what its timers say is the test.
        return escalated(case, event);
    }
    match event {
        Event::ValidationOrdered(given) => on_site(case, given),
        Event::Declined { at, reason } => declined(case, reason, *at).into_iter().collect(),
        Event::Filed(filed) => {
            vec![ToNumbers::Assign { case: CaseId(case.id.clone()) }.tell(filed.year)]
        }
        Event::Dispatched(given) => vec![dispatched(case, given)],
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
        Event::Reworked { at, reason, rework, .. } => vec![reworked(case, (reason, *rework), *at)],
        Event::SiteMeetingCalled(called) => disputes::called(case, called),
        Event::Disputed(_)
        | Event::Determined(_)
        | Event::Referred(_)
        | Event::CommitteeSpared { .. }
        | Event::TakenBack { outcome: Some(_), .. } => disputes::said(case, event),
        Event::HelpAsked(_) | Event::HelpGiven(_) | Event::HelpWaived { .. } => {
            help::said(case, event)
        }
        Event::Applied(_)
        | Event::QuotaReserved(_)
        | Event::QuotaRefused(_)
        | Event::Extended(_)
        | Event::ApplicationRefused { .. }
        | Event::Withdrawn(_)
        | Event::Validated(_)
        | Event::OpinionGiven { lane: Lane::Application, .. }
        | Event::TakenBack { outcome: None, .. } => applications::follows(case, event),
        Event::ConsentWanted(_) | Event::Deferred(_) | Event::Resumed(_) => {
            deferrals::said(case, event).into_iter().collect()
        }
        Event::ReturnAsked { .. }
        | Event::OpinionGiven { .. }
        | Event::ReturnAccepted { .. }
        | Event::ReturnRefused { .. }
        | Event::Recalled { .. } => returns::said(case, event).into_iter().collect(),
        Event::Closed(event) => closed(case, event.at),
        Event::OrderIssued(_) | Event::OrderRaised { .. } | Event::StepDecided(_) => {
            escalated(case, event)
        }
        Event::Recalculated(anew) => recalculated(case, anew).into_iter().collect(),
        Event::Registered(_)
        | Event::Numbered { .. }
        | Event::CallWanted(_)
        | Event::Called(_)
        | Event::Received { .. }
        | Event::Arrived { .. }
        | Event::Started { .. }
        | Event::FormAdded { .. }
        | Event::Attached { .. }
        | Event::SiteMeetingHeld(_)
        | Event::CommitteeCalledOff { .. }
        | Event::CommitteeLate { .. }
        | Event::GivenBackLate { .. }
        | Event::OrderReplied { .. }
        | Event::ReporterErased { .. }
        | Event::Adopted(_)
        | Event::Concluded { .. } => Vec::new(),
    }
}

/// The unit hears what it is to do.
fn dispatched(case: &Case, dispatched: &Dispatched) -> Effect {
    let text = dispatched.reason.clone().unwrap_or_default();
    let tell = vec![Recipient::Informant];
    let note = Note { tell, text, ..note(case, About::Plain) };
    send("dispatched", note, dispatched.at)
}

/// The unit hears that it has to do it again.
fn reworked(case: &Case, (reason, rework): (&str, u16), at: Timestamp) -> Effect {
    let tell = vec![Recipient::Informant, Recipient::HandlingOffice];
    let (text, about) = (reason.to_owned(), About::Rework { rework: Some(rework) });
    send("rework", Note { tell, text, ..note(case, about) }, at)
}

/// The reporter who wanted to hears that it is no case (article 14).
fn declined(case: &Case, reason: &str, at: Timestamp) -> Option<Effect> {
    let text = reason.to_owned();
    let note = Note { reporter: reporter(&case.state), text, ..note(case, About::Plain) };
    note.reporter.map(|_| send("declined", note, at))
}

/// Whoever heard of a step hears that it is taken back.
fn recalculated(case: &Case, anew: &Recalculated) -> Option<Effect> {
    if anew.moved.rescinded.is_empty() {
        return None;
    }
    let (tell, text) = (anew.moved.tell.clone(), anew.reason.clone());
    let about = About::DueMoved { before: anew.moved.due_before };
    Some(send("deadline-moved", Note { tell, text, ..note(case, about) }, anew.at))
}

/// The unit hears that it is closed, and so does the reporter who wanted to (article 18).
fn closed(case: &Case, at: Timestamp) -> Vec<Effect> {
    let tell = vec![Recipient::Informant];
    let mut effects = vec![send("closed", Note { tell, ..note(case, About::Closed) }, at)];
    let reply = Note { reporter: reporter(&case.state), ..note(case, About::Closed) };
    effects.extend(reply.reporter.map(|_| send("closed-reply", reply, at)));
    effects
}

/// The unit whose step it is, where that need not be the one that has the case: it may be with another by now, or with none.
fn owed_by<'a>(case: &'a Case, step: &StepDecided) -> Option<&'a UnitId> {
    let filing = case.state.filing()?;
    if step.clock == ClockName::Form {
        filing.asked_return(step.revision).map(|asked| &asked.unit)
    } else if step.clock == ClockName::Help {
        filing.help_of(step.revision).map(|help| &help.unit)
    } else {
        filing.call.as_ref().map(|call| &call.unit)
    }
}

/// Steps and supervision orders; one that tells nobody is told by another.
fn escalated(case: &Case, event: &Event) -> Vec<Effect> {
    let (template, note, at) = if let Event::StepDecided(decided) = event {
        let about = About::Step(Step {
            clock: decided.clock,
            revision: decided.revision,
            step: decided.step.clone(),
            due: decided.due,
            also: decided.also.clone(),
            reply_due: reply_due(case, decided),
        });
        let (tell, mut note) = (decided.tell.clone(), note(case, about));
        note.assignment = decided.assignment;
        if matches!(decided.clock, ClockName::Form | ClockName::Help | ClockName::Call) {
            (note.unit, note.assignment) = (owed_by(case, decided).cloned(), 0);
        }
        let note = Note { tell, ..note };
        (decided.template.as_str(), note, decided.at)
    } else if let Event::OrderIssued(issued) = event {
        let about = ordered(issued.order, issued.level, &issued.clock);
        let (tell, text) = (issued.tell.clone(), issued.text.clone());
        (issued.template.as_str(), Note { tell, text, ..note(case, about) }, issued.at)
    } else if let Event::OrderRaised {
        at,
        order,
        level,
        cause: RaiseCause::Unanswered,
        tell,
        clock,
    } = event
    {
        let about = ordered(*order, *level, clock);
        ("supervision-order", Note { tell: tell.clone(), ..note(case, about) }, *at)
    } else {
        return Vec::new();
    };
    if note.tell.is_empty() { Vec::new() } else { vec![send(template, note, at)] }
}

/// When the reply is due whose step was decided. The order may have risen once the notice is put into words.
fn reply_due(case: &Case, decided: &StepDecided) -> Option<Timestamp> {
    let mut orders = case.state.filing()?.orders.iter();
    let order = orders
        .find(|order| decided.clock == ClockName::Reply && order.revision() == decided.revision)?;
    order.clock().map(|clock| clock.due)
}

fn ordered(order: u16, level: u8, reply: &StageClock) -> About {
    About::Order { order, level: Some(level), due: Some(reply.due) }
}

/// A task on site: the collector carries it; where a grid has nobody, the centre's head hears at once (article 10).
fn on_site(case: &Case, given: &TaskGiven) -> Vec<Effect> {
    let due = given.clock.due;
    let Some(collector) = &given.collector else {
        let stage = if matches!(case.state, State::Validating(..)) {
            ClockName::Validation
        } else if case.state.recheck().is_some() {
            ClockName::Recheck
        } else {
            ClockName::Verification
        };
        let about = About::UnassignedTask { task: given.task, stage, due };
        let tell = vec![Recipient::CentreHead, Recipient::IntakeDesk];
        return vec![send("stage-late", Note { tell, ..note(case, about) }, given.at)];
    };
    let task = Task {
        case: CaseId(case.id.clone()),
        task: given.task,
        place: case.state.report().and_then(|report| report.place),
        due,
    };
    let about = About::Task { task: given.task, collector: collector.clone(), due };
    let note = Note { tell: vec![Recipient::Collector], ..note(case, about) };
    vec![ToCollector::Entrust(task).tell(collector), send("verify-task", note, given.at)]
}

/// A task leaves whoever had it, and somebody else carries it. Whoever is to have what they have hears nothing: where they
/// have just given it back, that would be another task, and the one given back theirs no more.
fn handed_on(case: &Case, from: Option<&CollectorId>, handover: Handover) -> Vec<Effect> {
    let now = case.state.task().and_then(|task| task.collector.as_ref());
    if from.is_some() && from == now {
        return Vec::new();
    }
    let mut effects: Vec<Effect> = match handover {
        Handover::Taken => from.map(|from| release(case, from)).into_iter().collect(),
        Handover::GivenBack => Vec::new(),
    };
    if let Some(task) = case.state.task() {
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
    ToCollector::Release { case: CaseId(case.id.clone()) }.tell(collector)
}

fn reporter(state: &State) -> Option<Wanted> {
    let reporter = state.report()?.reporter.as_ref()?;
    let reachable = reporter.reply == ReplyWish::Wanted && !reporter.phone.is_empty();
    reachable.then_some(Wanted::Reply)
}

fn note(case: &Case, about: About) -> Note {
    let assignment = case.state.assignment();
    Note {
        about,
        tell: Vec::new(),
        reporter: None,
        unit: assignment.map(|assignment| assignment.unit.clone()),
        assignment: assignment.map_or(0, |assignment| assignment.no),
        text: String::new(),
    }
}

fn send(template: &str, note: Note, at: Timestamp) -> Effect {
    // Writing plain data cannot fail.
    let data = serde_json::to_string(&note).unwrap_or_default();
    Effect::Send(Message { template: CompactString::from(template), data, not_before: at })
}
