//! How people are: who is quick, who forgets, who looks closely. Chance comes from the seed alone.

mod applying;

use std::time::Duration;

use rand::{Rng, RngExt};
use rand_pcg::Pcg64Mcg;

use duban_actors::case::assignment::Assignment;
use duban_actors::case::calls::Outcome as CallOutcome;
use duban_actors::case::command::{
    Checklist, Decision, Determination, Finding, Ground, Opinion, Outcome, Seen,
};
use duban_actors::case::disputes::Dispute;
use duban_actors::case::{
    Case, Channel, Command, Filing, Holder, Intake, Phase, SiteTask, State, Truth,
};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_rules::vocabulary::{CollectorId, ConditionCode, Place, UnitId};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::CommandId;

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

/// What comes next for `case`, as the people of this town are; none when nobody has to do anything.
pub(super) fn next(
    case: &Case,
    condition: &ConditionCode,
    (seed, now): (u64, Timestamp),
    cx: &Context,
) -> Option<Step> {
    let stage = case.state.name();
    // What was tried before is tried anew, with chance of its own.
    let filing = case.state.filing();
    let round = filing.map_or(0, |filing| filing.assignments + filing.reworks);
    let tasks = case.state.report().map_or(0, |report| report.tasks);
    let tries = [round.to_le_bytes(), tasks.to_le_bytes()].concat();
    let began = now.as_millis().to_le_bytes();
    let mut chance = chance(seed, &[case.id.as_bytes(), stage.as_bytes(), &tries, &began]);
    let desk = minutes(&mut chance, 3, 25);
    match &case.state {
        State::Unreported | State::Declined(_) | State::Withdrawn(_) | State::Closed(_) => None,
        State::Registered(intake) => {
            let command = examined(intake, condition);
            Some(Step { after: desk, asker: clerk(), command })
        }
        State::Validating(intake, task) => {
            let finding =
                if chance.random_ratio(9, 10) { Finding::Confirmed } else { Finding::Refuted };
            let command = Command::GiveValidation { finding, seen: seen(intake.report.place) };
            by_collector(task, &mut chance, command)
        }
        State::Filed(filing, Phase::AwaitingDispatch(_)) => dispatched(filing, desk, cx),
        State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: Some(_) })) => {
            Some(receipt((filing, held), Temper::of(seed, &held.unit), &mut chance))
        }
        State::Filed(filing, Phase::Held(held, Holder::Unit { receipt: None })) => {
            let done = handling(held, Temper::of(seed, &held.unit), &mut chance);
            if let Some(asked) = held.application.pending() {
                return applying::answered((filing, asked), desk, &mut chance);
            }
            let applies = applying::asks(&case.id, (filing, held), (seed, done.after, now), cx);
            Some(applies.unwrap_or(done))
        }
        State::Filed(_, Phase::Held(_, Holder::Reviewer { opinion, .. })) => {
            Some(reviewed(*opinion, desk, &mut chance))
        }
        State::Filed(_, Phase::Held(_, Holder::Disputed { dispute, .. })) => {
            Some(determined(dispute, desk, &mut chance))
        }
        State::Filed(_, Phase::Held(_, Holder::Deferred { .. })) => {
            Some(applying::resumed(&mut chance))
        }
        State::Filed(filing, Phase::Held(_, Holder::Collector { task, .. })) => {
            let outcome = match chance.random_range(0..100_u32) {
                0..88 => Outcome::Passed,
                88..98 => Outcome::Failed,
                _ => Outcome::Unable,
            };
            let note = if outcome == Outcome::Failed { "整改不到位" } else { "" };
            let seen = Seen { note: note.to_owned(), ..seen(filing.report.place) };
            let command = Command::Verify { outcome, seen };
            by_collector(task, &mut chance, command)
        }
        State::Filed(_, Phase::Held(_, Holder::DutyChief { .. })) => {
            let command = if chance.random_ratio(2, 100) {
                Command::Rework { reason: "照片与要求不符".to_owned() }
            } else {
                Command::Close { waiver: None }
            };
            Some(by_chief(desk, command))
        }
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

/// The desk chooses a unit, and calls one that has no system.
fn dispatched(filing: &Filing, desk: Duration, cx: &Context) -> Option<Step> {
    if filing.call.is_some() {
        let command = Command::Call {
            number: "0317-5550000".into(),
            person: Some("值班员".into()),
            outcome: CallOutcome::Answered,
        };
        return Some(by_dispatcher(desk, command));
    }
    let candidates = filing.entry(cx)?.candidates_in(filing.report.grid.as_ref());
    let place = usize::from(filing.assignments).checked_rem(candidates.len())?;
    let unit = candidates.get(place)?.clone();
    Some(by_dispatcher(desk, Command::Dispatch { unit, method: None, reason: None }))
}

