//! Clients of the simulated node, callers and couriers: who asks again until there is an
//! answer, and who carries messages and sometimes dies with them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::dice::Dice;
use super::machine::{Machine, ToPartition};
use super::tally::{Kind, Tally};
use super::town::{Eyes, Request, Town};
use crate::answer::{Answer, Novelty};
use crate::clock::Timestamp;
use crate::entity::{CommandId, EntityId};
use crate::outbox::{Claim, MessageId, Row, RowEvent, RowState};
use crate::partition::{Asking, Claiming, Concluding, Leased};

/// Whether things go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Safety,
    Liveness,
}

/// Somebody who asks.
pub(super) struct Client {
    pending: Option<Pending>,
    left: u64,
}

struct Pending {
    request: Request,
    answer: Option<oneshot::Receiver<Answer>>,
}

/// An answer that must stay true.
pub(super) struct Accepted {
    pub(super) entity: EntityId,
    pub(super) command: CommandId,
    pub(super) sequence: u64,
}

impl Client {
    pub(super) fn new(n_commands: u64) -> Client {
        Client { pending: None, left: n_commands }
    }

    pub(super) fn is_done(&self) -> bool {
        self.pending.is_none()
    }

    /// Whom it asks at the moment.
    pub(super) fn asks(&self) -> Option<&EntityId> {
        self.pending.as_ref().map(|pending| &pending.request.to)
    }

    /// Asks, hears or waits; tells what was accepted.
    pub(super) fn act(
        &mut self,
        (machine, town): (&mut Machine, &mut (dyn Town + 'static)),
        (dice, tally): (&mut Dice, &Tally),
        (now, n_partitions, phase): (Timestamp, u8, Phase),
    ) -> Option<Accepted> {
        if self.pending.is_none() && self.left > 0 && phase == Phase::Safety {
            self.left -= 1;
            let request = town.next(dice, now, Eyes::on(machine));
            self.pending = Some(Pending { request, answer: None });
        }
        let pending = self.pending.as_mut()?;
        let Some(answer) = &mut pending.answer else {
            let (channel, answer) = oneshot::channel();
            pending.answer = Some(answer);
            let Request { to, command, asked } = &pending.request;
            let asking = Asking { command: command(), asked: asked(now), looked: None };
            machine.send(to.partition(n_partitions), ToPartition::Ask(to.clone(), asking, channel));
            return None;
        };
        let again = match answer.try_recv() {
            // Somebody impatient asks the same once more while the first is under way.
            Err(TryRecvError::Empty) => dice.once_in(20).then_some(Kind::Retried)?,
            Err(TryRecvError::Closed) => Kind::Retried,
            Ok(Answer::Accepted { sequence, novelty, .. }) => {
                if novelty == Novelty::Again {
                    tally.count(Kind::AnsweredAgain);
                }
                let Request { to, asked, .. } = self.pending.take()?.request;
                return Some(Accepted { entity: to, command: asked(now).id, sequence });
            }
            Ok(Answer::Busy { .. }) => Kind::Busy,
            Ok(Answer::Failed { .. }) => Kind::Retried,
            Ok(other) => {
                let kind = match other {
                    Answer::Refused { .. } => Some(Kind::Refused),
                    Answer::Stale { .. } => Some(Kind::Stale),
                    Answer::DeadLetter { .. } => Some(Kind::DeadLetter),
                    Answer::Quarantined { .. } | Answer::Recorded | Answer::Claimed(_) => None,
                    Answer::Accepted { .. } | Answer::Busy { .. } | Answer::Failed { .. } => None,
                };
                if let Some(kind) = kind {
                    tally.count(kind);
                }
                self.pending = None;
                return None;
            }
        };
        tally.count(again);
        pending.answer = None;
        None
    }
}

/// Somebody who carries messages.
#[derive(Default)]
pub(super) struct Courier {
    jobs: VecDeque<Leased>,
    doing: Doing,
    asked: LeaseAsked,
}

/// Whether a lease is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum LeaseAsked {
    #[default]
    No,
    Yes,
}

#[derive(Debug, Default)]
enum Doing {
    #[default]
    Nothing,
    Claiming(Row, Timestamp, oneshot::Receiver<Answer>),
    Concluding(Row, RowEvent, Option<oneshot::Receiver<Answer>>),
}

/// What couriers have done, remembered by the world and not by them.
#[derive(Debug, Default)]
pub(super) struct Carried {
    contents: BTreeMap<MessageId, String>,
    concluded: BTreeSet<MessageId>,
    /// Somebody asked for another try: that it died is no last word.
    revived: BTreeSet<MessageId>,
}

/// Somebody who gives dead messages another try.
#[derive(Debug, Default)]
pub(super) struct Clerk {
    asked: Option<(MessageId, oneshot::Receiver<Answer>)>,
    leased: Option<Leased>,
}

impl Clerk {
    /// Hears what became of the last one, or takes the next.
    pub(super) fn act(
        &mut self,
        machine: &mut Machine,
        (dice, tally, carried): (&mut Dice, &Tally, &mut Carried),
        (now, n_partitions): (Timestamp, u8),
    ) {
        if let Some((id, mut answer)) = self.asked.take() {
            match answer.try_recv() {
                Err(TryRecvError::Empty) => self.asked = Some((id, answer)),
                Ok(Answer::Recorded) => tally.count(Kind::MessageRevived),
                // It is nobody's again.
                Ok(_) => {
                    if let Some(leased) = self.leased.take() {
                        let no = id.entity.partition(n_partitions);
                        machine.send(no, ToPartition::Release(leased));
                    }
                }
                Err(TryRecvError::Closed) => {}
            }
            return;
        }
        let no = u8::try_from(dice.place(usize::from(n_partitions))).unwrap_or(0);
        if let Some(id) = machine.any_dead(no, dice) {
            let (channel, answer) = oneshot::channel();
            carried.concluded.remove(&id);
            carried.revived.insert(id.clone());
            machine.send(no, ToPartition::Revive(id.clone(), now, channel));
            self.asked = Some((id, answer));
        }
    }

