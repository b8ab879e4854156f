//! What happened to an application, as a sentence for people (articles 21 and 27).

use duban_actors::case::event::{Charge, Event};
use duban_actors::tells::QuotaAnswer;
use duban_rules::book::calendar::Calendar;

use crate::labels::instant;

/// The sentence of an event of an application; empty for another.
pub(super) fn told(event: &Event, calendar: &Calendar) -> String {
    let at = |instant| instant::second(instant, calendar);
    if let Event::Applied(asked) = event {
        let form = match (&asked.form, asked.form_due) {
            (Some(_), _) => ";附签章单".to_owned(),
            (None, Some(due)) => format!(";待补签章,{} 前补交", at(due)),
            (None, None) => String::new(),
        };
        let (wish, reason, signer) = (asked.wish.chinese(), &asked.reason, &asked.signer);
        format!("申请{wish}:{reason};{signer}签字{form};{} 前审核", at(asked.clock.due))
    } else if let Event::QuotaReserved(reserved) = event {
        let QuotaAnswer { n, allowed, used, .. } = reserved.answer;
        format!("延期名额:本月案件 {n} 件,可延期 {allowed} 件,这是第 {used} 件")
    } else if let Event::QuotaRefused(refused) = event {
        let QuotaAnswer { n, allowed, used, .. } = refused.answer;
        format!("延期名额已满:本月案件 {n} 件,可延期 {allowed} 件,已用 {used} 件")
    } else if let Event::OpinionGiven { opinion, reason, .. } = event {
        format!("申请初审:{},{reason}", opinion.chinese())
    } else if let Event::Extended(granted) = event {
        let (by, moved) = (granted.by, &granted.moved);
        let (before, due) = (at(moved.due_before), at(moved.due));
        let beyond = match granted.quota {
            Charge::Within => "",
            Charge::Beyond => "(超出名额)",
        };
        format!("同意延期 {by}{beyond}:{};截止由 {before} 改为 {due}", granted.reason)
    } else if let Event::ApplicationRefused { reason, wish, leader, .. } = event {
        let by = leader.as_ref().map(|leader| format!("主管县长{leader}")).unwrap_or_default();
        format!("{by}不同意{}:{reason}", wish.not_granted())
    } else if let Event::Withdrawn(withdrawn) = event {
        format!("撤案,不计入 {}:{}", withdrawn.unit, withdrawn.reason)
    } else if let Event::TakenBack { reason, .. } = event {
        if reason.is_empty() {
            // It follows from what stands beside it; nobody has asked for it.
            "申请自动了结:案件已不在该单位,或单位已反馈".to_owned()
        } else {
            format!("撤回申请:{reason}")
        }
    } else {
        String::new()
    }
}
