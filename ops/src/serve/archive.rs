//! The archive: states of cases that were closed a month ago are put away, page by page, but for their facts.

use std::sync::Arc;
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::case::listing::{CLOSED, order};
use duban_actors::case::remains::AT_HAND;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::putting_away::PutAway;
use duban_runtime::journal::{Failure, Journal};
use duban_runtime::loops::{Kept, Life, Loop};

use duban_messages::courier::outcome::chain;
use duban_server::server::Server;

const EVERY: Duration = Duration::from_mins(1);
/// Cases that are looked at one after the other; then whoever wants to stop is heard.
const PAGE: usize = 256;
/// Dead when one page takes so long.
const ARCHIVE: Loop = Loop { name: "archive", silent_max: Duration::from_mins(30) };

/// Puts away from now on, once a minute.
pub(super) fn open(server: &Arc<Server>) -> Kept {
    server.keep(ARCHIVE, keep)
}

async fn keep(server: Arc<Server>, life: Life) {
    let mut upto = Upto::default();
    let mut turns = life.every(EVERY);
    while turns.next().await {
        let mut n_away = 0_u64;
        loop {
            let (journal, now, from) = (server.node.journal().clone(), server.now(), upto.clone());
            let page = tokio::task::spawn_blocking(move || put_away(&journal, from, now));
            match turns.at(page).await {
                Some(Ok(Ok(page))) => {
                    upto = page.upto;
                    n_away += page.n_away;
                    if page.rest == Rest::Nothing {
                        break;
                    }
                }
                Some(Ok(Err(failure))) => {
                    tracing::error!(failure = %chain(&failure), "closed cases are not put away");
                    break;
                }
                Some(Err(fell)) => {
                    tracing::error!(%fell, "closed cases were not put away");
                    break;
                }
                None => break,
            }
        }
        if n_away > 0 {
            tracing::info!(n_away, "cases that were closed a month ago are put away");
        }
    }
}

/// The last case that was looked at, as it stands in the list.
type Upto = Option<(CompactString, EntityId)>;

/// What became of a page.
#[derive(Debug)]
struct Page {
    upto: Upto,
    n_away: u64,
    rest: Rest,
}

/// Whether there is more to be looked at now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    More,
    Nothing,
}

/// Puts away a page of what was closed a month before `now`. Reads the disk.
fn put_away(journal: &Journal, upto: Upto, now: Timestamp) -> Result<Page, Failure> {
    let month_ago = order(now - AT_HAND);
    let closed = journal.list(&CLOSED, upto.clone(), PAGE)?;
    let rest = if closed.len() == PAGE { Rest::More } else { Rest::Nothing };
    let mut page = Page { upto, n_away: 0, rest };
    for (at, id) in closed {
        let done = if at > month_ago { PutAway::Later } else { journal.put_away(&id, now)? };
        match done {
            PutAway::Later => return Ok(Page { rest: Rest::Nothing, ..page }),
            PutAway::Done => page.n_away += 1,
            PutAway::Stays => {}
        }
        page.upto = Some((at, id));
    }
    Ok(page)
}
