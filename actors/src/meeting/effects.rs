//! Effects of a meeting's events: invitations, reminders of what is to be done, what was decided and the minutes,
//! and what is told to the cases on its agenda (article 19).

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_core::outbox::{Claim, Message};
use duban_rules::book::notices::{APPOINTMENT, Appointment, Standing};
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::{Recipient, TemplateName, UnitId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Call, Event, Item, Meeting, State, invited};
use crate::brief::addresses;
use crate::context::Context;
use crate::findings::Determination;
use crate::reach::people;
use crate::tells::{CaseId, Resolution, ToCase};

/// The template of an invitation.
const INVITATION: &str = "meeting-invitation";
/// The template of a meeting that is called off.
const CANCELLED: &str = "meeting-cancelled";
/// The template of what was decided of a case.
const DECIDED: &str = "meeting-decided";
/// The template of the minutes.
const MINUTES: &str = "meeting-minutes";
/// The template of what head or chair have to do.
const WANTED: &str = "meeting-wanted";

/// What a letter is about; the data of its outbox row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum About {
    Invitation {
        /// Which call.
        no: u16,
        /// When it was to be by the call before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Timestamp>,
    },
    Cancelled {
        reason: String,
    },
    /// Something was decided of a case.
    Decided {
        case: CaseId,
        finding: Determination,
        reason: String,
    },
    /// The minutes are there.
    Minuted,
    /// It is proposed, and to be called.
    Proposed {
        due: Timestamp,
    },
    /// What was to be done is not done.
    Reminder {
        /// Where the meeting stood then.
        stands: CompactString,
    },
    /// It is not held in time: for the chair.
    NotHeld,
}

/// What the world must hear of `event`; `meeting` is the state after it.
pub(super) fn effects(meeting: &Meeting, event: &Event) -> Vec<Effect> {
    match event {
        Event::Proposed { at, waiting, .. } => {
            vec![send(WANTED, &About::Proposed { due: waiting.head }, *at)]
        }
        Event::Called { at, call, before, .. } => {
            let before = before.filter(|before| *before != call.when);
            vec![send(INVITATION, &About::Invitation { no: call.no, before }, *at)]
        }
        Event::DecisionTaken { at, by, case, finding, reason } => {
            let chair = match &meeting.standing {
                State::Held(_, sitting, _) => sitting.chair.clone(),
                State::Unproposed
                | State::Proposed(_)
                | State::Called(..)
                | State::Minuted(..)
                | State::Cancelled { .. } => return Vec::new(),
            };
            let (meeting, finding) = (meeting.no.clone(), finding.clone());
            let (reason, by) = (reason.clone(), by.clone());
            let about = About::Decided {
                case: case.clone(),
                finding: finding.clone(),
                reason: reason.clone(),
            };
            let resolved = Resolution { meeting, finding, reason, chair, by };
            vec![ToCase::Resolved(resolved).tell(case), send(DECIDED, &about, *at)]
        }
        Event::Withdrawn { at, .. } => called_off(meeting, "案件已不需要会议决定", *at),
        Event::Cancelled { at, reason, .. } => {
            let told = |item: &super::Item| {
                let (meeting, reason) = (meeting.no.clone(), reason.clone());
                ToCase::CalledOff { meeting, reason }.tell(&item.motion.case)
            };
            let mut effects: Vec<Effect> = meeting.undecided().map(told).collect();
            effects.extend(called_off(meeting, reason, *at));
            effects
        }
        Event::Reminded { at, .. } => {
            let stands = CompactString::const_new(meeting.standing.name());
            vec![send(WANTED, &About::Reminder { stands }, *at)]
        }
        Event::NotHeld { at, .. } => vec![send(WANTED, &About::NotHeld, *at)],
        Event::Minuted(minutes) => vec![send(MINUTES, &About::Minuted, minutes.at)],
        Event::Answered { .. } | Event::Held { .. } | Event::DecisionDone { .. } => Vec::new(),
    }
}

