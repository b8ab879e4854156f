//! Lines: a text with nothing in it that cannot be seen, on one line where one line is meant.
//!
//! What people write comes with line ends, zero-width characters and marks that turn the direction of what follows. In
//! a letter they forge lines of it, in an id they make two of one. Every entry point cleans with the same functions, and
//! letters once more, for what was stored before. Nothing that is left changes its meaning: no case is folded, and of
//! width only that of ids.

/// The text on one line: a blank for every stretch of white space, line ends and control characters, none around it.
pub fn one(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut gap = Gap::No;
    for c in text.chars().filter(|c| !is_unseen(*c)) {
        if is_space(c) {
            gap = Gap::Yes;
            continue;
        }
        if gap == Gap::Yes && !line.is_empty() {
            line.push(' ');
        }
        gap = Gap::No;
        line.push(c);
    }
    line
}

/// The text on as many lines as it has, each ended by a line feed alone; no blank lines around it.
pub fn several(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let seen = |line: &str| {
        let seen = line.chars().filter(|c| !is_unseen(*c));
        let seen: String =
            seen.map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
        seen.trim_end().to_owned()
    };
    let lines: Vec<String> = text.split(is_line_end).map(seen).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// Whether it is one line already, but for the width of its blanks.
pub fn is_one(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || is_line_end(c) || is_unseen(c))
}

/// An id as it is compared and kept: one line without any character that cannot be seen, and full-width letters,
/// digits and signs as the half-width ones they are typed for.
pub fn id(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => {
            u32::from(c).checked_sub(FULL_WIDTH).and_then(char::from_u32).unwrap_or(c)
        }
        other => other,
    };
    let seen: String = text.chars().filter(|c| !is_shape(*c)).map(narrow).collect();
    one(&seen)
}

/// Whether there is nothing to be seen in it.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| is_space(c) || is_unseen(c) || is_shape(c))
}

/// How far the full-width forms of ASCII lie from it.
const FULL_WIDTH: u32 = 0xfee0;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Yes,
    No,
}

/// White space, control characters, and the one sign of Braille that has no dots.
fn is_space(c: char) -> bool {
    c.is_whitespace() || c.is_control() || c == '\u{2800}'
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters without a width: directions, joiners, tags, fillers (Default_Ignorable_Code_Point of Unicode 16, but for
/// [`is_shape`]).
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Variation selectors: they choose between the shapes of the character before, as in some people's names.
pub(crate) fn is_shape(c: char) -> bool {
    matches!(c,
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_meant_for_one_line_forges_no_other_and_turns_no_direction() {
        let table = [
            ("岑\n示例", "岑 示例"),
            ("Public\u{2028}Works\r\n", "Public Works"),
            ("东大街\r\n截止时间:2030-01-01\t 00:00", "东大街 截止时间:2030-01-01 00:00"),
            ("\u{202e}街大东\u{202c} \u{2066}1\u{2069}", "街大东 1"),
            (" a\0\u{1b}b\u{85}c\u{3000}d ", "a b c d"),
            ("\u{200b}", ""),
            ("葛\u{e0100}示例", "葛\u{e0100}示例"),
        ];
        for (text, line) in table {
            assert_eq!(one(text), line, "{text:?}");
            assert_eq!(one(&one(text)), line, "cleaned twice: {text:?}");
        }
    }

    #[test]
    fn a_text_of_several_lines_keeps_them_and_loses_what_cannot_be_seen() {
        assert_eq!(several("\n一\r\n\t二  \r三\u{202e}四\u{2029}\n"), "一\n\t二\n三四");
        assert_eq!(several("a\u{1b}[0m"), "a [0m");
        assert_eq!(several(" \u{200b}\n\u{feff}"), "");
    }

    #[test]
    fn ids_that_look_the_same_are_one() {
        for text in [
            "T-100 ",
            "T-100\n",
            "T-\u{200b}100",
            "\u{feff}T-100",
            "\u{ff34}\u{ff0d}\u{ff11}\u{ff10}\u{ff10}",
            "T-100\u{fe0f}",
        ] {
            assert_eq!(id(text), "T-100", "{text:?}");
        }
        assert_ne!(id("t-100"), id("T-100"), "case is the source's");
        assert_ne!(id("T 100"), id("T100"), "a blank that is seen counts");
    }

    #[test]
    fn a_text_without_anything_to_be_seen_is_blank() {
        for text in ["", " \n\u{3000}", "\u{200b}\u{2060}", "\u{fe0f}", "\u{3164}\u{2800}\0"] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank("。"));
    }
}
