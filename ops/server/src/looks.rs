//! Looks at a unit's cases by its main leader: told to the units for which they count (article 7).
//!
//! Nobody who looks waits for the record. The units say themselves whether it is the first look of the day; one that
//! finds no room is not told, and the next look of that day is.

use std::sync::Arc;

use duban_actors::unit::views::{Seen, counts_for, looks_for};
use duban_actors::unit::{self, Unit};
use duban_base::aside;
use duban_base::asking::{self, Asker, Terms};
use duban_base::registry::Rules;
use duban_base::state;
use duban_base::store::Store;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{CommandId, Refusal as _};
use duban_runtime::node::Node;
use tokio::sync::Semaphore;

/// Looks that are on their way to the record at a time; one more is not told.
const LOOKS_MAX: usize = 64;

/// Room for looks on their way to the record.
pub struct Looks(Arc<Semaphore>);

impl Default for Looks {
    fn default() -> Looks {
        Looks(Arc::new(Semaphore::new(LOOKS_MAX)))
    }
}

impl Looks {
    /// Tells the units that `asker` has looked at what `unit` has to do, if they look for any as its head. On the
    /// caller's actix system, and without waiting for it.
    pub fn tell(
        &self,
        (node, rules): (&Arc<Node>, &Rules),
        asker: &Asker,
        unit: &UnitId,
        seen: Seen,
    ) {
        if !asker.role.is_of_a_unit() {
            return;
        }
        let (now, context) = (node.clock().now(), rules.current());
        let cx = &context.0;
        let asked = asker.asked(Terms::of(CommandId(0)), now);
        let looked = |one: &&UnitId| looks_for(one, cx.roster.leaves(one), &asked, cx);
        let counts = counts_for(&cx.rules.units, unit).into_iter();
        let units: Vec<UnitId> = counts.filter(looked).cloned().collect();
        if units.is_empty() {
            return;
        }
        let Ok(place) = Arc::clone(&self.0).try_acquire_owned() else { return };
        let (node, rules, asker) = (Arc::clone(node), Arc::clone(rules), asker.clone());
        actix::spawn(async move {
            for unit in units {
                tell((&node, &rules), &asker, &unit, (&seen, now)).await;
            }
            drop(place);
        });
    }
}

/// Tells one unit, unless somebody has looked for it on this day.
async fn tell(
    (node, rules): (&Arc<Node>, &Rules),
    asker: &Asker,
    unit: &UnitId,
    (seen, now): (&Seen, Timestamp),
) {
    let day = rules.current().0.rules.calendar.local(now.into()).date();
    let key = unit.clone();
    let looked = move |store: &Store| -> anyhow::Result<bool> {
        let known = state::read::<Unit>(&store.journal, key.as_str())?;
        Ok(known.is_some_and(|(unit, _)| unit.views.looked_on(day)))
    };
    match aside::read_by((node, rules), looked).await {
        Ok(false) => {}
        Ok(true) => return,
        Err(error) => {
            tracing::warn!(%unit, %error, "a look of its leader is not on record");
            return;
        }
    }
    let date = day.to_string();
    let words: [&[u8]; 4] =
        [b"look", unit.as_str().as_bytes(), asker.login.as_bytes(), date.as_bytes()];
    let (terms, seen) = (Terms::of(CommandId::derived(&words)), seen.clone());
    let command = unit::Command::View { seen };
    let outcome = asking::ask::<Unit>(node, asker, terms, unit.as_str(), command).await;
    if let Err(no) = outcome
        && no.code() != Some(unit::Refusal::AlreadyLooked.code())
    {
        tracing::warn!(%unit, ?no, "a look of its leader is not on record");
    }
}
