//! Opening a ledger: what is on the disk after anything at all may have happened to the process that wrote it.
//!
//! A bad frame is the torn end of a write that nobody was told of only if nothing sound follows it; otherwise the
//! ledger is damaged, and opening refuses. The last segment is always copied to a new file: after a failed sync the
//! system's cache may show bytes that the disk never got, and only bytes written and synced again are there for sure.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::index::{Index, Part, RawPart};
use super::salvage;
use super::sealed::Table;
use super::segment::{self, CHUNK_BYTES, DIR, Form, Found, Scan};
use crate::journal::disk::{Disk, Files, remove_if_there};
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, Link};

/// What [`open`] found and made.
pub(super) struct Opened {
    pub(super) index: Index,
    /// The first frame of the segment that is appended to.
    pub(super) tail: u64,
    /// How long that segment is.
    pub(super) tail_bytes: u64,
    /// How many bytes of a torn frame were dropped.
    pub(super) torn_bytes: u64,
}

/// Brings the ledger on `disk` into a state in which it can be appended to.
pub(super) fn open(disk: &mut dyn Disk) -> Result<Opened, Failure> {
    disk.create_dir(DIR).map_err(|error| Failure::io("create", DIR, error))?;
    disk.sync_dir("").map_err(|error| Failure::unsynced(".", error))?;
    let files = disk.reader();
    let (mut segments, leftovers) = segment::list(files.as_ref())?;
    for leftover in leftovers {
        remove(disk, &leftover)?;
    }
    let Some((last, form)) = segments.pop_last() else {
        return begin(disk, BTreeMap::new(), Link::START);
    };
    let mut chain = Chain::default();
    for (first, form) in segments {
        let part = complete_part(disk, files.as_ref(), first, form)?;
        chain.add(first, part)?;
    }
    if form != Form::Raw {
        let flaw = "the segment that was being written is missing";
        return Err(Failure::damaged(&segment::sealed_name(last), 0, flaw));
    }
    match survey_raw(files.as_ref(), last)? {
        Survey::Stillborn if chain.expects(last) => {
            remove(disk, &segment::raw_name(last))?;
            chain.reopen(disk, files.as_ref())
        }
        Survey::Stillborn => Err(chain.gap(last)),
        Survey::Headless(failure) | Survey::Frames { ending: Ending::Damaged(failure), .. } => {
            Err(failure)
        }
        Survey::Frames { part, end, ending } => {
            chain.link(last, part.before)?;
            let opened = copy_tail(disk, files.as_ref(), chain.parts, (part, end))?;
            let torn_bytes = if let Ending::Torn(bytes) = ending { bytes } else { 0 };
            Ok(Opened { torn_bytes, ..opened })
        }
    }
}

/// What is there to read. What is damaged is met where it is read; only if nothing known follows it is it told here.
pub(super) fn survey(files: &dyn Files) -> Result<(Index, Option<Failure>), Failure> {
    let (segments, _) = segment::list(files)?;
    let mut parts = BTreeMap::new();
    let (mut end, mut beyond) = (Link::START, None);
    for (first, form) in segments {
        match readable_part(files, first, form)? {
            Readable::Part(part, behind, damage) => {
                parts.insert(first, part);
                (end, beyond) = (behind, damage);
            }
            Readable::Stillborn => {}
            Readable::Headless(failure) => beyond = Some(failure),
        }
    }
    Ok((Index::new(parts, end), beyond))
}

/// What a reader can make of a segment.
enum Readable {
    /// Its frames, what is behind them, and the damage they end at.
    Part(Part, Link, Option<Failure>),
    Stillborn,
    Headless(Failure),
}

fn readable_part(files: &dyn Files, first: u64, form: Form) -> Result<Readable, Failure> {
    if form != Form::Raw {
        let table = match Table::read(files, first) {
            // What its blocks hold can be read all the same.
            Err(Failure::Damaged { .. }) if form == Form::Sealed => salvage::table(files, first),
            table => table,
        };
        if table.is_ok() || form == Form::Sealed {
            let (part, end) = sealed_part(table?);
            return Ok(Readable::Part(part, end, None));
        }
    }
    let surveyed = match survey_raw(files, first) {
        // Whoever writes the ledger has sealed it since the directory was read.
        Err(Failure::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            let (part, end) = sealed_part(Table::read(files, first)?);
            return Ok(Readable::Part(part, end, None));
        }
        surveyed => surveyed?,
    };
    Ok(match surveyed {
        Survey::Frames { part, end, ending: Ending::Damaged(failure) } => {
            Readable::Part(Part::Raw(part), end, Some(failure))
        }
        Survey::Frames { part, end, ending: Ending::Clean | Ending::Torn(_) } => {
            Readable::Part(Part::Raw(part), end, None)
        }
        Survey::Stillborn => Readable::Stillborn,
        Survey::Headless(failure) => Readable::Headless(failure),
    })
}

