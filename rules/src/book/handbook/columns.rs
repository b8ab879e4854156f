//! Which column of `handbook.csv` is what: the header row, in Chinese or by English keys, in any order.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::At;
use crate::source::sheet::{Field, Row};
use crate::source::{Spot, spelling};

macro_rules! columns {
    ($($name:ident = $key:literal, $chinese:literal;)*) => {
        /// A column that is read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Column { $($name,)* }

        impl Column {
            const ALL: &'static [Column] = &[$(Column::$name,)*];

            /// Its key, as in files made by programs.
            pub(super) fn key(self) -> &'static str {
                match self { $(Column::$name => $key,)* }
            }

            /// Its heading, as in the shipped file.
            pub(super) fn chinese(self) -> &'static str {
                match self { $(Column::$name => $chinese,)* }
            }
        }
    };
}

columns! {
    Kind = "kind", "类别";
    BigCode = "big_code", "大类代码";
    BigClass = "big_class", "大类名称";
    SmallCode = "small_code", "小类代码";
    SmallClass = "small_class", "小类名称";
    Sequence = "cond_seq", "条件序号";
    Unit = "unit_code", "责任单位编码";
    UnitName = "unit_name", "责任单位";
    Filing = "filing_condition", "立案条件";
    Closing = "closing_condition", "结案条件";
    Limit = "limit", "处置时限";
    LimitValue = "limit_value", "时限数值";
    LimitUnit = "limit_unit", "时限单位";
}

impl Column {
    fn of(heading: &str) -> Option<Column> {
        let heading = spelling::meant(heading);
        Column::ALL.iter().copied().find(|c| c.key() == heading || c.chinese() == heading)
    }

    /// Its key and its heading.
    fn names(self) -> (&'static str, &'static str) {
        (self.key(), self.chinese())
    }

    /// Whether it is a part of the limit, for sheets made by programs.
    fn is_one_of_two(self) -> bool {
        matches!(self, Column::LimitValue | Column::LimitUnit)
    }

    /// Whether the sheet may do without it: a name is for readers, a limit stands in one column or in two.
    fn is_optional(self) -> bool {
        matches!(self, Column::UnitName | Column::Limit | Column::LimitValue | Column::LimitUnit)
    }
}

/// Where each column is.
#[derive(Debug)]
pub(super) struct Header {
    file: Arc<str>,
    columns: BTreeMap<Column, usize>,
    width: usize,
}

impl Header {
    /// Reads the header row; nothing when a column is missing without which no row makes sense.
    pub(super) fn read(file: &Arc<str>, row: &Row<'_>, findings: &mut Findings) -> Option<Header> {
        if let Some(field) = row.open() {
            findings.push(Diagnostic::open_quotation(&Spot::new(file, field.span.clone())));
            return None;
        }
        if let Some(joined) = row.fields.iter().find(|field| joins_headings(&field.text)) {
            findings.push(Diagnostic::full_width_comma(&Spot::new(file, joined.span.clone())));
            return None;
        }
        if row.fields.iter().all(|field| Column::of(&field.text).is_none()) {
            let columns = Column::ALL.iter().filter(|column| !column.is_one_of_two());
            let columns: Vec<_> = columns.map(|column| column.names()).collect();
            let spot = Spot::new(file, row.span.clone());
            findings.push(Diagnostic::no_headings(&spot, &columns));
            return None;
        }
        let mut columns = BTreeMap::new();
        for (at, field) in row.fields.iter().enumerate() {
            let spot = Spot::new(file, field.span.clone());
            match Column::of(&field.text) {
                Some(column) if columns.contains_key(&column) => {
                    findings.push(Diagnostic::column_twice(&spot, &field.text));
                }
                Some(column) => {
                    columns.insert(column, at);
                }
                None if field.text.trim().is_empty() => {}
                None => findings.push(Diagnostic::unknown_column(&spot, &field.text)),
            }
        }
        let spot = Spot::new(file, row.span.clone());
        let mut missing: Vec<Column> = Column::ALL
            .iter()
            .copied()
            .filter(|column| !column.is_optional() && !columns.contains_key(column))
            .collect();
        let in_two = [Column::LimitValue, Column::LimitUnit];
        if !columns.contains_key(&Column::Limit)
            && !in_two.iter().all(|column| columns.contains_key(column))
        {
            missing.push(Column::Limit);
        }
        if !missing.is_empty() {
            let missing: Vec<_> = missing.iter().map(|column| column.names()).collect();
            findings.push(Diagnostic::missing_columns(&spot, &missing));
        }
        let header = Header { file: Arc::clone(file), columns, width: row.fields.len() };
        missing.is_empty().then_some(header)
    }

    /// Whether the sheet has this column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains_key(&column)
    }

    /// What stands in a column of a row, trimmed and on one line; blank when the row is short.
    pub(super) fn cell<'r>(&self, row: &'r Row<'_>, column: Column) -> At<Cow<'r, str>> {
        let field = self.columns.get(&column).and_then(|at| row.fields.get(*at));
        let (value, span) = match field {
            Some(field) => (one_line(&field.text), field.span.clone()),
            None => (Cow::Borrowed(""), row.span.end..row.span.end),
        };
        At { value, spot: self.spot(span) }
    }

    /// The first field beyond the last heading that is not blank.
    pub(super) fn beyond<'r>(&self, row: &'r Row<'_>) -> Option<&'r Field<'r>> {
        row.fields.iter().skip(self.width).find(|field| !field.text.trim().is_empty())
    }

    /// The field of a row that is short in which full-width commas stand where the separators belong.
    ///
    /// A text may have such commas of its own: they separate only where they make up for every cell that lacks, and
    /// where codes stand or the limit comes to its place by it.
    pub(super) fn joined<'r>(&self, row: &'r Row<'_>) -> Option<&'r Field<'r>> {
        let lacking = self.width.checked_sub(row.fields.len()).filter(|lacking| *lacking > 0)?;
        let place = |column| self.columns.get(&column).copied();
        let limit = place(Column::Limit).or(place(Column::LimitValue));
        let comes_right = |at: usize| {
            let moved = limit.filter(|limit| *limit > at)?.checked_sub(lacking)?;
            let text = &row.fields.get(moved)?.text;
            (moved > at && text.trim().starts_with(|c: char| c.is_numeric())).then_some(())
        };
        let codes = [Column::Kind, Column::BigCode, Column::SmallCode, Column::Sequence].map(place);
        let is_joined = |(at, field): &(usize, &Field<'_>)| {
            let commas = field.text.matches(FULL_WIDTH_COMMA).count();
            commas >= lacking && (codes.contains(&Some(*at)) || comes_right(*at).is_some())
        };
        row.fields.iter().enumerate().find(is_joined).map(|(_, field)| field)
    }

    /// A spot of the sheet.
    pub(super) fn spot(&self, span: Range<usize>) -> Spot {
        Spot::new(&self.file, span)
    }
}

/// The comma that input methods write, which separates nothing in a CSV file.
const FULL_WIDTH_COMMA: char = '\u{ff0c}';

/// Whether a heading is several known ones with full-width commas between them.
fn joins_headings(text: &str) -> bool {
    text.contains(FULL_WIDTH_COMMA)
        && text.split(FULL_WIDTH_COMMA).all(|heading| Column::of(heading).is_some())
}

/// A cell may be broken into lines to fit its column; Chinese needs no blank where they join.
fn one_line(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        Cow::Owned(text.split(['\n', '\r']).map(str::trim).collect())
    } else {
        Cow::Borrowed(text)
    }
}
