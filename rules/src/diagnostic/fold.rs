//! Groups of diagnostics: says once what many places have in common.
//!
//! Whoever finds something reports each place by itself; here those of one file, code, sentence and way out are put
//! together. Two sentences are one when they differ in what they quote or count alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Diagnostic, Lang, Severity, Text};

/// Different values that are named in the place of one.
const VALUES_NAMED: usize = 3;
/// So few are told one by one where a common sentence would hide in what they differ.
const FEW: usize = 3;

/// What several places have in common; most often it is one place.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) message: Text,
    /// Each of them, in the order of the text.
    pub(super) members: Vec<&'a Diagnostic>,
}

/// Puts together what says the same, each group where its first stands.
pub(super) fn groups(found: &[Diagnostic]) -> Vec<Group<'_>> {
    let mut alike: BTreeMap<Key<'_>, Vec<(usize, &Diagnostic)>> = BTreeMap::new();
    for (at, one) in found.iter().enumerate() {
        alike.entry(Key::of(one)).or_default().push((at, one));
    }
    let mut groups: Vec<(usize, Group<'_>)> = Vec::new();
    for members in alike.into_values() {
        let texts: Vec<&str> = members.iter().map(|(_, one)| one.message.of(Lang::Zh)).collect();
        let hides = members.len() <= FEW && differing(&texts).len() > 1;
        if hides {
            groups.extend(members.into_iter().map(|(at, one)| (at, Group::of(vec![one]))));
        } else if let Some((at, _)) = members.first() {
            groups.push((*at, Group::of(members.iter().map(|(_, one)| *one).collect())));
        }
    }
    groups.sort_by_key(|(at, _)| *at);
    groups.into_iter().map(|(_, group)| group).collect()
}

impl<'a> Group<'a> {
    fn of(members: Vec<&'a Diagnostic>) -> Group<'a> {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| sentence(&members, lang));
        Group { message: Text::new(zh, en), members }
    }
}

/// What makes two diagnostics one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    file: &'a str,
    code: &'static str,
    severity: Severity,
    shape: String,
    help: &'a str,
}

impl Key<'_> {
    fn of(one: &Diagnostic) -> Key<'_> {
        let shape = |piece: Piece<'_>| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Value(_) => "\u{0}".to_owned(),
        };
        Key {
            file: &one.file,
            code: one.code,
            severity: one.severity,
            shape: pieces(one.message.of(Lang::Zh)).map(shape).collect(),
            help: one.help.of(Lang::Zh),
        }
    }
}

/// A part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    /// What every sentence of this kind says.
    Words(&'t str),
    /// What this one quotes or counts, with its quotation marks.
    Value(&'t str),
}

/// The parts of a sentence, in order.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let value = value_length(rest);
        let length = match value {
            0 => rest.char_indices().map(|(at, _)| at).skip(1).find(|at| begins_value(rest, *at)),
            length => Some(length),
        };
        let (piece, after) = rest.split_at_checked(length.unwrap_or(rest.len()))?;
        rest = after;
        Some(if value > 0 { Piece::Value(piece) } else { Piece::Words(piece) })
    })
}

fn begins_value(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| value_length(rest) > 0)
}

/// How many bytes the value at the front takes: a quotation, or a number or date.
fn value_length(text: &str) -> usize {
    for (open, close) in [('`', '`'), ('“', '”')] {
        if let Some(inner) = text.strip_prefix(open) {
            return inner.find(close).map_or(0, |at| open.len_utf8() + at + close.len_utf8());
        }
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    let number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ':' | '-');
    let end = text.find(|c: char| !number(c)).unwrap_or(text.len());
    let value = text.get(..end).unwrap_or_default();
    value.trim_end_matches(|c: char| !c.is_ascii_digit()).len()
}

/// Of sentences of one shape, the parts that are not the same in all, each with its different values in order.
fn differing<'t>(texts: &[&'t str]) -> BTreeMap<usize, Vec<&'t str>> {
    let mut values: BTreeMap<usize, Vec<&'t str>> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for text in texts {
        for (at, piece) in pieces(text).enumerate() {
            let Piece::Value(value) = piece else { continue };
            if known.insert((at, value)) {
                values.entry(at).or_default().push(value);
            }
        }
    }
    values.retain(|_, different| different.len() > 1);
    values
}

