//! What a telephone's receipt says in the end, and how many said so.

use std::sync::atomic::{AtomicU64, Ordering};

/// The words of SMPP 3.4 (appendix B) for how an SMS ended, and whether the telephone has it.
const ENDS: [(&str, End); 7] = [
    ("DELIVRD", End::Reached),
    ("ACCEPTD", End::Reached),
    ("EXPIRED", End::Failed),
    ("DELETED", End::Failed),
    ("UNDELIV", End::Failed),
    ("REJECTD", End::Failed),
    ("UNKNOWN", End::Failed),
];

/// How an SMS ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Somebody has it.
    Reached,
    /// Nobody will.
    Failed,
}

/// Receipts since the start, by what they say.
#[derive(Debug, Default)]
pub struct Receipts {
    counts: [AtomicU64; ENDS.len()],
}

impl Receipts {
    /// How many said each word.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        ENDS.iter().zip(&self.counts).map(|((word, _), n)| (*word, n.load(Ordering::Relaxed)))
    }

    /// Counts a receipt, and tells the operator of an SMS that nobody gets. Neither number nor text is told.
    pub(super) fn heard(&self, receipt: &[u8]) {
        let text = String::from_utf8_lossy(receipt);
        let Some(((word, end), count)) =
            ended(&text).and_then(|place| ENDS.get(place).zip(self.counts.get(place)))
        else {
            tracing::debug!(bytes = receipt.len(), "the centre delivered what is no receipt");
            return;
        };
        count.fetch_add(1, Ordering::Relaxed);
        match end {
            End::Reached => tracing::debug!(state = word, "an SMS reached its telephone"),
            End::Failed => {
                let error = field(&text, "err:").unwrap_or_default();
                tracing::warn!(state = word, error, "an SMS that was taken reached nobody");
            }
        }
    }
}

fn ended(text: &str) -> Option<usize> {
    let said = field(text, "stat:")?;
    ENDS.iter().position(|(word, _)| said.eq_ignore_ascii_case(word))
}

fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(name)?;
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_counted_by_what_they_say_and_anything_else_by_nothing() {
        let receipts = Receipts::default();
        for (text, n) in [("stat:DELIVRD err:000", 2), ("stat:undeliv err:021", 1)] {
            for _ in 0..n {
                receipts.heard(format!("id:7 sub:001 dlvrd:001 {text} text:").as_bytes());
            }
        }
        for text in ["", "stat:", "stat:SOMEHOW", "您好", "\u{0}"] {
            receipts.heard(text.as_bytes());
        }
        let counts: Vec<_> = receipts.counts().filter(|(_, n)| *n > 0).collect();
        assert_eq!(counts, [("DELIVRD", 2), ("UNDELIV", 1)]);
    }
}
