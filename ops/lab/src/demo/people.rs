//! How people are: who is quick, who forgets, who looks closely. Chance comes from the seed alone.

mod applying;
pub(super) mod convening;
mod disputing;
pub(super) mod who;

use std::time::Duration;

use rand::{Rng, RngExt};
use rand_pcg::Pcg64Mcg;

use duban_actors::case::assignment::Assignment;
use duban_actors::case::calls::Outcome as CallOutcome;
use duban_actors::case::command::{Checklist, Decision, Finding, Ground, Opinion, Outcome, Seen};
use duban_actors::case::{
    Case, Channel, Command, Filing, Holder, Intake, Phase, SiteTask, State, Truth,
};
use duban_actors::context::Context;
use duban_actors::desks::Desk;
use duban_actors::role::Role;
use duban_rules::vocabulary::{ConditionCode, Place, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::CommandId;

use super::happenings::Happening;
use duban_base::asking::Asker;

/// Chance that belongs to one thing in one town: the same for ever.
pub(super) fn chance(seed: u64, of: &[&[u8]]) -> Pcg64Mcg {
    let mut parts = vec![&b"town"[..]];
    let seed = seed.to_le_bytes();
    parts.push(&seed);
    parts.extend_from_slice(of);
    Pcg64Mcg::new(CommandId::derived(&parts).0 | 1)
}

/// A temper of a unit: how much of a limit it uses as a rule, in percent, and how often it forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Temper {
    /// Percent of the limit that handling takes in the middle.
    pub tempo: u32,
    /// Percent of cases that are left lying until somebody asks.
    pub forgets: u32,
}

impl Temper {
    /// The temper of `unit` in the town of `seed`.
    pub fn of(seed: u64, unit: &UnitId) -> Temper {
        let mut chance = chance(seed, &[b"temper", unit.as_str().as_bytes()]);
        Temper { tempo: chance.random_range(30..95), forgets: chance.random_range(1..14) }
    }
}

/// The next thing somebody does with a case: after how long, who, and what.
pub(super) struct Step {
    pub(super) after: Duration,
    pub(super) asker: Asker,
    pub(super) command: Command,
}

/// What people see who are about to do something.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) seed: u64,
    /// When the town began.
    pub(super) began: Timestamp,
    pub(super) now: Timestamp,
    pub(super) cx: &'a Context,
    /// What is to happen to this case, if anything is.
    pub(super) meant: Option<Happening>,
}

/// What comes next for `case`, as the people of this town are; none when nobody has to do anything.
pub(super) fn next(case: &Case, condition: &ConditionCode, sight: &Sight<'_>) -> Option<Step> {
    let stage = case.state.name();
    // What was tried before is tried anew, with chance of its own.
    let filing = case.state.filing();
    let round = filing.map_or(0, |filing| filing.assignments + filing.reworks);
    let tasks = case.state.report().map_or(0, |report| report.tasks);
    let tries = [round.to_le_bytes(), tasks.to_le_bytes()].concat();
    let began = sight.began.as_millis().to_le_bytes();
    let mut chance = chance(sight.seed, &[case.id.as_bytes(), stage.as_bytes(), &tries, &began]);
    let chance = &mut chance;
    let desk = minutes(chance, 3, 25);
    match &case.state {
        State::Unreported | State::Declined(_) | State::Withdrawn(_) | State::Closed(_) => None,
        State::Registered(intake) => {
            Some(sight.at_desk(Desk::Intake, desk, examined(intake, condition)))
        }
        State::Validating(intake, task) => {
            let finding =
                if chance.random_ratio(9, 10) { Finding::Confirmed } else { Finding::Refuted };
            let command = Command::GiveValidation { finding, seen: seen(intake.report.place) };
            on_site(task, chance, command, sight)
        }
        State::Filed(filing, Phase::AwaitingDispatch(_)) => dispatched(filing, desk, chance, sight),
        State::Filed(filing, Phase::Held(held, holder)) => match holder {
            Holder::Unit { receipt: Some(_) } => Some(receipt((filing, held), chance, sight)),
            Holder::Unit { receipt: None } => {
                at_work(&case.id, (filing, held), desk, chance, sight)
            }
            Holder::Reviewer { opinion, .. } => Some(reviewed(*opinion, desk, chance, sight)),
            Holder::Disputed { dispute, .. } => {
                disputing::found((held, dispute), desk, chance, sight)
            }
            Holder::Deferred { .. } => applying::resumed(chance, sight),
            Holder::Collector { task, .. } => looked_at(filing, task, chance, sight),
            Holder::DutyChief { .. } => {
                let command = if chance.random_ratio(2, 100) {
                    Command::Rework { reason: "照片与要求不符".to_owned() }
                } else {
                    Command::Close { waiver: None }
                };
                Some(sight.at_desk(Desk::DutyChief, desk, command))
            }
        },
    }
}

