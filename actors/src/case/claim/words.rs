//! The variables of a case's notices, in the county's words and local time.
//!
//! What a notice is about stands in its note and in its template's name. Where the case stands when the notice is put
//! into words decides nothing: a dispatch that is told while a return is under review speaks of the unit's limit.

use duban_rules::book::ladder::Step;
use duban_rules::vocabulary::TimeLimit;
use duban_runtime::clock::Timestamp;
use duban_runtime::outbox::Message;
use serde_json::{Map, Value, json};

use crate::case::clock::{ClockName, StageClock};
use crate::case::effects::Note;
use crate::case::supervision::{Order, OrderKind};
use crate::case::{Case, Filing, Life, Timeliness, provisional, timers};
use crate::context::Context;

/// The notice of a recalculation, the one that says both due instants.
const MOVED: &str = "deadline-moved";
/// The notice of a rework, which says its number.
const REWORK: &str = "rework";

/// Everything a template may ask for; what does not apply is left out and stays blank.
pub(super) fn variables(case: &Case, note: &Note, message: &Message, cx: &Context) -> Value {
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
    if message.template == REWORK && note.revision > 0 {
        say("reworks", json!(note.revision));
    }
    if let Some(assignment) = life.assignment() {
        say("dispatched_at", json!(local(assignment.dispatched, cx)));
    }
    if let Some(clock) = stage_of(life, note, &message.template) {
        said_of_stage(life, note, (clock, message.not_before), cx, &mut say);
    } else if let Some(due) = life.assignment().and_then(|assignment| assignment.due) {
        say("due", json!(local(due, cx) + provisional::mark(life, &cx.rules)));
        say("overdue_by", json!(overdue(due, message.not_before)));
    }
    if message.template == MOVED
        && let Some(before) = note.due
    {
        say("due_before", json!(local(before, cx)));
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

/// The centre's stage that a notice speaks of: a step of its clock, a task on site, a return under review. None for
/// those that speak of the unit's limit.
fn stage_of(life: &Life, note: &Note, template: &str) -> Option<ClockName> {
    match note.clock {
        Some(ClockName::Handling | ClockName::Reply) => None,
        Some(
            clock @ (ClockName::Intake
            | ClockName::Validation
            | ClockName::Dispatch
            | ClockName::Receipt
            | ClockName::ReturnReview
            | ClockName::Verification
            | ClockName::Closing),
        ) => Some(clock),
        None if note.task.is_some() && life.filing().is_none() => Some(ClockName::Validation),
        None if note.task.is_some() => Some(ClockName::Verification),
        None if template == super::RETURNED => Some(ClockName::ReturnReview),
        None => None,
    }
}

/// The stage's own words in place of the unit's: its name, limit and due instant.
fn said_of_stage(
    life: &Life,
    note: &Note,
    (clock, at): (ClockName, Timestamp),
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    say("stage", json!(clock.chinese()));
    say("task", json!(clock.chinese()));
    let running = timers::stage(life).filter(|(now, ..)| *now == clock);
    let mark = if running.is_some() { provisional::stage_mark(life, &cx.rules) } else { "" };
    if let Some(due) = running.map(|(_, _, running): (_, _, &StageClock)| running.due).or(note.due)
    {
        say("due", json!(local(due, cx) + mark));
        say("overdue_by", json!(overdue(due, at)));
    }
    if let Some(rule) = clock.rule(&cx.rules.stages) {
        let urgency = life.filing().map(Filing::urgency);
        let limit = urgency.map_or(rule.limit, |urgency| rule.limit_for(urgency));
        say("limit", json!(limit.to_string()));
    }
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

/// The order a notice speaks of, or the one that a step's level has issued or raised; at the level of the notice, which
/// the order may have left since.
fn said_of_order(
    case: &Case,
    filing: &Filing,
    note: &Note,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    let of_ladder =
        |order: &&Order| order.kind == OrderKind::Overdue && order.assignment == note.assignment;
    let step = note.step.as_ref().and_then(|code| filing.ladder.ladder().step(code));
    let of_step = step.map_or(0, |step: &Step| step.level);
    let order = match note.order {
        Some(no) => filing.orders.iter().find(|order| order.no == no),
        None if of_step > 0 => filing.orders.iter().rfind(of_ladder),
        None => None,
    };
    let level = match note.order {
        // The revision of an order is its number, then its level.
        Some(_) if note.revision > 0 => u8::try_from(note.revision % 10).unwrap_or(of_step),
        Some(_) => order.map_or(0, |order| order.level),
        None => of_step,
    };
    if level > 0 {
        say("level", json!(["", "一级", "二级", "三级"].get(usize::from(level))));
    }
    let Some(order) = order else { return };
    say("order", json!(filing.order_called(&case.id, order.no)));
    let reply = note.due.filter(|_| note.clock.is_none() && note.order.is_some());
    let running = order.clock().filter(|_| order.level == level).map(|clock| clock.due);
    if let Some(due) = reply.or(running) {
        say("reply_due", json!(local(due, cx)));
    }
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
