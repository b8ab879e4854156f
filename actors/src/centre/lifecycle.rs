//! The life of the centre: article 3. Pure.
//!
//! ```text
//! Unknown ─Establish─► Working ─┐           PutRulesInForce: wherever it stands
//!                        ▲      │ timer: a brief is due
//!                        └──────┘ Establish: another schedule
//! ```
//! Alarms are told in any standing and change none; rules wait for their day in any, too.
//! The whole standing × command grid is kept in `tests/tables/centre.txt`.

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, Timers};
use duban_core::outbox::{Claim, Message};
use serde_json::{Value, json};

use super::{Centre, Command, Event, KIND, Refusal, Stage, State, Waiting, effects, waiting};
use crate::brief::{Briefing, Mornings};
use crate::context::Context;
use crate::refusal::permit;
use crate::role::Duty;

impl Entity for Centre {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 3;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(_: &EntityId) -> Centre {
        Centre { standing: State::Unknown, rules: None, waiting: None }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        permit(asked, Duty::Administer)?;
        match (&self.standing, command) {
            (State::Unknown, Command::Establish) => {
                Ok(vec![Event::Established { next: mornings(cx).after(asked.at) }])
            }

            (State::Working(briefing), Command::Establish) => {
                let next = briefing.rescheduled(Some(&mornings(cx)), asked.at);
                let next = next.ok_or(Refusal::AlreadyEstablished)?;
                Ok(vec![Event::Rescheduled { next }])
            }

            (_, Command::PutRulesInForce(edition)) => {
                if self.rules.as_ref().is_some_and(|last| last.hash == edition.hash) {
                    return Err(Refusal::RulesInForce);
                }
                Ok(vec![Event::RulesPutInForce { at: asked.at, edition: edition.clone() }])
            }
            (_, Command::ScheduleRules { edition, day }) => {
                waiting::schedule(self, (edition, *day), asked)
            }
            (_, Command::CancelRules { hash, reason }) => {
                waiting::cancel(self, (hash, reason), asked)
            }
            (_, Command::PutWaitingInForce { hash }) => waiting::put(self, hash, asked),

            // Whoever keeps duban running is told, whether or not anybody has established the centre.
            (_, Command::RaiseAlarm(alarm)) => Ok(vec![Event::AlarmRaised(alarm.clone())]),
            (_, Command::ClearAlarm(alarm)) => Ok(vec![Event::AlarmCleared(alarm.clone())]),
        }
    }

    fn fired(&self, fired: &Fired, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Corrupt> {
        let event = if waiting::is_of(fired) {
            waiting::fired(self, fired, asked.at)
        } else {
            let settled = self.briefing().and_then(|b| b.fired(fired, &mornings(cx), asked.at));
            settled.map(Event::BriefDue)
        };
        event.map(|event| vec![event]).ok_or_else(|| Corrupt::unarmed(fired))
    }

    fn evolve(self, event: &Event) -> Result<Centre, Corrupt> {
        let standing = match (self.standing, event) {
            (State::Unknown, Event::Established { next }) => State::Working(Briefing::from(*next)),
            (State::Working(briefing), Event::Rescheduled { next }) => {
                State::Working(Briefing { next: *next, ..briefing })
            }
            (State::Working(_), Event::BriefDue(settled)) => {
                State::Working(Briefing::after(settled))
            }

            (standing, Event::AlarmRaised(_) | Event::AlarmCleared(_)) => standing,

            (standing, Event::RulesPutInForce { edition, .. }) => {
                // Whoever put in force by hand what waited has it wait no longer; another set goes on waiting.
                let waiting = self.waiting.filter(|waiting| waiting.edition.hash != edition.hash);
                return Ok(Centre { standing, rules: Some(edition.clone()), waiting });
            }
            (standing, Event::RulesScheduled { edition, day, .. }) => {
                let waiting = Waiting { edition: edition.clone(), day: *day, stage: Stage::Ahead };
                return Ok(Centre { standing, waiting: Some(waiting), ..self });
            }
            (standing, Event::RulesForetold { hash, .. }) => {
                let waiting = Some(moved(self.waiting, hash, Stage::Foretold)?);
                return Ok(Centre { standing, waiting, ..self });
            }
            (standing, Event::RulesDayCome { hash }) => {
                let waiting = Some(moved(self.waiting, hash, Stage::Come)?);
                return Ok(Centre { standing, waiting, ..self });
            }
            (standing, Event::RulesGivenUp { hash, .. }) => {
                moved(self.waiting, hash, Stage::Come)?;
                return Ok(Centre { standing, waiting: None, ..self });
            }

            (standing, event) => return Err(Corrupt(format!("{event:?} while {standing:?}"))),
        };
        Ok(Centre { standing, ..self })
    }

    fn timers(&self) -> Timers {
        let brief = self.briefing().and_then(|briefing| briefing.next.timer());
        let waiting = self.waiting.iter().flat_map(Waiting::timers);
        Timers(brief.into_iter().chain(waiting).collect())
    }

    fn effects(&self, event: &Event, cx: &Context) -> Vec<Effect> {
        effects::effects(event, cx)
    }

    fn claim(&self, message: &Message, _: Timestamp, cx: &Context) -> Claim {
        effects::claim(self, message, cx)
    }

    fn view(&self) -> Value {
        let Centre { standing, rules, waiting } = self;
        match standing {
            State::Unknown => {
                json!({ "standing": "unknown", "rules": rules, "waiting": waiting })
            }
            State::Working(Briefing { next, last }) => json!({
                "standing": "working", "next_brief": next, "last_brief": last, "rules": rules,
                "waiting": waiting,
            }),
        }
    }
}

fn mornings(cx: &Context) -> Mornings {
    Mornings::new(&cx.rules.notices.brief_centre, &cx.rules.calendar)
}

/// The rules of `hash`, which wait, at another stage.
fn moved(waiting: Option<Waiting>, hash: &str, stage: Stage) -> Result<Waiting, Corrupt> {
    match waiting {
        Some(waiting) if waiting.edition.hash == hash => Ok(Waiting { stage, ..waiting }),
        Some(_) | None => Err(Corrupt(format!("rules {hash} do not wait"))),
    }
}
