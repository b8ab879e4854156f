//! The page of a letter: the words of the rules' template as HTML that a phone shows well.
//!
//! The rules say what a letter says, once, as text; how it looks is made here of that text. Lines such as `地点:东大街`
//! that stand together become a table, blank lines part paragraphs. Everything is escaped; nothing is fetched.

use std::sync::OnceLock;

use minijinja::{Environment, Value};
use serde::Serialize;

/// The name of the page; its ending makes minijinja escape what is filled in.
const PAGE: &str = "letter.html";
/// A longer word before a colon is part of a sentence.
const NAME_CHARS_MAX: usize = 10;

/// What the page is filled in with.
#[derive(Debug, Serialize)]
struct Words<'a> {
    subject: &'a str,
    tone: &'static str,
    sections: Vec<Section>,
}

/// What stands together in a letter: lines of a paragraph, or rows of a table.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Section {
    lines: Vec<String>,
    rows: Vec<Pair>,
}

/// A line that says what something is.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Pair {
    name: String,
    value: String,
}

/// The page of a letter with this subject and text.
///
/// # Errors
/// When the template, which is part of the program, cannot be filled in.
pub(super) fn page(subject: &str, text: &str, template: &str) -> Result<String, minijinja::Error> {
    static PAGES: OnceLock<Environment<'static>> = OnceLock::new();
    let pages = PAGES.get_or_init(|| {
        let mut pages = Environment::new();
        if let Err(error) = pages.add_template(PAGE, include_str!("../../templates/letter.html")) {
            tracing::error!(%error, "the page of letters cannot be read");
        }
        pages
    });
    let words = Words { subject, tone: tone(template), sections: sections(text) };
    pages.get_template(PAGE)?.render(Value::from(minijinja::value::Serde(words)))
}

/// The colour of the head: the more pressing, the warmer.
fn tone(template: &str) -> &'static str {
    if template.starts_with("level-") || template.ends_with("-urgent") {
        "#b42318"
    } else if template.starts_with("warning") || template.starts_with("reminder") {
        "#b7791f"
    } else {
        "#1d5fa8"
    }
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut current = Section::default();
    for line in text.lines().map(str::trim) {
        let pair = pair(line);
        let changes = match &pair {
            Some(_) => !current.lines.is_empty(),
            None => line.is_empty() || !current.rows.is_empty(),
        };
        if changes && current != Section::default() {
            sections.push(std::mem::take(&mut current));
        }
        match pair {
            Some(pair) => current.rows.push(pair),
            None if line.is_empty() => {}
            None => current.lines.push(line.to_owned()),
        }
    }
    if current != Section::default() {
        sections.push(current);
    }
    sections
}

fn pair(line: &str) -> Option<Pair> {
    let (name, value) = line.split_once([':', '\u{ff1a}'])?;
    let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    let is_name = !name.is_empty()
        && name.chars().count() <= NAME_CHARS_MAX
        && name.chars().all(char::is_alphabetic);
    let value = value.trim();
    (is_name && !value.is_empty()).then(|| Pair { name, value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_name_something_become_a_table_and_everything_else_stays_a_paragraph() {
        let text =
            "环卫站:\n\n请处理以下案件。\n\n案件编号:1\n地    点:东大街\n请在 10:00 前签收。\n";
        let sections = sections(text);
        assert_eq!(sections.len(), 4, "{sections:?}");
        assert_eq!(sections[0].lines, ["环卫站:"]);
        assert_eq!(sections[2].rows[1], Pair { name: "地点".into(), value: "东大街".into() });
        assert_eq!(sections[3].lines, ["请在 10:00 前签收。"]);
    }

    #[test]
    fn what_a_citizen_wrote_stays_words_on_the_page() {
        let text = "地点:<script>alert(1)</script>\n<img src=x onerror=y>";
        let page = page("<b>急</b>", text, "").expect("a page");
        for tag in ["<script", "<img", "<b>"] {
            assert!(!page.contains(tag), "{page}");
        }
        assert!(page.contains("&lt;script&gt;"), "{page}");
    }
}
