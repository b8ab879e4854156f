//! Journals of several nodes over one log: what each says, and what becomes of commits when answers are lost, owners
//! change and nodes start again.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use duban_runtime::clock::{Clock as _, SystemClock, Timestamp};
use duban_runtime::cluster::log::{
    Added, Adding, GroupId, Holding, LEASE_MILLIS, Leased, Leasing, Link, LogFailure, Logs, Part,
    Seed, Seeded,
};
use duban_runtime::cluster::model::{Condition, Model as Server, ModelLogs};
use duban_runtime::journal::disk::OsDisk;
use duban_runtime::journal::marker::{Marker, Membership};
use duban_runtime::journal::{Difference, Failure, Joining, Journal, Options};

use crate::model::Model;
use crate::scribe::{N_PARTITIONS, Scribe, submitted, sums};

/// How long a mirror may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn every_node_says_after_every_commit_what_follows_from_it_and_so_does_a_start() {
    for seed in 0..4 {
        let town = Town::founded();
        let (a, b) = (town.node("a"), town.node("b"));
        let (mut scribe, mut written) = (Scribe::new(seed).of_epoch(town.all_for("a")), Vec::new());
        for round in 0..60_u8 {
            written.push(scribe.commit(&a, round % N_PARTITIONS));
            if round.is_multiple_of(20) {
                assert!(b.wait_mirrored(written.len().try_into().unwrap(), PATIENCE));
                Model::of(&written).check(&b);
            }
        }
        assert!(b.wait_mirrored(60, PATIENCE));
        assert_eq!(a.head(), b.head());
        Model::of(&written).check(&a);
        Model::of(&written).check(&b);
        a.close().unwrap();
        b.close().unwrap();
        // Either goes on from what it has.
        let (a, b) = (town.node("a"), town.node("b"));
        Model::of(&written).check(&a);
        Model::of(&written).check(&b);
        written.push(scribe.commit(&a, 1));
        assert!(b.wait_mirrored(61, PATIENCE));
        Model::of(&written).check(&b);
    }
}

#[test]
fn a_commit_whose_answer_is_lost_stands_once_and_is_answered() {
    for seed in 0..4 {
        let town = Town::founded();
        let (a, b) = (town.node("a"), town.node("b"));
        let (mut scribe, mut written) = (Scribe::new(seed).of_epoch(town.all_for("a")), Vec::new());
        for round in 0..30_u8 {
            if round.is_multiple_of(3) {
                town.server().lose_answers(2);
            }
            if round.is_multiple_of(7) {
                town.server().restart(&format!("run {round}"));
            }
            written.push(scribe.commit(&a, round % N_PARTITIONS));
        }
        assert_eq!(town.server().entries().len(), 30);
        assert!(b.wait_mirrored(30, PATIENCE));
        Model::of(&written).check(&b);
    }
}

#[test]
fn whoever_lost_a_partition_commits_nothing_there_and_everything_else() {
    let town = Town::founded();
    let (a, b) = (town.node("a"), town.node("b"));
    let mut scribe = Scribe::new(7).of_epoch(town.all_for("a"));
    let mut written = vec![scribe.commit(&a, 0), scribe.commit(&a, 1)];
    // Its leases run out, and another takes one partition.
    town.server().set_now(Timestamp::from_millis(2 * LEASE_MILLIS));
    let taken = town.leased("b", vec![Holding::Partition(1)]);
    let (lost, kept) = (scribe.batch(1, 3), scribe.batch(0, 3));
    let (lost, kept_at) = (submitted(&a, &lost), submitted(&a, &kept));
    assert!(matches!(lost.recv().unwrap(), Err(Failure::OtherOwner)));
    let frame = kept_at.recv().unwrap().unwrap();
    written.push((frame, kept));
    // The other goes on from where the log is.
    assert!(b.wait_mirrored(frame, PATIENCE));
    let meta = b.partition(1).unwrap();
    let mut next = Scribe::new(8).of_epoch(taken);
    written[1..2].iter().for_each(|(frame, batch)| next.committed(batch, *frame));
    let batch = next.batch(1, 2);
    assert_eq!((batch.first_lsn, batch.epoch), (meta.next_lsn, taken));
    let frame = submitted(&b, &batch).recv().unwrap().unwrap();
    written.push((frame, batch));
    assert!(a.wait_mirrored(frame, PATIENCE));
    Model::of(&written).check(&a);
    Model::of(&written).check(&b);
}

