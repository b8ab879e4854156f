//! From report to filing: articles 13 and 14, and the adoption of a history.

use chrono::Datelike;
use compact_str::{CompactString, format_compact};
use duban_rules::book::ladder::{Applies, Ladder, Light, Step, Trigger};
use duban_rules::book::stages::Urgency;
use duban_rules::deadline::Pause;
use duban_rules::line;
use duban_rules::vocabulary::{ConditionCode, Recipient, StepCode, TemplateName};
use duban_runtime::entity::{Asked, Corrupt};

use super::{corrupt, out_of_order, reason, site};
use crate::case::assignment::{Assignment, Progress};
use crate::case::clock::{Span, StageClock, StepAt};
use crate::case::command::{Adoption, Checklist, Finding, NewReport};
use crate::case::event::{Adopted, Filed, Location, Registered, TaskGiven, Validated};
use crate::case::ladder::SharedLadder;
use crate::case::{
    Channel, Command, Declined, Event, Filing, Intake, Life, Refusal, Report, SiteTask, Truth,
    canary,
};
use crate::context::Context;

/// A ladder with more steps than this is not one.
const STEPS_MAX: usize = 16;

pub(super) fn decide(
    life: &Life,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    match (life, command) {
        (Life::Unreported, Command::Register(report)) => register(report, asked, cx),
        (Life::Unreported, Command::Adopt(adoption)) => adopt(adoption, asked, cx),
        (_, Command::Register(_) | Command::Adopt(_)) => Err(Refusal::AlreadyRegistered),

        (Life::Registered(intake), Command::Validate) => {
            let rule = (&cx.rules.stages.validation, Urgency::Ordinary);
            let task = site::give(&intake.report, None, rule, at, cx);
            Ok(vec![Event::ValidationOrdered(task)])
        }
        (Life::Validating(intake, task), Command::GiveValidation { finding, seen }) => {
            let sight = site::sight(&intake.report, task, seen, asked, cx)?;
            let clock = resumed(intake, Span { from: task.since, until: at }, cx);
            let task = task.no;
            let validated = Validated { at, task, finding: *finding, sight, clock };
            Ok(vec![Event::Validated(Box::new(validated))])
        }

        (Life::Registered(intake), Command::File { .. }) => file(intake, command, asked, cx),
        (Life::Registered(_), Command::Decline { reason: why }) => {
            Ok(vec![Event::Declined { at, reason: reason(why)? }])
        }

        (life, Command::Numbered { number }) => match life.filing().map(|f| &f.number) {
            Some(None) => Ok(vec![Event::Numbered { number: number.clone() }]),
            Some(Some(_)) | None => Err(out_of_order(life)),
        },

        _ => Err(out_of_order(life)),
    }
}

/// Registers a report at once, whatever it says, so long as it says something (article 14); a collector's shows a photo
/// and a place (article 13).
fn register(report: &NewReport, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Refusal> {
    if line::is_blank(&report.text) {
        return Err(Refusal::ReportEmpty);
    }
    let incomplete = report.photos.is_empty() || report.place.is_none();
    if report.channel == Channel::Handset && incomplete {
        return Err(Refusal::ReportIncomplete);
    }
    let rules = &cx.rules;
    let clock =
        StageClock::set(&rules.stages.intake, Urgency::Ordinary, asked.at, &[], &rules.calendar);
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
        clock_ahead_s: report.clock_ahead_s,
    }))])
}

/// The desk's clock after standing still during a look: the steps it had ahead, moved.
fn resumed(intake: &Intake, pause: Span, cx: &Context) -> StageClock {
    let stood = intake.pauses.iter().copied().chain(Some(pause));
    let pauses: Vec<Pause> = stood.map(Pause::from).collect();
    let (rule, start) = (&cx.rules.stages.intake, intake.clock.start);
    let anew = StageClock::set(rule, Urgency::Ordinary, start, &pauses, &cx.rules.calendar);
    intake.clock.resumed_as(anew)
}

