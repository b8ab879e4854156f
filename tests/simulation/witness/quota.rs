//! The quotas of units, counted again: at each answer from what the unit has answered before, and in the end from what
//! the cases have asked and been told (article 27).

use std::collections::BTreeMap;

use compact_str::CompactString;
use duban_actors::case::Event;
use duban_actors::case::application::Wish;
use duban_actors::case::event::Charge;
use duban_actors::tells::Became;
use duban_actors::unit::quota::{Reckoned, Standing};
use duban_actors::unit::{self, Unit};

use super::same;
use super::stretches::Stretches;

/// An application, by its case and number.
type Application = (CompactString, u16);

/// What units have answered and what cases have asked.
#[derive(Debug, Default)]
pub(super) struct Quotas {
    /// Of each unit: the month in which it was asked, and where it stands.
    answered: BTreeMap<CompactString, BTreeMap<Application, (CompactString, Standing)>>,
    /// By the cases: of which unit, in which month, and where it stands.
    asked: BTreeMap<Application, (CompactString, CompactString, Standing)>,
    /// The last application of each case.
    last: BTreeMap<CompactString, u16>,
}

impl Quotas {
    /// A case has asked, or was told.
    pub(super) fn asked(&mut self, case: &CompactString, stretches: &Stretches, event: &Event) {
        if let Event::Applied(applied) = event {
            self.last.insert(case.clone(), stretches.asked());
            if let (Wish::Extension(_), Some(unit)) = (applied.wish, stretches.unit()) {
                let asked = (unit.as_str().into(), applied.month.clone(), Standing::Pending);
                self.asked.insert((case.clone(), stretches.asked()), asked);
            }
        } else if let Event::QuotaRefused(refused) = event {
            self.stands((case.clone(), refused.answer.no), Standing::UsedUp);
        } else if let Event::Extended(extended) = event {
            let standing = match extended.quota {
                Charge::Within => Standing::Granted,
                Charge::Beyond => Standing::Beyond,
            };
            self.last_stands(case, standing);
        } else if let Event::ApplicationRefused { wish: Wish::Extension(_), .. } = event {
            self.last_stands(case, Standing::Refused);
        } else if let Event::TakenBack { outcome: None, wish: Some(Wish::Extension(_)), .. } = event
            && let Some(no) = self.last.get(case)
        {
            self.asked.remove(&(case.clone(), *no));
        }
    }

    fn last_stands(&mut self, case: &CompactString, standing: Standing) {
        if let Some(no) = self.last.get(case) {
            self.stands((case.clone(), *no), standing);
        }
    }

    fn stands(&mut self, asked: Application, now: Standing) {
        if let Some((.., standing)) = self.asked.get_mut(&asked) {
            *standing = now;
        }
    }

    /// A unit has answered, or was told.
    pub(super) fn answered(
        &mut self,
        unit: &CompactString,
        event: &unit::Event,
    ) -> Result<(), String> {
        let answered = self.answered.entry(unit.clone()).or_default();
        if let unit::Event::Reserved(reckoned) = event {
            let used = used(answered, reckoned);
            if used >= allowed(reckoned) {
                return Err(format!("{unit} has {used} places in use, and gave {reckoned:?}"));
            }
            same("the places in use", &(used + 1), &reckoned.used)?;
            put(answered, reckoned, Standing::Pending);
        } else if let unit::Event::QuotaUsedUp(reckoned) = event {
            let used = used(answered, reckoned);
            if used < allowed(reckoned) {
                return Err(format!("{unit} has {used} places in use, and refused {reckoned:?}"));
            }
            put(answered, reckoned, Standing::UsedUp);
        } else if let unit::Event::Settled { case, no, became } = event {
            if let Some((_, standing)) = answered.get_mut(&(case.0.clone(), *no)) {
                *standing = match became {
                    Became::Granted => Standing::Granted,
                    Became::Beyond => Standing::Beyond,
                    Became::Refused => Standing::Refused,
                };
            }
        } else if let unit::Event::Released { case, no } = event {
            answered.remove(&(case.0.clone(), *no));
        }
        Ok(())
    }

    /// Holds what the unit has answered against what it says of itself.
    pub(super) fn agree(&self, unit: &Unit) -> Result<(), String> {
        let mut says = BTreeMap::new();
        for month in &unit.quota.months {
            for one in month.asked.iter().filter(|one| one.standing.counts()) {
                let asked = (one.case.0.clone(), one.no);
                says.insert(asked, (month.month.clone(), one.standing));
            }
        }
        let mut follows = self.answered.get(&unit.id).cloned().unwrap_or_default();
        follows.retain(|_, (_, standing)| standing.counts());
        same("the quota", &follows, &says)
    }

    /// Holds what the units have answered against what the cases have asked and been told, all of which has arrived.
    pub(super) fn recounted(&self) -> Result<(), String> {
        let mut by_cases: BTreeMap<CompactString, BTreeMap<_, _>> = BTreeMap::new();
        for (asked, (unit, month, standing)) in &self.asked {
            if standing.counts() {
                let of_unit = by_cases.entry(unit.clone()).or_default();
                of_unit.insert(asked.clone(), (month.clone(), *standing));
            }
        }
        for (unit, answered) in &self.answered {
            let mut by_unit = answered.clone();
            by_unit.retain(|_, (_, standing)| standing.counts());
            let by_cases = by_cases.remove(unit).unwrap_or_default();
            same(&format!("the quota of {unit}"), &by_cases, &by_unit)?;
        }
        same("what no unit has answered", &BTreeMap::new(), &by_cases)
    }
}

/// One case in ten, and one at least.
fn allowed(reckoned: &Reckoned) -> u32 {
    (reckoned.booking.n / 10).max(1)
}

fn used(answered: &BTreeMap<Application, (CompactString, Standing)>, of: &Reckoned) -> u32 {
    let of_month = answered.values().filter(|(month, _)| *month == of.booking.month);
    let used = of_month.filter(|(_, standing)| standing.counts()).count();
    u32::try_from(used).unwrap_or(u32::MAX)
}

fn put(
    answered: &mut BTreeMap<Application, (CompactString, Standing)>,
    reckoned: &Reckoned,
    standing: Standing,
) {
    let booking = &reckoned.booking;
    answered.insert((booking.case.0.clone(), booking.no), (booking.month.clone(), standing));
}
