//! Counting a week: what the ledger says each mailbox and telephone was told, and what the other side took.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use duban::courier::email::part;
use duban::registry;
use duban_actors::bundle;
use duban_rules::Sources;
use duban_rules::vocabulary::{Recipient, UnitKind};
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Journal, Options};
use duban_runtime::outbox::{Address, MessageId, RowEvent};
use duban_runtime::record::{Body, Record};

use super::town::{Arrived, told};

/// What duban says of itself, which hangs on how fast the machine is.
const OWN: [&str; 2] = ["canary", "operator-alarm"];

/// The days on which each mailbox got its brief.
pub(super) fn briefs(arrived: &[Arrived]) -> BTreeMap<String, Vec<String>> {
    let (mut briefs, mut seen) = (BTreeMap::<String, Vec<String>>::new(), BTreeSet::new());
    let is_brief = |one: &&Arrived| matches!(one.template.as_str(), "daily-brief" | "duty-brief");
    for one in arrived.iter().filter(is_brief).filter(|one| seen.insert(&one.id)) {
        briefs.entry(one.to.clone()).or_default().push(told(one.at)[..5].to_owned());
    }
    briefs
}

/// Who is to get a brief each morning, and how many: the head of every department that is active, one for each, and the
/// duty chiefs.
pub(super) fn brief_mailboxes() -> BTreeMap<String, usize> {
    let rules = duban_rules::parse(&Sources::shipped()).0;
    let departments =
        rules.units.iter().filter(|unit| unit.active && unit.kind != UnitKind::FrontageSteward);
    let heads = departments.flat_map(|unit| rules.units.contacts(&unit.id, Recipient::UnitHead));
    let chiefs = rules.officials.contacts(Recipient::DutyChief);
    let mut mailboxes = BTreeMap::new();
    for mailbox in heads.chain(chiefs).filter_map(|one| one.email.clone()) {
        *mailboxes.entry(mailbox).or_default() += 1;
    }
    mailboxes
}

/// A message as the ledger knows it.
struct Decided {
    at: Timestamp,
    template: String,
    events: Vec<RowEvent>,
}

impl Decided {
    /// Whom it told by itself, and whom together with other messages.
    fn told(&self) -> (Vec<&Address>, Vec<&Address>) {
        let (mut alone, mut folded) = (Vec::<&Address>::new(), Vec::new());
        let mut left = Vec::new();
        for event in &self.events {
            match event {
                RowEvent::Claimed(addresses, ..) | RowEvent::Narrowed(addresses, _) => {
                    left = addresses.iter().collect();
                }
                RowEvent::Folded(together, others, _) => {
                    folded.extend(together.iter().map(|one| &one.address));
                    left = others.iter().collect();
                    alone.retain(|to| !together.iter().any(|one| one.address == **to));
                }
                RowEvent::Withdrawn(..) => alone.retain(|to| !left.contains(to)),
                RowEvent::Died(why, _) => panic!("{}: {why}", self.template),
                RowEvent::Delivered(_)
                | RowEvent::Failed(..)
                | RowEvent::Revived(_)
                | RowEvent::Postponed(..)
                | RowEvent::Untried(..) => {}
            }
            // Nobody refuses anything in that week: whoever is left no more was told.
            if matches!(event, RowEvent::Claimed(..)) {
                let new = left.iter().filter(|to| !alone.contains(to)).copied();
                alone.extend(new.collect::<Vec<&Address>>());
            }
        }
        (alone, folded)
    }
}

/// Everything that the ledger says of messages.
pub(super) struct Ledger(BTreeMap<MessageId, Decided>);

impl Ledger {
    pub(super) fn read(store: &Path) -> Ledger {
        let rules = registry::in_force(duban_rules::parse(&Sources::shipped()).0);
        let registry = registry::registry(&rules);
        let journal = Journal::open(Options::at(store), registry, &|_| {}).unwrap();
        let mut decided = BTreeMap::new();
        for frame in journal.ledger().frames_from(1) {
            for body in frame.unwrap().batches.into_iter().flat_map(|batch| batch.entries) {
                match body {
                    Body::Record { record, messages, .. } => {
                        let Record { entity, sequence, asked, .. } =
                            Record::decode(&record).unwrap();
                        for (message, index) in messages.into_iter().zip(0..) {
                            let id = MessageId { entity: entity.clone(), sequence, index };
                            let template = message.template.to_string();
                            let new = Decided { at: asked.at, template, events: Vec::new() };
                            assert!(decided.insert(id, new).is_none(), "a message twice");
                        }
                    }
                    Body::Outbox { message, event } => {
                        decided.get_mut(&message).unwrap().events.push(event);
                    }
                    Body::Tell { .. } | Body::Quarantined { .. } => {}
                }
            }
        }
        journal.close().unwrap();
        Ledger(decided)
    }

    /// Nothing is left, and nothing ended twice.
    pub(super) fn every_message_has_one_outcome(&self) {
        for (id, decided) in &self.0 {
            let outcomes = decided.events.iter().filter(|event| event.is_outcome()).count();
            assert_eq!(outcomes, 1, "{id}: {:?}", decided.events);
        }
    }

    /// Whatever told somebody by itself arrived there, and nothing else did; whatever came together with others is
    /// counted by the letters that list them. What came twice in the crash has the same id and the same words.
    pub(super) fn agrees_with(&self, arrived: &[Arrived]) {
        let (mut alone, mut together) = (BTreeSet::new(), BTreeMap::<_, usize>::new());
        for (id, decided) in &self.0 {
            let (by_itself, folded) = decided.told();
            alone.extend(by_itself.into_iter().map(|to| part(id, to)));
            for to in folded {
                *together.entry(to.address.to_string()).or_default() += 1;
            }
        }
        let mut came: BTreeMap<&str, &Arrived> = BTreeMap::new();
        let mut counted = BTreeMap::<_, usize>::new();
        for one in arrived {
            let id = one.id.trim_start_matches('<').split('@').next().unwrap();
            if let Some(first) = came.insert(id, one) {
                assert_eq!((&first.to, &first.says), (&one.to, &one.says), "{id} came twice");
            } else if let Some(n) = one.says.split_once(" 条通知合") {
                let n = n.0.rsplit('】').next().unwrap().parse::<usize>().unwrap();
                *counted.entry(one.to.clone()).or_default() += n;
            }
        }
        assert_eq!(came.into_keys().map(str::to_owned).collect::<BTreeSet<_>>(), alone);
        assert_eq!(counted, together, "what letters list, by mailbox and telephone");
    }

    /// Who was told what and when, folded or not: by instant and template, how many mailboxes and telephones.
    pub(super) fn table(&self) -> String {
        let mut rows: BTreeMap<(String, &str), (usize, usize)> = BTreeMap::new();
        let is_told = |id: &MessageId, template: &str| {
            id.entity.kind != bundle::KIND.number && !OWN.contains(&template)
        };
        let told_of = self.0.iter().filter(|(id, decided)| is_told(id, &decided.template));
        for (_, decided) in told_of {
            let (alone, folded) = decided.told();
            for to in alone.into_iter().chain(folded) {
                let (mail, sms) = rows.entry((told(decided.at), &decided.template)).or_default();
                *if to.channel == "email" { mail } else { sms } += 1;
            }
        }
        let mut table =
            String::from("# instant, template: mailboxes and telephones that were told\n");
        for ((at, template), (mail, sms)) in rows {
            writeln!(table, "{at}  {template:<20} {mail:>3} {sms:>3}").unwrap();
        }
        table
    }
}
