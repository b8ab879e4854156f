//! A server that is full, forgets its scripts, is killed, stands still or is not there.

use std::time::Duration;

use duban_runtime::clock::{Clock as _, SystemClock};
use duban_runtime::cluster::log::{
    Added, Holding, Leased, Leasing, Log, LogFailure, Looking, Seeded,
};

use crate::world::{Adder, World, seed};

/// Longer than an answer is waited for, shorter than leases last.
const SOON: Duration = Duration::from_secs(4);

#[test]
fn a_full_server_adds_nothing_and_can_still_be_tended() {
    let world = World::safe();
    let mut log = world.log();
    let mut adder = begin(&mut *log);
    let mut behind = world.connection();
    let info: String = redis::cmd("INFO").arg("memory").query(&mut behind).unwrap();
    let used = info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
    let mut set_room = |bytes: u64| {
        let set = redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg(bytes).to_owned();
        let () = set.query(&mut behind).unwrap();
    };
    set_room(used.parse::<u64>().unwrap() + (2 << 20));
    let mut frame = 0;
    let failure = loop {
        let body = vec![u8::try_from(frame).unwrap(); 512 << 10];
        match adder.add(&mut *log, &body, 1) {
            Ok(added) => {
                frame += 1;
                assert_eq!(added, Added::In(frame));
                assert!(frame < 10, "it is never full");
            }
            Err(failure) => break failure,
        }
    };
    assert!(matches!(failure, LogFailure::Full(_)), "{failure}");
    let renewed = log.lease(1, "a", &Leasing::Renew(vec![(Holding::Partition(0), adder.epoch)]));
    assert!(matches!(renewed, Ok(Leased::Leases { .. })), "{renewed:?}");
    assert_eq!(log.read(0, 100, 0).unwrap().len(), usize::try_from(frame).unwrap());
    // What everybody has is taken away, and there is room again.
    let overview = log.look(&Looking::Trim(frame + 1)).unwrap();
    assert_eq!((overview.head.unwrap().frame, overview.first), (frame, None));
    assert_eq!(adder.add(&mut *log, b"after", 1), Ok(Added::In(frame + 1)));
    set_room(0);
}

#[test]
fn a_server_that_has_forgotten_the_scripts_is_told_them_again() {
    let world = World::safe();
    let mut log = world.log();
    let mut behind = world.connection();
    let mut forget = || -> () { redis::cmd("SCRIPT").arg("FLUSH").query(&mut behind).unwrap() };
    forget();
    let mut adder = begin(&mut *log);
    for frame in 1..=3 {
        forget();
        assert_eq!(adder.add(&mut *log, &[frame], 1), Ok(Added::In(frame.into())));
        forget();
        assert_eq!(log.look(&Looking::Look).unwrap().head.unwrap().frame, u64::from(frame));
        forget();
        let renew = Leasing::Renew(vec![(Holding::Partition(0), adder.epoch)]);
        assert!(matches!(log.lease(1, "a", &renew), Ok(Leased::Leases { .. })));
    }
}

#[test]
fn a_server_that_was_killed_has_all_it_answered_and_whoever_knew_it_before_comes_anew() {
    let mut world = World::safe();
    let (mut one, mut other) = (world.log(), world.log());
    let mut adder = begin(&mut *one);
    for frame in 1..=20 {
        assert_eq!(adder.add(&mut *one, &[frame], 1), Ok(Added::In(frame.into())));
    }
    let before = (other.read(0, 100, 0).unwrap(), other.run().unwrap());
    world.server.kill();
    assert!(matches!(one.look(&Looking::Look), Err(LogFailure::Away(_))));
    assert!(matches!(world.log().look(&Looking::Look), Err(LogFailure::Away(_))));
    world.server.start_again();
    // One is connected anew. The other's connection is broken, and is not even tried.
    assert_ne!(one.run().unwrap(), before.1);
    assert_eq!(other.read(0, 100, 0), Ok(before.0));
    assert_eq!(other.run(), one.run());
    assert_eq!(adder.add(&mut *other, b"next", 1), Ok(Added::In(21)));
}

