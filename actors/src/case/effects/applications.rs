//! Notices of applications: the desk hears that a unit asks for something beside its work, of more time once there is a
//! place for it, the chief what the desk thinks of it, and the unit what became of it and what was seen again; with it all
//! who had heard of a step that is taken back, and those who were for what the county leader is not (articles 21 and 27).

use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_rules::book::stages::Urgency;
use duban_rules::vocabulary::Recipient;

use super::{note, release, released, reporter, send};
use crate::case::application::{Before, Pending, Wish};
use crate::case::event::{Charge, WithdrawnEvent};
use crate::case::note::{About, Note, Said};
use crate::case::returns::Lane;
use crate::case::{Case, Event, Filing};
use crate::tells::{Became, Booking, CaseId, ToUnit};

/// What follows from `event`, if it is one of an application; `case` is the state after it.
pub(super) fn follows(case: &Case, event: &Event) -> Vec<Effect> {
    if let Event::Withdrawn(withdrawn) = event {
        return self::withdrawn(case, withdrawn);
    }
    let mut effects = Vec::new();
    if let Event::Validated(looked) = event {
        effects.extend(released(case, &looked.sight));
    }
    effects.extend(told(case, event));
    effects.extend(said(case, event));
    if let Event::TakenBack { carrier: Some(carrier), .. } = event {
        effects.push(release(case, carrier));
    }
    effects
}

/// Whoever has an application in hand first: the desk, and with it the chief where nobody waits for what the desk thinks;
/// otherwise the chief hears of it with that, once.
fn first_to_hear(case: &Case, pending: &Pending) -> &'static [Recipient] {
    let urgency = case.state.filing().map_or(Urgency::Ordinary, Filing::urgency);
    if pending.wants_opinion(urgency) {
        &[Recipient::DispatchDesk]
    } else {
        &[Recipient::DispatchDesk, Recipient::DutyChief]
    }
}

/// Who was for it before the county leader was asked.
const BEFORE_LEADER: [Recipient; 2] = [Recipient::CentreHead, Recipient::DutyChief];

/// What waits is to be decided.
fn wanted(
    case: &Case,
    pending: &Pending,
    (tell, text): (&[Recipient], &str),
    at: Timestamp,
) -> Effect {
    let (asked_for, due) = (pending.wish.into(), pending.clock.due);
    let about = About::Application { asked_for, due, said: Some(submitted(pending, text)) };
    let (tell, text) = (tell.to_vec(), text.to_owned());
    send("application-due", Note { tell, text, ..note(case, about) }, at)
}

/// What is said of an application beside `text`, as of the event that causes it.
pub(super) fn submitted(pending: &Pending, text: &str) -> Said {
    let reason = Some(pending.reason.to_string()).filter(|reason| reason != text);
    Said { reason: reason.unwrap_or_default(), opinion: pending.opinion }
}

