//! Fields of a form, from the options that the command line has for the same operation.

use std::any::TypeId;

use clap::builder::StyledStr;
use clap::{Arg, ArgAction};
use serde::Serialize;

use crate::http::api::choices;
use crate::http::api::place::{Day, Instant, Spot};
use crate::http::api::text::{FileId, Matter, PhotoId, Reason, Words};

/// What ends the first words of a comment.
const ENDS: [char; 6] = [':', ';', ',', '(', '。', '\n'];

/// What is chosen among what there is, by what stands for it on the command line.
const CHOSEN: [&str; 5] = ["UNIT", "CONDITION", "COLLECTOR", "LOGIN", "CASE"];

/// A field.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// As the command line has it, e.g. `seen-at`.
    pub name: String,
    pub label: String,
    pub hint: String,
    /// What it is where nothing is chosen; empty where that goes without saying.
    pub blank: String,
    pub input: Input,
    pub required: bool,
    pub several: bool,
    /// What can be chosen.
    pub choices: Vec<Group>,
    /// What is offered to whoever types.
    pub known: Vec<String>,
    pub values: Vec<String>,
    pub wrong: String,
    /// What stands for its value on the command line, e.g. `UNIT`.
    #[serde(skip)]
    pub(super) takes: String,
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// A line.
    Line,
    /// Several lines.
    Lines,
    Number,
    Day,
    Instant,
    /// Degrees east and north.
    Place,
    Photo,
    /// A signed form, a scan or a recording.
    Paper,
    /// One of some words, or several.
    Choice,
    /// Said or not.
    Tick,
    /// Nobody fills it in.
    Hidden,
}

/// Choices under a heading; an empty one for no heading.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    pub name: String,
    pub choices: Vec<Choice>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub words: String,
}

impl Field {
    /// The field of an option.
    pub(super) fn of(arg: &Arg) -> Option<Field> {
        let name = arg.get_long()?.to_owned();
        let help = arg.get_help().map(StyledStr::to_string).unwrap_or_default();
        let help = for_people(&help);
        let takes = arg.get_value_names().and_then(|names| names.first());
        let takes = takes.map(ToString::to_string).unwrap_or_default();
        let choices = words(arg);
        let input = input(arg, &takes, &choices);
        let (label, mut hint) = label(&help);
        let blank = if input == Input::Choice { blank(&hint).to_owned() } else { String::new() };
        let several = matches!(arg.get_action(), ArgAction::Append);
        let input = if several && input == Input::Line {
            "一行一个".clone_into(&mut hint);
            Input::Lines
        } else {
            input
        };
        Some(Field {
            name,
            label,
            // What is chosen says it itself.
            hint: if [Input::Choice, Input::Photo, Input::Paper].contains(&input) {
                String::new()
            } else {
                hint
            },
            blank,
            input,
            required: arg.is_required_set(),
            several,
            choices,
            known: Vec::new(),
            values: Vec::new(),
            wrong: String::new(),
            takes,
        })
    }

    /// Whether it names the unit for which somebody else enters it.
    pub(super) fn is_speaking_for(&self) -> bool {
        self.name == "on-behalf-of"
    }

    /// Whether the form itself makes up what stands there: what a report is called.
    pub(super) fn is_made_up(&self) -> bool {
        self.input == Input::Hidden && self.name == "external-id"
    }

    /// Whether the form itself says what stands there, and nobody fills it in.
    pub(super) fn is_of_the_form(&self) -> bool {
        ["SOURCE", "ID"].contains(&self.takes.as_str())
    }

    /// Whether it takes a telephone number.
    pub(super) fn is_telephone(&self) -> bool {
        self.takes == "PHONE"
    }

    /// What a value of it is called, of these choices beside its own.
    pub(super) fn words_of<'a>(&'a self, value: &'a str, known: &'a [Group]) -> &'a str {
        let mut choices = self.choices.iter().chain(known).flat_map(|group| &group.choices);
        let chosen = choices.find(|choice| choice.value == value);
        match (chosen, self.input) {
            (Some(choice), _) => &choice.words,
            (None, Input::Tick) => "是",
            (None, _) => value,
        }
    }

    /// The values that can be chosen.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.choices.iter().flat_map(|group| &group.choices).map(|choice| &*choice.value)
    }
}

