//! The life of a case: articles 12–18 and 3. Pure: no clock, no I/O, no async.
//!
//! ```text
//!                 Validate ┌────────────┐
//!                ┌────────►│ Validating │
//!                │         └─────┬──────┘
//! Register  ┌────┴───────┐ GiveValidation
//! ─────────►│ Registered │◄──────┘        Decline ─► Declined
//!           └────┬───────┘
//!              File
//!           ┌────▼─────────────┐  DecideReturn accept  ┌───────────┐
//!           │ AwaitingDispatch │◄──────────────────────┤ Returning │ GiveOpinion
//!           └────┬─────────────┘                       └─▲───┬─────┘
//!             Dispatch                            Return │   │ DecideReturn refuse
//!           ┌────▼───────┐ Receive ┌──────────┐──────────┘   │
//!  Adopt ──►│ Dispatched ├────────►│ Handling │◄─────────────┘
//!    Recall └────────────┘         └─┬──────▲─┘──Conclude─► Closed
//!                       GiveFeedback │      │ Verify failed, Rework
//!                               ┌────▼──────┴┐ Verify passed ┌─────────────────┐ Close
//!                               │ Verifying  ├──────────────►│ AwaitingClosing ├──────► Closed
//!                               └────────────┘               └─────────────────┘
//! ```
//! From Dispatched and Handling a Dispute leads to Disputing, and back by Determine or TakeBack, on to Verifying by
//! GiveFeedback, or to another unit's Dispatched by Determine; a meeting on site is called and held meanwhile, or Refer puts
//! it to the committee, which decides in place of Determine. A finding may ask other units to help, which they do by GiveHelp
//! beside all that; the lead feeds back afterwards, or by WaiveHelp. Beside all that a unit may Apply, which moves nothing
//! but, once DecideApplication grants it, the due instant; or, where it says that the case is not as reported and a
//! collector's look agrees, ends it as Withdrawn; or, by the county leader's Consent, lets it wait as Deferred until Resume
//! or GiveFeedback.
//!
//! Before a command is decided, every step that time has passed is (`escalation`): whether a timer or a person comes
//! first changes nothing. The whole state × command grid is kept in `tests/tables/case.txt` and checked by a test.

mod adoption;
mod applying;
mod attaching;
mod calling;
mod closing;
mod committee;
mod deferring;
mod dispatch;
mod disputing;
mod erasure;
mod escalation;
mod filing;
mod handling;
mod helping;
mod intake;
mod meeting;
mod mismatch;
mod orders;
mod recalculation;
mod returning;
mod site;
mod verification;

use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, Corrupt, Effect, Entity, EntityId, Fired, Kind, Listing, Timers};
use duban_core::outbox::{Claim, Message};

use super::assignment::StepState;
use super::clock::{ClockName, Taken};
use super::event::StepDecided;
use super::facts::Watch;
use super::files::Use;
use super::returns::Lane;
use super::{
    Case, Channel, Command, Event, KIND, Refusal, State, claim, effects, listing, reach, remains,
    stored, timers, view,
};
use crate::context::Context;
use crate::refusal::Common;
use crate::role::{Role, role_of};
use escalation::Until;

impl Entity for Case {
    const KIND: Kind = KIND;
    const STATE_VERSION: u16 = 10;

    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Context = Context;

    fn initial(id: &EntityId) -> Case {
        Case { id: id.key.clone(), state: State::Unreported }
    }

    fn decide(
        &self,
        command: &Command,
        asked: &Asked,
        cx: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        if !is_permitted(&self.state, command, asked) {
            return Err(Common::NotPermitted { duty: command.duty() }.into());
        }
        let events = settled_first(self, command, asked, cx)?;
        Ok(reached(self, events, asked, cx))
    }

    /// Every step that has passed, whichever timer rang first.
    fn fired(&self, fired: &Fired, asked: &Asked, cx: &Context) -> Result<Vec<Event>, Corrupt> {
        if !escalation::is_ahead(&self.state, fired) {
            return Err(Corrupt::unarmed(fired));
        }
        let until = Until::Through(asked.at.max(fired.due));
        let events = escalation::settle(&self.state, until, asked.at, cx);
        Ok(reached(self, events, asked, cx))
    }