#[test]
fn a_group_that_stands_is_answered_although_another_owner_went_on_behind_it() {
    let town = Town::founded();
    let a = town.node("a");
    let mut scribe = Scribe::new(9).of_epoch(town.all_for("a"));
    let first = scribe.commit(&a, 1);
    // The answer is lost, and before it is asked again the partition is another's, which commits to it.
    town.server().lose_answers(u32::MAX);
    let batch = scribe.batch(1, 3);
    let answer = submitted(&a, &batch);
    town.until(|server| server.entries().len() == 2);
    let b = {
        town.server().lose_answers(0);
        town.server().set_now(Timestamp::from_millis(2 * LEASE_MILLIS));
        town.node("b")
    };
    let taken = town.leased("b", vec![Holding::Partition(1)]);
    let frame = answer.recv().unwrap().unwrap();
    assert_eq!(frame, 2);
    assert!(b.wait_mirrored(2, PATIENCE));
    let mut next = Scribe::new(10).of_epoch(taken);
    next.committed(&first.1, first.0);
    next.committed(&batch, frame);
    let behind = next.commit(&b, 1);
    assert!(a.wait_mirrored(3, PATIENCE));
    Model::of(&[first, (frame, batch), behind]).check(&a);
}

#[test]
fn any_number_of_callers_wait_for_a_frame_without_a_thread_each() {
    let town = Town::founded();
    let (a, b) = (town.node("a"), town.node("b"));
    let mut scribe = Scribe::new(11).of_epoch(town.all_for("a"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let mut waits = tokio::task::JoinSet::new();
        for _ in 0..1_000 {
            let b = b.clone();
            waits.spawn(async move { b.until_mirrored(1, PATIENCE).await });
        }
        tokio::task::yield_now().await;
        scribe.commit(&a, 1);
        assert!(waits.join_all().await.into_iter().all(|reached| reached));
        assert!(b.until_mirrored(1, Duration::ZERO).await, "what is there is not waited for");
        assert!(!b.until_mirrored(2, Duration::from_millis(20)).await);
    });
}

#[test]
fn a_full_log_refuses_and_loses_nothing() {
    let town = Town::founded();
    let a = town.node("a");
    let mut scribe = Scribe::new(11).of_epoch(town.all_for("a"));
    let mut written = vec![scribe.commit(&a, 0)];
    town.server().set_condition(Condition::Full);
    let batch = scribe.batch(2, 2);
    let refused = submitted(&a, &batch).recv().unwrap().unwrap_err();
    assert!(matches!(refused, Failure::Log(LogFailure::Full(_))), "{refused}");
    assert!(a.trouble().is_some_and(|trouble| trouble.failure.is_transient()));
    town.server().set_condition(Condition::Well);
    let frame = submitted(&a, &batch).recv().unwrap().unwrap();
    written.push((frame, batch));
    Model::of(&written).check(&a);
    assert!(a.trouble().is_none());
}

#[test]
fn whoever_is_about_to_stop_waits_for_no_log_that_is_away() {
    let town = Town::founded();
    let a = town.node("a");
    let mut scribe = Scribe::new(12).of_epoch(town.all_for("a"));
    scribe.commit(&a, 0);
    town.server().set_condition(Condition::Away);
    let answer = submitted(&a, &scribe.batch(0, 1));
    a.give_up();
    // Whether it stands is for the next owner to know: nobody is told that it does, or that it does not.
    assert!(matches!(answer.recv().unwrap(), Err(Failure::OtherOwner)));
    a.close().unwrap();
}

#[test]
fn a_log_that_was_begun_anew_or_is_of_another_history_is_not_followed() {
    let town = Town::founded();
    let a = town.node("a");
    let mut scribe = Scribe::new(13).of_epoch(town.all_for("a"));
    scribe.commit(&a, 0);
    town.seeded(2, Some(1), (0, Link([0; 20])));
    let refused = submitted(&a, &scribe.batch(0, 1)).recv().unwrap().unwrap_err();
    let other = Difference::Reign { ours: 1, theirs: Some(2) };
    assert!(matches!(&refused, Failure::Differs(found) if *found == other), "{refused}");
    // In the new reign somebody else adds the first frame: it is not the one that stands here.
    let b = town.node_of("b", 2);
    let mut other = Scribe::new(14).of_epoch(town.leased_in(2, "b", vec![Holding::Partition(3)]));
    other.commit(&b, 3);
    let rest = other.commit(&b, 3);
    let head = a.head();
    assert!(!a.wait_mirrored(rest.0, Duration::from_millis(300)), "it is another's frame");
    assert_eq!(a.head(), head, "nothing is overwritten");
}

#[test]
fn a_frame_that_is_no_group_stops_the_mirror_and_not_the_process() {
    let town = Town::founded();
    let a = town.node("a");
    let mut scribe = Scribe::new(15).of_epoch(town.all_for("a"));
    let written = [scribe.commit(&a, 0)];
    assert_eq!(town.adds_no_group(), Ok(Added::In(2)));
    // Somebody who waits for what comes behind it hears that it does not.
    let refused = submitted(&a, &scribe.batch(0, 1)).recv().unwrap();
    assert!(matches!(refused, Err(Failure::OtherOwner)), "{refused:?}");
    let trouble = a.trouble().map(|trouble| trouble.failure);
    let unreadable = |failure: &Failure| {
        matches!(failure, Failure::Differs(Difference::Unreadable { frame: 2, .. }))
    };
    assert!(trouble.as_ref().is_some_and(unreadable), "{trouble:?}");
    Model::of(&written).check(&a);
    a.close().unwrap();
}

