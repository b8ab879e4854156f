//! The variables of a case's notices, in the county's words and local time.

use duban_rules::vocabulary::TimeLimit;
use duban_runtime::clock::Timestamp;
use serde_json::{Map, Value, json};

use crate::case::clock::{ClockName, StageClock};
use crate::case::effects::Note;
use crate::case::supervision::Order;
use crate::case::{Case, Filing, Life, Timeliness, timers};
use crate::context::Context;

/// Everything a template may ask for; what does not apply is left out and stays blank.
pub(super) fn variables(case: &Case, note: &Note, at: Timestamp, cx: &Context) -> Value {
    let life = &case.life;
    let mut words = Map::new();
    let mut say = |name: &str, value: Value| {
        words.insert(name.to_owned(), value);
    };
    say("case", json!(case.id));
    say("reason", json!(note.text));
    say("text", json!(note.text));
    if let Some(report) = life.report() {
        let degrees =
            || report.place.map(|place| format!("东经{:.5} 北纬{:.5}", place.lon, place.lat));
        let address = Some(report.address.to_string()).filter(|address| !address.is_empty());
        say("place", json!(address.or_else(degrees).unwrap_or_default()));
        say("channel", json!(report.channel));
    }
    if let Some(unit) = note.unit.as_ref() {
        let name = cx.rules.units.get(unit).map(|unit| unit.name.as_str());
        say("unit", json!(unit));
        say("unit_name", json!(name.unwrap_or(unit.as_str())));
    }
    if let Some(filing) = life.filing() {
        filed(filing, cx, &mut say);
        said_of_order(case, filing, note, cx, &mut say);
    }
    if let Some(assignment) = life.assignment() {
        say("dispatched_at", json!(local(assignment.dispatched, cx)));
        if let Some(due) = assignment.due {
            say("due", json!(local(due, cx)));
            say("overdue_by", json!(overdue(due, at)));
        }
    }
    if note.clock.is_none()
        && note.task.is_none()
        && let Some(before) = note.due
    {
        say("due_before", json!(local(before, cx)));
    }
    if let Some((clock, running)) = stage_of(life, note) {
        say("stage", json!(clock.chinese()));
        say("task", json!(clock.chinese()));
        say("due", json!(local(running.due, cx)));
        say("overdue_by", json!(overdue(running.due, at)));
        if let Some(rule) = clock.rule(&cx.rules.stages) {
            let urgency = life.filing().map(Filing::urgency);
            let limit = urgency.map_or(rule.limit, |urgency| rule.limit_for(urgency));
            say("limit", json!(limit.to_string()));
        }
    }
    if let Some(step) = note.step.as_ref() {
        say("step", json!(step));
        say("also", json!(note.also));
    }
    if let Life::Closed(closed) = life {
        say("finished_at", json!(local(closed.finish, cx)));
        say("closed_at", json!(local(closed.at, cx)));
        say("timeliness", json!(chinese(closed.timeliness)));
    }
    Value::Object(words)
}

fn filed(filing: &Filing, cx: &Context, say: &mut impl FnMut(&str, Value)) {
    say("number", json!(filing.number));
    say("reworks", json!(filing.reworks));
    say("limit", json!(filing.limit.as_ref().map(TimeLimit::to_string)));
    let Some(code) = filing.condition.as_ref() else {
        say("small_class", json!(filing.report.address));
        return;
    };
    say("condition", json!(code));
    if let Some(condition) = cx.rules.handbook.condition(code) {
        say("small_class", json!(condition.small_class));
        say("filing", json!(condition.filing));
        say("closing", json!(condition.closing));
    }
}

/// The order a notice speaks of, or the one that a step's level has just issued or raised.
fn said_of_order(
    case: &Case,
    filing: &Filing,
    note: &Note,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    let open = |order: &&Order| order.clock().is_some();
    let order = match note.order {
        Some(no) => filing.orders.iter().find(|order| order.no == no),
        None if note.step.is_some() => filing.orders.iter().rfind(open),
        None => None,
    };
    let Some(order) = order else { return };
    say("order", json!(filing.order_called(&case.id, order.no)));
    say("level", json!(["", "一级", "二级", "三级"].get(usize::from(order.level))));
    if let Some(clock) = order.clock() {
        say("reply_due", json!(local(clock.due, cx)));
    }
}

/// The stage a notice speaks of: a step of its clock, a task on site, a return under review.
fn stage_of<'a>(life: &'a Life, note: &Note) -> Option<(ClockName, &'a StageClock)> {
    let (clock, _, running) = timers::stage(life)?;
    let speaks = note.clock == Some(clock)
        || note.task.is_some()
        || (note.clock.is_none() && note.order.is_none() && clock == ClockName::ReturnReview);
    speaks.then_some((clock, running))
}

fn local(instant: Timestamp, cx: &Context) -> String {
    cx.rules.calendar.local(instant.into()).format("%Y-%m-%d %H:%M").to_string()
}

/// How long overdue, by the clock on the wall; nothing while in time.
fn overdue(due: Timestamp, at: Timestamp) -> Option<String> {
    let minutes = at.since(due).as_secs() / 60;
    let (days, hours) = (minutes / 1_440, minutes / 60 % 24);
    match (days, hours) {
        (0, 0) if minutes == 0 => None,
        (0, 0) => Some(format!("{minutes}分钟")),
        (0, hours) => Some(format!("{hours}小时{}分钟", minutes % 60)),
        (days, hours) => Some(format!("{days}天{hours}小时")),
    }
}

fn chinese(timeliness: Timeliness) -> &'static str {
    match timeliness {
        Timeliness::OnTime => "按期",
        Timeliness::Late => "超期",
        Timeliness::Unjudged => "无时限",
    }
}