/// Whoever was invited hears that the meeting is called off, in the instant in which it is.
fn called_off(meeting: &Meeting, reason: &str, at: Timestamp) -> Vec<Effect> {
    let now = match &meeting.standing {
        State::Cancelled { at: off, call: Some(_) } => *off == at,
        State::Unproposed
        | State::Proposed(_)
        | State::Called(..)
        | State::Held(..)
        | State::Minuted(..)
        | State::Cancelled { .. } => false,
    };
    let off = About::Cancelled { reason: reason.to_owned() };
    now.then(|| send(CANCELLED, &off, at)).into_iter().collect()
}

fn send(template: &'static str, about: &About, not_before: Timestamp) -> Effect {
    // Writing plain data cannot fail.
    let data = serde_json::to_string(about).unwrap_or_default();
    Effect::Send(Message { template: CompactString::const_new(template), data, not_before })
}

/// Whether a letter is still of use at `at`, to whom it goes, and with which words.
pub(super) fn claim(meeting: &Meeting, message: &Message, at: Timestamp, cx: &Context) -> Claim {
    let about = match serde_json::from_str::<About>(&message.data) {
        Ok(about) => about,
        Err(error) => return Claim::Withdraw(format!("通知内容无法读取:{error}")),
    };
    let name = TemplateName::new(message.template.as_str());
    let Some(notice) = cx.rules.notices.get(&name) else {
        return Claim::Withdraw(format!("没有通知模板 {name}"));
    };
    match heard(meeting, &about, at, cx) {
        Ok(people) => {
            Claim::Deliver(addresses(notice, people), words(meeting, &about, cx).to_string())
        }
        Err(why) => Claim::Withdraw(why.to_owned()),
    }
}

/// Who hears it; why nobody need any more.
fn heard<'a>(
    meeting: &Meeting,
    about: &About,
    at: Timestamp,
    cx: &'a Context,
) -> Result<Vec<&'a Contact>, &'static str> {
    let all = |call: &Call| -> Vec<&'a Contact> {
        let invited = call.invited.iter().filter_map(|one| invited::told(one, at, cx));
        invited.chain(cx.told(Recipient::CentreHead)).collect()
    };
    match (about, &meeting.standing) {
        (About::Invitation { no, .. }, State::Called(call, _)) if call.no == *no => Ok(all(call)),
        (About::Invitation { .. }, _) => Err("会议已改期、已召开或已取消"),
        (About::Cancelled { .. }, State::Cancelled { call: Some(call), .. }) => Ok(all(call)),
        (About::Cancelled { .. }, _) => Err("会议没有取消"),
        (About::Proposed { .. }, State::Proposed(_)) => Ok(cx.told(Recipient::CentreHead)),
        (About::Reminder { stands }, standing) if standing.name() == stands.as_str() => {
            Ok(cx.told(Recipient::CentreHead))
        }
        (About::Decided { case, finding, .. }, _) => {
            let item = meeting.item(case).ok_or("案件不在议题之内")?;
            Ok(of_decision(item, finding, at, cx))
        }
        (About::Minuted, State::Minuted(call, ..)) => {
            let own = meeting.agenda.iter().flat_map(|item| concerned(item, at, cx));
            Ok(all(call).into_iter().chain(own).chain(referrers(cx)).collect())
        }
        (About::NotHeld, State::Proposed(_) | State::Called(..)) => {
            Ok(cx.told(Recipient::CommitteeChair))
        }
        (About::Proposed { .. } | About::Reminder { .. } | About::NotHeld | About::Minuted, _) => {
            Err("会议已进入下一环节")
        }
    }
}

/// Those whose post it is to put a case to the committee.
fn referrers(cx: &Context) -> impl Iterator<Item = &Contact> {
    [Recipient::DutyChief, Recipient::CentreHead].into_iter().flat_map(|post| cx.told(post))
}

/// The people of the units of an item: the applicant's, and those of the units named beside it.
fn concerned<'a>(item: &Item, at: Timestamp, cx: &'a Context) -> Vec<&'a Contact> {
    let units = [&item.motion.applicant].into_iter().chain(&item.motion.units);
    let people = |unit| {
        let roles = [Recipient::Informant, Recipient::HandlingOffice, Recipient::UnitHead];
        roles.into_iter().flat_map(move |role| people(unit, role, at, cx))
    };
    units.flat_map(people).collect()
}

