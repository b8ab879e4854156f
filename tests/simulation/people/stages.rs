//! What there is to be done with a case, by where it stands.

use duban_actors::case::calls::Outcome as CallOutcome;
use duban_actors::case::command::{
    Decision, Delivery, Finding, Ground, NewReport, Opinion, Outcome, Resumption, Seen,
};
use duban_actors::case::supervision::OrderKind;
use duban_actors::case::{Case, Channel, Command, Filing, Holder, Intake, Phase, SiteTask, State};
use duban_actors::case::{Truth, assignment::Assignment};
use duban_actors::desks::Desk;
use duban_actors::role::Role;
use duban_actors::shift::Shift;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::UnitId;
use duban_tests::case_path::{self, Who};

use super::{CONDITIONS, SOURCE, Turn, UNITS, Word, applications, disputes, is_fresh, why};

/// What comes next; none of what has ended.
pub(super) fn next(turn: &mut Turn<'_, '_>, case: &Case, n: usize) -> Option<Word> {
    if is_fresh(&case.state) {
        return Some(report(turn, n));
    }
    match &case.state {
        State::Registered(intake) => Some(examined(turn, intake, n)),
        State::Validating(_, task) => Some(looked(turn, task, validation)),
        State::Filed(filing, Phase::AwaitingDispatch(_)) => Some(dispatched(turn, filing, n)),
        State::Filed(filing, Phase::Held(held, holder)) => {
            Some(held_by(turn, filing, held, holder))
        }
        State::Unreported | State::Declined(_) | State::Closed(_) | State::Withdrawn(_) => None,
    }
}

fn held_by(turn: &mut Turn<'_, '_>, filing: &Filing, held: &Assignment, holder: &Holder) -> Word {
    if let Some(word) = beside(turn, filing, held) {
        return word;
    }
    match holder {
        Holder::Unit { receipt: Some(_) } => unread(turn, held),
        Holder::Unit { receipt: None } => at_the_unit(turn, filing, held),
        Holder::Reviewer { opinion, .. } => {
            if opinion.is_none() && !turn.dice.once_in(8) {
                return (given_opinion(turn), turn.centre(Role::Dispatcher));
            }
            let decision = if turn.dice.once_in(2) { Decision::Accept } else { Decision::Refuse };
            (Command::DecideReturn { decision, reason: why() }, decides(turn))
        }
        Holder::Disputed { dispute, .. } => disputes::next(turn, held, dispute),
        Holder::Deferred { .. } => match turn.dice.between(0, 3) {
            0 => feedback(turn, &held.unit),
            1 => (case_path::resume(Resumption::Rest), decides(turn)),
            _ => (case_path::resume(stated(turn, filing)), decides(turn)),
        },
        Holder::Collector { task, .. } => looked(turn, task, verification),
        Holder::DutyChief { .. } => closed(turn),
    }
}

/// What goes on beside whoever has the case: applications, help, orders, forms.
fn beside(turn: &mut Turn<'_, '_>, filing: &Filing, held: &Assignment) -> Option<Word> {
    if let Some(word) = applications::next(turn, held) {
        return Some(word);
    }
    let helper = filing.help.iter().find(|help| help.clock().is_some());
    if let Some(help) = helper.filter(|_| turn.dice.once_in(2)) {
        if turn.dice.once_in(3) {
            return Some((Command::WaiveHelp { reason: why() }, turn.of_unit(&held.unit)));
        }
        let given = Command::GiveHelp { result: why(), photos: vec![super::blob()] };
        return Some((given, turn.of_unit(&help.unit)));
    }
    let order = filing.orders.iter().find(|order| order.clock().is_some());
    if let Some(order) = order.filter(|_| turn.dice.once_in(3)) {
        let reply = Command::ReplySupervision { order: order.no, text: why() };
        return Some((reply, turn.of_unit(&held.unit)));
    }
    let lacking = filing.returns.iter().find(|asked| asked.form.is_lacking());
    if let Some(asked) = lacking.filter(|_| turn.dice.once_in(4)) {
        return Some((Command::AddForm { form: super::blob() }, turn.of_unit(&asked.unit)));
    }
    None
}

