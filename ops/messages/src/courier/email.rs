//! Letters: an e-mail made by lettre, the same bytes whenever it is made again.
//!
//! Its Message-ID comes from the message's id and the address, its boundary from the Message-ID, its date from the
//! message. Chinese, in UTF-8; marked as sent by a machine, so that nobody's holiday answer comes back.

use std::time::{Duration, SystemTime};

use duban_rules::line;
use duban_runtime::clock::Timestamp;
use duban_runtime::outbox::{Address, MessageId};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MessageBuilder, MultiPart, SinglePart};

use super::{Failure, Rendered, appointment, page};

/// The name beside the sender's address.
const SENDER_NAME: &str = "数字城管";
/// The last instant that a mail's date can name: the end of the year 9999.
const LATEST_DATE_MILLIS: i64 = 253_402_300_799_000;
/// What an entry for the reader's calendar is to a mail program; its method follows.
const CALENDAR: &str = "text/calendar; charset=utf-8; method=";
/// Letters of a hash that keep two ids apart whose characters a file name cannot have.
const HASH_LETTERS: usize = 12;
/// Letters of a hash that keep the addresses of one message apart.
const MARK_LETTERS: usize = 8;

/// Who signs every letter.
#[derive(Clone, Debug)]
pub struct Sender(Mailbox);

impl Sender {
    pub fn new(address: &str) -> Result<Sender, Failure> {
        let parsed = parse(address)?;
        Ok(Sender(Mailbox::new(Some(SENDER_NAME.to_owned()), parsed)))
    }

    /// The address alone.
    pub fn address(&self) -> &lettre::Address {
        &self.0.email
    }

    /// The letter of `message` to one of its addresses: a page for people's eyes, and the same words as plain text.
    ///
    /// # Errors
    /// [`Failure::Address`], [`Failure::Compose`] and [`Failure::Page`].
    pub fn letter(&self, message: &Rendered, to: &Address) -> Result<Vec<u8>, Failure> {
        let id = message.id.to_string();
        let page = page::page(&message.subject, &message.text, &message.template)
            .map_err(|source| Failure::Page { id, source })?;
        let part = part(&message.id, to);
        let boundary = blake3::hash(part.as_bytes()).to_hex();
        let head = self.head(message, &part).to(mailbox(to)?);
        // The boundary is not left to chance: the same letter is the same bytes.
        let body = MultiPart::alternative()
            .boundary(boundary.as_str())
            .singlepart(SinglePart::plain(message.text.clone()))
            .singlepart(SinglePart::html(page));
        let body = match &message.appointment {
            None => body,
            Some(entry) => {
                let file =
                    appointment::file(&message.subject, entry, self.0.email.domain(), message.at);
                let boundary = blake3::hash(format!("{part} mixed").as_bytes()).to_hex();
                let kind = format!("{CALENDAR}{}", appointment::method(entry.standing));
                let kind = ContentType::parse(&kind).unwrap_or(ContentType::TEXT_PLAIN);
                MultiPart::mixed()
                    .boundary(boundary.as_str())
                    .multipart(body)
                    .singlepart(Attachment::new("appointment.ics".to_owned()).body(file, kind))
            }
        };
        let letter = head
            .multipart(body)
            .map_err(|source| Failure::Compose { id: message.id.to_string(), source })?;
        Ok(letter.formatted())
    }

    /// The same words as plain text alone, in one letter to all of these addresses; to the sender where there are none.
    ///
    /// # Errors
    /// [`Failure::Address`] and [`Failure::Compose`].
    pub fn note(&self, message: &Rendered, to: &[&Address]) -> Result<Vec<u8>, Failure> {
        let mut letter = self.head(message, &stem(&message.id)).header(ContentType::TEXT_PLAIN);
        if to.is_empty() {
            letter = letter.to(self.0.clone());
        }
        for address in to {
            letter = letter.to(mailbox(address)?);
        }
        let letter = letter
            .body(message.text.clone())
            .map_err(|source| Failure::Compose { id: message.id.to_string(), source })?;
        Ok(letter.formatted())
    }

    fn head(&self, message: &Rendered, id: &str) -> MessageBuilder {
        let mut letter = lettre::Message::builder()
            .from(self.0.clone())
            .date(date(message.at))
            .message_id(Some(format!("<{id}@{}>", self.0.email.domain())))
            .subject(line::one(&message.subject));
        for (name, value) in [
            ("Content-Language", "zh-CN"),
            ("Auto-Submitted", "auto-generated"),
            ("X-Duban-Template", &message.template),
            ("X-Duban-Step", &message.step),
        ] {
            letter = with_header(letter, name, value);
        }
        letter
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

/// The id of a message's part for one address: the same for ever, whoever else the message goes to.
pub fn part(id: &MessageId, to: &Address) -> String {
    let mut hash = blake3::Hasher::new();
    hash.update(to.channel.as_bytes()).update(b"\0").update(to.address.as_bytes());
    let mark: String = hash.finalize().to_hex().chars().take(MARK_LETTERS).collect();
    format!("{}.{mark}", stem(id))
}

/// The e-mail address in these words.
pub fn parse(address: &str) -> Result<lettre::Address, Failure> {
    address
        .trim()
        .parse()
        .map_err(|source| Failure::Address { address: address.to_owned(), source })
}

fn mailbox(to: &Address) -> Result<Mailbox, Failure> {
    // A name of more lines than one cannot be written into a header at all.
    let name = Some(line::one(&to.name)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, parse(&to.address)?))
}

fn with_header(letter: MessageBuilder, name: &'static str, value: &str) -> MessageBuilder {
    let value = line::one(value);
    if value.is_empty() {
        return letter;
    }
    let name = HeaderName::new_from_ascii_str(name);
    letter.raw_header(HeaderValue::new(name, value))
}

fn date(at: Timestamp) -> SystemTime {
    let millis = at.as_millis().clamp(0, LATEST_DATE_MILLIS);
    SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::courier::EMAIL;
    use crate::courier::samples::{address, rendered, sender};

    #[test]
    fn no_name_address_or_subject_stops_a_letter_or_writes_a_header_of_its_own() {
        let hostile = [
            "岑\n示例",
            "Public\r\nBcc: everybody@suning.example",
            "\u{2028}\u{202e}\0\u{7f}",
            "\"\\\",;<>@()[]",
            "=?utf-8?B?eA==?=",
            &"长".repeat(5_000),
            &"a".repeat(5_000),
            "",
        ];
        for text in hostile {
            let to = Address { name: text.into(), ..address(EMAIL, "head@suning.example") };
            let message = Rendered {
                subject: text.to_owned(),
                text: text.to_owned(),
                template: text.to_owned(),
                step: text.to_owned(),
                ..rendered(1)
            };
            let sender = sender();
            for letter in [sender.letter(&message, &to), sender.note(&message, &[&to])] {
                let letter = String::from_utf8(letter.expect("a letter")).expect("ASCII");
                let (head, _) = letter.split_once("\r\n\r\n").expect("a head and a body");
                assert!(!head.contains("\nBcc:"), "{head}");
            }
            let bad = Address { address: text.into(), ..to };
            assert!(sender.letter(&message, &bad).is_err(), "{text:?} is no address");
        }
    }
}
