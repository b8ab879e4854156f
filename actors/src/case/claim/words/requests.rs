//! Words of notices about what a unit asks: to give a case back, to have it found whose it is, or for more time.

use duban_core::clock::Timestamp;
use duban_rules::book::notices::{APPOINTMENT, Appointment, Standing};
use serde_json::{Value, json};

use super::local;
use crate::case::application::{Pending, Wish};
use crate::case::command::{Ground, Opinion};
use crate::case::disputes::{Binding, Determined};
use crate::case::note::{About, Entry, Note, Said};
use crate::case::returns::Form;
use crate::case::{Case, Filing, Holder, State};
use crate::context::Context;

/// What is said of a request, or of the one that was just decided: its ground, its form, what the desk thinks; when and
/// where they meet; what was found.
pub(super) fn said(
    case: &Case,
    filing: &Filing,
    note: &Note,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    let state = &case.state;
    let asked = match note.about {
        About::Return { .. } | About::Dispute { .. } | About::Determined => filing.returns.last(),
        About::Returned { no } => filing.asked_return(no),
        About::Application { ref said, .. } | About::Consent { ref said, .. } => {
            let pending = state.pending();
            submitted(said.as_ref(), pending, &note.text, say);
            pending.and_then(|asked| filing.asked_return(asked.no))
        }
        About::Plain
        | About::Step(_)
        | About::Order { .. }
        | About::Task { .. }
        | About::UnassignedTask { .. }
        | About::Rework { .. }
        | About::SiteMeeting { .. }
        | About::MeetingOff { .. }
        | About::HelpAsked { .. }
        | About::HelpGiven { .. }
        | About::HelpWaived
        | About::Applied { .. }
        | About::Rechecked { .. }
        | About::ConsentOff { .. }
        | About::OverQuota { .. }
        | About::DueMoved { .. }
        | About::Deferred { .. }
        | About::Resumed { .. }
        | About::Closed
        | About::Withdrawn => None,
    };
    if let About::SiteMeeting { no, when, before } = note.about {
        meeting(case, filing, (no, when), cx, say);
        say("meeting_before", json!(before.map(|before| local(before, cx)).unwrap_or_default()));
    } else if let About::MeetingOff { when, entry } = &note.about {
        say("meeting_at", json!(local(*when, cx)));
        if let Some(Entry { since, sequence, place }) = entry {
            let place = place.as_deref().unwrap_or(&filing.report.address).to_owned();
            let (key, from) = (appointment_key(case, *since), (*when).into());
            let (sequence, standing) = (*sequence, Standing::Off);
            say(APPOINTMENT, json!(Appointment { key, sequence, from, place, standing }));
        }
    }
    said_of_help(state, filing, note, cx, say);
    let Some(asked) = asked else { return };
    say("ground", json!(asked.ground.map(Ground::chinese).unwrap_or_default()));
    let form = match &asked.form {
        Form::NotNeeded | Form::Given(_) => String::new(),
        Form::Awaited(step) => format!("待补签章,{} 前补交", local(step.due, cx)),
        Form::Missing => "未附签章单".to_owned(),
    };
    say("form", json!(form));
    if let Some((_, _, Holder::Reviewer { opinion: Some(opinion), .. })) = state.held() {
        say("opinion", json!(opinion.chinese()));
    } else if let Some((_, dispute)) = state.dispute() {
        say("proposed", json!(dispute.proposes.as_ref().map(|id| cx.rules.units.name_of(id))));
    }
    if let (About::Determined, Some(found)) = (&note.about, filing.disputes.last()) {
        say("finding", json!(finding(found, cx)));
    }
}

/// What unit and desk had said of an application when the notice was caused; as they have by now, where the note is of a
/// release that did not keep it.
fn submitted(
    said: Option<&Said>,
    pending: Option<&Pending>,
    text: &str,
    say: &mut impl FnMut(&str, Value),
) {
    let now = |pending: &Pending| (pending.opinion, pending.reason.to_string());
    let kept = said.map(|said| (said.opinion, said.reason.clone()));
    let Some((opinion, reason)) = kept.or_else(|| pending.map(now)) else { return };
    let reason = if reason.is_empty() { text.to_owned() } else { reason };
    say("opinion", json!(opinion.map(Opinion::chinese)));
    say("unit_reason", json!(reason));
}

