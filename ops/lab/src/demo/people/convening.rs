//! How the people of a town hold a meeting of the committee: when what is done, by whom (articles 4 and 19).

use std::time::Duration;

use chrono::{Days, NaiveTime};
use compact_str::CompactString;
use duban_actors::context::Context;
use duban_actors::findings::Determination;
use duban_actors::meeting::{Answer, Call, Command, Invitee, Meeting, Post, Sitting, State};
use duban_actors::role::Role;
use duban_runtime::clock::Timestamp;

use super::who;
use duban_base::asking::Asker;

/// How long after its proposal a meeting is called, and when it is after that.
const CALLED_AFTER: Duration = Duration::from_hours(20);
const DAYS_AHEAD: u64 = 3;
/// How long before it those who are invited answer, how long it takes, and when its minutes are there.
const ANSWERED_BEFORE: Duration = Duration::from_hours(18);
const TAKES: Duration = Duration::from_hours(2);
const MINUTED_AFTER: Duration = Duration::from_hours(22);
/// Of those who are invited so many answer.
const ANSWERS: usize = 6;

/// What is done next with a meeting, when, and by whom; none once it has ended.
pub(in crate::demo) struct Turn {
    pub(in crate::demo) at: Timestamp,
    pub(in crate::demo) asker: Asker,
    pub(in crate::demo) command: Command,
}

/// When the first thing is done with a meeting that is proposed at `at`.
pub(in crate::demo) fn first(at: Timestamp) -> Timestamp {
    at + CALLED_AFTER
}

/// What is done next with a meeting.
pub(in crate::demo) fn next(meeting: &Meeting, now: Timestamp, cx: &Context) -> Option<Turn> {
    let (at, command) = match &meeting.standing {
        State::Unproposed | State::Minuted(..) | State::Cancelled { .. } => return None,
        State::Proposed(_) => (now, called(now, cx)?),
        State::Called(call, _) => held(call, cx),
        State::Held(_, sitting, _) => after(meeting, sitting),
    };
    Some(Turn { at, asker: who::of_post(Role::CentreHead, &cx.rules), command })
}

/// It is called for nine o'clock of a working day.
fn called(now: Timestamp, cx: &Context) -> Option<Command> {
    let calendar = &cx.rules.calendar;
    let from = calendar.local(now.into()).date() + Days::new(DAYS_AHEAD);
    let day = from.iter_days().take(14).find(|day| calendar.day(*day).is_working())?;
    let at = calendar.instant(day.and_time(NaiveTime::from_hms_opt(9, 0, 0)?)).into();
    Some(Command::Call { at, place: "县政府三楼会议室".to_owned() })
}

/// The day before, some answer; then it is held.
fn held(call: &Call, cx: &Context) -> (Timestamp, Command) {
    let open = call.invited.iter().take(ANSWERS).enumerate().find(|(_, one)| one.answer.is_none());
    if let Some((place, one)) = open {
        let answer = answer(place, one, cx);
        let command = Command::Answer { name: Some(one.name.clone()), answer };
        return (call.when - ANSWERED_BEFORE, command);
    }
    let comes = |one: &&Invitee| !matches!(one.answer, Some(Answer::StaysAway { .. }));
    let present: Vec<CompactString> =
        call.invited.iter().filter(comes).map(|one| one.name.clone()).collect();
    let chair = call.invited.iter().find(|one| one.post == Post::Chair);
    let chair = chair.or(call.invited.first()).map(|one| one.name.clone()).unwrap_or_default();
    (call.when + TAKES, Command::Hold { chair, present })
}

/// What is on the agenda is decided, and the next day the minutes are there.
fn after(meeting: &Meeting, sitting: &Sitting) -> (Timestamp, Command) {
    let Some(item) = meeting.undecided().next() else {
        let record = "会议听取双方意见,明确主办和协办单位,按时限办理".to_owned();
        return (sitting.at + MINUTED_AFTER, Command::Minute { record });
    };
    let (case, applicant) = (item.motion.case.clone(), item.motion.applicant.clone());
    let finding = match item.motion.units.first().cloned() {
        Some(lead) => Determination::Joint { lead, helpers: vec![applicant] },
        None => Determination::Stays,
    };
    (sitting.at, Command::Decide { case, finding, reason: "经会议研究决定".to_owned() })
}

/// One sends somebody, one stays away, the others come.
fn answer(place: usize, one: &Invitee, cx: &Context) -> Answer {
    let units = one.unit.iter().filter_map(|unit| cx.rules.units.get(unit));
    let deputy = units.flat_map(|unit| &unit.contacts).find_map(|contact| contact.deputy.clone());
    match (place, deputy) {
        (3, Some(deputy)) => Answer::Sends { deputy: deputy.as_str().into() },
        (5, _) => Answer::StaysAway { reason: "外出开会".to_owned() },
        (_, _) => Answer::Comes,
    }
}
