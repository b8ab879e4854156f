//! One partition, one promise each.

use super::*;
use crate::activation::{Fall, Staged};
use crate::entity::{CommandId, Tell};
use crate::outbox::{Claim, Message, Row, RowEvent, RowState};
use crate::record::{After, Body, Committed, Keys, Stored};
use crate::window::Ticket;

const NOON: Timestamp = Timestamp::from_millis(1_700_000_000_000);

#[test]
fn a_command_beyond_the_bound_is_answered_busy_and_not_delivered() {
    let mut town = Town::within(Limits { undecided_max: 2, ..Limits::default() });
    let _under_way = [town.ask("a"), town.ask("b")];
    let refused = town.ask("c");
    assert!(matches!(town.heard(refused), Some(Answer::Busy { .. })));
    assert_eq!(town.said.len(), 2);
    town.step("a", Step::Passed);
    let _room_again = town.ask("c");
    assert_eq!(town.said.len(), 3);
}

#[test]
fn one_batch_is_in_flight_and_what_is_staged_meanwhile_is_the_next() {
    let mut town = Town::within(Limits::default());
    for key in ["a", "b", "c"] {
        town.step(key, staged(key));
    }
    assert_eq!(town.commits(), [(1, 1)]);
    town.committed(Committed::In(5));
    assert_eq!(town.commits(), [(1, 1), (2, 2)], "first number, and how many");
}

#[test]
fn a_batch_takes_no_more_than_its_bound_and_keeps_the_order() {
    let mut town = Town::within(Limits { batch_max: 2, ..Limits::default() });
    for key in ["a", "b", "c", "d", "e"] {
        town.step(key, staged(key));
    }
    for frame in 1..=3 {
        town.committed(Committed::In(frame));
    }
    assert_eq!(town.commits(), [(1, 1), (2, 2), (4, 2)]);
}

#[test]
fn alarms_come_in_small_portions_and_leave_the_rest_of_a_batch_to_people() {
    let mut town = Town::with_alarms(2, 4);
    town.tick();
    assert_eq!(town.fired(), ["0", "1"]);
    town.tick();
    assert_eq!(town.fired(), ["0", "1"], "not before their batch is off");
    let _of_a_person = town.ask("9");
    for key in ["0", "1", "9"] {
        town.step(key, staged(key));
    }
    town.committed(Committed::In(1));
    town.tick();
    assert_eq!(town.fired(), ["0", "1", "2", "3"]);
}

#[test]
fn alarms_take_what_people_leave_and_make_room_for_whoever_comes() {
    let mut town = Town::with_alarms(1, 3 * ALARMS_ALONE);
    town.core.tick(NOON, People::Away, &mut town.said);
    assert_eq!(town.fired().len(), ALARMS_ALONE);
    let _of_a_person = town.ask("a person");
    for key in town.fired() {
        town.step(&key, staged(&key));
    }
    town.committed(Committed::In(1));
    town.committed(Committed::In(2));
    town.tick();
    assert_eq!(town.fired().len(), ALARMS_ALONE + 1);
}

#[test]
fn however_fast_batches_go_off_few_alarms_are_in_the_hands_of_entities() {
    let mut town = Town::with_alarms(2, 9);
    town.tick();
    town.step("0", staged("0"));
    town.committed(Committed::In(1));
    town.tick();
    assert_eq!(town.fired(), ["0", "1", "2"], "1 has not answered");
    town.step("2", Step::NotDue(NOON));
    town.step("1", Step::Passed);
    town.tick();
    assert_eq!(town.fired().len(), 5, "nobody is busy any more");
}

#[test]
fn a_batch_that_is_not_taken_takes_what_was_staged_on_it_along_and_its_numbers_are_used_again() {
    let mut town = Town::within(Limits::default());
    town.step("a", staged("a"));
    town.step("b", staged("b"));
    town.committed(Committed::NotTaken("disk".into()));
    let told: Vec<_> = town.said.iter().filter_map(resolved).collect();
    assert_eq!(told, [("a".into(), 1, false), ("b".into(), 1, false)]);
    town.step("a", staged("a"));
    assert_eq!(town.commits(), [(1, 1)], "decided before it heard of that");
    town.step("a", Step::Reload);
    town.step("a", staged("a"));
    assert_eq!(town.commits(), [(1, 1), (1, 1)]);
}

