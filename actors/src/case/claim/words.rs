//! The variables of a case's notices, in the county's words and local time.
//!
//! What a notice is about stands in its note: a dispatch that is told while a return is under review speaks of the unit's
//! limit. From the case come the values, as they are when the notice is put into words: a due instant that has moved
//! since is told as it is now. Whether it is filed says which of the two tasks on site is meant.

mod deferrals;
mod requests;

use duban_core::clock::Timestamp;
use duban_core::outbox::Message;
use duban_rules::book::units::Unit;
use duban_rules::vocabulary::TimeLimit;
use serde_json::{Map, Value, json};

use crate::case::clock::{ClockName, StageClock};
use crate::case::help::Help;
use crate::case::note::{About, Note, Step};
use crate::case::supervision::{Order, OrderKind, rises_to};
use crate::case::{Case, Filing, State, Timeliness, provisional, timers};
use crate::context::Context;

/// Everything a template may ask for; what does not apply is left out and stays blank.
pub(super) fn variables(case: &Case, note: &Note, message: &Message, cx: &Context) -> Value {
    let state = &case.state;
    let mut words = Map::new();
    let mut say = |name: &str, value: Value| {
        words.insert(name.to_owned(), value);
    };
    say("case", json!(case.id));
    say("reason", json!(note.text));
    say("text", json!(note.text));
    if let Some(report) = state.report() {
        let degrees =
            || report.place.map(|place| format!("东经{:.5} 北纬{:.5}", place.lon, place.lat));
        let address = Some(report.address.to_string()).filter(|address| !address.is_empty());
        say("place", json!(address.or_else(degrees).unwrap_or_default()));
        say("channel", json!(report.channel));
    }
    if let Some(unit) = note.unit.as_ref() {
        say("unit", json!(unit));
        say("unit_name", json!(cx.rules.units.name_of(unit)));
        if let About::Step(Step { clock: ClockName::Call, .. }) = &note.about {
            let numbers = cx.rules.units.get(unit).map(Unit::telephones).unwrap_or_default();
            say("telephones", json!(numbers.join("、")));
        }
    }
    if let Some(filing) = state.filing() {
        filed(filing, cx, &mut say);
        said_of_order(case, filing, note, cx, &mut say);
        requests::said(case, filing, note, cx, &mut say);
        requests::said_of_bound(filing, note, cx, &mut say);
    } else {
        say("small_class", json!("(未立案)"));
    }
    if let About::Rework { rework: Some(rework) } = &note.about {
        say("reworks", json!(rework));
    }
    if let Some((limit, held)) = state.filing().and_then(|of| of.limit).zip(state.assignment()) {
        say("limit", json!(held.term(limit).limit.to_string()));
    }
    if let Some(assignment) = state.assignment() {
        say("dispatched_at", json!(local(assignment.dispatched, cx)));
    }
    if let Some(stage) = stage_of(state, &note.about) {
        said_of_stage(state, stage, message.not_before, cx, &mut say);
        if let About::Step(step) = &note.about
            && let Some(help) = helping(state, step)
        {
            // Several may help, each with a clock of its own.
            let unit = cx.rules.units.name_of(&help.unit);
            say("stage", json!(format!("{}({unit})", step.clock.chinese())));
        }
    } else if let Some(due) = state.assignment().and_then(|assignment| assignment.due) {
        say("due", json!(local(due, cx) + provisional::mark(state, &cx.rules)));
        say("overdue_by", json!(overdue(due, message.not_before)));
    }
    if let About::DueMoved { before } = &note.about {
        say("due_before", json!(local(*before, cx)));
    }
    requests::said_of_application(case, note, cx, &mut say);
    deferrals::said(state, &note.about, cx, &mut say);
    if let About::Step(reached) = &note.about {
        say("step", json!(reached.step));
        say("also", json!(reached.also));
    }
    if let State::Closed(closed) = state {
        say("finished_at", json!(local(closed.finish, cx)));
        say("closed_at", json!(local(closed.at, cx)));
        say("timeliness", json!(chinese(closed.timeliness)));
    }
    Value::Object(words)
}

/// The centre's stage that a notice speaks of, and when that is due: a step of its clock, a task on site, a return under
/// review. None for those that speak of the unit's limit.
fn stage_of(state: &State, about: &About) -> Option<(ClockName, Option<Timestamp>)> {
    match about {
        About::Step(Step {
            clock: ClockName::Handling | ClockName::Reply | ClockName::Form | ClockName::Binding,
            ..
        }) => None,
        About::Step(step) => Some((step.clock, Some(asked_until(state, step)))),
        About::UnassignedTask { stage, due, .. } => Some((*stage, Some(*due))),
        About::Task { due, .. } if state.filing().is_none() => {
            Some((ClockName::Validation, Some(*due)))
        }
        About::Task { due, .. } if state.recheck().is_some() => {
            Some((ClockName::Recheck, Some(*due)))
        }
        About::Task { due, .. } => Some((ClockName::Verification, Some(*due))),
        About::Return { due } => Some((ClockName::ReturnReview, *due)),
        About::Dispute { due } => Some((ClockName::Dispute, Some(*due))),
        About::Application { due, .. } => Some((ClockName::Application, Some(*due))),
        About::HelpAsked { due, .. } => Some((ClockName::Help, Some(*due))),
        About::Consent { due, .. } => Some((ClockName::Consent, Some(*due))),
        About::Plain
        | About::Order { .. }
        | About::Rework { .. }
        | About::Returned { .. }
        | About::SiteMeeting { .. }
        | About::MeetingOff { .. }
        | About::Determined
        | About::HelpGiven { .. }
        | About::HelpWaived
        | About::Applied { .. }
        | About::Rechecked { .. }
        | About::ConsentOff { .. }
        | About::OverQuota { .. }
        | About::DueMoved { .. }
        | About::Deferred { .. }
        | About::Resumed { .. }
        | About::Closed
        | About::Withdrawn => None,
    }
}

