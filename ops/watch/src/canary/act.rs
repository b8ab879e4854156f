//! What the canary's keeper does next. Pure: from where the case stands and what is left of its messages.

use chrono::NaiveDate;
use compact_str::{CompactString, format_compact};
use duban_actors::case::command::{Checklist, NewReport, Outcome, Seen};
use duban_actors::case::{Case, Channel, Command, Holder, Phase, State, canary};
use duban_actors::role::CANARY_UNIT;
use duban_base::labels::case::stage_word;
use duban_rules::vocabulary::UnitId;

/// What is done next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    Ask(Box<Command>),
    /// The timer or a courier has yet to do its part.
    Wait,
    /// It is across.
    Done,
    /// It stands where no keeper has put it, or a message of it was given up.
    Stuck(CompactString),
}

/// What is left of its messages in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Post {
    /// Nothing: whatever was decided is handed over.
    Gone,
    /// A message waits for its courier.
    Waiting,
    /// A message was given up; why.
    Dead(CompactString),
}

impl Act {
    /// What is wrong, if something is.
    pub(super) fn trouble(self) -> Option<CompactString> {
        match self {
            Act::Stuck(why) => Some(why),
            Act::Ask(_) | Act::Wait | Act::Done => None,
        }
    }
}

/// What is done next for the canary of `day`.
pub(super) fn next_act(day: NaiveDate, case: Option<&Case>, post: Post) -> Act {
    if let Post::Dead(why) = post {
        return Act::Stuck(format_compact!("dead letter: {why}"));
    }
    let words = "每日自检";
    let command = match case.map_or(&State::Unreported, |case| &case.state) {
        State::Unreported => Command::Register(Box::new(report(day, words))),
        State::Registered(_) => Command::File {
            condition: canary::condition(),
            checklist: Checklist::Confirmed,
            place: None,
            reason: None,
        },
        State::Filed(_, Phase::AwaitingDispatch(_)) => {
            Command::Dispatch { unit: UnitId::new(CANARY_UNIT), method: None, reason: None }
        }
        State::Filed(_, Phase::Held(_, Holder::Unit { receipt: Some(_) })) => Command::Receive,
        State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: None })) => {
            let has_fired = held.ahead(&filing.ladder).next().is_none();
            if !has_fired || post == Post::Waiting {
                return Act::Wait;
            }
            Command::GiveFeedback { result: words.to_owned(), photos: Vec::new(), finished: None }
        }
        State::Filed(_, Phase::Held(_, Holder::Collector { .. })) => {
            let seen = Seen { waiver: Some(words.to_owned()), ..Seen::default() };
            Command::Verify { outcome: Outcome::Passed, seen }
        }
        State::Filed(_, Phase::Held(_, Holder::DutyChief { .. })) => {
            Command::Close { waiver: Some(words.to_owned()) }
        }
        State::Closed(_) => return Act::Done,
        life @ (State::Validating(..)
        | State::Declined(_)
        | State::Withdrawn(_)
        | State::Filed(
            _,
            Phase::Held(
                _,
                Holder::Reviewer { .. } | Holder::Disputed { .. } | Holder::Deferred { .. },
            ),
        )) => {
            return Act::Stuck(format_compact!("停在{}", stage_word(life.name())));
        }
    };
    Act::Ask(Box::new(command))
}

fn report(day: NaiveDate, words: &str) -> NewReport {
    NewReport {
        channel: Channel::Canary,
        source: canary::SOURCE.into(),
        external_id: day.to_string().into(),
        text: words.to_owned(),
        address: String::new(),
        place: None,
        reporter: None,
        photos: Vec::new(),
        collector: None,
        urgent: None,
        clock_ahead_s: None,
    }
}
