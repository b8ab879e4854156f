//! Probes: what an entity is asked, without being told, to see which forms are for whom now.
//!
//! Placeholders stand for what is not written yet. What is refused because of them would be refused because of what is
//! written, and so the form is offered; whatever else is refused is not.

use std::any::Any;

use clap::ArgMatches;

use super::asking::{Asking, Said, Who};
use super::field::{Field, Input};
use super::known::Known;

/// One asking with placeholders.
#[derive(Clone)]
pub(super) struct Probe {
    /// Which of its choices is made: the field, and the word.
    chosen: Option<(String, String)>,
    extent: Extent,
    matches: ArgMatches,
}

/// Which of the fields that may be left empty are filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    None,
    /// This one of the fields.
    Field(usize),
    All,
}

/// Every asking that is tried: each choice, with and without what may be left out, and that one by one.
pub(super) fn all(
    asking: &Asking,
    fields: &[Field],
    numbers: &dyn Fn(&Field) -> Vec<String>,
) -> Vec<Probe> {
    let varied = fields.iter().find(|field| varies(field));
    let choices: Vec<Option<(String, String)>> = match varied {
        None => vec![None],
        Some(field) => values(field, numbers)
            .into_iter()
            .map(|value| Some((field.name.clone(), value)))
            .collect(),
    };
    let singles = fields.iter().enumerate().filter(|(_, field)| !field.required);
    let extents = [Extent::None, Extent::All].into_iter();
    let extents: Vec<Extent> = extents.chain(singles.map(|(n, _)| Extent::Field(n))).collect();
    let (mut options, mut probes) = ((asking.options)(), Vec::new());
    for chosen in choices {
        for extent in &extents {
            let typed = typed(fields, chosen.as_ref(), *extent);
            if let Ok(matches) = options.try_get_matches_from_mut(typed) {
                probes.push(Probe { chosen: chosen.clone(), extent: *extent, matches });
            }
        }
    }
    probes
}

/// Whether each of its values is tried.
fn varies(field: &Field) -> bool {
    field.input == Input::Number || !field.choices.is_empty()
}

fn values(field: &Field, numbers: &dyn Fn(&Field) -> Vec<String>) -> Vec<String> {
    match field.input {
        Input::Number => numbers(field),
        Input::Choice
        | Input::Line
        | Input::Lines
        | Input::Day
        | Input::Instant
        | Input::Place
        | Input::Photo
        | Input::Paper
        | Input::Tick
        | Input::Hidden => field.values().map(str::to_owned).collect(),
    }
}

/// A command line of placeholders.
fn typed(fields: &[Field], chosen: Option<&(String, String)>, extent: Extent) -> Vec<String> {
    let mut typed = Vec::new();
    for (n, field) in fields.iter().enumerate() {
        let made = chosen.filter(|(name, _)| *name == field.name).map(|(_, value)| &**value);
        let is_filled = field.required || extent == Extent::All || extent == Extent::Field(n);
        if field.is_speaking_for() || !(is_filled || made.is_some()) {
            continue;
        }
        typed.push(if field.input == Input::Tick {
            format!("--{}", field.name)
        } else {
            format!("--{}={}", field.name, made.unwrap_or_else(|| placeholder(field)))
        });
    }
    typed
}

/// What stands for what is not written yet.
fn placeholder(field: &Field) -> &str {
    match field.input {
        Input::Line if field.takes == "SPAN" => "1工作日",
        Input::Line if field.is_telephone() => "12319",
        Input::Choice => field.values().next().unwrap_or("x"),
        Input::Line | Input::Lines | Input::Tick | Input::Hidden => "x",
        Input::Number => "1",
        Input::Day => "2026-01-01",
        Input::Instant => "2026-01-01T00:00",
        Input::Place => "0,0",
        Input::Photo | Input::Paper => {
            "0000000000000000000000000000000000000000000000000000000000000000"
        }
    }
}

/// The fields of a form that is offered, without what they may not fill in and what they may not choose; none for a form
/// that is not.
pub(super) fn fields(
    known: &Known,
    probes: &[Probe],
    entity: &dyn Any,
    who: &Who<'_>,
) -> Option<Vec<Field>> {
    let tried = |probe| Tried { probe, said: (known.asking.said)(entity, &probe.matches, who) };
    let tried: Vec<Tried<'_>> = probes.iter().map(tried).collect();
    let is_heeded = |one: &Tried<'_>| one.said == Said::Heeded;
    if !tried.iter().any(is_heeded) {
        return None;
    }
    let goes_bare = tried.iter().any(|one| one.probe.extent == Extent::None && is_heeded(one));
    let is_shown = |n: usize, field: &Field| {
        let alone = |one: &&Tried<'_>| one.probe.extent == Extent::Field(n);
        let is_kept = field.required || field.is_speaking_for() || !goes_bare;
        is_kept || !is_refused(tried.iter().filter(alone))
    };
    let fields = known.fields.iter().enumerate().filter(|(n, field)| is_shown(*n, field));
    Some(fields.map(|(_, field)| narrowed(field.clone(), &tried)).collect())
}

/// A probe, and what came of it.
struct Tried<'a> {
    probe: &'a Probe,
    said: Said,
}

/// Whether some of them are refused, and none is heeded.
fn is_refused<'a>(tried: impl Iterator<Item = &'a Tried<'a>>) -> bool {
    let said: Vec<Said> = tried.map(|one| one.said).collect();
    said.contains(&Said::Refused) && !said.contains(&Said::Heeded)
}

/// The field with those choices alone that would be heeded.
fn narrowed(mut field: Field, tried: &[Tried<'_>]) -> Field {
    for group in &mut field.choices {
        group.choices.retain(|choice| {
            let makes = |one: &&Tried<'_>| {
                let chosen = one.probe.chosen.as_ref();
                chosen.is_some_and(|(name, value)| *name == field.name && *value == choice.value)
            };
            !is_refused(tried.iter().filter(makes))
        });
    }
    field
}

#[cfg(test)]
mod tests {
    use super::super::known::{OF_CASES, OF_MEETINGS, OF_SHIFTS};
    use super::*;

    #[test]
    fn every_form_can_be_filled_in_altogether_and_each_of_its_fields_alone() {
        for known in OF_CASES.iter().chain(OF_SHIFTS.iter()).chain(OF_MEETINGS.iter()) {
            let name = known.asking.name;
            let probes = all(&known.asking, &known.fields, &|_| vec!["1".to_owned()]);
            let is_tried = |extent| probes.iter().any(|probe| probe.extent == extent);
            assert!(is_tried(Extent::All), "{name}: all");
            let others = known.fields.iter().enumerate().filter(|(_, field)| !field.required);
            for (n, field) in others {
                assert!(is_tried(Extent::Field(n)), "{name}: {}", field.name);
            }
        }
    }
}
