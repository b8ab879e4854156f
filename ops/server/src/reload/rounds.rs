//! Rounds: every so often somebody looks whether the directory still holds the rules in force, and asks again those
//! whose brief could not be set.
//!
//! What somebody is just writing is left alone: only files that were the same a round before are judged. A round reads
//! ten files; they are checked once for each change of them.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::loops::{Kept, Life, Loop};

use super::{compare, establish, is_taken, read};
use crate::server::Server;
use duban_base::asking::Asker;

/// Between two rounds.
pub const EVERY: Duration = Duration::from_mins(1);
/// Dead when one round takes so long.
const ROUNDS: Loop = Loop { name: "rounds", silent_max: Duration::from_mins(5) };

/// What is kept from one round to the next.
#[derive(Debug, Default)]
pub struct Looking {
    seen: Option<Seen>,
}

/// What a round found: the files by their hash, or why there are none.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Files([u8; 32]),
    Unread(String),
}

impl Looking {
    pub async fn round(&mut self, server: &Server, asker: &Asker) {
        self.look(server).await;
        if !server.health.rules.unset().is_empty() {
            establish(server, asker).await;
        }
    }

    async fn look(&mut self, server: &Server) {
        let rules = &server.health.rules;
        let seen = match read(server).await {
            Ok(sources) => {
                let hash = sources.hash();
                let seen = Seen::Files(hash);
                if !rules.knows(&hash) {
                    if is_taken(server, &hash) {
                        rules.take();
                    } else if self.seen.as_ref() == Some(&seen) {
                        compare(server, sources).await;
                    }
                }
                seen
            }
            Err(error) => {
                let why = format!("{error:#}");
                let seen = Seen::Unread(why.clone());
                if self.seen.as_ref() == Some(&seen) {
                    rules.refuse(why);
                }
                seen
            }
        };
        self.seen = Some(seen);
    }
}

/// Begins to make the rounds of `server`, in the name of the machine.
pub fn open(server: &Arc<Server>) -> Kept {
    server.keep(ROUNDS, keep)
}

async fn keep(server: Arc<Server>, life: Life) {
    let asker = Asker::on_the_machine();
    let mut looking = Looking::default();
    let mut turns = life.every(EVERY);
    while turns.next().await {
        turns.at(looking.round(&server, &asker)).await;
    }
}
