//! Establishment: whoever has a daily brief by the rules in force gets its timer, and whoever has none any more loses it
//! (article 7).
//!
//! Asked at every start and after every set of rules that comes into force, so that nobody has to be thought of. Each
//! entity decides for itself: asked again it changes nothing, a slot that has gone out is not sent again, and a unit
//! that somebody has deactivated stays so. Frontage stewards have no brief and are not asked, unless somebody has
//! established one.

use std::collections::BTreeSet;
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::centre::{self, Centre};
use duban_actors::unit::{self, Unit};
use duban_rules::vocabulary::UnitKind;
use duban_runtime::entity::{CommandId, EntityId, Refusal as _};
use duban_runtime::journal::Failure;
use duban_runtime::node::Node;

use crate::asking::{self, Asker, No, Terms};
use crate::registry::Rules;

/// Units at work that are read; a county has some dozens.
const UNITS_MAX: usize = 4_096;
/// How often somebody is asked who has no room or whose answer was lost; the rest waits for the next round.
const ASKED_MAX: u32 = 3;
/// Between two of these.
const PAUSE: Duration = Duration::from_millis(200);
/// How long an answer is waited for. A node that gives none is not asked any further.
const PATIENCE: Duration = Duration::from_secs(5);

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Established {
    /// Whose brief was set, moved or ended.
    pub changed: Vec<CompactString>,
    /// Whose brief could not be: not more than there are units, and the centre.
    pub unset: Vec<CompactString>,
}

/// What the centre or a unit says to it.
enum Reply {
    Changed,
    AsItWas,
    NotNow,
    Never,
    Nothing,
}

/// Has the centre and every unit follow the rules in force. One is asked after the other: only the first time anything
/// is written.
///
/// # Errors
/// When it cannot be read who is at work.
pub async fn establish(node: &Node, rules: &Rules, asker: &Asker) -> Result<Established, Failure> {
    let mut waiting = everybody(node, rules)?;
    let mut done = Established::default();
    for round in 0..ASKED_MAX {
        if round > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        let mut again = Vec::new();
        let mut queue = waiting.into_iter();
        while let Some(id) = queue.next() {
            match ask(node, rules, asker, &id).await? {
                Reply::Changed => done.changed.push(id.key),
                Reply::AsItWas => {}
                Reply::NotNow => again.push(id),
                Reply::Never => done.unset.push(id.key),
                Reply::Nothing => {
                    let rest = again.into_iter().chain([id]).chain(queue);
                    done.unset.extend(rest.map(|id| id.key));
                    return Ok(done);
                }
            }
        }
        waiting = again;
        if waiting.is_empty() {
            break;
        }
    }
    done.unset.extend(waiting.into_iter().map(|id| id.key));
    Ok(done)
}

/// The centre, the units that have a brief, and those that may have had one.
fn everybody(node: &Node, rules: &Rules) -> Result<Vec<EntityId>, Failure> {
    let in_force = rules.current();
    let has_brief = |unit: &&duban_rules::book::units::Unit| match unit.kind {
        UnitKind::Department(_) => unit.active,
        UnitKind::FrontageSteward => false,
    };
    let by_the_rules = in_force.0.rules.units.iter().filter(has_brief);
    let mut units: BTreeSet<CompactString> =
        by_the_rules.map(|unit| unit.id.as_str().into()).collect();
    let at_work = node.journal().list(&unit::ACTIVE, None, UNITS_MAX)?;
    units.extend(at_work.into_iter().map(|(_, id)| id.key));
    let units = units.into_iter().map(|key| EntityId::new(unit::KIND, key));
    Ok(std::iter::once(EntityId::new(centre::KIND, centre::KEY)).chain(units).collect())
}

async fn ask(node: &Node, rules: &Rules, asker: &Asker, id: &EntityId) -> Result<Reply, Failure> {
    // The same rules may come into force again after others: each time is a command of its own.
    let sequence = node.journal().sequence(id)?.unwrap_or(0);
    let hash = rules.current().0.rules.hash;
    let words: [&[u8]; 4] = [b"establish", id.key.as_bytes(), &hash, &sequence.to_le_bytes()];
    let terms = Terms::of(CommandId::derived(&words));
    let asking = async {
        if id.kind == centre::KIND.number {
            let command = centre::Command::Establish;
            asking::ask::<Centre>(node, asker, terms, &id.key, command).await.map(drop)
        } else {
            let command = unit::Command::FollowRules;
            asking::ask::<Unit>(node, asker, terms, &id.key, command).await.map(drop)
        }
    };
    let Ok(outcome) = tokio::time::timeout(PATIENCE, asking).await else {
        tracing::warn!(entity = %id, "nobody says whether its brief is set");
        return Ok(Reply::Nothing);
    };
    Ok(match outcome {
        Ok(()) => Reply::Changed,
        Err(no) if no.code().is_some_and(is_settled) => Reply::AsItWas,
        Err(No::Busy(_) | No::Unrecorded(_)) => Reply::NotNow,
        Err(no @ (No::Refused { .. } | No::Stale(_) | No::SetAside(..))) => {
            tracing::warn!(entity = %id, ?no, "its brief is not set");
            Reply::Never
        }
    })
}

/// Whether a refusal says that there is nothing to do.
fn is_settled(code: &str) -> bool {
    [
        centre::Refusal::AlreadyEstablished.code(),
        unit::Refusal::AlreadyEstablished.code(),
        unit::Refusal::AlreadyDeactivated.code(),
        unit::Refusal::InactiveInRules.code(),
        unit::Refusal::NotInRules.code(),
    ]
    .contains(&code)
}
