//! A frame: one group of batches as it stands in the ledger, made safe by one write and one sync.
//!
//! ```text
//! magic 4 │ number 8 │ body length 4 │ BLAKE3 of the frame before 32 │ CRC of these 4 │ body │ CRC of it all 4
//! ```
//! Numbers are little-endian and count from 1. The header has a CRC of its own, so that the extent of a frame whose
//! body is damaged is still known, and a text inside a body that looks like a frame is never taken for one. The body
//! is the postcard form of `Vec<BatchOnDisk>`. The hash of a frame covers every byte of it, both CRCs included.

use std::fmt;

use super::failure::Failure;
use crate::clock::Timestamp;
use crate::entity::Corrupt;
use crate::record::{BatchOnDisk, Body, Record};

/// The hash of a frame: what the next frame names, and what is printed as the head of the ledger.
pub type Hash = [u8; 32];

/// What the first frame of all names as the one before it.
pub const NO_FRAME: Hash = [0; 32];

/// The largest body. A committer's group is far below it; a length above it is damage.
pub const BODY_BYTES_MAX: usize = 64 << 20;

/// Two bytes above ASCII that are never valid UTF-8 keep it out of texts.
pub(super) const MAGIC: [u8; 4] = [0xFE, b'd', b'b', 0xFF];
pub(super) const HEADER_BYTES: usize = 52;
const HEADER_SUMMED: usize = 48;
const TRAILER_BYTES: usize = 4;

/// A frame as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Counts from 1.
    pub number: u64,
    /// The hash of the frame before.
    pub previous: Hash,
    pub batches: Vec<BatchOnDisk>,
}

impl Frame {
    /// The frame in `bytes`, which [`Header::check`] accepted.
    pub(super) fn decode(header: &Header, bytes: &[u8]) -> Result<Frame, Flaw> {
        let batches = group_in(Frame::body(header, bytes)?)?;
        Ok(Frame { number: header.number, previous: header.previous, batches })
    }

    /// The body of the frame in `bytes`, as [`Frame::decode`] reads it.
    pub(super) fn body<'a>(header: &Header, bytes: &'a [u8]) -> Result<&'a [u8], Flaw> {
        bytes.get(HEADER_BYTES..HEADER_BYTES + header.body_bytes).ok_or(Flaw::Short)
    }

    /// The latest instant at which something in it happened; none when nothing in it has one.
    pub fn latest(&self) -> Result<Option<Timestamp>, Corrupt> {
        let mut latest = None;
        for body in self.batches.iter().flat_map(|batch| &batch.entries) {
            latest = latest.max(instant(body)?);
        }
        Ok(latest)
    }
}

fn instant(body: &Body) -> Result<Option<Timestamp>, Corrupt> {
    Ok(match body {
        Body::Record { record, .. } => Some(Record::decode(record)?.asked.at),
        Body::Outbox { event, .. } => Some(event.at()),
        Body::Tell { .. } => None,
        Body::Quarantined { at, .. } => Some(*at),
    })
}

/// Why bytes are not the frame that belongs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The bytes end before the frame does.
    Short,
    /// They do not begin like a frame.
    NoFrame,
    /// The header's CRC is wrong.
    Header,
    /// The frame's CRC is wrong.
    Body,
    /// A sound frame with another number: frames are missing, or it does not belong here.
    Number {
        /// That belongs here.
        expected: u64,
        found: u64,
    },
    /// A sound frame that names another frame before it.
    Chain {
        frame: u64,
    },
    /// A sound frame whose body is not a group.
    Undecodable,
    /// A compressed block is not what was written.
    Block,
    /// The table of compressed blocks is not what was written; the blocks are found without it.
    Table,
    SegmentHead,
    /// A whole segment is not there.
    NoSegment,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::Short => f.write_str("the frame is cut off"),
            Flaw::NoFrame => f.write_str("no frame begins here"),
            Flaw::Header => f.write_str("the header of the frame does not match its checksum"),
            Flaw::Body => f.write_str("the frame does not match its checksum"),
            Flaw::Number { expected, found } => {
                write!(f, "frame {expected} belongs here, but frame {found} stands here")
            }
            Flaw::Chain { frame } => {
                write!(f, "frame {frame} names another frame before it than the one that is there")
            }
            Flaw::Undecodable => f.write_str("the frame holds no group of batches"),
            Flaw::Block => f.write_str("a compressed block does not match its checksum"),
            Flaw::Table => f.write_str("the table of compressed blocks is damaged"),
            Flaw::SegmentHead => f.write_str("the head of the segment is damaged"),
            Flaw::NoSegment => f.write_str("the segment that begins here is missing"),
        }
    }
}