fn said(case: &Case, event: &Event) -> Option<Effect> {
    if let Event::QuotaReserved(answered) = event {
        // Taken back meanwhile, its place is nothing to anybody.
        let pending = case.state.pending().filter(|asked| asked.no == answered.answer.no)?;
        Some(wanted(case, pending, (first_to_hear(case, pending), &pending.reason), answered.at))
    } else if let Event::Applied(asked) = event {
        // Of more time desk and chief hear once it has a place in the quota.
        let is_sure = !matches!(asked.wish, Wish::Extension(_));
        let pending = case.state.pending().filter(|_| is_sure)?;
        Some(wanted(case, pending, (first_to_hear(case, pending), &pending.reason), asked.at))
    } else if let Event::OpinionGiven { at, reason, .. } = event {
        Some(wanted(case, case.state.pending()?, (&[Recipient::DutyChief], reason), *at))
    } else if let Event::Extended(granted) = event {
        let (asked_for, moved) = (Wish::Extension(granted.by).into(), &granted.moved);
        let (before, settled) = (Some(moved.due_before), moved.orders.clone());
        // The desk waits for the replies to orders.
        let desk = moved.orders.first().map(|_| Recipient::DispatchDesk);
        let also: Vec<Recipient> = moved.tell.iter().copied().chain(desk).collect();
        let about = About::Applied { asked_for, before, settled, leader: None };
        Some(decided(case, about, (&granted.reason, &also), granted.at))
    } else if let Event::ApplicationRefused { at, reason, wish, leader } = event {
        let (asked_for, settled, leader) = ((*wish).into(), Vec::new(), leader.clone());
        // What the centre was for and the leader is not, the centre hears.
        let also = leader.as_ref().map_or(&[][..], |_| &BEFORE_LEADER[..]);
        let about = About::Applied { asked_for, before: None, settled, leader };
        Some(decided(case, about, (reason, also), *at))
    } else if let Event::TakenBack { at, reason, before, wish, .. } = event {
        let (Some(Wish::Deferral(review_on)), Before::CountyLeader) = (wish, before) else {
            return None;
        };
        let about = About::ConsentOff { review_on: *review_on };
        // The head was for it, and waits for the leader no more.
        let (tell, text) = (vec![Recipient::CountyLeader, Recipient::CentreHead], reason.clone());
        Some(send("consent-off", Note { tell, text, assignment: 0, ..note(case, about) }, *at))
    } else if let Event::Validated(looked) = event {
        case.state.pending()?;
        let (tell, text) =
            (vec![Recipient::Informant, Recipient::HandlingOffice], &looked.sight.note);
        let about = About::Rechecked { finding: looked.finding };
        Some(send("rechecked", Note { tell, text: text.clone(), ..note(case, about) }, looked.at))
    } else if let Event::QuotaRefused(refused) = event {
        let (asked, answer) = case.state.assignment()?.application.over_quota()?;
        let Wish::Extension(asked_for) = asked.wish else { return None };
        let (allowed, used) = (answer.allowed, answer.used);
        let about = About::OverQuota { asked_for, allowed, used };
        let also = [Recipient::DispatchDesk, Recipient::CentreHead];
        Some(decided(case, about, ("", &also), refused.at))
    } else {
        None
    }
}

/// The unit's quota hears that more time was asked for, and what became of it.
fn told(case: &Case, event: &Event) -> Option<Effect> {
    let (filing, held) = case.state.filing().zip(case.state.assignment())?;
    let no = filing.returns.iter().rfind(|asked| asked.lane == Lane::Application)?.no;
    let id = || CaseId(case.id.clone());
    let settle = |became| ToUnit::Settle { case: id(), no, became };
    let word = if let Event::Applied(asked) = event {
        let Wish::Extension(_) = asked.wish else { return None };
        let (month, n, as_of) = (asked.month.clone(), asked.n, asked.as_of);
        ToUnit::Reserve(Booking { case: id(), no, month, n, as_of })
    } else if let Event::Extended(granted) = event {
        settle(match granted.quota {
            Charge::Within => Became::Granted,
            Charge::Beyond => Became::Beyond,
        })
    } else if let Event::ApplicationRefused { wish: Wish::Extension(_), .. } = event {
        settle(Became::Refused)
    } else if let Event::TakenBack { wish: None | Some(Wish::Extension(_)), .. } = event {
        ToUnit::Release { case: id(), no }
    } else {
        return None;
    };
    Some(word.tell(&held.unit))
}

/// The unit hears what became of it, whoever has the case by now; `also` are told with it.
fn decided(
    case: &Case,
    about: About,
    (reason, also): (&str, &[Recipient]),
    at: Timestamp,
) -> Effect {
    let mut tell = vec![Recipient::Informant, Recipient::HandlingOffice];
    tell.extend(also.iter().filter(|role| !tell.contains(role)).copied().collect::<Vec<_>>());
    let text = reason.to_owned();
    send("application-result", Note { tell, text, assignment: 0, ..note(case, about) }, at)
}

/// The unit and both desks hear that a case counts for nobody, and so does the reporter who wanted to hear of it.
fn withdrawn(case: &Case, WithdrawnEvent { at, unit, reason }: &WithdrawnEvent) -> Vec<Effect> {
    let tell = vec![
        Recipient::Informant,
        Recipient::HandlingOffice,
        Recipient::IntakeDesk,
        Recipient::DispatchDesk,
    ];
    let about = || Note { text: reason.clone(), ..note(case, About::Withdrawn) };
    let mut effects =
        vec![send("withdrawn", Note { tell, unit: Some(unit.clone()), ..about() }, *at)];
    let reply = Note { reporter: reporter(&case.state), ..about() };
    effects.extend(reply.reporter.map(|_| send("withdrawn", reply, *at)));
    effects
}
