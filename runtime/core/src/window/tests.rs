//! The window against a plain sorted set, with reads of the store that take their time.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

type Position = (Timestamp, u8);

/// What happens to an index and the window over it.
#[derive(Clone, Debug)]
enum Act {
    /// A row comes or goes, in the batch being built.
    Toggle(i64, u8),
    /// The first row is taken out and disarmed, as a firing does.
    Pop,
    /// The batch being built sets off, if none is under way.
    Send,
    /// The batch under way is durable.
    Land,
    /// The batch under way is refused; what was staged is forgotten.
    Refuse,
    /// The window asks for rows, if it wants any.
    Ask,
    /// The store answers the last question, as it stands now.
    Read,
    /// The last answer arrives.
    Arrive,
    /// An answer never arrives.
    Fail,
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0..30_i64, 0..3_u8).prop_map(|(at, key)| Act::Toggle(at, key)),
        2 => Just(Act::Pop),
        3 => Just(Act::Send),
        3 => Just(Act::Land),
        1 => Just(Act::Refuse),
        3 => Just(Act::Ask),
        2 => Just(Act::Read),
        2 => Just(Act::Arrive),
        1 => Just(Act::Fail),
    ]
}

/// An index with batches that become durable late, and the window over it.
struct Fixture {
    window: Window<u8>,
    /// What the store holds.
    store: BTreeSet<Position>,
    /// What it will hold once everything staged is durable.
    staged: BTreeSet<Position>,
    /// As the batch under way leaves it.
    sent: Option<BTreeSet<Position>>,
    batch: u64,
    asked: Option<Reload<u8>>,
    read: Option<(Ticket, Vec<Position>)>,
}

impl Fixture {
    fn new(max: usize) -> Fixture {
        Fixture {
            window: Window::new(max),
            store: BTreeSet::new(),
            staged: BTreeSet::new(),
            sent: None,
            batch: 1,
            asked: None,
            read: None,
        }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Toggle(at, key) => {
                let at = Timestamp::from_millis(at);
                if self.staged.remove(&(at, key)) {
                    self.window.disarm(self.batch, at, &key);
                } else {
                    self.staged.insert((at, key));
                    self.window.arm(self.batch, at, key);
                }
            }
            Act::Pop => {
                if let Some((at, key)) = self.window.pop_due(Timestamp::NEVER) {
                    assert!(self.staged.remove(&(at, key)), "{at} {key} was not there");
                    self.window.disarm(self.batch, at, &key);
                }
            }
            Act::Send => {
                if self.sent.is_none() {
                    self.sent = Some(self.staged.clone());
                    self.batch += 1;
                }
            }
            Act::Land => {
                if let Some(sent) = self.sent.take() {
                    self.store = sent;
                    self.window.durable(self.batch - 1);
                }
            }
            Act::Refuse => {
                if self.sent.take().is_some() {
                    self.staged = self.store.clone();
                    self.window.clear();
                }
            }
            Act::Ask => self.asked = self.window.reload().or(self.asked.take()),
            Act::Read => {
                if let Some(Reload { after, ticket }) = self.asked.take() {
                    let rows = self.store.iter().filter(|row| Some(**row) > after);
                    self.read = Some((ticket, rows.take(ticket.limit).copied().collect()));
                }
            }
            Act::Arrive => {
                if let Some((ticket, rows)) = self.read.take() {
                    self.window.loaded(ticket, rows);
                }
            }
            Act::Fail => {
                if let Some((ticket, _)) = self.read.take() {
                    self.window.reload_failed(ticket);
                }
            }
        }
    }

    fn settle(&mut self) {
        // What was asked and never answered fails at last.
        if let Some(reload) = self.asked.take() {
            self.window.reload_failed(reload.ticket);
        }
        for act in [Act::Fail, Act::Land, Act::Send, Act::Land] {
            self.act(&act);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_window_never_shows_a_later_row_before_an_earlier_one_and_loses_none(
        max in 1..8_usize,
        acts in proptest::collection::vec(any_act(), 0..120),
    ) {
        let mut fixture = Fixture::new(max);
        for act in &acts {
            fixture.act(act);
            prop_assert!(fixture.window.len() <= max);
            if let Some(at) = fixture.window.soonest() {
                prop_assert_eq!(Some(at), fixture.staged.first().map(|(at, _)| *at));
            } else {
                prop_assert!(fixture.staged.is_empty() || fixture.window.is_waiting_for_store());
            }
        }

        fixture.settle();
        let mut popped = Vec::new();
        for _ in 0..10_000 {
            for act in [Act::Ask, Act::Read, Act::Arrive] {
                fixture.act(&act);
            }
            match fixture.window.pop_due(Timestamp::NEVER) {
                Some(row) => popped.push(row),
                None if fixture.window.is_waiting_for_store() => {}
                None => break,
            }
        }
        prop_assert_eq!(popped, fixture.staged.iter().copied().collect::<Vec<_>>());
    }
}

#[test]
fn the_answer_to_a_reload_that_was_given_up_is_ignored() {
    let at = Timestamp::from_millis;
    let mut window = Window::new(4);
    let first = window.reload().unwrap();
    window.clear();
    let second = window.reload().unwrap();
    window.loaded(first.ticket, vec![(at(9), 9)]);
    assert_eq!(window.soonest(), None);
    window.loaded(second.ticket, vec![(at(1), 1), (at(9), 9)]);
    assert_eq!(window.soonest(), Some(at(1)));
}

#[test]
fn changes_kept_aside_during_a_reload_are_bounded() {
    let at = Timestamp::from_millis;
    let mut window = Window::new(4);
    assert!(window.reload().is_some());
    for batch in 1..10_000 {
        window.arm(batch, at(5), 1);
        window.disarm(batch, at(5), &1);
        window.durable(batch);
    }
    assert!(window.n_aside() <= 4 * ASIDE_PER_ROW + 2, "{}", window.n_aside());
    assert!(window.reload().is_some(), "a reload that takes too long is asked for again");
}