/// Who hears what was decided of a case: its units, and whoever put it to the committee. Of those that have or lose it or
/// are to help the heads alone, because the case itself tells their people what they are to do.
fn of_decision<'a>(
    item: &Item,
    finding: &Determination,
    at: Timestamp,
    cx: &'a Context,
) -> Vec<&'a Contact> {
    let applicant = &item.motion.applicant;
    let told_by_it: Vec<&UnitId> =
        [applicant].into_iter().chain(finding.gives_to(applicant)).collect();
    let beside = item.motion.units.iter().filter(|unit| !told_by_it.contains(unit));
    let people_of = |unit: &UnitId| {
        let roles = [Recipient::Informant, Recipient::HandlingOffice];
        roles.map(|role| people(unit, role, at, cx)).concat()
    };
    let heads = told_by_it.iter().copied().chain(&item.motion.units);
    let heads = heads.flat_map(|unit| people(unit, Recipient::UnitHead, at, cx));
    let beside: Vec<&Contact> = beside.flat_map(people_of).collect();
    heads.chain(beside).chain(referrers(cx)).collect()
}

fn words(meeting: &Meeting, about: &About, cx: &Context) -> Value {
    let local =
        |at: Timestamp| cx.rules.calendar.local(at.into()).format("%Y-%m-%d %H:%M").to_string();
    let agenda: Vec<&str> =
        meeting.agenda.iter().map(|item| item.motion.subject.as_str()).collect();
    let mut said = json!({ "meeting": meeting.no, "agenda": agenda.join(";") });
    let mut say = |name: &str, value: Value| {
        if let Some(fields) = said.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    };
    let (call, _, minutes) = meeting.standing.papers();
    if let Some(call) = call {
        say("meeting_at", json!(local(call.when)));
        say("meeting_place", json!(call.place));
    }
    match about {
        About::Invitation { before, .. } => {
            say("meeting_before", json!(before.map(local).unwrap_or_default()));
            if let Some(call) = call {
                say(APPOINTMENT, json!(entry(meeting, call, call.no, Standing::Called)));
            }
        }
        About::Cancelled { reason } => {
            say("reason", json!(reason));
            if let Some(call) = call {
                let sequence = call.no.saturating_add(1);
                say(APPOINTMENT, json!(entry(meeting, call, sequence, Standing::Off)));
            }
        }
        About::Decided { case, finding, reason } => {
            let item = meeting.item(case);
            say("agenda", json!(item.map(|item| item.motion.subject.as_str())));
            say("finding", json!(item.map(|item| decision(item, finding, cx))));
            say("reason", json!(reason));
        }
        About::Minuted => {
            let items = meeting.agenda.iter();
            let decided =
                items.filter_map(|item| Some(decision(item, item.standing.finding()?, cx)));
            say("finding", json!(decided.collect::<Vec<_>>().join(";")));
            say("text", json!(minutes.map(|minutes| minutes.record.as_str())));
        }
        About::Proposed { due } => say("text", json!(format!("请在 {} 前召集", local(*due)))),
        About::Reminder { .. } => say("text", json!(undone(&meeting.standing))),
        About::NotHeld => say("text", json!("提出后已过规定的时间,尚未召开")),
    }
    said
}

/// What was decided of an item, in words.
fn decision(item: &Item, finding: &Determination, cx: &Context) -> String {
    let units = &cx.rules.units;
    finding.chinese(units.name_of(&item.motion.applicant), units)
}

/// The entry for the calendars of whoever is called.
fn entry(meeting: &Meeting, call: &Call, sequence: u16, standing: Standing) -> Appointment {
    let key = format!("meeting.{}", meeting.no);
    Appointment { key, sequence, from: call.when.into(), place: call.place.clone(), standing }
}

/// What is to be done, in words.
fn undone(standing: &State) -> &'static str {
    match standing {
        State::Proposed(_) => "尚未召集,请尽快召集",
        State::Called(..) => "会议时间已过,请记录召开情况或改期",
        State::Held(..) => "会议已召开,请录入决定和会议纪要",
        State::Unproposed | State::Minuted(..) | State::Cancelled { .. } => "",
    }
}
