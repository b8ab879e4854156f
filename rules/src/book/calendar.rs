//! The calendar: office hours, weekends, holidays with their make-up days (调休), local closures.
//!
//! It answers what a day is and turns instants into positions on the working-time `tape`; what a
//! limit comes to is the business of [`crate::deadline`]. A year whose holidays are not published
//! as a whole stays provisional, and every account that touches it says so: nothing is assumed in silence.
//! No clock is read here, and no instant, however remote, makes it panic.

mod desk;
mod festivals;
mod file;
mod holidays;
mod hours;
mod notices;
mod plan;
mod tape;
mod timetable;

use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, Timelike, Utc};

pub(crate) use desk::DeskHours;
pub(crate) use file::{FILE, read};
pub(crate) use hours::DAY_MS;
pub use hours::Slot;
pub(crate) use plan::{Bound, Plan, Season, Special};
pub use plan::{DayKind, HoursRule};
pub use tape::{FIRST_YEAR, LAST_YEAR};
pub(crate) use tape::{Scale, Tape};
pub(crate) use timetable::Timetable;

/// When work is done, and in which local time (article 11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    offset: FixedOffset,
    offset_ms: i64,
    version: String,
    office: Option<Box<Office>>,
}

/// No run of days off is longer: a longer one is a slip of the pen.
const DAYS_OFF_MAX: usize = 60;
/// Noon, in milliseconds since midnight.
const NOON_MS: i64 = DAY_MS / 2;

/// The slots of a calendar that never closes.
const ROUND_THE_CLOCK: &[Slot] = &[Slot { from: 0, until: DAY_MS }];

/// A calendar that knows working time from the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Office {
    plan: Plan,
    tape: Tape,
}

impl Calendar {
    /// A calendar that never closes: every hour is a working hour, a working day has 24 of them.
    ///
    /// For replays of cities whose targets are wall-clock spans, and for desks round the clock.
    pub fn always(offset: FixedOffset) -> Calendar {
        let offset_ms = i64::from(offset.local_minus_utc()) * 1_000;
        Calendar { offset, offset_ms, version: "24h".to_owned(), office: None }
    }

    pub(crate) fn of(plan: Plan) -> Calendar {
        let offset = FixedOffset::east_opt(plan.offset_seconds).unwrap_or(Utc.fix());
        let offset_ms = i64::from(offset.local_minus_utc()) * 1_000;
        let (version, tape) = (plan.version.clone(), Tape::new(&plan));
        Calendar { offset, offset_ms, version, office: Some(Box::new(Office { plan, tape })) }
    }

    /// The local zone.
    pub fn offset(&self) -> FixedOffset {
        self.offset
    }

    /// The version written in the file, kept with every account.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Everything its files say; what is made of it is not among it.
    pub(crate) fn content(&self) -> impl fmt::Debug + '_ {
        (&self.version, self.office.as_ref().map(|office| &office.plan))
    }

    /// Whether every hour counts.
    pub fn is_always(&self) -> bool {
        self.office.is_none()
    }

    /// Whether the holidays of that year are known, all of them and from a notice that is named.
    pub fn is_published(&self, year: i32) -> bool {
        self.office.as_ref().is_none_or(|office| office.plan.published.contains(&year))
    }

    /// What a local day is.
    pub fn day(&self, date: NaiveDate) -> DayKind<'_> {
        self.office.as_ref().map_or(DayKind::Working, |office| office.plan.day(date))
    }

    /// The slots worked on a local day, in order; none on a day off.
    pub fn slots(&self, date: NaiveDate) -> &[Slot] {
        let Some(office) = &self.office else { return ROUND_THE_CLOCK };
        if !office.plan.day(date).is_working() {
            return &[];
        }
        if file::in_table(date) {
            office.plan.hours(date).1.slots()
        } else {
            office.plan.ordinary.every().slots()
        }
    }

    /// Whether an instant lies in the office hours of a working day.
    pub fn is_open(&self, instant: DateTime<Utc>) -> bool {
        let local = self.local(instant);
        let moment = i64::from(local.num_seconds_from_midnight()).saturating_mul(1_000);
        let slots = self.slots(local.date());
        slots.iter().any(|slot| slot.from <= moment && moment < slot.until)
    }

    /// Noon of the first working day after the local day of an instant.
    pub fn noon_of_next_working_day(&self, instant: DateTime<Utc>) -> DateTime<Utc> {
        let today = self.local(instant).date();
        let days = today.iter_days().skip(1).take(DAYS_OFF_MAX);
        let next = days.into_iter().find(|date| self.day(*date).is_working());
        self.moment(next.unwrap_or(today), NOON_MS)
    }

    /// The slots in which the centre's desks are manned, the same on every day.
    pub fn desk_slots(&self) -> &[Slot] {
        self.office.as_ref().map_or(ROUND_THE_CLOCK, |office| office.plan.desk.hours().slots())
    }

    /// What decides the hours of a local day that differ from the ordinary ones; nothing on a day
    /// off and where they do not differ.
    pub fn other_hours(&self, date: NaiveDate) -> Option<HoursRule<'_>> {
        let plan = &self.office.as_ref()?.plan;
        let slots = self.slots(date);
        let differ = !slots.is_empty() && slots != plan.ordinary.every().slots();
        differ.then(|| plan.hours(date).0)
    }

    /// The local date and time of an instant; saturates at the ends of time.
    pub fn local(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        let utc = instant.naive_utc();
        let bound = if self.offset_ms < 0 { NaiveDateTime::MIN } else { NaiveDateTime::MAX };
        utc.checked_add_offset(self.offset).unwrap_or(bound)
    }

    /// The instant of a local date and time; saturates at the ends of time.
    pub fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let bound = if self.offset_ms < 0 { NaiveDateTime::MAX } else { NaiveDateTime::MIN };
        local.checked_sub_offset(self.offset).unwrap_or(bound).and_utc()
    }

    /// The instant at which a local day begins.
    pub fn midnight(&self, date: NaiveDate) -> DateTime<Utc> {
        self.instant(date.and_time(NaiveTime::MIN))
    }

    /// The instant of a moment of a local day, in milliseconds since its midnight.
    pub(crate) fn moment(&self, date: NaiveDate, moment: i64) -> DateTime<Utc> {
        let midnight = tape::day_number(date).saturating_mul(DAY_MS);
        instant_of(midnight.saturating_add(moment).saturating_sub(self.offset_ms))
    }

    /// What the files say; nothing for a calendar that never closes.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        self.office.as_ref().map(|office| &office.plan)
    }

    /// When the centre's desks are manned; nothing on a calendar that never closes.
    pub(crate) fn desk(&self) -> Option<(&DeskHours, i64)> {
        self.office.as_ref().map(|office| (&office.plan.desk, self.offset_ms))
    }

    /// How working time is laid end to end; nothing on a calendar that never closes.
    pub(crate) fn tape(&self) -> Option<(&Tape, i64)> {
        self.office.as_ref().map(|office| (&office.tape, self.offset_ms))
    }
}

/// The instant of so many milliseconds since the epoch; saturates at the ends of time.
pub(crate) fn instant_of(ms: i64) -> DateTime<Utc> {
    let bound = if ms < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp_millis(ms).unwrap_or(bound)
}