/// The head of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) number: u64,
    pub(super) previous: Hash,
    pub(super) body_bytes: usize,
}

impl Header {
    /// The header at the start of `bytes`.
    pub(super) fn read(bytes: &[u8]) -> Result<Header, Flaw> {
        let bytes = bytes.first_chunk::<HEADER_BYTES>().ok_or(Flaw::Short)?;
        let (summed, crc) = bytes.split_at(HEADER_SUMMED);
        let mut rest = summed;
        if take::<4>(&mut rest)? != MAGIC {
            return Err(Flaw::NoFrame);
        }
        if crc != crc32fast::hash(summed).to_le_bytes() {
            return Err(Flaw::Header);
        }
        let number = u64::from_le_bytes(take(&mut rest)?);
        let length = u32::from_le_bytes(take(&mut rest)?);
        let previous = take(&mut rest)?;
        let body_bytes = usize::try_from(length).ok().filter(|length| *length <= BODY_BYTES_MAX);
        Ok(Header { number, previous, body_bytes: body_bytes.ok_or(Flaw::Header)? })
    }

    /// How many bytes the whole frame takes.
    pub(super) fn frame_bytes(&self) -> usize {
        HEADER_BYTES + self.body_bytes + TRAILER_BYTES
    }

    /// The whole frame at the start of `bytes`, its CRC checked.
    pub(super) fn check(bytes: &[u8]) -> Result<(Header, &[u8]), Flaw> {
        let header = Header::read(bytes)?;
        let frame = bytes.get(..header.frame_bytes()).ok_or(Flaw::Short)?;
        let (summed, crc) = frame.split_at(HEADER_BYTES + header.body_bytes);
        if crc == crc32fast::hash(summed).to_le_bytes() {
            Ok((header, frame))
        } else {
            Err(Flaw::Body)
        }
    }
}

/// The first `N` of `rest`, which goes on behind them.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Flaw> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(Flaw::Short)?;
    *rest = tail;
    Ok(*head)
}

/// What the next frame must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The number of the next frame.
    pub(super) next: u64,
    /// The hash of the frame before it.
    pub(super) head: Hash,
}

impl Link {
    /// Before the first frame of all.
    pub(super) const START: Link = Link { next: 1, head: NO_FRAME };

    /// Moves past the sound frame `bytes` with `header`, if it is the one that belongs here.
    pub(super) fn pass(&mut self, header: &Header, bytes: &[u8]) -> Result<(), Flaw> {
        if header.number != self.next {
            return Err(Flaw::Number { expected: self.next, found: header.number });
        }
        if header.previous != self.head {
            return Err(Flaw::Chain { frame: header.number });
        }
        self.jump(header, bytes);
        Ok(())
    }

    /// Moves past `bytes`, whatever was expected.
    pub(super) fn jump(&mut self, header: &Header, bytes: &[u8]) {
        *self = Link { next: header.number + 1, head: *blake3::hash(bytes).as_bytes() };
    }
}

/// The body of a frame with `group` in it.
pub(super) fn body_of(group: &[BatchOnDisk]) -> Result<Vec<u8>, Failure> {
    postcard::to_stdvec(group).map_err(|source| Failure::Encode { source })
}

/// The group in a body.
pub(crate) fn group_in(body: &[u8]) -> Result<Vec<BatchOnDisk>, Flaw> {
    match postcard::take_from_bytes(body) {
        Ok((batches, [])) => Ok(batches),
        Ok(_) | Err(_) => Err(Flaw::Undecodable),
    }
}

/// Turns groups into frames, in one buffer that is used again.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    buffer: Vec<u8>,
}

