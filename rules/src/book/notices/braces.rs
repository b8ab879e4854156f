//! Braces: the ways in which a variable is written wrong, and how it is written.
//!
//! In a text that people read a brace stands for a variable; one that is left over is a slip. What a template says where
//! it is well formed is looked at part by part ([`super::calls::texts`]), one that is not as a whole.

use std::collections::BTreeSet;

/// A slip: what is written, and what is to stand there, where that is plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slip<'t> {
    pub(super) written: &'t str,
    /// Where it begins in the text, in bytes.
    pub(super) at: usize,
    pub(super) meant: Option<String>,
}

const OPEN: [char; 2] = ['{', '｛'];
const CLOSE: [char; 2] = ['}', '｝'];
const ANY: [char; 4] = ['{', '｛', '}', '｝'];
/// What goes before a brace to other programs.
const SIGNS: [char; 3] = ['$', '#', '＄'];
const PERCENT: [char; 2] = ['%', '\u{FF05}'];
/// What a name stands in to other programs, or to people.
const AROUND: [(&str, &str); 7] =
    [("$", ""), ("%", "%"), ("<", ">"), ("[", "]"), ("【", "】"), ("《", "》"), ("〈", "〉")];
/// A longer stretch between braces is no variable.
const EXPRESSION_CHARS_MAX: usize = 80;

/// Every slip of a stretch of text, each once, in its order.
pub(super) fn slips<'t>(text: &'t str, declared: &BTreeSet<String>) -> Vec<Slip<'t>> {
    let mut slips: Vec<Slip<'_>> = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = split(rest, rest.find(ANY)) {
        if let Some(length) = tag(from) {
            rest = from.get(length..).unwrap_or_default();
            continue;
        }
        let (slip, behind) =
            if from.starts_with(CLOSE) { closing(rest, before) } else { opening(rest, before) };
        if slips.iter().all(|known| known.written != slip.written) {
            slips.push(Slip { at: text.len() - rest.len() + slip.at, ..slip });
        }
        rest = behind;
    }
    if AROUND.iter().any(|(open, _)| text.contains(open)) {
        slips.extend(declared.iter().filter_map(|name| bare(text, name)));
    }
    slips
}

fn split(text: &str, at: Option<usize>) -> Option<(&str, &str)> {
    text.split_at_checked(at?)
}

/// The bytes of a tag that is closed as it was opened; none when no such tag begins here.
fn tag(from: &str) -> Option<usize> {
    let (open, inner) = from.split_at_checked(2)?;
    let close = match open {
        "{#" => "#}",
        "{%" => "%}",
        "{{" if !inner.starts_with('{') => "}}",
        _ => return None,
    };
    let end = inner.find(close)?;
    let within = inner.get(..end)?;
    let n = |brace: char| within.matches(brace).count();
    let is_whole =
        !["{{", "{%", "｝"].iter().any(|other| within.contains(other)) && n('{') == n('}');
    (open == "{#" || is_whole).then_some(open.len() + end + close.len())
}

/// A brace that opens and is not closed as it should be; `before` stands before it.
fn opening<'t>(rest: &'t str, before: &str) -> (Slip<'t>, &'t str) {
    let from = rest.get(before.len()..).unwrap_or_default();
    let run = from.find(|c| !OPEN.contains(&c) && c != ' ').unwrap_or(from.len());
    let opened = from.get(..run).unwrap_or_default().trim_end().len();
    let (_, behind) = from.split_at(opened);
    let end = behind.find(|c| ANY.contains(&c) || c == '\n').unwrap_or(behind.len());
    let (inner, closing) = behind.split_at(end);
    let run = closing.find(|c| !CLOSE.contains(&c) && c != ' ').unwrap_or(closing.len());
    let closed = closing.get(..run).unwrap_or_default().trim_end().len();
    let (inner, end) = if closed == 0 && inner.is_ascii() {
        (inner, opened + inner.trim_end().len())
    } else if closed == 0 {
        let blanks = inner.len() - inner.trim_start().len();
        let word = inner.trim_start().find(|c| !is_part(c)).map_or(inner.len(), |n| blanks + n);
        let word = inner.get(..word).unwrap_or_default().trim_end();
        (word, opened + word.len())
    } else {
        (inner, opened + inner.len() + closed)
    };
    let sign = before.chars().next_back().filter(|c| SIGNS.contains(c)).map_or(0, char::len_utf8);
    let at = before.len() - sign;
    let written = rest.get(at..before.len() + end).unwrap_or_default();
    (Slip { written, at, meant: meant(inner) }, from.get(end..).unwrap_or_default())
}

