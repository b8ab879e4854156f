//! Transport to a server, or to a folder that stands for one: hands one message to one address.

use std::sync::{Arc, Mutex, PoisonError};

use compact_str::CompactString;
use duban_runtime::loops::Keeper;
use duban_runtime::outbox::Address;

use super::email::{self, Sender, part};
use super::outcome::{Outcome, chain};
use super::sms::http::Gateway;
use super::sms::smpp::{Receipts, Smpp};
use super::smtp::Smtp;
use super::{Courier, Failure, Folder, Rendered};

/// Where the messages of a channel go.
pub enum Transport {
    /// The file courier's folder; each message is on disk before the next one comes.
    Folder(Arc<Mutex<Folder>>),
    /// A mail server, and who signs the letters.
    Smtp(Box<Smtp>, Sender),
    Smpp(Box<Smpp>),
    /// An SMS gateway over HTTP.
    Gateway(Box<Gateway>),
}

impl Transport {
    /// Hands `message` to one of its addresses.
    pub async fn carry(&self, message: &Rendered, to: &Address) -> Outcome {
        match self {
            Transport::Folder(folder) => {
                let only = Rendered { addresses: vec![to.clone()], ..message.clone() };
                let mut folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
                of(folder.hand_over(&only).and_then(|()| folder.settle()))
            }
            Transport::Smtp(smtp, sender) => match letter(sender, message, to) {
                Ok((to, letter)) => smtp.carry(&to, &letter).await,
                Err(failure) => of(Err(failure)),
            },
            Transport::Smpp(smpp) => {
                smpp.carry(&part(&message.id, to), &to.address, &message.sms).await
            }
            Transport::Gateway(gateway) => {
                gateway.carry(&part(&message.id, to), &to.address, &message.sms).await
            }
        }
    }

    /// Looks whether somebody is there who would talk to us; nothing is sent.
    ///
    /// # Errors
    /// Why not, in the other side's words or about them.
    pub async fn probe(&self) -> Result<(), CompactString> {
        match self {
            Transport::Folder(folder) => {
                let folder = folder.lock().unwrap_or_else(PoisonError::into_inner);
                folder.probe().map_err(|failure| chain(&failure))
            }
            Transport::Smtp(smtp, _) => smtp.probe().await,
            Transport::Smpp(smpp) => smpp.probe().await,
            Transport::Gateway(gateway) => gateway.probe().await,
        }
    }

    /// How many messages are on it at a time.
    pub fn together(&self) -> usize {
        match self {
            Transport::Folder(_) => 1,
            Transport::Smtp(smtp, _) => smtp.together(),
            Transport::Smpp(smpp) => smpp.window(),
            Transport::Gateway(gateway) => gateway.together(),
        }
    }

    /// What telephones said of SMS that were taken; none on a line without receipts.
    pub fn receipts(&self) -> Option<&Receipts> {
        match self {
            Transport::Smpp(smpp) => Some(smpp.receipts()),
            Transport::Folder(_) | Transport::Smtp(..) | Transport::Gateway(_) => None,
        }
    }

    /// Whatever it keeps going is kept there.
    pub fn kept_by(&self, keeper: &Keeper) {
        match self {
            Transport::Smpp(smpp) => smpp.kept_by(keeper),
            Transport::Folder(_) | Transport::Smtp(..) | Transport::Gateway(_) => {}
        }
    }

    /// Takes leave of the other side.
    pub async fn close(&self) {
        match self {
            // A request leaves nothing open but a connection that ends by itself.
            Transport::Folder(_) | Transport::Gateway(_) => {}
            Transport::Smtp(smtp, _) => smtp.close().await,
            Transport::Smpp(smpp) => smpp.close().await,
        }
    }
}

fn letter(
    sender: &Sender,
    message: &Rendered,
    to: &Address,
) -> Result<(lettre::Address, Vec<u8>), Failure> {
    Ok((email::parse(&to.address)?, sender.letter(message, to)?))
}

fn of(handed_over: Result<(), Failure>) -> Outcome {
    match handed_over {
        Ok(()) => Outcome::Taken,
        // A disk that is full or gone is the line's trouble, like a server that is away.
        Err(failure) if failure.is_transient() => Outcome::Down(chain(&failure)),
        Err(failure) => Outcome::Refused(chain(&failure)),
    }
}
