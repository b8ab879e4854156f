//! The journal of a node of a cluster: it commits to the log, and holds what it has mirrored of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::disk::{Disk as _, OsDisk};
use super::failure::{Difference, Failure};
use super::ledger::Bodies;
use super::linked::{LinkMark, marked_link};
use super::mirror::{Around, Mirror, OnTells};
use super::outgoing::{Outgoing, Waited};
use super::recovery::Progress;
use super::sender::Sender;
use super::threads::Committing;
use super::{Journal, OnFatal, Options, Writing, end, opening};
use crate::cluster::log::{Link, Logs};
use crate::record::Fold;

/// With what a node joins the log of its cluster.
#[derive(Clone)]
pub struct Joining {
    pub logs: Arc<dyn Logs>,
    /// The reign that its ledger belongs to.
    pub reign: u64,
    /// The frame behind which the log was begun, and its link.
    pub base: (u64, Link),
    /// Of this program.
    pub release: &'static str,
}

/// What a journal shares with the log.
pub(super) struct Member {
    outgoing: Arc<Outgoing>,
    on_tells: Arc<Mutex<Option<OnTells>>>,
}

impl Journal {
    /// Opens the journal in `options.dir` as that of a node: what it commits goes into the log, and what stands there is
    /// mirrored. The log need not answer yet.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn join(
        options: &Options,
        joining: &Joining,
        fold: Arc<dyn Fold>,
        progress: &dyn Fn(Progress),
    ) -> Result<Journal, Failure> {
        Journal::join_with(options, joining, fold, (progress, Arc::new(end)))
    }

    /// As [`Journal::join`], with something else to happen when nobody knows what is on the disk.
    pub fn join_with(
        options: &Options,
        joining: &Joining,
        fold: Arc<dyn Fold>,
        (progress, on_fatal): (&dyn Fn(Progress), OnFatal),
    ) -> Result<Journal, Failure> {
        let (ledger, parts) = opening::brought_up(options, fold, progress)?;
        let disk = OsDisk::at(&options.dir);
        let link = marked_link(&disk, &parts.reader, joining.base)?;
        let outgoing = Arc::new(Outgoing::at(ledger.last_frame()));
        let links = LinkMark::new(disk.another(), parts.reader.clone(), Arc::clone(&outgoing));
        let parts = parts.marking(links);
        let on_tells: Arc<Mutex<Option<OnTells>>> = Arc::default();
        let around = Around {
            backlog: Arc::clone(&parts.backlog),
            outgoing: Arc::clone(&outgoing),
            meter: Arc::clone(&parts.meter),
            feed: Arc::clone(&parts.feed),
            fold: Arc::clone(&parts.fold),
            clock: Arc::clone(&parts.clock),
            on_tells: told(&on_tells),
        };
        let mirror = Mirror::new(ledger, (link, joining.reign, joining.release), around);
        let shared = (Arc::clone(&parts.backlog), Arc::clone(&outgoing), Arc::clone(&parts.meter));
        let which = (joining.reign, joining.release);
        let sender = Sender::new(joining.logs.log(), shared, Arc::clone(&parts.clock), which);
        let commit = Committing::in_cluster(
            sender,
            (mirror, joining.logs.log()),
            (&parts.backlog, Arc::clone(&outgoing)),
        );
        let member = Some(Member { outgoing, on_tells });
        parts.started(commit, member, on_fatal).map(|inner| Journal { inner: Arc::new(inner) })
    }

    fn member(&self) -> Option<&Member> {
        match &self.inner.writing {
            Writing::Threads(_, member) => member.as_ref(),
            Writing::Nobody | Writing::Caller(_) => None,
        }
    }

    /// Whether it is that of a node of a cluster.
    pub fn is_shared(&self) -> bool {
        self.member().is_some()
    }

    /// The bodies of the frames from `frame` on, as far as they can be read now: what a machine that joins appends.
    pub fn bodies_from(&self, frame: u64) -> Bodies {
        self.inner.reader.bodies_from(frame)
    }

    /// Whether what others commit will be read here: not where the log is followed no more.
    pub fn is_followed(&self) -> bool {
        self.member().is_none_or(|member| !member.outgoing.has_stopped())
    }

    /// Calls `hears` whenever tells have set out that other nodes sent, with the partitions they go from and to; on a
    /// thread of the journal's.
    pub(crate) fn on_tells(&self, hears: OnTells) {
        if let Some(member) = self.member() {
            *member.on_tells.lock().unwrap_or_else(PoisonError::into_inner) = Some(hears);
        }
    }

    /// Waits for at most `patience` until `frame` can be read here, and not at all where the log is followed no more; tells
    /// whether it can.
    pub fn wait_mirrored(&self, frame: u64, patience: Duration) -> bool {
        match self.member() {
            Some(member) => member.outgoing.wait_mirrored(frame, patience) == Waited::Reached,
            None => self.head().1 >= frame,
        }
    }

    /// The same without a thread that waits: any number of callers may.
    pub async fn until_mirrored(&self, frame: u64, patience: Duration) -> bool {
        let Some(member) = self.member() else { return self.head().1 >= frame };
        member.outgoing.until_mirrored(frame, patience).await == Waited::Reached
    }

    /// The last frame that is safe on this node's disk, and its link; none where there is no log.
    pub fn mirrored(&self) -> Option<(u64, Link)> {
        self.member().and_then(|member| member.outgoing.safe())
    }

    /// The log is not the one of this ledger: nothing is committed, and what was on its way is met by nobody.
    pub(crate) fn log_differs(&self, difference: Difference) {
        self.inner.meter.refused(&Failure::Differs(difference), self.inner.clock.now());
        self.member().iter().for_each(|member| member.outgoing.let_go());
    }

    /// The log is the one of this ledger, as far as its head tells.
    pub(crate) fn log_is_ours(&self) {
        self.inner.meter.log_is_ours();
    }

    /// What the log does not decide at once is waited for no longer: the node is about to stop.
    pub fn give_up(&self) {
        if let Some(member) = self.member() {
            member.outgoing.close();
        }
    }
}

fn told(hears: &Arc<Mutex<Option<OnTells>>>) -> OnTells {
    let hears = Arc::clone(hears);
    Arc::new(move |from, to| {
        let hears = hears.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(hears) = hears {
            hears(from, to);
        }
    })
}
