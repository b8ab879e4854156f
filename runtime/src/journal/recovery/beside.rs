//! Recovery on several threads, which read, fold and apply at the same time: what a start with much to fold does.
//!
//! ```text
//! ledger ─► reading ahead ─► folding ─► active ─freeze─► applying ─► store
//! ```
//! A portion is much larger than a generation of the running journal: nobody waits for a read meanwhile, and the more
//! of an entity's records fall into one portion, the fewer values the store is told. Bounded: frames read ahead, one
//! portion that grows and one that is applied.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::super::applier::{Applier, Onto};
use super::super::backlog::Backlog;
use super::super::failure::Failure;
use super::super::frame::Frame;
use super::super::ledger::Frames;

/// Frames read ahead.
const AHEAD_MAX: usize = 256;
const PORTION_BYTES: usize = 256 << 20;

/// Hands every frame to `taken`, and what becomes of it to the store.
pub(super) fn run(
    backlog: &Arc<Backlog>,
    onto: Onto,
    frames: Frames,
    taken: &mut dyn FnMut(Frame) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (ahead, read) = sync_channel(AHEAD_MAX);
    let (go, going) = sync_channel(1);
    let (free, freed) = sync_channel(1);
    thread::scope(|scope| {
        let reading = thread::Builder::new().name("duban-reading".to_owned());
        let reading = reading.spawn_scoped(scope, move || read_ahead(frames, &ahead));
        reading.map_err(|error| Failure::io("start", "a thread that reads", error))?;
        let applying = thread::Builder::new().name("duban-applier".to_owned());
        let applying = applying
            .spawn_scoped(scope, || apply(Applier::new(Arc::clone(backlog), onto), going, free))
            .map_err(|error| Failure::io("start", "a thread that applies", error))?;
        let folded = fold(backlog, &read, taken, (go, &freed));
        // Whoever still reads finds nobody to hand it to.
        drop(read);
        let applied = applying.join().map_err(|_| Failure::Stopped)?;
        applied.and(folded)
    })
}

fn read_ahead(frames: Frames, ahead: &SyncSender<Result<Frame, Failure>>) {
    for frame in frames {
        if ahead.send(frame).is_err() {
            return;
        }
    }
}

fn fold(
    backlog: &Backlog,
    read: &Receiver<Result<Frame, Failure>>,
    taken: &mut dyn FnMut(Frame) -> Result<(), Failure>,
    (go, freed): (SyncSender<()>, &Receiver<()>),
) -> Result<(), Failure> {
    for frame in read {
        taken(frame?)?;
        if backlog.tables().n_bytes() < PORTION_BYTES {
            continue;
        }
        // Without somebody who applies there is nothing to go on for: that failure is what is told.
        if freed.recv().is_err() {
            return Ok(());
        }
        backlog.freeze();
        if go.send(()).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

fn apply(mut applier: Applier, going: Receiver<()>, free: SyncSender<()>) -> Result<(), Failure> {
    loop {
        if free.send(()).is_err() || going.recv().is_err() {
            return Ok(());
        }
        applier.apply_once()?;
    }
}
