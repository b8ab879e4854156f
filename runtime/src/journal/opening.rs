//! Opens a journal: the ledger, the store behind it, and what the store has not seen. A store that cannot be used is
//! set aside and made again; a ledger that is not the one that was seen ([`super::witness`]) is refused before
//! anything is touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::applier::{Applier, Onto};
use super::backlog::{Backlog, Limits};
use super::blob::BlobStore;
use super::committer::Committer;
use super::disk::{Disk, OsDisk};
use super::failure::Failure;
use super::forms::{self, Forms};
use super::layout;
use super::ledger::{self, Ledger, LedgerOptions, LedgerReader};
use super::linked::LinkMark;
use super::member::Member;
use super::memtable::tables::Tables;
use super::recovery::{Applying, Progress, Remains, Step, recover};
use super::sled::{SledStore, StoreOptions};
use super::snapshot::loading::{Loaded, load};
use super::snapshot::{self, Snapshots};
use super::staging;
use super::stats::Meter;
use super::store::Store;
use super::subscription::Feed;
use super::threads::{Committing, Threads};
use super::upkeep::Upkeep;
use super::witness::{self, Mark};
use super::{Founding, Inner, OnFatal, Options, Own, Writing};
use crate::clock::{Clock, SystemClock};
use crate::entity::Corrupt;
use crate::journal::marker;
use crate::loops::Loops;
use crate::record::{Fold, PUT_AWAY};
use crate::seldom::Seldom;

/// "a base snapshot is of another edition": all there are, as a rule.
static PASSED_OVER: Seldom = Seldom::new();

/// The store's directory in the journal's.
pub(super) const STORE_DIR: &str = "store";
/// Where a store that was finished, and is of no use, is kept until the next such one is.
const ASIDE_DIR: &str = "store.aside";

pub(super) fn open(
    options: &Options,
    fold: Arc<dyn Fold>,
    progress: &dyn Fn(Progress),
    on_fatal: OnFatal,
) -> Result<Inner, Failure> {
    let (ledger, parts) = brought_up(options, fold, progress)?;
    let watched = (Arc::clone(&parts.meter), Arc::clone(&parts.feed));
    let committer =
        Committer::new(ledger, Arc::clone(&parts.backlog), watched, Arc::clone(&parts.clock));
    let commit = Committing::alone(committer, &parts.backlog);
    parts.started(commit, None, on_fatal)
}

/// The ledger and all that stands around it, brought up to it, before anything is committed.
pub(super) fn brought_up(
    options: &Options,
    fold: Arc<dyn Fold>,
    progress: &dyn Fn(Progress),
) -> Result<(Ledger<OsDisk>, OpenedParts), Failure> {
    progress(Progress { step: Step::Ledger, done: 0, total: 0 });
    let disk = OsDisk::exclusive(&options.dir)?;
    marker::admit(&disk, &options.dir, &options.membership)?;
    let place = Place::of(options);
    let store = seen(&disk, &place, options)?;
    let blobs = BlobStore::open(disk.another())?;
    let mark_disk = disk.another();
    let ledger = Ledger::open(disk, &LedgerOptions { segment_bytes: options.segment_bytes })?;
    let reader = ledger.reader();

    progress(Progress { step: Step::Store, done: 0, total: 0 });
    let limits = options.limits;
    let bringing = Bringing {
        reader: &reader,
        fold: fold.as_ref(),
        limits,
        applying: Applying::Beside,
        progress,
    };
    let backlog = bringing.up(&place, store)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let snapshots =
        Arc::new(Snapshots::new(Box::new(OsDisk::at(&options.dir)), Arc::clone(&backlog)));
    let (sealer, every_bytes) = (ledger.sealer(), options.snapshot_every_bytes);
    let upkeep = Upkeep::new(
        sealer,
        Mark::new(mark_disk, reader.clone()),
        Arc::clone(&snapshots),
        every_bytes,
        Arc::clone(&clock),
    );
    let (meter, feed) = (Arc::default(), Arc::default());
    Ok((
        ledger,
        OpenedParts { backlog, meter, feed, reader, blobs, snapshots, upkeep, fold, clock },
    ))
}

