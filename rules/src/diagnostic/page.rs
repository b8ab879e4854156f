//! Pages of codes: what each is about, at length, for `duban rules explain`. A file of the catalogue has them.

use super::Lang;
use super::texts::{Both, entries};

/// The page of one code: its title and its text, in both languages.
#[derive(Debug)]
pub struct Page {
    pub code: String,
    title: Both,
    text: Both,
}

impl Page {
    pub(super) fn new(code: &str, title: &Both, text: &Both) -> Page {
        Page { code: code.to_owned(), title: title.clone(), text: text.clone() }
    }

    /// Every page of a file of the catalogue, in the order of codes. Nothing fails here: a file that cannot be read has
    /// none, and a test of whoever has the file looks for all of them.
    pub fn all_of(file: &str) -> Vec<Page> {
        entries(file)
            .iter()
            .map(|(code, entry)| Page::new(code, &entry.title, &entry.page))
            .collect()
    }

    /// Whether it is the page of this code, however that is typed.
    pub fn is_of(&self, code: &str) -> bool {
        self.code.eq_ignore_ascii_case(code.trim())
    }

    /// Its title.
    pub fn title(&self, lang: Lang) -> &str {
        self.title.of(lang)
    }

    /// The whole page, as it is read.
    pub fn told(&self, lang: Lang) -> String {
        format!("{} {}\n\n{}\n", self.code, self.title(lang), self.text.of(lang))
    }
}
