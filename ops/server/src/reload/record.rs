//! The record followed: in a cluster, what this node decides by becomes what stands on record, wherever it was asked.
//!
//! ```text
//! feed of what becomes durable ─► the centre: its edition ─► files here, or had from a peer ─► in force
//!                              └► units, shifts, persons: who is away, on shift, may come in  └► not to be had: decides nothing
//! ```
//! Looked at once more every minute, whatever was heard. On a machine alone there is nothing to follow: whoever changes
//! something there puts it in force in the same process.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use duban_actors::{centre, person, shift, unit};
use duban_base::aside::Undone;
use duban_base::asking::Asker;
use duban_base::rules_in_force::accounts::{self, Heeded};
use duban_base::rules_in_force::edition::record::{self, Behind, Followed};
use duban_base::rules_in_force::{absences, shifts};
use duban_base::store::Store;
use duban_runtime::entity::EntityId;
use duban_runtime::feed::{FeedEntry, What};
use duban_runtime::journal::subscription::{Heard, Listener};
use duban_runtime::loops::{Kept, Life, Loop};
use duban_runtime::seldom::Seldom;

use super::days;
use crate::server::Server;

/// Why a node says that nothing is decided by it.
pub const HELD: &str = "rules";
/// Between two looks at rules whose files could not be had.
const AGAIN: Duration = Duration::from_secs(1);
/// Looks of that length after which everything is looked at, whatever was heard.
const ALL_AFTER: u32 = 60;
/// Dead when one look takes so long: files are waited for no longer than a peer may take.
const RECORD: Loop = Loop { name: "record", silent_max: Duration::from_mins(2) };

/// "the record cannot be followed".
static UNREAD: Seldom = Seldom::new();
/// "the files of the rules on record cannot be had".
static LOST: Seldom = Seldom::new();

/// What may be other than it is in force here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Matter {
    Rules,
    Absences,
    Shifts,
    Accounts,
}

const ALL: [Matter; 4] = [Matter::Rules, Matter::Absences, Matter::Shifts, Matter::Accounts];

/// What a start does: nothing is decided before what is on record is in force.
///
/// # Errors
/// When the record cannot be read.
pub async fn at_start(server: &Arc<Server>) -> Result<()> {
    if server.config.cluster.node().is_some() {
        let followed =
            server.read(|store| Ok::<_, Undone>(record::follow(&store.journal, &store.rules)));
        heed(server, followed.await?)?;
    }
    Ok(())
}

/// Begins to follow the record; on a machine alone nobody does.
pub fn open(server: &Arc<Server>) -> Option<Kept> {
    server.config.cluster.node().map(|_| server.keep(RECORD, keep))
}

async fn keep(server: Arc<Server>, mut life: Life) {
    let mut following =
        Following { listener: server.node.journal().listen(), due: BTreeSet::from(ALL) };
    let mut looks = tokio::time::interval(AGAIN);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut n_looks = 0;
    loop {
        tokio::select! {
            () = life.over() => return,
            heard = following.listener.next() => {
                if following.hear(heard) == Going::Over {
                    return life.over().await;
                }
            }
            _ = looks.tick() => {
                life.beat();
                n_looks = (n_looks + 1) % ALL_AFTER;
                if n_looks == 0 {
                    following.due.extend(ALL);
                } else if server.node.held_back() == Some(HELD) {
                    following.due.insert(Matter::Rules);
                }
            }
        }
        if !following.due.is_empty() {
            follow(&server, std::mem::take(&mut following.due)).await;
        }
    }
}

struct Following {
    listener: Listener,
    due: BTreeSet<Matter>,
}

/// Whether there is more to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Going {
    On,
    /// The journal is closed.
    Over,
}

impl Following {
    fn hear(&mut self, heard: Heard) -> Going {
        match heard {
            Heard::Happened(entries) => self.due.extend(entries.iter().flat_map(touched)),
            Heard::Missed => self.due.extend(ALL),
            Heard::Over => return Going::Over,
        }
        Going::On
    }
}

/// What may be other after this entry.
fn touched(entry: &FeedEntry) -> Vec<Matter> {
    let What::Accepted { record, .. } = &entry.what else { return Vec::new() };
    let EntityId { kind, .. } = &record.entity;
    if *kind == centre::KIND.number {
        vec![Matter::Rules]
    } else if *kind == unit::KIND.number {
        vec![Matter::Absences]
    } else if *kind == shift::KIND.number {
        vec![Matter::Shifts]
    } else if *kind == person::KIND.number {
        vec![Matter::Accounts, Matter::Shifts]
    } else {
        Vec::new()
    }
}

/// What looking came to.
struct Looked {
    rules: Result<Followed, Behind>,
    accounts: Heeded,
}

async fn follow(server: &Arc<Server>, due: BTreeSet<Matter>) {
    let looked = server.read(move |store| look(store, &due)).await;
    let told = match looked {
        Ok(Looked { rules, accounts }) => {
            if accounts == Heeded::Changed && server.node.is_office() {
                follow_accounts(server).await;
            }
            heed(server, rules)
        }
        Err(error) => Err(error),
    };
    if let Err(error) = told
        && let Some(n_left_out) = UNREAD.turn()
    {
        tracing::error!(error = format!("{error:#}"), n_left_out, "the record cannot be followed");
    }
}

fn look(store: &Store, due: &BTreeSet<Matter>) -> Result<Looked> {
    let (journal, rules) = (&store.journal, &store.rules);
    let mut looked = Looked { rules: Ok(Followed::AsItWas), accounts: Heeded::AsItWas };
    for matter in due {
        match matter {
            Matter::Rules => looked.rules = record::follow(journal, rules),
            Matter::Absences => absences::heed(journal, rules)?,
            Matter::Shifts => shifts::heed(journal, rules)?,
            Matter::Accounts => looked.accounts = accounts::heed(journal, rules)?,
        }
    }
    Ok(looked)
}

/// Whose daily view is watched follows who may come in: asked from one node, whichever changed it.
async fn follow_accounts(server: &Server) {
    match server
        .read(|store| Ok::<_, anyhow::Error>(accounts::units_at_work(&store.journal)?))
        .await
    {
        Ok(units) => accounts::follow(&server.node, &Asker::on_the_machine(), units).await,
        Err(error) => tracing::error!(%error, "whose daily view is watched is not known anew"),
    }
}

/// Takes part in deciding, or does not, by whether the rules on record are in force here.
fn heed(server: &Server, followed: Result<Followed, Behind>) -> Result<()> {
    match followed {
        Ok(followed) => {
            if let Followed::InForce(edition) = &followed {
                tracing::info!(hash = %edition.hash, "the rules on record are in force here, too");
                // The directory is compared with them in the next round.
                server.health.rules.take();
                days::settled(server);
            }
            if server.node.held_back() == Some(HELD) {
                server.node.hold(None);
            }
            Ok(())
        }
        Err(Behind::Lost(edition, lost)) => {
            server.node.hold(Some(HELD));
            if let Some(n_left_out) = LOST.turn() {
                let (hash, lost) = (&edition.hash, anyhow::Error::new(lost));
                tracing::error!(%hash, lost = format!("{lost:#}"), n_left_out, "the files of the rules on record cannot be had: nothing is decided here");
            }
            Ok(())
        }
        Err(behind @ Behind::Unread(_)) => Err(behind.into()),
    }
}
