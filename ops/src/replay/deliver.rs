//! Messages of a replay: notices of the ladder alone, counted, and kept in one mbox a day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use chrono::FixedOffset;

use duban_rules::book::calendar::Calendar;
use duban_rules::book::units::{Contact, Method, Unit};
use duban_rules::vocabulary::{Recipient, UnitClass, UnitId, UnitKind};
use duban_rules::{RuleBook, Sources};
use duban_runtime::node::Node;

use super::history::History;
use super::profile::{CalendarName, Profile};
use crate::courier::Tally;
use crate::courier::email::Sender;
use crate::delivery::deliver_due;
use crate::wiring::Rules;

/// Rounds of timers between two deliveries.
const ROUNDS: u32 = 512;

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
        landline: None,
        contacts: vec![contact],
        dispatch_by: Method::System,
        supervising: None,
        place: None,
    }
}

/// The courier of a replay.
pub(super) struct Mail {
    tally: Tally,
    rules: Rules,
    rounds: u32,
}

impl Mail {
    pub(super) fn open(dir: &Path, profile: &Profile, rules: Rules) -> Result<Mail> {
        let sender = Sender::new(&format!("duban@{}.example", profile.name))?;
        let zone = FixedOffset::east_opt(0).context("UTC")?;
        let tally = Tally::open(dir, sender, zone).context("打开邮件目录")?;
        Ok(Mail { tally, rules, rounds: 0 })
    }

    /// Delivers what is due, every so many rounds: often enough that the outbox stays small.
    pub(super) async fn deliver_when_many(&mut self, node: &Node) -> Result<()> {
        self.rounds += 1;
        if self.rounds < ROUNDS {
            return Ok(());
        }
        self.rounds = 0;
        self.deliver(node).await
    }

    pub(super) async fn deliver(&mut self, node: &Node) -> Result<()> {
        deliver_due(node, &self.rules, &mut self.tally).await?;
        Ok(())
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
