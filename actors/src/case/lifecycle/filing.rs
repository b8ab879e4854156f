//! Filing: the decision of article 14, with what binds the case from that day on.

use chrono::Datelike;
use compact_str::CompactString;
use duban_core::entity::Asked;
use duban_rules::book::stages::Urgency;
use duban_rules::line;
use duban_rules::vocabulary::ConditionCode;

use super::site;
use crate::case::clock::StageClock;
use crate::case::command::Checklist;
use crate::case::entry::{Entry, FiledUnder};
use crate::case::event::{Filed, Location};
use crate::case::ladder::SharedLadder;
use crate::case::shared::Shared;
use crate::case::{Channel, Command, Event, Filing, Intake, Phase, Refusal, State, Truth, canary};
use crate::context::Context;

/// Files it under a condition of the handbook, by the rules in force (article 14).
pub(super) fn file(
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
        entry: Some(Entry::of(condition)),
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
        entry: None,
        edition: CompactString::from(rules.handbook.number.as_str()),
        limit: canary::LIMIT,
        ladder: canary::ladder(),
        location: None,
        reason: None,
        number: Some(canary::number(registered)),
        clock: StageClock::set(rule, urgency, asked.at, &[], &rules.calendar),
    }))])
}

pub(super) fn filed_from(intake: Intake, filed: &Filed) -> State {
    let mut report = intake.report;
    if let Some(Location { place, grid, .. }) = &filed.location {
        (report.place, report.grid) = (Some(*place), grid.clone());
    }
    let entry = filed.entry.as_ref().map(|entry| FiledUnder::Entry(Shared::of(entry)));
    let filing = Filing {
        report,
        condition: Some(filed.condition.clone()),
        under: entry.unwrap_or(FiledUnder::Nothing),
        limit: Some(filed.limit),
        ladder: SharedLadder::of(&filed.ladder),
        number: filed.number.clone(),
        assignments: 0,
        reworks: 0,
        orders: Box::default(),
        returned: Box::default(),
        returns: Box::default(),
        disputes: Box::default(),
        facts: Box::default(),
        help: Box::default(),
        call: None,
        deferrals: 0,
    };
    let clock = Box::new(filed.clock.clone());
    State::Filed(Box::new(filing), Phase::AwaitingDispatch(clock))
}