    fn evolve(self, event: &Event) -> Result<Case, Corrupt> {
        let mut state = evolve(self.state, event)?;
        let (used, files) = event.files();
        if let Some(report) = state.report_mut().filter(|_| used != Use::Photo) {
            let n = u16::try_from(files.len()).unwrap_or(u16::MAX);
            report.papers = report.papers.saturating_add(n);
        }
        Ok(Case { state, ..self })
    }

    /// The same; an event of filing that does not say what the handbook said leaves it to the rules of its record.
    fn evolve_under(self, event: &Event, rules: u64) -> Result<Case, Corrupt> {
        let mut case = self.evolve(event)?;
        if let (Event::Filed(_), Some(filing)) = (event, case.state.filing_mut()) {
            filing.under.or_under(rules);
        }
        Ok(case)
    }

    fn timers(&self) -> Timers {
        timers::timers(self)
    }

    fn listing(&self) -> Listing {
        listing::listing(self)
    }

    fn effects(&self, event: &Event, _: &Context) -> Vec<Effect> {
        effects::effects(self, event)
    }

    fn claim(&self, message: &Message, at: Timestamp, cx: &Context) -> Claim {
        claim::claim(self, message, at, cx)
    }

    fn remains(&self, now: Timestamp) -> Option<Vec<u8>> {
        remains::of(self, now)
    }

    fn from_stored(id: &EntityId, bytes: &[u8]) -> Result<Case, Corrupt> {
        stored::from_stored(id, bytes)
    }

    fn view(&self) -> serde_json::Value {
        view::view(self)
    }
}

/// What happens, with who of the unit is told of it.
fn reached(case: &Case, mut events: Vec<Event>, asked: &Asked, cx: &Context) -> Vec<Event> {
    if let Some(held) = case.state.assignment() {
        reach::settle(&mut events, &held.unit, asked.at, cx);
        escalation::told_once(&case.state, &mut events);
    }
    events
}

/// What time has passed, then what is asked.
fn settled_first(
    case: &Case,
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let mut events = escalation::settle(&case.state, Until::of(command, asked), asked.at, cx);
    if events.is_empty() {
        return decide_at((&case.id, &case.state), command, asked, cx);
    }
    let settled = events.iter().try_fold(case.state.clone(), evolve);
    let Ok(state) = settled else { return Err(out_of_order(&case.state)) };
    events.extend(decide_at((&case.id, &state), command, asked, cx)?);
    Ok(events)
}

/// The same once the clocks are settled; what the unit applied for goes with the case that leaves it.
fn decide_at(
    (id, state): (&str, &State),
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    let events = by_lane((id, state), command, asked, cx)?;
    let events = committee::spared(state, events, asked.at);
    Ok(applying::given_up(state, events, asked.at))
}

