//! What became of handing one message to one address.

use compact_str::CompactString;

/// The longest words of a server that are kept, in characters.
const WORDS_MAX: usize = 300;

/// What the other side did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is theirs.
    Taken,
    /// Not this time; the same message may well be taken later.
    Later(CompactString),
    /// Never: this message to this address is refused.
    Refused(CompactString),
    /// The message was given, the answer never came: it may have been taken. Given again, it has the same id.
    Unknown(CompactString),
    /// Nobody there, or nobody who talks to us: no fault of the message.
    Down(CompactString),
}

/// Words of a server, or about one, on one line and of a length that a list can show.
pub(super) fn words(text: &str) -> CompactString {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= WORDS_MAX {
        return line.into();
    }
    line.chars().take(WORDS_MAX).chain(['…']).collect()
}

/// An error and everything behind it, on one line.
pub fn chain(error: &dyn std::error::Error) -> CompactString {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        // Many errors say what their source says.
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        source = error.source();
    }
    words(&said)
}