fn report(turn: &mut Turn<'_, '_>, n: usize) -> Word {
    let by_handset = [Channel::Handset; 5];
    let others = [Channel::Hotline, Channel::Web, Channel::Leadership];
    let channels = [&by_handset[..], &others].concat();
    let channel = turn.one_of(&channels);
    let who = if channel == Channel::Handset {
        super::collector(&case_path::collector())
    } else {
        turn.centre(Role::Intake)
    };
    let urgent = turn.dice.once_in(6).then(why);
    let (source, external_id) = (SOURCE.into(), (n + 1).to_string().into());
    let Command::Register(before) = case_path::report() else { unreachable!("it registers") };
    let report = NewReport { channel, source, external_id, urgent, ..*before };
    (Command::Register(Box::new(report)), who)
}

fn examined(turn: &mut Turn<'_, '_>, intake: &Intake, n: usize) -> Word {
    let who = turn.centre(Role::Intake);
    let wants_look = intake.report.channel.needs_validation() && intake.truth == Truth::Unasked;
    if intake.truth == Truth::Refuted || turn.dice.once_in(40) {
        return (Command::Decline { reason: why() }, who);
    }
    if wants_look && !turn.dice.once_in(8) {
        return (Command::Validate, who);
    }
    // The first three cases of a county are one unit's, so that its quota is wanted at once by several.
    let of_the_first = |(unit, _): &&(&str, &str)| n >= 3 || *unit == UNITS[0].0;
    let conditions: Vec<_> = CONDITIONS.iter().filter(of_the_first).copied().collect();
    let (_, condition) = turn.one_of(&conditions);
    let Command::File { condition, checklist, place, .. } = case_path::file(condition) else {
        unreachable!("it files")
    };
    let reason = turn.dice.once_in(2).then(why);
    (Command::File { condition, checklist, place, reason }, who)
}

fn dispatched(turn: &mut Turn<'_, '_>, filing: &Filing, n: usize) -> Word {
    let role = turn.dice.once_in(6).then_some(Role::DutyChief);
    let who = turn.centre(role.unwrap_or(Role::Dispatcher));
    if filing.call.is_some() && !turn.dice.once_in(6) {
        let answered = !turn.dice.once_in(3);
        let outcome = if answered { CallOutcome::Answered } else { CallOutcome::NoAnswer };
        return (case_path::call(outcome), who);
    }
    let condition = filing.condition.as_ref().map_or("", |condition| condition.as_str());
    let named = CONDITIONS.iter().find(|(_, code)| *code == condition).map(|(unit, _)| *unit);
    let is_usual = n < 3 || !turn.dice.once_in(4);
    let unit = named.filter(|_| is_usual).map_or_else(|| turn.unit(), UnitId::new);
    let method = turn.dice.once_in(5).then_some(Delivery::Phone);
    let reason = (named != Some(unit.as_str()) && !turn.dice.once_in(6)).then(why);
    (Command::Dispatch { unit, method, reason }, who)
}

/// The unit has not signed.
fn unread(turn: &mut Turn<'_, '_>, held: &Assignment) -> Word {
    match turn.dice.between(0, 9) {
        0 => {
            let who = Who { by: held.by.to_string(), ..turn.centre(Role::Dispatcher) };
            (Command::Recall { reason: why() }, who)
        }
        1 => given_back(turn, held),
        2 => disputes::asked(turn, held),
        3 => feedback(turn, &held.unit),
        _ => (Command::Receive, turn.of_unit(&held.unit)),
    }
}

fn at_the_unit(turn: &mut Turn<'_, '_>, filing: &Filing, held: &Assignment) -> Word {
    match turn.dice.between(0, 15) {
        0 => given_back(turn, held),
        1..=3 if filing.disputes.is_empty() => disputes::asked(turn, held),
        4..=6 => applications::asked(turn, filing, held),
        7 => (Command::Arrive { place: Some(case_path::place()) }, turn.of_unit(&held.unit)),
        8 => (Command::Start, turn.of_unit(&held.unit)),
        9 => {
            let kind = turn.one_of(&[OrderKind::Leader, OrderKind::Important, OrderKind::Overdue]);
            (Command::OrderSupervision { kind, text: why() }, decides(turn))
        }
        _ => feedback(turn, &held.unit),
    }
}

