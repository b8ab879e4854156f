//! Lead and helpers (主办、协办, article 19): helpers do their sub-tasks, and the lead feeds back when they have or says why
//! not. A helper has the sub-task alone: the case, its clock and what is rated are the lead's.

use duban_core::entity::{Asked, Corrupt};
use duban_rules::line;
use duban_rules::vocabulary::UnitId;

use super::dispatch::at_work;
use super::handling::by_holder;
use super::{corrupt, out_of_order};
use crate::case::clock::Taken;
use crate::case::command::Determination;
use crate::case::event::{HelpAsked, HelpGiven, StepDecided};
use crate::case::help::{Help, HelpStanding};
use crate::case::{Command, Event, Filing, Phase, Refusal, State};
use crate::context::Context;
use crate::findings::HELPERS_MAX;
use crate::refusal::reason;
use crate::role::{Role, role_of, unit_of};

pub(super) fn decide(
    state: &State,
    command: &Command,
    asked: &Asked,
) -> Result<Vec<Event>, Refusal> {
    let at = asked.at;
    Ok(vec![match (state, command) {
        (State::Filed(filing, _), Command::GiveHelp { result, photos }) => {
            let own =
                |help: &&Help| help.clock().is_some() && unit_of(asked) == Some(help.unit.as_str());
            let help = filing.help.iter().find(own).ok_or(Refusal::NoHelpAsked)?;
            if line::is_blank(result) {
                return Err(Refusal::ResultMissing);
            }
            if photos.is_empty() && !role_of(asked).is_some_and(Role::is_of_the_centre) {
                return Err(Refusal::PhotoMissing);
            }
            let (result, photos) = (result.clone(), photos.clone());
            Event::HelpGiven(Box::new(HelpGiven { at, no: help.no, result, photos }))
        }
        (State::Filed(filing, Phase::Held(held, _)), Command::WaiveHelp { reason: why }) => {
            by_holder(held, asked)?;
            if awaited(filing).is_ok() {
                return Err(Refusal::NoHelpAsked);
            }
            Event::HelpWaived { at, reason: reason(why)? }
        }

        _ => return Err(out_of_order(state)),
    }])
}

/// Whether those who are to help are units that there are, each once, and not too many of them.
pub(super) fn fit(finding: &Determination, cx: &Context) -> Result<(), Refusal> {
    if !finding.fits() {
        return Err(Refusal::Helpers { most: HELPERS_MAX });
    }
    for unit in finding.helpers() {
        at_work(unit, cx)?;
    }
    Ok(())
}

/// Asks each helper.
pub(super) fn ask<'a>(
    filing: &'a Filing,
    (helpers, reason): (&'a [UnitId], &'a str),
    asked: &'a Asked,
    cx: &'a Context,
) -> impl Iterator<Item = Event> + 'a {
    let last = filing.help.last().map_or(0, |help| help.no);
    let numbered = (1..).zip(helpers);
    numbered.map(move |(n, unit): (u16, &UnitId)| {
        let (at, no, unit) = (asked.at, last.saturating_add(n), unit.clone());
        let clock = filing.clock(&cx.rules.stages.help, at, cx);
        Event::HelpAsked(Box::new(HelpAsked { at, no, unit, reason: reason.to_owned(), clock }))
    })
}

/// Whether the lead may feed back: every helper has helped, or the lead has said why not.
pub(super) fn awaited(filing: &Filing) -> Result<(), Refusal> {
    let units: Vec<UnitId> = filing.help_asked().map(|(help, _)| help.unit.clone()).collect();
    if units.is_empty() { Ok(()) } else { Err(Refusal::HelpAwaited { units }) }
}

pub(super) fn evolve(mut state: State, event: &Event) -> Result<State, Corrupt> {
    let Some(filing) = state.filing_mut() else { return Err(corrupt(&state, event)) };
    if let Event::HelpAsked(asked) = event {
        let (no, unit) = (asked.no, asked.unit.clone());
        let help = Help { no, unit, standing: HelpStanding::Asked(asked.clock.clone()) };
        let before = std::mem::take(&mut filing.help);
        filing.help = before.into_iter().chain([help]).collect();
        return Ok(state);
    }
    let given = if let Event::HelpGiven(given) = event { Some(given.no) } else { None };
    let now = if given.is_some() { HelpStanding::Given } else { HelpStanding::Waived };
    let is_meant =
        |help: &&mut Help| help.clock().is_some() && given.is_none_or(|no| help.no == no);
    let mut met = 0_u32;
    for help in filing.help.iter_mut().filter(is_meant) {
        help.standing = now.clone();
        met += 1;
    }
    if met == 0 { Err(corrupt(&state, event)) } else { Ok(state) }
}

/// Takes a decided step off the clock of a sub-task.
pub(super) fn take(state: &mut State, step: &StepDecided) -> Taken {
    let help = state.filing_mut().map(|filing| &mut filing.help);
    let help = help.and_then(|all| all.iter_mut().find(|help| help.no == step.revision));
    match help.map(|help| &mut help.standing) {
        Some(HelpStanding::Asked(clock)) => clock.take(&step.step, step.due),
        Some(HelpStanding::Given | HelpStanding::Waived) | None => Taken::No,
    }
}
