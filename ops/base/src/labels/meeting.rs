//! What people call where a meeting of the committee stands, what it decided, and who comes.

use serde_json::Value;

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

/// What became of an item of the agenda, as its view shows it.
pub fn decision_word(standing: &Value) -> String {
    if let Some(word) = standing.as_str() {
        return match word {
            "open" => "未决定".to_owned(),
            "withdrawn" => "不需要决定".to_owned(),
            other => other.to_owned(),
        };
    }
    let of = |field: &str| standing.get(field);
    let (finding, done) = match (of("decided"), of("done")) {
        (Some(finding), _) => (finding, ""),
        (None, Some(finding)) => (finding, ",已执行"),
        (None, None) => return String::new(),
    };
    let unit = finding.get("moves-to").and_then(Value::as_str);
    let lead = finding.pointer("/joint/lead").and_then(Value::as_str);
    let finding = match (unit.or(lead), finding.as_str()) {
        (Some(lead), _) if unit.is_none() => format!("由 {lead} 主办"),
        (Some(unit), _) => format!("由 {unit} 处置"),
        (None, Some("stays")) => "申请不成立".to_owned(),
        (None, _) => "仍由申请单位处置".to_owned(),
    };
    format!("{finding}{done}")
}

/// What somebody who is invited has said, behind their name.
pub fn answer_word(answer: &Value) -> String {
    if answer.as_str() == Some("comes") {
        return "(参加)".to_owned();
    }
    let deputy = answer.pointer("/sends/deputy").and_then(Value::as_str);
    let reason = answer.pointer("/stays-away/reason").and_then(Value::as_str);
    match (deputy, reason) {
        (Some(deputy), _) => format!("({deputy} 代为参加)"),
        (None, Some(reason)) => format!("(不参加:{reason})"),
        (None, None) => String::new(),
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
