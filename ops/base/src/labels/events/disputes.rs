//! What happened in a dispute, as a sentence for people (article 19).

use duban_actors::case::command::Determination;
use duban_actors::case::event::{DisputeOutcome, Event};
use duban_rules::book::calendar::Calendar;

use crate::labels::instant;

/// The sentence of an event of a dispute; empty for another.
pub(super) fn told(event: &Event, calendar: &Calendar) -> String {
    if let Event::Disputed(asked) = event {
        let proposes = asked.proposes.as_ref().map(|unit| format!(",认为应由 {unit}"));
        let form = match (&asked.form, asked.form_due) {
            (Some(_), _) => ";附签章单".to_owned(),
            (None, Some(due)) => format!(";待补签章,{} 前补交", instant::second(due, calendar)),
            (None, None) => String::new(),
        };
        let (ground, proposes) = (asked.ground.chinese(), proposes.unwrap_or_default());
        let due = instant::second(asked.clock.due, calendar);
        format!("申请责任认定({ground}{proposes}):{}{form};{due} 前认定", asked.reason)
    } else if let Event::Determined(found) = event {
        let finding = match &found.finding {
            Determination::Stays => "申请不成立".to_owned(),
            Determination::StaysCredited => "仍由申请单位处置,认定所占时间不计".to_owned(),
            Determination::MovesTo(unit) => format!("由 {unit} 处置"),
        };
        format!("责任认定:{finding},{}{}", found.reason, outcome(&found.outcome, calendar))
    } else if let Event::TakenBack { reason, outcome: Some(ended), .. } = event {
        let why = if reason.is_empty() { "已反馈" } else { reason };
        format!("撤回责任认定申请:{why}{}", outcome(ended, calendar))
    } else {
        String::new()
    }
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
