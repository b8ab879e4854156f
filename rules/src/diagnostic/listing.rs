//! The list of everything that was found, as an admin reads it: one cause is one entry, and a list fits a screen or two.
//!
//! Each entry is drawn with its line of the text while there is room; the rest have a line for what is wrong and one
//! for where and what to do. Machines get the places of an entry one by one.

use serde_json::{Value, json};

use super::fold::{Group, groups};
use super::place::{Place, Walk, named};
use super::{Diagnostic, Lang, Severity};
use crate::source::Sources;

/// Lines of a list.
const LINES_MAX: usize = 56;
/// Lines of an entry that is not drawn.
const SHORT_LINES: usize = 2;
/// Entries of a list for people; more are counted.
const ENTRIES_MAX: usize = 26;
/// Entries of a list for machines; more are counted.
const JSON_ENTRIES_MAX: usize = 200;
/// Places of an entry that machines get; more are counted.
const JSON_PLACES_MAX: usize = 50;

/// Everything that was found in some rules files.
#[derive(Debug)]
pub struct Listing<'a> {
    sources: &'a Sources,
    groups: Vec<Group<'a>>,
}

/// How many entries a list has of one severity, and how many places they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Entries.
    pub kinds: usize,
    pub places: usize,
}

/// What was found with this severity, a sentence for each cause with its code and number of places; at most
/// `n_max` sentences and one that counts the rest.
pub fn sentences(
    found: &[Diagnostic],
    severity: Severity,
    lang: Lang,
    n_max: usize,
) -> Vec<String> {
    let all = groups(found);
    let of_it: Vec<&Group<'_>> = all.iter().filter(|group| group.severity() == severity).collect();
    let told = of_it.iter().take(n_max).map(|group| {
        let code = group.members.first().map_or("", |one| one.code);
        format!("{code} {}", group.message.of(lang))
    });
    let mut told: Vec<String> = told.collect();
    let n_more = of_it.len().saturating_sub(n_max);
    if n_more > 0 {
        told.push(match lang {
            Lang::Zh => format!("另有 {n_more} 种"),
            Lang::En => format!("and {n_more} more"),
        });
    }
    told
}

impl<'a> Listing<'a> {
    /// The list of what was found in these files.
    pub fn of(found: &'a [Diagnostic], sources: &'a Sources) -> Listing<'a> {
        Listing { sources, groups: groups(found) }
    }

    /// The list of what was found with this severity.
    #[must_use]
    pub fn only(mut self, severity: Severity) -> Listing<'a> {
        self.groups.retain(|group| group.severity() == severity);
        self
    }

    /// How many of a severity there are.
    pub fn count(&self, severity: Severity) -> Tally {
        let groups = || self.groups.iter().filter(|group| group.severity() == severity);
        Tally { kinds: groups().count(), places: groups().map(|group| group.members.len()).sum() }
    }

    /// The list for people, each entry followed by what separates it from the next.
    pub fn render(&self, lang: Lang) -> String {
        let mut entries: Vec<&Group<'_>> = self.groups.iter().collect();
        if entries.len() <= ENTRIES_MAX {
            let drawn: Vec<String> = entries.iter().map(|group| self.drawn(group, lang)).collect();
            if lines(&drawn) <= LINES_MAX {
                return drawn.concat();
            }
        }
        // What keeps the rules from coming into force is told first when not everything can be drawn.
        entries.sort_by_key(|group| group.severity());
        let unlisted = entries.split_off(ENTRIES_MAX.min(entries.len()));
        let mut room = LINES_MAX.saturating_sub(SHORT_LINES * entries.len());
        let mut list = String::new();
        for group in entries {
            let drawn = self.drawn(group, lang);
            let more = drawn.lines().count().saturating_sub(SHORT_LINES);
            if more <= room {
                room -= more;
                list.push_str(&drawn);
            } else {
                room = 0;
                list.push_str(&self.short(group, lang));
            }
        }
        if !unlisted.is_empty() {
            list.push_str(&and_more(&unlisted, lang));
        }
        list.push('\n');
        list
    }

    /// The list for machines: each entry as one diagnostic, with how often and where it was found.
    pub fn to_json(&self) -> Vec<Value> {
        let entries = self.groups.iter().take(JSON_ENTRIES_MAX);
        entries.map(|group| self.entry_to_json(group)).collect()
    }

    fn entry_to_json(&self, group: &Group<'_>) -> Value {
        let Some(first) = group.members.first() else { return Value::Null };
        let mut walk = Walk::of(self.sources, &first.file);
        let mut entry = first.json_at(&walk.to(&first.span));
        let places = group.members.iter().take(JSON_PLACES_MAX).map(|one| {
            let mut place = one.json_at(&walk.to(&one.span));
            if let Some(fields) = place.as_object_mut() {
                for key in ["code", "severity", "file", "label", "help"] {
                    fields.remove(key);
                }
            }
            place
        });
        let places: Vec<Value> = places.collect();
        if let Some(fields) = entry.as_object_mut() {
            fields.insert("message".to_owned(), group.message.to_json());
            fields.insert("times".to_owned(), json!(group.members.len()));
            fields.insert("places".to_owned(), places.into());
        }
        entry
    }

    fn drawn(&self, group: &Group<'_>, lang: Lang) -> String {
        let Some(first) = group.members.first() else { return String::new() };
        let places = match group.members.len() {
            1 => String::new(),
            _ if first.is_of_the_file() => String::new(),
            _ => self.places(group, lang),
        };
        first.drawn(&group.message, &places, self.sources, lang) + "\n"
    }

    /// What is wrong on one line, where and the way out on another.
    fn short(&self, group: &Group<'_>, lang: Lang) -> String {
        let Some(first) = group.members.first() else { return String::new() };
        let place = match group.members.len() {
            1 => first.place_in_words(&first.place(self.sources), lang),
            _ if first.is_of_the_file() => first.file.clone(),
            _ => format!("{} {}", first.file, self.places(group, lang)),
        };
        let headline = first.headline(&group.message, lang);
        let help = match (first.help.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!(";{}", first.help.of(lang)),
            (false, Lang::En) => format!("; {}", first.help.of(lang)),
        };
        format!("{headline}\n  --> {place}{help}\n")
    }

    /// The first few places of an entry.
    fn places(&self, group: &Group<'_>, lang: Lang) -> String {
        let Some(first) = group.members.first() else { return String::new() };
        let mut walk = Walk::of(self.sources, &first.file);
        let places: Vec<Place> = group.members.iter().map(|one| walk.to(&one.span)).collect();
        named(&places, lang)
    }
}

impl Group<'_> {
    fn severity(&self) -> Severity {
        self.members.first().map_or(Severity::Warning, |first| first.severity)
    }
}

fn lines(entries: &[String]) -> usize {
    entries.iter().map(|entry| entry.lines().count()).sum()
}

fn and_more(unlisted: &[&Group<'_>], lang: Lang) -> String {
    let places: usize = unlisted.iter().map(|group| group.members.len()).sum();
    let kinds = unlisted.len();
    match lang {
        Lang::Zh => format!("另有 {kinds} 种问题({places} 处)未列出;先改正以上各项,再检查一次\n"),
        Lang::En => {
            format!(
                "and {kinds} more kinds ({places} places); mend those shown, then check again\n"
            )
        }
    }
}
