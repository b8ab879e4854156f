//! One partition, one promise each.

mod elsewhere;

use super::*;
use crate::activation::{Fall, Staged};
use crate::entity::{CommandId, Tell};
use crate::outbox::{Claim, Message, Row, RowEvent, RowState};
use crate::record::{After, Body, Committed, Keys, Stored};
use crate::window::Ticket;

const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[test]
fn a_command_beyond_the_bound_is_answered_busy_and_not_delivered() {
    let mut fixture = Fixture::within(Limits { undecided_max: 2, ..Limits::default() });
    let _under_way = [fixture.ask("a"), fixture.ask("b")];
    let refused = fixture.ask("c");
    assert!(matches!(fixture.heard(refused), Some(Answer::Busy { .. })));
    assert_eq!(fixture.said.len(), 2);
    fixture.step("a", Step::Passed);
    let _room_again = fixture.ask("c");
    assert_eq!(fixture.said.len(), 3);
}

#[test]
fn one_batch_is_in_flight_and_what_is_staged_meanwhile_is_the_next() {
    let mut fixture = Fixture::within(Limits::default());
    for key in ["a", "b", "c"] {
        fixture.step(key, staged(key));
    }
    assert_eq!(fixture.commits(), [(1, 1)]);
    fixture.committed(Committed::In(5));
    assert_eq!(fixture.commits(), [(1, 1), (2, 2)], "first number, and how many");
}

#[test]
fn a_batch_takes_no_more_than_its_bound_and_keeps_the_order() {
    let mut fixture = Fixture::within(Limits { batch_max: 2, ..Limits::default() });
    for key in ["a", "b", "c", "d", "e"] {
        fixture.step(key, staged(key));
    }
    for frame in 1..=3 {
        fixture.committed(Committed::In(frame));
    }
    assert_eq!(fixture.commits(), [(1, 1), (2, 2), (4, 2)]);
}

#[test]
fn alarms_come_in_small_portions_and_leave_the_rest_of_a_batch_to_people() {
    let mut fixture = Fixture::with_alarms(2, 4);
    fixture.tick();
    assert_eq!(fixture.fired(), ["0", "1"]);
    fixture.tick();
    assert_eq!(fixture.fired(), ["0", "1"], "not before their batch is off");
    let _of_a_person = fixture.ask("9");
    for key in ["0", "1", "9"] {
        fixture.step(key, staged(key));
    }
    fixture.committed(Committed::In(1));
    fixture.tick();
    assert_eq!(fixture.fired(), ["0", "1", "2", "3"]);
}

#[test]
fn alarms_take_what_people_leave_and_make_room_for_whoever_comes() {
    let mut fixture = Fixture::with_alarms(1, 3 * ALARMS_ALONE);
    fixture.core.tick(NOON, People::Away, &mut fixture.said);
    assert_eq!(fixture.fired().len(), ALARMS_ALONE);
    let _of_a_person = fixture.ask("a person");
    for key in fixture.fired() {
        fixture.step(&key, staged(&key));
    }
    fixture.committed(Committed::In(1));
    fixture.committed(Committed::In(2));
    fixture.tick();
    assert_eq!(fixture.fired().len(), ALARMS_ALONE + 1);
}

#[test]
fn however_fast_batches_go_off_few_alarms_are_in_the_hands_of_entities() {
    let mut fixture = Fixture::with_alarms(2, 9);
    fixture.tick();
    fixture.step("0", staged("0"));
    fixture.committed(Committed::In(1));
    fixture.tick();
    assert_eq!(fixture.fired(), ["0", "1", "2"], "1 has not answered");
    fixture.step("2", Step::NotDue(NOON));
    fixture.step("1", Step::Passed);
    fixture.tick();
    assert_eq!(fixture.fired().len(), 5, "nobody is busy any more");
}

#[test]
fn a_batch_that_is_not_taken_takes_what_was_staged_on_it_along_and_its_numbers_are_used_again() {
    let mut fixture = Fixture::within(Limits::default());
    fixture.step("a", staged("a"));
    fixture.step("b", staged("b"));
    fixture.committed(Committed::NotTaken("disk".into()));
    let told: Vec<_> = fixture.said.iter().filter_map(resolved).collect();
    assert_eq!(told, [("a".into(), 1, false), ("b".into(), 1, false)]);
    fixture.step("a", staged("a"));
    assert_eq!(fixture.commits(), [(1, 1)], "decided before it heard of that");
    fixture.step("a", Step::Reload);
    fixture.step("a", staged("a"));
    assert_eq!(fixture.commits(), [(1, 1), (1, 1)]);
}

