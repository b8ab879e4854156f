//! From the text of `duban.toml` to a [`Config`], with everything that is wrong on the way.
//!
//! Reading goes on after a problem, so that one run shows them all; a field with a problem keeps its default.

use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use duban_rules::{Lang, Sources};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Finding;
use super::fields::{self, Field, LANGS, Set, Slot};
use super::{Config, Problem, environment};
use crate::config::log::Level;

/// A longer file is no configuration.
const BYTES_MAX: usize = 1024 * 1024;
/// No more problems than this are kept of one file.
const PROBLEMS_MAX: usize = 100;

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What is set; defaults where nothing is, or something wrong.
    pub config: Config,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// The text the problems point into.
    pub sources: Sources,
    /// The file's name in problems.
    pub file: String,
    /// Where the values stand that were read.
    places: Vec<(String, Range<usize>)>,
}

impl Reading {
    /// A finding of a check as a problem of this file, at its field's place; one that a variable of the environment set
    /// stands there.
    pub fn placed(&self, finding: &Finding) -> Problem {
        let field = fields::all().find(|field| field.name() == finding.field);
        let variable = field.map(environment::variable);
        if let Some(variable) = variable.filter(|name| std::env::var_os(name).is_some()) {
            return Problem::found(&format!("{} {variable}", environment::PLACE), 0..0, finding);
        }
        let place = self.places.iter().find(|(name, _)| name == finding.field);
        let span = place.map_or(0..0, |(_, span)| span.clone());
        Problem::found(&self.file, span, finding)
    }

    /// Every problem as people read it.
    pub fn render(&self, lang: Lang) -> String {
        let texts = self.problems.iter().map(|problem| problem.render(&self.sources, lang));
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// The configuration of the file at `path`, or the defaults when `path` is none, with the environment's overrides.
///
/// # Errors
/// When the file cannot be read; what is wrong in it is in [`Reading::problems`].
pub fn load(path: Option<&Path>) -> io::Result<Reading> {
    let mut reading = match path {
        None => parse(super::FILE, b""),
        Some(path) => {
            let mut bytes = Vec::new();
            let most = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
            std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
            parse(&path.to_string_lossy(), &bytes)
        }
    };
    let sound = reading.problems.is_empty();
    reading.problems.extend(environment::heed(&mut reading.config, |name| std::env::var_os(name)));
    if sound {
        let conflicts = reading.config.conflicts();
        let file = path.map_or_else(|| super::FILE.into(), Path::to_string_lossy);
        let conflicts = conflicts.iter().map(|conflict| Problem::conflict(&file, 0..0, conflict));
        reading.problems.extend(conflicts);
    }
    Ok(reading)
}

/// The configuration that `bytes` are; `file` is their name in problems.
pub fn parse(file: &str, bytes: &[u8]) -> Reading {
    let sources = Sources::from_files([(file, bytes.to_vec())]);
    let mut reader =
        Reader { file, config: Config::default(), problems: Vec::new(), places: Vec::new() };
    if bytes.len() > BYTES_MAX {
        reader.problems.push(Problem::too_large(file, BYTES_MAX));
    } else if let Some(text) = sources.text(file) {
        reader.text(text);
    } else {
        let at = std::str::from_utf8(bytes).map_or_else(|err| err.valid_up_to(), str::len);
        reader.problems.push(Problem::wrong_encoding(file, at));
    }
    let Reader { config, mut problems, places, .. } = reader;
    problems.sort_by_key(Problem::start);
    problems.truncate(PROBLEMS_MAX);
    Reading { config, problems, sources, file: file.to_owned(), places }
}

struct Reader<'a> {
    file: &'a str,
    config: Config,
    problems: Vec<Problem>,
    /// Where the values stand that were read.
    places: Vec<(String, Range<usize>)>,
}

impl Reader<'_> {
    fn text(&mut self, text: &str) {
        let (root, errors) = DeTable::parse_recoverable(text);
        for error in errors.iter().take(PROBLEMS_MAX) {
            let span = within(text, error.span().unwrap_or(0..0));
            self.problems.push(Problem::syntax(self.file, span, error.message()));
        }
        let tables = names(|field| field.table.split('.').next());
        for (key, value) in root.get_ref() {
            let name = key.get_ref().as_ref();
            if tables.contains(&name) {
                self.table(name, value);
            } else {
                self.problems.push(Problem::unknown(self.file, key.span(), name, &tables));
            }
        }
        for conflict in self.config.conflicts() {
            let place = self.places.iter().find(|(name, _)| name == conflict.field);
            // What is nowhere in the file is at its beginning: a default that no longer fits.
            let span = place.map_or(0..0, |(_, span)| span.clone());
            self.problems.push(Problem::conflict(self.file, span, &conflict));
        }
    }

