//! One list of a brief: how many cases it is about, and the lines of the first of them.
//!
//! All are counted and [`LINES_MAX`] are told: the letter stays one that can be read, and its numbers stay true.

use compact_str::CompactString;
use duban_rules::book::notices::{LINES_MAX, more_of};
use serde_json::{Map, Value, json};

/// In the order of the list it was read from: what has been due longest, or came first, is first.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// At most [`LINES_MAX`].
    lines: Vec<(CompactString, Value)>,
    n: usize,
}

impl Listed {
    /// One more, whose order is behind all before it; what its line says is asked only where there is room.
    pub(super) fn push(&mut self, order: &str, line: impl FnOnce() -> Value) {
        self.n += 1;
        if self.lines.len() < LINES_MAX {
            self.lines.push((order.into(), line()));
        }
    }

    /// Those of another, too, in one order.
    pub(super) fn join(&mut self, other: Listed) {
        self.n += other.n;
        self.lines.extend(other.lines);
        self.lines.sort_by(|(one, _), (another, _)| one.cmp(another));
        self.lines.truncate(LINES_MAX);
    }

    pub(super) fn n(&self) -> usize {
        self.n
    }

    pub(super) fn first(&self) -> Option<&Value> {
        self.lines.first().map(|(_, line)| line)
    }

    /// As a template gets it: the lines by its name, and how many are not there.
    pub(super) fn put_as(self, name: &str, data: &mut Map<String, Value>) {
        data.insert(more_of(name), json!(self.n - self.lines.len()));
        let lines = self.lines.into_iter().map(|(_, line)| line);
        data.insert(name.to_owned(), lines.collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_hundred_units_with_a_thousand_cases_each_those_that_wait_longest_are_told_and_all_are_counted()
     {
        let mut county = Listed::default();
        for unit in 0..200 {
            let mut own = Listed::default();
            for case in 0..1_000 {
                // Each unit has one that is older than any unit's second.
                own.push(&format!("{case:04}"), || json!({ "unit": unit, "case": case }));
            }
            county.join(own);
        }
        let mut data = Map::new();
        county.put_as("overdue", &mut data);
        let lines = data.get("overdue").and_then(Value::as_array).unwrap();
        assert_eq!(lines.len(), 200);
        assert!(lines.iter().all(|line| line.get("case") == Some(&json!(0))));
        assert_eq!(data.get("overdue_more"), Some(&json!(199_800)));
    }
}
