//! What happened to a case, each event as a sentence for people.

mod applications;
mod deferrals;
mod disputes;
mod returns;

use std::time::Duration;

use duban_actors::case::Channel;
use duban_actors::case::command::Delivery;
use duban_actors::case::event::{
    Adopted, CallWanted, Called, ClosedEvent, Dispatched, Event, FeedbackGiven, Filed, Lateness,
    OrderIssued, RaiseCause, Registered, StepDecided, TaskGiven, Validated, Verdict, Verified,
};
use duban_actors::case::recalculation::Recalculated;
use duban_actors::case::returns::Lane;
use duban_actors::case::supervision::OrderKind;
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::{CollectorId, Recipient};
use duban_runtime::clock::Timestamp;

use super::case::{level_word, step_word, timeliness_word};
use super::{clock, instant};

/// The sentence of an event.
pub fn told(event: &Event, calendar: &Calendar) -> String {
    let at = |instant: Timestamp| instant::second(instant, calendar);
    match event {
        Event::Registered(e) => registered(e),
        Event::ValidationOrdered(task) => format!("派员核实:{}", task_words(task, calendar)),
        Event::Validated(e) => validated(e),
        Event::Declined { reason, .. } => format!("不予立案:{reason}"),
        Event::Filed(e) => filed(e),
        Event::Numbered { number } => format!("编号 {number}"),
        Event::CallWanted(e) => call_wanted(e, calendar),
        Event::Called(e) => called(e),
        Event::Dispatched(e) => dispatched(e, calendar),
        Event::Received { .. } => "签收".to_owned(),
        Event::Arrived { .. } => "到场".to_owned(),
        Event::Started { .. } => "开始处置".to_owned(),
        Event::FeedbackGiven(e) => fed_back(e, calendar),
        Event::TaskReassigned { task, from, to, reason, .. } => format!(
            "现场任务 {task} 由 {} 转给 {}:{reason}",
            collector_word(from.as_ref()),
            collector_word(to.as_ref())
        ),
        Event::GivenBackLate { task, from } => {
            format!("采集员 {from} 退回现场任务 {task},该任务已不在其手中")
        }
        Event::Verified(e) => verified(e, calendar),
        Event::Reworked { reason, rework, resumed, .. } => {
            let due = resumed.due.map(|due| format!(";截止顺延至 {}", at(due)));
            format!("返工(第 {rework} 次){}{}", note(reason), due.unwrap_or_default())
        }
        Event::Applied(_)
        | Event::QuotaReserved(_)
        | Event::QuotaRefused(_)
        | Event::Extended(_)
        | Event::ApplicationRefused { .. }
        | Event::Withdrawn(_)
        | Event::OpinionGiven { lane: Lane::Application, .. }
        | Event::TakenBack { outcome: None, .. } => applications::told(event, calendar),
        Event::ConsentWanted(_) | Event::Deferred(_) | Event::Resumed(_) => {
            deferrals::told(event, calendar)
        }
        Event::ReturnAsked { .. }
        | Event::FormAdded { .. }
        | Event::OpinionGiven { .. }
        | Event::Recalled { .. }
        | Event::ReturnAccepted { .. }
        | Event::ReturnRefused { .. } => returns::told(event, calendar),
        Event::Attached { note, .. } => format!("附上文件:{note}"),
        Event::Disputed(_)
        | Event::SiteMeetingCalled(_)
        | Event::SiteMeetingHeld(_)
        | Event::Determined(_)
        | Event::Referred(_)
        | Event::CommitteeSpared { .. }
        | Event::CommitteeCalledOff { .. }
        | Event::CommitteeLate { .. }
        | Event::HelpAsked(_)
        | Event::HelpGiven(_)
        | Event::HelpWaived { .. }
        | Event::TakenBack { outcome: Some(_), .. } => disputes::told(event, calendar),
        Event::OrderIssued(e) => order(e, calendar),
        Event::OrderRaised { .. } => raised(event, calendar),
        Event::OrderReplied { order, text, .. } => format!("答复督办单 {order}:{text}"),
        Event::StepDecided(e) => step(e, calendar),
        Event::Recalculated(e) => recalculated(e, calendar),
        Event::Closed(e) => closed(e, calendar),
        Event::ReporterErased { reason, .. } => format!("删除上报人信息:{reason}"),
        Event::Adopted(e) => adopted(e, calendar),
        Event::Concluded { finish, timeliness } => {
            format!("导入的结果:{} 完毕,{}", at(*finish), timeliness_word(*timeliness))
        }
    }
}

