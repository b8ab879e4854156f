//! Verifying: reads everything, goes on behind every problem, and says where each one is.
//!
//! What is proven when nothing is found: no byte of any frame is altered, no frame is missing before the last, every
//! frame names the one before it; and inside them what [`audit`](super::audit) checks. That nothing was cut off at the
//! end, and that nobody wrote the whole ledger anew, only others prove: an anchor, which is a hash that was once printed
//! elsewhere, and whoever has seen a frame ([`crate::journal::witness`]).

use super::audit::Audit;
use super::report::{Anchor, Problem, Report, What};
use super::salvage;
use super::sealed::{self, Table};
use super::segment::{self, Form, Found, Scan};
use crate::journal::disk::Files;
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, Frame, Hash, Header, Link, NO_FRAME};
use crate::journal::witness::{self, Loss, Sighting};

/// How many problems are told; the rest is counted.
const PROBLEMS_MAX: usize = 10_000;

/// Verifies the ledger in `files`, which may be written meanwhile; `anchor` is a head that was printed once.
///
/// # Errors
/// A file that cannot be read; one that is sealed at this very moment is, the next time.
pub fn verify(files: &dyn Files, anchor: Option<Hash>) -> Result<Report, Failure> {
    verify_against(files, anchor, &[])
}

/// As [`verify`], and holds what was `seen` against it. Whatever that is must have been asked before.
pub fn verify_against(
    files: &dyn Files,
    anchor: Option<Hash>,
    seen: &[Sighting],
) -> Result<Report, Failure> {
    let (segments, _) = segment::list(files)?;
    let mut verifier = Verifier::new(files, anchor);
    verifier.unseen = seen.iter().filter(|seen| seen.frame > 0).copied().collect();
    let last = segments.keys().next_back().copied();
    for (first, form) in &segments {
        let ending = if Some(*first) == last { Ending::MayBeTorn } else { Ending::Whole };
        verifier.segment(*first, *form, ending)?;
    }
    if let Some((_, Form::Sealed)) = segments.last_key_value() {
        // One is begun before the one before it is sealed.
        let file = segment::raw_name(verifier.link.next);
        verifier.flaw(Spot { segment: &file, offset: 0 }, Flaw::NoSegment);
    }
    Ok(verifier.report())
}

/// What may stand at the end of a segment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    MayBeTorn,
}

/// Where something is found.
#[derive(Clone, Copy)]
struct Spot<'a> {
    segment: &'a str,
    offset: u64,
}

struct Verifier<'a> {
    files: &'a dyn Files,
    anchor: Option<Hash>,
    met: Option<u64>,
    /// What was seen and not yet met.
    unseen: Vec<Sighting>,
    link: Link,
    audit: Audit,
    frames: u64,
    bytes: u64,
    torn_bytes: u64,
    /// Sound frames behind the first that is not.
    behind: u64,
    problems: Vec<Problem>,
    untold: u64,
}