#[test]
fn a_partition_that_has_another_owner_answers_lets_go_and_commits_nothing_more() {
    let (mut fixture, id, row) = Fixture::with_a_message();
    let leased = fixture.leased(&id);
    let (courier, event) = (fixture.caller(), RowEvent::Delivered(NOON));
    let concluding = Concluding { leased, row, event };
    fixture.core.outcome(concluding, courier, &mut fixture.said);
    fixture.step("a", staged("a"));
    fixture.committed(Committed::Lost);
    assert!(matches!(fixture.said[..], [Output::Commit(_), Output::Answer(..), Output::LetGo]));
    assert!(matches!(fixture.heard(courier), Some(Answer::Failed { .. })));
    let late = fixture.ask("b");
    assert!(matches!(fixture.heard(late), Some(Answer::Failed { .. })));
    fixture.step("a", staged("a"));
    fixture.core.tell(7, tell(1), &mut fixture.said);
    fixture.tick();
    assert_eq!(fixture.core.lease_dead(id, (NOON, OfficeEpoch::ALONE)), None);
    assert!(matches!(fixture.said[..], [Output::Commit(_), Output::LetGo]), "{:?}", fixture.said);
}

#[test]
fn tells_of_one_source_are_delivered_one_at_a_time_and_a_gap_is_read() {
    let mut fixture = Fixture::within(Limits::default());
    for number in [1, 2, 5] {
        fixture.core.tell(7, tell(number), &mut fixture.said);
    }
    let delivered = |fixture: &Fixture| {
        let number = |output: &Output| {
            let Output::DeliverTell(tell, _) = output else { return None };
            Some(tell.number)
        };
        fixture.said.iter().filter_map(number).collect::<Vec<_>>()
    };
    assert_eq!(delivered(&fixture), [1]);
    for number in [1, 2] {
        let taken = Taken { from_partition: 7, number };
        fixture.step("a", Step::TellDone(taken, None));
    }
    assert_eq!(delivered(&fixture), [1, 2]);
    assert!(fixture.said.iter().any(|o| matches!(o, Output::LoadTells { from: 7, after: 2 })));
}

#[test]
fn the_fifth_panic_of_an_entity_sets_it_aside_in_the_journal_too() {
    let mut fixture = Fixture::within(Limits::default());
    for fall in 1..=4 {
        fixture.step("a", fell(fall));
    }
    assert!(fixture.said.iter().all(|o| matches!(o, Output::Restart(..))));
    fixture.step("a", fell(5));
    let [.., Output::SetAside(..), Output::Alarm(_), Output::Commit(batch)] = &fixture.said[..]
    else {
        panic!("{:?}", fixture.said)
    };
    assert!(
        matches!(&batch.entries[0].body, Body::Quarantined { reason, .. } if reason == TOO_MANY_RESTARTS)
    );
}

#[test]
fn a_claim_that_panicked_is_recorded_as_dead_and_an_operator_hears_of_it() {
    let (mut fixture, id, row) = Fixture::with_a_message();
    let (_, caller) = fixture.leased_and_claimed(&id, &row);
    let Some(Output::Deliver(_, Delivery::Claim { .. })) = fixture.said.pop() else {
        panic!("it is not asked")
    };
    let panicked: Result<Claim, CompactString> = Err("it panicked".into());
    fixture.step("a", Step::Claimed(id, panicked, NOON, caller));
    fixture.committed(Committed::In(1));
    assert!(matches!(fixture.heard(caller), Some(Answer::DeadLetter { .. })));
    let [Output::Alarm(_), Output::Commit(batch), ..] = &fixture.said[..] else {
        panic!("{:?}", fixture.said)
    };
    let after = batch.entries[0].rows[0].after.as_ref().unwrap();
    assert!(matches!(after.standing, RowState::Dead(..)));
}

#[test]
fn a_claim_that_is_answered_late_is_not_recorded_on_top_of_what_became_of_the_message() {
    let (mut fixture, id, row) = Fixture::with_a_message();
    let (lost, first) = fixture.leased_and_claimed(&id, &row);
    fixture.core.release(&lost);
    let (leased, _second) = fixture.leased_and_claimed(&id, &row);
    let Output::Deliver(_, Delivery::Claim { caller, .. }) = fixture.said.remove(0) else {
        panic!("it is not asked")
    };
    // The second courier has seen that the entity is set aside.
    let (third, event) = (fixture.caller(), RowEvent::Died("set aside".into(), NOON));
    let concluding = Concluding { leased, row, event };
    fixture.core.outcome(concluding, third, &mut fixture.said);
    fixture.step("a", Step::Claimed(id, Ok(Claim::Withdraw("over".into())), NOON, caller));
    assert_eq!(caller, first);
    assert!(matches!(fixture.heard(first), Some(Answer::Failed { .. })), "it is too late");
}

