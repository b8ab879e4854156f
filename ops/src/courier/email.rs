//! Letters: an e-mail made by lettre, the same bytes whenever it is made again.
//!
//! Its Message-ID comes from the message's id and the place of the address, its date from the message. Plain text in
//! Chinese, in UTF-8; marked as sent by a machine, so that nobody's holiday answer comes back.

use std::time::{Duration, SystemTime};

use duban_runtime::clock::Timestamp;
use duban_runtime::outbox::{Address, MessageId};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};

use super::{Failure, Rendered};

/// The name beside the sender's address.
const SENDER_NAME: &str = "数字城管";
/// The last instant that a mail's date can name: the end of the year 9999.
const LATEST_DATE_MILLIS: i64 = 253_402_300_799_000;
/// Letters of a hash that keep two ids apart whose characters a file name cannot have.
const HASH_LETTERS: usize = 12;

/// Who signs every letter.
#[derive(Clone, Debug)]
pub struct Sender(Mailbox);

impl Sender {
    /// The sender with this address.
    ///
    /// # Errors
    /// [`Failure::Address`] when it is none.
    pub fn new(address: &str) -> Result<Sender, Failure> {
        let parsed = parse(address)?;
        Ok(Sender(Mailbox::new(Some(SENDER_NAME.to_owned()), parsed)))
    }

    /// The address alone.
    pub fn address(&self) -> &str {
        self.0.email.as_ref()
    }

    /// The letter of `message` to the people at these places of its addresses.
    ///
    /// # Errors
    /// [`Failure::Address`] and [`Failure::Compose`].
    pub fn letter(&self, message: &Rendered, to: &[(usize, &Address)]) -> Result<Vec<u8>, Failure> {
        let place = to.first().map_or(0, |(place, _)| *place);
        let id = format!("<{}.{place}@{}>", stem(&message.id), self.0.email.domain());
        let mut letter = lettre::Message::builder()
            .from(self.0.clone())
            .date(date(message.at))
            .message_id(Some(id))
            .subject(message.subject.clone())
            .header(ContentType::TEXT_PLAIN);
        for (name, value) in [
            ("Content-Language", "zh-CN"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Duban-Template", &message.template),
            ("X-Duban-Step", &message.step),
        ] {
            letter = with_header(letter, name, value);
        }
        if to.is_empty() {
            letter = letter.to(self.0.clone());
        }
        for (_, address) in to {
            let name = (!address.name.is_empty()).then(|| address.name.to_string());
            letter = letter.to(Mailbox::new(name, parse(&address.address)?));
        }
        let letter = letter
            .body(message.text.clone())
            .map_err(|source| Failure::Compose { id: message.id.to_string(), source })?;
        Ok(letter.formatted())
    }
}

/// The message's id in characters that a file name and a Message-ID may have.
pub fn stem(id: &MessageId) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let key = id.entity.key.as_str();
    let key = if !key.is_empty() && key.len() <= 64 && key.chars().all(is_plain) {
        key.to_owned()
    } else {
        let hash = blake3::hash(key.as_bytes()).to_hex();
        let plain = key.chars().filter(|c| is_plain(*c)).take(32);
        plain.chain("~".chars()).chain(hash.chars().take(HASH_LETTERS)).collect()
    };
    format!("{}.{key}.{}.{}", id.entity.kind, id.sequence, id.index)
}

fn with_header(letter: MessageBuilder, name: &'static str, value: &str) -> MessageBuilder {
    if value.is_empty() {
        return letter;
    }
    let name = HeaderName::new_from_ascii_str(name);
    letter.raw_header(HeaderValue::new(name, value.to_owned()))
}

fn parse(address: &str) -> Result<lettre::Address, Failure> {
    address
        .trim()
        .parse()
        .map_err(|source| Failure::Address { address: address.to_owned(), source })
}

fn date(at: Timestamp) -> SystemTime {
    let millis = at.as_millis().clamp(0, LATEST_DATE_MILLIS);
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}