/// What stands around an open ledger.
pub(super) struct OpenedParts {
    pub(super) backlog: Arc<Backlog>,
    pub(super) meter: Arc<Meter>,
    pub(super) feed: Arc<Feed>,
    pub(super) reader: LedgerReader,
    blobs: BlobStore,
    snapshots: Arc<Snapshots>,
    upkeep: Upkeep,
    pub(super) fold: Arc<dyn Fold>,
    pub(super) clock: Arc<dyn Clock>,
}

impl OpenedParts {
    /// With a mark of what the ledger comes to.
    pub(super) fn marking(self, links: LinkMark) -> OpenedParts {
        OpenedParts { upkeep: self.upkeep.marking(links), ..self }
    }

    /// Starts those who `commit`, and the others.
    pub(super) fn started(
        self,
        commit: Committing,
        member: Option<Member>,
        on_fatal: OnFatal,
    ) -> Result<Inner, Failure> {
        let OpenedParts { backlog, meter, feed, reader, blobs, snapshots, upkeep, fold, clock } =
            self;
        let loops = Arc::new(Loops::default());
        let threads = Threads::start(commit, &backlog, upkeep, (&loops, on_fatal))?;
        let writing = Writing::Threads(threads, member);
        Ok(Inner { backlog, meter, feed, reader, blobs, snapshots, fold, clock, loops, writing })
    }
}

pub(super) fn over<D: Disk>(
    disk: D,
    store: Arc<dyn Store>,
    fold: Arc<dyn Fold>,
    limits: Limits,
) -> Result<Inner, Failure> {
    let blobs = BlobStore::open(disk.another())?;
    let snapshots_disk = disk.another();
    let ledger = Ledger::open(disk, &LedgerOptions::default())?;
    let reader = ledger.reader();
    let applying = Applying::Inline;
    let bringing =
        Bringing { reader: &reader, fold: fold.as_ref(), limits, applying, progress: &|_| {} };
    let backlog = bringing.recover(store, Remains::CutOff)?;
    let (meter, feed) = (Arc::new(Meter::default()), Arc::new(Feed::default()));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let snapshots = Arc::new(Snapshots::new(snapshots_disk, Arc::clone(&backlog)));
    let watched = (Arc::clone(&meter), Arc::clone(&feed));
    let committer = Committer::new(ledger, Arc::clone(&backlog), watched, Arc::clone(&clock));
    let applier = Applier::new(Arc::clone(&backlog), Onto::Living);
    let writing = Writing::Caller(Mutex::new(Own { committer: Box::new(committer), applier }));
    let loops = Arc::default();
    Ok(Inner { backlog, meter, feed, reader, blobs, snapshots, fold, clock, loops, writing })
}

/// Where a store lies, and the snapshots that it can be made from.
pub(super) struct Place {
    /// The directory of the journal.
    pub(super) dir: PathBuf,
    pub(super) store: PathBuf,
    /// Where a finished store goes that is of no use.
    pub(super) aside: PathBuf,
    pub(super) options: StoreOptions,
}

impl Place {
    fn of(options: &Options) -> Place {
        Place::apart(options, &options.dir)
    }

    /// As [`Place::of`], but the store lies in `shadow`.
    pub(super) fn apart(options: &Options, shadow: &Path) -> Place {
        Place {
            dir: options.dir.clone(),
            store: shadow.join(STORE_DIR),
            aside: shadow.join(ASIDE_DIR),
            options: options.store,
        }
    }
}

