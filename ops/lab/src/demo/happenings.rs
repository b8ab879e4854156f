//! What happens in a town whatever the chance: of everything that people there seldom live through, one at least.
//!
//! A script lays each happening on a day; the first case that comes to a unit from then on, and that it fits, is the one to
//! which it happens. The people who have such a case in hand act so that it does. What hangs open when the days are over
//! is begun on the last of them.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use duban_actors::case::application::Reservation;
use duban_actors::case::{Case, CaseId, Holder};
use duban_actors::context::Context;
use duban_rules::RuleBook;
use duban_rules::book::units::{Method, Unit};
use duban_rules::vocabulary::{TimeLimit, UnitClass, UnitId, UnitKind};
use duban_runtime::clock::Timestamp;
use rand::seq::SliceRandom as _;
use rand::{Rng, RngExt};

use super::people;

/// Something that happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    /// Its unit disputes it without reason.
    Unfounded,
    /// It does so with reason, and keeps the case.
    Credited,
    /// It is another unit's, after a meeting on site.
    Moved,
    /// It is the work of several units.
    Joint,
    /// The committee has to find whose it is.
    Committee,
    /// Its unit asks for more time than it has places in its quota.
    Quota,
    /// What it asked for has a place there, and is refused on its merits.
    Refused,
    /// The head of the centre grants it beyond the quota.
    Beyond,
    /// Its unit says that it is not as reported, and it is not.
    Mismatch,
    /// It waits by the county leader's consent.
    Deferral,
    /// Its unit forgets it for good.
    Forgotten,
    /// A dispute that nobody has found yet.
    DisputeOpen,
    /// An application that nobody has decided yet.
    ApplicationOpen,
    /// A deferral that the county leader has not signed yet.
    ConsentOpen,
}

impl Happening {
    /// Whether it can happen to a case of this limit: what is forgotten for days is on the third level after them.
    fn fits(self, limit: TimeLimit) -> bool {
        self != Happening::Forgotten || limit.days_about() <= SOON
    }
}

/// Thousandths of a day within which a case is due soon.
const SOON: i64 = 1_000;
/// What happens on some day; all but the first [`LONG`] in an order that chance gives.
const SOME_DAY: [Happening; 8] = [
    Happening::Quota,
    Happening::Committee,
    Happening::Joint,
    Happening::Moved,
    Happening::Deferral,
    Happening::Unfounded,
    Happening::Mismatch,
    Happening::Credited,
];
/// Those that take longest, and come first.
const LONG: usize = 2;
/// What hangs open at the end, and how many days before it begins.
const OPEN_AT_THE_END: [(u32, Happening); 5] = [
    (8, Happening::Forgotten),
    (3, Happening::Committee),
    (1, Happening::DisputeOpen),
    (1, Happening::ApplicationOpen),
    (1, Happening::ConsentOpen),
];
const DAY: Duration = Duration::from_hours(24);
/// From the hour at which a town begins until noon, and until the day's shift ends.
const NOON: Duration = Duration::from_hours(5);
const EVENING: Duration = Duration::from_hours(11);
/// No run of days off is longer.
const DAYS_OFF_MAX: usize = 14;
/// Units that ask for more time at once, so that one of them soon has no place left.
const ASKING_MAX: usize = 3;

/// What is to happen in a town, and to which cases it happens.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// The first first.
    ahead: Vec<(Timestamp, Happening)>,
    meant: BTreeMap<CaseId, Happening>,
    quota: Quota,
    /// Whose head does not look at its cases on which day.
    forgets: Option<(UnitId, NaiveDate)>,
    /// From when on a desk is left before there is somebody to take it over; none once it was.
    vacant: Option<Timestamp>,
}

/// How far the happenings of the quota have come.
#[derive(Debug, Default)]
enum Quota {
    #[default]
    Ahead,
    /// These units ask for more time in every case that they get.
    Asked(Vec<UnitId>),
    /// One was granted beyond it; another one is not.
    Granted(Vec<UnitId>),
    Over,
}

