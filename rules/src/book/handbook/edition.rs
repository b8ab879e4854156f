//! Reads `handbook.toml`: number, approval and effective date of the edition (article 11).

use chrono::NaiveDate;

use super::EDITION_FILE;
use crate::diagnostic::Findings;
use crate::source::Sources;
use crate::source::document::Document;

/// What distinguishes one edition of the handbook from another.
#[derive(Debug, Default)]
pub(super) struct Edition {
    pub(super) number: String,
    pub(super) approved: String,
    pub(super) effective: NaiveDate,
}

/// The edition, as far as it could be read.
pub(super) fn read(sources: &Sources, findings: &mut Findings) -> Edition {
    let Some(document) = Document::read(sources, EDITION_FILE, findings) else {
        return Edition::default();
    };
    let mut root = document.root();
    let number = root.text("number", findings);
    let approved = root.text("approved", findings);
    let effective = root.date("effective", findings);
    root.close(findings);
    let words = |text: &str| text.trim().to_owned();
    Edition {
        number: number.map(|at| words(at.value)).unwrap_or_default(),
        approved: approved.map(|at| words(at.value)).unwrap_or_default(),
        effective: effective.map(|at| at.value).unwrap_or_default(),
    }
}
