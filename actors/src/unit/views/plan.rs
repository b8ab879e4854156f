//! Plans of the daily view: who looks for a unit, and which working day is waited for next (article 7).

use chrono::{Days as Span, NaiveDate};
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Fired};
use duban_rules::book::units::{Contact, Unit as Terminal, Units};
use duban_rules::vocabulary::{Recipient, UnitClass, UnitId};

use super::{Seen, Watch};
use crate::brief::{Mornings, Next};
use crate::context::Context;
use crate::refusal::Common;
use crate::role::{Duty, Role, role_of, unit_of};
use crate::unit::{Active, Event, Leave, Refusal, Unit};

/// Days that are looked through for the next working one: no run of days off is longer.
const DAYS_AHEAD_MAX: usize = 60;

/// The units for which a look at `unit` counts: where one organisation has several terminals, one leader has looked at
/// the cases of all (articles 7 and 8). A frontage steward's are those of the unit that watches over it.
pub fn counts_for<'a>(units: &'a Units, unit: &UnitId) -> Vec<&'a UnitId> {
    let supervising = units.get(unit).and_then(|steward| steward.supervising.as_ref());
    terminals(units, supervising.unwrap_or(unit))
}

/// The department of this id and the other terminals of its organisation, those at work.
pub(super) fn terminals<'a>(units: &'a Units, id: &UnitId) -> Vec<&'a UnitId> {
    let Some(own) = units.get(id).filter(|unit| unit.class().is_some()) else { return Vec::new() };
    let is_of_it = |other: &&Terminal| {
        let same = !own.organisation.is_empty() && other.organisation == own.organisation;
        other.class().is_some() && other.active && (other.id == own.id || same)
    };
    units.iter().filter(is_of_it).map(|other| &other.id).collect()
}

/// Whether whoever asks so looks for this unit: its head, or whoever stands in while the head is away.
pub fn looks_for(unit: &UnitId, leaves: &[Leave], asked: &Asked, cx: &Context) -> bool {
    let role = role_of(asked).filter(|role| role.is_of_a_unit());
    let (Some(role), Some(own)) = (role, unit_of(asked).map(UnitId::new)) else { return false };
    if role == Role::UnitHead && terminals(&cx.rules.units, &own).contains(&unit) {
        return true;
    }
    let stands_in = |name: &str| {
        present(unit, leaves, asked.at, cx).any(|(head, one)| head != one && one.name == name)
    };
    own == *unit && asked.name.as_deref().is_some_and(stands_in)
}

/// What a look brings: the first one of its local day is on record.
pub(in crate::unit) fn decide(
    (unit, active): (&Unit, &Active),
    seen: &Seen,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let id = UnitId::new(&unit.id);
    if !looks_for(&id, &active.leaves, asked, cx) {
        let is_of_a_unit = role_of(asked).is_some_and(Role::is_of_a_unit);
        let no = Common::NotPermitted { duty: Duty::Handle };
        return Err(if is_of_a_unit { Common::NotYourOwn } else { no }.into());
    }
    let day = day_of(asked.at, cx);
    if unit.views.looked_on(day) {
        return Err(Refusal::AlreadyLooked);
    }
    let next = after(&id, day, asked.at, cx);
    let looked = Event::Viewed { day, seen: seen.clone(), next };
    // A day whose end is late is settled first: today's look is not yesterday's.
    Ok(match unit.views.watch {
        Watch::Night { day: before, .. } if before < day => {
            vec![Event::DayMissed { day: before, next }, looked]
        }
        Watch::Off | Watch::Reminder { .. } | Watch::Night { .. } => vec![looked],
    })
}

/// What a timer of the daily view brings; none when it is none.
pub(in crate::unit) fn fired(
    (unit, active): (&Unit, &Active),
    fired: &Fired,
    now: Timestamp,
    cx: &Context,
) -> Option<Event> {
    let watch = unit.views.watch;
    if !watch.is_due_by(fired) {
        return None;
    }
    let id = UnitId::new(&unit.id);
    match watch {
        Watch::Off => None,
        Watch::Reminder { day, at } => {
            let ends: Timestamp = cx.rules.calendar.midnight(day + Span::new(1)).into();
            let wanted = is_wanted(&id, day, cx) && can_look(&id, &active.leaves, now, cx);
            Some(if wanted && now < ends {
                Event::HeadReminded { day, at, ends }
            } else {
                Event::ViewsScheduled { next: after(&id, day, now, cx) }
            })
        }
        Watch::Night { day, .. } => {
            let next = after(&id, day, now, cx);
            Some(if is_wanted(&id, day, cx) {
                Event::DayMissed { day, next }
            } else {
                Event::ViewsScheduled { next }
            })
        }
    }
}

