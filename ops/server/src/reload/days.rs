//! Days: rules that wait come into force when the centre's timer says that their day has come; and so they do at a
//! start, where that day has passed.
//!
//! The timer is the centre's, so a clock that is not believed holds it like any other. What keeps such rules from coming
//! into force is an alarm until they do, or nobody wants them any more; they are looked at again when others come into
//! force meanwhile, and at each start.

use std::sync::Arc;
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::centre::{Stage, Waiting};
use duban_runtime::loops::{Kept, Life, Loop};
use duban_runtime::seldom::Seldom;

use super::establish;
use crate::server::Server;
use duban_base::asking::Asker;
use duban_base::rules_in_force::edition::{self, Came, Rejected};

/// Between two looks: one value is read.
const EVERY: Duration = Duration::from_secs(1);
/// Dead when one look takes so long.
const DAYS: Loop = Loop { name: "days", silent_max: Duration::from_mins(5) };

/// "whether the day of rules has come is not known".
static UNREAD: Seldom = Seldom::new();

/// What was tried last in vain: which rules, beside which in force.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tried(Option<[CompactString; 2]>);

impl Tried {
    /// Looks once whether the day has come of rules that wait.
    pub async fn look(&mut self, server: &Server) {
        if let Err(rejected) = self.looked(server).await
            && let Some(n_left_out) = UNREAD.turn()
        {
            tracing::error!(%rejected, n_left_out, "whether the day of rules has come is not known");
        }
    }

    async fn looked(&mut self, server: &Server) -> Result<(), Rejected> {
        let journal = server.node.journal();
        // Of several nodes one is enough, and the others follow the record.
        if !server.node.is_office() {
            return Ok(());
        }
        let has_come = |waiting: &Waiting| waiting.stage == Stage::Come;
        let Some(waiting) = edition::waiting(journal)?.filter(has_come) else {
            *self = Tried::default();
            return Ok(());
        };
        let in_force = edition::last(journal)?.map(|last| last.hash).unwrap_or_default();
        let now = Tried(Some([waiting.edition.hash, in_force]));
        if *self != now {
            let _turn = server.health.rules.turn().await;
            if come(server).await? == Came::NotYet {
                return Ok(());
            }
        }
        *self = now;
        Ok(())
    }
}

/// What a start does: rules whose day has passed come into force before anybody decides anything.
pub async fn at_start(server: &Server) -> Result<(), Rejected> {
    if server.node.is_office() {
        come(server).await?;
    }
    edition::day::follow_the_record(server.node.journal(), &server.rules)?;
    settled(server);
    Ok(())
}

/// What is known once rules were put in force, made to wait or taken back.
pub fn settled(server: &Server) {
    let (journal, rules) = (server.node.journal(), &server.health.rules);
    match edition::faults(journal) {
        Ok(codes) => rules.blame(codes),
        Err(failure) => tracing::error!(%failure, "it is not known whether the rules are in order"),
    }
    match edition::waiting(journal) {
        Ok(Some(waiting)) if waiting.day.from <= server.now() => {}
        Ok(_) => rules.hold(None),
        Err(failure) => tracing::error!(%failure, "it is not known which rules wait"),
    }
}

/// Puts rules in force whose day has come, and has everything follow; for whoever has the turn.
pub(super) async fn come(server: &Server) -> Result<Came, Rejected> {
    let asker = Asker::on_the_machine();
    let came = edition::day::come(&server.node, &server.rules, &asker).await?;
    match &came {
        Came::NotYet => {}
        Came::InForce(edition) => {
            tracing::info!(hash = %edition.hash, "the day of other rules has come: they are in force");
            settled(server);
            establish(server, &asker).await;
        }
        Came::Held(waiting, why) => {
            tracing::error!(hash = %waiting.edition.hash, why, "rules whose day has come are held");
            let number = &waiting.edition.number;
            let day = waiting.day.effective;
            server
                .health
                .rules
                .hold(Some(format!("应于 {day} 生效的手册 {number} 不能生效:{why}")));
        }
    }
    Ok(came)
}

/// Begins to look after the days of rules, in the name of the machine.
pub fn open(server: &Arc<Server>) -> Kept {
    server.keep(DAYS, keep)
}

async fn keep(server: Arc<Server>, life: Life) {
    let mut tried = Tried::default();
    let mut turns = life.every(EVERY);
    while turns.next().await {
        turns.at(tried.look(&server)).await;
    }
}
