//! Reads `handbook.csv`, row by row.
//!
//! Forgiving where a spreadsheet spoils what was right (codes that lost their leading zero, merged cells of a class,
//! line breaks), strict where a guess would change a limit or a unit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::columns::{Column, Header};
use super::limits::Limits;
use super::{Candidate, Condition, FILE, Handbook, Spots, edition};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::At;
use crate::source::sheet::{Row, Rows};
use crate::source::{Sources, Spot, spelling};
use crate::vocabulary::{ConditionCode, GridId, Matter, UnitId};

/// Every condition that could be read.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Handbook {
    let edition::Edition { number, approved, effective, meant } = edition::read(sources, findings);
    let mut handbook = Handbook { number, approved, effective, ..Handbook::default() };
    let Some((file, text)) = sources.read(FILE, findings) else { return handbook };
    let mut rows = Rows::of(text).filter(|row| !row.is_blank());
    let Some(first) = rows.next() else {
        findings.push(Diagnostic::no_conditions());
        return handbook;
    };
    let first = first.seen(&file, findings);
    let Some(header) = Header::read(&file, &first, findings) else {
        handbook.left_out = rows.count();
        return handbook;
    };
    let limits = Limits::new(meant);
    let mut sheet = Sheet { header, limits, above: None, merged: None, classes: BTreeMap::new() };
    let mut n_rows = 0;
    while let Some(row) = rows.next() {
        n_rows += 1;
        if findings.is_full(FILE) {
            findings.stopped_reading(FILE);
            n_rows += rows.by_ref().count();
            break;
        }
        sheet.row(&row.seen(&file, findings), &mut handbook, findings);
    }
    let read = handbook.conditions.len() + handbook.empty_classes.len();
    handbook.left_out = n_rows.saturating_sub(read);
    if let Some((spot, rows)) = &sheet.merged {
        findings.push(Diagnostic::merged_cells(spot, *rows));
    }
    sheet.limits.close(findings);
    if handbook.conditions.is_empty() && !findings.has_error(FILE) {
        findings.push(Diagnostic::no_conditions());
    }
    handbook
}

/// The class columns of a row.
#[derive(Debug, Clone)]
#[expect(clippy::struct_field_names, reason = "as the columns and the fields of a condition")]
struct Class {
    matter: Matter,
    big_code: String,
    big_class: String,
    small_code: String,
    small_class: String,
}

/// What one row leaves for the next.
struct Sheet {
    header: Header,
    limits: Limits,
    above: Option<Class>,
    merged: Option<(Spot, usize)>,
    /// The name under which each class code was first met, and in which row.
    classes: BTreeMap<String, (String, usize)>,
}

impl Sheet {
    fn row(&mut self, row: &Row<'_>, handbook: &mut Handbook, findings: &mut Findings) {
        if let Some(open) = row.open() {
            findings.push(Diagnostic::open_quotation(&self.header.spot(open.span.clone())));
            return;
        }
        if let Some(joined) = self.header.joined(row) {
            findings.push(Diagnostic::full_width_comma(&self.header.spot(joined.span.clone())));
            return;
        }
        if let Some(field) = self.header.beyond(row) {
            findings.push(Diagnostic::row_too_long(&self.header.spot(field.span.clone())));
            return;
        }
        let Some(class) = self.class(row, findings) else { return };
        self.above = Some(class.clone());
        let cell = |column| self.header.cell(row, column);
        let rest = [Column::Sequence, Column::Unit, Column::Filing, Column::Closing];
        if rest.iter().all(|column| cell(*column).value.is_empty()) {
            let name = format!("{} {}", class.matter.chinese(), class.small_class);
            let spot = cell(Column::SmallClass).spot;
            handbook.empty_classes.push((name, spot));
            return;
        }
        let sequence = number(cell(Column::Sequence), Column::Sequence, findings);
        let units = cell(Column::Unit);
        let candidates = candidates(&units, findings);
        let filing = filled(cell(Column::Filing), Column::Filing, findings);
        let closing = filled(cell(Column::Closing), Column::Closing, findings);
        let limit = limit_cell(&self.header, row);
        let words = spelling::word(&limit.value, &limit.spot, findings);
        let limit = self.limits.read(&words, &limit.spot, findings);

        let Some(sequence) = sequence else { return };
        let Class { matter, big_code, big_class, small_code, small_class } = class;
        let code = format!("{}-{big_code}-{small_code}-{}", matter.as_str(), sequence.value);
        let code = ConditionCode::new(code);
        if let Some(first) = handbook.spots.get(&code) {
            findings.push(Diagnostic::condition_twice(&sequence.spot, &code, first.row));
            return;
        }
        let unit_name = cell(Column::UnitName).map(Cow::into_owned);
        let unit_name = Some(unit_name).filter(|name| !name.value.is_empty());
        let filing_spot = cell(Column::Filing).spot;
        let spots =
            Spots { candidates: units.spot, filing: filing_spot, row: row.number, unit_name };
        handbook.spots.insert(code.clone(), spots);
        let Some(((filing, closing), limit)) = filing.zip(closing).zip(limit) else { return };
        let condition = Condition {
            code: code.clone(),
            matter,
            big_code,
            big_class,
            small_code,
            small_class,
            filing,
            closing,
            limit,
            candidates,
        };
        handbook.conditions.insert(code, condition);
    }