/// What is waited for by the rules and accounts of now; none when nothing changes. What is due already is its timer's
/// to settle.
pub(in crate::unit) fn rescheduled(unit: &Unit, now: Timestamp, cx: &Context) -> Option<Event> {
    let id = UnitId::new(&unit.id);
    let next = match unit.views.watch {
        Watch::Reminder { at, .. } if at <= now => return None,
        Watch::Night { .. } if is_watched(&id, cx) => return None,
        Watch::Off | Watch::Reminder { .. } | Watch::Night { .. } => {
            let today = day_of(now, cx);
            let before = today.checked_sub_days(Span::new(1)).unwrap_or(today);
            let last = if unit.views.looked_on(today) { today } else { before };
            after(&id, last, now, cx)
        }
    };
    (next != unit.views.watch).then_some(Event::ViewsScheduled { next })
}

/// The next working day behind `last` whose reminder is still ahead at `now`.
fn after(unit: &UnitId, last: NaiveDate, now: Timestamp, cx: &Context) -> Watch {
    if !is_watched(unit, cx) {
        return Watch::Off;
    }
    let calendar = &cx.rules.calendar;
    let slots = Mornings::new(&cx.rules.notices.view_reminder, calendar);
    let from = last.max(day_of(now, cx).pred_opt().unwrap_or(last));
    let days = from.iter_days().skip(1).take(DAYS_AHEAD_MAX);
    let slot = |day: NaiveDate| {
        let begins: Timestamp = calendar.midnight(day).into();
        let Next::At(at) = slots.after(begins - std::time::Duration::from_millis(1)) else {
            return None;
        };
        (at > now && day_of(at, cx) == day).then_some(Watch::Reminder { day, at })
    };
    days.filter(|day| calendar.day(*day).is_working()).find_map(slot).unwrap_or(Watch::Off)
}

/// Whether the daily view is watched: of a class-1 unit at work, somebody being there who could look as its head.
fn is_watched(id: &UnitId, cx: &Context) -> bool {
    let units = &cx.rules.units;
    let known = units.get(id).filter(|unit| unit.active);
    let is_first = known.is_some_and(|unit| unit.class() == Some(UnitClass::First));
    is_first && has_head_account(id, cx)
}

/// Whether a head of the unit, or of its organisation, has an account.
pub fn has_head_account(id: &UnitId, cx: &Context) -> bool {
    terminals(&cx.rules.units, id).into_iter().any(|one| cx.accounts.has_head(one))
}

/// Whether a look on `day` is.
fn is_wanted(id: &UnitId, day: NaiveDate, cx: &Context) -> bool {
    is_watched(id, cx) && cx.rules.calendar.day(day).is_working()
}

/// Whether whoever looks at `at` has an account.
fn can_look(id: &UnitId, leaves: &[Leave], at: Timestamp, cx: &Context) -> bool {
    present(id, leaves, at, cx).any(|(head, one)| head == one || cx.accounts.has(id, &one.name))
}

/// Each head of the unit, with whoever is told for them at `at`.
pub(super) fn present<'a>(
    id: &UnitId,
    leaves: &[Leave],
    at: Timestamp,
    cx: &'a Context,
) -> impl Iterator<Item = (&'a Contact, &'a Contact)> {
    let units = &cx.rules.units;
    let heads = units.contacts(id, Recipient::UnitHead).into_iter();
    let told = move |head| match units.get(id) {
        Some(own) => cx.roster.present_by(units, (own, leaves), head, at),
        None => head,
    };
    heads.map(move |head| (head, told(head)))
}

/// The local day of an instant.
pub(super) fn day_of(at: Timestamp, cx: &Context) -> NaiveDate {
    cx.rules.calendar.local(at.into()).date()
}
