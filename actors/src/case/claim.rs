//! Claims of a case's notices: whether one is still needed, and by whom. Capacities become people here, at the last
//! moment, and are recorded.
//!
//! A reminder for a case that was signed for meanwhile, a warning for a closed one, a task that went to somebody else:
//! withdrawn. A supervision level that was reached is told even if the unit has fed back since, because leaders are
//! told what happened. Words are put together by the template (`notices.toml`), from the variables written here.

mod words;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::outbox::{Address, Claim, Message};
use duban_rules::book::ladder::Applies;
use duban_rules::book::notices::{Channel as Way, Notice};
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::{CollectorId, Recipient, TemplateName};

use super::application::{Before, Pending};
use super::assignment::StepState;
use super::clock::ClockName;
use super::help::Help;
use super::holder::{StandsStill, StopCause};
use super::note::{About, Note, Step};
use super::returns::Form;
use super::supervision::{OrderStanding, of_revision};
use super::{Case, Holder, Phase, Reporter, SiteTask, State, timers};
use crate::brief;
use crate::context::Context;
use crate::reach;

/// The answer to a claim.
pub fn claim(case: &Case, message: &Message, at: Timestamp, cx: &Context) -> Claim {
    let note = match Note::read(message) {
        Ok(note) => note,
        Err(error) => return Claim::Withdraw(format!("通知内容无法读取:{error}")),
    };
    let name = TemplateName::new(message.template.as_str());
    let Some(notice) = cx.rules.notices.get(&name) else {
        return Claim::Withdraw(format!("没有通知模板 {name}"));
    };
    if let Err(why) = needed(&case.state, &note) {
        return Claim::Withdraw(why.to_owned());
    }
    // Without anybody to reach it is delivered to nobody: a dead letter, which a person sees.
    let addresses = recipients(case, &note, notice, (at, cx));
    Claim::Deliver(addresses, words::variables(case, &note, message, cx).to_string())
}

/// Whether it still is, and if not why.
fn needed(state: &State, note: &Note) -> Result<(), &'static str> {
    let reporter = state.report().and_then(|report| report.reporter.as_deref());
    if note.reporter.is_some() && reporter.is_some_and(Reporter::is_erased) {
        return Err("上报人信息已删除");
    }
    if matches!(state, State::Closed(_)) && note.about != About::Closed {
        return Err("案件已结案");
    }
    if matches!(state, State::Withdrawn(_)) && note.about != About::Withdrawn {
        return Err("案件已撤案");
    }
    if note.assignment > 0 && state.assignment().is_none_or(|held| held.no != note.assignment) {
        return Err("案件已不在该单位");
    }
    match &note.about {
        About::Plain
        | About::Returned { .. }
        | About::MeetingOff { .. }
        | About::Determined
        | About::HelpGiven { .. }
        | About::HelpWaived
        | About::Applied { .. }
        | About::Rechecked { .. }
        | About::ConsentOff { .. }
        | About::OverQuota { .. }
        | About::DueMoved { .. }
        | About::Closed
        | About::Withdrawn => Ok(()),
        About::Deferred { .. } | About::Resumed { .. } => Ok(()),
        About::HelpAsked { no, .. } => helps(state, *no),
        About::Consent { due, .. } | About::Application { due, .. } => {
            applied(state, |pending| pending.clock.due == *due)
        }
        About::Step(step) => step_needed(state, step),
        About::Order { order, .. } => awaited(state, *order),
        About::Task { task, collector, .. } => {
            let same =
                |one: &&SiteTask| one.no == *task && one.collector.as_ref() == Some(collector);
            state.task().filter(same).map(|_| ()).ok_or("任务已完成或已转交")
        }
        About::UnassignedTask { task, stage, .. } => stage_runs(state, *stage, *task),
        About::SiteMeeting { no, .. } if is_called(state, *no) => Ok(()),
        About::Rework { .. } if is_handled(state) => Ok(()),
        // A request that was decided, or another one since, is not this one.
        About::Return { due } if still_asked(state, ClockName::ReturnReview, *due) => Ok(()),
        About::Dispute { due } if still_asked(state, ClockName::Dispute, Some(*due)) => Ok(()),
        About::SiteMeeting { .. } => Err("现场会已改期、已召开或不再需要"),
        About::Rework { .. } | About::Return { .. } | About::Dispute { .. } => {
            Err("案件已进入下一环节")
        }
    }
}