    /// The class of a row; a blank cell of a class means the one above, as merged cells are saved.
    fn class(&mut self, row: &Row<'_>, findings: &mut Findings) -> Option<Class> {
        let columns = [
            Column::Kind,
            Column::BigCode,
            Column::BigClass,
            Column::SmallCode,
            Column::SmallClass,
        ];
        let cells = columns.map(|column| self.header.cell(row, column));
        if cells.iter().any(|cell| cell.value.is_empty()) {
            let spot = self.header.spot(row.span.clone());
            if self.above.is_none() {
                findings.push(Diagnostic::nothing_above(&spot));
                return None;
            }
            let first = self.merged.get_or_insert((spot, 0));
            first.1 += 1;
        }
        let [kind, big_code, big_class, small_code, small_class] = cells;
        let word = spelling::word(&kind.value, &kind.spot, findings);
        let matter = match word.parse() {
            Ok(matter) => Some(matter),
            Err(_) if kind.value.is_empty() => self.above.as_ref().map(|above| above.matter),
            Err(_) => {
                findings.push(Diagnostic::unknown_kind(&kind.spot, &kind.value));
                None
            }
        };
        let above = self.above.clone();
        let inherit = |cell: At<Cow<'_, str>>, from: fn(Class) -> String| {
            if cell.value.is_empty() {
                above.clone().map(from)
            } else {
                Some(cell.value.into_owned())
            }
        };
        let mut code = |cell: At<Cow<'_, str>>, column: Column, from: fn(Class) -> String| {
            if cell.value.is_empty() {
                above.clone().map(from)
            } else {
                class_code(cell, column, findings)
            }
        };
        let big_code = code(big_code, Column::BigCode, |class| class.big_code);
        let at = At { value: row.number, spot: small_code.spot.clone() };
        let small_code = code(small_code, Column::SmallCode, |class| class.small_code);
        let class = Class {
            matter: matter?,
            big_code: big_code?,
            big_class: inherit(big_class, |class| class.big_class)?,
            small_code: small_code?,
            small_class: inherit(small_class, |class| class.small_class)?,
        };
        self.same_name(&class, &at, findings);
        Some(class)
    }

    /// One class code has one name throughout; `row` is where this one stands.
    fn same_name(&mut self, class: &Class, row: &At<usize>, findings: &mut Findings) {
        let Class { matter, big_code, big_class, small_code, small_class } = class;
        let big = (format!("{}-{big_code}", matter.as_str()), big_class);
        let small = (format!("{}-{big_code}-{small_code}", matter.as_str()), small_class);
        for (code, name) in [big, small] {
            let (first, at) =
                self.classes.entry(code.clone()).or_insert_with(|| (name.clone(), row.value));
            if first != name {
                findings.push(Diagnostic::class_renamed(&row.spot, &code, [first, name], *at));
            }
        }
    }
}

