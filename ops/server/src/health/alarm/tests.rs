//! Who is told of what, and when not.

use super::*;

/// Seconds after some noon.
fn second(n: i64) -> Timestamp {
    Timestamp::from_millis(1_772_420_400_000 + n * 1_000)
}

/// So many seconds later, by a wall clock that is ahead by so many.
fn reading(n: i64, ahead: i64) -> Reading {
    let monotonic = Duration::from_secs(u64::try_from(1_000 + n).unwrap());
    Reading { wall: second(n + ahead), monotonic }
}

fn seen(kind: Kind, n: u64) -> Vec<Sighting> {
    vec![Sighting { kind, text: format!("{n}"), n }]
}

fn in_words(words: Vec<Word>) -> Vec<String> {
    let word = |word: Word| match word {
        Word::Raised(alarm) => format!("{} up: {}", alarm.code, alarm.text),
        Word::Cleared(alarm) => format!("{} over", alarm.code),
    };
    words.into_iter().map(word).collect()
}

const AWAY: Kind = Kind::ChannelAway("email");
const HOUR: i64 = 3_600;

#[test]
fn an_alarm_is_told_at_once_again_each_hour_and_when_it_has_been_calm_for_a_while() {
    let mut alarms = Alarms::default();
    let table: [(i64, u64, &[&str]); 8] = [
        (0, 1, &["channel-away/email up: 1"]),
        (5, 1, &[]),
        (HOUR - 1, 1, &[]),
        (HOUR, 1, &["channel-away/email up: 1"]),
        (HOUR + 5, 0, &[]),
        (HOUR + 29, 0, &[]),
        (HOUR + 30, 0, &["channel-away/email over"]),
        (HOUR + 60, 0, &[]),
    ];
    for (at, n, expected) in table {
        let sightings = if n > 0 { seen(AWAY, n) } else { Vec::new() };
        assert_eq!(in_words(alarms.look(sightings, reading(at, 0))), expected, "at {at} s");
    }
    assert!(alarms.up().is_empty());
}

#[test]
fn a_server_that_comes_and_goes_is_told_of_at_most_once_an_hour() {
    let mut alarms = Alarms::default();
    let mut told = Vec::new();
    for at in (0..2 * HOUR).step_by(5) {
        // Away for a minute, back for a minute.
        let sightings = if at % 120 < 60 { seen(AWAY, 1) } else { Vec::new() };
        told.extend(in_words(alarms.look(sightings, reading(at, 0))));
    }
    let raised = told.iter().filter(|word| word.contains("up")).count();
    let cleared = told.iter().filter(|word| word.contains("over")).count();
    assert_eq!((raised, cleared), (2, 2), "{told:?}");
}

#[test]
fn dead_letters_that_lie_there_are_told_of_once_and_more_of_them_when_the_hour_is_over() {
    let mut alarms = Alarms::default();
    let table: [(i64, u64, &[&str]); 5] = [
        (0, 2, &["dead-letters up: 2"]),
        (5, 3, &[]),
        (HOUR, 3, &["dead-letters up: 3"]),
        (2 * HOUR, 3, &[]),
        (48 * HOUR, 4, &["dead-letters up: 4"]),
    ];
    for (at, n, expected) in table {
        assert_eq!(in_words(alarms.look(seen(Kind::DeadLetters, n), reading(at, 0))), expected);
    }
}

#[test]
fn what_could_not_be_told_is_told_at_the_next_look() {
    let mut alarms = Alarms::default();
    let words = alarms.look(seen(AWAY, 1), reading(0, 0));
    alarms.untold(&words[0]);
    let again = alarms.look(seen(AWAY, 1), reading(5, 0));
    assert_eq!(in_words(again), ["channel-away/email up: 1"]);
    let over = alarms.look(Vec::new(), reading(40, 0));
    assert_eq!(in_words(over.clone()), ["channel-away/email over"]);
    alarms.untold(&over[0]);
    assert_eq!(in_words(alarms.look(Vec::new(), reading(45, 0))), ["channel-away/email over"]);
}

#[test]
fn those_that_are_up_are_shown_oldest_first_with_the_words_of_the_last_look() {
    let mut alarms = Alarms::default();
    alarms.look(seen(Kind::TimersLate, 1), reading(0, 0));
    let both = [seen(AWAY, 1), seen(Kind::TimersLate, 9)].concat();
    alarms.look(both, reading(5, 0));
    let up: Vec<_> = alarms.up().into_iter().map(|a| (a.code, a.text, a.since)).collect();
    let expected = [
        ("timers-late".into(), "9".to_owned(), second(0)),
        ("channel-away/email".into(), "1".to_owned(), second(5)),
    ];
    assert_eq!(up, expected);
}

#[test]
fn an_alarm_of_a_clock_that_was_a_month_ahead_ends_when_the_clock_is_put_right() {
    const MONTH: i64 = 30 * 24 * HOUR;
    let mut alarms = Alarms::default();
    let held = in_words(alarms.look(seen(Kind::ClockHeld, 1), reading(0, MONTH)));
    assert_eq!(held, ["clock-held up: 1"]);
    assert_eq!(alarms.up()[0].since, second(MONTH));
    // Put right: nothing is seen any more, and the wall clock stands a month before the alarm rose.
    assert_eq!(in_words(alarms.look(Vec::new(), reading(5, 0))), [""; 0]);
    assert_eq!(alarms.up()[0].since, second(0), "no alarm is up since an instant to come");
    assert_eq!(in_words(alarms.look(Vec::new(), reading(30, 0))), ["clock-held over"]);
    assert!(alarms.up().is_empty());
    // And it is told again when it comes again an hour later, whatever the wall clock says.
    let again = in_words(alarms.look(seen(Kind::ClockHeld, 1), reading(HOUR + 40, -MONTH)));
    assert_eq!(again, ["clock-held up: 1"]);
}
