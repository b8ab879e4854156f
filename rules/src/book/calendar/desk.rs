//! Desk hours (值守时段): when the centre's desks are manned, alike on every day of the year, holidays too (article 3).
//!
//! Milliseconds of local time throughout. As on the working-time tape an instant becomes a position, so that what is
//! used up with the end of a day's hours ends with them, not with the next morning.

use super::hours::{DAY_MS, Hours};

/// The hours of the desks, the same on every day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeskHours(Hours);

impl DeskHours {
    pub(crate) fn new(hours: Hours) -> DeskHours {
        DeskHours(hours)
    }

    /// Those of one day.
    pub(crate) fn hours(&self) -> &Hours {
        &self.0
    }

    /// Manned milliseconds before a local instant.
    pub(crate) fn position(&self, local_ms: i64) -> i64 {
        let (day, moment) = (local_ms.div_euclid(DAY_MS), local_ms.rem_euclid(DAY_MS));
        day.saturating_mul(self.0.total()).saturating_add(self.0.worked_before(moment))
    }

    /// The earliest local instant with that position.
    pub(crate) fn instant(&self, position: i64) -> i64 {
        let day = position.saturating_sub(1).div_euclid(self.0.total());
        let into = position.saturating_sub(day.saturating_mul(self.0.total()));
        day.saturating_mul(DAY_MS).saturating_add(self.0.moment_of(into))
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, DeskHours, Hours};

    const MINUTE: i64 = 60_000;

    #[test]
    fn what_is_used_up_with_the_evening_ends_then_and_the_night_counts_for_nothing() {
        let desk = DeskHours::new(Hours::desk());
        assert_eq!(desk.hours().total(), 14 * 60 * MINUTE);
        let evening = 10 * DAY_MS + 1_290 * MINUTE;
        let next_morning = 11 * DAY_MS + 450 * MINUTE;
        assert_eq!(desk.position(evening), desk.position(next_morning));
        assert_eq!(desk.instant(desk.position(next_morning)), evening);
        assert_eq!(desk.instant(desk.position(evening) + 1), next_morning + 1);
        assert_eq!(
            desk.instant(desk.position(-5 * DAY_MS + 720 * MINUTE)),
            -5 * DAY_MS + 720 * MINUTE
        );
    }

    #[test]
    fn remote_instants_saturate() {
        let desk = DeskHours::new(Hours::desk());
        for ms in [i64::MIN, i64::MAX] {
            let _no_panic = (desk.position(ms), desk.instant(ms));
        }
    }
}