/// Whether an order still waits for its reply, at whatever level.
fn awaited(state: &State, no: u16) -> Result<(), &'static str> {
    let mut orders = state.filing().into_iter().flat_map(|filing| &filing.orders);
    match orders.find(|order| order.no == no).map(|order| &order.standing) {
        Some(OrderStanding::Open(_)) => Ok(()),
        Some(OrderStanding::Answered(_)) => Err("督办单已答复"),
        Some(OrderStanding::Settled(_)) | None => Err("督办事项已了结"),
    }
}

/// Whether an application still waits for its decision.
fn applied(state: &State, same: impl Fn(&Pending) -> bool) -> Result<(), &'static str> {
    state.pending().filter(|pending| same(pending)).map(|_| ()).ok_or("申请已审核或已撤回")
}

/// Whether a sub-task of a helper is still to be done.
fn helps(state: &State, no: u16) -> Result<(), &'static str> {
    let help = state.filing().and_then(|filing| filing.help_of(no));
    help.and_then(Help::clock).map(|_| ()).ok_or("协办已完成或已不需要")
}

/// Whether the unit has signed for it and has it in hand.
fn is_handled(state: &State) -> bool {
    matches!(state, State::Filed(_, Phase::Held(_, Holder::Unit { receipt: None })))
}

/// Whether this call of a meeting on site holds, and it was not held yet.
fn is_called(state: &State, no: u16) -> bool {
    let Some((_, dispute)) = state.dispute() else { return false };
    let meeting = dispute.meeting.as_ref();
    meeting.is_some_and(|meeting| meeting.no == no && meeting.absent.is_none())
}

/// Whether the unit still waits for an answer that is due then.
fn still_asked(state: &State, of: ClockName, due: Option<Timestamp>) -> bool {
    let running = timers::stage(state).filter(|(now, _, _)| *now == of);
    running.is_some_and(|(_, _, clock)| due.is_none_or(|due| due == clock.due))
}

fn step_needed(state: &State, note: &Step) -> Result<(), &'static str> {
    match note.clock {
        ClockName::Handling => {
            let step = state.filing().and_then(|f| f.ladder.ladder().step(&note.step));
            let Some(step) = step else { return Err("阶梯中没有该步骤") };
            if !stands(state, note) {
                return Err("截止时间已重新计算");
            }
            let holder = state.held().map(|(_, _, holder)| holder);
            let unread = matches!(holder, Some(Holder::Unit { receipt: Some(_) }));
            match step.applies {
                Applies::WhileUnread if !unread => Err("案件已签收"),
                Applies::Always if step.level == 0 => match state.stands_still() {
                    None => Ok(()),
                    Some(StandsStill { why: StopCause::FedBack, .. }) => Err("单位已反馈"),
                    Some(StandsStill { why: StopCause::ReturnAsked, .. }) => Err("单位已申请退单"),
                    Some(StandsStill { why: StopCause::Disputed, .. }) => Err("单位已申请责任认定"),
                    Some(StandsStill { why: StopCause::Deferred, .. }) => Err("案件已缓办"),
                },
                Applies::WhileUnread | Applies::Always => Ok(()),
            }
        }
        // It was not answered when the step was decided; the order may have risen since.
        ClockName::Reply => awaited(state, of_revision(note.revision).0),
        ClockName::Intake
        | ClockName::Validation
        | ClockName::Dispatch
        | ClockName::Receipt
        | ClockName::ReturnReview
        | ClockName::Dispute
        | ClockName::Verification
        | ClockName::Closing
        | ClockName::Recheck
        | ClockName::Deferral => stage_runs(state, note.clock, note.revision),
        ClockName::Help => helps(state, note.revision),
        ClockName::Call => {
            let call = state.call();
            let same = call.filter(|call| call.no == note.revision);
            same.map(|_| ()).ok_or("电话已打通,或改派其他单位")
        }
        ClockName::Application => {
            applied(state, |of| of.before == Before::Centre && of.no == note.revision)
        }
        ClockName::Consent => {
            applied(state, |of| of.before == Before::CountyLeader && of.no == note.revision)
        }
        ClockName::Form => {
            let asked = state.filing().and_then(|filing| filing.asked_return(note.revision));
            let held = state.assignment();
            let over_quota = held.and_then(|held| held.application.over_quota());
            if over_quota.is_some_and(|(over, _)| over.no == note.revision) {
                return Err("延期名额已满,申请不再审核");
            }
            match asked.map(|asked| &asked.form) {
                Some(Form::Awaited(_) | Form::Missing) => Ok(()),
                Some(Form::NotNeeded) => Err("申请已撤回或未获同意"),
                Some(Form::Given(_)) | None => Err("签章单已补"),
            }
        }
        ClockName::Binding => match state.held() {
            Some((_, _, Holder::Unit { .. })) => Ok(()),
            Some(_) | None => Err("案件已进入下一环节"),
        },
    }
}

