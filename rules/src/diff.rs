//! Differences between two editions of the rules, in words an office can put to a vote (article 11).
//!
//! A line says what somebody changed, by the names people use; what follows from it is summed up in the same line, and
//! one change of many things is one line too. Nothing that changed is passed over: what no part of the rule book shows
//! is told by its place in the file, and a file in which only comments or the layout differ is named as such.

mod beside;
mod calendar;
mod days;
mod escalation;
mod extension;
mod handbook;
mod names;
mod notices;
mod passages;
mod people;
mod places;
mod stages;

use std::collections::BTreeMap;
use std::fmt::Display;

use crate::book::RuleBook;
use crate::diagnostic::Lang;
use crate::source::Sources;
use names::Names;

/// More subjects of one change are counted, not named: no line is longer than a page.
const SUBJECTS_MAX: usize = 40;
/// Characters of a member of a list that are named.
const ITEM_CHARS_MAX: usize = 60;

/// The rules of one edition: what was read, and the files it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Edition<'a> {
    pub sources: &'a Sources,
    pub book: &'a RuleBook,
}

/// What lies between two editions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// The changes, one sentence each, file by file.
    pub changes: Vec<String>,
    /// Files that say the same in other bytes: comments, blanks, order of keys, the way a spreadsheet program saves.
    pub layout: Vec<&'static str>,
}

impl Difference {
    /// Whether not a byte differs.
    pub fn is_none(&self) -> bool {
        self.changes.is_empty() && self.layout.is_empty()
    }

    /// The difference as people read it, one sentence a line.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let mut lines = self.changes.clone();
        if !self.layout.is_empty() {
            let files = self.layout.join(names::of(lang, ["、", ", "]));
            lines.push(match lang {
                Lang::Zh => format!("{files}:只有注释或排版不同,规则没有变"),
                Lang::En => {
                    format!("{files}: only comments or the layout differ; the rules are the same")
                }
            });
        }
        if lines.is_empty() {
            lines.push(
                names::of(lang, ["两版规则没有差别。", "The rules are the same."]).to_owned(),
            );
        }
        lines
    }
}

/// What changed from `old` to `new`.
pub fn diff(old: Edition<'_>, new: Edition<'_>, lang: Lang) -> Difference {
    let names = Names { lang, old: old.book, new: new.book };
    let mut difference = Difference::default();
    for file in Sources::NAMES {
        let [was, is] = [old, new].map(|edition| edition.sources.bytes(file));
        if was == is {
            continue;
        }
        let mut changes = Changes { names, lines: Vec::new() };
        of_file(file, &mut changes);
        let is_same = |file: &str| old.sources.bytes(file) == new.sources.bytes(file);
        if file == "handbook.toml" && is_same("handbook.csv") {
            handbook::meant(&old.book.handbook, &new.book.handbook, &mut changes);
        }
        beside::compare(file, [old.sources, new.sources], &mut changes);
        if changes.lines.is_empty() {
            difference.layout.push(file);
        }
        difference.changes.extend(changes.lines.into_iter().map(|line| line.text(lang)));
    }
    difference
}

/// Says what of the rule book comes from this file and changed.
fn of_file(file: &str, changes: &mut Changes<'_>) {
    let Names { old, new, .. } = changes.names;
    match file {
        "calendar.toml" => calendar::compare(&old.calendar, &new.calendar, changes),
        "committee.toml" => people::committee(&old.officials, &new.officials, changes),
        "extension.toml" => extension::compare(old.extensions, new.extensions, changes),
        "grid.toml" => places::compare(&old.grid, &new.grid, changes),
        "handbook.csv" => handbook::conditions(&old.handbook, &new.handbook, changes),
        "handbook.toml" => handbook::edition(&old.handbook, &new.handbook, changes),
        "holidays.csv" => days::compare(&old.calendar, &new.calendar, changes),
        "ladder.toml" => escalation::compare(&old.ladder, &new.ladder, changes),
        "notices.toml" => notices::compare(&old.notices, &new.notices, changes),
        "stages.toml" => stages::compare(&old.stages, &new.stages, changes),
        "units.toml" => people::units(&old.units, &new.units, changes),
        other => changes.say(other.to_owned()),
    }
}

/// A change: the same of several things is said once.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    before: String,
    /// What it happened to; none when the sentence is whole without.
    subjects: Vec<String>,
    after: String,
}

impl Line {
    fn text(self, lang: Lang) -> String {
        let count = self.subjects.len();
        let mut kind = "";
        let mut shown = Vec::new();
        for subject in self.subjects.iter().take(SUBJECTS_MAX) {
            // `部件 01-01 条件1、01-02 条件1`: what kind of thing it is need not be said again.
            let (first, rest) = subject.split_once(' ').unwrap_or(("", subject));
            // In English the first word is none.
            shown.push(if lang == Lang::Zh && first == kind { rest } else { subject });
            kind = first;
        }
        let shown = shown.join(names::of(lang, ["、", ", "]));
        let counted = match (count, lang) {
            (0 | 1, _) => String::new(),
            (_, Lang::Zh) if count > SUBJECTS_MAX => format!(" 等(共 {count} 处)"),
            (_, Lang::Zh) => format!("(共 {count} 处)"),
            (_, Lang::En) if count > SUBJECTS_MAX => format!(" and others ({count} in all)"),
            (_, Lang::En) => format!(" ({count} in all)"),
        };
        format!("{}{shown}{counted}{}", self.before, self.after)
    }
}

/// The changes of one file found up to here, in one language.
struct Changes<'a> {
    names: Names<'a>,
    lines: Vec<Line>,
}

