//! The day of a rules set: one with a day ahead waits for it, and is looked at once more when it has come.
//!
//! ```text
//! apply ─► effective ahead? ─no─► in force
//!               └─yes─► waits (the centre's record) ─its first instant─► checked again ─► in force, once
//!                             └─ cancel, or another with a day ahead          └─► errors: it goes on waiting
//! ```
//! The first rules of a store do not wait, nor does a handbook that was in force before: its day is history.

use std::ops::Deref as _;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use compact_str::CompactString;
use duban_actors::centre::{Command, Day, RulesEdition, Stage, Waiting};
use duban_rules::RuleBook;
use duban_rules::edition::{Known, is_known};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::node::Node;

use super::course::waiting;
use super::{Recorded, Rejected, differing, error_codes, known, last, record, sources, swap};
use crate::asking::Asker;
use crate::registry::Rules;

/// When on the eve the operators are told, local time.
const TOLD_AT: TimeDelta = TimeDelta::hours(9);
/// Codes that are named in one line.
const CODES_MAX: usize = 5;

/// What became of the rules that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// None wait, or their day is ahead.
    NotYet,
    InForce(RulesEdition),
    /// Their day has come and they cannot come into force, for this reason in one line; they go on waiting.
    Held(Waiting, String),
}

/// Why rules do not come into force though their day has come.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Held {
    #[error("the centre cannot be read")]
    Unread(#[from] Failure),
    #[error("{1}")]
    Wrong(Box<Waiting>, String),
}

/// Why rules that wait were not taken back.
#[derive(Debug, thiserror::Error)]
pub enum NotCancelled {
    /// No rules wait.
    #[error("no rules wait for their day")]
    Nothing,
    /// Others wait.
    #[error("other rules wait for their day")]
    Another(Box<Waiting>),
    /// The record could not be read or made.
    #[error(transparent)]
    Rejected(#[from] Rejected),
}

/// The day for which `book` is to wait; none when it comes into force at once.
pub(super) fn ahead(book: &RuleBook, known: &[Known], now: Timestamp) -> Option<Day> {
    let (effective, calendar) = (book.handbook.effective, &book.calendar);
    let today = calendar.local(now.into()).date();
    if effective <= today || known.is_empty() || is_known(book, known) {
        return None;
    }
    let eve = effective.checked_sub_signed(TimeDelta::days(1)).unwrap_or(effective);
    let at = |local: NaiveDateTime| Timestamp::from(calendar.instant(local));
    let (from, eve) = (effective.and_time(NaiveTime::MIN), eve.and_time(NaiveTime::MIN) + TOLD_AT);
    Some(Day { effective, eve: at(eve).max(now), from: at(from) })
}

/// Has `edition` wait for `day`.
pub(super) async fn schedule(
    node: &Node,
    (edition, day): (RulesEdition, Day),
    asker: &Asker,
) -> Result<(Waiting, Recorded), Rejected> {
    let command = Command::ScheduleRules { edition: edition.clone(), day };
    let recorded = record(node, (b"rules-schedule", &edition.hash), command, asker).await?;
    Ok((Waiting { edition, day, stage: Stage::Ahead }, recorded))
}

/// Takes back the rules that wait, known by the first digits of their hash or all of them, for a reason.
///
/// # Errors
/// [`NotCancelled`]; what waits goes on waiting.
pub async fn cancel(
    node: &Node,
    (digits, reason): (&str, &str),
    asker: &Asker,
) -> Result<Waiting, NotCancelled> {
    let waiting = waiting(node.journal()).map_err(Rejected::from)?.ok_or(NotCancelled::Nothing)?;
    if digits.is_empty() || !waiting.edition.hash.starts_with(&digits.to_ascii_lowercase()) {
        return Err(NotCancelled::Another(Box::new(waiting)));
    }
    let hash = waiting.edition.hash.clone();
    let command = Command::CancelRules { hash: hash.clone(), reason: reason.to_owned() };
    match record(node, (b"rules-cancel", &hash), command, asker).await? {
        Recorded::Now => Ok(waiting),
        Recorded::Before => Err(NotCancelled::Nothing),
    }
}

/// The rules that wait and whose day has come by `now`, checked by today's check; none otherwise.
pub(crate) fn due(journal: &Journal, now: Timestamp) -> Result<Option<(Waiting, RuleBook)>, Held> {
    let is_due = |waiting: &Waiting| waiting.day.from <= now;
    let Some(waiting) = waiting(journal)?.filter(is_due) else { return Ok(None) };
    match in_order(journal, &waiting)? {
        Ok(book) => Ok(Some((waiting, book))),
        Err(why) => Err(Held::Wrong(Box::new(waiting), why)),
    }
}

/// The book of rules that wait, or why they could not come into force at this moment.
fn in_order(journal: &Journal, waiting: &Waiting) -> Result<Result<RuleBook, String>, Failure> {
    let Ok(sources) = sources(journal, &waiting.edition) else {
        return Ok(Err("它的文件在存储中丢失或损坏".to_owned()));
    };
    let (book, mut found) = duban_rules::parse(&sources);
    found.extend(known::against(journal, &sources, &book)?.1);
    let codes: Vec<&str> = error_codes(&found).into_iter().take(CODES_MAX).collect();
    Ok(if codes.is_empty() {
        Ok(book)
    } else {
        Err(format!("检查有错误:{}", codes.join(" ")))
    })
}

/// What there is to be known of rules that wait, beside those in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    pub waiting: Waiting,
    /// The files in which they differ from those in force: on their day these change back, or on.
    pub files: Vec<String>,
    /// Why they could not come into force as things stand.
    pub trouble: Option<String>,
}

