//! What happened to a deferral, as a sentence for people (article 27).

use duban_actors::case::event::{DeferredEvent, Event, ResumedEvent};
use duban_rules::book::calendar::Calendar;

use super::note;
use crate::labels::instant;

/// The sentence of an event of a deferral; empty for another.
pub(super) fn told(event: &Event, calendar: &Calendar) -> String {
    if let Event::ConsentWanted(wanted) = event {
        let due = instant::second(wanted.clock.due, calendar);
        let (day, reason) = (wanted.review_on, &wanted.reason);
        format!("同意缓办,{day} 复核,报主管县长,{due} 前签批:{reason}")
    } else if let Event::Deferred(deferred) = event {
        let DeferredEvent { leader, signed_on, review_on, reason, .. } = deferred.as_ref();
        let scan = if deferred.scan.is_some() { ";附签批件" } else { "" };
        format!("缓办:{leader} {signed_on} 签批同意,{review_on} 复核{}{scan}", note(reason))
    } else if let Event::Resumed(resumed) = event {
        self::resumed(resumed, calendar)
    } else {
        String::new()
    }
}

fn resumed(resumed: &ResumedEvent, calendar: &Calendar) -> String {
    let at = |instant| instant::second(instant, calendar);
    let limit = resumed
        .limit
        .map_or_else(|| "接续剩余的时限".to_owned(), |limit| format!("新的时限 {limit}"));
    let moved = resumed.moved.as_ref();
    let moved =
        moved.map(|moved| format!(";截止由 {} 改为 {}", at(moved.due_before), at(moved.due)));
    let why = if resumed.reason.is_empty() { "单位已反馈" } else { &resumed.reason };
    format!("恢复办理({limit}):{why}{}", moved.unwrap_or_default())
}