#[test]
fn a_partition_that_has_another_owner_answers_lets_go_and_commits_nothing_more() {
    let (mut town, id, row) = Town::with_a_message();
    let leased = town.leased(&id);
    let (courier, event) = (town.caller(), RowEvent::Delivered(NOON));
    let concluding = Concluding { leased, row, event };
    town.core.outcome(concluding, courier, &mut town.said);
    town.step("a", staged("a"));
    town.committed(Committed::Lost);
    assert!(matches!(town.said[..], [Output::Commit(_), Output::Answer(..), Output::LetGo]));
    assert!(matches!(town.heard(courier), Some(Answer::Failed { .. })));
    let late = town.ask("b");
    assert!(matches!(town.heard(late), Some(Answer::Failed { .. })));
    town.step("a", staged("a"));
    town.core.tell(7, tell(1), &mut town.said);
    town.tick();
    assert_eq!(town.core.lease_dead(id), None);
    assert!(matches!(town.said[..], [Output::Commit(_), Output::LetGo]), "{:?}", town.said);
}

#[test]
fn tells_of_one_source_are_delivered_one_at_a_time_and_a_gap_is_read() {
    let mut town = Town::within(Limits::default());
    for number in [1, 2, 5] {
        town.core.tell(7, tell(number), &mut town.said);
    }
    let delivered = |town: &Town| {
        let number = |output: &Output| {
            let Output::DeliverTell(tell, _) = output else { return None };
            Some(tell.number)
        };
        town.said.iter().filter_map(number).collect::<Vec<_>>()
    };
    assert_eq!(delivered(&town), [1]);
    for number in [1, 2] {
        let taken = Taken { from_partition: 7, number };
        town.step("a", Step::TellDone(taken, None));
    }
    assert_eq!(delivered(&town), [1, 2]);
    assert!(town.said.iter().any(|o| matches!(o, Output::LoadTells { from: 7, after: 2 })));
}

#[test]
fn the_fifth_panic_of_an_entity_sets_it_aside_in_the_journal_too() {
    let mut town = Town::within(Limits::default());
    for fall in 1..=4 {
        town.step("a", fell(fall));
    }
    assert!(town.said.iter().all(|o| matches!(o, Output::Restart(..))));
    town.step("a", fell(5));
    let [.., Output::SetAside(..), Output::Alarm(_), Output::Commit(batch)] = &town.said[..] else {
        panic!("{:?}", town.said)
    };
    assert!(
        matches!(&batch.entries[0].body, Body::Quarantined { reason, .. } if reason == TOO_MANY_RESTARTS)
    );
}

#[test]
fn a_claim_that_panicked_is_recorded_as_dead_and_an_operator_hears_of_it() {
    let (mut town, id, row) = Town::with_a_message();
    let (_, caller) = town.leased_and_claimed(&id, &row);
    let Some(Output::Deliver(_, Delivery::Claim { .. })) = town.said.pop() else {
        panic!("it is not asked")
    };
    let panicked: Result<Claim, CompactString> = Err("it panicked".into());
    town.step("a", Step::Claimed(id, panicked, NOON, caller));
    town.committed(Committed::In(1));
    assert!(matches!(town.heard(caller), Some(Answer::DeadLetter { .. })));
    let [Output::Alarm(_), Output::Commit(batch), ..] = &town.said[..] else {
        panic!("{:?}", town.said)
    };
    let after = batch.entries[0].rows[0].after.as_ref().unwrap();
    assert!(matches!(after.standing, RowState::Dead(..)));
}

#[test]
fn a_claim_that_is_answered_late_is_not_recorded_on_top_of_what_became_of_the_message() {
    let (mut town, id, row) = Town::with_a_message();
    let (lost, first) = town.leased_and_claimed(&id, &row);
    town.core.release(&lost);
    let (leased, _second) = town.leased_and_claimed(&id, &row);
    let Output::Deliver(_, Delivery::Claim { caller, .. }) = town.said.remove(0) else {
        panic!("it is not asked")
    };
    // The second courier has seen that the entity is set aside.
    let (third, event) = (town.caller(), RowEvent::Died("set aside".into(), NOON));
    let concluding = Concluding { leased, row, event };
    town.core.outcome(concluding, third, &mut town.said);
    town.step("a", Step::Claimed(id, Ok(Claim::Withdraw("over".into())), NOON, caller));
    assert_eq!(caller, first);
    assert!(matches!(town.heard(first), Some(Answer::Failed { .. })), "it is too late");
}

#[test]
fn a_claim_that_is_answered_late_is_not_recorded_as_that_of_whoever_has_the_message_now() {
    let (mut town, id, row) = Town::with_a_message();
    let (lost, first) = town.leased_and_claimed(&id, &row);
    town.core.release(&lost);
    let (_, second) = town.leased_and_claimed(&id, &row);
    let over = || Ok(Claim::Withdraw("over".into()));
    town.step("a", Step::Claimed(id.clone(), over(), NOON, first));
    assert!(matches!(town.heard(first), Some(Answer::Failed { .. })), "it is the second's now");
    town.step("a", Step::Claimed(id.clone(), over(), NOON, second));
    town.committed(Committed::In(1));
    assert!(matches!(town.heard(second), Some(Answer::Claimed(Claim::Withdraw(_)))));
}

