//! The last escalations and what became of the last messages: of each a few, without a name or an address.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use duban_actors::case::event::{Event, RaiseCause};
use duban_actors::case::supervision::OrderKind;
use duban_actors::context::Context;
use duban_rules::vocabulary::{Recipient, TemplateName};
use duban_runtime::clock::Timestamp;
use duban_runtime::feed::{FeedEntry, What};
use duban_runtime::outbox::{Address, MessageId, RowEvent};
use duban_runtime::record::Record;
use serde::Serialize;

use duban_base::labels::case::level_word;
use duban_base::labels::events::order_word;
use duban_base::labels::instant;
use duban_messages::courier::{EMAIL, SMS};

/// Escalations and messages that are shown, each.
const SHOWN_MAX: usize = 8;
/// Roles that are named; of more only how many there are.
const ROLES_NAMED: usize = 3;
/// Messages on their way that are remembered; of an older one the title is not told.
const LETTERS_MAX: usize = 4_096;

/// A case that was raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Escalation {
    /// The level, 1–3.
    pub level: u8,
    pub level_word: &'static str,
    pub why: &'static str,
    /// The case: its number, or its id as long as it has none.
    pub case: String,
    pub unit: String,
    /// When, by the county's clock.
    pub at: String,
}

/// What became of messages of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageOutcome {
    pub title: String,
    /// To whom, as roles.
    pub to: String,
    pub ways: String,
    /// What became of it, for programs: `delivered`, `retry`, `dead`, `withdrawn`, `folded`.
    pub outcome: &'static str,
    /// The same in a word.
    pub outcome_word: &'static str,
    /// How many one after the other.
    pub n: u64,
    /// When the latest, by the county's clock.
    pub at: String,
}

/// A message on its way.
#[derive(Debug, Default)]
struct Letter {
    template: String,
    roles: String,
    ways: String,
}

/// An escalation whose case has yet to be looked at.
pub(super) struct Raised {
    pub(super) level: u8,
    pub(super) why: &'static str,
    pub(super) at: Timestamp,
}

/// What happened last.
#[derive(Debug, Default)]
pub(super) struct Recent {
    escalations: VecDeque<Escalation>,
    said: VecDeque<MessageOutcome>,
    letters: BTreeMap<MessageId, Letter>,
    order: VecDeque<MessageId>,
}

impl Recent {
    /// The last escalations, the latest first.
    pub(super) fn escalations(&self) -> Vec<Escalation> {
        self.escalations.iter().cloned().collect()
    }

    /// The last outcomes, the latest first.
    pub(super) fn said(&self) -> Vec<MessageOutcome> {
        self.said.iter().cloned().collect()
    }

    /// A case was raised.
    pub(super) fn raised(&mut self, escalation: Escalation) {
        push(&mut self.escalations, escalation);
    }

    /// Takes in what happened to messages.
    pub(super) fn note(&mut self, entry: &FeedEntry, cx: &Context) {
        match &entry.what {
            What::Accepted { record, messages } => {
                for (message, index) in messages.iter().zip(0_u16..) {
                    let (entity, sequence) = (record.entity.clone(), record.sequence);
                    let id = MessageId { entity, sequence, index };
                    let template = message.template.to_string();
                    self.remember(id, Letter { template, ..Letter::default() });
                }
            }
            What::Message { message, event } => self.moved(message, event, cx),
            What::SetAside { .. } | What::Parked { .. } => {}
        }
    }

    fn moved(&mut self, id: &MessageId, event: &RowEvent, cx: &Context) {
        let (outcome, outcome_word) = match event {
            RowEvent::Claimed(addresses, ..) => {
                if let Some(letter) = self.letters.get_mut(id) {
                    letter.roles = roles(addresses);
                    letter.ways = ways(addresses);
                }
                return;
            }
            RowEvent::Delivered(_) => ("delivered", "已送达"),
            RowEvent::Failed(..) => ("retry", "待重发"),
            RowEvent::Died(..) => ("dead", "未送达"),
            RowEvent::Withdrawn(..) => ("withdrawn", "不必再发"),
            RowEvent::Folded(_, left, _) if left.is_empty() => ("folded", "并入汇总"),
            RowEvent::Narrowed(..)
            | RowEvent::Folded(..)
            | RowEvent::Untried(..)
            | RowEvent::Postponed(..)
            | RowEvent::Revived(_) => return,
        };
        let Some(letter) = self.letters.get(id) else { return };
        let notice = cx.rules.notices.get(&TemplateName::new(&letter.template));
        let said = MessageOutcome {
            title: notice.map_or_else(|| letter.template.clone(), |notice| notice.title.clone()),
            to: letter.roles.clone(),
            ways: letter.ways.clone(),
            outcome,
            outcome_word,
            n: 1,
            at: instant::clock(event.at(), &cx.rules.calendar),
        };
        self.say(said);
    }

