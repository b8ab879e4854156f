//! SMS to a real SMS centre, over SMPP 3.4 by rusmppc: bound as a transceiver, in UCS-2, long texts in parts.
//!
//! The parts of a long text carry a reference made of the message's id, so that a telephone puts parts together that
//! come again. An SMS is delivered, as the outbox has it, when the centre has taken it; what its receipts say of the
//! telephone is counted, and an SMS that reached nobody is told in the log. Nothing here retries: a centre that is too busy closes the way for a while.

mod receipt;

use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use compact_str::{CompactString, format_compact};
use duban_runtime::loops::{Keeper, Kept, Life, Loop, Loops};
use futures_util::{Stream, StreamExt};
use rusmpp::extra::concatenation::SubmitSmMultipartExt;
use rusmpp::pdus::{BindTransceiver, DeliverSmResp, SubmitSm};
use rusmpp::types::COctetString;
use rusmpp::values::{
    InterfaceVersion, IntermediateNotification, MCDeliveryReceipt, Npi, RegisteredDelivery,
    SmeOriginatedAcknowledgement, Ton,
};
use rusmpp::{CommandId, CommandStatus, Pdu};
use rusmppc::error::Error;
use rusmppc::{Client, ConnectionBuilder, Event};

use super::super::outcome::{Outcome, chain, words};
use super::super::{Failure, secret};
use duban_base::config::couriers::SmppConfig;

pub use receipt::Receipts;

/// What a centre says of a message that it will never take: a wrong number, a text that is too long.
const ABOUT_THE_MESSAGE: [CommandStatus; 4] = [
    CommandStatus::EsmeRinvdstadr,
    CommandStatus::EsmeRinvdstton,
    CommandStatus::EsmeRinvdstnpi,
    CommandStatus::EsmeRinvmsglen,
];
/// What it says when it is too busy or does not let us: nothing of the message.
const ABOUT_THE_CHANNEL: [CommandStatus; 4] = [
    CommandStatus::EsmeRthrottled,
    CommandStatus::EsmeRmsgqful,
    CommandStatus::EsmeRinvbndsts,
    CommandStatus::EsmeRinvsrcadr,
];

/// Dead when one thing that a centre said takes so long.
const SMPP: Loop = Loop { name: "smpp", silent_max: Duration::from_mins(2) };

/// What stands for a character that UCS-2 does not have: a word with a gap is better than no SMS.
const GAP: char = '〓';

/// An SMS centre.
pub struct Smpp {
    url: String,
    bind: BindTransceiver,
    source: COctetString<1, 21>,
    patience: Duration,
    enquire: Duration,
    window: usize,
    /// One at a time binds; the others wait for it.
    binding: tokio::sync::Mutex<()>,
    session: Mutex<Option<Session>>,
    receipts: Arc<Receipts>,
    keeper: OnceLock<Keeper>,
}

/// A bound connection, and whoever listens to what the centre says by itself.
struct Session {
    client: Client,
    /// Ends with it.
    _listening: Kept,
}

impl Smpp {
    /// The centre of the configuration. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Failure::File`] and [`Failure::Setting`]: an account, a secret or a number that SMPP cannot carry.
    pub fn open(config: &SmppConfig) -> Result<Smpp, Failure> {
        let secret = secret::read("courier.smpp.secret_file", &config.secret_file)?;
        let bind = BindTransceiver::builder()
            .system_id(octets("courier.smpp.system_id", &config.system_id)?)
            .password(octets("courier.smpp.secret_file", &secret)?)
            .interface_version(InterfaceVersion::Smpp3_4)
            .build();
        Ok(Smpp {
            url: format!("smpp://{}:{}", config.host, config.port),
            bind,
            source: octets("courier.smpp.source", &config.source)?,
            patience: Duration::from_secs(config.timeout_s),
            enquire: Duration::from_secs(config.enquire_s),
            window: usize::try_from(config.window).unwrap_or(1),
            binding: tokio::sync::Mutex::default(),
            session: Mutex::default(),
            receipts: Arc::default(),
            keeper: OnceLock::new(),
        })
    }

    /// What telephones said of the SMS that the centre took.
    pub fn receipts(&self) -> &Receipts {
        &self.receipts
    }

    /// Whoever listens to the centre is kept there; the first keeper stays.
    pub fn kept_by(&self, keeper: &Keeper) {
        self.keeper.get_or_init(|| keeper.clone());
    }

    /// How many SMS go at a time.
    pub fn window(&self) -> usize {
        self.window
    }

    /// Gives `text` to the centre for the telephone `to`; `id` is the part's, the same each time.
    pub async fn carry(&self, id: &str, to: &str, text: &str) -> Outcome {
        let parts = match self.parts(id, to, text) {
            Ok(parts) => parts,
            Err(said) => return Outcome::Refused(said),
        };
        let client = match self.client().await {
            Ok(client) => client,
            Err(error) => return Outcome::Down(chain(&error)),
        };
        for (place, part) in parts.into_iter().enumerate() {
            let Err(error) = client.submit_sm(part).await else { continue };
            if !matches!(error, Error::UnexpectedResponse { .. }) {
                self.forget();
            }
            return match outcome(&error) {
                // A telephone may show the parts that went before.
                Outcome::Down(said) | Outcome::Later(said) if place > 0 => {
                    Outcome::Unknown(format_compact!("after part {place}: {said}"))
                }
                outcome @ (Outcome::Taken
                | Outcome::Later(_)
                | Outcome::Refused(_)
                | Outcome::Unknown(_)
                | Outcome::Down(_)) => outcome,
            };
        }
        Outcome::Taken
    }

