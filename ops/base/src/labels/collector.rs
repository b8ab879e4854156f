//! What people call where a collector stands.

/// The names of where a collector can stand, with their words.
const STANDINGS: [(&str, &str); 5] = [
    ("unknown", "未任命"),
    ("off-duty", "未签到"),
    ("on-duty", "在岗"),
    ("on-leave", "请假"),
    ("dismissed", "已解除"),
];

/// The word for a standing's name.
pub fn standing_word(name: &str) -> &str {
    STANDINGS.iter().find(|(known, _)| *known == name).map_or(name, |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use duban_actors::collector::State;

    use super::*;

    #[test]
    fn wherever_a_collector_stands_has_a_word_of_its_own() {
        let names: BTreeSet<&str> = State::NAMES.iter().copied().collect();
        assert_eq!(names, STANDINGS.map(|(name, _)| name).into());
        assert_eq!(names.iter().map(|name| standing_word(name)).collect::<BTreeSet<_>>().len(), 5);
    }
}