fn file(
    intake: &Intake,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let Command::File { condition: code, checklist, place, reason: why } = command else {
        return Err(Refusal::ChecklistUnconfirmed);
    };
    let channel = intake.report.channel;
    let says_why = why.as_deref().is_some_and(|why| !line::is_blank(why));
    match intake.truth {
        Truth::Refuted => return Err(Refusal::Refuted),
        Truth::Unasked if channel.may_skip_validation() && says_why => {}
        Truth::Unasked if channel.needs_validation() => return Err(Refusal::NotValidated),
        Truth::Unasked | Truth::Confirmed => {}
    }
    if *checklist == Checklist::Unconfirmed {
        return Err(Refusal::ChecklistUnconfirmed);
    }
    let rules = &cx.rules;
    if channel == Channel::Canary {
        return canary(intake, code, asked, cx);
    }
    let condition = rules.handbook.condition(code);
    let condition =
        condition.ok_or_else(|| Refusal::UnknownCondition { condition: code.clone() })?;
    let location = place.map(|place| site::locate(place, cx));
    let grid = location.as_ref().map_or(intake.report.grid.as_ref(), |found| found.grid.as_ref());
    if grid.is_none() {
        return Err(Refusal::NoCell);
    }
    let urgency = Urgency::of(&condition.limit);
    let texts = blake3::Hasher::new()
        .update(condition.filing.as_bytes())
        .update(b"\n")
        .update(condition.closing.as_bytes())
        .finalize();
    let texts: CompactString = texts.to_hex().chars().take(16).collect();
    Ok(vec![Event::Filed(Box::new(Filed {
        at: asked.at,
        year: rules.calendar.local(asked.at.into()).year(),
        condition: code.clone(),
        texts,
        edition: CompactString::from(rules.handbook.number.as_str()),
        limit: condition.limit,
        ladder: rules.ladder.for_limit(&condition.limit).clone(),
        location,
        reason: why.clone(),
        number: None,
        clock: StageClock::set(&rules.stages.dispatch, urgency, asked.at, &[], &rules.calendar),
    }))])
}

/// Files a canary: under its own condition, with its own limit, ladder and number; no handbook names them.
fn canary(
    intake: &Intake,
    code: &ConditionCode,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    if *code != canary::condition() {
        return Err(Refusal::UnknownCondition { condition: code.clone() });
    }
    let rules = &cx.rules;
    let registered = rules.calendar.local(intake.report.at.into());
    let (rule, urgency) = (&rules.stages.dispatch, Urgency::of(&canary::LIMIT));
    Ok(vec![Event::Filed(Box::new(Filed {
        at: asked.at,
        year: registered.year(),
        condition: code.clone(),
        texts: CompactString::default(),
        edition: CompactString::from(rules.handbook.number.as_str()),
        limit: canary::LIMIT,
        ladder: canary::ladder(),
        location: None,
        reason: None,
        number: Some(canary::number(registered)),
        clock: StageClock::set(rule, urgency, asked.at, &[], &rules.calendar),
    }))])
}

