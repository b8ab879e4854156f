//! Completeness of the catalogue: nothing is said that it lacks, and it has nothing that is never said.
//!
//! Every diagnostic of the unit tests is a witness: its values must be those that its texts name. The samples are
//! made from every constructor, so that what they have not said nobody says.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Both, CATALOGUE, CODES, Entry, PARSER, Parser, Parts, Saying, Values, WORDS, Words};
use crate::diagnostic::samples;

/// What tells things apart in one language alone, and so names values that the other language does not.
const BUILT_OTHERWISE: [&str; 4] = ["R0117", "R0118", "condition named", "recipient known"];

thread_local! {
    static SAID: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
}

/// Notes that this was said, and holds that its texts name these values and no others.
#[track_caller]
pub(super) fn witness(saying: Saying, values: Values<'_>) {
    let Saying { code, case } = saying;
    let Some(entry) = CATALOGUE.codes.get(code) else { panic!("{code} is not in the catalogue") };
    let name = named(code, case);
    assert!(case.is_none_or(|case| entry.when.contains_key(case)), "no {name} in the catalogue");
    let templates = saying.templates(entry);
    let [message, _, help] = templates;
    assert!(message.is_some() && help.is_some(), "{name} has no message or no way out");
    check(&name, code, &templates.into_iter().flatten().collect::<Vec<_>>(), values);
}

/// The same of a word.
#[track_caller]
pub(super) fn witness_word(group: &str, key: &str, values: Values<'_>) {
    let name = format!("{group} {key}");
    let word = CATALOGUE.words.get(group).and_then(|words| words.get(key));
    let Some(word) = word else { panic!("no word {name} in the catalogue") };
    check(&name, &name, &[word], values);
}

#[track_caller]
fn check(name: &str, known_as: &str, texts: &[&Both], values: Values<'_>) {
    let given: BTreeSet<&str> = values.iter().map(|(name, _)| *name).collect();
    assert_eq!(given.len(), values.len(), "{name} is given a value twice");
    let zh: BTreeSet<&str> = texts.iter().flat_map(|both| placeholders(&both.zh)).collect();
    let en: BTreeSet<&str> = texts.iter().flat_map(|both| placeholders(&both.en)).collect();
    assert_eq!(&zh | &en, given, "{name} names other values than it is given");
    let is_alike = zh == en || BUILT_OTHERWISE.contains(&known_as);
    assert!(is_alike, "{name} names {zh:?} in Chinese, {en:?} in English");
    SAID.with_borrow_mut(|said| said.insert(name.to_owned()));
}

/// The names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).filter(is_name)
}

fn named(code: &str, case: Option<&str>) -> String {
    case.map_or_else(|| code.to_owned(), |case| format!("{code} when {case}"))
}

#[test]
fn every_entry_is_said_and_everything_said_has_an_entry() {
    for (_, samples) in samples::ALL {
        samples();
    }
    let mut entries = BTreeSet::new();
    for (code, entry) in &CATALOGUE.codes {
        entries.insert(named(code, None));
        entries.extend(entry.when.keys().map(|case| named(code, Some(case))));
    }
    for (group, words) in &CATALOGUE.words {
        entries.extend(words.keys().map(|key| format!("{group} {key}")));
    }
    let said = SAID.with_borrow(Clone::clone);
    let unsaid: Vec<&String> = entries.difference(&said).collect();
    assert!(unsaid.is_empty(), "never said: {unsaid:?}");
    let mut constructed = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostic"), &mut constructed);
    let unsampled: Vec<&String> = constructed.difference(&said).collect();
    assert!(unsampled.is_empty(), "constructed without a sample: {unsampled:?}");
}

fn opens(before: &str) -> bool {
    before.trim_end().ends_with('(')
}

/// The codes of a folder's sources, with the case that stands behind some of them.
fn collect(folder: &Path, constructed: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, constructed);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if path.extension().is_some_and(|end| end == "rs") {
            for (at, _) in text.match_indices("\"R0") {
                let (before, quoted) = text.split_at(at);
                let words: Vec<&str> = quoted.splitn(5, '"').collect();
                if let ([_, code, between, case, _], true) = (words.as_slice(), opens(before)) {
                    let case = (*between == ", ").then_some(*case);
                    constructed.insert(named(code, case));
                }
            }
        }
    }
}

#[test]
fn every_file_of_the_catalogue_is_read_whole_and_no_text_in_it_is_blank() {
    let mut codes = BTreeMap::new();
    for text in CODES {
        let file: BTreeMap<String, Entry> = toml::from_str(text).unwrap();
        for (code, entry) in file {
            let Entry { title, message, label, help, page, when } = &entry;
            let mut texts = vec![title, page];
            texts.extend([message, label, help].into_iter().flatten());
            for Parts { message, label, help } in when.values() {
                let own: Vec<&Both> = [message, label, help].into_iter().flatten().collect();
                assert!(!own.is_empty(), "a case of {code} says nothing of its own");
                texts.extend(own);
            }
            for both in texts {
                written(&code, both);
            }
            assert!(codes.insert(code.clone(), entry).is_none(), "{code} stands twice");
        }
    }
    assert_eq!(codes.len(), CATALOGUE.codes.len());
    let words: Words = toml::from_str(WORDS).unwrap();
    for (key, both) in words.values().flatten() {
        written(key, both);
    }
    let Parser { said } = toml::from_str(PARSER).unwrap();
    assert!(said.iter().flatten().all(|text| !text.trim().is_empty()));
}

#[track_caller]
fn written(name: &str, Both { zh, en }: &Both) {
    assert!(!zh.trim().is_empty() && !en.trim().is_empty(), "{name} has a blank text");
}

#[test]
fn a_value_that_looks_like_a_name_is_not_filled_in_and_other_braces_stay() {
    let values: Values<'_> = &[("one", &"{other}"), ("other", &2_usize)];
    let text = "{one} {other} {{ other }} {% if x %} { lon = 1 } {unknown} {";
    let filled = super::filled(text, values, crate::Lang::En);
    assert_eq!(filled, "{other} 2 {{ other }} {% if x %} { lon = 1 } {unknown} {");
}
