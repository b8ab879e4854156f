//! Messages of a replay: notices of the ladder alone, counted, and kept in one mbox a day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::FixedOffset;

use duban_rules::book::calendar::Calendar;
use duban_rules::book::units::{Contact, Method, Unit};
use duban_rules::vocabulary::{Recipient, StepCode, UnitClass, UnitId, UnitKind};
use duban_rules::{RuleBook, Sources};
use duban_runtime::clock::Timestamp;
use duban_runtime::node::Node;

use super::history::History;
use super::profile::{CalendarName, Profile};
use duban_base::registry::Rules;
use duban_messages::courier::Tally;
use duban_messages::courier::email::Sender;
use duban_messages::delivery::{Tally as Delivered, deliver_due};

/// The courier comes at least this often, so that the outbox stays small.
const ROUND: Duration = Duration::from_hours(24);

/// The rules of a replay: the shipped notices, the file's units, and a calendar that never sleeps.
pub(super) fn rule_book(profile: &Profile, history: &History) -> Result<RuleBook> {
    let (mut book, _) = duban_rules::parse(&Sources::shipped());
    let utc = FixedOffset::east_opt(0).context("UTC")?;
    book.calendar = match profile.calendar {
        CalendarName::Always => Calendar::always(utc),
    };
    let units: BTreeSet<&str> =
        history.requests.iter().map(|request| request.unit.as_str()).collect();
    for unit in units {
        book.units = book.units.with(told_at(unit, &profile.recipient));
    }
    Ok(book)
}

fn told_at(unit: &str, recipient: &str) -> Unit {
    let letters =
        unit.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let mailbox: String = letters.collect();
    let contact = Contact {
        role: Recipient::Informant,
        name: unit.to_owned(),
        phone: None,
        email: Some(recipient.replace("{unit}", &mailbox)),
        deputy: None,
    };
    Unit {
        id: UnitId::new(unit),
        name: unit.to_owned(),
        organisation: unit.to_owned(),
        kind: UnitKind::Department(UnitClass::Third),
        active: true,
        station: None,
        crew: None,
        landline: None,
        contacts: vec![contact],
        dispatch_by: Method::System,
        supervising: None,
        place: None,
    }
}

/// The courier of a replay. When it comes is settled by the history alone, not by the machine or by how often the
/// replay was killed: whatever a step has to say is said before anything else happens to its case.
pub(super) struct Mail {
    tally: Tally,
    rules: Rules,
    /// Everything decided before this instant has been told.
    told: Timestamp,
}

impl Mail {
    pub(super) fn open(dir: &Path, profile: &Profile, rules: Rules) -> Result<Mail> {
        let sender = Sender::new(&format!("duban@{}.example", profile.name))?;
        let zone = FixedOffset::east_opt(0).context("UTC")?;
        let tally = Tally::open(dir, sender, zone).context("打开邮件目录")?;
        Ok(Mail { tally, rules, told: Timestamp::from_millis(i64::MIN) })
    }

    /// Everything due before `instant` has fired; a round, if the last one was long ago.
    pub(super) async fn now_and_then(&mut self, node: &Node, instant: Timestamp) -> Result<()> {
        if instant.since(self.told) < ROUND { Ok(()) } else { self.deliver(node, instant).await }
    }

    /// Something is about to happen at `instant` to a case whose steps come at these; a round, if one of them has not
    /// been told.
    pub(super) async fn ahead_of(
        &mut self,
        node: &Node,
        instant: Timestamp,
        steps: &[(StepCode, Timestamp)],
    ) -> Result<()> {
        let untold = |(_, due): &(StepCode, Timestamp)| self.told <= *due && *due < instant;
        if steps.iter().any(untold) { self.deliver(node, instant).await } else { Ok(()) }
    }

    /// Delivers what was decided before `instant`, all of it.
    pub(super) async fn deliver(&mut self, node: &Node, instant: Timestamp) -> Result<()> {
        loop {
            // What is not durable has no row to lease.
            node.durable().await;
            if deliver_due(node, &self.rules, &mut self.tally).await? == Delivered::default() {
                self.told = instant;
                return Ok(());
            }
        }
    }

    /// Messages by step.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for ((_, step), n) in self.tally.counts() {
            *counts.entry(step.clone()).or_default() += n;
        }
        counts
    }
}
