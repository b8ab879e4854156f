//! What a partition asks of the store: read at one moment, heard of at a later one.

use super::{Machine, ToPartition, Wish};
use crate::callers::Channel;
use crate::clock::Timestamp;
use crate::entity::{Corrupt, EntityId};
use crate::journal::Failure;
use crate::journal::layout;
use crate::journal::memtable::tables::unclear;
use crate::journal::store::Pair;
use crate::outbox::{MessageId, Row, RowEvent};
use crate::partition::{Concluding, OfficeEpoch, Output};
use crate::record::SentTell;
use crate::simulator::dice::Dice;
use crate::window::{Reload, Ticket};

/// What is to be read.
#[derive(Clone, Debug)]
pub(crate) enum Question {
    Alarms(Reload<EntityId>),
    Outbox(Reload<MessageId>),
    Tells { from: u8, after: u64 },
}

/// What was read; nothing where that failed.
#[derive(Debug)]
pub(crate) enum Reading {
    Alarms(Ticket, Option<Vec<(Timestamp, EntityId)>>),
    Outbox(Ticket, Option<Vec<(Timestamp, MessageId)>>),
    Tells(u8, Option<Vec<SentTell>>, usize),
}

impl From<Reading> for ToPartition {
    fn from(reading: Reading) -> ToPartition {
        match reading {
            Reading::Alarms(ticket, rows) => ToPartition::Alarms(ticket, rows),
            Reading::Outbox(ticket, rows) => ToPartition::Outbox(ticket, rows),
            Reading::Tells(from, tells, n) => ToPartition::Tells(from, tells, n),
        }
    }
}

impl Question {
    /// What is heard when reading it fails.
    pub(crate) fn failed(self) -> Reading {
        match self {
            Question::Alarms(reload) => Reading::Alarms(reload.ticket, None),
            Question::Outbox(reload) => Reading::Outbox(reload.ticket, None),
            Question::Tells { from, .. } => Reading::Tells(from, None, 0),
        }
    }
}

impl Machine {
    /// Reads what a partition asks for.
    pub(crate) fn read(&self, no: u8, question: Question) -> Result<Reading, Failure> {
        Ok(match question {
            Question::Alarms(Reload { after, ticket }) => {
                let after = after.map(|(due, id)| layout::alarm(no, due, &id));
                let rows = self.rows(&[layout::ALARM, no], after, ticket.limit)?;
                let parsed = parsed(rows, |key, _| layout::parse_alarm(key))?;
                Reading::Alarms(ticket, Some(parsed))
            }
            Question::Outbox(Reload { after, ticket }) => {
                let after = after.map(|(next, id)| layout::row(no, next, &id));
                let rows = self.rows(&[layout::OUTBOX, no], after, ticket.limit)?;
                let parsed = parsed(rows, |key, _| layout::parse_row(key))?;
                Reading::Outbox(ticket, Some(parsed))
            }
            Question::Tells { from, after } => {
                let (after, n) = (layout::tell(from, no, after), self.bounds.tells_per_read);
                let rows = self.rows(&[layout::TELL, from, no], Some(after), n)?;
                let tells = parsed(rows, |_, value| layout::parse_value(value))?;
                Reading::Tells(from, Some(tells), n)
            }
        })
    }

    /// A message of partition `no` that was given up.
    pub(crate) fn any_dead(&self, no: u8, dice: &mut Dice) -> Option<MessageId> {
        let rows = self.rows(&[layout::OUTBOX, no], None, usize::MAX).ok()?;
        let dead = parsed(rows, |key, _| layout::parse_row(key)).ok()?;
        let dead: Vec<_> = dead.into_iter().filter(|(at, _)| *at == Timestamp::NEVER).collect();
        dead.get(dice.place(dead.len())).map(|(_, id)| id.clone())
    }

    /// Gives a dead message another try, as a node does.
    pub(super) fn revive(
        &mut self,
        (no, id): (u8, MessageId),
        at: Timestamp,
        channel: Channel,
        out: &mut Vec<Output>,
    ) {
        let row = self.row(no, (Timestamp::NEVER, &id));
        let Some(home) = self.homes.get_mut(usize::from(no)) else { return };
        let Some(leased) = home.core.lease_dead(id, (at, OfficeEpoch::ALONE)) else { return };
        self.wishes.push(Wish::LeasedDead(leased.clone()));
        match row {
            Ok(Some(row)) => {
                let event = RowEvent::Revived(at);
                if let Ok(caller) = home.callers.enter(channel) {
                    home.core.outcome(Concluding { leased, row, event }, caller, out);
                }
            }
            Ok(None) | Err(_) => home.core.release(&leased),
        }
    }

    /// The row of a message.
    pub(crate) fn row(
        &self,
        no: u8,
        (next, id): (Timestamp, &MessageId),
    ) -> Result<Option<Row>, Failure> {
        let key = layout::row(no, next, id);
        let tables = self.backlog.tables();
        let range = (key.as_slice(), layout::after(key.clone()));
        let found = tables.scan(self.backlog.store(), (range.0, &range.1), 1)?;
        drop(tables);
        Ok(parsed(found, |_, value| layout::parse_value(value))?.into_iter().next())
    }

    fn rows(
        &self,
        prefix: &[u8],
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<Pair>, Failure> {
        let from = after.map_or_else(|| prefix.to_vec(), layout::after);
        let tables = self.backlog.tables();
        tables.scan(self.backlog.store(), (&from, &layout::end_of(prefix)), limit)
    }
}

fn parsed<T>(
    rows: Vec<Pair>,
    parse: impl Fn(&[u8], &[u8]) -> Result<T, Corrupt>,
) -> Result<Vec<T>, Failure> {
    let parsed: Result<Vec<T>, Corrupt> =
        rows.iter().map(|(key, value)| parse(key, value)).collect();
    parsed.map_err(|error| unclear("simulated rows", error))
}