/// What is said of all members: the sentence of the first, with the values of the others beside its own.
fn sentence(members: &[&Diagnostic], lang: Lang) -> String {
    let texts: Vec<&str> = members.iter().map(|one| one.message.of(lang)).collect();
    let Some(first) = texts.first() else { return String::new() };
    let times = members.len();
    if times == 1 {
        return (*first).to_owned();
    }
    let differing = differing(&texts);
    let mut said = match differing.len() {
        0 | 1 => String::new(),
        _ => (*first).to_owned(),
    };
    if said.is_empty() {
        for (at, piece) in pieces(first).enumerate() {
            match (piece, differing.get(&at)) {
                (Piece::Words(words) | Piece::Value(words), None) => said.push_str(words),
                (_, Some(values)) => said.push_str(&listed(values, lang)),
            }
        }
    }
    let many = match (lang, differing.len()) {
        (Lang::Zh, 0 | 1) => format!(",共 {times} 处"),
        (Lang::Zh, _) => format!(",同类共 {times} 处"),
        (Lang::En, 0 | 1) => format!(", {times} times"),
        (Lang::En, _) => format!(", {times} of this kind"),
    };
    said + &many
}

fn listed(values: &[&str], lang: Lang) -> String {
    let named: Vec<&str> = values.iter().take(VALUES_NAMED).copied().collect();
    let all = values.len();
    match (lang, all > VALUES_NAMED) {
        (Lang::Zh, false) => named.join("、"),
        (Lang::Zh, true) => format!("{} 等 {all} 种", named.join("、")),
        (Lang::En, false) => named.join(", "),
        (Lang::En, true) => format!("{} and {} more", named.join(", "), all - VALUES_NAMED),
    }
}

#[cfg(test)]
mod tests {
    use super::{Lang, groups};
    use crate::diagnostic::{Diagnostic, Text};

    fn found(said: &[(&str, &str)]) -> Vec<Diagnostic> {
        let one = |(message, help): &(&str, &str)| Diagnostic {
            message: Text::new(*message, *message),
            help: Text::new(*help, *help),
            ..Diagnostic::file_missing("a.csv")
        };
        said.iter().map(one).collect()
    }

    fn sentences(said: &[(&str, &str)], lang: Lang) -> Vec<String> {
        let found = found(said);
        groups(&found).iter().map(|group| group.message.of(lang).to_owned()).collect()
    }

    #[test]
    fn one_cause_is_one_sentence_that_names_its_different_values() {
        let many: Vec<(String, &str)> =
            (0..7).map(|n| (format!("单位 `U{}` 不在表中", n % 5), "改正")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(m, h)| (m.as_str(), *h)).collect();
        assert_eq!(sentences(&many, Lang::Zh), ["单位 `U0`、`U1`、`U2` 等 5 种 不在表中,共 7 处"]);
        assert_eq!(
            sentences(&many, Lang::En),
            ["单位 `U0`, `U1`, `U2` and 2 more 不在表中, 7 times"]
        );
        assert_eq!(sentences(&[("空", ""), ("空", "")], Lang::Zh), ["空,共 2 处"]);
    }

    #[test]
    fn another_way_out_is_another_message() {
        let said = [("缺少键 `a`", "补上 `a`"), ("缺少键 `b`", "补上 `b`")];
        assert_eq!(sentences(&said, Lang::Zh), ["缺少键 `a`", "缺少键 `b`"]);
    }

    #[test]
    fn a_few_that_differ_in_several_values_are_told_one_by_one_and_many_are_not() {
        let few = [("`a` 对应 `1`", ""), ("`b` 对应 `2`", ""), ("无", "")];
        assert_eq!(sentences(&few, Lang::Zh), ["`a` 对应 `1`", "`b` 对应 `2`", "无"]);
        let many = [
            ("`a` 对应 `1`", ""),
            ("`b` 对应 `2`", ""),
            ("`c` 对应 `3`", ""),
            ("`d` 对应 `4`", ""),
        ];
        assert_eq!(sentences(&many, Lang::Zh), ["`a` 对应 `1`,同类共 4 处"]);
    }

    #[test]
    fn years_and_dates_are_values_too() {
        let said = [("2027 年未公布", ""), ("2028 年未公布", "")];
        assert_eq!(sentences(&said, Lang::Zh), ["2027、2028 年未公布,共 2 处"]);
        let said = [("日期 2026-01-01 重复", ""), ("日期 2026-02-03 重复", "")];
        assert_eq!(sentences(&said, Lang::Zh), ["日期 2026-01-01、2026-02-03 重复,共 2 处"]);
    }
}
