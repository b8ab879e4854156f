//! The canary's keeper: each morning one case crosses the whole chain, from a report to its closing, with a durable
//! timer and a message that really goes out. Not done within ten minutes, those who keep duban running are to know.
//!
//! ```text
//! register ─► file ─► dispatch ─► receive ─► its timer fires ─► its message leaves the outbox ─► feed back ─► verify ─► close
//! ```
//! Everything is read from the case, so that a start in the middle goes on where it stood. What sets a canary apart
//! from other cases is for [`duban_actors::case::canary`].

mod act;

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, NaiveTime};
use compact_str::{CompactString, format_compact};
use duban_actors::case::{Case, CaseId, canary};
use duban_actors::role::Role;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{CommandId, EntityId};
use duban_runtime::journal::Failure;
use duban_runtime::node::Node;
use duban_runtime::outbox::RowState;
use duban_runtime::partition::PARTITIONS;
use tokio::sync::watch;

use act::{Act, Post, next_act};
use duban_base::asking::{self, Aside, Asker, No, Terms};
use duban_base::labels::case::stage_word;
use duban_base::registry::Rules;
use duban_base::store;
use duban_server::health::canary::{Canary, CanaryState};

/// When the canary of a day begins, in the county's time.
pub const MORNING: NaiveTime = match NaiveTime::from_hms_opt(7, 0, 0) {
    Some(morning) => morning,
    None => NaiveTime::MIN,
};
/// A canary that takes longer than this has found something.
pub const PATIENCE: Duration = Duration::from_mins(10);
/// How often one that waits is looked at, by whoever keeps canaries in a server.
pub const PAUSE: Duration = Duration::from_secs(1);
/// Acts of one canary in a row: more than its life has.
const ACTS_MAX: usize = 16;
/// Earlier canaries that are carried on at most, the longest due first.
const OPEN_MAX: usize = 8;
/// Rows of its partition's outbox among which its message is looked for; behind more it counts as waiting.
const ROWS_MAX: usize = 65_536;
/// Rows looked at together.
const ROWS: usize = 1_024;

/// Whoever carries the canary through.
#[derive(Debug)]
pub struct Keeper {
    rules: Rules,
    report: watch::Sender<Canary>,
    tried: Option<(NaiveDate, Timestamp)>,
}

impl Keeper {
    /// A keeper, and where it tells how the canary fares; at `now` nothing has been looked at.
    pub fn new(rules: &Rules, now: Timestamp) -> (Keeper, watch::Receiver<Canary>) {
        let day = day_at(now, &rules.current().0.rules.calendar);
        let (stage, standing) = ("unreported", CanaryState::NotBegun);
        let canary = Canary { day, case: case_id(day).0, stage, standing };
        let (report, told) = watch::channel(canary);
        (Keeper { rules: Arc::clone(rules), report, tried: None }, told)
    }

    /// Goes on with the canary of the last morning as far as it comes now, and tells how it fares. Earlier ones that are
    /// still open are carried across, too.
    pub async fn advance(&mut self, node: &Node) -> Result<(), Failure> {
        let now = node.clock().now();
        let day = day_at(now, &self.rules.current().0.rules.calendar);
        let todays = case_id(day);
        for (_, earlier) in node.journal().list(&canary::OPEN, None, OPEN_MAX)? {
            if earlier.key != todays.0 {
                carry(node, &CaseId(earlier.key), day).await?;
            }
        }
        let (case, why) = carry(node, &todays, day).await?;
        let begun = self.begun(day, case.as_ref(), now);
        self.tell(day, case.as_ref(), (begun, node.clock().now()), why);
        Ok(())
    }

    /// Since when its ten minutes count: since it was registered, or since that was first tried.
    fn begun(&mut self, day: NaiveDate, case: Option<&Case>, now: Timestamp) -> Timestamp {
        if let Some(report) = case.and_then(|case| case.state.report()) {
            return report.at;
        }
        match self.tried {
            Some((tried, at)) if tried == day => at,
            Some(_) | None => self.tried.insert((day, now)).1,
        }
    }

    fn tell(
        &self,
        day: NaiveDate,
        case: Option<&Case>,
        (begun, now): (Timestamp, Timestamp),
        why: Option<CompactString>,
    ) {
        let stage = case.map_or("unreported", |case| case.state.name());
        let standing = fares(case, (begun, now), why);
        let canary = Canary { day, case: case_id(day).0, stage, standing };
        let before = self.report.send_replace(canary.clone());
        if let Some(failure) = canary.failure().filter(|_| before.failure().is_none()) {
            tracing::error!(canary = %canary.case, stage, failure, "the canary does not get through");
        }
        if canary.finished().is_some() && before != canary {
            tracing::info!(canary = %canary.case, "the canary is through");
        }
    }
}