impl Sight<'_> {
    /// Whoever keeps a desk does something.
    fn at_desk(&self, desk: Desk, after: Duration, command: Command) -> Step {
        Step { after, asker: who::at_desk(desk, self.cx), command }
    }

    /// Whoever has a post does something.
    fn by(&self, role: Role, after: Duration, command: Command) -> Step {
        Step { after, asker: who::of_post(role, &self.cx.rules), command }
    }

    /// Whoever handles a unit's cases does something.
    fn by_unit(&self, unit: &UnitId, after: Duration, command: Command) -> Step {
        Step { after, asker: who::staff(unit, &self.cx.rules), command }
    }
}

/// What somebody does in place of what was refused; none where nothing else is left to them.
pub(super) fn instead(command: &Command, code: &str) -> Option<Command> {
    if let Command::Return { .. } | Command::Dispute { .. } = command {
        // What cannot be given away is one's own.
        Some(Command::Receive)
    } else if let Command::Apply { .. } = command {
        Some(done())
    } else if let (Command::Close { waiver: None }, "same-person" | "waived-the-look") =
        (command, code)
    {
        Some(Command::Close {
            waiver: Some("当班仅此一人,已核对照片和结案标准".to_owned())
        })
    } else {
        None
    }
}

/// The desk has it looked at if nobody has, files it if it is so, declines it if not.
fn examined(intake: &Intake, condition: &ConditionCode) -> Command {
    match intake.truth {
        Truth::Refuted => Command::Decline { reason: "现场核实不属实".to_owned() },
        Truth::Unasked if intake.report.channel.needs_validation() => Command::Validate,
        Truth::Unasked | Truth::Confirmed => Command::File {
            condition: condition.clone(),
            checklist: Checklist::Confirmed,
            place: None,
            reason: None,
        },
    }
}

