//! Appointments as calendars read them (iCalendar, RFC 5545): the same bytes whenever one is written again.
//!
//! Published, not requested: an answer would go to a mailbox that nobody reads.

use chrono::TimeDelta;
use duban_rules::book::notices::{Appointment, Standing};
use duban_runtime::clock::Timestamp;
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus};

/// How long an appointment takes where nobody says.
const LASTS: TimeDelta = TimeDelta::hours(1);

/// The file that a calendar takes in; `of` is the letter's subject, `domain` whose the key is.
pub(super) fn file(of: &str, appointment: &Appointment, domain: &str, at: Timestamp) -> String {
    let Appointment { key, sequence, from, place, standing } = appointment;
    let until = from.checked_add_signed(LASTS).unwrap_or(*from);
    let mut event = Event::new()
        .uid(&format!("{key}@{domain}"))
        .sequence(u32::from(*sequence))
        .timestamp(at.into())
        .starts(*from)
        .ends(until)
        .summary(of)
        .location(place)
        .done();
    if *standing == Standing::Off {
        event.status(EventStatus::Cancelled);
    }
    let mut calendar = Calendar::new();
    calendar.append_property(("METHOD", method(*standing))).push(event);
    calendar.to_string()
}

/// What the reader's calendar does with the entry.
pub(super) fn method(standing: Standing) -> &'static str {
    match standing {
        Standing::Called => "PUBLISH",
        Standing::Off => "CANCEL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appointment_is_the_same_bytes_again_and_a_later_one_of_its_key_replaces_it() {
        let from = chrono::DateTime::from_timestamp_millis(1_772_503_200_000).unwrap();
        let place = "武垣街,路口".to_owned();
        let mut appointment = Appointment {
            key: "c1.7".to_owned(),
            sequence: 1,
            from,
            place,
            standing: Standing::Called,
        };
        let at = Timestamp::from_millis(1_772_499_600_000);
        let first = file("现场会", &appointment, "suning.example", at);
        assert_eq!(first, file("现场会", &appointment, "suning.example", at));
        for line in [
            "METHOD:PUBLISH",
            "UID:c1.7@suning.example",
            "SEQUENCE:1",
            "DTSTAMP:20260303T010000Z",
            "DTSTART:20260303T020000Z",
            "DTEND:20260303T030000Z",
            "SUMMARY:现场会",
            "LOCATION:武垣街\\,路口",
        ] {
            assert!(first.lines().any(|written| written == line), "{line}: {first}");
        }
        appointment.sequence = 2;
        assert!(file("现场会", &appointment, "suning.example", at).contains("SEQUENCE:2"));
        appointment.standing = Standing::Off;
        let off = file("现场会", &appointment, "suning.example", at);
        for line in ["METHOD:CANCEL", "UID:c1.7@suning.example", "SEQUENCE:2", "STATUS:CANCELLED"] {
            assert!(off.lines().any(|written| written == line), "{line}: {off}");
        }
    }
}
