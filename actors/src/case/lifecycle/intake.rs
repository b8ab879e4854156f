//! Intake: from report to the decision to file (articles 13 and 14).

use duban_core::entity::{Asked, Corrupt};
use duban_rules::book::stages::Urgency;
use duban_rules::deadline::Pause;
use duban_rules::line;

use super::adoption::{adopt, taken_in};
use super::filing::{file, filed_from};
use super::{corrupt, out_of_order, site};
use crate::case::clock::{Span, StageClock};
use crate::case::command::{Finding, NewReport};
use crate::case::event::{Registered, Validated};
use crate::case::{
    Channel, Command, Declined, Event, Intake, Refusal, Report, SiteTask, State, Truth,
};
use crate::context::Context;
use crate::refusal::reason;
use crate::role::{Role, role_of};

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    match (state, command) {
        (State::Unreported, Command::Register(report)) => register(report, asked, cx),
        (State::Unreported, Command::Adopt(adoption)) => adopt(adoption, asked, cx),
        (_, Command::Register(_) | Command::Adopt(_)) => Err(Refusal::AlreadyRegistered),

        (State::Registered(intake), Command::Validate) => {
            let rule = (&cx.rules.stages.validation, intake.urgency);
            let task = site::give(&intake.report, None, rule, at, cx);
            Ok(vec![Event::ValidationOrdered(task)])
        }
        (State::Validating(intake, task), Command::GiveValidation { finding, seen }) => {
            let sight = site::sight(&intake.report, task, seen, asked, cx)?;
            let clock = resumed(intake, Span { from: task.since, until: at }, cx);
            let task = task.no;
            let validated = Validated { at, task, finding: *finding, sight, clock };
            Ok(vec![Event::Validated(Box::new(validated))])
        }

        (State::Registered(intake), Command::File { .. }) => file(intake, command, asked, cx),
        (State::Registered(_), Command::Decline { reason: why }) => {
            Ok(vec![Event::Declined { at, reason: reason(why)? }])
        }

        (state, Command::Numbered { number }) => match state.filing().map(|f| &f.number) {
            Some(None) => Ok(vec![Event::Numbered { number: number.clone() }]),
            Some(Some(_)) | None => Err(out_of_order(state)),
        },

        _ => Err(out_of_order(state)),
    }
}

/// Registers a report at once, whatever it says, so long as it says something (article 14); a collector's comes by their
/// handset, with a photo and a place (article 13).
fn register(report: &NewReport, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Refusal> {
    if line::is_blank(&report.text) {
        return Err(Refusal::ReportEmpty);
    }
    by_their_channel(report.channel, asked)?;
    let incomplete = report.photos.is_empty() || report.place.is_none();
    if report.channel == Channel::Handset && incomplete {
        return Err(Refusal::ReportIncomplete);
    }
    let urgent = report.urgent.as_deref().map(reason).transpose()?;
    let (rules, urgency) = (&cx.rules, called(urgent.as_deref()));
    let clock = StageClock::set(&rules.stages.intake, urgency, asked.at, &[], &rules.calendar);
    Ok(vec![Event::Registered(Box::new(Registered {
        at: asked.at,
        channel: report.channel,
        source: line::id(&report.source).into(),
        external_id: line::id(&report.external_id).into(),
        text: report.text.clone(),
        address: report.address.clone(),
        location: report.place.map(|place| site::locate(place, cx)),
        reporter: report.reporter.clone(),
        photos: report.photos.clone(),
        collector: report.collector.clone(),
        clock,
        urgent,
        clock_ahead_s: report.clock_ahead_s,
    }))])
}

/// How a report counts that was called urgent for this reason, or for none.
fn called(urgent: Option<&str>) -> Urgency {
    urgent.map_or(Urgency::Ordinary, |_| Urgency::Urgent)
}

/// A handset's report is filed without a look, because a collector has been there: so a collector reports by it, and
/// nobody else says that they do.
fn by_their_channel(channel: Channel, asked: &Asked) -> Result<(), Refusal> {
    let is_collector = role_of(asked) == Some(Role::Collector);
    match (is_collector, channel == Channel::Handset) {
        (true, false) => Err(Refusal::OnlyByHandset),
        (false, true) => Err(Refusal::HandsetNotYours),
        (true, true) | (false, false) => Ok(()),
    }
}

/// The desk's clock after standing still during a look: the steps it had ahead, moved.
fn resumed(intake: &Intake, pause: Span, cx: &Context) -> StageClock {
    let stood = intake.pauses.iter().copied().chain(Some(pause));
    let pauses: Vec<Pause> = stood.map(Pause::from).collect();
    let (rule, start) = (&cx.rules.stages.intake, intake.clock.start);
    let anew = StageClock::set(rule, intake.urgency, start, &pauses, &cx.rules.calendar);
    intake.clock.resumed_as(anew)
}

pub(super) fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    match (state, event) {
        (State::Unreported, Event::Registered(registered)) => Ok(first(registered)),
        (State::Unreported, Event::Adopted(adopted)) => {
            taken_in(adopted).ok_or_else(|| corrupt(&State::Unreported, event))
        }

        (State::Registered(mut intake), Event::ValidationOrdered(given)) => {
            intake.report.tasks = given.task;
            Ok(State::Validating(intake, Box::new(SiteTask::from(given))))
        }
        (State::Validating(mut intake, task), Event::Validated(validated)) => {
            let pause = Span { from: task.since, until: validated.at };
            let pauses = std::mem::take(&mut intake.pauses).into_vec();
            intake.pauses = pauses.into_iter().chain(Some(pause)).collect();
            intake.clock = validated.clock.clone();
            intake.truth = match validated.finding {
                Finding::Confirmed => Truth::Confirmed,
                Finding::Refuted => Truth::Refuted,
            };
            Ok(State::Registered(intake))
        }

        (State::Registered(intake), Event::Filed(filed)) => Ok(filed_from(*intake, filed)),
        (State::Registered(intake), &Event::Declined { at, .. }) => {
            Ok(State::Declined(Box::new(Declined { report: intake.report, at })))
        }

        (mut state, Event::Numbered { number }) => match state.filing_mut() {
            Some(filing) => {
                filing.number = Some(number.clone());
                Ok(state)
            }
            None => Err(corrupt(&state, event)),
        },

        (state, event) => Err(corrupt(&state, event)),
    }
}

fn first(registered: &Registered) -> State {
    let location = registered.location.as_ref();
    let report = Report {
        channel: registered.channel,
        at: registered.at,
        place: location.map(|location| location.place),
        grid: location.and_then(|location| location.grid.clone()),
        address: registered.address.as_str().into(),
        reporter: registered.reporter.clone().map(Box::new),
        tasks: 0,
        papers: 0,
    };
    let clock = registered.clock.clone();
    State::Registered(Box::new(Intake {
        report,
        urgency: called(registered.urgent.as_deref()),
        clock,
        pauses: Box::default(),
        truth: Truth::Unasked,
    }))
}
