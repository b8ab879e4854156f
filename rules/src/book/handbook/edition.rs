//! Reads `handbook.toml`: number, approval and effective date of the edition, and how its limits are meant (article 11).

use chrono::NaiveDate;

use super::EDITION_FILE;
use super::limits::{Counting, Meant};
use crate::book::stages::file::limit_if;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Sources;
use crate::source::document::{Document, Table};

/// What distinguishes one edition of the handbook from another.
#[derive(Debug, Default)]
pub(super) struct Edition {
    pub(super) number: String,
    pub(super) approved: String,
    pub(super) effective: NaiveDate,
    pub(super) meant: Meant,
}

/// The edition, as far as it could be read.
pub(super) fn read(sources: &Sources, findings: &mut Findings) -> Edition {
    let Some(document) = Document::read(sources, EDITION_FILE, findings) else {
        return Edition::default();
    };
    let mut root = document.root();
    let number = root.word("number", findings);
    let approved = root.text("approved", findings);
    let effective = root.date("effective", findings);
    let longest = limit_if(&mut root, "longest", findings).map(|at| at.value);
    let meant = Meant {
        hours: counting(&mut root, "hours", findings),
        days: counting(&mut root, "days", findings),
        ..Meant::default()
    };
    let meant = Meant { longest: longest.unwrap_or(meant.longest), ..meant };
    root.close(findings);
    let words = |text: &str| text.trim().to_owned();
    Edition {
        number: number.map(|at| words(at.value)).unwrap_or_default(),
        approved: approved.map(|at| words(at.value)).unwrap_or_default(),
        effective: effective.map(|at| at.value).unwrap_or_default(),
        meant,
    }
}

/// What a plain hour or day of this handbook counts, where it says so.
fn counting(table: &mut Table<'_>, key: &'static str, findings: &mut Findings) -> Option<Counting> {
    let word = table.text_if(key, findings)?;
    match word.value.trim() {
        "work" | "工作" => Some(Counting::Work),
        "urgent" | "紧急" => Some(Counting::Urgent),
        _ => {
            findings.push(Diagnostic::unknown_counting(&word.spot, key, word.value));
            None
        }
    }
}
