//! Adoption: a history's case, taken in as it stood where it lived.

use compact_str::format_compact;
use duban_core::entity::Asked;
use duban_rules::book::ladder::{Applies, Ladder, Light, Step, Trigger};
use duban_rules::line;
use duban_rules::vocabulary::{Place, Recipient, StepCode, TemplateName};

use crate::case::application::Application;
use crate::case::assignment::{Assignment, Progress};
use crate::case::clock::StepAt;
use crate::case::command::Adoption;
use crate::case::entry::FiledUnder;
use crate::case::event::Adopted;
use crate::case::ladder::SharedLadder;
use crate::case::{Channel, Event, Filing, Holder, Refusal, Report, State};
use crate::context::Context;

/// A ladder with more steps than this is not one.
const STEPS_MAX: usize = 16;

/// Takes a history's case in. Its steps' instants are given; what each of them means is the ladder's in force.
pub(super) fn adopt(
    adoption: &Adoption,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
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
        place: adoption.place.map(Place::rounded),
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

pub(super) fn taken_in(adopted: &Adopted) -> Option<State> {
    let report = Report {
        channel: Channel::Import,
        at: adopted.opened,
        place: adopted.place,
        grid: None,
        address: adopted.summary.as_str().into(),
        reporter: None,
        tasks: 0,
        papers: 0,
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
        return_until: None,
        dispute_until: None,
        extension: None,
        limit: None,
        application: Application::None,
    };
    let filing = Filing {
        report,
        condition: None,
        under: FiledUnder::Nothing,
        limit: None,
        ladder,
        number: Some(format_compact!("{}-{}", adopted.source, adopted.external_id)),
        assignments: 1,
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
    let unit = Holder::Unit { receipt: None };
    Some(State::held_by(Box::new(filing), Box::new(assignment), unit))
}
