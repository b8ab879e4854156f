//! Entries of the feed of commits, in their order: accepted commands, what became of messages, entities set aside,
//! tells that nobody could take.
//!
//! Every entry has a [`Place`], the same whether it is heard as it happens or read from the ledger years later, so
//! a watcher who went away says where they were and misses nothing. Not here: how it is heard ([`crate::journal::subscription`]).

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;

use crate::clock::Timestamp;
use crate::entity::{Corrupt, EntityId};
use crate::outbox::{Message, MessageId, RowEvent};
use crate::record::{BatchOnDisk, Body, Record, SentTell};

/// Where something stands among everything that ever happened: later places are greater. Written `17.3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The ledger's frame; frames count from 1.
    pub frame: u64,
    /// The entry in that frame, counted from 0 over all of its batches.
    pub index: u32,
}

impl Place {
    /// Before everything.
    pub const START: Place = Place { frame: 0, index: 0 };

    /// Behind everything in `frame`, before everything after it.
    pub const fn end_of(frame: u64) -> Place {
        Place { frame, index: u32::MAX }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.frame, self.index)
    }
}

/// A text that names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no place: one looks like `17.3`")]
pub struct NoPlace(pub String);

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Place, NoPlace> {
        let parsed = text.split_once('.').and_then(|(frame, index)| {
            Some(Place { frame: frame.parse().ok()?, index: index.parse().ok()? })
        });
        // A place has one spelling: what is parsed leniently is not one.
        parsed
            .filter(|place| place.to_string() == text)
            .ok_or_else(|| NoPlace(text.chars().take(TEXT_CHARS_MAX).collect()))
    }
}

/// How much of a text that is no place is told back.
const TEXT_CHARS_MAX: usize = 64;

/// One thing that happened and is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    pub place: Place,
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A command was accepted: a person's, a timer's or another entity's.
    Accepted {
        /// Whose, who asked, when, and the events in JSON.
        record: Box<Record>,
        /// Messages that became ready, in order: index 0, 1, … of their [`MessageId`].
        messages: Vec<Message>,
    },
    /// Something happened to a message.
    Message { message: MessageId, event: RowEvent },
    /// An entity takes no commands until a person has looked.
    SetAside { entity: EntityId, reason: CompactString, at: Timestamp },
    /// Nobody could take a tell: a person must look.
    Parked {
        /// The partition that sent it.
        from_partition: u8,
        tell: Box<SentTell>,
        reason: CompactString,
    },
}

impl What {
    /// When it happened; nobody writes down when a tell was parked.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            What::Accepted { record, .. } => Some(record.asked.at),
            What::Message { event, .. } => Some(event.at()),
            What::SetAside { at, .. } => Some(*at),
            What::Parked { .. } => None,
        }
    }
}

/// What happened in the frame of this number, in order.
pub(crate) fn in_frame(frame: u64, batches: &[BatchOnDisk]) -> Result<Vec<FeedEntry>, Corrupt> {
    let mut entries = Vec::new();
    let bodies = batches.iter().flat_map(|batch| &batch.entries);
    for (body, index) in bodies.zip(0_u32..) {
        if let Some(what) = what(body)? {
            entries.push(FeedEntry { place: Place { frame, index }, what });
        }
    }
    Ok(entries)
}

fn what(body: &Body) -> Result<Option<What>, Corrupt> {
    Ok(Some(match body {
        Body::Record { record, messages, .. } => {
            let record = Box::new(Record::decode(record)?);
            What::Accepted { record, messages: messages.clone() }
        }
        Body::Outbox { message, event } => {
            What::Message { message: message.clone(), event: event.clone() }
        }
        Body::Quarantined { entity, reason, at } => {
            What::SetAside { entity: entity.clone(), reason: reason.clone(), at: *at }
        }
        Body::Tell { taken, parked: Some((tell, reason)) } => What::Parked {
            from_partition: taken.from_partition,
            tell: tell.clone(),
            reason: reason.clone(),
        },
        // The mark moved, which nobody watches.
        Body::Tell { parked: None, .. } => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_place_is_read_back_as_it_was_written_and_sorts_by_frame_first(
            one in any::<(u64, u32)>(),
            other in any::<(u64, u32)>(),
        ) {
            let place = |(frame, index)| Place { frame, index };
            prop_assert_eq!(place(one).to_string().parse(), Ok(place(one)));
            prop_assert_eq!(place(one).cmp(&place(other)), one.cmp(&other));
        }
    }

    #[test]
    fn a_text_that_is_no_place_is_refused_and_told_back_in_part() {
        for text in ["", "17", "17.", ".3", "+17.3", "17.03", "17.3.1", "17.4294967296", "-1.0"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace(text.to_owned())), "{text}");
        }
        let long = "x".repeat(10_000).parse::<Place>().unwrap_err();
        assert_eq!(long.0.len(), TEXT_CHARS_MAX);
    }

    #[test]
    fn the_end_of_a_frame_is_behind_all_of_it_and_before_the_next() {
        let last = Place { frame: 7, index: u32::MAX - 1 };
        assert!(Place::START < last && last < Place::end_of(7));
        assert!(Place::end_of(7) < Place { frame: 8, index: 0 });
    }
}