/// The help to whose clock a step belongs.
fn helping<'a>(state: &'a State, step: &Step) -> Option<&'a Help> {
    let filing = state.filing().filter(|_| step.clock == ClockName::Help);
    filing.and_then(|filing| filing.help_of(step.revision))
}

/// When what a step belongs to is due: an application stands beside whoever has the case, and so does what a helper is to
/// do; their clocks are none of the holder's. A review is reminded of before its day and after it.
fn asked_until(state: &State, step: &Step) -> Timestamp {
    if step.clock == ClockName::Help {
        return helping(state, step).and_then(Help::clock).map_or(step.due, |clock| clock.due);
    }
    if let Some((_, deferral)) = state.deferral().filter(|_| step.clock == ClockName::Deferral) {
        return deferral.review.due;
    }
    let is_its = matches!(step.clock, ClockName::Application | ClockName::Consent);
    let asked = state.pending().filter(|_| is_its).map(|asked| asked.clock.due);
    let call = state.call();
    let call = call.filter(|_| step.clock == ClockName::Call).map(|call| call.clock.due);
    asked.or(call).unwrap_or(step.due)
}

/// The stage's own words in place of the unit's: its name, limit and due instant.
fn said_of_stage(
    state: &State,
    (clock, due): (ClockName, Option<Timestamp>),
    at: Timestamp,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    say("stage", json!(clock.chinese()));
    say("task", json!(clock.chinese()));
    let running = timers::stage(state).filter(|(now, ..)| *now == clock);
    let mark = if running.is_some() { provisional::stage_mark(state, &cx.rules) } else { "" };
    if let Some(due) = running.map(|(_, _, running): (_, _, &StageClock)| running.due).or(due) {
        say("due", json!(local(due, cx) + mark));
        say("overdue_by", json!(overdue(due, at)));
        say("how_late", json!(how_late(due, at)));
    }
    if let Some(rule) = clock.rule(&cx.rules.stages) {
        let limit = state.urgency().map_or(rule.limit, |urgency| rule.limit_for(urgency));
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
    if let Some(entry) = filing.entry(cx) {
        say("small_class", json!(entry.small_class));
        say("filing", json!(entry.filing));
        say("closing", json!(entry.closing));
    }
}

/// The order a notice speaks of, its level there, and when the reply is due.
fn said_of_order(
    case: &Case,
    filing: &Filing,
    note: &Note,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    let (order, level, reply) = order_of(filing, note);
    let called = |level: u8| json!(["", "一级", "二级", "三级"].get(usize::from(level)));
    if level > 0 {
        say("level", called(level));
    }
    let Some(order) = order else { return };
    if order.level > level {
        say("raised_to", called(order.level));
    }
    if let Some(higher) = rises_to(level, &cx.rules.stages) {
        say("rises_to", called(higher));
    }
    say("order", json!(filing.order_called(&case.id, order.no)));
    let running = order.clock().filter(|_| order.level == level).map(|clock| clock.due);
    if let Some(due) = reply.or(running) {
        say("reply_due", json!(local(due, cx)));
    }
}

/// The order a notice speaks of, or the one that a step's level has issued or raised; at the level of the notice, which
/// the order may have left since; and when its reply is due, if the notice says it.
fn order_of<'a>(filing: &'a Filing, note: &Note) -> (Option<&'a Order>, u8, Option<Timestamp>) {
    let of_no = |no: u16| filing.orders.iter().find(|order| order.no == no);
    match &note.about {
        About::Order { order, level, due } => {
            let order = of_no(*order);
            (order, level.or(order.map(|order| order.level)).unwrap_or(0), *due)
        }
        About::Step(reached) => {
            if let Some((order, level)) = reached.order() {
                return (of_no(order), level, reached.reply_due);
            }
            let level = filing.ladder.ladder().step(&reached.step).map_or(0, |rung| rung.level);
            let mut of_ladder =
                filing.orders.iter().filter(|order| order.kind == OrderKind::Overdue && level > 0);
            (of_ladder.rfind(|order| order.assignment == note.assignment), level, None)
        }
        About::Plain
        | About::Task { .. }
        | About::UnassignedTask { .. }
        | About::Rework { .. }
        | About::Return { .. }
        | About::Returned { .. }
        | About::Dispute { .. }
        | About::SiteMeeting { .. }
        | About::MeetingOff { .. }
        | About::Determined
        | About::HelpAsked { .. }
        | About::HelpGiven { .. }
        | About::HelpWaived
        | About::Application { .. }
        | About::Applied { .. }
        | About::Rechecked { .. }
        | About::ConsentOff { .. }
        | About::OverQuota { .. }
        | About::DueMoved { .. }
        | About::Consent { .. }
        | About::Deferred { .. }
        | About::Resumed { .. }
        | About::Closed
        | About::Withdrawn => (None, 0, None),
    }
}

fn local(instant: Timestamp, cx: &Context) -> String {
    cx.rules.calendar.local(instant.into()).format("%Y-%m-%d %H:%M").to_string()
}

/// Whether a stage's limit lies ahead, is reached, or lies how far behind.
fn how_late(due: Timestamp, at: Timestamp) -> String {
    match overdue(due, at) {
        Some(by) => format!("已超时 {by}"),
        None if at < due => "即将超时".to_owned(),
        None => "时限已到".to_owned(),
    }
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
