//! The life of a meeting of the committee: articles 4, 5 and 19. Pure.
//!
//! ```text
//!             Propose            Call            Hold           Minute
//! Unproposed ────────► Proposed ───────► Called ──────► Held ─────────► Minuted
//!                          │             │ ▲ │           │ ▲
//!                          │             └─┘ │           └─┘ Decide, each item once
//!                          │ Cancel,    Call │ Cancel,
//!                          │ Withdraw        │ Withdraw
//!                          └──────► Cancelled ◄
//! ```
//! What the case says of itself is taken in wherever the meeting stands: it may come late. The whole standing × command
//! grid is kept in `tests/tables/meeting.txt`.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{
    Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, ListKey, Listing, Timer, Timers,
};
use duban_core::outbox::{Claim, Message};
use duban_rules::deadline::due;
use duban_rules::line;
use duban_rules::vocabulary::{LimitUnit, Recipient, TimeLimit, UnitId};
use serde_json::{Value, json};

use super::{
    Answer, Call, Command, DONE, Event, INVITED_MAX, Item, KIND, Meeting, Minutes, OPEN, Refusal,
    Sitting, Standing, State, Waiting, effects, invited,
};
use crate::context::Context;
use crate::findings::{Determination, HELPERS_MAX};
use crate::refusal::{Whose, permit, permit_own, reason};
use crate::role::{Duty, Role};
use crate::tells::CaseId;

/// The timer of the head's next reminder.
const HEAD: &str = "head";
/// The timer of the chair's.
const CHAIR: &str = "chair";
/// How long whatever is to be done after the meeting may take before the head is reminded, and how often that is.
const A_DAY: TimeLimit = TimeLimit::new(1_000, LimitUnit::WorkDay);

impl Entity for Meeting {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 1;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Meeting {
        Meeting { no: id.key.clone(), agenda: Vec::new(), standing: State::Unproposed }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let (at, by) = (asked.at, || asked.by.clone());
        permitted(self, command, asked)?;
        let event = match (&self.standing, command) {
            (State::Unproposed, Command::Propose(motion)) => {
                let rule = cx.rules.officials.meetings;
                let chair = Some(after(rule.held_within, at, cx));
                let waiting = Waiting { head: after(rule.called_within, at, cx), chair };
                Event::Proposed { at, motion: motion.clone(), waiting }
            }
            // The case may say it late, and once said it is on record.
            (_, Command::Withdraw { case }) => Event::Withdrawn { at, case: case.clone() },
            (_, Command::CarriedOut { case }) => Event::DecisionDone { at, case: case.clone() },

            (
                State::Proposed(waiting) | State::Called(_, waiting),
                Command::Call { at: when, place },
            ) => self.called((*when, place), waiting, asked, cx)?,
            (State::Called(call, _), Command::Answer { name, answer }) => {
                let name = invitee(call, name.as_ref(), asked)?;
                if let Answer::StaysAway { reason: why } = answer {
                    reason(why)?;
                }
                Event::Answered { at, by: by(), name, answer: answer.clone() }
            }
            (State::Proposed(_) | State::Called(..), Command::Cancel { reason: why }) => {
                Event::Cancelled { at, by: by(), reason: reason(why)? }
            }

            (State::Called(call, _), Command::Hold { chair, present }) => {
                let sitting = sitting(call, chair, present, at)?;
                if !presides(call, chair, cx) {
                    return Err(Refusal::MayNotPreside { name: chair.clone() });
                }
                let waiting = Waiting { head: after(A_DAY, at, cx), chair: None };
                Event::Held { sitting, by: by(), waiting }
            }
            (State::Held(..), Command::Decide { case, finding, reason: why }) => {
                self.decidable(case, finding, cx)?;
                let (case, finding) = (case.clone(), finding.clone());
                Event::DecisionTaken { at, by: by(), case, finding, reason: reason(why)? }
            }
            (State::Held(..), Command::Minute { record }) => {
                if self.undecided().next().is_some() {
                    return Err(Refusal::Undecided);
                }
                Event::Minuted(Minutes { at, by: by(), record: reason(record)? })
            }

            (standing, _) => return Err(Refusal::OutOfOrder { stands: standing.name() }),
        };
        Ok(vec![event])
    }

