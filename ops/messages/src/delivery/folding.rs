//! Whether a message goes by itself or becomes a line of its recipient's bundle. Pure: the instant is handed in.
//!
//! Too many at once are not read, and what comes hours late in a heap is not either. What was handed over in the last
//! minutes is remembered in memory alone: after a restart the count begins again, and lateness folds what waited.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use compact_str::CompactString;
use duban_actors::case::canary;
use duban_actors::{bundle, centre};
use duban_runtime::clock::Timestamp;
use duban_runtime::outbox::Address;

/// Messages that one recipient gets by themselves within [`WINDOW`] at most.
pub const TOGETHER_MAX: usize = 5;
/// The time over which they are counted.
pub const WINDOW: Duration = Duration::from_mins(10);
/// A message that is later than this goes with others.
pub const LATE: Duration = Duration::from_hours(2);
/// Recipients whose messages are counted at most; of those above, the ones that come first are counted anew.
const RECIPIENTS_MAX: usize = 4_096;

/// Templates whose messages always go by themselves: the bundle's own; summaries, of which a line would leave nothing;
/// answers to citizens, who have no system to look into; and what is told to whoever keeps duban running.
const ALONE: [&str; 7] = [
    bundle::FOLDED,
    "daily-brief",
    "duty-brief",
    "closed-reply",
    "declined",
    centre::ALARM,
    canary::STEP,
];

/// How a message goes to one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    Alone,
    /// As a line of the address's bundle.
    Folded,
    /// As a line that its bundle has been given already.
    Gathered,
}

/// What is known of a message to an address that nobody has tried.
#[derive(Clone, Copy, Debug)]
pub struct Untried<'a> {
    pub template: &'a str,
    pub due: Timestamp,
}

/// Who was handed something in the last minutes.
#[derive(Debug, Default)]
pub struct Recent {
    by_recipient: BTreeMap<(CompactString, CompactString), VecDeque<Timestamp>>,
}

impl Recent {
    /// How a message goes that nobody has tried; one that goes by itself is counted.
    pub fn course(&mut self, message: Untried<'_>, to: &Address, now: Timestamp) -> Course {
        let Untried { template, due } = message;
        let folds = !ALONE.contains(&template);
        if folds && (due + LATE < now || self.within_window(to, now) >= TOGETHER_MAX) {
            return Course::Folded;
        }
        self.count(to, now);
        Course::Alone
    }

    /// A message that goes to `to` at `now` by itself, whatever the rule.
    pub fn count(&mut self, to: &Address, now: Timestamp) {
        if self.by_recipient.len() >= RECIPIENTS_MAX {
            let is_recent = |at: &Timestamp| *at + WINDOW > now;
            self.by_recipient.retain(|_, times| times.back().is_some_and(is_recent));
        }
        if self.by_recipient.len() >= RECIPIENTS_MAX {
            self.by_recipient.pop_first();
        }
        let times = self.by_recipient.entry(key(to)).or_default();
        // More than these change nothing.
        if times.len() >= TOGETHER_MAX {
            times.pop_front();
        }
        times.push_back(now);
    }

    /// The last one that was counted did not go after all.
    pub fn take_back(&mut self, to: &Address) {
        if let Some(times) = self.by_recipient.get_mut(&key(to)) {
            times.pop_back();
        }
    }

    fn within_window(&self, to: &Address, now: Timestamp) -> usize {
        let times = self.by_recipient.get(&key(to));
        times.map_or(0, |times| times.iter().filter(|at| **at + WINDOW > now).count())
    }
}

fn key(to: &Address) -> (CompactString, CompactString) {
    (to.channel.clone(), to.address.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_772_420_400_000);

    fn to(address: &str) -> Address {
        let (name, role) = ("".into(), "".into());
        Address { channel: "email".into(), name, address: address.into(), role }
    }

    fn due(due: Timestamp) -> Untried<'static> {
        Untried { template: "level-1", due }
    }

    #[test]
    fn five_messages_in_ten_minutes_go_by_themselves_and_the_sixth_is_folded() {
        let (mut recent, head) = (Recent::default(), to("head"));
        for _ in 0..TOGETHER_MAX {
            assert_eq!(recent.course(due(NOON), &head, NOON), Course::Alone);
        }
        assert_eq!(recent.course(due(NOON), &head, NOON), Course::Folded);
        assert_eq!(recent.course(due(NOON), &to("second"), NOON), Course::Alone);
        let later = NOON + WINDOW;
        assert_eq!(recent.course(due(later), &head, later), Course::Alone, "ten minutes later");
    }

    #[test]
    fn one_that_did_not_go_after_all_counts_for_nothing() {
        let (mut recent, head) = (Recent::default(), to("head"));
        for _ in 0..100 {
            assert_eq!(recent.course(due(NOON), &head, NOON), Course::Alone);
            recent.take_back(&head);
        }
    }

    #[test]
    fn what_is_more_than_two_hours_late_is_folded_however_little_it_is() {
        let (mut recent, head) = (Recent::default(), to("head"));
        assert_eq!(recent.course(due(NOON), &head, NOON + LATE), Course::Alone);
        let later = NOON + LATE + Duration::from_millis(1);
        assert_eq!(recent.course(due(NOON), &head, later), Course::Folded);
    }

    #[test]
    fn summaries_alarms_and_answers_to_citizens_always_go_by_themselves() {
        let (mut recent, head, later) = (Recent::default(), to("head"), NOON + LATE * 2);
        for template in ALONE {
            for _ in 0..100 {
                let message = Untried { template, due: NOON };
                assert_eq!(recent.course(message, &head, later), Course::Alone, "{template}");
            }
        }
    }

    #[test]
    fn however_many_recipients_there_are_few_are_remembered() {
        let mut recent = Recent::default();
        for n in 0..3 * RECIPIENTS_MAX {
            recent.count(&to(&format!("head{n}")), NOON);
        }
        assert!(recent.by_recipient.len() <= RECIPIENTS_MAX);
    }
}