/// What a row says of its limit, in one column or in two.
fn limit_cell<'r>(header: &Header, row: &'r Row<'_>) -> At<Cow<'r, str>> {
    if header.has(Column::Limit) {
        return header.cell(row, Column::Limit);
    }
    let [value, unit] =
        [Column::LimitValue, Column::LimitUnit].map(|column| header.cell(row, column));
    let span = value.spot.span.start.min(unit.spot.span.start)
        ..value.spot.span.end.max(unit.spot.span.end);
    let text = format!("{} {}", value.value, unit.value).trim().to_owned();
    At { value: Cow::Owned(text), spot: header.spot(span) }
}

/// Two digits; a leading zero that a spreadsheet dropped is put back.
fn class_code(cell: At<Cow<'_, str>>, column: Column, findings: &mut Findings) -> Option<String> {
    let code = spelling::word(&cell.value, &cell.spot, findings);
    let digits = code.trim_start_matches('0');
    let all_digits = code.chars().all(|c| c.is_ascii_digit());
    if !all_digits || digits.is_empty() || digits.len() > 2 {
        findings.push(Diagnostic::class_code(&cell.spot, column.chinese(), &cell.value));
        return None;
    }
    Some(format!("{digits:0>2}"))
}

fn number(cell: At<Cow<'_, str>>, column: Column, findings: &mut Findings) -> Option<At<u16>> {
    match spelling::word(&cell.value, &cell.spot, findings).parse::<u16>() {
        Ok(value) if value > 0 => Some(At { value, spot: cell.spot }),
        Ok(_) | Err(_) => {
            findings.push(Diagnostic::class_code(&cell.spot, column.chinese(), &cell.value));
            None
        }
    }
}

fn filled(cell: At<Cow<'_, str>>, column: Column, findings: &mut Findings) -> Option<String> {
    if cell.value.is_empty() {
        findings.push(Diagnostic::blank(&cell.spot, column.chinese()));
        return None;
    }
    Some(cell.value.into_owned())
}

/// Units that may handle a condition: `CG-HW`, or `CG-HW、SNZ(G01 G02)` with the grids of the second.
fn candidates(cell: &At<Cow<'_, str>>, findings: &mut Findings) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut gaps = 0_usize;
    for entry in outside_brackets(&cell.value) {
        let (unit, grids) = match entry.split_once(['(', '\u{FF08}']) {
            Some((unit, grids)) => (unit, grids.trim_end_matches([')', '\u{FF09}', ' '])),
            None => (entry, ""),
        };
        let unit = spelling::word(unit, &cell.spot, findings);
        if let Some(gap) = spelling::gap(&unit) {
            findings.push(Diagnostic::gap_in_unit(&cell.spot, &unit, gap));
            gaps += 1;
            continue;
        }
        let separators =
            [' ', '\u{a0}', '\u{3000}', ',', ';', '\u{3001}', '\u{FF0C}', '\u{FF1B}', '/'];
        let grids = grids.split(separators).filter(|grid| !grid.trim().is_empty());
        let grids = grids.map(|grid| GridId::new(spelling::word(grid, &cell.spot, findings)));
        let candidate = Candidate { unit: UnitId::new(unit), grids: grids.collect() };
        if candidates.iter().any(|other: &Candidate| other.unit == candidate.unit) {
            findings.push(Diagnostic::candidate_twice(&cell.spot, &candidate.unit));
            continue;
        }
        candidates.push(candidate);
    }
    if candidates.is_empty() && gaps == 0 {
        findings.push(Diagnostic::no_candidate(&cell.spot));
    }
    candidates
}

/// The entries of a cell that lists several, each with what it has in brackets.
pub(crate) fn outside_brackets(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |c: char| {
        match c {
            '(' | '\u{FF08}' => depth += 1,
            ')' | '\u{FF09}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
            && matches!(c, ',' | ';' | '/' | '\u{3001}' | '\u{FF0C}' | '\u{FF1B}' | '\u{FF0F}')
    })
    .map(str::trim)
    .filter(|entry| !entry.is_empty())
}