#[test]
fn a_server_that_comes_back_empty_takes_nothing_and_says_that_there_is_no_log() {
    let mut world = World::safe();
    let mut log = world.log();
    let mut adder = begin(&mut *log);
    assert_eq!(adder.add(&mut *log, b"first", 1), Ok(Added::In(1)));
    let before = log.run().unwrap();
    world.server.kill();
    world.lose_files();
    world.server.start_again();
    assert!(matches!(log.look(&Looking::Look), Err(LogFailure::Away(_))));
    assert_eq!(adder.add(&mut *log, b"second", 1), Ok(Added::Reign(None)));
    let renew = Leasing::Renew(vec![(Holding::Partition(0), adder.epoch)]);
    assert_eq!(log.lease(1, "a", &renew), Ok(Leased::Reign(None)));
    let overview = log.look(&Looking::Look).unwrap();
    assert_eq!((overview.head, overview.first, overview.leases), (None, None, Vec::new()));
    assert_ne!(log.run().unwrap(), before);
}

#[test]
fn whoever_waits_for_a_server_that_is_killed_hears_that_it_is_away() {
    let mut world = World::safe();
    let mut log = world.log();
    begin(&mut *log);
    let waiting = std::thread::spawn(move || (log.read(0, 1, 60_000), log));
    let mut behind = world.connection();
    while blocked(&mut behind) == 0 {
        std::thread::yield_now();
    }
    world.server.kill();
    let (read, mut log) = waiting.join().unwrap();
    assert!(matches!(read, Err(LogFailure::Away(_))), "{read:?}");
    world.server.start_again();
    assert_eq!(log.read(0, 1, 0), Ok(Vec::new()));
}

#[test]
fn whoever_waits_for_the_next_frame_has_it_at_once() {
    let world = World::safe();
    let (mut log, mut reader) = (world.log(), world.log());
    let mut adder = begin(&mut *log);
    let waiting = std::thread::spawn(move || reader.read(0, 10, 60_000));
    let mut behind = world.connection();
    while blocked(&mut behind) == 0 {
        std::thread::yield_now();
    }
    assert_eq!(adder.add(&mut *log, b"first", 1), Ok(Added::In(1)));
    assert_eq!(waiting.join().unwrap().unwrap()[0].body, b"first");
}

#[test]
fn a_server_that_stands_still_is_away_before_a_lease_is_over_and_is_found_again() {
    let world = World::safe();
    let (mut known, mut fresh) = (world.log(), world.log());
    let mut adder = begin(&mut *known);
    world.server.freeze();
    let soon_away = |failure: Option<LogFailure>, asked: SystemClock| {
        assert!(matches!(failure, Some(LogFailure::Away(_))), "{failure:?}");
        assert!(asked.monotonic() < SOON, "{:?}", asked.monotonic());
    };
    let asked = SystemClock::start();
    soon_away(adder.add(&mut *known, b"first", 1).err(), asked);
    let asked = SystemClock::start();
    soon_away(fresh.look(&Looking::Look).err(), asked);
    world.server.thaw();
    // The answer that comes late is nobody's.
    assert!(known.read(0, 10, 0).is_ok());
    // What was asked may have been done meanwhile; asked again, it stands once.
    assert_eq!(adder.add(&mut *known, b"first", 1), Ok(Added::In(1)));
    assert_eq!(fresh.read(0, 10, 0).unwrap().len(), 1);
}

#[test]
fn a_log_in_which_somebody_else_writes_is_unclear() {
    let world = World::safe();
    let mut log = world.log();
    begin(&mut *log);
    let mut behind = world.connection();
    let write = |of: &str| redis::cmd(of).arg("{suning}:log").to_owned();
    let () = write("XADD").arg("1-0").arg("group").arg("?").query(&mut behind).unwrap();
    let read = log.read(0, 1, 0);
    assert!(matches!(read, Err(LogFailure::Unclear(_))), "{read:?}");
    let () = write("DEL").query(&mut behind).unwrap();
    let () = write("SET").arg("?").query(&mut behind).unwrap();
    let read = log.read(0, 1, 0);
    assert!(matches!(read, Err(LogFailure::Unclear(_))), "{read:?}");
}

/// Begins a log and takes its first partition.
fn begin(log: &mut dyn Log) -> Adder {
    assert_eq!(log.seed(&seed(1, None)), Ok(Seeded::Begun));
    let acquired = log.lease(1, "a", &Leasing::Acquire(vec![Holding::Partition(0)])).unwrap();
    let Leased::Leases { leases, .. } = acquired else { panic!("{acquired:?}") };
    Adder { reign: 1, partition: 0, epoch: leases[0].epoch, next_lsn: 1 }
}

/// How many wait for something.
fn blocked(behind: &mut redis::Connection) -> u64 {
    let info: String = redis::cmd("INFO").arg("clients").query(behind).unwrap();
    let blocked = info.lines().find_map(|line| line.strip_prefix("blocked_clients:"));
    blocked.unwrap().trim().parse().unwrap()
}
