//! One entity: its state against its history, its alarm against its state, the index against its alarm, its key against
//! its erasure.

use std::time::Duration;

use duban_actors::case::{self, Case};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity as _, EntityId};
use duban_runtime::journal::Failure;
use duban_runtime::partition::PARTITIONS;
use duban_runtime::record::{Fold as _, Stored};

use super::replay::lived;
use super::{Books, Lateness};
use duban_server::health::audit::Finding;

/// How long an alarm may be due and not fired.
pub(super) const LATE: Duration = Duration::from_mins(1);
/// Records of a history that is lived again at most; longer ones are only held against the index.
const HISTORY_MAX: u64 = 4_096;
/// Alarms due at the same instant among which an entity's own is looked for.
const SAME_INSTANT_MAX: usize = 1_024;
/// An entity that is at work while it is looked at is looked at again so often.
const LOOKS_MAX: usize = 3;

/// Everything that is wrong with the entity at `now`.
pub(super) fn check(
    books: &Books,
    id: &EntityId,
    now: Timestamp,
    lateness: Lateness,
) -> Result<Vec<Finding>, Failure> {
    let mut found = Vec::new();
    for _ in 0..LOOKS_MAX {
        let before = books.journal.entity(id)?;
        found = look(books, id, before.as_ref(), (now, lateness))?;
        if found.is_empty() {
            return Ok(found);
        }
        let after = books.journal.entity(id)?;
        let sequence = |stored: &Option<Stored>| stored.as_ref().map(|stored| stored.sequence);
        if sequence(&before) == sequence(&after) {
            return Ok(found);
        }
        // It went on meanwhile: what was seen was of two moments.
        found.clear();
    }
    Ok(found)
}

fn look(
    books: &Books,
    id: &EntityId,
    stored: Option<&Stored>,
    (now, lateness): (Timestamp, Lateness),
) -> Result<Vec<Finding>, Failure> {
    let Some(stored) = stored else {
        return Ok(vec![Finding::new("state-missing", id, "台账中有记录,状态库中没有")]);
    };
    let mut found: Vec<Finding> = key_goes(books, id, stored).into_iter().collect();
    // A person has been told of it already, and nothing moves until they have looked.
    if books.journal.quarantine(id)?.is_some() {
        return Ok(found);
    }
    found.extend(alarm(books, id, stored)?);
    found.extend(remains(books, id, stored)?);
    let is_late = stored.alarm.is_some_and(|due| now.since(due) > LATE);
    if is_late && lateness != Lateness::Excused {
        let due = stored.alarm.unwrap_or(now);
        found.push(Finding::new("timer-not-fired", id, format!("定时器于 {due} 到期,没有执行")));
    }
    if id.kind == case::KIND.number && stored.sequence <= HISTORY_MAX {
        match books.journal.history(id) {
            Ok(records) => found.extend(lived(id, &records)),
            Err(failure @ (Failure::Corrupt { .. } | Failure::Damaged { .. })) => {
                found.push(Finding::new("history", id, format!("历史无法读取:{failure}")));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(found)
}

/// Of a reporter who was erased there is no key any more. Whoever erased them destroyed it after the record was durable;
/// what a crash in between left is destroyed here, and found only where that fails.
fn key_goes(books: &Books, id: &EntityId, stored: &Stored) -> Option<Finding> {
    if id.kind != case::KIND.number {
        return None;
    }
    // A state of an older form is from before anybody could be erased.
    let case = Case::from_stored(id, &stored.state).ok()?;
    let failure = books.seals.heed(&case).err()?;
    tracing::error!(%failure, case = %id.key, "the key of an erased reporter is still there");
    Some(Finding::new("erased-key-there", id, "上报人已删除,但密钥无法销毁"))
}

/// Of a state that was put away there is what follows from its history.
fn remains(books: &Books, id: &EntityId, whole: &Stored) -> Result<Option<Finding>, Failure> {
    let Some(kept) = books.journal.as_kept(id)?.filter(Stored::is_put_away) else {
        return Ok(None);
    };
    let wanted = books.registry.put_away(id, whole, Timestamp::NEVER);
    let is_so = wanted.is_some_and(|wanted| wanted.state == kept.state);
    Ok((!is_so).then(|| Finding::new("remains-differ", id, "归档案件的记录与历史不一致")))
}

/// The alarm that is stored is the first of the timers that the state wants, and it stands in the index.
fn alarm(books: &Books, id: &EntityId, stored: &Stored) -> Result<Vec<Finding>, Failure> {
    let Some(kind) = books.registry.kind(id.kind) else {
        return Ok(vec![Finding::new("kind-unknown", id, "实体的种类不认识")]);
    };
    // A state of an older form is made again when it is next used.
    if let Ok(timers) = kind.timers(id, stored)
        && timers.soonest().map(|timer| timer.due) != stored.alarm
    {
        return Ok(vec![Finding::new("alarm-differs", id, "定时器与状态不一致")]);
    }
    match stored.alarm {
        Some(due) if !is_indexed(books, id, due)? => {
            Ok(vec![Finding::new("alarm-not-indexed", id, format!("{due} 的定时器不在索引中"))])
        }
        Some(_) | None => Ok(Vec::new()),
    }
}

fn is_indexed(books: &Books, id: &EntityId, due: Timestamp) -> Result<bool, Failure> {
    let just_before =
        Some((due - Duration::from_millis(1), EntityId { kind: u8::MAX, key: "".into() }));
    let page = books.journal.alarms(id.partition(PARTITIONS), just_before, SAME_INSTANT_MAX)?;
    let is_full = page.len() == SAME_INSTANT_MAX && page.iter().all(|(at, _)| *at <= due);
    // Among more than that at one instant it is not looked for: the sweep of `duban verify` does.
    Ok(is_full || page.iter().any(|(at, of)| *at == due && of == id))
}
