//! The life of a unit: articles 6 and 7. Pure.
//!
//! ```text
//! Unknown ──Establish, FollowRules──────► Active ─Deactivate─► Deactivated
//!                                          ▲ │ ▲                 │
//!     timers, TakeLeave, FollowRules, View └─┘ └────Establish────┘
//! ```
//! Wherever it stands, its quota of extensions answers its cases ([`quota`](super::quota)).
//! Which briefs an active unit has is for the rules alone; whether it is active, for whoever commands it.
//! The whole standing × command grid is kept in `tests/tables/unit.txt`.

use duban_core::clock::Timestamp;
use duban_core::entity::{
    Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, ListKey, Listing, Timer, Timers,
};
use duban_core::outbox::{Claim, Message};
use duban_rules::book::units::Unit as Terminal;
use duban_rules::vocabulary::{UnitId, UnitKind};
use serde_json::{Value, json};

use super::leave::LEAVES_MAX;
use super::{
    ACTIVE, Active, Command, DEACTIVATED, Event, KIND, Leave, Quota, Refusal, State, Unit, Views,
    Watch, effects, quota, views,
};
use crate::brief::{Briefing, Mornings, Next};
use crate::context::Context;
use crate::refusal::{self, Common, Whose};
use crate::role::{Duty, Role, unit_of};

/// The timer at which somebody's leave ends: this, and the name.
pub(super) const LEAVE_TIMER: &str = "leave-ends/";

impl Entity for Unit {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 3;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Unit {
        let (views, quota) = (Views::default(), Quota::default());
        Unit { id: id.key.clone(), standing: State::Unknown, quota, views }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        permit(self, command, asked)?;
        let event = match (&self.standing, command) {
            // Whether it takes cases or not: those it has may be extended.
            (_, Command::Reserve(booking)) => quota::reserve(&self.quota, booking, asked.at, cx),
            (_, Command::Settle { case, no, became }) => {
                Event::Settled { case: case.clone(), no: *no, became: *became }
            }
            (_, Command::Release { case, no }) => Event::Released { case: case.clone(), no: *no },

            (State::Unknown | State::Deactivated, Command::Establish)
            | (State::Unknown, Command::FollowRules) => {
                in_rules(self, cx)?;
                let mornings = mornings(self, cx);
                let next = mornings.map_or(Next::Never, |m| m.after(asked.at));
                let watched = views::rescheduled(self, asked.at, cx);
                return Ok([Event::Established { next }].into_iter().chain(watched).collect());
            }
            (State::Unknown, _) => return Err(Refusal::NotEstablished),

            (State::Active(active), Command::Establish) => {
                in_rules(self, cx)?;
                return active.rescheduled(self, asked.at, cx);
            }
            // Whoever has left the rules has no further brief.
            (State::Active(active), Command::FollowRules) => {
                return active.rescheduled(self, asked.at, cx);
            }
            (State::Active(active), Command::View { seen }) => {
                return views::decide((self, active), seen, asked, cx);
            }
            (State::Active(active), Command::TakeLeave { name, from, until, deputy }) => {
                let (from, deputy) =
                    (from.map_or(asked.at, |from| from.max(asked.at)), deputy.as_deref());
                let terminal = terminal(self, cx)?;
                let leave = leave(terminal, (name, deputy), (from, *until), asked.at)?;
                let others = active.leaves.iter().filter(|other| other.name == leave.name);
                if others.filter(|other| other.beside(&leave).is_some()).count() >= LEAVES_MAX {
                    return Err(Refusal::TooManyLeaves { name: name.clone(), most: LEAVES_MAX });
                }
                Event::LeaveTaken(leave)
            }
            (State::Active(active), Command::EndLeave { name })
                if active.next_leave_of(name).is_some() =>
            {
                Event::LeaveEnded { name: name.clone() }
            }
            (State::Active(_), Command::EndLeave { name }) => {
                return Err(Refusal::NotOnLeave { name: name.clone() });
            }
            (State::Active(_), Command::Deactivate { open_cases: open @ 1.., as_of, .. }) => {
                return Err(Refusal::OpenCases { open_cases: *open, as_of: *as_of });
            }
            (State::Active(_), Command::Deactivate { reason, .. }) => {
                Event::Deactivated { reason: refusal::reason(reason)? }
            }

            (State::Deactivated, _) => return Err(Refusal::AlreadyDeactivated),
        };
        Ok(vec![event])
    }