/// A supervision order that rose; empty for another event.
fn raised(event: &Event, calendar: &Calendar) -> String {
    let Event::OrderRaised { order, level, cause, clock, .. } = event else {
        return String::new();
    };
    let cause = match cause {
        RaiseCause::Ladder => "时限超过",
        RaiseCause::Unanswered => "逾期未答复",
    };
    let (level, due) = (level_word(*level), instant::second(clock.due, calendar));
    format!("督办单 {order} 升为{level}({cause}),{due} 前答复")
}

fn recalculated(e: &Recalculated, calendar: &Calendar) -> String {
    let at = |instant| instant::second(instant, calendar);
    let (before, due) = (at(e.moved.due_before), at(e.moved.due));
    let steps: Vec<&str> = e.moved.rescinded.iter().map(|step| step.code.as_str()).collect();
    let rescinded =
        if steps.is_empty() { String::new() } else { format!(";作废 {}", steps.join("、")) };
    format!("重新计算时限:截止 {before} 改为 {due}{rescinded};{}", e.reason)
}

fn registered(e: &Registered) -> String {
    let text = if e.text.is_empty() { "" } else { ":" };
    let doubt = e.clock_ahead_s.map(|ahead| {
        let ahead = clock::span(Duration::from_secs(ahead));
        format!("(时钟可疑:登记时系统时间快了{ahead},时刻按原来的时间)")
    });
    let urgent = e.urgent.as_ref().map(|why| format!(",紧急:{why}")).unwrap_or_default();
    let (channel, doubt) = (channel_word(e.channel), doubt.unwrap_or_default());
    format!("登记({channel},{} {}{urgent}){text}{}{doubt}", e.source, e.external_id, e.text)
}

fn filed(e: &Filed) -> String {
    let unseen = e.reason.as_deref().map(|why| format!(",未经核实:{why}"));
    let (condition, limit, edition) = (&e.condition, &e.limit, &e.edition);
    format!("立案:条件 {condition},时限 {limit}(手册第 {edition} 版){}", unseen.unwrap_or_default())
}

fn fed_back(e: &FeedbackGiven, calendar: &Calendar) -> String {
    let (photos, task) = (e.photos.len(), task_words(&e.task, calendar));
    format!("反馈处置完毕:{}({photos} 张照片);核查 {task}", e.result)
}

fn validated(e: &Validated) -> String {
    format!("核实:{}{}", e.finding.chinese(), note(&e.sight.note))
}

fn verified(e: &Verified, calendar: &Calendar) -> String {
    let verdict = match &e.verdict {
        Verdict::Passed(_) => "合格".to_owned(),
        Verdict::Failed => "不合格".to_owned(),
        Verdict::Unable(task) => format!("无法核查,再次核查 {}", task_words(task, calendar)),
    };
    format!("核查:{verdict}{}", note(&e.sight.note))
}

fn adopted(e: &Adopted, calendar: &Calendar) -> String {
    let due = e.due.map(|due| format!("截止 {}", instant::second(due, calendar)));
    let due = due.unwrap_or_else(|| "无时限".to_owned());
    format!("导入:{} {},单位 {},{due}{}", e.source, e.external_id, e.unit, note(&e.summary))
}