fn given_back(turn: &mut Turn<'_, '_>, held: &Assignment) -> Word {
    let ground = any_ground(turn);
    let Command::Return { reason, .. } = case_path::give_back(ground) else {
        unreachable!("it gives back")
    };
    let form = (!turn.dice.once_in(3)).then(super::blob);
    (Command::Return { reason, ground, form }, in_time(turn, held.return_until, held))
}

/// Whoever asks for the unit: the duty chief, by leave, once it is too late for others.
pub(super) fn in_time(turn: &mut Turn<'_, '_>, until: Option<Timestamp>, held: &Assignment) -> Who {
    let is_late = until.is_some_and(|until| turn.now > until);
    if is_late && !turn.dice.once_in(6) {
        return turn.centre(Role::DutyChief).on_behalf_of(held.unit.as_str());
    }
    turn.of_unit(&held.unit)
}

pub(super) fn any_ground(turn: &mut Turn<'_, '_>) -> Ground {
    let all = [Ground::Ownership, Ground::Boundary, Ground::Class, Ground::Duty, Ground::Slip];
    turn.one_of(&all)
}

pub(super) fn feedback(turn: &mut Turn<'_, '_>, unit: &UnitId) -> Word {
    (case_path::feedback(), turn.of_unit(unit))
}

pub(super) fn given_opinion(turn: &mut Turn<'_, '_>) -> Command {
    case_path::opinion(if turn.dice.once_in(3) { Opinion::Disagree } else { Opinion::Agree })
}

/// Whoever decides: one of the chiefs, or the head.
pub(super) fn decides(turn: &mut Turn<'_, '_>) -> Who {
    let is_head = turn.dice.once_in(3);
    turn.centre(if is_head { Role::CentreHead } else { Role::DutyChief })
}

fn stated(turn: &mut Turn<'_, '_>, filing: &Filing) -> Resumption {
    let unit = if filing.limit.is_some_and(|limit| limit.is_urgent()) {
        "紧急工作时"
    } else {
        "工作日"
    };
    let limit = format!("{}{unit}", turn.dice.between(1, 3)).parse();
    limit.map_or(Resumption::Rest, Resumption::Limit)
}

/// Somebody goes and looks; or passes the task on.
pub(super) fn looked(
    turn: &mut Turn<'_, '_>,
    task: &SiteTask,
    look: fn(&mut Turn<'_, '_>, Seen) -> Command,
) -> Word {
    if turn.dice.once_in(8) {
        let (to, who) = (Some(turn.one_of(&super::collectors())), turn.centre(Role::Intake));
        let reason = why();
        return (Command::Reassign { task: task.no, to, reason, from: None }, who);
    }
    match &task.collector {
        Some(collector) if !turn.dice.once_in(8) => {
            (look(turn, case_path::seen()), super::collector(collector))
        }
        Some(_) | None => {
            let seen = Seen { waiver: Some(why()), ..case_path::seen() };
            (look(turn, seen), turn.centre(Role::DutyChief))
        }
    }
}

pub(super) fn validation(turn: &mut Turn<'_, '_>, seen: Seen) -> Command {
    let is_so = !turn.dice.once_in(12);
    let finding = if is_so { Finding::Confirmed } else { Finding::Refuted };
    Command::GiveValidation { finding, seen }
}

fn verification(turn: &mut Turn<'_, '_>, seen: Seen) -> Command {
    let outcome = match turn.dice.between(0, 5) {
        0 => Outcome::Unable,
        1 => Outcome::Failed,
        _ => Outcome::Passed,
    };
    Command::Verify { outcome, seen }
}

/// The chief closes who is on shift, or somebody who only thinks so; or sends it back.
fn closed(turn: &mut Turn<'_, '_>) -> Word {
    if turn.dice.once_in(5) {
        return (Command::Rework { reason: why() }, turn.centre(Role::DutyChief));
    }
    let mut who = turn.centre(Role::DutyChief);
    let (_, shift) = turn.town.at::<Shift>(Desk::DutyChief.as_str());
    if let Some(stint) = shift.standing.stint().filter(|_| !turn.dice.once_in(4)) {
        (who.by, who.name) = (stint.login.to_string(), Some(stint.name.to_string()));
    }
    let waiver = turn.dice.once_in(2).then(why);
    (Command::Close { waiver }, who)
}