/// Whether the case is still at that stage, for the same time.
fn stage_runs(state: &State, stage: ClockName, revision: u16) -> Result<(), &'static str> {
    let same = |now, of| (now, of) == (stage, revision);
    let running = timers::stage(state).is_some_and(|(now, of, _)| same(now, of));
    // A look within an application stands beside the stage.
    let looks = state.recheck().is_some_and(|task| same(ClockName::Recheck, task.no));
    if running || looks { Ok(()) } else { Err("该环节已结束") }
}

/// Whether the step of a notice is decided as the notice says, and not rescinded since.
fn stands(state: &State, note: &Step) -> bool {
    let place = state.filing().and_then(|filing| filing.ladder.position(&note.step));
    let mark = state.assignment().zip(place).and_then(|(held, place)| held.marks.get(place));
    mark.is_some_and(|mark| mark.standing == StepState::Decided && note.due == mark.due)
}

/// The people behind the capacities, each address once.
fn recipients(
    case: &Case,
    note: &Note,
    notice: &Notice,
    (at, cx): (Timestamp, &Context),
) -> Vec<Address> {
    if case.state.is_canary() {
        return brief::addresses(notice, cx.rules.officials.contacts(Recipient::Operator));
    }
    let mut people: Vec<&Contact> = Vec::new();
    for role in &note.tell {
        match note.unit.as_ref() {
            Some(unit) if role.is_of_a_unit() => people.extend(reach::people(unit, *role, at, cx)),
            _ => people.extend(cx.told(*role)),
        }
    }
    let mut addresses = brief::addresses(notice, people);
    if note.tell.contains(&Recipient::Collector) {
        let collector =
            note.collector().or(case.state.task().and_then(|task| task.collector.as_ref()));
        if let Some(id) = collector {
            addresses.extend(handset(id, notice, cx));
        } else {
            // A task that nobody carries is the desk's to give to somebody (article 10).
            let desk = cx.told(Recipient::IntakeDesk);
            addresses.extend(brief::addresses(notice, desk));
        }
    }
    if note.reporter.is_some() && notice.channels.contains(&Way::Sms) {
        let reporter = case.state.report().and_then(|report| report.reporter.as_ref());
        addresses.extend(reporter.map(|reporter| Address {
            channel: CompactString::const_new("sms"),
            name: reporter.name.clone(),
            address: reporter.phone.clone(),
            role: CompactString::const_new("reporter"),
        }));
    }
    addresses
}

fn handset(id: &CollectorId, notice: &Notice, cx: &Context) -> Option<Address> {
    let collector = cx.rules.grid.collector(id)?;
    let reachable = notice.channels.contains(&Way::Sms) && !collector.phone.is_empty();
    reachable.then(|| Address {
        channel: CompactString::const_new("sms"),
        name: collector.name.as_str().into(),
        address: collector.phone.as_str().into(),
        role: CompactString::const_new(Recipient::Collector.as_str()),
    })
}