    fn table(&mut self, name: &str, value: &Spanned<DeValue<'_>>) {
        let Some(table) = value.get_ref().as_table() else {
            return self.mistyped(value, ["表([…])", "a table"]);
        };
        let below = |field: &'static Field| {
            let rest = field.table.strip_prefix(name)?;
            if rest.is_empty() { Some(field.key) } else { rest.strip_prefix('.') }
        };
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            let full = format!("{name}.{word}");
            if let Some(field) = fields::all().find(|field| field.name() == full) {
                self.places.push((full, value.span()));
                self.field(field, value);
            } else if fields::all().any(|field| field.table == full) {
                self.table(&full, value);
            } else {
                self.problems.push(Problem::unknown(self.file, key.span(), word, &names(below)));
            }
        }
    }

    fn field(&mut self, field: &Field, value: &Spanned<DeValue<'_>>) {
        if let Slot::Count(least, most, place) = field.slot {
            let Some(number) = whole(value.get_ref()) else {
                return self.mistyped(value, ["整数", "a whole number"]);
            };
            match u64::try_from(number) {
                Ok(number) if (least..=most).contains(&number) => *place(&mut self.config) = number,
                Ok(_) | Err(_) => {
                    let (bounds, name) = ([least, most], field.name());
                    let span = value.span();
                    self.problems
                        .push(Problem::out_of_bounds(self.file, span, &name, bounds, field.unit));
                }
            }
            return;
        }
        match value.get_ref().as_str() {
            Some(text) => self.word(field, text, value.span()),
            None => self.mistyped(value, ["文字", "a text"]),
        }
    }

    fn word(&mut self, field: &Field, text: &str, span: Range<usize>) {
        match field.slot {
            Slot::Path(place) => *place(&mut self.config) = text.into(),
            Slot::Text(_) if text.trim().is_empty() => {
                self.problems.push(Problem::blank(self.file, span, &field.name()));
            }
            Slot::Text(place) => text.clone_into(place(&mut self.config)),
            Slot::Name(place) if fields::is_name(text) => text.clone_into(place(&mut self.config)),
            Slot::Name(_) => self.problems.push(Problem::no_name(self.file, span, &field.name())),
            Slot::Level(place) => match Level::of(text) {
                Some(level) => *place(&mut self.config) = level,
                None => self.unknown_word(text, span, &Level::ALL.map(Level::as_str)),
            },
            Slot::Lang(place) => match LANGS.iter().find(|(word, _)| *word == text) {
                Some((_, lang)) => *place(&mut self.config) = *lang,
                None => self.unknown_word(text, span, &LANGS.map(|(word, _)| word)),
            },
            Slot::Word(words) => match (words.set)(&mut self.config, text) {
                Set::Done => {}
                Set::Unknown => self.unknown_word(text, span, &(words.all)()),
            },
            // Numbers do not come here.
            Slot::Count(..) => {}
        }
    }

    fn mistyped(&mut self, value: &Spanned<DeValue<'_>>, wanted: [&str; 2]) {
        let found = value.get_ref().type_str();
        self.problems.push(Problem::wrong_type(self.file, value.span(), wanted, found));
    }

    fn unknown_word(&mut self, found: &str, span: Range<usize>, known: &[&str]) {
        self.problems.push(Problem::unknown_word(self.file, span, found, known));
    }
}

/// What `name` gives of every field, each once, in their order.
fn names(name: impl Fn(&'static Field) -> Option<&'static str>) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for name in fields::all().filter_map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn whole(value: &DeValue<'_>) -> Option<i128> {
    let digits = value.as_integer()?;
    i128::from_str_radix(digits.as_str(), digits.radix()).ok()
}

/// A span that starts and ends on characters of the text.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}