fn input(arg: &Arg, takes: &str, choices: &[Group]) -> Input {
    let of = arg.get_value_parser().type_id();
    let is = |types: &[TypeId]| types.iter().any(|known| of == *known);
    if matches!(arg.get_action(), ArgAction::SetTrue) {
        Input::Tick
    } else if !choices.is_empty() || CHOSEN.contains(&takes) {
        Input::Choice
    } else if is(&[TypeId::of::<PhotoId>()]) {
        Input::Photo
    } else if is(&[TypeId::of::<FileId>()]) {
        Input::Paper
    } else if is(&[TypeId::of::<Words>(), TypeId::of::<Matter>(), TypeId::of::<Reason>()]) {
        Input::Lines
    } else if is(&[TypeId::of::<Day>()]) {
        Input::Day
    } else if is(&[TypeId::of::<Instant>()]) {
        Input::Instant
    } else if is(&[TypeId::of::<Spot>()]) {
        Input::Place
    } else if is(&[TypeId::of::<u16>()]) {
        Input::Number
    } else {
        Input::Line
    }
}

/// The words of which an option takes one.
fn words(arg: &Arg) -> Vec<Group> {
    let of = arg.get_value_parser().type_id();
    let known = choices::every().into_iter().filter(|_| arg.get_action().takes_values());
    let words = known.filter(|(known, _)| of == *known).map(|(_, words)| words);
    let group = words.map(|words| {
        let choice = |(value, words): &(&str, &str)| Choice {
            value: (*value).to_owned(),
            words: (*words).to_owned(),
        };
        Group { name: String::new(), choices: words.iter().map(choice).collect() }
    });
    group.take(1).collect()
}

/// The first words of a comment, and what comes behind them.
pub(super) fn label(comment: &str) -> (String, String) {
    let (first, rest) = comment.split_at(comment.find(ENDS).unwrap_or(comment.len()));
    let rest = rest.trim_start_matches([':', ';', ',', '。', '\n']).trim();
    (first.trim().to_owned(), rest.to_owned())
}

/// What a hint says of a choice that is not made, e.g. `不写则按单位的惯例`.
fn blank(hint: &str) -> &str {
    let from = hint.find("不写").and_then(|at| hint.get(at..)).unwrap_or_default();
    from.split(ENDS).next().unwrap_or_default()
}

/// What is said without the words of programs in brackets: whoever fills in a form goes by the words of people. A day or a
/// code in brackets is no such word.
pub(crate) fn for_people(comment: &str) -> String {
    let mut parts = comment.split('(');
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let bracketed = part.split_once(')');
        let is_of_programs =
            |inside: &str| inside.is_ascii() && inside.contains(|c: char| c.is_ascii_lowercase());
        let of_programs = bracketed.filter(|(inside, _)| is_of_programs(inside));
        if let Some((_, behind)) = of_programs {
            words.push_str(behind);
        } else {
            words.push('(');
            words.push_str(part);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_programs_in_brackets_are_left_out_and_articles_are_not() {
        let comment = "打通(answered)之时即派遣;无人接听(no-answer)的照实登记(办法第七条)。";
        let words = "打通之时即派遣;无人接听的照实登记(办法第七条)。";
        assert_eq!(for_people(comment), words);
        for kept in ["理由(一)(x", "申请之日(2026-03-18)以后", "电力局(DL)"] {
            assert_eq!(for_people(kept), kept);
        }
    }

    #[test]
    fn the_first_words_of_a_comment_are_a_label_and_the_others_a_hint() {
        for (comment, label_of, hint) in [
            ("理由", "理由", ""),
            ("意见:同意 agree,不同意 disagree", "意见", "同意 agree,不同意 disagree"),
            ("理由;告知单位", "理由", "告知单位"),
            ("主要领导签章的申请(照片)", "主要领导签章的申请", "(照片)"),
        ] {
            assert_eq!(label(comment), (label_of.to_owned(), hint.to_owned()));
        }
    }
}
