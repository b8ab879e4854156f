//! Leaves of a unit's people: who is away, and who stands in (article 7).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::book::units::Contact;
use serde::{Deserialize, Serialize};

/// Stand-ins of stand-ins that are followed; a longer chain ends with whoever it has reached.
const DEPUTIES_MAX: usize = 4;

/// Leaves of one person at most: the one that runs and those that are planned.
pub(super) const LEAVES_MAX: usize = 4;

/// Somebody of the unit is away, or will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// Who, by the name in the rules.
    pub name: CompactString,
    /// Who stands in, by the name in the rules.
    pub deputy: CompactString,
    /// Until when; from that instant on they are told again themselves.
    pub until: Timestamp,
    /// From when on; before releases that knew planned leaves, from the record on.
    #[serde(default = "since_ever")]
    pub from: Timestamp,
}

fn since_ever() -> Timestamp {
    Timestamp::from_millis(0)
}

impl Leave {
    /// Whether they are away at `at`.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// What is left of it beside a later word of the same person's: all of it where they have no instant in common, and
    /// otherwise what lies before.
    pub(super) fn beside(&self, later: &Leave) -> Option<Leave> {
        let is_apart = self.until <= later.from || later.until <= self.from;
        let until = if is_apart { self.until } else { later.from };
        (self.from < until).then(|| Leave { until, ..self.clone() })
    }
}

/// Whoever of `everybody` is told at `at` what is for `person`.
pub(crate) fn standing_in<'a>(
    leaves: &[Leave],
    person: &'a Contact,
    everybody: &'a [Contact],
    at: Timestamp,
) -> &'a Contact {
    let mut person = person;
    for _ in 0..DEPUTIES_MAX {
        let away = leaves.iter().find(|leave| leave.name == person.name && leave.holds(at));
        match away.and_then(|leave| everybody.iter().find(|one| one.name == leave.deputy)) {
            Some(deputy) => person = deputy,
            None => break,
        }
    }
    person
}