fn by_lane(
    (id, state): (&str, &State),
    command: &Command,
    asked: &Asked,
    cx: &Context,
) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Apply { .. }
        | Command::DecideApplication { .. }
        | Command::QuotaReserved(_)
        | Command::QuotaUsedUp(_) => applying::decide(state, command, asked, cx),
        Command::GiveOpinion { .. } | Command::TakeBack { .. }
            if applying::is_meant(state, command) =>
        {
            applying::decide(state, command, asked, cx)
        }
        Command::GiveValidation { .. } if state.recheck().is_some() => {
            applying::decide(state, command, asked, cx)
        }

        Command::Consent { .. } | Command::Resume { .. } => {
            deferring::decide(state, command, asked, cx)
        }

        Command::Register(_)
        | Command::Validate
        | Command::GiveValidation { .. }
        | Command::File { .. }
        | Command::Decline { .. }
        | Command::Numbered { .. }
        | Command::Adopt(_) => intake::decide(state, command, asked, cx),

        Command::Dispatch { .. }
        | Command::Call { .. }
        | Command::Receive
        | Command::Arrive { .. }
        | Command::Start
        | Command::GiveFeedback { .. }
        | Command::Conclude { .. } => handling::decide(state, command, asked, cx),

        Command::Return { .. }
        | Command::AddForm { .. }
        | Command::Recall { .. }
        | Command::GiveOpinion { .. }
        | Command::DecideReturn { .. } => returning::decide(state, command, asked, cx),

        Command::Attach { .. } => attaching::decide(state, command, asked),

        Command::Dispute { .. } | Command::Determine { .. } | Command::TakeBack { .. } => {
            disputing::decide(state, command, asked, cx)
        }

        Command::CallSiteMeeting { .. } | Command::RecordSiteMeeting { .. } => {
            meeting::decide(state, command, asked, cx)
        }

        Command::GiveHelp { .. } | Command::WaiveHelp { .. } => {
            helping::decide(state, command, asked)
        }

        Command::Refer { .. } | Command::Resolved(_) | Command::CalledOff { .. } => {
            committee::decide((id, state), command, asked, cx)
        }

        Command::Verify { .. } | Command::Reassign { .. } => {
            verification::decide(state, command, asked, cx)
        }

        Command::Close { .. } | Command::Rework { .. } => {
            closing::decide(state, command, asked, cx)
        }

        Command::OrderSupervision { .. } | Command::ReplySupervision { .. } => {
            orders::decide(state, command, asked, cx)
        }

        Command::Recalculate { reason } => recalculation::decide(state, reason, asked, cx),

        Command::EraseReporter { reason } => erasure::decide(state, reason, asked),
    }
}

/// The case after `event`, with what is counted of it.
///
/// # Errors
/// [`Corrupt`] on a history that [`decide_at`] cannot have written.
fn evolve(state: State, event: &Event) -> Result<State, Corrupt> {
    let watch = Watch::over(&state);
    let mut state = phase_after(state, event)?;
    if let (Some(lane), Some(filing)) = (returning::came_to_nothing(event), state.filing_mut()) {
        filing.waits_for_no_form(lane);
    }
    watch.noted(&mut state, event);
    Ok(state)
}

fn phase_after(state: State, event: &Event) -> Result<State, Corrupt> {
    match event {
        Event::ValidationOrdered(_) | Event::Validated(_) if state.held().is_some() => {
            mismatch::evolve(state, event)
        }
        Event::TaskReassigned { .. } if state.recheck().is_some() => mismatch::evolve(state, event),
        Event::Withdrawn(_) => mismatch::evolve(state, event),
        Event::ConsentWanted(_) | Event::Deferred(_) | Event::Resumed(_) => {
            deferring::evolve(state, event)
        }

        Event::Registered(_)
        | Event::ValidationOrdered(_)
        | Event::Validated(_)
        | Event::Declined { .. }
        | Event::Filed(_)
        | Event::Numbered { .. }
        | Event::Adopted(_) => intake::evolve(state, event),

        Event::CallWanted(_) | Event::Called(_) => calling::evolve(state, event),

        Event::Dispatched(_)
        | Event::Received { .. }
        | Event::Arrived { .. }
        | Event::Started { .. }
        | Event::FeedbackGiven(_)
        | Event::Concluded { .. } => handling::evolve(state, event),

        Event::QuotaReserved(answered) | Event::QuotaRefused(answered) => {
            applying::quota_answered(state, answered, event)
        }
        Event::Applied(_)
        | Event::Extended(_)
        | Event::ApplicationRefused { .. }
        | Event::OpinionGiven { lane: Lane::Application, .. }
        | Event::TakenBack { outcome: None, .. } => applying::evolve(state, event),

        Event::ReturnAsked { .. }
        | Event::FormAdded { .. }
        | Event::OpinionGiven { .. }
        | Event::Recalled { .. }
        | Event::ReturnAccepted { .. }
        | Event::ReturnRefused { .. } => returning::evolve(state, event),

        Event::Attached { .. } => attaching::evolve(state, event),

        Event::Disputed(_) | Event::Determined(_) | Event::TakenBack { .. } => {
            disputing::evolve(state, event)
        }

        Event::SiteMeetingCalled(_) | Event::SiteMeetingHeld(_) => meeting::evolve(state, event),

        Event::Referred(_)
        | Event::CommitteeSpared { .. }
        | Event::CommitteeCalledOff { .. }
        | Event::CommitteeLate { .. } => committee::evolve(state, event),

        Event::HelpAsked(_) | Event::HelpGiven(_) | Event::HelpWaived { .. } => {
            helping::evolve(state, event)
        }

        Event::Verified(_) | Event::TaskReassigned { .. } | Event::GivenBackLate { .. } => {
            verification::evolve(state, event)
        }

        Event::Reworked { .. } | Event::Closed(_) => closing::evolve(state, event),

        Event::OrderIssued(_) | Event::OrderRaised { .. } | Event::OrderReplied { .. } => {
            orders::evolve(state, event)
        }

        Event::StepDecided(step) => step_decided(state, step, event),
        Event::Recalculated(anew) => recalculation::evolve(state, anew, event),
        Event::ReporterErased { .. } => erasure::evolve(state, event),
    }
}

