//! A TOML file as tables that know where each value stands and which keys were asked for.
//!
//! A reader asks for what it expects; what is missing, of the wrong type or not asked for becomes a diagnostic.
//! Parsing recovers after a slip in one value, so that it does not hide the next; after any other, what else the file
//! says or lacks is no news until that is mended.

mod meant;

use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::slip;
use super::spelling::{self, Dated};
use super::{Sources, Spot};
use crate::diagnostic::{Diagnostic, Findings, Wanted};
use crate::line;
use meant::{Meant, quoted_number};

/// A share of something at most, in percent.
const SHARE_MAX: u32 = 100;
/// A step may lie this far behind the limit, in percent of it.
pub(super) const PERCENT_MAX: u32 = 10_000;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) spot: Spot,
}

impl<T> At<T> {
    /// The same place with the value made into another.
    pub(crate) fn map<U>(self, into: impl FnOnce(T) -> U) -> At<U> {
        At { value: into(self.value), spot: self.spot }
    }
}

impl At<&str> {
    /// A name, which is shown on one line wherever it is shown; written on more, it is reported and read as one.
    pub(crate) fn name(&self, findings: &mut Findings) -> String {
        if !line::is_one(self.value.trim()) {
            findings.push(Diagnostic::not_one_line(&self.spot));
        }
        line::one(self.value)
    }
}

/// A TOML file.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    file: Arc<str>,
    root: DeTable<'a>,
    meant: Meant,
}

impl<'a> Document<'a> {
    /// Reads a file; nothing only when it is absent, too large or no text.
    pub(crate) fn read(
        sources: &'a Sources,
        name: &str,
        findings: &mut Findings,
    ) -> Option<Document<'a>> {
        let (file, text) = sources.read(name, findings)?;
        let (root, errors) = DeTable::parse_recoverable(text);
        slip::tell(&file, text, errors, findings);
        let root = root.into_inner();
        let meant = meant::gathered(&root);
        Some(Document { file, root, meant })
    }

    /// The whole file as a table.
    pub(crate) fn root(&self) -> Table<'_> {
        Table {
            file: Arc::clone(&self.file),
            span: 0..0,
            entries: &self.root,
            meant: &self.meant,
            asked: Vec::new(),
        }
    }
}

/// A table of a TOML file.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    file: Arc<str>,
    span: Range<usize>,
    entries: &'a DeTable<'a>,
    meant: &'a Meant,
    asked: Vec<&'static str>,
}

impl<'a> Table<'a> {
    /// Where the table stands.
    pub(crate) fn spot(&self) -> Spot {
        Spot::new(&self.file, self.span.clone())
    }

