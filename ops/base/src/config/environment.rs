//! Overrides from the environment: `DUBAN_COURIER_SMTP_HOST` for `courier.smtp.host`, and so for every field.
//!
//! For containers and service files; they come after the file and before the command line.

use std::ffi::OsString;

use super::fields::{self, Field, Set, Slot};
use super::{Config, Problem};

/// What an override is called in problems: the environment is no file.
pub(super) const PLACE: &str = "环境变量";

pub(super) fn variable(field: &Field) -> String {
    format!("DUBAN_{}", field.name().replace('.', "_").to_uppercase())
}

/// Sets in `config` what `value_of` knows of any field's variable; gives what is wrong.
pub(super) fn heed(
    config: &mut Config,
    value_of: impl Fn(&str) -> Option<OsString>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for field in fields::all() {
        let name = variable(field);
        let Some(value) = value_of(&name) else { continue };
        let said = value.to_str().map(|text| set(field, config, text));
        if said != Some(Set::Done) {
            problems.push(Problem::of_environment(PLACE, &name, field));
        }
    }
    problems
}

fn set(field: &Field, config: &mut Config, text: &str) -> Set {
    let done = match field.slot {
        Slot::Path(place) => {
            *place(config) = text.into();
            true
        }
        Slot::Text(place) => {
            text.clone_into(place(config));
            true
        }
        Slot::Name(place) if fields::is_name(text) => {
            text.clone_into(place(config));
            true
        }
        Slot::Name(_) => false,
        Slot::Count(least, most, place) => match text.trim().parse() {
            Ok(number) if (least..=most).contains(&number) => {
                *place(config) = number;
                true
            }
            Ok(_) | Err(_) => false,
        },
        Slot::Level(place) => match crate::config::log::Level::of(text) {
            Some(level) => {
                *place(config) = level;
                true
            }
            None => false,
        },
        Slot::Lang(place) => match fields::LANGS.iter().find(|(word, _)| *word == text) {
            Some((_, lang)) => {
                *place(config) = *lang;
                true
            }
            None => false,
        },
        Slot::Word(words) => return (words.set)(config, text),
    };
    if done { Set::Done } else { Set::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_can_be_set_by_its_variable_and_a_wrong_value_is_a_problem() {
        let mut config = Config::default();
        let said = |name: &str| match name {
            "DUBAN_COURIER_SMTP_HOST" => Some("mail.suning.example".into()),
            "DUBAN_HTTP_WORKERS" => Some("4".into()),
            "DUBAN_LOG_LEVEL" => Some("loud".into()),
            "DUBAN_STORE_CACHE_MIB" => Some("1".into()),
            "DUBAN_CLUSTER_NODE" => Some("node-1".into()),
            "DUBAN_CLUSTER_NAME" => Some("{suning}".into()),
            _ => None,
        };
        let problems = heed(&mut config, said);
        assert_eq!(config.couriers.smtp.host, "mail.suning.example");
        assert_eq!(config.http_workers, 4);
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert_eq!(config.cluster.written.name, "node-1");
        assert_eq!(config.cluster.node(), None);
        assert_eq!(config.store_cache_mib, Config::default().store_cache_mib);
    }

    #[test]
    fn no_two_fields_share_a_variable() {
        let mut names: Vec<String> = fields::all().map(variable).collect();
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n);
    }
}
