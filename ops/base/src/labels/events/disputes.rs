//! What happened in a dispute, as a sentence for people (article 19).

use duban_actors::case::command::Determination;
use duban_actors::case::event::{DisputeOutcome, Event};
use duban_rules::book::calendar::Calendar;
use duban_rules::vocabulary::UnitId;

use crate::labels::instant;

/// The sentence of an event of a dispute; empty for another.
pub(super) fn told(event: &Event, calendar: &Calendar) -> String {
    if let Event::Disputed(asked) = event {
        let proposes = asked.proposes.as_ref().map(|unit| format!(",认为应由 {unit}"));
        let form = super::returns::form_word(asked.form.as_ref(), asked.form_due, calendar);
        let (ground, proposes) = (asked.ground.chinese(), proposes.unwrap_or_default());
        let due = instant::second(asked.clock.due, calendar);
        format!("申请责任认定({ground}{proposes}):{}{form};{due} 前认定", asked.reason)
    } else if let Event::SiteMeetingCalled(called) = event {
        let place = called.place.as_deref().map(|place| format!(",{place}"));
        let (when, place) = (instant::minute(called.when, calendar), place.unwrap_or_default());
        let moved = called.before.is_some_and(|before| before != called.when);
        let moved = if moved { "改期,于 " } else { "于 " };
        let off = match &*called.dropped {
            [] => String::new(),
            dropped => format!(",{} 不必到场", listed(dropped)),
        };
        format!("召集现场会:{moved}{when}{place},通知 {}{off}", listed(&called.units))
    } else if let Event::SiteMeetingHeld(held) = event {
        let absent = if held.absent.is_empty() {
            String::new()
        } else {
            format!(",{} 未到场", listed(&held.absent))
        };
        format!("现场会:{} 到场{absent};{}", listed(&held.present), held.record)
    } else if let Event::Determined(found) = event {
        let finding = match &found.finding {
            Determination::Stays => "申请不成立".to_owned(),
            Determination::StaysCredited => "仍由申请单位处置,认定所占时间不计".to_owned(),
            Determination::MovesTo(unit) => format!("由 {unit} 处置"),
            Determination::Joint { lead, helpers } => {
                format!("由 {lead} 主办,{} 协办", listed(helpers))
            }
        };
        let binds = found.binds_at.map(|at| format!(";{} 生效", instant::second(at, calendar)));
        let binds = binds.unwrap_or_default();
        let committee = found.committee.as_ref();
        let by = committee
            .map(|by| format!("(城管委会议 {} 决定,{} 主持)", by.meeting, by.chair))
            .unwrap_or_default();
        let follows = outcome(&found.outcome, calendar);
        format!("责任认定{by}:{finding},{}{follows}{binds}", found.reason)
    } else if let Event::Referred(referred) = event {
        let units = match &*referred.units {
            [] => String::new(),
            units => format!(",有关单位 {}", listed(units)),
        };
        let due = instant::second(referred.clock.due, calendar);
        format!("提请城管委会议 {} 决定:{}{units};{due} 前召开", referred.meeting, referred.reason)
    } else if let Event::CommitteeSpared { meeting, .. } = event {
        format!("不再需要城管委会议 {meeting} 决定")
    } else if let Event::CommitteeCalledOff { meeting, reason, clock, .. } = event {
        let due = instant::second(clock.due, calendar);
        format!("城管委会议 {meeting} 取消:{reason};由值班长或中心主任认定,{due} 前")
    } else if let Event::CommitteeLate { meeting, .. } = event {
        format!("城管委会议 {meeting} 的决定来时,争议已了结")
    } else if let Event::HelpAsked(asked) = event {
        let due = instant::second(asked.clock.due, calendar);
        format!("协办 {}:由 {} 协办,{due} 前", asked.no, asked.unit)
    } else if let Event::HelpGiven(given) = event {
        format!("协办 {} 完成:{}({} 张照片)", given.no, given.result, given.photos.len())
    } else if let Event::HelpWaived { reason, .. } = event {
        format!("不再等待协办:{reason}")
    } else if let Event::TakenBack { reason, outcome: Some(ended), .. } = event {
        let why = if reason.is_empty() { "已反馈" } else { reason };
        format!("撤回责任认定申请:{why}{}", outcome(ended, calendar))
    } else {
        String::new()
    }
}

fn listed(units: &[UnitId]) -> String {
    units.iter().map(UnitId::as_str).collect::<Vec<_>>().join("、")
}

fn outcome(outcome: &DisputeOutcome, calendar: &Calendar) -> String {
    match outcome {
        DisputeOutcome::GoesOn { charged_back, resumed } => {
            let at = |instant| instant::second(instant, calendar);
            let charged = charged_back
                .map(|span| format!(";{} 至 {} 计入处置时限", at(span.from), at(span.until)));
            let due = resumed.due.map(|due| format!(";截止 {}", at(due)));
            format!("{}{}", charged.unwrap_or_default(), due.unwrap_or_default())
        }
        DisputeOutcome::Leaves { .. } => String::new(),
    }
}