/// How a canary fares that stands so and began at `begun`.
fn fares(
    case: Option<&Case>,
    (begun, now): (Timestamp, Timestamp),
    why: Option<CompactString>,
) -> CanaryState {
    if let Some(duban_actors::case::State::Closed(closed)) = case.map(|case| &case.state) {
        let is_late = closed.at.since(begun) > PATIENCE;
        return if is_late {
            CanaryState::FinishedLate(begun, closed.at)
        } else {
            CanaryState::Finished(begun, closed.at)
        };
    }
    match why {
        Some(why) => CanaryState::Failing(begun, why),
        None if now.since(begun) > PATIENCE => {
            let stage = case.map_or("unreported", |case| case.state.name());
            CanaryState::Failing(begun, format_compact!("停在{}", stage_word(stage)))
        }
        None => CanaryState::UnderWay(begun),
    }
}

/// Asks a canary one thing after the other, as far as it comes now: where it stands then, and what is wrong, if
/// something is. One that is not on record is registered as that of `day`.
async fn carry(
    node: &Node,
    id: &CaseId,
    day: NaiveDate,
) -> Result<(Option<Case>, Option<CompactString>), Failure> {
    for _ in 0..ACTS_MAX {
        let (case, sequence) = read(node, id)?;
        let act = next_act(day, case.as_ref(), post(node, id)?);
        let Act::Ask(command) = act else { return Ok((case, act.trouble())) };
        let parts: [&[u8]; 3] = [b"canary", id.as_str().as_bytes(), &sequence.to_le_bytes()];
        let (asker, terms) = (keeper(), Terms::of(CommandId::derived(&parts)));
        let outcome = asking::ask::<Case>(node, &asker, terms, id.as_str(), *command).await;
        if let Err(no) = outcome {
            return Ok((case, trouble(&no)));
        }
    }
    Ok((read(node, id)?.0, Some("goes round in circles".into())))
}

/// The case of a day's canary.
pub fn case_id(day: NaiveDate) -> CaseId {
    CaseId::from_intake(canary::SOURCE, &day.to_string())
}

/// The local day whose morning has come last.
fn day_at(now: Timestamp, calendar: &Calendar) -> NaiveDate {
    let local = calendar.local(now.into());
    let has_come = local.time() >= MORNING;
    let today = local.date();
    if has_come { today } else { today.pred_opt().unwrap_or(today) }
}

fn keeper() -> Asker {
    Asker::system("每日自检", Role::Canary)
}

/// What a no says about the chain: a refusal is a fault of its own; what may be asked again is not, until its time is
/// over.
fn trouble(no: &No) -> Option<CompactString> {
    match no {
        No::Busy(_) | No::Unrecorded(_) => None,
        No::Refused { code, .. } => Some(format_compact!("refused: {code}")),
        No::SetAside(Aside::Entity, reason) => Some(format_compact!("set aside: {reason}")),
        No::SetAside(Aside::Command, reason) => Some(format_compact!("panicked: {reason}")),
        No::Stale(_) => Some(format_compact!("{no:?}")),
    }
}

fn read(node: &Node, id: &CaseId) -> Result<(Option<Case>, u64), Failure> {
    let entity = id.entity();
    let Some(stored) = node.journal().entity(&entity)? else { return Ok((None, 0)) };
    // One that cannot be read is quarantined; the answer to the next command says so.
    let case = store::case(&entity, &stored).ok();
    Ok((case, stored.sequence))
}

/// What is left of its messages in the outbox.
fn post(node: &Node, id: &CaseId) -> Result<Post, Failure> {
    let entity: EntityId = id.entity();
    let partition = entity.partition(PARTITIONS);
    let (mut after, mut seen) = (None, 0);
    while seen < ROWS_MAX {
        let rows = node.journal().outbox(partition, after, ROWS)?;
        let Some((last, row)) = rows.last() else { return Ok(Post::Gone) };
        after = Some((row.next, last.clone()));
        seen += rows.len();
        if let Some((_, row)) = rows.iter().find(|(message, _)| message.entity == entity) {
            return Ok(match &row.standing {
                RowState::Dead(_, _, why) => Post::Dead(why.clone()),
                RowState::Ready | RowState::Claimed(..) | RowState::Untried(..) => Post::Waiting,
            });
        }
    }
    Ok(Post::Waiting)
}