    /// Looks whether the centre is there and lets us in; nothing is sent.
    pub async fn probe(&self) -> Result<(), CompactString> {
        let client = self.client().await.map_err(|error| chain(&error))?;
        client.enquire_link().await.map_err(|error| {
            self.forget();
            chain(&error)
        })
    }

    /// Takes leave of the centre.
    pub async fn close(&self) {
        let session = self.lock().take();
        if let Some(session) = session {
            // Whether it hears the farewell changes nothing.
            drop(tokio::time::timeout(self.patience, session.client.unbind()).await);
            drop(tokio::time::timeout(self.patience, session.client.close()).await);
        }
    }

    fn parts(&self, id: &str, to: &str, text: &str) -> Result<Vec<SubmitSm>, CompactString> {
        let to = COctetString::from_str(to.trim()).map_err(|error| words(&error.to_string()))?;
        let has = |c: char| u32::from(c) <= 0xffff;
        let text: String = text.chars().map(|c| if has(c) { c } else { GAP }).collect();
        let hash = blake3::hash(id.as_bytes());
        let (reference, _) = hash.as_bytes().split_first_chunk().unwrap_or((&[0; 2], &[]));
        let whole = SubmitSm::builder()
            .source_addr(self.source.clone())
            .dest_addr_ton(Ton::Unknown)
            .dest_addr_npi(Npi::Isdn)
            .destination_addr(to)
            .registered_delivery(RegisteredDelivery::new(
                MCDeliveryReceipt::McDeliveryReceiptRequestedWhereFinalDeliveryOutcomeIsSuccessOrFailure,
                SmeOriginatedAcknowledgement::NoReceiptSmeAcknowledgementRequested,
                IntermediateNotification::NoIntermediaryNotificationRequested,
                0,
            ))
            .build();
        let parts = whole.multipart(&text).reference_u16(u16::from_be_bytes(*reference)).ucs2();
        parts.build().map_err(|error| words(&error.to_string()))
    }

    async fn client(&self) -> Result<Client, Error> {
        let _only_one = self.binding.lock().await;
        if let Some(session) = &*self.lock()
            && session.client.is_active()
        {
            return Ok(session.client.clone());
        }
        let connect = ConnectionBuilder::new()
            .response_timeout(self.patience)
            // Centres speak 3.4, the library wants 5.0; what is sent here is the same in both.
            .disable_interface_version_check()
            .enquire_link_interval(self.enquire)
            .enquire_link_response_timeout(self.patience)
            .connect(&self.url);
        let connected = tokio::time::timeout(self.patience, connect).await;
        let (client, events) = connected.unwrap_or_else(|_| {
            Err(Error::Connect(std::io::Error::from(std::io::ErrorKind::TimedOut)))
        })?;
        client.bind_transceiver(self.bind.clone()).await?;
        let said = Arc::new(tokio::sync::Mutex::new(events));
        let (bound, receipts) = (client.clone(), Arc::clone(&self.receipts));
        let (kept, listening) = self.keeper().keep(SMPP, move |life| {
            listen(bound.clone(), Arc::clone(&said), Arc::clone(&receipts), life)
        });
        actix::spawn(listening);
        *self.lock() = Some(Session { client: client.clone(), _listening: kept });
        Ok(client)
    }

    /// Without a server nobody looks after it but the log.
    fn keeper(&self) -> Keeper {
        let alone = || {
            let on_end = |why: &str| tracing::error!(why, "receipts are not heard any more");
            Keeper::new(Arc::new(Loops::default()), Arc::new(on_end))
        };
        self.keeper.get().cloned().unwrap_or_else(alone)
    }

    fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers what the centre says by itself: receipts.
async fn listen(
    client: Client,
    said: Arc<tokio::sync::Mutex<impl Stream<Item = Event> + Unpin>>,
    receipts: Arc<Receipts>,
    mut life: Life,
) {
    let mut events = said.lock().await;
    loop {
        // A centre need not say anything.
        life.rest();
        let event = tokio::select! {
            event = events.next() => event,
            () = life.over() => return,
        };
        life.beat();
        let Some(event) = event else { break };
        match event {
            Event::Incoming(command) if command.id() == CommandId::DeliverSm => {
                if let Some(Pdu::DeliverSm(receipt)) = command.pdu() {
                    receipts.heard(receipt.short_message());
                }
                let heard = DeliverSmResp::default();
                if client.deliver_sm_resp(command.sequence_number(), heard).await.is_err() {
                    break;
                }
            }
            Event::Incoming(command) => tracing::debug!(id = ?command.id(), "the centre said"),
            Event::Error(error) => tracing::warn!(%error, "the connection to the SMS centre"),
        }
    }
    // The connection is gone; the next SMS or look makes another.
    life.rest();
    life.over().await;
}

fn outcome(error: &Error) -> Outcome {
    let Error::UnexpectedResponse { response } = error else {
        let said = chain(error);
        // What cannot be written never leaves; everything else may have arrived.
        let never_left = matches!(error, Error::Encode(_));
        return if never_left { Outcome::Refused(said) } else { Outcome::Unknown(said) };
    };
    let status = response.status();
    let code = u32::from(status);
    let said = format_compact!("{status:?} ({code:#010x})");
    if ABOUT_THE_MESSAGE.map(u32::from).contains(&code) {
        Outcome::Refused(said)
    } else if ABOUT_THE_CHANNEL.map(u32::from).contains(&code) {
        Outcome::Down(said)
    } else {
        Outcome::Later(said)
    }
}

fn octets<const MIN: usize, const MAX: usize>(
    field: &'static str,
    text: &str,
) -> Result<COctetString<MIN, MAX>, Failure> {
    COctetString::from_str(text)
        .map_err(|error| Failure::Setting { field, reason: words(&error.to_string()) })
}
