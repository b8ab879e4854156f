//! Outgoing groups: on their way into the log of a cluster, until this node has mirrored them or knows that they are not there.
//!
//! Whoever sends puts a group here before the first attempt; whoever mirrors takes it when it meets it in the log. So
//! the log decides, whatever answer was lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::failure::Failure;
use super::parts::Parts;
use crate::cluster::log::{GroupId, Link};

/// What the sender and the mirror of one node share.
#[derive(Default)]
pub(crate) struct Outgoing {
    state: Mutex<State>,
    moved: Condvar,
    /// The last frame that is in the ledger, and can be read. It moves while `state` is held.
    mirrored: watch::Sender<u64>,
    /// Nothing more is mirrored.
    stopped: AtomicBool,
}

#[derive(Default)]
struct State {
    groups: BTreeMap<GroupId, Sent>,
    /// The last frame that is safe on this disk, and its link.
    safe: Option<(u64, Link)>,
    /// Nobody waits for the log any more.
    closing: bool,
    /// Nothing more is sent.
    ended: bool,
}

/// A group that was sent.
pub(super) struct Sent {
    pub(super) parts: Parts,
    /// When, by the clock that counts since the machine was started.
    pub(super) at: Duration,
}

/// Whether a wait came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    Reached,
    /// The journal is closing, or mirrors nothing more, or it took too long.
    GivenUp,
}

impl Outgoing {
    /// Up to `frame` all is mirrored.
    pub(crate) fn at(frame: u64) -> Outgoing {
        let outgoing = Outgoing::default();
        outgoing.reached(frame);
        outgoing
    }

    /// A group is about to be sent for the first time.
    pub(super) fn put(&self, id: GroupId, sent: Sent) {
        self.state().groups.insert(id, sent);
    }

    /// A group, if it is still on its way: whoever takes it answers those who wait for it.
    pub(super) fn take(&self, id: GroupId) -> Option<Sent> {
        self.state().groups.remove(&id)
    }

    /// Whether a group is still on its way.
    pub(super) fn holds(&self, id: GroupId) -> bool {
        self.state().groups.contains_key(&id)
    }

    /// Whether no group is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.state().groups.is_empty()
    }

    /// The last frame that is mirrored.
    pub(crate) fn mirrored(&self) -> u64 {
        *self.mirrored.borrow()
    }

    /// `frame` is mirrored and can be read.
    pub(super) fn reached(&self, frame: u64) {
        let held = self.state();
        self.mirrored.send_replace(frame);
        drop(held);
        self.moved.notify_all();
    }

    /// No frame is mirrored any more: nobody waits for one.
    pub(super) fn stop(&self) {
        let held = self.state();
        self.stopped.store(true, Ordering::Release);
        self.mirrored.send_modify(|_| {});
        drop(held);
        self.moved.notify_all();
    }

    /// Waits for at most `patience` until `frame` is mirrored; any number of callers may.
    pub(super) async fn until_mirrored(&self, frame: u64, patience: Duration) -> Waited {
        let mut heard = self.mirrored.subscribe();
        let over = heard.wait_for(|mirrored| *mirrored >= frame || self.has_stopped());
        // Whether it came, was given up or took too long, is seen by where the mirror is.
        drop(tokio::time::timeout(patience, over).await);
        self.waited(frame)
    }

    /// Waits for at most `patience` until `frame` is mirrored.
    pub(super) fn wait_mirrored(&self, frame: u64, patience: Duration) -> Waited {
        let behind =
            |state: &mut State| self.mirrored() < frame && !state.closing && !self.has_stopped();
        drop(self.moved.wait_timeout_while(self.state(), patience, behind));
        self.waited(frame)
    }

    fn waited(&self, frame: u64) -> Waited {
        if self.mirrored() >= frame { Waited::Reached } else { Waited::GivenUp }
    }

    /// Whether no frame is mirrored any more.
    pub(super) fn has_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Rests before the log is asked again.
    pub(super) fn rest(&self, long: Duration) {
        let open = |state: &mut State| !state.closing;
        drop(self.moved.wait_timeout_while(self.state(), long, open));
    }

    /// Rests before the log is read again.
    pub(super) fn rest_until_end(&self, long: Duration) {
        let open = |state: &mut State| !state.ended;
        drop(self.moved.wait_timeout_while(self.state(), long, open));
    }

    /// Nobody waits for the log any more: what it has not decided is let go.
    pub(super) fn close(&self) {
        self.state().closing = true;
        self.moved.notify_all();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.state().closing
    }

    /// Up to `frame`, whose link this is, all is safe on this disk.
    pub(super) fn secured(&self, frame: u64, link: Link) {
        self.state().safe = Some((frame, link));
    }

    /// The last frame that is safe on this disk, and its link.
    pub(crate) fn safe(&self) -> Option<(u64, Link)> {
        self.state().safe
    }

    /// Nothing more is sent; what is on its way is still met.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.moved.notify_all();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.state().ended
    }

    /// Nobody meets anything any more: those who wait are told to ask again.
    pub(super) fn let_go(&self) {
        let groups = std::mem::take(&mut self.state().groups);
        for sent in groups.into_values() {
            sent.parts.refuse(&Failure::OtherOwner);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
