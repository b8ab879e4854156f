//! What changed between two editions of the rules, in words an office can put to a vote (article 11).
//!
//! One line per change, file by file. Equal rules give no line; texts that only stand elsewhere in a file are equal.

mod calendar;
mod escalation;
mod handbook;
mod people;
mod town;

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::book::RuleBook;
use crate::diagnostic::Lang;

/// The changes from `old` to `new`, one sentence each.
pub fn diff(old: &RuleBook, new: &RuleBook, lang: Lang) -> Vec<String> {
    let mut changes = Changes { lang, lines: Vec::new() };
    handbook::compare(&old.handbook, &new.handbook, &mut changes);
    people::units(&old.units, &new.units, &mut changes);
    town::compare(&old.grid, &new.grid, &mut changes);
    calendar::compare(&old.calendar, &new.calendar, &mut changes);
    escalation::stages(&old.stages, &new.stages, &mut changes);
    escalation::ladders(&old.ladder, &new.ladder, &mut changes);
    escalation::notices(&old.notices, &new.notices, &mut changes);
    people::committee(&old.committee, &new.committee, &mut changes);
    changes.lines
}

/// The changes found up to here, in one language.
struct Changes {
    lang: Lang,
    lines: Vec<String>,
}

impl Changes {
    fn say(&mut self, zh: String, en: String) {
        self.lines.push(match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        });
    }

    /// The word of the language.
    fn word<'w>(&self, zh: &'w str, en: &'w str) -> &'w str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Something that was one thing and is another; `what` in Chinese and English.
    fn turned<T: PartialEq + Display>(&mut self, what: [&str; 2], old: T, new: T) {
        if old != new {
            let [zh, en] = what;
            self.say(
                format!("{zh}:由“{old}”改为“{new}”"),
                format!("{en}: from `{old}` to `{new}`"),
            );
        }
    }

    /// A text that may be absent.
    fn maybe_turned(&mut self, what: [&str; 2], old: Option<&str>, new: Option<&str>) {
        let [zh, en] = what;
        match (old, new) {
            (None, Some(new)) => {
                self.say(format!("{zh}:新增“{new}”"), format!("{en}: `{new}` added"));
            }
            (Some(old), None) => {
                self.say(format!("{zh}:取消“{old}”"), format!("{en}: `{old}` removed"));
            }
            (Some(old), Some(new)) => self.turned(what, old, new),
            (None, None) => {}
        }
    }
}

/// One key on both sides: what stood there, what stands there.
type Sides<'a, T> = (Option<&'a T>, Option<&'a T>);

/// Every key of either map with what both say about it, in the order of keys.
fn both<'a, K: Ord, T>(
    old: impl IntoIterator<Item = (K, &'a T)>,
    new: impl IntoIterator<Item = (K, &'a T)>,
) -> BTreeMap<K, Sides<'a, T>> {
    let mut sides: BTreeMap<K, Sides<'a, T>> = BTreeMap::new();
    for (key, value) in old {
        sides.entry(key).or_default().0 = Some(value);
    }
    for (key, value) in new {
        sides.entry(key).or_default().1 = Some(value);
    }
    sides
}
