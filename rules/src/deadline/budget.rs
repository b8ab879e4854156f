//! Budgets: what a limit comes to on a calendar, and how instants are counted towards it.

use crate::book::calendar::{Calendar, DeskHours, Scale, Tape};
use crate::vocabulary::{LimitUnit, TimeLimit};

/// How instants become positions: milliseconds of the wall clock, of a calendar's working time, or
/// of the desks' hours.
#[derive(Debug, Clone, Copy)]
pub(super) enum Count<'a> {
    /// Every millisecond counts.
    Wall,
    Tape {
        /// Working time laid end to end.
        tape: &'a Tape,
        /// Local time less UTC, in milliseconds.
        offset_ms: i64,
        /// In milliseconds or in parts of a day.
        scale: Scale,
    },
    /// The hours in which the centre's desks are manned, the same every day.
    Desk {
        hours: &'a DeskHours,
        /// Local time less UTC, in milliseconds.
        offset_ms: i64,
    },
}

impl<'a> Count<'a> {
    pub(super) fn of(unit: LimitUnit, calendar: &'a Calendar) -> Count<'a> {
        let scale = match unit {
            LimitUnit::UrgentHour | LimitUnit::UrgentDay => return Count::Wall,
            LimitUnit::DeskHour => {
                let desk = calendar.desk();
                return desk
                    .map_or(Count::Wall, |(hours, offset_ms)| Count::Desk { hours, offset_ms });
            }
            LimitUnit::WorkHour => Scale::Hours,
            LimitUnit::WorkDay => Scale::Days,
        };
        match calendar.tape() {
            None => Count::Wall,
            Some((tape, offset_ms)) => Count::Tape { tape, offset_ms, scale },
        }
    }

    /// The position of an instant in UTC milliseconds.
    pub(super) fn position(&self, ms: i64) -> i64 {
        match *self {
            Count::Wall => ms,
            Count::Tape { tape, offset_ms, scale } => {
                tape.position(scale, ms.saturating_add(offset_ms))
            }
            Count::Desk { hours, offset_ms } => hours.position(ms.saturating_add(offset_ms)),
        }
    }

    /// The earliest instant with that position, in UTC milliseconds; nothing where none ever comes.
    pub(super) fn instant(&self, position: i64) -> Option<i64> {
        match *self {
            Count::Wall => Some(position),
            Count::Tape { tape, offset_ms, scale } => {
                tape.instant(scale, position).map(|local| local.saturating_sub(offset_ms))
            }
            Count::Desk { hours, offset_ms } => {
                Some(hours.instant(position).saturating_sub(offset_ms))
            }
        }
    }
}

/// So much counted time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget<'a> {
    pub(super) count: Count<'a>,
    /// Milliseconds or parts, as `count` has it.
    pub(super) amount: i64,
}

impl<'a> Budget<'a> {
    /// `percent` of `limit`; exact for hours, and for days as the tape divides them.
    pub(super) fn of(limit: TimeLimit, percent: u32, calendar: &'a Calendar) -> Budget<'a> {
        // A hundred-thousandth of a unit, which is what thousandths times percent count.
        const HOUR_MS: i128 = 36;
        const DAY_MS: i128 = 864;
        const WHOLE: i128 = 100_000;
        let count = Count::of(limit.unit(), calendar);
        let amount = i128::from(limit.thousandths()) * i128::from(percent);
        let amount = match (limit.unit(), count) {
            (LimitUnit::UrgentHour | LimitUnit::WorkHour | LimitUnit::DeskHour, _) => {
                amount.saturating_mul(HOUR_MS)
            }
            (LimitUnit::UrgentDay, _) | (LimitUnit::WorkDay, Count::Wall | Count::Desk { .. }) => {
                amount.saturating_mul(DAY_MS)
            }
            (LimitUnit::WorkDay, Count::Tape { tape, .. }) => {
                amount.saturating_mul(i128::from(tape.parts()) / WHOLE)
            }
        };
        Budget { count, amount: i64::try_from(amount.max(0)).unwrap_or(i64::MAX) }
    }
}