fn call_wanted(e: &CallWanted, calendar: &Calendar) -> String {
    let due = instant::second(e.clock.due, calendar);
    let why = e.reason.as_deref().map(|why| format!(";理由:{why}"));
    format!("待电话派遣给 {},{due} 前打通{}", e.unit, why.unwrap_or_default())
}

fn called(e: &Called) -> String {
    match &e.person {
        Some(person) => format!("电话打通 {}:{},{person} 接听", e.unit, e.number),
        None => format!("电话未打通 {}:{}", e.unit, e.number),
    }
}

fn dispatched(e: &Dispatched, calendar: &Calendar) -> String {
    let method = match e.method {
        Delivery::System => "系统",
        Delivery::Phone => "电话",
    };
    let due = instant::second(e.due, calendar);
    let why = e.reason.as_deref().map(|why| format!(";理由:{why}"));
    let resumes = e.resumes.map(|r| format!(";接续第 {} 次派遣剩余的时限", r.assignment));
    format!(
        "派遣给 {}({method},第 {} 次),{due} 前办结{}{}",
        e.unit,
        e.assignment,
        resumes.unwrap_or_default(),
        why.unwrap_or_default()
    )
}

/// What people call the cause of a supervision order.
pub fn order_word(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Overdue => "超期",
        OrderKind::Rework => "返工",
        OrderKind::Leader => "领导",
        OrderKind::Important => "重要",
    }
}

fn order(e: &OrderIssued, calendar: &Calendar) -> String {
    let kind = order_word(e.kind);
    let due = instant::second(e.clock.due, calendar);
    let level = level_word(e.level);
    format!("发出督办单 {}({kind}督办,{level}),{due} 前答复{}", e.order, note(&e.text))
}

fn step(e: &StepDecided, calendar: &Calendar) -> String {
    let name = step_word(e.step.as_str());
    let reached = format!("{}时限到“{name}”", e.clock.chinese());
    let level = format!("{}督办", level_word(e.level));
    // The shipped ladders name such a step after its level.
    let level = if e.level == 0 || name == level { String::new() } else { format!(",{level}") };
    let light = e.light.map(|light| format!(",{}", light.chinese())).unwrap_or_default();
    let late = match e.lateness {
        Lateness::InTime => String::new(),
        Lateness::CaughtUp => format!(",原定 {}(补发)", instant::second(e.due, calendar)),
    };
    let told =
        if e.tell.is_empty() { String::new() } else { format!(",告知 {}", roles(&e.tell)) };
    format!("{reached}{light}{level}{late}{told}")
}

fn closed(e: &ClosedEvent, calendar: &Calendar) -> String {
    let finish = instant::second(e.finish, calendar);
    let why = e.waiver.as_deref().map(|why| format!(";派遣人或免现场核查的人本人结案的理由:{why}"));
    format!("结案:{},{finish} 处置完毕{}", timeliness_word(e.timeliness), why.unwrap_or_default())
}

fn task_words(task: &TaskGiven, calendar: &Calendar) -> String {
    let due = instant::second(task.clock.due, calendar);
    format!("由 {}(任务 {}),{due} 前", collector_word(task.collector.as_ref()), task.task)
}

fn collector_word(collector: Option<&CollectorId>) -> &str {
    collector.map_or("暂无采集员", CollectorId::as_str)
}

fn note(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(":{text}") }
}

fn roles(roles: &[Recipient]) -> String {
    roles.iter().map(|role| role.chinese()).collect::<Vec<_>>().join("、")
}

fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::Handset => "城管通",
        Channel::Web => "城市网",
        Channel::OpenLine => "阳光网",
        Channel::Hotline => "12319 热线",
        Channel::Footage => "监控录像",
        Channel::Visit => "来访举报",
        Channel::Leadership => "领导指派",
        Channel::Department => "部门反馈",
        Channel::Import => "导入",
        Channel::Canary => "自检",
    }
}