/// Takes a decided step off its clock; a step that was not ahead was decided twice.
fn step_decided(mut state: State, step: &StepDecided, event: &Event) -> Result<State, Corrupt> {
    let taken = match step.clock {
        ClockName::Handling => take_mark(&mut state, step),
        ClockName::Reply => orders::take(&mut state, step),
        ClockName::Form => returning::take(&mut state, step),
        ClockName::Binding => disputing::take(&mut state, step),
        ClockName::Application | ClockName::Consent => applying::take(&mut state, step),
        ClockName::Deferral => deferring::take(&mut state, step),
        ClockName::Recheck => mismatch::take(&mut state, step),
        ClockName::Help => helping::take(&mut state, step),
        ClockName::Call => calling::take(&mut state, step),
        ClockName::Intake
        | ClockName::Validation
        | ClockName::Dispatch
        | ClockName::Receipt
        | ClockName::ReturnReview
        | ClockName::Dispute
        | ClockName::Verification
        | ClockName::Closing => match timers::stage(&state) {
            Some((running, revision, _))
                if running == step.clock && timers::is_of(step.revision, revision) =>
            {
                timers::stage_mut(&mut state).map_or(Taken::No, |c| c.take(&step.step, step.due))
            }
            _ => Taken::No,
        },
    };
    match taken {
        Taken::Yes => Ok(state),
        Taken::No => Err(corrupt(&state, event)),
    }
}

/// Marks a step of the ladder as decided.
fn take_mark(state: &mut State, step: &StepDecided) -> Taken {
    if state.stands_still().is_some() {
        return Taken::No;
    }
    let Some((filing, assignment, _)) = state.held_mut() else { return Taken::No };
    let place = filing.ladder.position(&step.step);
    let mark = place.and_then(|place| assignment.marks.get_mut(place));
    match mark.filter(|mark| mark.standing == StepState::Ahead && mark.due == step.due) {
        Some(mark) if assignment.no == step.assignment && assignment.revision == step.revision => {
            mark.standing = StepState::Decided;
            Taken::Yes
        }
        Some(_) | None => Taken::No,
    }
}

/// Whether this role does this (article 12): to a canary its own alone, which does nothing to any other case.
fn is_permitted(state: &State, command: &Command, asked: &Asked) -> bool {
    let is_canary = match (state, command) {
        (State::Unreported, Command::Register(report)) => report.channel == Channel::Canary,
        (state, _) => state.is_canary(),
    };
    role_of(asked).is_some_and(|role| {
        let is_at_home = (role == Role::Canary) == is_canary;
        is_at_home && role.may(command.duty())
    })
}

fn out_of_order(state: &State) -> Refusal {
    Refusal::OutOfOrder { stands: state.name() }
}

fn corrupt(state: &State, event: &Event) -> Corrupt {
    corrupt_while(state.name(), event)
}

/// The same of a life that is used up, by its name.
fn corrupt_while(stands: &str, event: &Event) -> Corrupt {
    Corrupt(format!("{event:?} while {stands}"))
}