    pub(super) fn leased(&mut self, leased: Leased) {
        self.leased = Some(leased);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.asked.is_none()
    }
}

impl Carried {
    fn conclude(&mut self, id: MessageId, event: &RowEvent) {
        let may_revive = matches!(event, RowEvent::Died(..)) && self.revived.contains(&id);
        if !may_revive && !matches!(event, RowEvent::Failed(..)) {
            self.concluded.insert(id);
        }
    }
}

impl Courier {
    pub(super) fn is_idle(&self) -> bool {
        self.jobs.is_empty()
    }

    pub(super) fn words(&self) -> String {
        format!("{:?} {:?}", self.jobs, self.doing)
    }

    /// It, or the process it lives in, died.
    pub(super) fn forget(&mut self) -> Vec<Leased> {
        self.doing = Doing::Nothing;
        self.asked = LeaseAsked::No;
        self.jobs.drain(..).collect()
    }

    pub(super) fn leased(&mut self, jobs: Vec<Leased>) {
        self.asked = LeaseAsked::No;
        self.jobs.extend(jobs);
    }

    /// Does one thing.
    pub(super) fn act(
        &mut self,
        machine: &mut Machine,
        (me, dice, tally, carried): (usize, &mut Dice, &Tally, &mut Carried),
        (now, n_partitions, phase): (Timestamp, u8, Phase),
    ) -> Result<(), String> {
        let Some(leased) = self.jobs.front().cloned() else {
            if self.asked == LeaseAsked::No {
                self.asked = LeaseAsked::Yes;
                let no = u8::try_from(dice.place(usize::from(n_partitions))).unwrap_or(0);
                machine.send(no, ToPartition::Lease(me));
            }
            return Ok(());
        };
        let (id, no) = (leased.id.clone(), leased.id.entity.partition(n_partitions));
        let doing = std::mem::take(&mut self.doing);
        self.doing = match doing {
            Doing::Nothing => match machine.row(no, (leased.next, &id)) {
                Err(_) => Doing::Nothing,
                Ok(None) => return Err(format!("message {id} was leased and is not there")),
                Ok(Some(row)) => match row.standing.clone() {
                    RowState::Ready => {
                        let (channel, answer) = oneshot::channel();
                        let claiming = Claiming { leased, row: row.clone(), at: now };
                        machine.send(no, ToPartition::Claim(claiming, channel));
                        Doing::Claiming(row, now, answer)
                    }
                    RowState::Claimed(_, data) | RowState::Untried(_, data) => {
                        hand_over((&id, data), (dice, tally, carried), row, (now, phase))?
                    }
                    RowState::Dead(..) => {
                        return Err(format!("message {id} was leased and is dead"));
                    }
                },
            },
            Doing::Claiming(row, at, mut answer) => match answer.try_recv() {
                Err(TryRecvError::Empty) => Doing::Claiming(row, at, answer),
                Ok(Answer::Claimed(Claim::Deliver(to, data))) if !to.is_empty() => {
                    let event = RowEvent::Claimed(to, data.clone(), at);
                    match row.after(&event) {
                        Some(row) => {
                            hand_over((&id, data), (dice, tally, carried), row, (now, phase))?
                        }
                        None => return Err(format!("message {id} vanished by its claim")),
                    }
                }
                Ok(Answer::Claimed(_)) => self.done(),
                Ok(Answer::DeadLetter { .. }) => self.dead(tally),
                // Given back it would be due again at once, before all others.
                Ok(Answer::Quarantined { reason }) => {
                    Doing::Concluding(row, RowEvent::Died(reason, now), None)
                }
                // Not now: somebody else, later.
                Ok(_) | Err(TryRecvError::Closed) => {
                    machine.send(no, ToPartition::Release(leased));
                    self.done()
                }
            },
            Doing::Concluding(row, event, None) => conclude(machine, (no, leased), row, event),
            Doing::Concluding(row, event, Some(mut answer)) => match answer.try_recv() {
                Err(TryRecvError::Empty) => Doing::Concluding(row, event, Some(answer)),
                Ok(Answer::Recorded) => {
                    carried.conclude(id, &event);
                    self.done()
                }
                // Nothing was handed over yet: somebody else may have claimed it, and reads it again.
                Ok(_) if !carried.contents.contains_key(&id) => {
                    machine.send(no, ToPartition::Release(leased));
                    self.done()
                }
                // Asked until it is written down.
                Ok(_) | Err(TryRecvError::Closed) => Doing::Concluding(row, event, None),
            },
        };
        Ok(())
    }