#[test]
fn nobody_waits_for_a_frame_where_the_log_is_followed_no_more() {
    let town = Town::founded();
    let a = town.node("a");
    let clock = SystemClock::start();
    let waits = std::thread::spawn({
        let a = a.clone();
        move || a.wait_mirrored(2, PATIENCE)
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let heard = runtime.spawn({
        let a = a.clone();
        async move { a.until_mirrored(2, PATIENCE).await }
    });
    assert_eq!(town.adds_no_group(), Ok(Added::In(1)));
    assert!(!waits.join().unwrap() && !runtime.block_on(heard).unwrap());
    assert!(!a.wait_mirrored(2, PATIENCE) && !runtime.block_on(a.until_mirrored(2, PATIENCE)));
    assert!(clock.monotonic() < PATIENCE, "whoever asks here is kept waiting");
    a.close().unwrap();
}

/// A log, and a directory for every node.
struct Town {
    server: Arc<Mutex<Server>>,
    dir: tempfile::TempDir,
}

impl Town {
    /// With a log that begins with nothing.
    fn founded() -> Town {
        let server = Arc::new(Mutex::new(Server::new("first")));
        server.lock().unwrap().set_now(Timestamp::from_millis(1_000));
        let town = Town { server, dir: tempfile::tempdir().unwrap() };
        town.seeded(1, None, (0, Link([0; 20])));
        town
    }

    fn seeded(&self, reign: u64, instead_of: Option<u64>, (frame, link): (u64, Link)) {
        let (run, next_lsn) = ("first".into(), Vec::new());
        let seed = Seed { reign, instead_of, frame, link, run, next_lsn };
        assert_eq!(self.logs().log().seed(&seed), Ok(Seeded::Begun));
    }

    fn server(&self) -> std::sync::MutexGuard<'_, Server> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody adds what no node can read.
    fn adds_no_group(&self) -> Result<Added, LogFailure> {
        let epoch = self.leased("b", Vec::from([Holding::Partition(N_PARTITIONS)]));
        let body = b"no group";
        let parts = [Part { partition: N_PARTITIONS, epoch, first_lsn: 1, n_entries: 1 }];
        let group = GroupId::of(body);
        let adding = Adding { reign: 1, mirrored: 0, group, release: "1", body, parts: &parts };
        self.logs().log().add(adding)
    }

    fn logs(&self) -> ModelLogs {
        ModelLogs(Arc::clone(&self.server))
    }

    /// Waits until the server is so.
    fn until(&self, is_so: impl Fn(&Server) -> bool) {
        while !is_so(&self.server()) {
            std::thread::yield_now();
        }
    }

    fn node(&self, name: &str) -> Journal {
        self.node_of(name, 1)
    }

    /// The journal of a node, in this reign.
    fn node_of(&self, name: &str, reign: u64) -> Journal {
        let dir = self.dir.path().join(name);
        marked(&dir, name, reign);
        let joining = Joining {
            logs: Arc::new(self.logs()) as Arc<dyn Logs>,
            reign,
            base: (0, Link([0; 20])),
            release: "1",
        };
        let membership = Membership::Node { cluster: "town".into(), node: name.into() };
        let options = Options { membership, ..crate::restart::small(&dir) };
        Journal::join(&options, &joining, sums(), &|_| {}).unwrap()
    }

    /// Takes every partition for a node; all have this epoch.
    fn all_for(&self, node: &str) -> u64 {
        self.leased(node, (0..N_PARTITIONS).map(Holding::Partition).collect())
    }

    fn leased(&self, node: &str, holdings: Vec<Holding>) -> u64 {
        self.leased_in(1, node, holdings)
    }

    fn leased_in(&self, reign: u64, node: &str, holdings: Vec<Holding>) -> u64 {
        let leased = self.logs().log().lease(reign, node, &Leasing::Acquire(holdings)).unwrap();
        let Leased::Leases { leases, .. } = leased else { panic!("{leased:?}") };
        assert!(leases.iter().all(|lease| lease.node == node), "{leases:?}");
        leases.first().unwrap().epoch
    }
}

fn marked(dir: &Path, name: &str, reign: u64) {
    std::fs::create_dir_all(dir).unwrap();
    let marker = Marker {
        cluster: "town".into(),
        node: name.into(),
        reign,
        base_frame: 0,
        base_link: Link([0; 20]),
    };
    marker.put(&mut OsDisk::at(dir)).unwrap();
}