fn sealed_part(table: Table) -> (Part, Link) {
    let end = Link { next: table.last + 1, head: table.head };
    (Part::Sealed(Arc::new(table)), end)
}

/// The segments before the last, which must be complete and follow each other.
#[derive(Default)]
struct Chain {
    parts: BTreeMap<u64, Part>,
    /// Behind the last of them; none before the first.
    end: Option<Link>,
}

impl Chain {
    fn expects(&self, first: u64) -> bool {
        self.end.map_or(first == Link::START.next, |end| end.next == first)
    }

    fn gap(&self, found: u64) -> Failure {
        let expected = self.end.unwrap_or(Link::START).next;
        Failure::damaged(
            &segment::raw_name(expected),
            0,
            Flaw::Number { expected, found }.to_string(),
        )
    }

    /// A segment that begins at `before` follows.
    fn link(&self, first: u64, before: Link) -> Result<(), Failure> {
        match self.end {
            Some(end) if end.next != first => Err(self.gap(first)),
            Some(end) if end != before => {
                let flaw = Flaw::Chain { frame: first };
                Err(Failure::damaged(&segment::raw_name(first), 0, flaw.to_string()))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn add(&mut self, first: u64, (part, before, end): (Part, Link, Link)) -> Result<(), Failure> {
        self.link(first, before)?;
        self.parts.insert(first, part);
        self.end = Some(end);
        Ok(())
    }

    /// Without the last segment, whose creation was cut off: the one before it goes on being written.
    fn reopen(mut self, disk: &mut dyn Disk, files: &dyn Files) -> Result<Opened, Failure> {
        let end = self.end.unwrap_or(Link::START);
        match self.parts.pop_last() {
            Some((_, Part::Raw(part))) => copy_tail(disk, files, self.parts, (part, end)),
            Some((first, sealed)) => {
                self.parts.insert(first, sealed);
                begin(disk, self.parts, end)
            }
            None => begin(disk, self.parts, end),
        }
    }
}

/// A segment that others follow: every frame of it must be there.
fn complete_part(
    disk: &mut dyn Disk,
    files: &dyn Files,
    first: u64,
    form: Form,
) -> Result<(Part, Link, Link), Failure> {
    if form != Form::Raw {
        match Table::read(files, first) {
            Ok(table) => {
                if form == Form::Both {
                    remove(disk, &segment::raw_name(first))?;
                }
                let before = Link { next: table.first, head: table.previous };
                let (part, end) = sealed_part(table);
                return Ok((part, before, end));
            }
            Err(failure) if form == Form::Sealed => return Err(failure),
            // The raw form is still there to be sealed again.
            Err(_) => remove(disk, &segment::sealed_name(first))?,
        }
    }
    match survey_raw(files, first)? {
        Survey::Frames { part, end, ending: Ending::Clean } => {
            let before = part.before;
            Ok((Part::Raw(part), before, end))
        }
        // What follows it was written only after all of it was safe: this is no torn end.
        Survey::Frames { part, ending: Ending::Torn(_), .. } => {
            let flaw = part.flaw.unwrap_or(Flaw::Short).to_string();
            Err(Failure::damaged(&segment::raw_name(first), part.end, flaw))
        }
        Survey::Stillborn => {
            let flaw = Flaw::SegmentHead.to_string();
            Err(Failure::damaged(&segment::raw_name(first), 0, flaw))
        }
        Survey::Headless(failure) | Survey::Frames { ending: Ending::Damaged(failure), .. } => {
            Err(failure)
        }
    }
}

/// What a raw segment holds.
enum Survey {
    /// Frames up to an ending.
    Frames { part: RawPart, end: Link, ending: Ending },
    /// No head and no frame: its creation was cut off.
    Stillborn,
    /// Sound frames behind a damaged head.
    Headless(Failure),
}

/// What stands behind the frames of a raw segment.
enum Ending {
    Clean,
    /// So many bytes of a write that was never answered.
    Torn(u64),
    /// Something damaged, with sound frames behind it; or a sound frame that does not belong there.
    Damaged(Failure),
}

fn survey_raw(files: &dyn Files, first: u64) -> Result<Survey, Failure> {
    let (mut scan, head) = Scan::open(files, first)?;
    let mut link = match head {
        Ok(link) => link,
        Err(flaw) => {
            let failure = Failure::damaged(scan.file(), 0, flaw.to_string());
            let follows = scan.find_sound(first)? != Found::End;
            return Ok(if follows { Survey::Headless(failure) } else { Survey::Stillborn });
        }
    };
    let mut part = RawPart::empty(link);
    let flaw = loop {
        match scan.look()? {
            Found::End => return Ok(Survey::Frames { part, end: link, ending: Ending::Clean }),
            Found::Flaw(flaw) => break flaw,
            Found::Frame(header, bytes) => {
                if let Err(flaw) = link.pass(&header, scan.bytes(bytes)) {
                    let failure = Failure::damaged(scan.file(), part.end, flaw.to_string());
                    part.flaw = Some(flaw);
                    let ending = Ending::Damaged(failure);
                    return Ok(Survey::Frames { part, end: link, ending });
                }
                part.push(bytes);
                scan.skip(bytes);
            }
        }
    };
    let ending = if scan.find_sound(link.next)? == Found::End {
        Ending::Torn(scan.offset().saturating_sub(part.end))
    } else {
        Ending::Damaged(Failure::damaged(scan.file(), part.end, flaw.to_string()))
    };
    part.flaw = Some(flaw);
    Ok(Survey::Frames { part, end: link, ending })
}

/// Writes the sound frames of the last segment to a new file, makes it safe, and puts it in the place of the old one.
fn copy_tail(
    disk: &mut dyn Disk,
    files: &dyn Files,
    mut parts: BTreeMap<u64, Part>,
    (mut part, end): (RawPart, Link),
) -> Result<Opened, Failure> {
    let tail = part.before.next;
    let file = segment::raw_name(tail);
    let copy = segment::unfinished(&file);
    remove(disk, &copy)?;
    disk.write_new(&copy, &[]).map_err(|error| Failure::io("create", &copy, error))?;
    let mut at = 0;
    while at < part.end {
        let most = usize::try_from(part.end - at).unwrap_or(usize::MAX).min(CHUNK_BYTES);
        let read = files.read_at(&file, at, most);
        let bytes = read.map_err(|error| Failure::io("read", &file, error))?;
        if bytes.is_empty() {
            return Err(Failure::damaged(&file, at, Flaw::Short.to_string()));
        }
        disk.append(&copy, &bytes).map_err(|error| Failure::io("append to", &copy, error))?;
        at += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    }
    disk.sync(&copy).map_err(|error| Failure::unsynced(&copy, error))?;
    disk.rename(&copy, &file).map_err(|error| Failure::io("rename", &copy, error))?;
    disk.sync_dir(DIR).map_err(|error| Failure::unsynced(DIR, error))?;
    part.flaw = None;
    let tail_bytes = part.end;
    parts.insert(tail, Part::Raw(part));
    Ok(Opened { index: Index::new(parts, end), tail, tail_bytes, torn_bytes: 0 })
}

/// Behind `parts`, begins a new segment.
fn begin(
    disk: &mut dyn Disk,
    mut parts: BTreeMap<u64, Part>,
    end: Link,
) -> Result<Opened, Failure> {
    let tail_bytes = create(disk, end)?;
    parts.insert(end.next, Part::Raw(RawPart::empty(end)));
    Ok(Opened { index: Index::new(parts, end), tail: end.next, tail_bytes, torn_bytes: 0 })
}

/// Creates the segment that begins at `link`; says how long it is. What an earlier attempt left is removed.
///
/// Its name is safe then, its head only with the first frame: a segment without a sound head and without a frame is
/// begun again by the next start.
pub(super) fn create(disk: &mut dyn Disk, link: Link) -> Result<u64, Failure> {
    let file = segment::raw_name(link.next);
    let head = segment::head(&link);
    remove(disk, &file)?;
    if let Err(error) = disk.write_new(&file, &head) {
        let failure = Failure::io("create", &file, error);
        remove(disk, &file)?;
        return Err(failure);
    }
    disk.sync_dir(DIR).map_err(|error| Failure::unsynced(DIR, error))?;
    Ok(u64::try_from(head.len()).unwrap_or(u64::MAX))
}

fn remove(disk: &mut dyn Disk, file: &str) -> Result<(), Failure> {
    remove_if_there(disk, file).map_err(|error| Failure::io("remove", file, error))
}