    /// Whether the key is there, whatever its value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.get(key).is_some()
    }

    /// A text that must be there and not be blank.
    pub(crate) fn text(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<&'a str>> {
        self.demand(key, findings)?;
        let found = self.text_if(key, findings)?;
        if line::is_blank(found.value) {
            findings.push(Diagnostic::blank(&found.spot, key));
            return None;
        }
        Some(found)
    }

    /// A text that may be absent.
    pub(crate) fn text_if(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<&'a str>> {
        let found = self.value(key)?;
        Table::expected(found, Wanted::Text, findings, DeValue::as_str)
    }

    /// A code or a word that must be there: it is compared, not shown, and so read as it was meant.
    pub(crate) fn word(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<&'a str>> {
        let found = self.text(key, findings)?;
        Some(self.as_meant(found, findings))
    }

    /// A code or a word that may be absent.
    pub(crate) fn word_if(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<&'a str>> {
        let found = self.text_if(key, findings)?;
        Some(self.as_meant(found, findings))
    }

    /// The codes or words of a list that may be absent; what is no text is reported and left out.
    pub(crate) fn words(&mut self, key: &'static str, findings: &mut Findings) -> Vec<At<&'a str>> {
        let texts = self.texts(key, findings);
        texts.into_iter().map(|found| self.as_meant(found, findings)).collect()
    }

    fn as_meant(&self, found: At<&'a str>, findings: &mut Findings) -> At<&'a str> {
        let Some(meant) = self.meant.get(&found.spot.span.start) else { return found };
        // Said here, where the value is read as a word: the same characters may stand in a text for people.
        drop(spelling::word(found.value, &found.spot, findings));
        At { value: meant, spot: found.spot }
    }

    /// A percentage of a limit that must be there: a whole number without a sign.
    pub(crate) fn percent(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<u32>> {
        self.demand(key, findings)?;
        self.percent_up_to((PERCENT_MAX, Diagnostic::percent_range), key, findings)
    }

    /// The same up to `most`; what is told to write instead lies in that range, too.
    fn percent_up_to(
        &mut self,
        (most, out_of_range): (u32, fn(&Spot, &str) -> Diagnostic),
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<u32>> {
        let found = self.value(key)?;
        let text = match found.value {
            DeValue::Float(digits) => Some(digits.as_str()),
            DeValue::String(text) => Some(text.as_ref()),
            DeValue::Integer(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        if let Some((text, meant)) =
            text.and_then(|text| Some((text, slip::percentage(text, most)?)))
        {
            findings.push(if (1.0..=f64::from(most)).contains(&meant) {
                Diagnostic::percent_spelling(&found.spot, text, meant)
            } else {
                out_of_range(&found.spot, text)
            });
            return None;
        }
        let At { value, spot } = self.integer_if(key, findings)?;
        let percent = u32::try_from(value).ok().filter(|percent| (1..=most).contains(percent));
        if percent.is_none() {
            findings.push(out_of_range(&spot, &value.to_string()));
        }
        Some(At { value: percent?, spot })
    }

    /// A share of something in percent, put in `share`; where it stands, if it can be read.
    pub(crate) fn share_if(
        &mut self,
        key: &'static str,
        share: &mut u32,
        findings: &mut Findings,
    ) -> Option<Spot> {
        let found = self.percent_up_to((SHARE_MAX, Diagnostic::share_range), key, findings)?;
        *share = found.value;
        Some(found.spot)
    }

    /// A whole number that may be absent.
    pub(crate) fn integer_if(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<i64>> {
        let found = self.value(key)?;
        if let Some(number) = quoted_number(&found).filter(|number| number.parse::<i64>().is_ok()) {
            findings.push(Diagnostic::quoted_number(&found.spot, &number));
            return None;
        }
        Table::expected(found, Wanted::WholeNumber, findings, integer)
    }

    /// A whole number that must be there.
    pub(crate) fn integer(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<i64>> {
        self.demand(key, findings)?;
        self.integer_if(key, findings)
    }

    /// A number, whole or not, that may be absent; always finite.
    pub(crate) fn number_if(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<f64>> {
        let found = self.value(key)?;
        if let Some(number) = quoted_number(&found) {
            findings.push(Diagnostic::quoted_number(&found.spot, &number));
            return None;
        }
        Table::expected(found, Wanted::Number, findings, number)
    }

    /// Yes or no; may be absent.
    pub(crate) fn flag_if(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<bool>> {
        let found = self.value(key)?;
        Table::expected(found, Wanted::TrueOrFalse, findings, DeValue::as_bool)
    }

    /// A date that must be there: `2026-03-01`, in quotation marks or not.
    pub(crate) fn date(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<NaiveDate>> {
        self.demand(key, findings)?;
        self.date_if(key, findings)
    }

    /// A date that may be absent.
    pub(crate) fn date_if(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<At<NaiveDate>> {
        let found = self.value(key)?;
        let wanted = Wanted::Date;
        let text = match found.value {
            DeValue::String(text) => spelling::word(text, &found.spot, findings),
            DeValue::Datetime(at) if at.time.is_none() => at.to_string().into(),
            DeValue::Datetime(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => "".into(),
        };
        match spelling::date(&text) {
            Dated::Day(day) => Some(At { value: day, spot: found.spot }),
            Dated::Impossible(year, month, day) => {
                findings.push(Diagnostic::impossible_date(&found.spot, year, month, day));
                None
            }
            Dated::Unreadable => Table::expected(found, wanted, findings, |_| None),
        }
    }

    /// The values of a list that may be absent, whatever they are.
    pub(crate) fn list(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Vec<At<&'a DeValue<'a>>> {
        let Some(found) = self.value(key) else { return Vec::new() };
        let list = Table::expected(found, Wanted::List, findings, DeValue::as_array);
        list.map(|list| list.value.iter().map(|value| self.at(value)).collect()).unwrap_or_default()
    }

    /// The texts of a list that may be absent; what is no text is reported and left out.
    pub(crate) fn texts(&mut self, key: &'static str, findings: &mut Findings) -> Vec<At<&'a str>> {
        let list = self.list(key, findings);
        let text = |found: At<&'a DeValue<'a>>| {
            Table::expected(found, Wanted::Text, findings, DeValue::as_str)
        };
        list.into_iter().filter_map(text).collect()
    }

    /// A table that must be there.
    pub(crate) fn table(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<Table<'a>> {
        self.demand(key, findings)?;
        self.table_if(key, findings)
    }

    /// A table that may be absent.
    pub(crate) fn table_if(
        &mut self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<Table<'a>> {
        let found = self.value(key)?;
        self.inner(found, findings)
    }

    /// The tables of a list (`[[key]]`) that may be absent.
    pub(crate) fn tables(&mut self, key: &'static str, findings: &mut Findings) -> Vec<Table<'a>> {
        let list = self.list(key, findings);
        list.into_iter().filter_map(|found| self.inner(found, findings)).collect()
    }

    /// Every entry as a table under its name (`[notice.closed]`): for tables whose keys are names.
    pub(crate) fn named(self, findings: &mut Findings) -> Vec<(At<&'a str>, Table<'a>)> {
        let mut named: Vec<_> = self.entries.iter().collect();
        named.sort_by_key(|(key, _)| key.span().start);
        let entry = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let key: &'a Spanned<std::borrow::Cow<'a, str>> = key;
            let spot = Spot::new(&self.file, key.span());
            let table = self.inner(self.at(value), findings)?;
            Some((At { value: key.get_ref().as_ref(), spot }, table))
        };
        named.into_iter().filter_map(entry).collect()
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn close(self, findings: &mut Findings) {
        for key in self.entries.keys() {
            let name = key.get_ref().as_ref();
            if !self.asked.contains(&name) {
                let spot = Spot::new(&self.file, key.span());
                findings.push(Diagnostic::unknown_key(&spot, name, &self.asked));
            }
        }
    }

    fn value(&mut self, key: &'static str) -> Option<At<&'a DeValue<'a>>> {
        if !self.asked.contains(&key) {
            self.asked.push(key);
        }
        self.entries.get(key).map(|value| self.at(value))
    }

    fn demand(&mut self, key: &'static str, findings: &mut Findings) -> Option<()> {
        if self.value(key).is_none() {
            findings.push(Diagnostic::missing_key(&self.spot(), key));
            return None;
        }
        Some(())
    }

    fn at(&self, value: &'a Spanned<DeValue<'a>>) -> At<&'a DeValue<'a>> {
        At { value: value.get_ref(), spot: Spot::new(&self.file, value.span()) }
    }

    fn inner(&self, found: At<&'a DeValue<'a>>, findings: &mut Findings) -> Option<Table<'a>> {
        let found = Table::expected(found, Wanted::Table, findings, DeValue::as_table)?;
        Some(Table {
            file: Arc::clone(&self.file),
            span: found.spot.span,
            entries: found.value,
            meant: self.meant,
            asked: Vec::new(),
        })
    }

    fn expected<T>(
        found: At<&'a DeValue<'a>>,
        wanted: Wanted,
        findings: &mut Findings,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<At<T>> {
        let At { value, spot } = found;
        let Some(read) = read(value) else {
            let is_whole = wanted == Wanted::WholeNumber && value.as_integer().is_some();
            let found = if is_whole { "integer-too-large" } else { value.type_str() };
            findings.push(Diagnostic::wrong_type(&spot, wanted, found));
            return None;
        };
        Some(At { value: read, spot })
    }
}

/// A whole number of a TOML value.
pub(crate) fn integer(value: &DeValue<'_>) -> Option<i64> {
    let digits = value.as_integer()?;
    i64::from_str_radix(digits.as_str(), digits.radix()).ok()
}

/// A finite number of a TOML value, whole or not.
pub(crate) fn number(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Integer(digits) if digits.radix() == 10 => digits.as_str(),
        DeValue::Float(digits) => digits.as_str(),
        DeValue::Integer(_)
        | DeValue::String(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => return None,
    };
    text.parse().ok().filter(|number: &f64| number.is_finite())
}