/// The desk chooses a unit, and calls one that has no system, now and then once more.
fn dispatched(
    filing: &Filing,
    desk: Duration,
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Option<Step> {
    if let Some(call) = &filing.call {
        let is_away = call.tries == 0 && chance.random_ratio(1, 4);
        let outcome = if is_away { CallOutcome::NoAnswer } else { CallOutcome::Answered };
        let person = Some("值班员".into()).filter(|_| !is_away);
        let command = Command::Call { number: "0317-5550000".into(), person, outcome };
        return Some(sight.at_desk(Desk::Dispatch, desk, command));
    }
    let candidates = filing.entry(sight.cx)?.candidates_in(filing.report.grid.as_ref());
    let place = usize::from(filing.assignments).checked_rem(candidates.len())?;
    let unit = candidates.get(place)?.clone();
    let command = Command::Dispatch { unit, method: None, reason: None };
    Some(sight.at_desk(Desk::Dispatch, desk, command))
}

/// The desk says what it thinks of a return; then the chief decides.
fn reviewed(
    opinion: Option<Opinion>,
    desk: Duration,
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Step {
    if opinion.is_some() {
        let decision = if chance.random_ratio(3, 5) { Decision::Refuse } else { Decision::Accept };
        let reason = "按指挥手册核对".to_owned();
        return sight.at_desk(Desk::DutyChief, desk, Command::DecideReturn { decision, reason });
    }
    let opinion = if chance.random_ratio(1, 2) { Opinion::Agree } else { Opinion::Disagree };
    let reason = "查看权属资料".to_owned();
    sight.at_desk(Desk::Dispatch, desk, Command::GiveOpinion { opinion, reason })
}

/// A unit signs for a case, sooner or later, or says it is not its own.
fn receipt(
    (filing, held): (&Filing, &Assignment),
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Step {
    if filing.returns.is_empty()
        && let Some(meant) = sight.meant
    {
        let command = disputing::meant((&held.unit, meant), chance, sight);
        let command = command.unwrap_or(Command::Receive);
        return sight.by_unit(&held.unit, minutes(chance, 5, 30), command);
    }
    let temper = Temper::of(sight.seed, &held.unit);
    let most = u64::from(temper.tempo) * 2;
    let after = minutes(chance, 2, most.max(5));
    let has_asked = filing.returns.iter().any(|asked| asked.unit == held.unit);
    // Whoever reads it an hour late finds out too late whose it is.
    let asks = chance.random_ratio(4, 100) && !has_asked && !filing.is_bound();
    let command = if !asks || after >= Duration::from_hours(1) {
        Command::Receive
    } else if filing.returned.is_empty() && chance.random_ratio(1, 3) {
        disputing::asked(Some("DL".into()).filter(|unit| *unit != held.unit))
    } else {
        Command::Return {
            reason: "不属本单位管辖".to_owned(),
            ground: Ground::Duty,
            form: Some("form.jpg".into()),
        }
    };
    sight.by_unit(&held.unit, after, command)
}

/// A unit is at a case: what it has applied for is answered first, then whoever helps does, then it is done.
fn at_work(
    case: &str,
    (filing, held): (&Filing, &Assignment),
    desk: Duration,
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Option<Step> {
    if sight.meant == Some(Happening::Forgotten) {
        return None;
    }
    let done = handling(held, chance, sight);
    if let Some(asked) = held.application.pending() {
        return applying::answered((filing, asked), desk, chance, sight);
    }
    let beyond = held.application.over_quota().and_then(|_| applying::beyond(desk, sight));
    if beyond.is_some() {
        return beyond;
    }
    if let Some((help, _)) = filing.help_asked().next() {
        return Some(disputing::helped((&held.unit, &help.unit), chance, sight));
    }
    let applies = applying::asks(case, (filing, held), done.after, sight);
    Some(applies.unwrap_or(done))
}

/// A unit handles a case within its usual share of the limit, or forgets it for a while.
fn handling(held: &Assignment, chance: &mut impl Rng, sight: &Sight<'_>) -> Step {
    let temper = Temper::of(sight.seed, &held.unit);
    let span = held.due.map_or(Duration::from_hours(1), |due| due.since(held.start));
    let forgets = chance.random_ratio(temper.forgets, 100);
    let share = temper.tempo * chance.random_range(40..170_u32) / 100;
    let share = if forgets { share + chance.random_range(120..420_u32) } else { share };
    let after = span * share / 100;
    sight.by_unit(&held.unit, after.max(minutes(chance, 5, 20)), done())
}

/// A collector looks whether it is done.
fn looked_at(
    filing: &Filing,
    task: &SiteTask,
    chance: &mut impl Rng,
    sight: &Sight<'_>,
) -> Option<Step> {
    let outcome = match chance.random_range(0..100_u32) {
        0..88 => Outcome::Passed,
        88..98 => Outcome::Failed,
        _ => Outcome::Unable,
    };
    let note = if outcome == Outcome::Failed { "整改不到位" } else { "" };
    let seen = Seen { note: note.to_owned(), ..seen(filing.report.place) };
    on_site(task, chance, Command::Verify { outcome, seen }, sight)
}

/// It is done, and a photo shows it.
fn done() -> Command {
    Command::GiveFeedback {
        result: "已处理完毕".to_owned(),
        photos: vec!["after.jpg".into()],
        finished: None,
    }
}

/// By which way the n-th report comes.
pub(super) fn channel(chance: &mut impl Rng) -> Channel {
    match chance.random_range(0..100_u32) {
        0..68 => Channel::Handset,
        68..84 => Channel::Hotline,
        84..93 => Channel::Web,
        93..97 => Channel::Visit,
        _ => Channel::Department,
    }
}

/// A look at this very place, with a photo.
fn seen(place: Option<Place>) -> Seen {
    Seen { photo: Some("site.jpg".into()), place, ..Seen::default() }
}

/// Whoever has a task on site goes and looks; where its grid has nobody, the desk sends somebody of another one.
fn on_site(
    task: &SiteTask,
    chance: &mut impl Rng,
    look: Command,
    sight: &Sight<'_>,
) -> Option<Step> {
    if let Some(collector) = &task.collector {
        return Some(Step { after: walk(chance), asker: who::collector(collector), command: look });
    }
    let others: Vec<_> = sight.cx.rules.grid.all_collectors().collect();
    // Whoever is away as well sends it back, and an hour later another one is asked.
    let hours = sight.now.as_millis().unsigned_abs() / 3_600_000;
    let turn = hours.checked_rem(u64::try_from(others.len()).ok()?)?;
    let to = others.get(usize::try_from(turn).ok()?).map(|other| other.id.clone());
    let reason = "本网格暂无采集员".to_owned();
    let command = Command::Reassign { task: task.no, to, reason, from: None };
    Some(sight.at_desk(Desk::Intake, minutes(chance, 60, 90), command))
}

fn minutes(chance: &mut impl Rng, least: u64, most: u64) -> Duration {
    Duration::from_secs(chance.random_range(least * 60..=most * 60))
}

/// A collector's way there; now and then something comes between.
fn walk(chance: &mut impl Rng) -> Duration {
    let most = if chance.random_ratio(1, 12) { 300 } else { 80 };
    minutes(chance, 15, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_tries_again_what_was_refused() {
        let close = |waiver| Command::Close { waiver };
        let back = Command::Return { reason: "x".into(), ground: Ground::Duty, form: None };
        assert_eq!(instead(&back, "too-late-to-return"), Some(Command::Receive));
        let other = instead(&close(None), "same-person").unwrap();
        assert!(matches!(&other, Command::Close { waiver: Some(_) }));
        assert_eq!(instead(&other, "same-person"), None);
        assert_eq!(instead(&close(None), "application-pending"), None);
    }
}