    fn fired(&self, fired: &Fired, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Corrupt> {
        if !self.timers().has(fired) {
            return Err(Corrupt::unarmed(fired));
        }
        let (due, at) = (fired.due, asked.at.max(fired.due));
        if fired.name == CHAIR {
            return Ok(vec![Event::NotHeld { at, due }]);
        }
        let mut next = after(A_DAY, due, cx);
        while next <= at {
            next = after(A_DAY, next, cx);
        }
        Ok(vec![Event::Reminded { at, due, next }])
    }

    fn evolve(mut self, event: &Event) -> Result<Meeting, Corrupt> {
        self.standing = match (self.standing, event) {
            (State::Unproposed, Event::Proposed { motion, waiting, .. }) => {
                self.agenda.push(Item { motion: motion.clone(), standing: Standing::Open });
                State::Proposed(*waiting)
            }
            (State::Proposed(_) | State::Called(..), Event::Called { call, waiting, .. }) => {
                State::Called(Box::new(call.clone()), *waiting)
            }
            (State::Called(mut call, waiting), Event::Answered { name, answer, .. }) => {
                for one in call.invited.iter_mut().filter(|one| one.name == *name) {
                    one.answer = Some(answer.clone());
                }
                State::Called(call, waiting)
            }
            (State::Proposed(_), Event::Cancelled { at, .. }) => {
                State::Cancelled { at: *at, call: None }
            }
            (State::Called(call, _), Event::Cancelled { at, .. }) => {
                State::Cancelled { at: *at, call: Some(call) }
            }
            (State::Called(call, _), Event::Held { sitting, waiting, .. }) => {
                State::Held(call, Box::new(sitting.clone()), *waiting)
            }
            (standing @ State::Held(..), Event::DecisionTaken { case, finding, .. }) => {
                stands(&mut self.agenda, case, |_| Standing::Decided(finding.clone()));
                standing
            }
            (State::Held(call, sitting, _), Event::Minuted(minutes)) => {
                State::Minuted(call, sitting, Box::new(minutes.clone()))
            }
            (standing, Event::DecisionDone { case, .. }) => {
                stands(&mut self.agenda, case, |before| match before {
                    Standing::Decided(finding) => Standing::Done(finding),
                    Standing::Open | Standing::Withdrawn | Standing::Done(_) => before,
                });
                standing
            }
            (standing, Event::Withdrawn { case, at }) => {
                stands(&mut self.agenda, case, |before| match before {
                    Standing::Open => Standing::Withdrawn,
                    Standing::Withdrawn | Standing::Decided(_) | Standing::Done(_) => before,
                });
                withdrawn(standing, &self.agenda, *at)
            }
            (mut standing, Event::Reminded { due, next, .. }) => {
                let waiting = waiting_mut(&mut standing).filter(|waiting| waiting.head == *due);
                let waiting = waiting.ok_or_else(|| Corrupt(format!("{event:?} was not ahead")))?;
                waiting.head = *next;
                standing
            }
            (mut standing, Event::NotHeld { due, .. }) => {
                let waiting = waiting_mut(&mut standing);
                let waiting = waiting.filter(|waiting| waiting.chair == Some(*due));
                let waiting = waiting.ok_or_else(|| Corrupt(format!("{event:?} was not ahead")))?;
                waiting.chair = None;
                standing
            }

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(self)
    }

    fn timers(&self) -> Timers {
        let Some(waiting) = self.standing.waiting() else { return Timers::default() };
        let timer = |name: &'static str, due, reason| Timer {
            name: CompactString::const_new(name),
            due,
            reason: CompactString::const_new(reason),
        };
        let head = timer(HEAD, waiting.head, "委员会会议待办(第十九条)");
        let chair = waiting.chair.map(|due| timer(CHAIR, due, "委员会会议召开时限(第十九条)"));
        Timers([head].into_iter().chain(chair).collect())
    }

    fn listing(&self) -> Listing {
        let list = match &self.standing {
            State::Unproposed => return Listing::default(),
            State::Proposed(_) | State::Called(..) | State::Held(..) => OPEN,
            State::Minuted(..) | State::Cancelled { .. } => DONE,
        };
        Listing(vec![ListKey { list, order: self.no.clone() }])
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(self, event)
    }

    fn claim(&self, message: &Message, at: Timestamp, cx: &Context) -> Claim {
        effects::claim(self, message, at, cx)
    }

    fn view(&self) -> Value {
        let (call, sitting, minutes) = self.standing.papers();
        json!({
            "no": self.no, "standing": self.standing.name(), "agenda": self.agenda, "call": call,
            "sitting": sitting, "minutes": minutes, "waiting": self.standing.waiting(),
        })
    }
}

impl Meeting {
    /// It is called for an instant ahead; whoever has answered a call before is asked again.
    fn called(
        &self,
        (when, place): (Timestamp, &str),
        waiting: &Waiting,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Event, Refusal> {
        let at = asked.at;
        if when <= at {
            return Err(Refusal::InThePast { at: when });
        }
        if line::is_blank(place) {
            return Err(Refusal::PlaceMissing);
        }
        let invited = invited::invited(&self.agenda, (at, when), cx);
        if invited.len() > INVITED_MAX {
            return Err(Refusal::TooManyInvited { most: INVITED_MAX });
        }
        if self.call().is_some_and(|call| call.is_so(when, place, &invited)) {
            return Err(Refusal::Unchanged);
        }
        let no = self.call().map_or(0, |call| call.no).saturating_add(1);
        let call = Call { no, when, place: place.to_owned(), invited };
        let before = self.call().map(|call| call.when);
        let waiting = Waiting { head: after(A_DAY, when, cx), chair: waiting.chair };
        Ok(Event::Called { at, by: asked.by.clone(), call, before, waiting })
    }

    /// Whether this can be decided of the case: it is on the agenda, once, and the unit can have it.
    fn decidable(
        &self,
        case: &CaseId,
        finding: &Determination,
        cx: &Context,
    ) -> Result<(), Refusal> {
        let item = self.item(case).ok_or(Refusal::NotOnTheAgenda)?;
        match &item.standing {
            Standing::Open => {}
            Standing::Withdrawn => return Err(Refusal::NotOnTheAgenda),
            Standing::Decided(_) | Standing::Done(_) => return Err(Refusal::Decided),
        }
        let applicant = &item.motion.applicant;
        let to = finding.moves_from(applicant);
        if let Some(unit) = to.filter(|unit| *unit == applicant) {
            return Err(Refusal::IsTheApplicants { unit: unit.clone() });
        }
        let is_away = |unit: &&UnitId| cx.rules.units.get(unit).is_none() || cx.is_closed(unit);
        if let Some(unit) = to.into_iter().chain(finding.helpers()).find(is_away) {
            return Err(Refusal::NoSuchUnit { unit: unit.clone() });
        }
        if finding.fits() { Ok(()) } else { Err(Refusal::Helpers { most: HELPERS_MAX }) }
    }
}

/// Who may ask what (article 12): head and chair call; the head has the minutes; whoever is invited answers.
fn permitted(meeting: &Meeting, command: &Command, asked: &Asked) -> Result<(), Refusal> {
    Ok(match command {
        Command::Propose(_) | Command::Withdraw { .. } | Command::CarriedOut { .. } => {
            permit(asked, Duty::Answer)
        }
        Command::Call { .. } | Command::Cancel { .. } => permit(asked, Duty::Convene),
        Command::Answer { name, .. } => {
            let own = meeting.call().is_none_or(|call| is_own(call, name.as_ref(), asked));
            let whose = if own { Whose::TheirOwn } else { Whose::Anothers };
            permit_own(asked, Duty::Convene, &[Role::UnitHead, Role::UnitStaff], whose)
        }
        Command::Hold { .. } | Command::Decide { .. } | Command::Minute { .. } => {
            permit(asked, Duty::Minute)
        }
    }?)
}

/// Whether whoever asks speaks for the unit of whoever is meant.
fn is_own(call: &Call, name: Option<&CompactString>, asked: &Asked) -> bool {
    let own = call
        .invited
        .iter()
        .filter(|one| one.unit.as_ref().map(UnitId::as_str) == asked.speaks_for.as_deref());
    asked.speaks_for.is_some() && own.clone().any(|one| name.is_none_or(|name| one.name == *name))
}

/// Who answers: the one named, or the head of the unit for which somebody speaks.
fn invitee(
    call: &Call,
    name: Option<&CompactString>,
    asked: &Asked,
) -> Result<CompactString, Refusal> {
    let is_meant = |one: &&super::Invitee| match name {
        Some(name) => one.name == *name,
        None => {
            one.unit.as_ref().is_some_and(|unit| asked.speaks_for.as_deref() == Some(unit.as_str()))
        }
    };
    let found = call.invited.iter().find(is_meant).map(|one| one.name.clone());
    found.ok_or_else(|| Refusal::NotInvited { name: name.cloned().unwrap_or_default() })
}

/// Who was there and who was not.
fn sitting(
    call: &Call,
    chair: &CompactString,
    came: &[CompactString],
    at: Timestamp,
) -> Result<Sitting, Refusal> {
    if at < call.when {
        return Err(Refusal::NotYetHeld { at: call.when });
    }
    let is_invited = |name: &CompactString| call.invited.iter().any(|one| one.name == *name);
    if let Some(name) = came.iter().find(|name| !is_invited(name)) {
        return Err(Refusal::NotInvited { name: name.clone() });
    }
    if line::is_blank(chair) || came.is_empty() {
        return Err(Refusal::NobodyThere);
    }
    let names = call.invited.iter().map(|one| one.name.clone());
    let (present, absent) = names.partition(|name| name == chair || came.contains(name));
    Ok(Sitting { at, chair: chair.clone(), present, absent })
}

/// Who may preside: whoever is invited, whoever comes in their place, and the head of the centre (article 4).
fn presides(call: &Call, name: &CompactString, cx: &Context) -> bool {
    let is_it = |one: &super::Invitee| {
        let sent =
            if let Some(Answer::Sends { deputy }) = &one.answer { Some(deputy) } else { None };
        one.name == *name || one.deputy.as_ref() == Some(name) || sent == Some(name)
    };
    let heads = cx.rules.officials.contacts(Recipient::CentreHead);
    call.invited.iter().any(is_it) || heads.iter().any(|head| head.name == name.as_str())
}

fn stands(agenda: &mut [Item], case: &CaseId, now: impl Fn(Standing) -> Standing) {
    for item in agenda.iter_mut().filter(|item| item.motion.case == *case) {
        item.standing = now(item.standing.clone());
    }
}

/// A meeting ahead that has nothing to decide is called off.
fn withdrawn(standing: State, agenda: &[Item], at: Timestamp) -> State {
    let idle = agenda.iter().all(|item| item.standing == Standing::Withdrawn);
    match standing {
        State::Proposed(_) if idle => State::Cancelled { at, call: None },
        State::Called(call, _) if idle => State::Cancelled { at, call: Some(call) },
        State::Unproposed
        | State::Proposed(_)
        | State::Called(..)
        | State::Held(..)
        | State::Minuted(..)
        | State::Cancelled { .. } => standing,
    }
}

fn waiting_mut(standing: &mut State) -> Option<&mut Waiting> {
    match standing {
        State::Proposed(waiting) | State::Called(_, waiting) | State::Held(.., waiting) => {
            Some(waiting)
        }
        State::Unproposed | State::Minuted(..) | State::Cancelled { .. } => None,
    }
}

fn after(limit: TimeLimit, at: Timestamp, cx: &Context) -> Timestamp {
    due(limit, at.into(), &cx.rules.calendar, &[]).into()
}
