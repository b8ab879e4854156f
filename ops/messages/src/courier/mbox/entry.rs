//! One entry of an mbox: a letter between a `From ` line and a blank one.
//!
//! In the manner called mboxrd, lines of the letter that begin with `From ` are escaped by `>`; `Content-Length` says
//! where it ends, so that an entry torn by a crash is told from a whole one.

use chrono::{DateTime, Utc};
use duban_runtime::clock::Timestamp;

const ID: &str = "X-Duban-Id";
const TEMPLATE: &str = "X-Duban-Template";
const STEP: &str = "X-Duban-Step";
const LENGTH: &str = "Content-Length";

/// What an entry says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) template: String,
    pub(super) step: String,
}

/// Appends `letter`, a mail as it would travel, from `sender` with the message's `id`.
pub(super) fn append(out: &mut Vec<u8>, (sender, id): (&str, &str), at: Timestamp, letter: &[u8]) {
    let letter = String::from_utf8_lossy(letter).replace("\r\n", "\n");
    let (head, body) = letter.split_once("\n\n").unwrap_or((letter.as_str(), ""));
    let mut escaped = String::with_capacity(body.len() + 1);
    for line in body.lines() {
        if line.trim_start_matches('>').starts_with("From ") {
            escaped.push('>');
        }
        escaped.push_str(line);
        escaped.push('\n');
    }
    let date = DateTime::<Utc>::from(at).format("%a %b %e %H:%M:%S %Y");
    let length = escaped.len();
    let entry =
        format!("From {sender} {date}\n{head}\n{ID}: {id}\n{LENGTH}: {length}\n\n{escaped}\n");
    out.extend_from_slice(entry.as_bytes());
}

/// The whole entries at the beginning of `bytes`, and what is left.
pub(super) fn entries(bytes: &[u8]) -> (Vec<Entry>, &[u8]) {
    let (mut entries, mut rest) = (Vec::new(), bytes);
    while let Some((entry, behind)) = first(rest) {
        entries.push(entry);
        rest = behind;
    }
    (entries, rest)
}

/// Whether another entry begins within `torn`: then it is not the end of a file that a crash has torn.
pub(super) fn begins_within(torn: &[u8]) -> bool {
    torn.windows(6).any(|window| window == b"\nFrom ")
}

fn first(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    if !bytes.starts_with(b"From ") {
        return None;
    }
    let (mut entry, mut length, mut rest) = (Entry::default(), None, bytes);
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let (line, behind) = (rest.get(..end)?, rest.get(end + 1..)?);
        rest = behind;
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = std::str::from_utf8(line).ok()?.split_once(": ") else {
            continue;
        };
        match name {
            ID => value.clone_into(&mut entry.id),
            TEMPLATE => value.clone_into(&mut entry.template),
            STEP => value.clone_into(&mut entry.step),
            LENGTH => length = value.parse::<usize>().ok(),
            _ => {}
        }
    }
    let length = length?;
    match rest.get(length) {
        Some(b'\n') => Some((entry, rest.get(length + 1..)?)),
        Some(_) | None => None,
    }
}