/// Whoever has a case by a finding hears so: it is bound by that, and gives nothing back (article 19).
pub(super) fn said_of_bound(
    filing: &Filing,
    note: &Note,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    let found = filing.disputes.last().filter(|found| found.binding == Binding::Bound);
    if let (About::Plain, Some(found)) = (&note.about, found) {
        say("finding", json!(finding(found, cx)));
    }
}

/// What was found, in words.
fn finding(found: &Determined, cx: &Context) -> String {
    let finding = found.finding.chinese("你单位", &cx.rules.units);
    let unheard = match &found.binding {
        Binding::Bound | Binding::Answered => String::new(),
        Binding::At(step) => {
            format!(";该单位未到现场,{} 前可以退单方式书面答复,逾期生效", local(step.due, cx))
        }
    };
    finding + &unheard
}

/// Who has the case that somebody helps with, and who helped.
fn said_of_help(
    state: &State,
    filing: &Filing,
    note: &Note,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    let units = &cx.rules.units;
    say("lead_name", json!(state.unit().map(|lead| units.name_of(lead))));
    if let About::HelpGiven { no } = note.about {
        let helper = filing.help_of(no);
        say("helper_name", json!(helper.map(|helper| units.name_of(&helper.unit))));
    }
}

/// What a unit applied for, and what became of it.
pub(super) fn said_of_application(
    case: &Case,
    note: &Note,
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    if let About::Application { asked_for, .. } = &note.about {
        wished(asked_for.wish(), say);
    } else if let About::Applied { asked_for, before, settled, leader } = &note.about {
        let called = |filing: &Filing| -> Vec<_> {
            settled.iter().map(|no| filing.order_called(&case.id, *no)).collect()
        };
        let orders = case.state.filing().map(called).unwrap_or_default();
        say("orders_settled", json!(orders.join("、")));
        wished(asked_for.wish(), say);
        if before.is_none() {
            say("wish", json!(asked_for.wish().not_granted()));
        }
        say("finding", json!(decision(before.as_ref(), leader.as_deref())));
        say("due_before", json!(before.map(|before| local(before, cx))));
    } else if let About::Rechecked { finding } = &note.about {
        wished(Wish::Mismatch, say);
        say("finding", json!(finding.chinese()));
    } else if let About::OverQuota { asked_for, allowed, used } = &note.about {
        wished(Wish::Extension(*asked_for), say);
        say("finding", json!("不同意(本月名额已满)"));
        say(
            "reason",
            json!(format!("本月可延期 {allowed} 件,已用 {used} 件;超出的由中心主任决定")),
        );
    }
}

/// What became of it, in words: `before` is when the case was due before more time was granted, `leader` the county leader
/// who did not consent.
fn decision(before: Option<&Timestamp>, leader: Option<&str>) -> String {
    match (before, leader) {
        (Some(_), _) => "同意".to_owned(),
        (None, None) => "不同意".to_owned(),
        (None, Some(leader)) => format!("主管县长{leader}不同意"),
    }
}

fn wished(wish: Wish, say: &mut impl FnMut(&str, Value)) {
    say("wish", json!(wish.chinese()));
    if let Wish::Extension(by) = wish {
        say("asked_for", json!(by.to_string()));
    }
}

/// The meeting on site, for the letter's words and as an entry of the reader's calendar.
fn meeting(
    case: &Case,
    filing: &Filing,
    (no, when): (u16, Timestamp),
    cx: &Context,
    say: &mut impl FnMut(&str, Value),
) {
    let Some((since, dispute)) = case.state.dispute() else { return };
    let Some(meeting) = dispute.meeting.as_ref().filter(|meeting| meeting.no == no) else { return };
    let place = meeting.place.as_deref().unwrap_or(&filing.report.address);
    let names: Vec<&str> = meeting.units.iter().map(|id| cx.rules.units.name_of(id)).collect();
    say("meeting_at", json!(local(when, cx)));
    say("meeting_place", json!(place));
    say("meeting_units", json!(names.join("、")));
    let appointment = Appointment {
        key: appointment_key(case, since),
        sequence: no,
        from: when.into(),
        place: place.to_owned(),
        standing: Standing::Called,
    };
    say(APPOINTMENT, json!(appointment));
}

/// What the meetings of one dispute are known by in the readers' calendars.
fn appointment_key(case: &Case, since: Timestamp) -> String {
    format!("{}.{}", case.id, since.as_millis())
}
