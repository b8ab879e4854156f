//! Known forms: of every row of the list that is asked by form, its words, its fields, and what is tried on an entity.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::asking::Asking;
use super::field::{Field, Input, for_people, label};
use super::probe::{self, Probe};
use crate::operations::Resource;
use crate::operations::cases::CASES;
use crate::operations::meetings::MEETINGS;
use crate::operations::shifts::SHIFTS;

/// Forms of cases, in the order of the list.
pub(super) static OF_CASES: LazyLock<Vec<Known>> = LazyLock::new(|| all(&CASES));
/// Those of shifts.
pub(super) static OF_SHIFTS: LazyLock<Vec<Known>> = LazyLock::new(|| all(&SHIFTS));

/// Those of meetings.
pub(super) static OF_MEETINGS: LazyLock<Vec<Known>> = LazyLock::new(|| all(&MEETINGS));

/// A form as it is for everybody.
pub(super) struct Known {
    pub(super) asking: Asking,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) fields: Vec<Field>,
    /// What is tried where no number has to be chosen.
    probes: Vec<Probe>,
}

fn all(of: &Resource) -> Vec<Known> {
    of.rows.iter().filter_map(|row| row.form).map(Known::of).collect()
}

impl Known {
    fn of(asking: Asking) -> Known {
        let command = (asking.options)();
        let fields: Vec<Field> = command.get_arguments().filter_map(Field::of).collect();
        let said = command.get_long_about().or(command.get_about());
        let said = for_people(&said.map(ToString::to_string).unwrap_or_default());
        let (title, about) = label(&said);
        let probes = probe::all(&asking, &fields, &|_| Vec::new());
        Known { asking, title, about, fields, probes }
    }

    /// What is tried; of a field that takes a number, one of `numbers`.
    pub(super) fn probes(&self, numbers: &dyn Fn(&Field) -> Vec<String>) -> Cow<'_, [Probe]> {
        if self.fields.iter().any(|field| field.input == Input::Number) {
            return Cow::Owned(probe::all(&self.asking, &self.fields, numbers));
        }
        Cow::Borrowed(&self.probes)
    }

    /// Whether it says for which unit it is entered.
    pub(super) fn names_unit(&self) -> bool {
        self.fields.iter().any(Field::is_speaking_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_speaks_to_people_in_words_of_programs() {
        let forms = OF_CASES.iter().chain(OF_SHIFTS.iter()).chain(OF_MEETINGS.iter());
        for known in forms {
            let choices = |field: &Field| {
                let choices = field.choices.iter().flat_map(|group| &group.choices);
                choices.map(|choice| choice.words.clone()).collect::<Vec<_>>()
            };
            let fields = known.fields.iter().flat_map(|field| {
                let said = [&field.label, &field.hint, &field.blank].map(String::clone);
                said.into_iter().chain(choices(field))
            });
            let said = [known.title.clone(), known.about.clone()].into_iter().chain(fields);
            for words in said {
                assert!(
                    !words.contains(|c: char| c.is_ascii_lowercase()),
                    "{}: {words}",
                    known.asking.name
                );
            }
        }
    }
}
