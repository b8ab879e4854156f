//! Copying a ledger, whole or up to a frame or an instant: backup and restore.
//!
//! Frames are copied byte for byte, so the copy has the same hashes; how they are cut into segments may differ. The
//! copy can be gone on with later: a target that holds the beginning of the source gets the rest.

use super::reader::LedgerReader;
use super::{Ledger, LedgerOptions};
use crate::clock::Timestamp;
use crate::journal::disk::Disk;
use crate::journal::failure::Failure;
use crate::journal::frame::{Flaw, Frame, Hash, Header};

/// How far to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Everything that was safe when the copy began.
    End,
    /// Up to this frame and with it.
    Frame(u64),
    /// Up to the first frame in which something happened after this instant, and without it. In a ledger whose clock
    /// was once set back, frames behind that one are left out too, even those of earlier instants.
    At(Timestamp),
}

/// What a copy holds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// How many frames were added to it.
    pub frames: u64,
    pub bytes: u64,
    /// Its last frame.
    pub last: u64,
    pub head: Hash,
}

/// Copies the frames of `from` into the directory `to`. Safe on the disk when it returns.
pub fn copy_until<D: Disk>(
    from: &LedgerReader,
    to: D,
    options: &LedgerOptions,
    until: Until,
) -> Result<Copied, Failure> {
    Copying::begin(from, to, options, until)?.finish()
}

/// A copy of which nothing is written yet, though the target is known to take it. In between somebody may bring what
/// the frames name: a copy that is cut off then lacks frames, and nothing that its frames need.
pub struct Copying<D: Disk> {
    from: LedgerReader,
    ledger: Ledger<D>,
    until: Until,
}

impl<D: Disk> Copying<D> {
    /// Looks whether `to` can take the frames of `from`, and opens it.
    ///
    /// # Errors
    /// [`Failure::OtherLedger`] when `to` holds something else than the beginning of `from`; [`Failure::NoFrame`] when
    /// `from` does not reach that far; the disk's.
    pub fn begin(
        from: &LedgerReader,
        to: D,
        options: &LedgerOptions,
        until: Until,
    ) -> Result<Copying<D>, Failure> {
        let (first, last) = (from.first_frame(), from.last_frame());
        if let Until::Frame(frame) = until
            && frame > last
        {
            return Err(Failure::NoFrame { frame, first, last });
        }
        let ledger = Ledger::open(to, options)?;
        let before = ledger.last_frame();
        if before > 0 && hash_of(from, before)? != Some(ledger.head()) {
            return Err(Failure::OtherLedger { frames: before });
        }
        Ok(Copying { from: from.clone(), ledger, until })
    }

    /// Copies; safe on the disk when it returns.
    ///
    /// # Errors
    /// [`Failure::Damaged`] on the first frame that is not sound: the target then holds, or will hold when it is opened,
    /// those before it. The disk's.
    pub fn finish(self) -> Result<Copied, Failure> {
        let Copying { from, mut ledger, until } = self;
        let before = ledger.last_frame();
        let mut bytes = 0;
        let mut walk = from.walk(before + 1);
        if let Until::Frame(frame) = until {
            walk.stop_after(frame);
        }
        let outcome = loop {
            let stepped = walk.step(|run, header, frame| {
                if is_beyond(until, header, frame).map_err(|flaw| run.damaged(&flaw))? {
                    return Ok(false);
                }
                if header.previous != ledger.link.head {
                    return Err(run.damaged(&Flaw::Chain { frame: header.number }));
                }
                bytes += u64::try_from(frame.len()).unwrap_or(0);
                ledger.write(frame)?;
                Ok(true)
            });
            match stepped {
                Ok(Some(true)) => {}
                Ok(Some(false)) => break Ok(()),
                Ok(None) => {
                    break from.beyond().filter(|_| wants_more(until)).cloned().map_or(Ok(()), Err);
                }
                Err(failure) => break Err(failure),
            }
        };
        // What came before a damaged frame is kept.
        ledger.sync()?;
        outcome?;
        let last = ledger.last_frame();
        Ok(Copied { frames: last - before, bytes, last, head: ledger.head() })
    }
}

/// Whether what lies behind the last frame was asked for too.
fn wants_more(until: Until) -> bool {
    match until {
        Until::End | Until::At(_) => true,
        Until::Frame(_) => false,
    }
}

fn is_beyond(until: Until, header: &Header, bytes: &[u8]) -> Result<bool, Flaw> {
    match until {
        Until::End | Until::Frame(_) => Ok(false),
        Until::At(instant) => {
            let latest = Frame::decode(header, bytes)?.latest().map_err(|_| Flaw::Undecodable)?;
            Ok(latest.is_some_and(|latest| latest > instant))
        }
    }
}

/// The hash of the frame `number`; none when there is no such frame.
pub fn hash_of(from: &LedgerReader, number: u64) -> Result<Option<Hash>, Failure> {
    if number < from.first_frame() {
        return Ok(None);
    }
    from.walk(number).step(|_, _, bytes| Ok(*blake3::hash(bytes).as_bytes()))
}

impl<D: Disk> std::fmt::Debug for Copying<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Copying").field("until", &self.until).finish_non_exhaustive()
    }
}
