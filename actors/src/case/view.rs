//! The view of a case for people and programs: where it stands, its instants, its steps, its orders.
//!
//! The light is for whoever shows it: they know what time it is. Names and numbers of reporters are not shown.

use serde_json::{Map, Value, json};

use super::assignment::{Assignment, Progress, StepState};
use super::returns::{AskedReturn, Form};
use super::supervision::{Order, OrderStanding};
use super::{
    Case, Closed, Filing, Intake, Report, SiteTask, StandsStill, State, StopCause, timers,
};
use crate::context::Context;

/// The case as JSON, with what the handbook said when it was filed.
pub fn view_under(case: &Case, cx: &Context) -> Value {
    let mut shown = view(case);
    let entry = case.state.filing().and_then(|filing| Some((filing, filing.entry(cx)?)));
    let fields = shown.get_mut("filing").and_then(Value::as_object_mut);
    if let (Some((filing, entry)), Some(fields)) = (entry, fields) {
        let entry = json!({
            "big_class": entry.big_class, "small_class": entry.small_class,
            "filing": entry.filing, "closing": entry.closing,
            "candidates": entry.candidates_in(filing.report.grid.as_ref()),
        });
        fields.insert("entry".into(), entry);
    }
    shown
}

/// The case as JSON, as far as it says it itself.
pub fn view(case: &Case) -> Value {
    let state = &case.state;
    let mut shown = json!({ "case": case.id, "stands": state.name() });
    let Some(fields) = shown.as_object_mut() else { return shown };
    if let Some(report) = state.report() {
        fields.insert("report".into(), report_view(report));
    }
    if let State::Registered(intake) | State::Validating(intake, _) = state {
        fields.insert("intake".into(), intake_view(intake));
    }
    if let Some((clock, _, running)) = timers::stage(state) {
        let stage = json!({
            "clock": clock.as_str(), "name": clock.chinese(), "start": running.start,
            "due": running.due, "steps": running.steps,
        });
        fields.insert("stage".into(), stage);
    }
    if let Some(task) = state.task() {
        fields.insert("task".into(), task_view(task));
    }
    if let Some(filing) = state.filing() {
        filed(filing, fields);
        if let Some(assignment) = state.assignment() {
            fields.insert("unit".into(), json!(assignment.unit));
            fields.insert("due".into(), json!(assignment.due));
            fields.insert("assignment".into(), assignment_view(filing, assignment));
        }
    }
    if let Some(StandsStill { since, why }) = state.stands_still() {
        match why {
            StopCause::FedBack => fields.insert("finish".into(), json!(since)),
            StopCause::ReturnAsked | StopCause::Disputed | StopCause::Deferred => None,
        };
    }
    if let Some((_, dispute)) = state.dispute() {
        let meeting = dispute.meeting.as_ref().map(|meeting| {
            json!({
                "no": meeting.no, "when": meeting.when, "place": meeting.place,
                "units": meeting.units, "absent": meeting.absent,
            })
        });
        let asked = json!({
            "ground": dispute.ground, "proposes": dispute.proposes, "meeting": meeting,
            "committee": dispute.committee.meeting(),
        });
        fields.insert("dispute".into(), asked);
    }
    if let Some((since, deferral)) = state.deferral() {
        let deferral = json!({
            "no": deferral.no, "since": since, "leader": deferral.leader,
            "review": deferral.review.due,
        });
        fields.insert("deferral".into(), deferral);
    }
    if let State::Closed(closed) = state {
        fields.insert("closed".into(), closed_view(closed));
    }
    shown
}

/// What a filed case has had done to it.
fn filed(filing: &Filing, fields: &mut Map<String, Value>) {
    fields.insert("filing".into(), filing_view(filing));
    let orders: Vec<Value> = filing.orders.iter().map(order_view).collect();
    fields.insert("orders".into(), orders.into());
    let returns: Vec<Value> = filing.returns.iter().map(return_view).collect();
    fields.insert("returns".into(), returns.into());
    fields.insert("disputes".into(), json!(filing.disputes));
    fields.insert("facts".into(), json!(filing.facts));
    fields.insert("help".into(), json!(filing.help));
    if let Some(call) = &filing.call {
        let wanted = json!({
            "unit": call.unit, "since": call.since, "due": call.clock.due, "tries": call.tries,
        });
        fields.insert("call".into(), wanted);
    }
}

