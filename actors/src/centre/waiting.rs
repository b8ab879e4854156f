//! Rules that wait for their day (article 11): recorded before it, announced on its eve, due at its first instant.
//!
//! ```text
//! Ahead ─eve─► Foretold ─the day's first instant─► Come ─PutWaitingInForce─► in force
//!    └────────────────────────────────────────────►┘        whoever keeps the rules looks at them once more
//! ```
//! At most one set waits: another that is scheduled takes its place. The timer says that the day has come; whether the
//! rules are still in order is not known here. What was put in force or given up waits no longer, so it happens once.

use chrono::NaiveDate;
use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Effect, Fired, Timer};
use duban_core::outbox::Message;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{ALARM, Centre, Event, Refusal, RulesEdition};
use crate::context::Context;
use crate::refusal;

/// The timer of the eve.
pub(super) const EVE: &str = "rules-eve";
/// The timer of the day.
pub(super) const DAY: &str = "rules-day";
/// Digits of a hash that are shown to people.
const DIGITS: usize = 16;

/// A day on which a rules set comes into force, as instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The local day.
    pub effective: NaiveDate,
    /// When the operators are told: on its eve, or at once.
    pub eve: Timestamp,
    /// Its first instant.
    pub from: Timestamp,
}

/// A rules set that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub edition: RulesEdition,
    /// Until when.
    pub day: Day,
    pub stage: Stage,
}

/// How far the day has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Nobody was told yet.
    Ahead,
    /// The operators were told.
    Foretold,
    /// It has come, and the set is not in force yet.
    Come,
}

/// Why a set waits no longer, without having been in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenUp {
    /// Another set waits in its place.
    Superseded,
    /// Somebody took it back, for this reason.
    Cancelled(String),
}

impl Waiting {
    /// The timers of what is still ahead of it.
    pub(super) fn timers(&self) -> Vec<Timer> {
        let timer = |name: &'static str, due, reason: &'static str| Timer {
            name: name.into(),
            due,
            reason: reason.into(),
        };
        let day = timer(DAY, self.day.from, "待生效的规则到日(第十一条)");
        match self.stage {
            Stage::Ahead => vec![timer(EVE, self.day.eve, "预告次日生效的规则(第十一条)"), day],
            Stage::Foretold => vec![day],
            Stage::Come => Vec::new(),
        }
    }
}

/// Whether a timer is of rules that wait.
pub(super) fn is_of(fired: &Fired) -> bool {
    fired.name == EVE || fired.name == DAY
}

/// What `fired` makes of the rules that wait, if they wait for it: nobody is told on the day itself what it will bring.
pub(super) fn fired(centre: &Centre, fired: &Fired, now: Timestamp) -> Option<Event> {
    let waiting = centre.waiting.as_ref()?;
    let mut timers = waiting.timers().into_iter();
    timers.find(|timer| timer.name == fired.name && timer.due == fired.due)?;
    let RulesEdition { hash, number, .. } = waiting.edition.clone();
    Some(if fired.name == DAY || waiting.day.from <= now {
        Event::RulesDayCome { hash }
    } else {
        Event::RulesForetold { at: now, hash, number, from: waiting.day.from }
    })
}

/// A set is to wait until its day; one that waits already gives up its place.
pub(super) fn schedule(
    centre: &Centre,
    (edition, day): (&RulesEdition, Day),
    asked: &Asked,
) -> Result<Vec<Event>, Refusal> {
    let mut events = Vec::new();
    if let Some(waiting) = &centre.waiting {
        if waiting.edition.hash == edition.hash {
            return Err(Refusal::RulesWaiting);
        }
        let hash = waiting.edition.hash.clone();
        events.push(Event::RulesGivenUp { at: asked.at, hash, why: GivenUp::Superseded });
    }
    events.push(Event::RulesScheduled { at: asked.at, edition: edition.clone(), day });
    Ok(events)
}

/// The set of this hash is taken back.
pub(super) fn cancel(
    centre: &Centre,
    (hash, reason): (&CompactString, &str),
    asked: &Asked,
) -> Result<Vec<Event>, Refusal> {
    waits(centre, hash)?;
    let why = GivenUp::Cancelled(refusal::reason(reason)?);
    Ok(vec![Event::RulesGivenUp { at: asked.at, hash: hash.clone(), why }])
}

/// The set of this hash is in force from now on, if its day has come.
pub(super) fn put(
    centre: &Centre,
    hash: &CompactString,
    asked: &Asked,
) -> Result<Vec<Event>, Refusal> {
    let waiting = waits(centre, hash)?;
    if asked.at < waiting.day.from {
        return Err(Refusal::DayAhead);
    }
    Ok(vec![Event::RulesPutInForce { at: asked.at, edition: waiting.edition.clone() }])
}

fn waits<'a>(centre: &'a Centre, hash: &CompactString) -> Result<&'a Waiting, Refusal> {
    let waiting = centre.waiting.as_ref().filter(|waiting| waiting.edition.hash == *hash);
    waiting.ok_or(Refusal::NoRulesWaiting)
}

/// What the operators are told on the eve, due at once.
pub(super) fn message(
    (hash, number): (&str, &str),
    [at, from]: [Timestamp; 2],
    cx: &Context,
) -> Effect {
    let local = |form| cx.rules.calendar.local(from.into()).format(form).to_string();
    let digits: String = hash.chars().take(DIGITS).collect();
    let text = format!(
        "手册 {number}(散列 {digits})将于 {} 零时起生效;要取消,请在此前用 duban rules cancel",
        local("%Y-%m-%d")
    );
    let date = local("%Y-%m-%d %H:%M:%S");
    let data = json!({ "result": "预告", "text": text, "reason": EVE, "date": date });
    let template = CompactString::const_new(ALARM);
    Effect::Send(Message { template, data: data.to_string(), not_before: at })
}
