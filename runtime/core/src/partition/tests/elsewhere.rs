//! What comes from other processes: tells that are only spoken of, couriers whose words are lost.

use super::*;
use crate::partition::outbox::SILENT_MAX;
use crate::partition::{OfficeEpoch, UNCLAIMED_MAX};

#[test]
fn a_tell_that_is_spoken_of_while_others_are_read_is_read_after_them() {
    let mut fixture = Fixture::within(Limits::default());
    let reads = |fixture: &Fixture| {
        let is_read = |said: &&Output| matches!(said, Output::LoadTells { from: 7, .. });
        fixture.said.iter().filter(is_read).count()
    };
    fixture.core.tells_missed(7);
    fixture.tick();
    assert_eq!(reads(&fixture), 1);
    // The read may have come too early for this one.
    fixture.core.tells_missed(7);
    fixture.tick();
    assert_eq!(reads(&fixture), 1, "one read at a time");
    fixture.core.tells_loaded(7, Vec::new(), 10, &mut fixture.said);
    assert_eq!(reads(&fixture), 2);
    fixture.core.tells_loaded(7, vec![tell(1)], 10, &mut fixture.said);
    fixture.tick();
    assert_eq!(reads(&fixture), 2, "it is there");
    assert!(fixture.said.iter().any(|said| matches!(said, Output::DeliverTell(..))));
}

#[test]
fn what_an_office_that_is_no_more_had_in_hand_goes_to_the_next_and_it_gets_nothing_more() {
    let (mut fixture, id, _) = Fixture::with_a_message();
    let (first, second) = (OfficeEpoch(1), OfficeEpoch(2));
    let mut lease = |office, at| fixture.core.lease((at, office), 1);
    let [had] = &lease(first, NOON)[..] else { panic!("nothing is due") };
    assert_eq!(had.id, id);
    let [has] = &lease(second, NOON)[..] else { panic!("it is still the first's") };
    assert!(has.id == id && has.lease != had.lease);
    let later = NOON + 2 * UNCLAIMED_MAX;
    assert_eq!(lease(first, later), [], "its time is over");
}

#[test]
fn a_message_of_which_nobody_speaks_is_due_again_sooner_if_it_was_never_claimed() {
    let office = OfficeEpoch(1);
    let (mut fixture, _, row) = Fixture::with_a_message();
    let n = |fixture: &mut Fixture, at| fixture.core.lease((at, office), 1).len();
    assert_eq!(n(&mut fixture, NOON), 1);
    assert_eq!(n(&mut fixture, NOON + UNCLAIMED_MAX / 2), 0);
    let leased = fixture.core.lease((NOON + UNCLAIMED_MAX, office), 1).remove(0);
    // Claimed, it may take its courier longer.
    let (caller, at) = (fixture.caller(), NOON + UNCLAIMED_MAX);
    let claiming = Claiming { leased: leased.clone(), row, at };
    fixture.core.claim(claiming, caller, &mut fixture.said);
    let to = vec![crate::outbox::Address {
        channel: "sms".into(),
        name: "head".into(),
        address: "1".into(),
        role: "head".into(),
    }];
    let claim = Ok(Claim::Deliver(to, "{}".to_owned()));
    fixture.step("a", Step::Claimed(leased.id, claim, at, caller));
    fixture.committed(Committed::In(1));
    let looked = NOON + 2 * UNCLAIMED_MAX;
    assert_eq!(n(&mut fixture, looked), 0);
    assert_eq!(n(&mut fixture, looked + SILENT_MAX / 2), 0);
    assert_eq!(n(&mut fixture, looked + SILENT_MAX), 1);
}
