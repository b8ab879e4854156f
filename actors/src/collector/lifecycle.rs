//! The life of a collector: articles 10 and 17. Pure.
//!
//! ```text
//! Unknown ─Appoint─► OffDuty ◄─SignOn, SignOff─► OnDuty
//!                      ▲ └─────TakeLeave──┬────────┘
//!                      └──leave ends── OnLeave           each ─Dismiss─► Dismissed ─Appoint─► OffDuty
//! ```
//! The whole standing × command grid is kept in `tests/tables/collector.txt`.

use duban_core::clock::Timestamp;
use duban_core::entity::{
    Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, ListKey, Listing, Timer, Timers,
};
use duban_rules::vocabulary::CollectorId;
use serde_json::{Value, json};

use super::{
    Carried, Collector, Command, DISMISSED, Event, Hindrance, KIND, OFF_DUTY, ON_DUTY, ON_LEAVE,
    Refusal, Round, State, TASKS_MAX, Task, effects,
};
use crate::context::Context;
use crate::refusal::{self, Common, Whose};
use crate::role::{Duty, Role, collector_of, role_of};
use crate::tells::CaseId;

pub(super) const LEAVE_TIMER: &str = "leave-ends";

/// They are a collector; which grids are theirs, the rules say.
const APPOINTED: Event = Event::Appointed { grids: Vec::new() };

impl Entity for Collector {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 3;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Collector {
        Collector { id: id.key.clone(), standing: State::Unknown }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        permit(self, command, asked)?;
        match command {
            Command::Entrust(task) => Ok(self.entrust(task, cx)),
            // Released twice is released: the case need not know what its collector remembers.
            Command::Release { case } => Ok(vec![Event::Released { case: case.clone() }]),
            Command::Appoint => self.appoint(cx),
            Command::Dismiss { reason } => self.standing.dismiss(reason),
            Command::SignOn | Command::SignOff | Command::TakeLeave { .. } | Command::EndLeave => {
                self.standing.shift(command, asked.at)
            }
        }
    }

    fn fired(&self, fired: &Fired, _: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        match &self.standing {
            State::OnLeave(_, until) if fired.name == LEAVE_TIMER && fired.due == *until => {
                Ok(vec![Event::LeaveEnded])
            }
            State::Unknown
            | State::OffDuty(_)
            | State::OnDuty(_)
            | State::OnLeave(..)
            | State::Dismissed => Err(Corrupt::unarmed(fired)),
        }
    }