/// Refuses a ledger that is not the one that was seen, or that would have to be begun; the store that was asked, if
/// there is one.
pub(super) fn seen(
    disk: &OsDisk,
    place: &Place,
    options: &Options,
) -> Result<Option<Result<SledStore, Failure>>, Failure> {
    let files = disk.reader();
    let there = LedgerReader::over(Arc::clone(&files))?;
    // What goes on behind damage is damaged, not missing.
    if let Some(beyond) = there.beyond() {
        return Err(beyond.clone());
    }
    let mut sightings = witness::beside(files.as_ref())?;
    sightings.extend(&options.seen);
    witness::check(&there, &sightings)?;
    let store =
        SledStore::is_there(&place.store).then(|| SledStore::open(&place.store, place.options));
    if let Some(Ok(store)) = &store {
        match witness::of_store(store) {
            Ok(sightings) => witness::check(&there, &sightings)?,
            // One that makes no sense is made again.
            Err(failure) => tracing::warn!(%failure, "the store bears no witness"),
        }
    }
    if options.founding == Founding::Refused && !ledger::is_there(files.as_ref())? {
        return Err(Failure::NoLedger { directory: options.dir.display().to_string() });
    }
    Ok(store)
}

/// What a store is brought up with.
pub(super) struct Bringing<'a> {
    pub(super) reader: &'a LedgerReader,
    pub(super) fold: &'a dyn Fold,
    pub(super) limits: Limits,
    pub(super) applying: Applying,
    pub(super) progress: &'a dyn Fn(Progress),
}

impl Bringing<'_> {
    /// Brings the store in `place`, which may have been opened before, up to the ledger.
    pub(super) fn up(
        &self,
        place: &Place,
        opened: Option<Result<SledStore, Failure>>,
    ) -> Result<Arc<Backlog>, Failure> {
        let opened = match opened {
            Some(opened) => opened,
            None if self.reader.last_frame() == 0 => SledStore::open(&place.store, place.options),
            // A ledger that was copied without its store: there is nothing to set aside.
            None => return self.anew(place),
        };
        let brought = match opened.and_then(|store| self.with_forms(store)) {
            Ok((store, Forms::Today)) => {
                forms::put(&store, self.fold).and_then(|()| self.gone_on(store))
            }
            // Nobody could make it again. It does not say that its forms are those of today, because they are not.
            Ok((store, Forms::Other)) if self.reader.first_frame() > 1 => {
                tracing::warn!(
                    first_frame = self.reader.first_frame(),
                    "states are kept in another form, and older segments are gone: they are made again as they are read, where that can be done"
                );
                self.gone_on(store)
            }
            Ok((store, Forms::Other)) => {
                // Another one takes its place.
                drop(store);
                let frames = self.reader.last_frame();
                tracing::info!(
                    frames,
                    "states are kept in another form: made again from the ledger"
                );
                return self.anew(place);
            }
            Err(failure) => Err(failure),
        };
        match brought {
            Err(failure @ (Failure::Store { .. } | Failure::Corrupt { .. })) => {
                tracing::warn!(%failure, "the store is of no use, and made again");
                self.anew(place)
            }
            brought => brought,
        }
    }

    /// The store as it lies there, if it can be used, and the forms of its states; an empty one has none of another form.
    fn with_forms(&self, store: SledStore) -> Result<(SledStore, Forms), Failure> {
        let store = usable(store, self.reader)?;
        let forms = match self.reader.last_frame() {
            0 => Forms::Today,
            _ => forms::of(&store, self.fold)?,
        };
        Ok((store, forms))
    }

    fn gone_on(&self, store: SledStore) -> Result<Arc<Backlog>, Failure> {
        self.recover(Arc::new(store), Remains::CutOff)
    }

    /// Makes the store again from a snapshot and the ledger.
    fn anew(&self, place: &Place) -> Result<Arc<Backlog>, Failure> {
        let (store, remains) = made_again(place, (self.reader, self.fold), self.progress)?;
        forms::put(&store, self.fold)?;
        let store = Arc::new(store);
        let backlog = self.recover(Arc::clone(&store) as _, remains)?;
        store.made()?;
        Ok(backlog)
    }

    fn recover(&self, store: Arc<dyn Store>, from: Remains) -> Result<Arc<Backlog>, Failure> {
        staging::finish(store.as_ref())?;
        let tables = Tables::load(store.as_ref())?;
        let backlog = Arc::new(Backlog::new(tables, store, self.limits));
        let how = (from, self.applying);
        recover(&backlog, self.reader, self.fold, how, self.progress)?;
        Ok(backlog)
    }
}