#[test]
fn a_message_is_given_back_claimed_and_done_with_only_by_whoever_has_it() {
    let (mut town, id, row) = Town::with_a_message();
    let lost = town.leased(&id);
    town.core.release(&lost);
    let leased = town.leased(&id);
    town.core.release(&lost);
    assert_eq!(town.core.lease(NOON, 1), [], "two would have it in their hands");
    assert_eq!(town.core.held(lost.clone()), None);
    let (late, event) = (town.caller(), RowEvent::Delivered(NOON));
    let claiming = Claiming { leased: lost.clone(), row: row.clone(), at: NOON };
    town.core.claim(claiming, late, &mut town.said);
    assert!(matches!(town.heard(late), Some(Answer::Failed { .. })));
    let concluding = Concluding { leased: lost, row: row.clone(), event: event.clone() };
    town.core.outcome(concluding, late, &mut town.said);
    assert!(matches!(town.heard(late), Some(Answer::Failed { .. })));
    assert_eq!(town.core.held(leased.clone()), Some(leased.clone()));
    let concluding = Concluding { leased, row, event };
    town.core.outcome(concluding, late, &mut town.said);
    town.committed(Committed::In(1));
    assert_eq!(town.heard(late), Some(Answer::Recorded));
}

#[test]
fn a_message_that_was_leased_before_its_partition_fell_is_not_given_back_in_its_next_life() {
    let (mut before, id, _) = Town::with_a_message();
    let lost = before.leased(&id);
    let (mut after, ..) = Town::with_a_message_in_life(1);
    let leased = after.leased(&id);
    after.core.release(&lost);
    assert_eq!(after.core.held(leased.clone()), Some(leased));
}

#[test]
fn a_message_that_is_due_while_somebody_takes_it_for_dead_is_due_again_afterwards() {
    let (mut town, id, _) = Town::with_a_message();
    let taken_for_dead = town.core.lease_dead(id.clone()).unwrap();
    assert_eq!(town.core.lease(NOON, 1), []);
    town.core.release(&taken_for_dead);
    town.leased(&id);
}

/// A partition and everything it said.
struct Town {
    core: Partition,
    said: Vec<Output>,
    asked: u64,
}

impl Town {
    fn within(limits: Limits) -> Town {
        Town::in_life(0, limits)
    }

    fn in_life(life: u64, limits: Limits) -> Town {
        let core = Partition::within(limits, (0, Tenure { epoch: 1, life }), Origin::default());
        Town { core, said: Vec::new(), asked: 0 }
    }

    /// With `n` alarms that are due, so many of them in one batch.
    fn with_alarms(alarms_per_batch: usize, n: usize) -> Town {
        let mut town = Town::within(Limits { alarms_per_batch, ..Limits::default() });
        town.tick();
        let ticket = town.said.iter().find_map(|output| {
            let Output::LoadAlarms(reload) = output else { return None };
            Some(reload.ticket)
        });
        town.said.clear();
        let due = (0..n).map(|n| (NOON, entity(&n.to_string()))).collect();
        town.core.alarms_loaded(ticket.unwrap(), due);
        town
    }

    /// With one message that may leave.
    fn with_a_message() -> (Town, MessageId, Row) {
        Town::with_a_message_in_life(0)
    }

    fn with_a_message_in_life(life: u64) -> (Town, MessageId, Row) {
        let mut town = Town::in_life(life, Limits::default());
        let message = Message { template: "note".into(), data: "{}".into(), not_before: NOON };
        let id = MessageId { entity: entity("a"), sequence: 1, index: 0 };
        let row = Row::ready(message);
        let ticket = town.ticket();
        town.core.outbox_loaded(ticket, vec![(NOON, id.clone())]);
        (town, id, row)
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
        let someone = CompactString::const_new("someone");
        let asked = Asked {
            id: CommandId(self.asked.into()),
            by: someone.clone(),
            role: someone,
            on_behalf_of: None,
            expected: None,
            at: NOON,
        };
        let asking = Asking { command: AnyCommand::new(()), asked, looked: None };
        self.core.command(entity(key), asking, caller, &mut self.said);
        caller
    }

    /// A courier has the message in hand.
    fn leased(&mut self, id: &MessageId) -> Leased {
        let mut leased = self.core.lease(NOON, 1);
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
