//! A small town that works until somebody kills it: a node over a journal on disk, 64 callers, tiny limits, a courier.
//!
//! `crash_child DIR RUN work|finish` opens the journal in DIR and drives cases through their lives, those of earlier runs
//! first. With `finish` it begins no new ones and ends when nothing is under way or due any more; when its input ends,
//! it stops in good order. It says on its output, a line each, what it is at and what it was answered:
//!
//! ```text
//! step ledger|store|snapshot|fold          it opens the journal
//! ready                                    commands are taken
//! ok CASE COMMAND SEQUENCE first|again     an acknowledged command
//! no CASE COMMAND ANSWER                   anything else that a caller was answered
//! sent MESSAGE                             the courier has it
//! quiet                                    nothing is under way or due
//! stopped FRAME                            closed in good order, with this frame as the last
//! ```
//! Nothing is checked here: whoever started the town does that.

mod callers;
mod case_path;
mod hasty;
mod post;
mod say;

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use duban::registry;
use duban_runtime::clock::SystemClock;
use duban_runtime::journal::backlog::Limits;
use duban_runtime::journal::recovery::{Progress, Step};
use duban_runtime::journal::{Journal, Options as JournalOptions};
use duban_runtime::node::{Node, Options as NodeOptions};

use callers::{Mode, Work};
use say::say;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let dir = args.next().context("which directory?")?;
    let run: u32 = args.next().context("which run?")?.parse()?;
    let mode = if args.next().as_deref() == Some("finish") { Mode::Finish } else { Mode::Work };
    let stop = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&stop);
    std::thread::spawn(move || {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        seen.store(true, Ordering::Release);
    });
    actix::System::new().block_on(work(&dir, run, mode, stop))
}

async fn work(dir: &str, run: u32, mode: Mode, stop: Arc<AtomicBool>) -> Result<()> {
    let rules = registry::in_force(hasty::rules());
    let registry = registry::registry(&rules);
    let journal = Journal::open(small(dir), Arc::clone(&registry) as _, &told)?;
    let clock = Arc::new(SystemClock::start());
    let node = Node::start(NodeOptions::default(), registry, journal, clock).await?;
    say(&"ready")?;
    let work = Work::new(node, (run, mode), stop)?;
    let callers = async {
        let served = work.serve().await;
        work.dismiss();
        served
    };
    let (served, delivered) =
        futures_util::future::join(callers, post::deliver(&work, &rules)).await;
    served?;
    delivered?;
    let journal = work.node.journal().clone();
    work.node.stop().await;
    let (_, frame) = journal.head();
    journal.close()?;
    say(&format_args!("stopped {frame}"))
}

/// Small files, so that segments end, are sealed and become snapshots many times in a short life.
fn small(dir: &str) -> JournalOptions {
    let mut options = JournalOptions::at(dir);
    options.store.cache_bytes = 32 << 20;
    options.segment_bytes = 256 << 10;
    options.snapshot_every_bytes = 1 << 20;
    options.limits =
        Limits { n_bytes_max: 512 << 10, lag_max: Duration::from_millis(50), n_at_once_max: 64 };
    options
}

fn told(progress: Progress) {
    let step = match progress.step {
        Step::Ledger => "ledger",
        Step::Store => "store",
        Step::Snapshot => "snapshot",
        Step::Fold => "fold",
    };
    // Nobody listens any more: the next line that matters will tell.
    drop(say(&format_args!("step {step}")));
}