/// The store as it lies there, if it belongs to this ledger.
fn usable(store: SledStore, reader: &LedgerReader) -> Result<SledStore, Failure> {
    let applied = store.get(layout::APPLIED)?.map(|bytes| layout::parse_value::<u64>(&bytes));
    match applied {
        Some(Ok(applied)) if applied <= reader.last_frame() => Ok(store),
        None if reader.last_frame() == 0 => prepared(store),
        // Cut off while it was made, of another ledger, or unreadable.
        other => {
            let why = format!("it has seen {other:?}, the ledger ends at {}", reader.last_frame());
            Err(Failure::Corrupt { what: "whose the store is".to_owned(), source: Corrupt(why) })
        }
    }
}

/// An empty store is one that has seen nothing; a store that does not say how much it has seen was never finished.
fn prepared(store: SledStore) -> Result<SledStore, Failure> {
    store.apply(vec![(layout::APPLIED.to_vec(), Some(layout::value(&0_u64)))])?;
    Ok(store)
}

/// A new store: from the newest snapshot that can be read, or empty, for the whole ledger to be folded. A snapshot whose
/// states are in another form is passed over while the ledger is whole; where its beginning is gone, it must do.
fn made_again(
    place: &Place,
    (reader, fold): (&LedgerReader, &dyn Fold),
    progress: &dyn Fn(Progress),
) -> Result<(SledStore, Remains), Failure> {
    let disk = OsDisk::at(&place.dir);
    let spans = snapshot::spans(&disk)?;
    let is_readable = |kind: u8, version: u16| {
        let is_todays = fold.state_version(kind).is_none_or(|now| now == version);
        reader.first_frame() > 1 || version == PUT_AWAY || is_todays
    };
    for span in spans.into_iter().filter(|span| span.to <= reader.last_frame()) {
        let store = emptied(place)?;
        match load(&disk, span, &store, &is_readable, progress) {
            Ok(Loaded::Whole) => return Ok((store, Remains::Loaded)),
            Ok(Loaded::OfOtherForms) => {
                if let Some(n_left_out) = PASSED_OVER.turn() {
                    tracing::info!(
                        snapshot = span.file(),
                        n_left_out,
                        "a base snapshot is of another edition, and passed over"
                    );
                }
            }
            Err(failure @ Failure::Corrupt { .. }) => {
                tracing::warn!(%failure, "an older snapshot must do");
            }
            Err(failure) => return Err(failure),
        }
    }
    if reader.first_frame() > 1 {
        let what = format!("the state before frame {}", reader.first_frame());
        let source =
            Corrupt("older segments are gone, and no base snapshot can be read".to_owned());
        return Err(Failure::Corrupt { what, source });
    }
    Ok((prepared(emptied(place)?)?, Remains::Empty))
}

/// An empty store in place of the one there is. One that was ever finished is kept, for somebody to look at, until
/// another one takes its place; what is left of a making that was cut off takes nobody's.
fn emptied(place: &Place) -> Result<SledStore, Failure> {
    let Place { store: from, aside, options, .. } = place;
    if SledStore::was_made(from) {
        SledStore::discard(aside)?;
        fs::rename(from, aside).map_err(|error| Failure::io("rename", STORE_DIR, error))?;
    } else {
        SledStore::discard(from)?;
    }
    SledStore::begin(from, *options)
}