    fn fired(&self, fired: &Fired, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Corrupt> {
        let event = match &self.standing {
            State::Active(active) => active.fire(self, fired, asked, cx),
            State::Unknown | State::Deactivated => None,
        };
        event.map(|event| vec![event]).ok_or_else(|| Corrupt::unarmed(fired))
    }

    fn evolve(mut self, event: &Event) -> Result<Unit, Corrupt> {
        if quota::evolve(&mut self.quota, event).is_some() {
            return Ok(self);
        }
        let Unit { id, standing, views, quota } = self;
        let standing = match (standing, event) {
            (State::Unknown | State::Deactivated, Event::Established { next }) => {
                State::Active(Active { briefing: Briefing::from(*next), leaves: Vec::new() })
            }
            (State::Active(active), Event::Rescheduled { next }) => {
                let briefing = Briefing { next: *next, ..active.briefing };
                State::Active(Active { briefing, ..active })
            }
            (State::Active(active), Event::BriefDue(settled)) => {
                State::Active(Active { briefing: Briefing::after(settled), ..active })
            }
            (State::Active(active), Event::LeaveTaken(leave)) => {
                let mut active = active;
                let (theirs, others): (Vec<Leave>, Vec<Leave>) =
                    active.leaves.into_iter().partition(|other| other.name == leave.name);
                active.leaves = others;
                active.leaves.extend(theirs.iter().filter_map(|other| other.beside(leave)));
                active.leaves.push(leave.clone());
                State::Active(active)
            }
            (State::Active(active), Event::LeaveEnded { name }) => {
                State::Active(active.without_next_leave_of(name))
            }
            (State::Active(_), Event::Deactivated { .. }) => {
                let views = views.waiting_for(Watch::Off);
                return Ok(Unit { id, standing: State::Deactivated, quota, views });
            }
            (active @ State::Active(_), event) => {
                let views = views.after(event)?;
                return Ok(Unit { id, standing: active, quota, views });
            }

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(Unit { id, standing, quota, views })
    }

    fn timers(&self) -> Timers {
        let State::Active(active) = &self.standing else { return Timers::default() };
        // Of a person the one that ends next: the others are waited for when it has.
        let next = |leave: &&Leave| active.next_leave_of(&leave.name) == Some(leave);
        let leaves = active.leaves.iter().filter(next).map(|leave| Timer {
            name: format!("{LEAVE_TIMER}{}", leave.name).into(),
            due: leave.until,
            reason: "请假期满(第七条)".into(),
        });
        let views = self.views.watch.timer();
        Timers(active.briefing.next.timer().into_iter().chain(views).chain(leaves).collect())
    }

    fn listing(&self) -> Listing {
        let list = match self.standing {
            State::Unknown => return Listing::default(),
            State::Active(_) => ACTIVE,
            State::Deactivated => DEACTIVATED,
        };
        Listing(vec![ListKey { list, order: self.id.clone() }])
    }

    fn effects(&self, event: &Event, cx: &Context) -> Vec<Effect> {
        effects::effects(self, event, cx)
    }

    fn claim(&self, message: &Message, at: Timestamp, cx: &Context) -> Claim {
        effects::claim(self, message, at, cx)
    }

    fn view(&self) -> Value {
        match &self.standing {
            State::Unknown => json!({ "unit": self.id, "standing": "unknown" }),
            State::Active(active) => json!({
                "unit": self.id,
                "standing": "active",
                "next_brief": active.briefing.next,
                "last_brief": active.briefing.last,
                "leaves": active.leaves_by_beginning(),
                "next_view": self.views.watch,
            }),
            State::Deactivated => json!({ "unit": self.id, "standing": "deactivated" }),
        }
    }
}

impl Active {
    /// Those that run, then those that are planned.
    fn leaves_by_beginning(&self) -> Vec<&Leave> {
        let mut leaves: Vec<_> = self.leaves.iter().collect();
        leaves.sort_by_key(|leave| leave.from);
        leaves
    }

    /// The leave of `name` that ends next, whether it has begun or not.
    fn next_leave_of(&self, name: &str) -> Option<&Leave> {
        self.leaves.iter().filter(|leave| leave.name == name).min_by_key(|leave| leave.until)
    }

    fn without_next_leave_of(mut self, name: &str) -> Active {
        if let Some(next) = self.next_leave_of(name).cloned() {
            self.leaves.retain(|leave| *leave != next);
        }
        self
    }

    /// What `fired` brings; none when it is no timer of the unit's.
    fn fire(&self, unit: &Unit, fired: &Fired, asked: &Asked, cx: &Context) -> Option<Event> {
        if let Some(name) = fired.name.strip_prefix(LEAVE_TIMER) {
            let ends = self.next_leave_of(name).is_some_and(|leave| leave.until == fired.due);
            return ends.then(|| Event::LeaveEnded { name: name.into() });
        }
        if let Some(event) = views::fired((unit, self), fired, asked.at, cx) {
            return Some(event);
        }
        let mut settled = self.briefing.fired(fired, &scheduled(cx), asked.at)?;
        // Whoever has left the rules gets no further brief; the slot itself is settled all the same.
        if briefed(unit, cx).is_none() {
            settled.next = Next::Never;
        }
        Some(Event::BriefDue(settled))
    }

    /// What changes by the rules and accounts of now: its briefs, whose views are waited for.
    fn rescheduled(
        &self,
        unit: &Unit,
        now: Timestamp,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let next = self.briefing.rescheduled(mornings(unit, cx).as_ref(), now);
        let brief = next.map(|next| Event::Rescheduled { next });
        let events: Vec<Event> =
            brief.into_iter().chain(views::rescheduled(unit, now, cx)).collect();
        if events.is_empty() { Err(Refusal::AlreadyEstablished) } else { Ok(events) }
    }
}

fn permit(unit: &Unit, command: &Command, asked: &Asked) -> Result<(), Common> {
    match command {
        Command::Establish | Command::FollowRules | Command::Deactivate { .. } => {
            refusal::permit(asked, Duty::Administer)
        }
        Command::Reserve(_) | Command::Settle { .. } | Command::Release { .. } => {
            refusal::permit(asked, Duty::Answer)
        }
        // A unit says itself who is away, or the desk on its behalf (article 7).
        Command::TakeLeave { .. } | Command::EndLeave { .. } => {
            let own = unit_of(asked) == Some(unit.id.as_str());
            let whose = if own { Whose::TheirOwn } else { Whose::Anothers };
            let roles = &[Role::UnitHead, Role::UnitStaff, Role::Dispatcher, Role::DutyChief];
            refusal::permit_own(asked, Duty::Administer, roles, whose)
        }
        // Who looks for whom is told by leaves, which only a unit at work has.
        Command::View { .. } => Ok(()),
    }
}

fn leave(
    terminal: &Terminal,
    (name, deputy): (&str, Option<&str>),
    (from, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Leave, Refusal> {
    let person = |name: &str| terminal.contacts.iter().find(|contact| contact.name == name);
    let away = person(name).ok_or_else(|| Refusal::UnknownPerson { name: name.into() })?;
    if until <= now {
        return Err(Refusal::LeaveInThePast { until });
    }
    if until <= from {
        return Err(Refusal::LeaveBackwards { from, until });
    }
    let deputy =
        deputy.or(away.deputy.as_deref()).ok_or_else(|| Refusal::NoDeputy { name: name.into() })?;
    if deputy == name {
        return Err(Refusal::OwnDeputy { name: name.into() });
    }
    person(deputy).ok_or_else(|| Refusal::UnknownPerson { name: deputy.into() })?;
    Ok(Leave { name: name.into(), deputy: deputy.into(), until, from })
}

fn terminal<'a>(unit: &Unit, cx: &'a Context) -> Result<&'a Terminal, Refusal> {
    cx.rules.units.get(&UnitId::new(&unit.id)).ok_or(Refusal::NotInRules)
}

/// The unit must be in the rules, and active there.
fn in_rules(unit: &Unit, cx: &Context) -> Result<(), Refusal> {
    if terminal(unit, cx)?.active { Ok(()) } else { Err(Refusal::InactiveInRules) }
}

/// The unit as the rules describe it, if they give it a brief: a frontage steward is one person with one house (article
/// 9), and whoever is inactive or gone has nothing to do.
pub(super) fn briefed<'a>(unit: &Unit, cx: &'a Context) -> Option<&'a Terminal> {
    let terminal = terminal(unit, cx).ok()?;
    let is_briefed = match terminal.kind {
        UnitKind::Department(_) => terminal.active,
        UnitKind::FrontageSteward => false,
    };
    is_briefed.then_some(terminal)
}

/// The unit's mornings; none when it has no brief.
fn mornings(unit: &Unit, cx: &Context) -> Option<Mornings> {
    briefed(unit, cx).map(|_| scheduled(cx))
}

fn scheduled(cx: &Context) -> Mornings {
    Mornings::new(&cx.rules.notices.brief_unit, &cx.rules.calendar)
}