    /// Others of the same kind right before it are counted with it.
    fn say(&mut self, said: MessageOutcome) {
        let alike = |before: &&mut MessageOutcome| {
            (&before.title, &before.to, &before.ways, before.outcome)
                == (&said.title, &said.to, &said.ways, said.outcome)
        };
        match self.said.front_mut().filter(alike) {
            Some(before) => {
                before.n += 1;
                before.at = said.at;
            }
            None => push(&mut self.said, said),
        }
    }

    fn remember(&mut self, id: MessageId, letter: Letter) {
        if self.order.len() >= LETTERS_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.letters.remove(&oldest);
        }
        self.order.push_back(id.clone());
        self.letters.insert(id, letter);
    }
}

/// The events that may raise a case, as records name them.
const RAISING: [&str; 3] = ["OrderIssued", "OrderRaised", "StepDecided"];

/// The escalation in a case's record, the highest if there are several; none in most records.
pub(super) fn raised(record: &Record) -> Option<Raised> {
    // Most records hold none of these, and need not be read for that.
    if !RAISING.iter().any(|name| record.events.contains(name)) {
        return None;
    }
    let events: Vec<Event> = serde_json::from_str(&record.events).ok()?;
    let raised = events.iter().filter_map(|event| {
        if let Event::OrderIssued(order) = event {
            Some((order.level, order_word(order.kind)))
        } else if let Event::OrderRaised { level, cause, .. } = event {
            Some((*level, cause_word(*cause)))
        } else if let Event::StepDecided(step) = event {
            (step.level > 0).then(|| (step.level, order_word(OrderKind::Overdue)))
        } else {
            None
        }
    });
    let (level, why) = raised.max_by_key(|(level, _)| *level)?;
    Some(Raised { level, why, at: record.asked.at })
}

impl Escalation {
    /// The escalation of a case that is called so.
    pub(super) fn of(raised: &Raised, case: String, unit: String, cx: &Context) -> Escalation {
        let Raised { level, why, at } = *raised;
        let at = instant::clock(at, &cx.rules.calendar);
        Escalation { level, level_word: level_word(level), why, case, unit, at }
    }
}

fn cause_word(cause: RaiseCause) -> &'static str {
    match cause {
        RaiseCause::Ladder => "超期",
        RaiseCause::Unanswered => "逾期未答复",
    }
}

fn push<T>(list: &mut VecDeque<T>, latest: T) {
    list.push_front(latest);
    list.truncate(SHOWN_MAX);
}

fn roles(addresses: &[Address]) -> String {
    let word = |address: &Address| match address.role.as_str() {
        "reporter" => "上报人".to_owned(),
        role => {
            let known = Recipient::ALL.iter().find(|known| known.as_str() == role);
            known.map_or_else(|| role.to_owned(), |known| known.chinese().to_owned())
        }
    };
    let words: BTreeSet<String> = addresses.iter().map(word).collect();
    let named = words.iter().take(ROLES_NAMED).cloned().collect::<Vec<_>>().join("、");
    if words.len() > ROLES_NAMED { format!("{named}等 {} 种身份", words.len()) } else { named }
}

fn ways(addresses: &[Address]) -> String {
    let word = |address: &Address| match address.channel.as_str() {
        EMAIL => "邮件".to_owned(),
        SMS => "短信".to_owned(),
        other => other.to_owned(),
    };
    let words: BTreeSet<String> = addresses.iter().map(word).collect();
    words.into_iter().collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_that_may_raise_a_case_are_called_so_in_records() {
        for name in RAISING {
            let read = serde_json::from_str::<Event>(&format!("{{\"{name}\": null}}"));
            let why = read.err().map(|error| error.to_string()).unwrap_or_default();
            assert!(!why.contains("unknown variant"), "{why}");
        }
    }
}