fn report_view(report: &Report) -> Value {
    json!({
        "channel": report.channel, "registered": report.at, "place": report.place,
        "grid": report.grid, "address": report.address, "tasks": report.tasks,
    })
}

fn intake_view(intake: &Intake) -> Value {
    json!({ "truth": intake.truth, "pauses": intake.pauses })
}

fn task_view(task: &SiteTask) -> Value {
    json!({ "no": task.no, "collector": task.collector, "since": task.since, "due": task.clock.due })
}

fn filing_view(filing: &Filing) -> Value {
    json!({
        "number": filing.number, "condition": filing.condition, "limit": filing.limit,
        "assignments": filing.assignments, "reworks": filing.reworks,
        "deferrals": filing.deferrals,
    })
}

fn order_view(order: &Order) -> Value {
    let (standing, at) = match &order.standing {
        OrderStanding::Open(clock) => ("open", clock.due),
        OrderStanding::Answered(at) => ("answered", *at),
        OrderStanding::Settled(at) => ("settled", *at),
    };
    json!({
        "no": order.no, "kind": order.kind, "level": order.level, "standing": standing, "at": at,
    })
}

fn return_view(asked: &AskedReturn) -> Value {
    let (form, due) = match &asked.form {
        Form::NotNeeded => ("not-needed", None),
        Form::Given(_) => ("given", None),
        Form::Awaited(step) => ("awaited", Some(step.due)),
        Form::Missing => ("missing", None),
    };
    json!({
        "no": asked.no, "lane": asked.lane, "assignment": asked.assignment, "unit": asked.unit, "ground": asked.ground, "form": form,
        "form_due": due,
    })
}

/// What the unit asks for beside its work; nothing where it asks for nothing.
fn application_view(assignment: &Assignment) -> Value {
    let waits = assignment.application.pending().map(|asked| (asked, None));
    let over = || assignment.application.over_quota().map(|(asked, why)| (asked, Some(why)));
    waits.or_else(over).map_or(Value::Null, |(asked, over_quota)| {
        json!({
            "no": asked.no, "since": asked.since, "wish": asked.wish, "due": asked.clock.due,
            "before": asked.before, "opinion": asked.opinion, "over_quota": over_quota,
            "recheck": asked.recheck,
        })
    })
}

fn assignment_view(filing: &Filing, assignment: &Assignment) -> Value {
    let steps = filing.ladder.steps().iter().zip(&assignment.marks);
    let line = |standing| {
        let steps = steps.clone().filter(move |(_, mark)| mark.standing == standing);
        let lines = steps.map(|(step, mark)| {
            json!({ "step": step.code, "due": mark.due, "level": step.level, "light": step.light })
        });
        lines.collect::<Vec<Value>>()
    };
    let (progress, since) = match assignment.progress {
        Progress::Unread => ("unread", assignment.dispatched),
        Progress::Received(at) => ("received", at),
        Progress::Arrived(at) => ("arrived", at),
        Progress::Started(at) => ("started", at),
    };
    json!({
        "no": assignment.no, "by": assignment.by, "dispatched": assignment.dispatched,
        "start": assignment.start, "return_until": assignment.return_until, "dispute_until": assignment.dispute_until,
        "pauses": assignment.pauses, "progress": progress, "since": since,
        "limit": assignment.limit, "extension": assignment.extension,
        "application": application_view(assignment),
        "level": assignment.level(&filing.ladder),
        "decided": line(StepState::Decided), "ahead": line(StepState::Ahead),
    })
}

fn closed_view(closed: &Closed) -> Value {
    let mut flags = Vec::new();
    if closed.finish < closed.assignment.start {
        flags.push("finished-before-opened");
    }
    json!({
        "finish": closed.finish, "at": closed.at, "timeliness": closed.timeliness, "flags": flags,
    })
}
