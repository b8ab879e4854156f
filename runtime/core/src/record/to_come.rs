//! A release to come, as tests play it: every other record of its programs holds an event that older ones do not know.
//!
//! All of this is there for the simulator and for processes of tests only; a shipped program has none of it, and no way
//! to play anything.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Record;

/// How the events of a record begin and end that only such a release reads; its number stands between the first two.
const BEGIN: &str = "[{\"ToCome";
const BEHIND: &str = "\":";
const END: &str = "}]";
/// One record of so many.
const EACH: u64 = 2;

/// The release that this process is one of, and what it calls itself.
static PLAYED: OnceLock<(u64, String)> = OnceLock::new();
/// Up to which release to come this process reads.
static READS: AtomicU64 = AtomicU64::new(0);

/// From now on this process is a program of the release to come with this number; the first stays.
pub fn play(no: u64) {
    PLAYED.get_or_init(|| (no, format!("999.{no}.0")));
    read_up_to(no);
}

/// From now on this process reads what releases to come up to this one write.
pub fn read_up_to(no: u64) {
    READS.fetch_max(no, Ordering::Relaxed);
}

/// What this process calls its release.
pub fn release() -> Option<&'static str> {
    PLAYED.get().map(|(_, name)| name.as_str())
}

/// `record` as this process writes it; none if that is as it stands.
pub(super) fn written(record: &Record) -> Option<Record> {
    let (no, _) = PLAYED.get().filter(|_| record.sequence.is_multiple_of(EACH))?;
    let events = format!("{BEGIN}{no}{BEHIND}{}{END}", record.events);
    Some(Record { events, ..record.clone() })
}

/// `record` as this process understands it.
pub(super) fn read(record: Record) -> Record {
    match known(&record.events).map(str::to_owned) {
        Some(events) => Record { events, ..record },
        None => record,
    }
}

/// The events that a release to come wrote, if this process reads them.
fn known(events: &str) -> Option<&str> {
    let (no, behind) = events.strip_prefix(BEGIN)?.split_once(BEHIND)?;
    let is_known = no.parse::<u64>().is_ok_and(|no| no <= READS.load(Ordering::Relaxed));
    behind.strip_suffix(END).filter(|_| is_known)
}
