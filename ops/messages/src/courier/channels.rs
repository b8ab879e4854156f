//! Channels, as configured.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};

use chrono::FixedOffset;
use duban_actors::case::CaseId;
use duban_runtime::loops::Keeper;
use duban_runtime::outbox::Address;

use super::channel::{Channel, Fate};
use super::email::Sender;
use super::outcome::chain;
use super::sms::http::Gateway;
use super::sms::smpp::Smpp;
use super::smtp::Smtp;
use super::transport::Transport;
use super::unfilled::Unfilled;
use super::{EMAIL, Failure, Folder, SMS};
use duban_access::seals::{self, Field, Seals, is_sealed};
use duban_base::config::Config;
use duban_base::config::couriers::{MailBy, SmsBy};
use duban_base::muted::Muted;

pub struct Channels {
    muted: Muted,
    /// What was told in plain words.
    pub unfilled: Unfilled,
    seals: Seals,
    all: Vec<Channel>,
}

impl Channels {
    /// The channels of the configuration; the folder's days begin at midnight in `zone`. Nothing is connected yet.
    ///
    /// # Errors
    /// A [`Failure`] that names the field: an address, a secret, a certificate, a folder that cannot be used.
    pub fn open(config: &Config, zone: FixedOffset) -> Result<Channels, Failure> {
        let sender = Sender::new(&config.courier_sender)?;
        let mut opened: Option<Arc<Mutex<Folder>>> = None;
        let mut folder = || {
            if opened.is_none() {
                let folder = Folder::open(&config.mail_dir(), sender.clone(), zone)?;
                opened = Some(Arc::new(Mutex::new(folder)));
            }
            Ok::<_, Failure>(opened.clone().map(Transport::Folder))
        };
        let couriers = &config.couriers;
        let email = match couriers.email {
            MailBy::Folder => folder()?,
            MailBy::Smtp => Some(Transport::Smtp(
                Box::new(Smtp::open(&couriers.smtp, &sender)?),
                sender.clone(),
            )),
        };
        let sms = match couriers.sms {
            SmsBy::Folder => folder()?,
            SmsBy::Http => Some(Transport::Gateway(Box::new(Gateway::open(&couriers.gateway)?))),
            SmsBy::Smpp => Some(Transport::Smpp(Box::new(Smpp::open(&couriers.smpp)?))),
        };
        let channels = [(EMAIL, email), (SMS, sms)];
        let channel =
            |(name, line): (_, Option<Transport>)| line.map(|line| Channel::new(name, line));
        Ok(Channels {
            muted: Muted::of(&config.store_dir),
            unfilled: Unfilled::default(),
            seals: Seals::of(&config.store_dir),
            all: channels.into_iter().filter_map(channel).collect(),
        })
    }

    /// The keys by which they read to whom something goes.
    pub fn seals(&self) -> &Seals {
        &self.seals
    }

    /// Whether anything may leave by any of them.
    pub fn muted(&self) -> &Muted {
        &self.muted
    }

    pub fn channel(&self, name: &str) -> Option<&Channel> {
        self.all.iter().find(|channel| channel.name() == name)
    }

    /// An address as it is to be written: a reporter's stands in the ledger sealed, for the case `key`.
    ///
    /// # Errors
    /// What becomes of the message: refused for ever once what was sealed is erased, tried again when a key cannot be
    /// read now.
    pub fn revealed<'a>(&self, key: &str, to: &'a Address) -> Result<Cow<'a, Address>, Fate> {
        if !is_sealed(&to.address) {
            return Ok(Cow::Borrowed(to));
        }
        let case = CaseId(key.into());
        let read = |field, text: &str| self.seals.read(&case, field, text);
        let parts = read(Field::Name, &to.name)
            .and_then(|name| Ok((name, read(Field::Phone, &to.address)?)));
        match parts {
            Ok((name, address)) => Ok(Cow::Owned(Address { name, address, ..to.clone() })),
            Err(failure @ seals::Failure::Key { .. }) => Err(Fate::Failed(chain(&failure))),
            Err(failure) => Err(Fate::Refused(chain(&failure))),
        }
    }

    /// Whether a message that was claimed for a reporter before they were erased goes to nobody any more.
    pub fn is_for_the_erased(&self, key: &str, addresses: &[Address]) -> bool {
        let is_sealed = addresses.iter().any(|to| is_sealed(&to.address));
        is_sealed && matches!(self.seals.standing(&CaseId(key.into())), Ok(seals::Key::Erased))
    }

    /// Every channel.
    pub fn channels(&self) -> &[Channel] {
        &self.all
    }

    /// Whatever it keeps going is kept there.
    pub fn kept_by(&self, keeper: &Keeper) {
        for channel in &self.all {
            channel.kept_by(keeper);
        }
    }

    /// Takes leave of every server.
    pub async fn close(&self) {
        for channel in &self.all {
            channel.close().await;
        }
    }
}
