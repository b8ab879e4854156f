//! The catalogue of texts: finds what a diagnostic says, in both languages, and fills in its values.
//!
//! The texts are data: a file in `texts/` for each rules file, Chinese above English, read once, when the first is
//! asked for. A text names its values in braces, `{found}`; every other brace stands for itself, for texts about
//! templates are full of them. Nothing here can fail: what the catalogue lacks is told by its bare code, and
//! the tests of `complete` hold that it lacks nothing.

#[cfg(test)]
mod complete;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::worded::Worded;
use super::{Lang, Page, Text};

/// Every code, with what it says and the page that explains it.
const CODES: [&str; 12] = [
    include_str!("texts/any-file.toml"),
    include_str!("texts/handbook.toml"),
    include_str!("texts/edition.toml"),
    include_str!("texts/units.toml"),
    include_str!("texts/grid.toml"),
    include_str!("texts/calendar.toml"),
    include_str!("texts/holidays.toml"),
    include_str!("texts/stages.toml"),
    include_str!("texts/ladder.toml"),
    include_str!("texts/notices.toml"),
    include_str!("texts/cross.toml"),
    include_str!("texts/extension.toml"),
];
/// Words that stand in several texts: kinds, reasons, capacities.
const WORDS: &str = include_str!("texts/words.toml");
/// What the TOML parser says, in Chinese.
const PARSER: &str = include_str!("texts/parser.toml");

/// The values of a text, by the names that it has for them.
pub(crate) type Values<'a> = &'a [(&'static str, &'a dyn Worded)];

/// What is said: a code, and the case where a code says several things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Saying {
    pub(super) code: &'static str,
    case: Option<&'static str>,
}

impl From<&'static str> for Saying {
    fn from(code: &'static str) -> Saying {
        Saying { code, case: None }
    }
}

impl From<(&'static str, &'static str)> for Saying {
    fn from((code, case): (&'static str, &'static str)) -> Saying {
        Saying { code, case: Some(case) }
    }
}

impl Saying {
    /// Message, label and help. What a case does not say itself, it says as its code does.
    pub(super) fn texts(self, values: Values<'_>) -> [Text; 3] {
        #[cfg(test)]
        complete::witness(self, values);
        let Some(entry) = CATALOGUE.codes.get(self.code) else {
            return [Text::new(self.code, self.code), Text::default(), Text::default()];
        };
        self.templates(entry)
            .map(|both| both.map_or_else(Text::default, |both| both.filled(values)))
    }

    fn templates(self, entry: &Entry) -> [Option<&Both>; 3] {
        let case = self.case.and_then(|case| entry.when.get(case));
        let own = |part: fn(&Parts) -> &Option<Both>| case.and_then(|case| part(case).as_ref());
        [
            own(|case| &case.message).or(entry.message.as_ref()),
            own(|case| &case.label).or(entry.label.as_ref()),
            own(|case| &case.help).or(entry.help.as_ref()),
        ]
    }
}

/// One text in both languages, as it stands in the catalogue.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Both {
    zh: String,
    en: String,
}

impl Both {
    pub(super) fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    fn filled(&self, values: Values<'_>) -> Text {
        Text::new(filled(&self.zh, values, Lang::Zh), filled(&self.en, values, Lang::En))
    }
}

/// What a case of a code says otherwise than its code.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    message: Option<Both>,
    label: Option<Both>,
    help: Option<Both>,
}

/// All about one code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) title: Both,
    message: Option<Both>,
    label: Option<Both>,
    help: Option<Both>,
    pub(super) page: Both,
    #[serde(default)]
    when: BTreeMap<String, Parts>,
}

/// The table of what the parser says: a part of its sentence, and the Chinese for it. The first that fits counts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parser {
    said: Vec<[String; 2]>,
}

/// What a file says of each of its codes; nothing when it cannot be read.
pub(super) fn entries(file: &str) -> BTreeMap<String, Entry> {
    toml::from_str(file).unwrap_or_default()
}

type Words = BTreeMap<String, BTreeMap<String, Both>>;

#[derive(Debug)]
struct Catalogue {
    codes: BTreeMap<String, Entry>,
    words: Words,
    parser: Parser,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue {
    codes: CODES.iter().flat_map(|file| entries(file)).collect(),
    words: toml::from_str(WORDS).unwrap_or_default(),
    parser: toml::from_str(PARSER).unwrap_or_default(),
});

/// The page of every code, in the order of codes.
pub(super) static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    CATALOGUE.codes.iter().map(|(code, entry)| Page::new(code, &entry.title, &entry.page)).collect()
});

impl Text {
    /// A word of the catalogue, by its group and its key there; the key itself where there is none.
    pub(crate) fn word(group: &'static str, key: &str, values: Values<'_>) -> Text {
        #[cfg(test)]
        complete::witness_word(group, key, values);
        let word = CATALOGUE.words.get(group).and_then(|words| words.get(key));
        word.map_or_else(|| Text::new(key, key), |both| both.filled(values))
    }
}

/// What the TOML parser said, in Chinese and in its own words.
pub(super) fn parser_said(said: &str) -> Text {
    let known = CATALOGUE.parser.said.iter().find(|[part, _]| said.contains(part.as_str()));
    Text::new(known.map_or("此处无法读取", |[_, zh]| zh), said)
}

/// A text with its values in the places that name them: each place is filled in once, whatever a value says.
fn filled(text: &str, values: Values<'_>, lang: Lang) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let named = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        if let Some((value, after)) = named {
            filled.push_str(&value.worded(lang));
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}
