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
use duban_rules::vocabulary::{CollectorId, GridId};
use serde_json::{Value, json};

use super::{
    Carried, Collector, Command, DISMISSED, Event, Hindrance, KIND, OFF_DUTY, ON_DUTY, ON_LEAVE,
    Refusal, Round, Standing, TASKS_MAX, Task, effects,
};
use crate::context::Context;
use crate::refusal::{self, Common, Whose};
use crate::role::{Duty, Role, role_of};
use crate::tells::CaseId;

pub(super) const LEAVE_TIMER: &str = "leave-ends";

impl Entity for Collector {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 2;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Collector {
        Collector { id: id.key.clone(), standing: Standing::Unknown }
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
            Command::Appoint { grids } => self.standing.appoint(grids, cx),
            Command::Dismiss { reason } => self.standing.dismiss(reason),
            Command::SignOn | Command::SignOff | Command::TakeLeave { .. } | Command::EndLeave => {
                self.standing.shift(command, asked.at)
            }
        }
    }

    fn fired(&self, fired: &Fired, _: &Asked, _: &Context) -> Result<Vec<Event>, Corrupt> {
        match &self.standing {
            Standing::OnLeave(_, until) if fired.name == LEAVE_TIMER && fired.due == *until => {
                Ok(vec![Event::LeaveEnded])
            }
            Standing::Unknown
            | Standing::OffDuty(_)
            | Standing::OnDuty(_)
            | Standing::OnLeave(..)
            | Standing::Dismissed => Err(Corrupt::unarmed(fired)),
        }
    }

    fn evolve(self, event: &Event) -> Result<Collector, Corrupt> {
        let standing = match (self.standing, event) {
            (Standing::Unknown | Standing::Dismissed, Event::Appointed { grids }) => {
                Standing::OffDuty(Round { grids: grids.clone(), tasks: Vec::new() })
            }
            (standing, Event::Appointed { grids }) => standing.with(|round| {
                round.grids.clone_from(grids);
            }),
            (Standing::OffDuty(round), Event::SignedOn) => Standing::OnDuty(round),
            (Standing::OnDuty(round), Event::SignedOff) => Standing::OffDuty(round),
            (Standing::OffDuty(round) | Standing::OnDuty(round), Event::LeaveTaken { until }) => {
                Standing::OnLeave(round, *until)
            }
            (Standing::OnLeave(round, _), Event::LeaveEnded) => Standing::OffDuty(round),
            (standing @ (Standing::OffDuty(_) | Standing::OnDuty(_)), Event::Entrusted(task)) => {
                standing.with(|round| {
                    round.drop_task(&task.case);
                    round.tasks.push(Carried { case: task.case.clone(), task: task.task });
                })
            }
            (standing, Event::PassedOn { case, .. } | Event::Released { case }) => {
                standing.with(|round| round.drop_task(case))
            }
            (
                Standing::OffDuty(_) | Standing::OnDuty(_) | Standing::OnLeave(..),
                Event::Dismissed { .. },
            ) => Standing::Dismissed,

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(Collector { standing, ..self })
    }

    fn timers(&self) -> Timers {
        match &self.standing {
            Standing::OnLeave(_, until) => Timers(vec![Timer {
                name: LEAVE_TIMER.into(),
                due: *until,
                reason: "请假期满(第十条)".into(),
            }]),
            Standing::Unknown
            | Standing::OffDuty(_)
            | Standing::OnDuty(_)
            | Standing::Dismissed => Timers::default(),
        }
    }

    fn listing(&self) -> Listing {
        let list = match self.standing {
            Standing::Unknown => return Listing::default(),
            Standing::OnDuty(_) => ON_DUTY,
            Standing::OffDuty(_) => OFF_DUTY,
            Standing::OnLeave(..) => ON_LEAVE,
            Standing::Dismissed => DISMISSED,
        };
        Listing(vec![ListKey { list, order: self.id.clone() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(&self.id, event)
    }

    fn view(&self) -> Value {
        let mut view = json!({ "collector": self.id, "standing": self.standing.name() });
        if let (Some(round), Some(view)) = (self.standing.round(), view.as_object_mut()) {
            view.insert("grids".into(), json!(round.grids));
            view.insert("tasks".into(), json!(round.tasks));
        }
        if let (Standing::OnLeave(_, until), Some(view)) = (&self.standing, view.as_object_mut()) {
            view.insert("until".into(), json!(until));
        }
        view
    }
}

impl Collector {
    fn entrust(&self, task: &Task, cx: &Context) -> Vec<Event> {
        let passed_on =
            |reason| vec![Event::PassedOn { case: task.case.clone(), task: task.task, reason }];
        match &self.standing {
            // Whom the rules name is a collector, also before anybody has set up their account.
            Standing::Unknown => match cx.rules.grid.collector(&CollectorId::new(&self.id)) {
                Some(entry) => {
                    let grids = entry.grids.clone();
                    vec![Event::Appointed { grids }, Event::Entrusted(task.clone())]
                }
                None => passed_on(Hindrance::NotAppointed),
            },
            Standing::Dismissed => passed_on(Hindrance::NotAppointed),
            Standing::OnLeave(..) => passed_on(Hindrance::OnLeave),
            Standing::OffDuty(round) | Standing::OnDuty(round) if !round.has_room(&task.case) => {
                passed_on(Hindrance::TooMany)
            }
            Standing::OffDuty(_) | Standing::OnDuty(_) => vec![Event::Entrusted(task.clone())],
        }
    }
}

impl Standing {
    /// What they look after; none for whoever is no collector.
    pub fn round(&self) -> Option<&Round> {
        match self {
            Standing::Unknown | Standing::Dismissed => None,
            Standing::OffDuty(round) | Standing::OnDuty(round) | Standing::OnLeave(round, _) => {
                Some(round)
            }
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Round)) -> Standing {
        match &mut self {
            Standing::Unknown | Standing::Dismissed => {}
            Standing::OffDuty(round) | Standing::OnDuty(round) | Standing::OnLeave(round, _) => {
                change(round);
            }
        }
        self
    }

    fn appoint(&self, grids: &[GridId], cx: &Context) -> Result<Vec<Event>, Refusal> {
        if grids.is_empty() {
            return Err(Refusal::NoGrid);
        }
        if let Some(grid) = grids.iter().find(|grid| cx.rules.grid.grid(grid).is_none()) {
            return Err(Refusal::UnknownGrid { grid: grid.clone() });
        }
        match self.round() {
            Some(round) if round.grids == grids => Err(Refusal::AlreadyAppointed),
            _ => Ok(vec![Event::Appointed { grids: grids.to_vec() }]),
        }
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
            (Standing::Unknown | Standing::Dismissed, _) => Err(Refusal::NotAppointed),

            (Standing::OffDuty(_), Command::SignOn) => Ok(vec![Event::SignedOn]),
            (Standing::OnDuty(_), Command::SignOff) => Ok(vec![Event::SignedOff]),
            (_, Command::TakeLeave { until }) if *until <= now => {
                Err(Refusal::LeaveInThePast { until: *until })
            }
            (Standing::OffDuty(round) | Standing::OnDuty(round), Command::TakeLeave { until }) => {
                let taken = Event::LeaveTaken { until: *until };
                Ok([taken].into_iter().chain(round.pass_all_on(Hindrance::OnLeave)).collect())
            }
            (Standing::OnLeave(..), Command::EndLeave) => Ok(vec![Event::LeaveEnded]),

            (Standing::OnLeave(_, until), _) => Err(Refusal::OnLeave { until: *until }),
            (_, Command::EndLeave) => Err(Refusal::NotOnLeave),
            (Standing::OnDuty(_), _) => Err(Refusal::AlreadyOnDuty),
            (Standing::OffDuty(_), _) => Err(Refusal::NotOnDuty),
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
        Command::Appoint { .. } | Command::Dismiss { .. } => {
            refusal::permit(asked, Duty::Administer)
        }
        // The duty chief keeps the roster; a collector speaks for nobody else.
        Command::SignOn | Command::SignOff | Command::TakeLeave { .. } | Command::EndLeave => {
            let keeps_the_roster = role_of(asked) == Some(Role::DutyChief);
            let own = keeps_the_roster || asked.by == collector.id;
            let whose = if own { Whose::TheirOwn } else { Whose::Anothers };
            let roles = &[Role::DutyChief, Role::Collector];
            refusal::permit_own(asked, Duty::Administer, roles, whose)
        }
        Command::Entrust(_) | Command::Release { .. } => refusal::permit(asked, Duty::Answer),
    }
}
