//! What a unit has asked of its case and waits for, as lines of how the case stands: an application (articles 21 and 27),
//! the help of others and the meeting on site of a dispute (article 19).

use duban_actors::case::application::{Application, Before, Pending};
use duban_actors::case::calls::ToCall;
use duban_actors::case::disputes::SiteMeeting;
use duban_actors::case::help::{Help, HelpStanding};
use duban_actors::case::{Case, Filing, Holder};
use duban_actors::context::Context;
use duban_rules::book::units::Unit;
use duban_rules::line;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;

use super::account::due_words;
use super::instant;

/// Its lines; none where nothing is asked.
pub fn facts(case: &Case, cx: &Context, now: Timestamp) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let call = case.state.call();
    facts.extend(call.map(|call| ("待打电话", to_call(call, cx, now))));
    let helps = case.state.filing().into_iter().flat_map(|filing| &filing.help);
    facts.extend(helps.map(|help| ("协办", helping(help, cx, now))));
    let Some((filing, held, holder)) = case.state.held() else { return facts };
    facts.extend(applied(&held.application, filing, cx, now).map(|words| ("申请", words)));
    if let Holder::Disputed { dispute, .. } = holder {
        let meeting = dispute.meeting.as_ref();
        facts.extend(meeting.map(|meeting| ("现场会", called(meeting, filing, cx))));
    }
    facts
}

/// Whom the desk calls, at which numbers, and by when.
fn to_call(call: &ToCall, cx: &Context, now: Timestamp) -> String {
    let numbers = cx.rules.units.get(&call.unit).map(Unit::telephones).unwrap_or_default();
    let tries =
        if call.tries > 0 { format!(",{} 次无人接听", call.tries) } else { String::new() };
    let due = due_words(call.clock.due, now, &cx.rules.calendar);
    let name = cx.rules.units.name_of(&call.unit);
    format!("{name}({}){tries},打通截止 {due}", numbers.join("、"))
}

/// Which unit helps, and whether it has, or by when it is to.
fn helping(help: &Help, cx: &Context, now: Timestamp) -> String {
    let stands = match &help.standing {
        HelpStanding::Asked(clock) => {
            format!("待完成,截止 {}", due_words(clock.due, now, &cx.rules.calendar))
        }
        HelpStanding::Given => "已完成".to_owned(),
        HelpStanding::Waived => "不再需要".to_owned(),
    };
    format!("{},{stands}", cx.rules.units.name_of(&help.unit))
}

/// What the unit has applied for, and where that stands.
fn applied(
    application: &Application,
    filing: &Filing,
    cx: &Context,
    now: Timestamp,
) -> Option<String> {
    let calendar = &cx.rules.calendar;
    let asked = |asked: &Pending| {
        format!("{},{} 提出", asked.wish.chinese(), instant::minute(asked.since, calendar))
    };
    match application {
        Application::None => None,
        Application::Pending(pending) => {
            let opinion = pending.opinion.map(|opinion| format!(",初审{}", opinion.chinese()));
            let (stage, decision) = match pending.before {
                Before::CountyLeader => ("待主管县长签批", "签批"),
                Before::Centre if pending.task().is_some() => ("复核中", "审核"),
                Before::Centre if pending.wants_opinion(filing.urgency()) => ("待初审", "审核"),
                Before::Centre => ("待审核", "审核"),
            };
            let due = due_words(pending.clock.due, now, calendar);
            let (asked, opinion) = (asked(pending), opinion.unwrap_or_default());
            Some(format!("{asked}{opinion},{stage},{decision}截止 {due}"))
        }
        Application::OverQuota(over, answer) => {
            let (allowed, used) = (answer.allowed, answer.used);
            let full = format!("本月名额已满(可延期 {allowed} 件,已用 {used} 件)");
            Some(format!("{},{full},超出的由中心主任决定", asked(over)))
        }
    }
}

/// When and where they meet, or who stayed away.
fn called(meeting: &SiteMeeting, filing: &Filing, cx: &Context) -> String {
    let place = line::one(meeting.place.as_deref().unwrap_or(&filing.report.address));
    let when = instant::minute(meeting.when, &cx.rules.calendar);
    let units = listed(&meeting.units, cx);
    let held = match meeting.absent.as_deref() {
        None => String::new(),
        Some([]) => ";已召开,全部到场".to_owned(),
        Some(absent) => format!(";已召开,{} 未到场", listed(absent, cx)),
    };
    format!("{when},{place},通知 {units}{held}")
}

fn listed(units: &[UnitId], cx: &Context) -> String {
    let names: Vec<&str> = units.iter().map(|unit| cx.rules.units.name_of(unit)).collect();
    names.join("、")
}
