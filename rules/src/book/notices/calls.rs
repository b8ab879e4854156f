//! Calls: the filters, tests and functions that a template names, and the templates it wants to read, wherever they stand.
//!
//! A template that compiles is well formed, so a look at its words is enough: what follows `|` is a filter, what follows
//! `is` a test, what stands before `(` a function.

use std::collections::BTreeSet;

/// What a template calls by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Called<'t> {
    Filter(&'t str),
    Test(&'t str),
    Function(&'t str),
    /// Another template, by this tag.
    Other(&'t str),
}

/// Words that may stand before a bracket and are no function.
const WORDS: [&str; 11] =
    ["and", "elif", "else", "for", "if", "in", "is", "not", "or", "recursive", "set"];
/// Functions that a template has from where it stands.
const OWN: [&str; 3] = ["caller", "loop", "super"];

/// Everything that is called in `template`.
pub(super) fn calls(template: &str) -> BTreeSet<Called<'_>> {
    let (mut called, mut named) = (BTreeSet::new(), BTreeSet::from(OWN));
    for tag in tags(template) {
        read(&tag, &mut called, &mut named);
    }
    called.retain(|one| !matches!(one, Called::Function(name) if named.contains(name)));
    called
}

fn read<'t>(tag: &[Token<'t>], called: &mut BTreeSet<Called<'t>>, named: &mut BTreeSet<&'t str>) {
    for (place, token) in tag.iter().enumerate() {
        let Token::Word(word) = *token else { continue };
        let before = |n: usize| place.checked_sub(n).and_then(|place| tag.get(place)).copied();
        let is_first = before(1) == Some(Token::Sign('%'));
        let (one, two) = (before(1), before(2));
        if is_first {
            if matches!(word, "include" | "import" | "from" | "extends") {
                called.insert(Called::Other(word));
            }
            continue;
        }
        let begins = tag.get(1).copied();
        if two == Some(Token::Sign('%')) && begins == Some(Token::Word("filter")) {
            called.insert(Called::Filter(word));
        } else if one == Some(Token::Word("macro")) || one == Some(Token::Word("set")) {
            named.insert(word);
        } else if one == Some(Token::Sign('|')) {
            called.insert(Called::Filter(word));
        } else if one == Some(Token::Word("is")) && word != "not"
            || one == Some(Token::Word("not")) && two == Some(Token::Word("is"))
        {
            called.insert(Called::Test(word));
        } else if tag.get(place + 1) == Some(&Token::Sign('('))
            && one != Some(Token::Sign('.'))
            && !WORDS.contains(&word)
        {
            called.insert(Called::Function(word));
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Sign(char),
    Text,
}

/// The words and signs of every tag; of a `{% … %}` the first is `%`.
fn tags(template: &str) -> Vec<Vec<Token<'_>>> {
    let (mut tags, mut rest) = (Vec::new(), template);
    while let Some(at) = rest.find('{') {
        let from = rest.get(at..).unwrap_or_default();
        let (open, inner) = from.split_at_checked(2).unwrap_or((from, ""));
        rest = match open {
            "{#" => behind(inner, "#}"),
            "{{" => {
                let (tokens, behind) = tokens(inner, "}}");
                tags.push(tokens);
                behind
            }
            "{%" => {
                let (inside, after) = tokens(inner, "%}");
                let is_raw = inside.contains(&Token::Word("raw"));
                tags.push(std::iter::once(Token::Sign('%')).chain(inside).collect());
                if is_raw { behind(after, "endraw") } else { after }
            }
            _ => from.get(1..).unwrap_or_default(),
        };
    }
    tags
}

fn behind<'t>(text: &'t str, end: &str) -> &'t str {
    text.split_once(end).map_or("", |(_, behind)| behind)
}

/// What stands before `end`, and what behind it. A brace that opened inside closes first.
fn tokens<'t>(inner: &'t str, end: &str) -> (Vec<Token<'t>>, &'t str) {
    let (mut tokens, mut rest, mut open) = (Vec::new(), inner, 0_usize);
    while let Some(c) = rest.chars().next() {
        if open == 0 && rest.starts_with(end) {
            return (tokens, behind(rest, end));
        }
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let length = match c {
            '"' | '\'' => {
                tokens.push(Token::Text);
                quoted(rest, c)
            }
            c if is_part(c) => {
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest.get(..length).unwrap_or_default()));
                length
            }
            // A mark that keeps or takes away blanks says nothing.
            c if c.is_whitespace() || (matches!(c, '-' | '+') && tokens.is_empty()) => c.len_utf8(),
            c => {
                open = match c {
                    '{' => open + 1,
                    '}' => open.saturating_sub(1),
                    _ => open,
                };
                tokens.push(Token::Sign(c));
                c.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    (tokens, "")
}

/// The bytes of a text in quotation marks, the marks with it.
fn quoted(text: &str, mark: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == mark => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_calls_is_found_wherever_it_stands() {
        use Called::{Filter, Function, Other, Test};
        let table: [(&str, &[Called<'_>]); 12] = [
            ("{{ a|upper }} | lower", &[Filter("upper")]),
            (
                "{% if a is not none and b is defined %}x{% endif %}",
                &[Test("defined"), Test("none")],
            ),
            ("{% if no %}{{ a | f('x|y', b|g) }}{% endif %}", &[Filter("f"), Filter("g")]),
            ("{%- filter shout -%}x{% endfilter %}", &[Filter("shout")]),
            ("{{ now() }}{{ a.b() }}{{ loop(x) }}{{ (a) }}", &[Function("now")]),
            ("{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1) }}", &[]),
            ("{% include 'x' %}{% import 'y' as z %}", &[Other("import"), Other("include")]),
            ("{# {{ a|b }} #}{% raw %}{{ a|b }}{% endraw %}", &[]),
            ("{{ {'a': {'b': 1}}|tojson }}", &[Filter("tojson")]),
            ("{{ '}}'|f }}{{ \"\\\"|g\" }}", &[Filter("f")]),
            ("{% if not (a) %}{% elif (b) %}{% endif %}", &[]),
            (
                "{% set x = a|f %}{% for i in range(3) if (i) %}{% endfor %}",
                &[Filter("f"), Function("range")],
            ),
        ];
        for (template, expected) in table {
            assert_eq!(calls(template), expected.iter().copied().collect(), "{template}");
        }
    }
}
