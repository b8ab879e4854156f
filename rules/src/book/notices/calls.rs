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

/// What a template is made of: what it says, and its tags with their words and signs; of a `{% … %}` the first is `%`.
enum Part<'t> {
    /// With where it begins, in bytes.
    Text(usize, &'t str),
    Tag(Vec<Token<'t>>),
}

/// Everything that a template says as it stands, and where.
pub(super) fn texts(template: &str) -> impl Iterator<Item = (usize, &str)> {
    parts(template).into_iter().filter_map(|part| match part {
        Part::Text(at, text) => Some((at, text)),
        Part::Tag(_) => None,
    })
}

/// Where a template names what has no value, to compare with it or to print it: behind `is` it is a test.
pub(super) fn nones(template: &str) -> BTreeSet<&str> {
    let mut nones = BTreeSet::new();
    for tag in tags(template) {
        let mut before = [None, None];
        for token in tag {
            if let Token::Word(word @ ("none" | "None")) = token
                && !matches!(before, [_, Some(Token::Word("is"))])
                && before != [Some(Token::Word("is")), Some(Token::Word("not"))]
            {
                nones.insert(word);
            }
            before = [before[1], Some(token)];
        }
    }
    nones
}

fn tags(template: &str) -> impl Iterator<Item = Vec<Token<'_>>> {
    parts(template).into_iter().filter_map(|part| match part {
        Part::Text(..) => None,
        Part::Tag(tokens) => Some(tokens),
    })
}

fn parts(template: &str) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), template);
    while let Some(at) = ["{#", "{{", "{%"].iter().filter_map(|open| rest.find(open)).min() {
        let (text, from) = rest.split_at(at);
        let (open, inner) = from.split_at(2);
        parts.push(Part::Text(template.len() - rest.len(), text));
        rest = match open {
            "{#" => behind(inner, "#}"),
            "{{" => {
                let (tokens, behind) = tokens(inner, "}}");
                parts.push(Part::Tag(tokens));
                behind
            }
            _ => {
                let (inside, after) = tokens(inner, "%}");
                let is_raw = inside.contains(&Token::Word("raw"));
                let tag = std::iter::once(Token::Sign('%')).chain(inside).collect();
                parts.push(Part::Tag(tag));
                if is_raw { behind(behind(after, "endraw"), "%}") } else { after }
            }
        };
    }
    parts.push(Part::Text(template.len() - rest.len(), rest));
    parts
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
    fn what_has_no_value_is_found_where_it_is_named_and_not_where_it_is_tested() {
        for (template, found) in [
            ("{% if a is none or b is not none %}none{% endif %}", false),
            ("{% if a == none %}{% endif %}", true),
            ("{{ a or None }}", true),
            ("{{ 'none' }}{% raw %}{{ none }}{% endraw %}", false),
        ] {
            assert_eq!(!nones(template).is_empty(), found, "{template}");
        }
    }

    #[test]
    fn what_a_template_says_is_everything_but_its_tags() {
        let template = "a{{ b }}c{# d #}{% raw %}{{ e }}{% endraw %}f {g}";
        let said: Vec<(usize, &str)> = texts(template).collect();
        assert_eq!(said, [(0, "a"), (8, "c"), (16, ""), (44, "f {g}")]);
    }

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
