//! The length of an SMS: how many messages a template becomes when it is filled in.
//!
//! A message holds 70 characters; of a longer text each holds 67, for the handset joins them. Every message costs, and a
//! long row of them is often cut on the way.

use minijinja::Value;

use super::fill;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::At;

/// Characters of one message by itself, and of one of several; both in UTF-16, as networks count them.
const ALONE: usize = 70;
const JOINED: usize = 67;
/// More messages than this for one notice are asked about.
const MESSAGES_MAX: usize = 3;

/// Asks about a template that is long with usual values. One that cannot be filled in is reported elsewhere.
pub(super) fn look(text: &At<&str>, known: &Value, findings: &mut Findings) {
    let Ok(filled) = fill::fill(&fill::environment(), text.value, known) else { return };
    let characters = fill::cut(&filled, fill::SMS_CHARS_MAX).encode_utf16().count();
    let messages = messages(characters);
    if messages > MESSAGES_MAX {
        findings.push(Diagnostic::sms_long(&text.spot, characters, messages));
    }
}

fn messages(characters: usize) -> usize {
    if characters <= ALONE { 1 } else { characters.div_ceil(JOINED) }
}

#[cfg(test)]
mod tests {
    use super::messages;

    #[test]
    fn a_long_text_becomes_messages_of_sixty_seven_characters() {
        let table = [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (250, 4)];
        for (characters, expected) in table {
            assert_eq!(messages(characters), expected, "{characters}");
        }
    }
}
