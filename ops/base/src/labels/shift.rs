//! What people call the desks of the centre, where their shifts stand, and what happened at them.

use duban_actors::desks::Desk;
use duban_actors::shift::{Event, Taking};
use duban_rules::book::calendar::Calendar;
use duban_runtime::journal::Failure;

use super::instant;
use crate::names::Names;

/// The names of where a desk can stand, with their words.
const STANDINGS: [(&str, &str); 4] = [
    ("unkept", "尚未接过班,由该岗位全体人员负责"),
    ("vacant", "无人在班"),
    ("manned", "在班"),
    ("handing-over", "已交班,待接班人接班"),
];

/// The word for a standing's name.
pub fn standing_word(name: &str) -> &str {
    STANDINGS.iter().find(|(known, _)| *known == name).map_or(name, |(_, word)| word)
}

/// What people call a desk.
pub fn desk_word(desk: Desk) -> &'static str {
    desk.recipient().chinese()
}

/// The sentence of an event; people are called as in `names`.
///
/// # Errors
/// When an account cannot be read.
pub fn told(event: &Event, names: &Names<'_>, calendar: &Calendar) -> Result<String, Failure> {
    Ok(match event {
        Event::TakenOver { who, how } => match how {
            Taking::Vacant => format!("接班:{}", who.name),
            Taking::Signed { from, handed, open } => format!(
                "接班:{} 签收 {} 于 {} 交接的在办案件 {open} 件",
                who.name,
                names.called(from)?,
                instant::minute(*handed, calendar)
            ),
            Taking::Unasked { from, reason } => {
                format!("接班:{} 未经 {} 交班,理由:{reason}", who.name, names.called(from)?)
            }
        },
        Event::HandedOver(handover) => {
            let to = handover.to.as_ref().map(|to| names.called(to)).transpose()?;
            let to = to.as_deref().unwrap_or("无人接班");
            let note = if handover.note.is_empty() { "" } else { ";" };
            let open = handover.open.len();
            format!("交班:{to},在办案件 {open} 件{note}{}", handover.note)
        }
        Event::Noted(note) => format!("记录:{}", note.text),
        Event::ClosingAllowed { allowance, reason, .. } => format!(
            "准许 {} 不在班时结案,至 {},理由:{reason}",
            names.called(&allowance.login)?,
            instant::minute(allowance.until, calendar)
        ),
        Event::Left { login } => format!("离岗:{} 已不在该岗位", names.called(login)?),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use duban_actors::shift::State;

    use super::super::case::STAGES;
    use super::*;

    #[test]
    fn wherever_a_desk_stands_has_a_word_of_its_own() {
        let names: BTreeSet<&str> = State::NAMES.iter().copied().collect();
        assert_eq!(names, STANDINGS.map(|(name, _)| name).into());
        assert_eq!(names.iter().map(|name| standing_word(name)).collect::<BTreeSet<_>>().len(), 4);
    }

    #[test]
    fn a_desk_has_stages_that_there_are_and_no_two_desks_the_same_one() {
        let known: BTreeSet<&str> = STAGES.iter().map(|(name, _)| *name).collect();
        let stages: Vec<&str> = Desk::ALL.iter().flat_map(|desk| desk.stages()).copied().collect();
        assert!(stages.iter().all(|stage| known.contains(stage)), "{stages:?}");
        assert_eq!(stages.iter().collect::<BTreeSet<_>>().len(), stages.len());
    }
}
