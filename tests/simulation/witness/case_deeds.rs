//! What happened to a case, in words that are counted.

use duban_actors::case::command::Determination;
use duban_actors::case::event::{Charge, DisputeOutcome, Verdict};
use duban_actors::case::{Event, Timeliness, calls};

/// Everything that must have happened over enough seeds.
pub(crate) const ALL: [&str; 48] = [
    "a vacant desk was taken over",
    "a shift was signed for",
    "a desk was taken over with a reason",
    "a desk was left vacant",
    "a shift was handed over",
    "a note was written",
    "somebody may close",
    "somebody lost a post",
    "quota reserved",
    "quota used up",
    "granted within the quota",
    "granted beyond the quota",
    "an application was refused",
    "an application was taken back",
    "found: it stays",
    "found: it stays, credited",
    "found: it moves",
    "found: joint",
    "a dispute was taken back",
    "a dispute was charged back",
    "a dispute was put to the committee",
    "the committee decided",
    "the committee was spared",
    "the committee called off",
    "the committee was late",
    "a meeting was called off",
    "a meeting was minuted",
    "the head was reminded of a meeting",
    "a meeting on site was called",
    "a meeting on site was held",
    "help was given",
    "help was waived",
    "it was deferred",
    "it went on with the rest",
    "it went on with another limit",
    "it was withdrawn",
    "it was not filed",
    "it was validated",
    "a call was answered",
    "a call was not answered",
    "a slip was recalled",
    "a return was accepted",
    "a return was refused",
    "a unit has it again",
    "it was reworked",
    "an order rose",
    "closed in time",
    "closed late",
];

/// What an event is called; nothing of those that happen all the time.
pub(super) fn of(event: &Event) -> impl Iterator<Item = &'static str> {
    what(event).into_iter().chain(beside(event))
}

fn what(event: &Event) -> Option<&'static str> {
    if let Event::Determined(found) = event {
        return Some(match found.finding {
            Determination::Stays => "found: it stays",
            Determination::StaysCredited => "found: it stays, credited",
            Determination::MovesTo(_) => "found: it moves",
            Determination::Joint { .. } => "found: joint",
        });
    }
    if let Event::Extended(extended) = event {
        return Some(match extended.quota {
            Charge::Within => "granted within the quota",
            Charge::Beyond => "granted beyond the quota",
        });
    }
    if let Event::Closed(closed) = event {
        return Some(match closed.timeliness {
            Timeliness::OnTime => "closed in time",
            Timeliness::Late => "closed late",
            Timeliness::Unjudged => "closed unjudged",
        });
    }
    if let Event::Called(called) = event {
        return Some(match called.outcome {
            calls::Outcome::Answered => "a call was answered",
            calls::Outcome::NoAnswer => "a call was not answered",
        });
    }
    if let Event::Resumed(resumed) = event {
        let other = resumed.limit.map(|_| "it went on with another limit");
        return other.or(Some("it went on with the rest"));
    }
    plain(event)
}

fn plain(event: &Event) -> Option<&'static str> {
    if matches!(event, Event::ApplicationRefused { .. }) {
        Some("an application was refused")
    } else if matches!(event, Event::TakenBack { outcome: None, .. }) {
        Some("an application was taken back")
    } else if matches!(event, Event::TakenBack { .. }) {
        Some("a dispute was taken back")
    } else if matches!(event, Event::Referred(_)) {
        Some("a dispute was put to the committee")
    } else if matches!(event, Event::CommitteeSpared { .. }) {
        Some("the committee was spared")
    } else if matches!(event, Event::CommitteeCalledOff { .. }) {
        Some("the committee called off")
    } else if matches!(event, Event::CommitteeLate { .. }) {
        Some("the committee was late")
    } else if matches!(event, Event::SiteMeetingCalled(_)) {
        Some("a meeting on site was called")
    } else if matches!(event, Event::SiteMeetingHeld(_)) {
        Some("a meeting on site was held")
    } else if matches!(event, Event::HelpGiven(_)) {
        Some("help was given")
    } else if matches!(event, Event::HelpWaived { .. }) {
        Some("help was waived")
    } else if matches!(event, Event::Deferred(_)) {
        Some("it was deferred")
    } else if matches!(event, Event::Withdrawn(_)) {
        Some("it was withdrawn")
    } else if matches!(event, Event::Declined { .. }) {
        Some("it was not filed")
    } else if matches!(event, Event::Validated(_)) {
        Some("it was validated")
    } else if matches!(event, Event::Recalled { .. }) {
        Some("a slip was recalled")
    } else if matches!(event, Event::ReturnAccepted { .. }) {
        Some("a return was accepted")
    } else if matches!(event, Event::ReturnRefused { .. }) {
        Some("a return was refused")
    } else if matches!(event, Event::Reworked { .. }) {
        Some("it was reworked")
    } else if matches!(event, Event::OrderRaised { .. }) {
        Some("an order rose")
    } else {
        None
    }
}

/// What an event is called beside.
fn beside(event: &Event) -> Option<&'static str> {
    if let Event::Determined(found) = event
        && let DisputeOutcome::GoesOn { charged_back: Some(_), .. } = found.outcome
    {
        return Some("a dispute was charged back");
    }
    if let Event::Dispatched(dispatched) = event {
        return dispatched.resumes.map(|_| "a unit has it again");
    }
    if let Event::Verified(verified) = event
        && matches!(verified.verdict, Verdict::Unable(_))
    {
        return Some("a look could not be had");
    }
    None
}
