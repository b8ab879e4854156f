//! Replies of scripts, read word by word: whatever is not as it was written is [`LogFailure::Unclear`].

use std::vec::IntoIter;

use compact_str::CompactString;
use redis::Value;

use crate::clock::Timestamp;
use crate::cluster::log::{GroupId, Link, LogEntry, LogFailure, LogHead};

/// The rest of a list.
#[derive(Debug)]
pub(super) struct Words(IntoIter<Value>);

/// What makes no sense, and where it stood.
pub(super) fn unclear(what: &str) -> LogFailure {
    LogFailure::Unclear(format!("{what} is not as duban writes it"))
}

/// A number by itself.
pub(super) fn number(value: Value) -> Result<u64, LogFailure> {
    Words(vec![value].into_iter()).next_number()
}

impl Words {
    pub(super) fn of(value: Value) -> Result<Words, LogFailure> {
        if value == Value::Nil {
            return Ok(Words(Vec::new().into_iter()));
        }
        let Value::Array(words) = value else { return Err(unclear("a list")) };
        Ok(Words(words.into_iter()))
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    pub(super) fn next_bytes(&mut self) -> Result<Vec<u8>, LogFailure> {
        match self.0.next() {
            Some(Value::BulkString(bytes)) => Ok(bytes),
            Some(_) | None => Err(unclear("a value")),
        }
    }

    pub(super) fn next_text(&mut self) -> Result<String, LogFailure> {
        String::from_utf8(self.next_bytes()?).map_err(|_| unclear("a text"))
    }

    pub(super) fn next_number(&mut self) -> Result<u64, LogFailure> {
        self.next_text()?.parse().map_err(|_| unclear("a number"))
    }

    /// None where the text is empty.
    pub(super) fn next_maybe_number(&mut self) -> Result<Option<u64>, LogFailure> {
        let text = self.next_text()?;
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| unclear("a number"))
    }

    pub(super) fn next_instant(&mut self) -> Result<Timestamp, LogFailure> {
        instant(&self.next_text()?)
    }

    pub(super) fn next_list(&mut self) -> Result<Words, LogFailure> {
        Words::of(self.0.next().unwrap_or(Value::Nil))
    }

    /// All that is left, each read as `read` says.
    pub(super) fn rest<T>(
        mut self,
        mut read: impl FnMut(&mut Words) -> Result<T, LogFailure>,
    ) -> Result<Vec<T>, LogFailure> {
        let mut found = Vec::new();
        while !self.is_over() {
            found.push(read(&mut self)?);
        }
        Ok(found)
    }

    pub(super) fn next_link(&mut self) -> Result<Link, LogFailure> {
        Link::from_hex(&self.next_text()?).ok_or_else(|| unclear("a link"))
    }

    pub(super) fn next_partition(&mut self) -> Result<u8, LogFailure> {
        self.next_text()?.parse().map_err(|_| unclear("a partition"))
    }

    /// Reign, frame, link, run, format, base.
    pub(super) fn next_head(&mut self) -> Result<LogHead, LogFailure> {
        Ok(LogHead {
            reign: self.next_number()?,
            frame: self.next_number()?,
            link: self.next_link()?,
            run: self.next_text()?.into(),
            format: self.next_text()?.parse().map_err(|_| unclear("the format"))?,
            base: self.next_number()?,
        })
    }

    /// The number of the frame whose id is next; none where the text is empty.
    pub(super) fn next_maybe_frame(&mut self) -> Result<Option<u64>, LogFailure> {
        let id = self.next_text()?;
        if id.is_empty() { Ok(None) } else { frame(&id).map(Some) }
    }

    /// An entry of the stream: its id and its fields.
    pub(super) fn next_entry(&mut self) -> Result<LogEntry, LogFailure> {
        let mut entry = self.next_list()?;
        let frame = frame(&entry.next_text()?)?;
        let mut fields = entry.next_list()?;
        let group = fields.field("group")?.next_text()?;
        let group = GroupId::from_hex(&group).ok_or_else(|| unclear("a group's id"))?;
        let reign = fields.field("reign")?.next_number()?;
        let release = CompactString::from(fields.field("release")?.next_text()?);
        let link = fields.field("link")?.next_link()?;
        let body = fields.field("body")?.next_bytes()?;
        Ok(LogEntry { frame, group, reign, release, link, body })
    }

    /// The value of a field, which is the next one.
    fn field(&mut self, name: &str) -> Result<&mut Words, LogFailure> {
        if self.next_text()? == name { Ok(self) } else { Err(unclear("a frame")) }
    }
}

pub(super) fn instant(text: &str) -> Result<Timestamp, LogFailure> {
    text.parse().map(Timestamp::from_millis).map_err(|_| unclear("an instant"))
}

fn frame(id: &str) -> Result<u64, LogFailure> {
    let number = id.strip_suffix("-0").and_then(|number| number.parse().ok());
    number.ok_or_else(|| unclear("the number of a frame"))
}
