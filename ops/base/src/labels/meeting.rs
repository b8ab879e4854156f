//! What people call where a meeting of the committee stands, what it decided, and who comes.

use duban_actors::findings::Determination;
use duban_actors::meeting::{Answer, Standing};
use duban_rules::vocabulary::UnitId;

/// The names of where a meeting can stand, with their words.
const STANDINGS: [(&str, &str); 6] = [
    ("unproposed", "没有提出"),
    ("proposed", "待召集"),
    ("called", "已召集"),
    ("held", "已召开,待录入决定和纪要"),
    ("minuted", "已有纪要"),
    ("cancelled", "已取消"),
];

/// The word for a standing's name.
pub fn standing_word(name: &str) -> &str {
    STANDINGS.iter().find(|(known, _)| *known == name).map_or(name, |(_, word)| word)
}

/// What became of an item of the agenda, with units by what `name` calls them.
pub fn decision_word(standing: &Standing, name: &dyn Fn(&UnitId) -> String) -> String {
    let (finding, done) = match standing {
        Standing::Open => return "未决定".to_owned(),
        Standing::Withdrawn => return "不需要决定".to_owned(),
        Standing::Decided(finding) => (finding, ""),
        Standing::Done(finding) => (finding, ",已执行"),
    };
    let finding = match finding {
        Determination::Stays => "申请不成立".to_owned(),
        Determination::StaysCredited => "仍由申请单位处置".to_owned(),
        Determination::MovesTo(unit) => format!("由 {} 处置", name(unit)),
        Determination::Joint { lead, helpers } => {
            let helpers: Vec<String> = helpers.iter().map(name).collect();
            format!("由 {} 主办,{} 协办", name(lead), helpers.join("、"))
        }
    };
    format!("{finding}{done}")
}

/// What somebody who is invited has said, behind their name.
pub fn answer_word(answer: &Answer) -> String {
    match answer {
        Answer::Comes => "(参加)".to_owned(),
        Answer::Sends { deputy } => format!("({deputy} 代为参加)"),
        Answer::StaysAway { reason } => format!("(不参加:{reason})"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use duban_actors::meeting::State;

    use super::*;

    #[test]
    fn wherever_a_meeting_stands_has_a_word_of_its_own() {
        let names: BTreeSet<&str> = State::NAMES.iter().copied().collect();
        assert_eq!(names, STANDINGS.map(|(name, _)| name).into());
        assert_eq!(names.iter().map(|name| standing_word(name)).collect::<BTreeSet<_>>().len(), 6);
    }
}