/// A brace that closes what was not opened.
fn closing<'t>(rest: &'t str, before: &str) -> (Slip<'t>, &'t str) {
    let from = rest.get(before.len()..).unwrap_or_default();
    let length = from.find(|c| !CLOSE.contains(&c)).unwrap_or(from.len());
    let words = before.trim_end_matches(' ');
    let start = words.rfind(|c: char| !is_part(c) || !c.is_ascii()).map_or(0, |at| {
        at + words.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
    });
    let name = words.get(start..).unwrap_or_default();
    let start = if name.is_empty() { before.len() } else { start };
    let written = rest.get(start..before.len() + length).unwrap_or_default();
    (Slip { written, at: start, meant: meant(name) }, from.get(length..).unwrap_or_default())
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// How what stands between braces is written.
fn meant(inner: &str) -> Option<String> {
    let inner = inner.trim();
    let words = inner.trim_matches(PERCENT).trim();
    if words.is_empty() || words.chars().count() > EXPRESSION_CHARS_MAX {
        return None;
    }
    let is_statement = inner.starts_with(PERCENT) || inner.ends_with(PERCENT);
    Some(if is_statement { format!("{{% {words} %}}") } else { format!("{{{{ {words} }}}}") })
}

/// A name of a variable in the manner of other programs.
fn bare<'t>(text: &'t str, name: &str) -> Option<Slip<'t>> {
    AROUND.iter().find_map(|(open, close)| {
        let pattern = format!("{open}{name}{close}");
        let is_alone = |at: &usize| {
            let after = text.get(at + pattern.len()..).and_then(|after| after.chars().next());
            !close.is_empty() || !after.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let at = text.match_indices(&pattern).map(|(at, _)| at).find(is_alone)?;
        let written = text.get(at..at + pattern.len())?;
        Some(Slip { written, at, meant: meant(name) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_in_other_braces_is_found_with_what_was_meant() {
        let declared = BTreeSet::from(["place".to_owned(), "due".to_owned()]);
        let table: [(&str, &[(&str, &str)]); 23] = [
            ("地点:{place},", &[("{place}", "{{ place }}")]),
            ("${place}", &[("${place}", "{{ place }}")]),
            ("#{place}", &[("#{place}", "{{ place }}")]),
            ("{{place} {{ due }}", &[("{{place}", "{{ place }}")]),
            ("{{place 于 {{ due }}", &[("{{place", "{{ place }}")]),
            ("{{ place or due {{ due }}", &[("{{ place or due", "{{ place or due }}")]),
            ("{ {place} }", &[("{ {place} }", "{{ place }}")]),
            ("{{{ place }}}", &[("{{{ place }}}", "{{ place }}")]),
            ("｛｛place｝｝", &[("｛｛place｝｝", "{{ place }}")]),
            ("｛ place ｝", &[("｛ place ｝", "{{ place }}")]),
            ("{{ place ｝｝", &[("{{ place ｝｝", "{{ place }}")]),
            ("{place or due}", &[("{place or due}", "{{ place or due }}")]),
            ("{place}{due}{place}", &[("{place}", "{{ place }}"), ("{due}", "{{ due }}")]),
            ("place}} 处", &[("place}}", "{{ place }}")]),
            ("于 place }", &[("place }", "{{ place }}")]),
            ("{地点}", &[("{地点}", "{{ 地点 }}")]),
            ("｛% if due ％｝", &[("｛% if due ％｝", "{% if due %}")]),
            ("{% if due }到期", &[("{% if due }", "{% if due %}")]),
            ("$place,%due%", &[("%due%", "{{ due }}"), ("$place", "{{ place }}")]),
            ("<place>【due】", &[("【due】", "{{ due }}"), ("<place>", "{{ place }}")]),
            ("{{ place }}}", &[("}", "")]),
            ("于 { 处", &[("{ 处", "{{ 处 }}")]),
            ("$places {{ place }} {# {x} #}{% if due %}", &[]),
        ];
        for (text, expected) in table {
            let found = slips(text, &declared);
            let found: Vec<(&str, &str)> = found
                .iter()
                .map(|slip| (slip.written, slip.meant.as_deref().unwrap_or_default()))
                .collect();
            assert_eq!(found, expected, "{text}");
            for slip in slips(text, &declared) {
                assert!(text[slip.at..].starts_with(slip.written), "{text}: {slip:?}");
            }
        }
    }
}