    fn dead(&mut self, tally: &Tally) -> Doing {
        tally.count(Kind::ClaimPanicked);
        self.done()
    }

    fn done(&mut self) -> Doing {
        self.jobs.pop_front();
        Doing::Nothing
    }
}

fn conclude(machine: &mut Machine, (no, leased): (u8, Leased), row: Row, event: RowEvent) -> Doing {
    let (channel, answer) = oneshot::channel();
    let concluding = Concluding { leased, row: row.clone(), event: event.clone() };
    machine.send(no, ToPartition::Conclude(concluding, channel));
    Doing::Concluding(row, event, Some(answer))
}

fn hand_over(
    (id, data): (&MessageId, String),
    (dice, tally, carried): (&mut Dice, &Tally, &mut Carried),
    row: Row,
    (now, phase): (Timestamp, Phase),
) -> Result<Doing, String> {
    if carried.concluded.contains(id) {
        return Err(format!("message {id} was handed over after its outcome was recorded"));
    }
    match carried.contents.insert(id.clone(), data.clone()) {
        Some(before) if before != data => {
            return Err(format!("message {id} said `{before}` first and then `{data}`"));
        }
        Some(_) => tally.count(Kind::MessageRepeated),
        None => {}
    }
    let event = match phase {
        Phase::Safety if dice.once_in(4) => {
            tally.count(Kind::CourierFailed);
            RowEvent::Failed("nobody home".into(), now)
        }
        Phase::Safety if dice.once_in(30) => RowEvent::Died("moved away".into(), now),
        Phase::Safety | Phase::Liveness => RowEvent::Delivered(now),
    };
    Ok(Doing::Concluding(row, event, None))
}
