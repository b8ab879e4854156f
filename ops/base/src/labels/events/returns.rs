//! What happened to a return, as a sentence for people (articles 15 and 19).

use compact_str::CompactString;
use duban_actors::case::event::Event;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;

use crate::labels::instant;

/// The sentence of an event of a return; empty for another.
pub(super) fn told(event: &Event, calendar: &Calendar) -> String {
    if let Event::ReturnAsked { reason, ground, form, form_due, .. } = event {
        let ground = ground.map(|ground| format!("({})", ground.chinese())).unwrap_or_default();
        let form = form_word(form.as_ref(), *form_due, calendar);
        format!("申请退单{ground}:{reason}{form}")
    } else if let Event::FormAdded { .. } = event {
        "补交签章单".to_owned()
    } else if let Event::OpinionGiven { opinion, reason, .. } = event {
        format!("退单初审:{},{reason}", opinion.chinese())
    } else if let Event::Recalled { unit, reason, .. } = event {
        format!("撤回派遣({unit}):{reason}")
    } else if let Event::ReturnAccepted { reason, .. } = event {
        format!("同意退单:{reason}")
    } else if let Event::ReturnRefused { reason, resumed, .. } = event {
        let at = |due| instant::second(due, calendar);
        let due = resumed.due.map(|due| format!(";截止顺延至 {}", at(due)));
        format!("驳回退单:{reason}{}", due.unwrap_or_default())
    } else {
        String::new()
    }
}

/// What is said of the signed form of a request: there, to follow until an instant, or nothing.
pub(super) fn form_word(
    form: Option<&CompactString>,
    due: Option<Timestamp>,
    calendar: &Calendar,
) -> String {
    match (form, due) {
        (Some(_), _) => ";附签章单".to_owned(),
        (None, Some(due)) => format!(";待补签章,{} 前补交", instant::second(due, calendar)),
        (None, None) => String::new(),
    }
}