impl Script {
    /// The script of the town of `seed`, which begins then and goes on for so many days.
    pub(super) fn of(seed: u64, (begin, days): (Timestamp, u32), rules: &RuleBook) -> Script {
        let mut chance = people::chance(seed, &[b"script"]);
        let evening = begin + DAY * chance.random_range(0..days.max(2) / 2) + EVENING;
        let forgets =
            forgetful(&mut chance, rules).zip(forgotten((begin, days), rules, &mut chance));
        let mut ahead = laid(begin, days, &mut chance);
        let open = OPEN_AT_THE_END.iter().filter(|(before, _)| *before < days);
        ahead.extend(open.map(|(before, what)| (begin + DAY * (days - before) + NOON, *what)));
        Script { ahead, forgets, vacant: Some(evening), ..Script::default() }
    }

    /// What is to happen to this case.
    pub(super) fn meant_for(&self, id: &CaseId) -> Option<Happening> {
        self.meant.get(id).copied()
    }

    /// Whether a desk is left now; once.
    pub(super) fn is_left(&mut self, now: Timestamp) -> bool {
        self.vacant.take_if(|from| *from <= now).is_some()
    }

    /// Whether the head of a unit looks at its cases on this day: on working days, but for one who forgets.
    pub(super) fn looks(&self, unit: &UnitId, day: NaiveDate, rules: &RuleBook) -> bool {
        let forgets = self.forgets.as_ref().is_some_and(|(who, when)| who == unit && *when == day);
        rules.calendar.day(day).is_working() && !forgets
    }

    /// A case stands so now: something may come of it.
    pub(super) fn heed(&mut self, id: &CaseId, case: &Case, now: Timestamp, cx: &Context) {
        if self.meant_for(id) == Some(Happening::Quota) {
            self.asked(id, case);
        } else if let Some((unit, limit)) = fresh(case, cx)
            && let Some(what) = self.next(unit, limit, now)
        {
            self.meant.insert(id.clone(), what);
        }
    }

    /// What happens to a case that `unit` has just got.
    fn next(&mut self, unit: &UnitId, limit: TimeLimit, now: Timestamp) -> Option<Happening> {
        match &mut self.quota {
            Quota::Ahead | Quota::Over => {}
            Quota::Asked(units) | Quota::Granted(units) => {
                if !units.contains(unit) && units.len() < ASKING_MAX {
                    units.push(unit.clone());
                }
                if units.contains(unit) {
                    return Some(Happening::Quota);
                }
            }
        }
        let place = self.ahead.iter().position(|(at, what)| *at <= now && what.fits(limit))?;
        let (_, what) = self.ahead.remove(place);
        if what == Happening::Quota {
            self.quota = Quota::Asked(vec![unit.clone()]);
        }
        Some(what)
    }

    /// The first that has a place is refused. The first time that a quota is used up the head of the centre grants it all
    /// the same, the second time nobody does.
    fn asked(&mut self, id: &CaseId, case: &Case) {
        let Some(held) = case.state.assignment() else { return };
        let pending = held.application.pending();
        let has_place = pending.is_some_and(|asked| asked.quota == Reservation::Reserved);
        if has_place && !self.meant.values().any(|what| *what == Happening::Refused) {
            self.meant.insert(id.clone(), Happening::Refused);
        }
        if held.application.over_quota().is_none() {
            return;
        }
        self.meant.remove(id);
        self.quota = match std::mem::take(&mut self.quota) {
            Quota::Asked(units) => {
                self.meant.insert(id.clone(), Happening::Beyond);
                Quota::Granted(units)
            }
            Quota::Ahead | Quota::Granted(_) | Quota::Over => Quota::Over,
        };
    }
}

/// The unit that has just got an ordinary case, as the first, with its limit; one that has people of its own.
fn fresh<'a>(case: &'a Case, cx: &Context) -> Option<(&'a UnitId, TimeLimit)> {
    let (filing, held, holder) = case.state.held()?;
    let is_new = matches!(holder, Holder::Unit { receipt: Some(_) }) && filing.assignments == 1;
    let limit = filing.limit.filter(|limit| !limit.is_urgent())?;
    let is_fit = is_new && filing.returns.is_empty() && is_department(&held.unit, &cx.rules);
    is_fit.then_some((&held.unit, limit))
}