#[test]
fn a_claim_that_is_answered_late_is_not_recorded_as_that_of_whoever_has_the_message_now() {
    let (mut fixture, id, row) = Fixture::with_a_message();
    let (lost, first) = fixture.leased_and_claimed(&id, &row);
    fixture.core.release(&lost);
    let (_, second) = fixture.leased_and_claimed(&id, &row);
    let over = || Ok(Claim::Withdraw("over".into()));
    fixture.step("a", Step::Claimed(id.clone(), over(), NOON, first));
    assert!(matches!(fixture.heard(first), Some(Answer::Failed { .. })), "it is the second's now");
    fixture.step("a", Step::Claimed(id.clone(), over(), NOON, second));
    fixture.committed(Committed::In(1));
    assert!(matches!(fixture.heard(second), Some(Answer::Claimed(Claim::Withdraw(_)))));
}

#[test]
fn a_message_is_given_back_claimed_and_done_with_only_by_whoever_has_it() {
    let (mut fixture, id, row) = Fixture::with_a_message();
    let lost = fixture.leased(&id);
    fixture.core.release(&lost);
    let leased = fixture.leased(&id);
    fixture.core.release(&lost);
    assert_eq!(
        fixture.core.lease((NOON, OfficeEpoch::ALONE), 1),
        [],
        "two would have it in their hands"
    );
    assert_eq!(fixture.core.held(lost.clone()), None);
    let (late, event) = (fixture.caller(), RowEvent::Delivered(NOON));
    let claiming = Claiming { leased: lost.clone(), row: row.clone(), at: NOON };
    fixture.core.claim(claiming, late, &mut fixture.said);
    assert!(matches!(fixture.heard(late), Some(Answer::Failed { .. })));
    let concluding = Concluding { leased: lost, row: row.clone(), event: event.clone() };
    fixture.core.outcome(concluding, late, &mut fixture.said);
    assert!(matches!(fixture.heard(late), Some(Answer::Failed { .. })));
    assert_eq!(fixture.core.held(leased.clone()), Some(leased.clone()));
    let concluding = Concluding { leased, row, event };
    fixture.core.outcome(concluding, late, &mut fixture.said);
    fixture.committed(Committed::In(1));
    assert_eq!(fixture.heard(late), Some(Answer::Recorded));
}

#[test]
fn a_message_that_was_leased_before_its_partition_fell_is_not_given_back_in_its_next_life() {
    let (mut before, id, _) = Fixture::with_a_message();
    let lost = before.leased(&id);
    let (mut after, ..) = Fixture::with_a_message_in_life(1);
    let leased = after.leased(&id);
    after.core.release(&lost);
    assert_eq!(after.core.held(leased.clone()), Some(leased));
}

#[test]
fn a_message_that_is_due_while_somebody_takes_it_for_dead_is_due_again_afterwards() {
    let (mut fixture, id, _) = Fixture::with_a_message();
    let taken_for_dead = fixture.core.lease_dead(id.clone(), (NOON, OfficeEpoch::ALONE)).unwrap();
    assert_eq!(fixture.core.lease((NOON, OfficeEpoch::ALONE), 1), []);
    fixture.core.release(&taken_for_dead);
    fixture.leased(&id);
}

/// A partition and everything it said.
struct Fixture {
    core: Partition,
    said: Vec<Output>,
    asked: u64,
}

impl Fixture {
    fn within(limits: Limits) -> Fixture {
        Fixture::in_life(0, limits)
    }

    fn in_life(life: u64, limits: Limits) -> Fixture {
        let core = Partition::within(limits, (0, Tenure { epoch: 1, life }), Origin::default());
        Fixture { core, said: Vec::new(), asked: 0 }
    }

    /// With `n` alarms that are due, so many of them in one batch.
    fn with_alarms(alarms_per_batch: usize, n: usize) -> Fixture {
        let mut fixture = Fixture::within(Limits { alarms_per_batch, ..Limits::default() });
        fixture.tick();
        let ticket = fixture.said.iter().find_map(|output| {
            let Output::LoadAlarms(reload) = output else { return None };
            Some(reload.ticket)
        });
        fixture.said.clear();
        let due = (0..n).map(|n| (NOON, entity(&n.to_string()))).collect();
        fixture.core.alarms_loaded(ticket.unwrap(), due);
        fixture
    }

    /// With one message that may leave.
    fn with_a_message() -> (Fixture, MessageId, Row) {
        Fixture::with_a_message_in_life(0)
    }