/// Takes a history's case in. Its steps' instants are given; what each of them means is the ladder's in force.
fn adopt(adoption: &Adoption, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Refusal> {
    let mut steps: Vec<StepAt> = Vec::with_capacity(adoption.steps.len());
    for (code, due) in &adoption.steps {
        if steps.len() >= STEPS_MAX || steps.iter().any(|step| step.code == *code) {
            return Err(Refusal::LadderUnusable);
        }
        steps.push(StepAt { code: code.clone(), due: *due });
    }
    let known = &cx.rules.ladder.ordinary;
    let step = |step: &StepAt| known.step(&step.code).cloned().unwrap_or_else(|| plain(&step.code));
    Ok(vec![Event::Adopted(Box::new(Adopted {
        source: line::id(&adoption.source).into(),
        external_id: line::id(&adoption.external_id).into(),
        unit: adoption.unit.clone(),
        by: asked.by.clone(),
        opened: adoption.opened,
        due: adoption.due,
        ladder: Ladder { steps: steps.iter().map(step).collect() },
        steps,
        place: adoption.place.map(site::rounded),
        summary: adoption.summary.clone(),
    }))])
}

/// What a step of a history means that no ladder names: a word to the unit.
fn plain(code: &StepCode) -> Step {
    Step {
        code: code.clone(),
        trigger: Trigger::Percent(100),
        light: Light::Yellow,
        level: 0,
        applies: Applies::Always,
        tell: vec![Recipient::Informant],
        template: TemplateName::new("warning"),
    }
}

pub(super) fn evolve(life: Life, event: &Event) -> Result<Life, Corrupt> {
    match (life, event) {
        (Life::Unreported, Event::Registered(registered)) => Ok(first(registered)),
        (Life::Unreported, Event::Adopted(adopted)) => {
            taken_in(adopted).ok_or_else(|| corrupt(&Life::Unreported, event))
        }

        (Life::Registered(mut intake), Event::ValidationOrdered(given)) => {
            intake.report.tasks = given.task;
            Ok(Life::Validating(intake, Box::new(SiteTask::from(given))))
        }
        (Life::Validating(mut intake, task), Event::Validated(validated)) => {
            let pause = Span { from: task.since, until: validated.at };
            let pauses = std::mem::take(&mut intake.pauses).into_vec();
            intake.pauses = pauses.into_iter().chain(Some(pause)).collect();
            intake.clock = validated.clock.clone();
            intake.truth = match validated.finding {
                Finding::Confirmed => Truth::Confirmed,
                Finding::Refuted => Truth::Refuted,
            };
            Ok(Life::Registered(intake))
        }

        (Life::Registered(intake), Event::Filed(filed)) => Ok(filed_from(*intake, filed)),
        (Life::Registered(intake), &Event::Declined { at, .. }) => {
            Ok(Life::Declined(Box::new(Declined { report: intake.report, at })))
        }

        (mut life, Event::Numbered { number }) => match life.filing_mut() {
            Some(filing) => {
                filing.number = Some(number.clone());
                Ok(life)
            }
            None => Err(corrupt(&life, event)),
        },

        (life, event) => Err(corrupt(&life, event)),
    }
}

fn first(registered: &Registered) -> Life {
    let location = registered.location.as_ref();
    let report = Report {
        channel: registered.channel,
        at: registered.at,
        place: location.map(|location| location.place),
        grid: location.and_then(|location| location.grid.clone()),
        address: registered.address.as_str().into(),
        reporter: registered.reporter.clone().map(Box::new),
        tasks: 0,
    };
    let clock = registered.clock.clone();
    Life::Registered(Box::new(Intake {
        report,
        clock,
        pauses: Box::default(),
        truth: Truth::Unasked,
    }))
}

fn filed_from(intake: Intake, filed: &Filed) -> Life {
    let mut report = intake.report;
    if let Some(Location { place, grid, .. }) = &filed.location {
        (report.place, report.grid) = (Some(*place), grid.clone());
    }
    let filing = Filing {
        report,
        condition: Some(filed.condition.clone()),
        limit: Some(filed.limit),
        ladder: SharedLadder::of(&filed.ladder),
        number: filed.number.clone(),
        assignments: 0,
        reworks: 0,
        orders: Box::default(),
        returned: Box::default(),
    };
    Life::AwaitingDispatch(Box::new(filing), Box::new(filed.clock.clone()))
}

fn taken_in(adopted: &Adopted) -> Option<Life> {
    let report = Report {
        channel: Channel::Import,
        at: adopted.opened,
        place: adopted.place,
        grid: None,
        address: adopted.summary.as_str().into(),
        reporter: None,
        tasks: 0,
    };
    let ladder = SharedLadder::of(&adopted.ladder);
    let assignment = Assignment {
        no: 1,
        unit: adopted.unit.clone(),
        by: adopted.by.clone(),
        dispatched: adopted.opened,
        start: adopted.opened,
        due: adopted.due,
        marks: Assignment::marks(&ladder, &adopted.steps)?,
        revision: 0,
        pauses: Box::default(),
        progress: Progress::Received(adopted.opened),
    };
    let filing = Filing {
        report,
        condition: None,
        limit: None,
        ladder,
        number: Some(format_compact!("{}-{}", adopted.source, adopted.external_id)),
        assignments: 1,
        reworks: 0,
        orders: Box::default(),
        returned: Box::default(),
    };
    Some(Life::Handling(Box::new(filing), Box::new(assignment)))
}

impl From<&TaskGiven> for SiteTask {
    fn from(given: &TaskGiven) -> SiteTask {
        SiteTask {
            no: given.task,
            collector: given.collector.clone(),
            since: given.at,
            clock: given.clock.clone(),
        }
    }
}

impl Life {
    /// The filing, to be changed.
    pub(super) fn filing_mut(&mut self) -> Option<&mut Filing> {
        match self {
            Life::Unreported | Life::Registered(..) | Life::Validating(..) | Life::Declined(..) => {
                None
            }
            Life::AwaitingDispatch(filing, _)
            | Life::Dispatched(filing, ..)
            | Life::Handling(filing, _)
            | Life::Returning(filing, ..)
            | Life::Verifying(filing, ..)
            | Life::AwaitingClosing(filing, ..) => Some(filing),
            Life::Closed(closed) => Some(&mut closed.filing),
        }
    }
}