impl Encoder {
    /// The frame at `link` with `group` in it.
    pub(super) fn encode(&mut self, link: &Link, group: &[BatchOnDisk]) -> Result<&[u8], Failure> {
        let buffer =
            postcard::to_extend(group, self.room()).map_err(|source| Failure::Encode { source })?;
        self.finish(link, buffer)
    }

    /// The frame at `link` with this body, which somebody else encoded.
    pub(super) fn around(&mut self, link: &Link, body: &[u8]) -> Result<&[u8], Failure> {
        let mut buffer = self.room();
        buffer.extend_from_slice(body);
        self.finish(link, buffer)
    }

    /// The buffer, with room for a header.
    fn room(&mut self) -> Vec<u8> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        buffer.extend_from_slice(&[0; HEADER_BYTES]);
        buffer
    }

    fn finish(&mut self, link: &Link, mut buffer: Vec<u8>) -> Result<&[u8], Failure> {
        let bytes = buffer.len() - HEADER_BYTES;
        let length = u32::try_from(bytes).ok().filter(|_| bytes <= BODY_BYTES_MAX);
        let length = length.ok_or(Failure::TooLarge { bytes, most: BODY_BYTES_MAX })?;
        if let Some(header) = buffer.first_chunk_mut::<HEADER_BYTES>() {
            *header = header_bytes(link, length);
        }
        buffer.extend_from_slice(&crc32fast::hash(&buffer).to_le_bytes());
        self.buffer = buffer;
        Ok(&self.buffer)
    }
}

fn header_bytes(link: &Link, length: u32) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let fields: [&[u8]; 4] = [&MAGIC, &link.next.to_le_bytes(), &length.to_le_bytes(), &link.head];
    let mut rest = header.as_mut_slice();
    for field in fields {
        let (place, behind) = rest.split_at_mut(field.len());
        place.copy_from_slice(field);
        rest = behind;
    }
    let (summed, crc) = header.split_at_mut(HEADER_SUMMED);
    crc.copy_from_slice(&crc32fast::hash(summed).to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entity::EntityId;

    proptest! {
        #[test]
        fn a_frame_comes_back_as_it_was_written(number in 1..u64::MAX, head: [u8; 32], reasons: Vec<String>) {
            let group = group(&reasons);
            let mut encoder = Encoder::default();
            let bytes = encoder.encode(&Link { next: number, head }, &group).unwrap();
            let (header, frame) = Header::check(bytes).unwrap();
            prop_assert_eq!(frame, bytes);
            let expected = Frame { number, previous: head, batches: group };
            prop_assert_eq!(Frame::decode(&header, frame).unwrap(), expected);
        }

        #[test]
        fn any_flipped_bit_is_noticed(reasons: Vec<String>, place: prop::sample::Index, bit in 0..8u8) {
            let mut encoder = Encoder::default();
            let mut bytes = encoder.encode(&Link::START, &group(&reasons)).unwrap().to_vec();
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            prop_assert!(Header::check(&bytes).is_err());
        }

        #[test]
        fn any_cut_is_noticed(reasons: Vec<String>, place: prop::sample::Index) {
            let mut encoder = Encoder::default();
            let bytes = encoder.encode(&Link::START, &group(&reasons)).unwrap();
            let cut = &bytes[..place.index(bytes.len())];
            prop_assert_eq!(Header::check(cut), Err(Flaw::Short));
        }
    }

    #[test]
    fn a_group_too_large_for_a_frame_is_refused() {
        let reason = "x".repeat(BODY_BYTES_MAX);
        let refused = Encoder::default().encode(&Link::START, &group(&[reason])).unwrap_err();
        assert!(matches!(refused, Failure::TooLarge { .. }), "{refused}");
    }

    fn group(reasons: &[String]) -> Vec<BatchOnDisk> {
        let quarantined = |reason: &String| Body::Quarantined {
            entity: EntityId { kind: 1, key: "a".into() },
            reason: reason.into(),
            at: Timestamp::from_millis(7),
        };
        let entries = reasons.iter().map(quarantined).collect();
        vec![BatchOnDisk { partition: 3, epoch: 1, first_lsn: 9, frame_before: 0, entries }]
    }
}
