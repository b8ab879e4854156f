//! Bundles of the deliverer: adds a message's line to its recipient's bundle, before the message is recorded as folded.
//!
//! A process that dies in between leaves a row that says nothing of it; the bundle remembers the line, so that the row
//! is recorded as folded when it is taken up again, and never handed over beside it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::bundle::{Bundle, Command, Line, Refusal};
use duban_actors::role::Role;
use duban_runtime::entity::{CommandId, Entity, EntityId, Refusal as _};
use duban_runtime::journal;
use duban_runtime::node::Node;
use duban_runtime::outbox::{Address, Folded, MessageId};
use tokio::sync::Semaphore;

use crate::courier::Rendered;
use duban_base::asking::{self, Asker, No, Terms};

/// Messages that are folded at a time: fewer than a bundle remembers lines.
const FOLDING_MAX: usize = 32;
/// Bundles whose settled lines wait to be told at most; of those above none is told, and the bundle forgets by age.
const SETTLED_MAX: usize = 4_096;
/// How long a message waits whose bundle could not be asked.
pub(super) const PUT_OFF: Duration = Duration::from_secs(5);
/// By how much the clocks of those who say when something was asked may differ.
const CLOCKS_APART: Duration = Duration::from_mins(1);
const OFFICE: &str = "office";

/// The bundles, as far as this office has to do with them.
pub(super) struct Bundles {
    pub(super) room: Semaphore,
    settled: Mutex<BTreeMap<EntityId, Vec<CommandId>>>,
}

/// What adding a line came to.
pub(super) enum Added {
    /// It is there, once.
    There(Folded),
    /// Nobody answered; to be tried again.
    NotNow,
    /// Its bundle takes none: the message goes by itself.
    Never,
}

impl Bundles {
    pub(super) fn new() -> Bundles {
        Bundles { room: Semaphore::new(FOLDING_MAX), settled: Mutex::default() }
    }

    /// Whether the bundle of `to` was given a line that stands for this message. It remembers so many; what it has
    /// forgotten stands in its history, since the message was due.
    pub(super) fn has_line(
        node: &Node,
        message: &Rendered,
        to: &Address,
    ) -> Result<bool, journal::Failure> {
        let (id, line) = (Bundle::of(to), Bundle::line_id(&message.id, to));
        let Some(stored) = node.journal().entity(&id)? else { return Ok(false) };
        let bundle = Bundle::from_stored(&id, &stored.state);
        if bundle.is_ok_and(|bundle| bundle.remembers(line)) {
            return Ok(true);
        }
        let since = node.journal().since(&id, message.at - CLOCKS_APART)?;
        Ok(since.iter().any(|record| record.asked.id == line))
    }

    /// Adds the line of `message` to the bundle of `to`; once, however often it is asked.
    pub(super) async fn add(&self, node: &Node, message: &Rendered, to: &Address) -> Added {
        let into = Bundle::of(to);
        let settled = self.settled().get(&into).cloned().unwrap_or_default();
        let about = if message.subject.is_empty() { &message.sms } else { &message.subject };
        let command = Command::Add {
            message: CompactString::from(message.id.to_string()),
            line: Line::new(message.at, about),
            to: to.clone(),
            settled: settled.clone(),
        };
        let asker = Asker::system(OFFICE, Role::Entity);
        let terms = Terms::of(Bundle::line_id(&message.id, to));
        match asking::ask::<Bundle>(node, &asker, terms, &into.key, command).await {
            Ok(_) => {
                self.forgets(&into, &settled);
                Added::There(Folded { address: to.clone(), into })
            }
            Err(no) if no.code() == Some(Refusal::AlreadyThere.code()) => {
                Added::There(Folded { address: to.clone(), into })
            }
            Err(No::Busy(_) | No::Unrecorded(_)) => Added::NotNow,
            Err(no @ (No::Refused { .. } | No::Stale(_) | No::SetAside(..))) => {
                tracing::warn!(bundle = %into, ?no, "a bundle takes no line");
                Added::Never
            }
        }
    }

    /// These lines' message is on record as folded: their bundles need not remember them.
    pub(super) fn settle(&self, message: &MessageId, folded: &[Folded]) {
        let mut settled = self.settled();
        for Folded { address, into } in folded {
            if settled.len() < SETTLED_MAX || settled.contains_key(into) {
                let line = Bundle::line_id(message, address);
                settled.entry(into.clone()).or_default().push(line);
            }
        }
    }

    /// Its bundle has heard that these are settled.
    fn forgets(&self, bundle: &EntityId, told: &[CommandId]) {
        let mut settled = self.settled();
        if let Some(lines) = settled.get_mut(bundle) {
            lines.retain(|line| !told.contains(line));
            if lines.is_empty() {
                settled.remove(bundle);
            }
        }
    }

    fn settled(&self) -> MutexGuard<'_, BTreeMap<EntityId, Vec<CommandId>>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
