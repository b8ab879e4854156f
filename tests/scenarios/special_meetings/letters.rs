//! Letters of what a meeting decided, and of its minutes (articles 5 and 19).

use duban_actors::case::command::Determination;
use duban_tests::case_path::town;
use duban_tests::given::{DAY, HOUR};

use super::{TUESDAY, after, claimed, decide, head, message, motion, steps};

#[test]
fn what_is_decided_is_told_to_the_units_concerned_and_to_whoever_may_have_put_it_there() {
    let (meeting, events) = after(&steps(4));
    let letter = message(&meeting, events.last().unwrap());
    assert_eq!(letter.template, "meeting-decided");
    let (people, words) = claimed((&meeting, &letter), TUESDAY + DAY + HOUR, town());
    let has = |role: &str| people.iter().any(|(_, known)| known == role);
    assert_eq!(
        ["unit-head", "duty-chief", "centre-head", "informant"].map(has),
        [true, true, true, false],
        "the case itself tells those who have or lose it: {people:?}"
    );
    assert_eq!(words["finding"], "由电力局处置");
    assert_eq!(
        (&words["reason"], &words["agenda"]),
        (&"杆线归供电".into(), &motion().subject.into())
    );
    // A unit that is named and gets nothing hears it from the meeting alone.
    let stays = [steps(3), vec![(head(TUESDAY + DAY + HOUR), decide(Determination::Stays))]];
    let (meeting, events) = after(&stays.concat());
    let letter = message(&meeting, events.last().unwrap());
    let (people, words) = claimed((&meeting, &letter), TUESDAY + DAY + HOUR, town());
    assert!(people.iter().any(|(_, role)| role == "informant"), "{people:?}");
    assert_eq!(words["finding"], "申请不成立,仍由水务局处置,认定所占时间计入时限");
}

#[test]
fn minutes_go_to_all_who_were_invited_and_to_the_units_concerned() {
    let (meeting, events) = after(&steps(6));
    let letter = message(&meeting, events.last().unwrap());
    assert_eq!(letter.template, "meeting-minutes");
    let (people, words) = claimed((&meeting, &letter), TUESDAY + DAY * 2, town());
    for name in ["米示例", "贺示例", "章示例", "臧示例"] {
        assert!(people.iter().any(|(known, _)| known == name), "{name}: {people:?}");
    }
    for role in ["informant", "duty-chief"] {
        assert!(people.iter().any(|(_, known)| known == role), "{role}: {people:?}");
    }
    assert_eq!(words["text"], "会议决定井盖归供电单位处置");
    assert_eq!(words["finding"], "由电力局处置");
    assert_eq!(words["meeting_at"], "2026-03-04 09:00");
}