/// The rules that wait beside those in force; none if none do.
pub fn beside(journal: &Journal) -> Result<Option<Beside>, Failure> {
    let (Some(waiting), Some(last)) = (waiting(journal)?, last(journal)?) else { return Ok(None) };
    let files = differing(journal, &last, &waiting.edition);
    let trouble = in_order(journal, &waiting)?.err();
    Ok(Some(Beside { waiting, files, trouble }))
}

/// Puts the rules in force whose day has come, if they are still in order; once, whoever comes here first.
///
/// # Errors
/// [`Rejected`]: they could not be read or recorded; it is to be tried again.
pub async fn come(node: &Node, rules: &Rules, asker: &Asker) -> Result<Came, Rejected> {
    let journal = node.journal();
    let (waiting, book) = match due(journal, node.clock().now()) {
        Ok(Some(due)) => due,
        Ok(None) => return Ok(Came::NotYet),
        Err(Held::Wrong(waiting, why)) => return Ok(Came::Held(*waiting, why)),
        Err(Held::Unread(failure)) => return Err(failure.into()),
    };
    let hash: CompactString = waiting.edition.hash.clone();
    let command = Command::PutWaitingInForce { hash: hash.clone() };
    if record(node, (b"rules-day", &hash), command, asker).await? == Recorded::Before {
        // Somebody took them back meanwhile, or put them in force; or the node does not believe the clock yet.
        return Ok(Came::NotYet);
    }
    swap(journal, rules, book)?;
    Ok(Came::InForce(waiting.edition))
}

/// Works by what is on record, where a start went by rules whose day it took to have come, and nobody recorded that.
pub fn follow_the_record(journal: &Journal, rules: &Rules) -> Result<(), Failure> {
    let in_force = rules.current().0.rules.deref().hash;
    let is_waiting = |one: &Waiting| one.edition.hash == super::hex(&in_force);
    if !waiting(journal)?.is_some_and(|one| is_waiting(&one)) {
        return Ok(());
    }
    let Some(sources) = last(journal)?.and_then(|last| sources(journal, &last).ok()) else {
        return Ok(());
    };
    swap(journal, rules, duban_rules::parse(&sources).0)
}