/// The desk says what it thinks of a return; then the chief decides.
fn reviewed(opinion: Option<Opinion>, desk: Duration, chance: &mut impl Rng) -> Step {
    if opinion.is_some() {
        let decision = if chance.random_ratio(3, 5) { Decision::Refuse } else { Decision::Accept };
        let reason = "按指挥手册核对".to_owned();
        return by_chief(desk, Command::DecideReturn { decision, reason });
    }
    let opinion = if chance.random_ratio(1, 2) { Opinion::Agree } else { Opinion::Disagree };
    let reason = "查看权属资料".to_owned();
    by_dispatcher(desk, Command::GiveOpinion { opinion, reason })
}

/// The chief finds whose a disputed case is.
fn determined(dispute: &Dispute, desk: Duration, chance: &mut impl Rng) -> Step {
    let finding = match (&dispute.proposes, chance.random_range(0..10_u32)) {
        (Some(unit), 0..5) => Determination::MovesTo(unit.clone()),
        (Some(_) | None, 0..8) => Determination::Stays,
        (Some(_) | None, _) => Determination::StaysCredited,
    };
    by_chief(desk * 4, Command::Determine { finding, reason: "现场确认".to_owned() })
}

/// A unit signs for a case, sooner or later, or says it is not its own.
fn receipt((filing, held): (&Filing, &Assignment), temper: Temper, chance: &mut impl Rng) -> Step {
    let most = u64::from(temper.tempo) * 2;
    let after = minutes(chance, 2, most.max(5));
    let has_asked = filing.returns.iter().any(|asked| asked.unit == held.unit);
    // Whoever reads it an hour late finds out too late whose it is.
    let asks = chance.random_ratio(4, 100) && !has_asked && !filing.is_bound();
    let command = if asks
        && after < Duration::from_hours(1)
        && filing.returned.is_empty()
        && chance.random_ratio(1, 3)
    {
        Command::Dispute {
            ground: Ground::Boundary,
            reason: "不在本单位管辖范围".to_owned(),
            proposes: Some("DL".into()).filter(|unit| *unit != held.unit),
            form: Some("form.jpg".into()),
        }
    } else if asks && after < Duration::from_hours(1) {
        Command::Return {
            reason: "不属本单位管辖".to_owned(),
            ground: Ground::Duty,
            form: Some("form.jpg".into()),
        }
    } else {
        Command::Receive
    };
    by_unit(&held.unit, after, command)
}

/// A unit handles a case within its usual share of the limit, or forgets it for a while.
fn handling(held: &Assignment, temper: Temper, chance: &mut impl Rng) -> Step {
    let span = held.due.map_or(Duration::from_hours(1), |due| due.since(held.start));
    let forgets = chance.random_ratio(temper.forgets, 100);
    let share = temper.tempo * chance.random_range(40..170_u32) / 100;
    let share = if forgets { share + chance.random_range(120..420_u32) } else { share };
    let after = span * share / 100;
    by_unit(&held.unit, after.max(minutes(chance, 5, 20)), done())
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

/// Whoever keeps the town in order.
pub(super) fn operator() -> Asker {
    Asker::system("系统管理员", Role::Operator)
}

/// The clerk at the intake desk.
pub(super) fn clerk() -> Asker {
    Asker::system("受理员一", Role::Intake)
}

/// Somebody of a unit.
pub(super) fn of_unit(unit: &UnitId, name: &str, role: Role) -> Asker {
    Asker { unit: Some(unit.clone()), ..Asker::system(name, role) }
}

/// A collector.
pub(super) fn as_collector(id: &CollectorId) -> Asker {
    Asker { collector: Some(id.clone()), ..Asker::system("采集员", Role::Collector) }
}

fn by_unit(unit: &UnitId, after: Duration, command: Command) -> Step {
    Step { after, asker: of_unit(unit, "信息员", Role::UnitStaff), command }
}

fn by_collector(task: &SiteTask, chance: &mut impl Rng, command: Command) -> Option<Step> {
    let asker = as_collector(task.collector.as_ref()?);
    Some(Step { after: walk(chance), asker, command })
}

fn by_dispatcher(after: Duration, command: Command) -> Step {
    Step { after, asker: Asker::system("派遣员一", Role::Dispatcher), command }
}

fn by_head(after: Duration, command: Command) -> Step {
    Step { after, asker: Asker::system("中心主任", Role::CentreHead), command }
}

/// The county leader in charge.
fn by_leader(after: Duration, command: Command) -> Step {
    Step { after, asker: Asker::system("主管县长", Role::CountyLeader), command }
}

fn by_chief(after: Duration, command: Command) -> Step {
    Step { after, asker: Asker::system("值班长一", Role::DutyChief), command }
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