impl<'a> Verifier<'a> {
    fn new(files: &'a dyn Files, anchor: Option<Hash>) -> Verifier<'a> {
        Verifier {
            files,
            anchor,
            unseen: Vec::new(),
            met: (anchor == Some(NO_FRAME)).then_some(0),
            link: Link::START,
            audit: Audit::default(),
            frames: 0,
            bytes: 0,
            torn_bytes: 0,
            behind: 0,
            problems: Vec::new(),
            untold: 0,
        }
    }

    fn segment(&mut self, first: u64, form: Form, ending: Ending) -> Result<(), Failure> {
        if form == Form::Raw {
            return self.raw(first, ending);
        }
        match Table::read(self.files, first) {
            Ok(table) => self.sealed(&table),
            Err(Failure::Damaged { segment, offset, .. }) => {
                self.flaw(Spot { segment: &segment, offset }, Flaw::Table);
                // The raw form is there until the sealed one is complete.
                if form == Form::Both {
                    return self.raw(first, ending);
                }
                match salvage::table(self.files, first) {
                    Ok(table) => self.sealed(&table),
                    Err(Failure::Damaged { .. }) => Ok(()),
                    Err(failure) => Err(failure),
                }
            }
            Err(failure) => Err(failure),
        }
    }

    fn sealed(&mut self, table: &Table) -> Result<(), Failure> {
        let file = segment::sealed_name(table.first);
        for block in &table.blocks {
            let spot = Spot { segment: &file, offset: block.offset };
            let bytes = match sealed::read_block(self.files, table.first, block) {
                Ok(bytes) => bytes,
                Err(Failure::Damaged { .. }) => {
                    self.flaw(spot, Flaw::Block);
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                match Header::check(rest) {
                    Ok((header, frame)) => {
                        self.frame(spot, &header, frame);
                        rest = rest.get(frame.len()..).unwrap_or_default();
                    }
                    Err(flaw) => {
                        self.flaw(spot, flaw);
                        break;
                    }
                }
            }
        }
        if table.head != self.link.head {
            let flaw = Flaw::Chain { frame: table.last + 1 };
            self.flaw(Spot { segment: &file, offset: table.end() }, flaw);
        }
        Ok(())
    }

    fn raw(&mut self, first: u64, ending: Ending) -> Result<(), Failure> {
        let (mut scan, head) = Scan::open(self.files, first)?;
        let file = scan.file().to_owned();
        let mut found = match head {
            Ok(_) => scan.look()?,
            Err(flaw) => Found::Flaw(flaw),
        };
        loop {
            let offset = scan.offset();
            let spot = Spot { segment: &file, offset };
            match found {
                Found::End => return Ok(()),
                Found::Frame(header, bytes) => {
                    self.frame(spot, &header, scan.bytes(bytes));
                    scan.skip(bytes);
                    found = scan.look()?;
                }
                Found::Flaw(flaw) => {
                    found = scan.find_sound(self.link.next)?;
                    if found == Found::End && ending == Ending::MayBeTorn {
                        self.torn_bytes = scan.offset() - offset;
                    } else {
                        self.flaw(spot, flaw);
                    }
                }
            }
        }
    }

    fn frame(&mut self, spot: Spot<'_>, header: &Header, bytes: &[u8]) {
        let mut link = self.link;
        match link.pass(header, bytes) {
            Ok(()) => {}
            Err(flaw) => {
                link.jump(header, bytes);
                let skipped = self.link.next..header.number;
                let what = if skipped.is_empty() {
                    What::Flaw(flaw)
                } else {
                    What::Missing(skipped.start, skipped.end - 1)
                };
                self.link.next = header.number;
                self.problem(spot, what);
            }
        }
        self.frames += 1;
        self.behind += u64::from(!self.problems.iter().all(Problem::is_harmless));
        self.bytes += u64::try_from(bytes.len()).unwrap_or(0);
        if self.met.is_none() && self.anchor == Some(link.head) {
            self.met = Some(header.number);
        }
        let (number, hash) = (header.number, link.head);
        self.unseen.retain(|seen| seen.frame != number || seen.hash.is_some_and(|at| at != hash));
        match Frame::decode(header, bytes) {
            Ok(frame) => {
                let mut found = Vec::new();
                self.audit.frame(&frame, &mut found);
                for what in found {
                    self.problem(spot, what);
                }
            }
            Err(flaw) => self.flaw(spot, flaw),
        }
        self.link = link;
    }

    fn flaw(&mut self, spot: Spot<'_>, flaw: Flaw) {
        self.problem(spot, What::Flaw(flaw));
    }

    fn problem(&mut self, spot: Spot<'_>, what: What) {
        if self.problems.len() >= PROBLEMS_MAX {
            self.untold += 1;
            return;
        }
        let (segment, offset) = (spot.segment.to_owned(), spot.offset);
        self.problems.push(Problem { segment, offset, frame: self.link.next, what });
    }

    fn report(self) -> Report {
        let anchor = match (self.anchor, self.met) {
            (None, _) => Anchor::NotAsked,
            (Some(_), Some(frame)) => Anchor::Frame(frame),
            (Some(_), None) => Anchor::Absent,
        };
        let last = self.link.next - 1;
        // Where there is damage, a frame that was not met may be the damaged one.
        let is_whole = self.problems.is_empty();
        let is_lost = |seen: &Sighting| seen.frame > last || is_whole && seen.hash.is_some();
        let lost = self.unseen.into_iter().filter(is_lost);
        let mut losses: Vec<Loss> = lost.map(|seen| Loss { seen, last }).collect();
        witness::sort(&mut losses);
        Report {
            frames: self.frames,
            last,
            head: self.link.head,
            bytes: self.bytes,
            records: self.audit.records(),
            entities: self.audit.entities(),
            messages: self.audit.messages(),
            messages_open: self.audit.messages_open(),
            torn_bytes: self.torn_bytes,
            anchor,
            losses,
            behind: self.behind,
            problems: self.problems,
            untold: self.untold,
        }
    }
}