    fn with_a_message_in_life(life: u64) -> (Fixture, MessageId, Row) {
        let mut fixture = Fixture::in_life(life, Limits::default());
        let message = Message { template: "note".into(), data: "{}".into(), not_before: NOON };
        let id = MessageId { entity: entity("a"), sequence: 1, index: 0 };
        let row = Row::ready(message);
        let ticket = fixture.ticket();
        fixture.core.outbox_loaded(ticket, vec![(NOON, id.clone())]);
        (fixture, id, row)
    }

    /// Somebody who waits from now on.
    fn caller(&mut self) -> CallerId {
        self.asked += 1;
        CallerId(self.asked)
    }

    /// What was said to `caller`, once; none if nothing was.
    fn heard(&mut self, caller: CallerId) -> Option<Answer> {
        let is_theirs = |said: &Output| matches!(said, Output::Answer(to, _) if *to == caller);
        let place = self.said.iter().position(is_theirs)?;
        let Output::Answer(_, answer) = self.said.remove(place) else { return None };
        Some(answer)
    }

    fn ask(&mut self, key: &str) -> CallerId {
        let caller = self.caller();
        let asked = Asked::of(CommandId(self.asked.into()), ("someone", "someone"), NOON);
        let asking = Asking { command: AnyCommand::new(()), asked, looked: None };
        self.core.command(entity(key), asking, caller, &mut self.said);
        caller
    }

    /// A courier has the message in hand.
    fn leased(&mut self, id: &MessageId) -> Leased {
        let mut leased = self.core.lease((NOON, OfficeEpoch::ALONE), 1);
        assert_eq!(leased.iter().map(|leased| &leased.id).collect::<Vec<_>>(), [id]);
        leased.remove(0)
    }

    /// The same, and waits for the answer to its claim.
    fn leased_and_claimed(&mut self, id: &MessageId, row: &Row) -> (Leased, CallerId) {
        let (leased, caller) = (self.leased(id), self.caller());
        let claiming = Claiming { leased: leased.clone(), row: row.clone(), at: NOON };
        self.core.claim(claiming, caller, &mut self.said);
        (leased, caller)
    }

    fn step(&mut self, key: &str, step: Step) {
        self.core.step(entity(key), step, NOON, &mut self.said);
    }

    fn committed(&mut self, outcome: Committed) {
        self.core.committed(outcome, NOON, &mut self.said);
    }

    fn tick(&mut self) {
        self.core.tick(NOON, People::Waiting, &mut self.said);
    }

    /// The reload of the outbox that a tick asks for.
    fn ticket(&mut self) -> Ticket {
        self.tick();
        let ticket = self.said.iter().find_map(|output| {
            let Output::LoadOutbox(reload) = output else { return None };
            Some(reload.ticket)
        });
        self.said.clear();
        ticket.unwrap()
    }

    /// First number and length of every batch submitted.
    fn commits(&self) -> Vec<(u64, usize)> {
        let commit = |output: &Output| {
            let Output::Commit(batch) = output else { return None };
            Some((batch.first_lsn, batch.entries.len()))
        };
        self.said.iter().filter_map(commit).collect()
    }

    fn fired(&self) -> Vec<CompactString> {
        let fired = |output: &Output| {
            let Output::Deliver(id, Delivery::Fire(_)) = output else { return None };
            Some(id.key.clone())
        };
        self.said.iter().filter_map(fired).collect()
    }
}

fn resolved(output: &Output) -> Option<(CompactString, usize, bool)> {
    let Output::Resolved(id, n, result) = output else { return None };
    Some((id.key.clone(), *n, result.is_ok()))
}

fn entity(key: &str) -> EntityId {
    EntityId { kind: 1, key: key.into() }
}

fn tell(number: u64) -> SentTell {
    let Tell { to, command } = Tell { to: entity("a"), command: "{}".to_owned() };
    SentTell { to_partition: 0, number, to, command, at: NOON }
}

fn fell(number: u64) -> Step {
    Step::Fell(Fall { number, panic: "no".into(), dead: None })
}

fn staged(key: &str) -> Step {
    let stored = Stored {
        frame: 0,
        sequence: 1,
        chain: 0,
        recent: Vec::new(),
        alarm: None,
        lists: Vec::new(),
        state_version: 1,
        state: Vec::new().into(),
    };
    let after = After { entity: entity(key), stored, before: Keys::default() };
    Step::Staged(Box::new(Staged {
        record: Vec::new(),
        after,
        messages: Vec::new(),
        tells: Vec::new(),
        taken: None,
        fired: None,
        at: NOON,
    }))
}
