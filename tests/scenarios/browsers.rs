//! Article 12: browsers that were in before, which pass beside whoever guesses.

use duban_actors::person::{BROWSERS_ALIKE_MAX, BROWSERS_MAX, Command, Event, Person};
use duban_runtime::entity::Entity as _;
use duban_tests::given::{DAY, MILLISECOND, MONDAY_8AM, given};

use crate::persons::{LOGIN, account, door, enrolled, known, met, own, set, signed_in};

#[test]
fn a_browser_is_known_from_the_first_sign_in_until_its_day_has_come() {
    let then = given::<Person>(LOGIN, &[enrolled(), set()])
        .when_asked(&door(MONDAY_8AM), &met("b1"))
        .then(&[signed_in("one", MONDAY_8AM), known("b1", "Firefox")]);
    assert!(then.state.knows("b1", MONDAY_8AM + DAY - MILLISECOND));
    assert!(!then.state.knows("b1", MONDAY_8AM + DAY));
    assert!(!then.state.knows("b2", MONDAY_8AM));
    // It lets nobody in by itself, and outlives a password that was forgotten.
    assert!(then.state.session("b1", MONDAY_8AM).is_none());
    assert!(then.state.evolve(&set()).unwrap().knows("b1", MONDAY_8AM));
}

#[test]
fn a_program_that_keeps_no_cookie_drives_out_no_browser() {
    let mut history = vec![enrolled(), set(), known("desk", "Firefox")];
    history.extend((0..100).map(|n| known(&format!("c{n}"), "curl")));
    let person = given::<Person>(LOGIN, &history).state;
    assert!(person.knows("desk", MONDAY_8AM));
    assert!(person.knows("c99", MONDAY_8AM) && !person.knows("c0", MONDAY_8AM));
    assert_eq!(account(&person).browsers.len(), 1 + BROWSERS_ALIKE_MAX);
    history.extend((0..100).map(|n| known(&format!("d{n}"), &format!("device {n}"))));
    let person = given::<Person>(LOGIN, &history).state;
    assert_eq!(account(&person).browsers.len(), BROWSERS_MAX);
}

#[test]
fn whoever_goes_out_everywhere_is_known_by_no_browser() {
    let history = [enrolled(), set(), signed_in("one", MONDAY_8AM), known("b1", "Firefox")];
    let then = given::<Person>(LOGIN, &history)
        .when_asked(&own(), &Command::SignOutEverywhere)
        .then(&[Event::SignedOutEverywhere]);
    assert!(!then.state.knows("b1", MONDAY_8AM));
    assert!(then.state.session("one", MONDAY_8AM).is_none());
}
