//! What is recorded of a message, from what each of its addresses came to. Pure.

use compact_str::CompactString;
use duban_runtime::clock::Timestamp;
use duban_runtime::outbox::{Address, RowEvent};

use crate::courier::channel::Fate;

/// What to record: the addresses that are left, if some are done with and others not, then the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) narrowed: Option<RowEvent>,
    pub(super) outcome: RowEvent,
}

/// The verdict at `now` over a message whose addresses came to this.
///
/// As long as there is hope for one address the message lives on, with those that were refused, so that they are there
/// to be seen when nothing else is left. An attempt that failed counts; one that never began does not.
pub(super) fn verdict(fates: &[(Address, Fate)], now: Timestamp) -> Verdict {
    let (mut left, mut said) = (Vec::new(), Vec::new());
    let (mut failed, mut put_off) = (None, None);
    for (address, fate) in fates {
        let words = match fate {
            Fate::Taken => continue,
            Fate::Refused(words) => words,
            Fate::Failed(words) => failed.insert(words),
            Fate::PutOff(until, words) => {
                put_off = Some(put_off.map_or(*until, |sooner: Timestamp| sooner.min(*until)));
                words
            }
        };
        left.push(address.clone());
        said.push(format!("{}: {words}", address.address));
    }
    let narrowed = !left.is_empty() && left.len() < fates.len();
    let said = CompactString::from(said.join("; "));
    let outcome = match (failed, put_off) {
        _ if left.is_empty() => RowEvent::Delivered(now),
        (Some(_), _) => RowEvent::Failed(said, now),
        (None, Some(until)) => RowEvent::Postponed(said, until, now),
        (None, None) => RowEvent::Died(said, now),
    };
    Verdict { narrowed: narrowed.then(|| RowEvent::Narrowed(left, now)), outcome }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_772_420_400_000);
    const LATER: Timestamp = Timestamp::from_millis(1_772_420_415_000);

    #[test]
    fn a_message_lives_while_there_is_hope_for_one_address_and_then_says_who_was_not_reached() {
        let (taken, failed) = (|| Fate::Taken, || Fate::Failed("451 later".into()));
        let refused = || Fate::Refused("550 nobody".into());
        let put_off = || Fate::PutOff(LATER, "away".into());
        let table: [(Vec<Fate>, &str); 9] = [
            (vec![taken(), taken()], "Delivered"),
            (vec![taken(), failed()], "left b, Failed b: 451 later"),
            (vec![taken(), put_off()], "left b, Postponed b: away"),
            (vec![taken(), refused()], "left b, Died b: 550 nobody"),
            (vec![failed(), put_off()], "Failed a: 451 later; b: away"),
            (vec![refused(), failed()], "Failed a: 550 nobody; b: 451 later"),
            (vec![refused(), put_off()], "Postponed a: 550 nobody; b: away"),
            (vec![refused(), refused()], "Died a: 550 nobody; b: 550 nobody"),
            (vec![refused(), taken(), refused()], "left a c, Died a: 550 nobody; c: 550 nobody"),
        ];
        for (fates, expected) in table {
            let fates: Vec<(Address, Fate)> =
                ["a", "b", "c"].map(address).into_iter().zip(fates).collect();
            assert_eq!(in_words(verdict(&fates, NOW)), expected);
        }
    }

    fn address(name: &str) -> Address {
        let address = name.into();
        Address { channel: "email".into(), name: "".into(), address, role: "".into() }
    }

    fn in_words(verdict: Verdict) -> String {
        let left = match verdict.narrowed {
            Some(RowEvent::Narrowed(left, _)) => {
                let names: Vec<String> = left.iter().map(|a| a.address.to_string()).collect();
                format!("left {}, ", names.join(" "))
            }
            narrowed => narrowed.map(|event| format!("{event:?}")).unwrap_or_default(),
        };
        let outcome = match verdict.outcome {
            RowEvent::Delivered(_) => "Delivered".to_owned(),
            RowEvent::Failed(said, _) => format!("Failed {said}"),
            RowEvent::Died(said, _) => format!("Died {said}"),
            RowEvent::Postponed(said, LATER, NOW) => format!("Postponed {said}"),
            other @ (RowEvent::Claimed(..)
            | RowEvent::Withdrawn(..)
            | RowEvent::Revived(_)
            | RowEvent::Narrowed(..)
            | RowEvent::Postponed(..)
            | RowEvent::Untried(..)
            | RowEvent::Folded(..)) => format!("{other:?}"),
        };
        left + &outcome
    }
}