/// Whether it is a department that works with an account.
pub(super) fn is_department(unit: &UnitId, rules: &RuleBook) -> bool {
    rules.units.get(unit).is_some_and(|unit| {
        let has_class = matches!(unit.kind, UnitKind::Department(_));
        unit.active && has_class && unit.dispatch_by == Method::System
    })
}

/// Each happening of some day on one of the first six tenths of the days: whatever takes its time has it.
fn laid(begin: Timestamp, days: u32, chance: &mut impl Rng) -> Vec<(Timestamp, Happening)> {
    let mut order = SOME_DAY;
    if let Some((_, rest)) = order.split_at_mut_checked(LONG) {
        rest.shuffle(chance);
    }
    let slot = DAY * days * 6 / 10 / u32::try_from(order.len()).unwrap_or(u32::MAX);
    let mut when = |place: u32| {
        begin + slot * place + Duration::from_secs(chance.random_range(0..=slot.as_secs()))
    };
    (0..).zip(order).map(|(place, what)| (when(place), what)).collect()
}

/// A working day on which somebody may forget to look, and that is followed by another.
fn forgotten(
    (begin, days): (Timestamp, u32),
    rules: &RuleBook,
    chance: &mut impl Rng,
) -> Option<NaiveDate> {
    let calendar = &rules.calendar;
    let after = chance.random_range(1..days.saturating_sub(4).max(2));
    let from = calendar.local(begin.into()).date() + Days::new(after.into());
    from.iter_days().take(DAYS_OFF_MAX).find(|day| calendar.day(*day).is_working())
}

/// A unit of the first class whose head has no other.
fn forgetful(chance: &mut impl Rng, rules: &RuleBook) -> Option<UnitId> {
    let is_alone = |unit: &&Unit| {
        let of_it = rules.units.iter().filter(|other| other.organisation == unit.organisation);
        unit.active && unit.class() == Some(UnitClass::First) && of_it.count() == 1
    };
    let heads: Vec<&UnitId> = rules.units.iter().filter(is_alone).map(|unit| &unit.id).collect();
    heads.get(chance.random_range(0..heads.len().max(1))).map(|unit| (*unit).clone())
}

#[cfg(test)]
mod tests {
    use duban_rules::{Sources, parse};

    use super::*;

    /// Wednesday, 1 July 2026, 07:30 local time.
    const BEGIN: Timestamp = Timestamp::from_millis(1_782_862_200_000);

    #[test]
    fn everything_is_laid_within_the_days_whatever_the_seed() {
        let (rules, _) = parse(&Sources::shipped());
        for (seed, days) in (0..40).flat_map(|seed| [(seed, 14), (seed, 30)]) {
            let end = BEGIN + DAY * days;
            let script = Script::of(seed, (BEGIN, days), &rules);
            let laid = |what: &Happening| {
                let mut ahead = script.ahead.iter();
                ahead.any(|(at, one)| one == what && (BEGIN..end).contains(at))
            };
            assert!(SOME_DAY.iter().all(laid), "{script:?}");
            assert!(OPEN_AT_THE_END.iter().all(|(_, what)| laid(what)), "{script:?}");
            assert!(script.vacant.is_some_and(|at| at < end), "{script:?}");
            let (unit, day) = script.forgets.unwrap();
            assert!(rules.calendar.midnight(day) + DAY < end.into(), "{unit} on {day}");
        }
    }

    #[test]
    fn a_head_who_forgets_looks_on_every_other_working_day() {
        let (rules, _) = parse(&Sources::shipped());
        let script = Script::of(1, (BEGIN, 30), &rules);
        let days = rules.calendar.local(BEGIN.into()).date().iter_days().take(30);
        let working = days.filter(|day| rules.calendar.day(*day).is_working());
        let (unit, _) = script.forgets.clone().unwrap();
        let missed = working.filter(|day| !script.looks(&unit, *day, &rules));
        assert_eq!(missed.count(), 1);
    }
}
