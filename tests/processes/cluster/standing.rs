//! What stands in a ledger of all that callers asked, held against what they were told.

use std::collections::BTreeMap;
use std::path::Path;

use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::LedgerReader;
use duban_runtime::record::{Body, Record};

use super::deed::{Deed, Outcome};
use super::evidence::Tally;
use super::words;

/// The records with each mark.
#[derive(Debug, Default)]
pub(crate) struct Standing(BTreeMap<String, Vec<Place>>);

/// A record with a mark.
#[derive(Debug)]
struct Place {
    frame: u64,
    case: String,
    sequence: u64,
}

impl Standing {
    /// By the ledger of the store in `dir`, in which whoever decided under an epoch decides nothing more once a higher one
    /// has begun.
    #[track_caller]
    pub(crate) fn in_ledger(dir: &Path) -> Standing {
        let (mut standing, mut epochs) = (Standing::default(), BTreeMap::new());
        let reader = LedgerReader::over(OsDisk::at(dir).reader()).unwrap();
        for frame in reader.frames_from(1).map(Result::unwrap) {
            for batch in frame.batches {
                let last = epochs.insert(batch.partition, batch.epoch).unwrap_or_default();
                assert!(last <= batch.epoch, "partition {} in {}", batch.partition, frame.number);
                for body in batch.entries {
                    if let Body::Record { record, .. } = body {
                        standing.add(frame.number, Record::decode(&record).unwrap());
                    }
                }
            }
        }
        standing
    }

    fn add(&mut self, frame: u64, record: Record) {
        let Record { entity, sequence, events, .. } = record;
        for mark in words::marks(&events) {
            let place = Place { frame, case: entity.key.to_string(), sequence };
            self.0.entry(mark).or_default().push(place);
        }
    }

    /// Everything acknowledged stands once, as it was said, in a frame that all nodes share; everything else at most once.
    #[track_caller]
    pub(crate) fn told_truly(&self, deeds: &[Deed], shared: u64, tally: &mut Tally) {
        for deed in deeds {
            let places = self.0.get(&deed.mark).map_or(&[][..], Vec::as_slice);
            assert!(places.len() <= 1, "{deed} stands as {places:?}");
            tally.repeated += usize::from(deed.tries.len() > 1);
            match &deed.outcome {
                Outcome::Done(sequence) => {
                    let [place] = places else { panic!("acknowledged, and not there: {deed}") };
                    let there = (deed.case.as_str(), *sequence);
                    assert_eq!((place.case.as_str(), place.sequence), there, "{deed}");
                    assert!(place.frame <= shared, "{deed} is not on every node: {place:?}");
                    tally.done += 1;
                    tally.longest = tally.longest.max(deed.waited());
                }
                Outcome::Unknown | Outcome::Unexpected(_) => {
                    tally.unknown += 1;
                    tally.unknown_that_stand += places.len();
                }
            }
        }
    }

    /// What was asked after something had been acknowledged stands behind it.
    #[track_caller]
    pub(crate) fn in_real_order(&self, deeds: &[Deed]) {
        let frame = |deed: &Deed| Some(self.0.get(&deed.mark)?.first()?.frame);
        let mut by_end: Vec<&Deed> = deeds.iter().filter(|deed| deed.is_done()).collect();
        by_end.sort_by_key(|deed| deed.ended);
        let mut by_start: Vec<&Deed> = deeds.iter().collect();
        by_start.sort_by_key(|deed| deed.sent);
        let (mut ended, mut before) = (by_end.into_iter().peekable(), None);
        for deed in by_start {
            while let Some(earlier) = ended.next_if(|earlier| earlier.ended < deed.sent) {
                before = before.max(frame(earlier).map(|frame| (frame, &earlier.mark)));
            }
            if let (Some(before), Some(frame)) = (before, frame(deed)) {
                // Both can stand in one frame only if both were under way.
                assert!(before.0 < frame, "{deed} is in {frame}, and was asked after {before:?}");
            }
        }
    }
}

mod tests {
    use std::panic::catch_unwind;
    use std::time::Duration;

    use super::*;

    /// Something that was acknowledged within this second.
    fn done(mark: &str, second: u64) -> Deed {
        Deed {
            mark: mark.to_owned(),
            case: "c1".to_owned(),
            is_urgent: false,
            sent: Duration::from_secs(second),
            ended: Duration::from_millis(1_000 * second + 900),
            tries: Vec::new(),
            outcome: Outcome::Done(1),
        }
    }

    /// By mark and frame.
    fn standing(places: &[(&str, u64)]) -> Standing {
        let mut standing = Standing::default();
        for (mark, frame) in places {
            let place = Place { frame: *frame, case: "c1".to_owned(), sequence: 1 };
            standing.0.entry((*mark).to_owned()).or_default().push(place);
        }
        standing
    }

    #[test]
    fn a_deed_that_is_lost_doubled_misplaced_or_not_everywhere_is_noticed() {
        let holds = |places: &[(&str, u64)]| {
            catch_unwind(|| {
                let deeds = [done("a", 1), done("b", 2)];
                standing(places).told_truly(&deeds, 7, &mut Tally::default());
                standing(places).in_real_order(&deeds);
            })
            .is_ok()
        };
        assert!(holds(&[("a", 3), ("b", 7)]));
        for wrong in [
            &[("a", 3)][..],
            &[("a", 3), ("b", 4), ("b", 5)],
            &[("a", 4), ("b", 3)],
            &[("a", 4), ("b", 4)],
            &[("a", 3), ("b", 8)],
        ] {
            assert!(!holds(wrong), "{wrong:?}");
        }
    }
}
