//! Reads the hours of one kind of day: `slots`, and how long they may be.

use crate::book::calendar::hours::{Hours, MINUTE_MS, Slot};
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::Spot;
use crate::source::document::{At, Table};

/// A working day longer than this is asked about.
const LONGEST_MS: i64 = 12 * 60 * MINUTE_MS;
/// A working day shorter than this is asked about.
const SHORTEST_MS: i64 = 2 * 60 * MINUTE_MS;

/// The hours under `slots`; nothing when they cannot be read, which has been said then.
pub(super) fn read(table: &mut Table<'_>, findings: &mut Findings) -> Option<Hours> {
    let confirmed = table.number_if("hours", findings);
    let (hours, spot) = slots(table, findings)?;
    ask(&hours, confirmed, &spot, findings);
    Some(hours)
}

/// The hours under `slots`, however many they are, and where they stand.
pub(super) fn slots(table: &mut Table<'_>, findings: &mut Findings) -> Option<(Hours, Spot)> {
    let entry = table.spot();
    let texts = table.words("slots", findings);
    let Some(first) = texts.first() else {
        findings.push(Diagnostic::missing_key(&entry, "slots"));
        return None;
    };
    let whole = texts.last().map_or(first.spot.span.end, |last| last.spot.span.end);
    let spot = Spot { file: first.spot.file.clone(), span: first.spot.span.start..whole };
    let slots: Option<Vec<Slot>> = texts.iter().map(|text| slot(text, findings)).collect();
    let hours = Hours::new(slots?);
    if hours.is_none() {
        findings.push(Diagnostic::slots_out_of_order(&spot));
    }
    Some((hours?, spot))
}

/// Asks about a day longer or shorter than any real one, unless `hours` beside it says as much.
fn ask(hours: &Hours, confirmed: Option<At<f64>>, spot: &Spot, findings: &mut Findings) {
    let minutes = u32::try_from(hours.total() / MINUTE_MS).unwrap_or(u32::MAX);
    let usual = (SHORTEST_MS..=LONGEST_MS).contains(&hours.total());
    match confirmed {
        Some(said) if (said.value * 60.0 - f64::from(minutes)).abs() >= 1.0 => {
            findings.push(Diagnostic::hours_do_not_add_up(&said.spot, minutes));
        }
        None if !usual => findings.push(Diagnostic::length_of_day(spot, minutes)),
        Some(_) | None => {}
    }
}

fn slot(text: &At<&str>, findings: &mut Findings) -> Option<Slot> {
    let ends = text.value.split_once(['-', '–', '—', '~']);
    let slot = ends.and_then(|(from, until)| Slot::minutes(minute(from)?, minute(until)?));
    if slot.is_none() {
        findings.push(Diagnostic::slot_text(&text.spot, text.value));
    }
    slot
}

/// Minutes since midnight of `08:30`, up to `24:00`.
pub(super) fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once([':', ':'])?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
}