impl Changes<'_> {
    /// A sentence that is whole.
    fn say(&mut self, sentence: String) {
        self.lines.push(Line { before: sentence, subjects: Vec::new(), after: String::new() });
    }

    /// A sentence about something; joins the one that says the same of something else.
    fn of(&mut self, before: &str, subject: String, after: &str) {
        let same = self
            .lines
            .iter_mut()
            .find(|line| !line.subjects.is_empty() && line.before == before && line.after == after);
        match same {
            Some(line) => line.subjects.push(subject),
            None => self.lines.push(Line {
                before: before.to_owned(),
                subjects: vec![subject],
                after: after.to_owned(),
            }),
        }
    }

    /// Something that is there on one side only; `kind` in Chinese and English, `more` what else is to be known of it.
    fn came_or_went(&mut self, end: End, kind: [&str; 2], subject: String, more: &str) {
        let kind = self.names.of(kind);
        let before = match (self.names.lang, end) {
            (Lang::Zh, End::Came) => format!("新增{kind}:"),
            (Lang::Zh, End::Went) => format!("删除{kind}:"),
            (Lang::En, End::Came) => format!("{kind} added: "),
            (Lang::En, End::Went) => format!("{kind} removed: "),
        };
        self.of(&before, subject, more);
    }

    /// A quality of `subject` that was one thing and is another; `what` in Chinese and English.
    fn turned<T: PartialEq + Display>(&mut self, subject: &str, what: [&str; 2], old: T, new: T) {
        if old != new {
            let how = match self.names.lang {
                Lang::Zh => format!("由“{old}”改为“{new}”"),
                Lang::En => format!("from `{old}` to `{new}`"),
            };
            self.quality(subject, what, &how);
        }
    }

    /// A quality that may be absent.
    fn maybe_turned(
        &mut self,
        subject: &str,
        what: [&str; 2],
        old: Option<&str>,
        new: Option<&str>,
    ) {
        let how = match (old, new, self.names.lang) {
            (None, None, _) => return,
            (Some(old), Some(new), _) => return self.turned(subject, what, old, new),
            (None, Some(new), Lang::Zh) => format!("新增“{new}”"),
            (None, Some(new), Lang::En) => format!("`{new}` added"),
            (Some(old), None, Lang::Zh) => format!("取消“{old}”"),
            (Some(old), None, Lang::En) => format!("`{old}` removed"),
        };
        self.quality(subject, what, &how);
    }

    /// Members of a list that joined it or left it; the order alone is said as such.
    fn list(&mut self, subject: &str, what: [&str; 2], old: &[String], new: &[String]) {
        if old == new {
            return;
        }
        let without = |list: &[String], other: &[String]| {
            list.iter().filter(|item| !other.contains(item)).cloned().collect::<Vec<_>>()
        };
        let (more, fewer) = (without(new, old), without(old, new));
        let names = self.names;
        let part = |list: Vec<String>, word: [&str; 2]| {
            let word = names.of(word);
            (!list.is_empty()).then(|| format!("{word}“{}”", names.join(&shortened(&list))))
        };
        let mut parts: Vec<String> =
            [part(more, ["增加", "added "]), part(fewer, ["去掉", "removed "])]
                .into_iter()
                .flatten()
                .collect();
        if parts.is_empty() {
            let order = names.join(&shortened(new));
            parts.push(match names.lang {
                Lang::Zh => format!("先后顺序改为“{order}”"),
                Lang::En => format!("in the order `{order}`"),
            });
        }
        self.quality(subject, what, &parts.join(names.of([",", ", "])));
    }

    /// A long text: the passages that changed, as far as they can be read aloud.
    fn text(&mut self, subject: &str, what: [&str; 2], old: &str, new: &str) {
        if old == new {
            return;
        }
        let how = passages::said(old, new, self.names.lang);
        self.quality(subject, what, &how);
    }

    fn quality(&mut self, subject: &str, what: [&str; 2], how: &str) {
        let what = self.names.of(what);
        match (self.names.lang, subject.is_empty()) {
            (Lang::Zh, true) => self.say(format!("{what}:{how}")),
            (Lang::En, true) => self.say(format!("{what}: {how}")),
            (Lang::Zh, false) => self.of("", subject.to_owned(), &format!(" {what}:{how}")),
            (Lang::En, false) => self.of("", subject.to_owned(), &format!(", {what}: {how}")),
        }
    }
}

/// The first members of a list as a line has room for them: a slip of a quotation mark makes members of whole texts.
fn shortened(list: &[String]) -> Vec<String> {
    let short = |item: &String| match item.char_indices().nth(ITEM_CHARS_MAX) {
        Some((end, _)) => format!("{}…", item.get(..end).unwrap_or_default()),
        None => item.clone(),
    };
    let more = (list.len() > SUBJECTS_MAX).then(|| "…".to_owned());
    list.iter().take(SUBJECTS_MAX).map(short).chain(more).collect()
}

/// On which side something is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Came,
    Went,
}

/// One key on both sides: what stood there, what stands there.
type Sides<'a, T> = (Option<&'a T>, Option<&'a T>);

/// Every key of either map with what both say about it, in the order of keys.
fn both<'a, K: Ord, T>(
    old: impl IntoIterator<Item = (K, &'a T)>,
    new: impl IntoIterator<Item = (K, &'a T)>,
) -> BTreeMap<K, Sides<'a, T>> {
    let mut sides: BTreeMap<K, Sides<'a, T>> = BTreeMap::new();
    for (key, value) in old {
        sides.entry(key).or_default().0 = Some(value);
    }
    for (key, value) in new {
        sides.entry(key).or_default().1 = Some(value);
    }
    sides
}
