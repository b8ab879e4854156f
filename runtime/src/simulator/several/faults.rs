//! What goes wrong, how often, and what is done then.

use std::sync::PoisonError;

use super::Happening;
use super::line::Condition as LineCondition;
use super::world::{Turn, World};
use crate::cluster::model::Condition;
use crate::cluster::tenancy::Course;
use crate::simulator::clients::Phase;
use crate::simulator::dice::Dice;

/// Something that goes wrong, and what ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Kill,
    Pause,
    Leave,
    CutLine,
    MendLine(usize),
    HoldBack,
    LoseAnswers,
    TroubleLog,
    MendLog,
    RestartLog,
    SetLogBack,
}

impl Fault {
    /// Those that come by themselves.
    pub(super) const ALL: [Fault; 9] = [
        Fault::Kill,
        Fault::Pause,
        Fault::Leave,
        Fault::CutLine,
        Fault::HoldBack,
        Fault::LoseAnswers,
        Fault::TroubleLog,
        Fault::RestartLog,
        Fault::SetLogBack,
    ];
}

/// How often each comes, in milliseconds between two; 0 for never.
#[expect(clippy::struct_field_names, reason = "each is a span, in this unit")]
#[derive(Clone, Copy, Debug)]
pub(super) struct FaultPlan {
    kill_ms: u64,
    pause_ms: u64,
    leave_ms: u64,
    cut_ms: u64,
    hold_back_ms: u64,
    lose_ms: u64,
    trouble_ms: u64,
    restart_ms: u64,
    back_ms: u64,
    /// How long a process that ended stays down at most.
    pub(super) down_ms: u64,
    /// How long a group takes to be sent.
    pub(super) commit_ms: u64,
    /// Between two looks of the mirror.
    pub(super) mirror_ms: u64,
}

impl FaultPlan {
    pub(super) fn any(dice: &mut Dice) -> FaultPlan {
        let mut maybe = |from, to| if dice.once_in(2) { dice.between(from, to) } else { 0 };
        FaultPlan {
            kill_ms: maybe(3_000, 20_000),
            pause_ms: maybe(3_000, 15_000),
            leave_ms: maybe(5_000, 25_000),
            cut_ms: maybe(2_000, 15_000),
            hold_back_ms: maybe(500, 5_000),
            lose_ms: maybe(500, 5_000),
            trouble_ms: maybe(4_000, 20_000),
            restart_ms: maybe(4_000, 20_000),
            back_ms: maybe(5_000, 25_000),
            down_ms: 200 + maybe(1, 12_000),
            commit_ms: 8 + maybe(1, 400),
            mirror_ms: 10 + maybe(1, 300),
        }
    }

    /// Nothing goes wrong.
    pub(super) fn none() -> FaultPlan {
        FaultPlan {
            kill_ms: 0,
            pause_ms: 0,
            leave_ms: 0,
            cut_ms: 0,
            hold_back_ms: 0,
            lose_ms: 0,
            trouble_ms: 0,
            restart_ms: 0,
            back_ms: 0,
            down_ms: 200,
            commit_ms: 8,
            mirror_ms: 20,
        }
    }

    fn between_two(&self, fault: Fault) -> u64 {
        match fault {
            Fault::Kill => self.kill_ms,
            Fault::Pause => self.pause_ms,
            Fault::Leave => self.leave_ms,
            Fault::CutLine => self.cut_ms,
            Fault::HoldBack => self.hold_back_ms,
            Fault::LoseAnswers => self.lose_ms,
            Fault::TroubleLog => self.trouble_ms,
            Fault::RestartLog => self.restart_ms,
            Fault::SetLogBack => self.back_ms,
            Fault::MendLine(_) | Fault::MendLog => 0,
        }
    }
}

impl World {
    /// The next one of this kind is planned, if it ever comes.
    pub(super) fn again(&mut self, fault: Fault) {
        let most_ms = self.plan.between_two(fault);
        if most_ms > 0 {
            self.within(most_ms, Turn::Fault(fault));
        }
    }

    pub(super) fn strike(&mut self, fault: Fault) -> Result<(), String> {
        if self.phase == Phase::Liveness {
            return Ok(());
        }
        let n = self.dice.place(self.nodes.len());
        match fault {
            Fault::Kill => self.stop(n, Happening::Killed)?,
            Fault::Pause => {
                let until_ms = self.now_ms + self.dice.between(500, 15_000);
                if let Some(node) = self.nodes.get_mut(n) {
                    node.asleep_until_ms = until_ms;
                    self.happened.count(Happening::Paused);
                }
            }
            Fault::Leave => {
                if let Some(node) = self.nodes.get_mut(n) {
                    node.course = Course::Drains;
                }
            }
            Fault::CutLine => {
                let (condition, what) = if self.dice.once_in(2) {
                    (LineCondition::ToLogCut, Happening::ToLogCut)
                } else {
                    (LineCondition::FromLogCut, Happening::FromLogCut)
                };
                self.happened.count(what);
                self.set_line(n, condition);
                self.within(10_000, Turn::Fault(Fault::MendLine(n)));
            }
            Fault::MendLine(n) => self.set_line(n, LineCondition::Whole),
            Fault::HoldBack => {
                if let Some(node) = self.nodes.get(n) {
                    let mut line = node.line.lock().unwrap_or_else(PoisonError::into_inner);
                    line.hold_back_next();
                }
                self.release_late(n);
            }
            Fault::LoseAnswers => {
                let answers = u32::try_from(self.dice.between(1, 4)).unwrap_or(1);
                self.model().lose_answers(answers);
                self.happened.count(Happening::AnswersLost);
            }
            Fault::TroubleLog => {
                let (condition, what) = if self.dice.once_in(2) {
                    (Condition::Away, Happening::LogAway)
                } else {
                    (Condition::Full, Happening::LogFull)
                };
                self.model().set_condition(condition);
                self.happened.count(what);
                self.within(6_000, Turn::Fault(Fault::MendLog));
            }
            Fault::MendLog => self.model().set_condition(Condition::Well),
            Fault::RestartLog => {
                let run = format!("run {}", self.now_ms);
                self.model().restart(&run);
                self.happened.count(Happening::LogRestarted);
            }
            Fault::SetLogBack => {
                self.log_back_ms += self.dice.between(1, 30_000);
                self.watcher.log_set_back(self.now_ms);
                self.happened.count(Happening::LogClockBack);
            }
        }
        self.again(fault);
        Ok(())
    }

    fn set_line(&mut self, n: usize, condition: LineCondition) {
        if let Some(node) = self.nodes.get(n) {
            node.line.lock().unwrap_or_else(PoisonError::into_inner).become_(condition);
        }
    }

    /// What was held back until now sets out at last.
    fn release_late(&mut self, n: usize) {
        let late = self
            .nodes
            .get(n)
            .and_then(|node| node.line.lock().unwrap_or_else(PoisonError::into_inner).take_late());
        if let Some(late) = late {
            self.within(3_000, Turn::Late(late));
        }
    }
}