    fn evolve(self, event: &Event) -> Result<Collector, Corrupt> {
        let standing = match (self.standing, event) {
            (State::Unknown | State::Dismissed, Event::Appointed { .. }) => {
                State::OffDuty(Round::default())
            }
            // They were to look after other grids, when whoever appointed them said which.
            (standing, Event::Appointed { .. }) => standing,
            (State::OffDuty(round), Event::SignedOn) => State::OnDuty(round),
            (State::OnDuty(round), Event::SignedOff) => State::OffDuty(round),
            (State::OffDuty(round) | State::OnDuty(round), Event::LeaveTaken { until }) => {
                State::OnLeave(round, *until)
            }
            (State::OnLeave(round, _), Event::LeaveEnded) => State::OffDuty(round),
            (standing @ (State::OffDuty(_) | State::OnDuty(_)), Event::Entrusted(task)) => standing
                .with(|round| {
                    round.drop_task(&task.case);
                    round.tasks.push(Carried { case: task.case.clone(), task: task.task });
                }),
            (standing, Event::PassedOn { case, .. } | Event::Released { case }) => {
                standing.with(|round| round.drop_task(case))
            }
            (
                State::OffDuty(_) | State::OnDuty(_) | State::OnLeave(..),
                Event::Dismissed { .. },
            ) => State::Dismissed,

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(Collector { standing, ..self })
    }

    fn timers(&self) -> Timers {
        match &self.standing {
            State::OnLeave(_, until) => Timers(vec![Timer {
                name: LEAVE_TIMER.into(),
                due: *until,
                reason: "请假期满(第十条)".into(),
            }]),
            State::Unknown | State::OffDuty(_) | State::OnDuty(_) | State::Dismissed => {
                Timers::default()
            }
        }
    }

    fn listing(&self) -> Listing {
        let list = match self.standing {
            State::Unknown => return Listing::default(),
            State::OnDuty(_) => ON_DUTY,
            State::OffDuty(_) => OFF_DUTY,
            State::OnLeave(..) => ON_LEAVE,
            State::Dismissed => DISMISSED,
        };
        Listing(vec![ListKey { list, order: self.id.clone() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(&self.id, event)
    }

    fn view(&self) -> Value {
        let mut view = json!({ "collector": self.id, "standing": self.standing.name() });
        if let (Some(round), Some(view)) = (self.standing.round(), view.as_object_mut()) {
            view.insert("tasks".into(), json!(round.tasks));
        }
        if let (State::OnLeave(_, until), Some(view)) = (&self.standing, view.as_object_mut()) {
            view.insert("until".into(), json!(until));
        }
        view
    }
}

impl Collector {
    fn is_in_rules(&self, cx: &Context) -> bool {
        cx.rules.grid.collector(&CollectorId::new(&self.id)).is_some()
    }

    /// Whom the rules post to a grid, and nobody else (article 10).
    fn appoint(&self, cx: &Context) -> Result<Vec<Event>, Refusal> {
        if !self.is_in_rules(cx) {
            return Err(Refusal::NotInRules);
        }
        match self.standing {
            State::Unknown | State::Dismissed => Ok(vec![APPOINTED]),
            State::OffDuty(_) | State::OnDuty(_) | State::OnLeave(..) => {
                Err(Refusal::AlreadyAppointed)
            }
        }
    }

    fn entrust(&self, task: &Task, cx: &Context) -> Vec<Event> {
        let passed_on =
            |reason| vec![Event::PassedOn { case: task.case.clone(), task: task.task, reason }];
        match &self.standing {
            // Whom the rules name is a collector, also before anybody has set up their account.
            State::Unknown if self.is_in_rules(cx) => {
                vec![APPOINTED, Event::Entrusted(task.clone())]
            }
            State::Unknown | State::Dismissed => passed_on(Hindrance::NotAppointed),
            State::OnLeave(..) => passed_on(Hindrance::OnLeave),
            State::OffDuty(round) | State::OnDuty(round) if !round.has_room(&task.case) => {
                passed_on(Hindrance::TooMany)
            }
            State::OffDuty(_) | State::OnDuty(_) => vec![Event::Entrusted(task.clone())],
        }
    }
}

impl State {
    /// What they look after; none for whoever is no collector.
    pub fn round(&self) -> Option<&Round> {
        match self {
            State::Unknown | State::Dismissed => None,
            State::OffDuty(round) | State::OnDuty(round) | State::OnLeave(round, _) => Some(round),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Round)) -> State {
        match &mut self {
            State::Unknown | State::Dismissed => {}
            State::OffDuty(round) | State::OnDuty(round) | State::OnLeave(round, _) => {
                change(round);
            }
        }
        self
    }

    fn dismiss(&self, reason: &str) -> Result<Vec<Event>, Refusal> {
        let round = self.round().ok_or(Refusal::NotAppointed)?;
        let reason = refusal::reason(reason)?;
        let passed_on = round.pass_all_on(Hindrance::NotAppointed);
        let dismissed = Event::Dismissed { reason };
        Ok(passed_on.chain([dismissed]).collect())
    }

    fn shift(&self, command: &Command, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (State::Unknown | State::Dismissed, _) => Err(Refusal::NotAppointed),

            (State::OffDuty(_), Command::SignOn) => Ok(vec![Event::SignedOn]),
            (State::OnDuty(_), Command::SignOff) => Ok(vec![Event::SignedOff]),
            (_, Command::TakeLeave { until }) if *until <= now => {
                Err(Refusal::LeaveInThePast { until: *until })
            }
            (State::OffDuty(round) | State::OnDuty(round), Command::TakeLeave { until }) => {
                let taken = Event::LeaveTaken { until: *until };
                Ok([taken].into_iter().chain(round.pass_all_on(Hindrance::OnLeave)).collect())
            }
            (State::OnLeave(..), Command::EndLeave) => Ok(vec![Event::LeaveEnded]),

            (State::OnLeave(_, until), _) => Err(Refusal::OnLeave { until: *until }),
            (_, Command::EndLeave) => Err(Refusal::NotOnLeave),
            (State::OnDuty(_), _) => Err(Refusal::AlreadyOnDuty),
            (State::OffDuty(_), _) => Err(Refusal::NotOnDuty),
        }
    }
}

impl Round {
    fn has_room(&self, case: &CaseId) -> bool {
        self.tasks.len() < TASKS_MAX || self.tasks.iter().any(|task| task.case == *case)
    }

    fn drop_task(&mut self, case: &CaseId) {
        self.tasks.retain(|task| task.case != *case);
    }

    fn pass_all_on(&self, reason: Hindrance) -> impl Iterator<Item = Event> {
        self.tasks.iter().map(move |task| Event::PassedOn {
            case: task.case.clone(),
            task: task.task,
            reason,
        })
    }
}

fn permit(collector: &Collector, command: &Command, asked: &Asked) -> Result<(), Common> {
    match command {
        Command::Appoint | Command::Dismiss { .. } => refusal::permit(asked, Duty::Administer),
        // The duty chief keeps the roster; a collector speaks for nobody else.
        Command::SignOn | Command::SignOff | Command::TakeLeave { .. } | Command::EndLeave => {
            let keeps_the_roster = role_of(asked) == Some(Role::DutyChief);
            let own = keeps_the_roster || collector_of(asked) == Some(collector.id.as_str());
            let whose = if own { Whose::TheirOwn } else { Whose::Anothers };
            let roles = &[Role::DutyChief, Role::Collector];
            refusal::permit_own(asked, Duty::Administer, roles, whose)
        }
        Command::Entrust(_) | Command::Release { .. } => refusal::permit(asked, Duty::Answer),
    }
}
