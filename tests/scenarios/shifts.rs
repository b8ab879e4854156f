//! Article 3: the desks of the centre are kept by shifts, and what is for a desk reaches whoever is on shift.

mod grid;

use std::collections::BTreeSet;

use duban::access::persons;
use duban::asking::Terms;
use duban::duty;
use duban_actors::case::command::{Ground, Opinion, Ruling};
use duban_actors::case::{Command as OfCase, Refusal as NotCase};
use duban_actors::context::Context;
use duban_actors::desks::{Allowance, Desk, Desks, Keeper, in_force};
use duban_actors::person::{Command as ToPerson, Event as OfPerson, Person, Profile};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::shift::{
    ALLOWANCES_MAX, Command, Event, Handover, NOTES_MAX, Named, Note, OPEN_MAX, Open, OpenCase,
    Post, Refusal, Shift, State, Stint, Taking,
};
use duban_actors::tells::CaseId;
use duban_rules::RuleBook;
use duban_rules::book::officials::ClosingRule;
use duban_rules::vocabulary::Recipient;
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock as _, Timestamp};
use duban_runtime::entity::{Asked, CommandId, Tell};
use duban_runtime::node::Ask;
use duban_tests::case_path::{
    self, LOOSE_COVER, Who, awaiting_closing, canary_awaiting_closing, extension, file, give_back,
    minutes, opinion, report, ruling, town,
};
use duban_tests::given::{DAY, HOUR, MILLISECOND, MONDAY_8AM, When, given};
use duban_tests::laws::asked;
use duban_tests::people;

use crate::world::{self, MORNING, World, operator};

/// The chiefs of the shipped rules: login and name.
const JI: (&str, &str) = ("ji", "计示例");
const FU: (&str, &str) = ("fu", "伏示例");
/// The head of the centre, by name.
const HEAD: &str = "臧示例";
const CLOSE: OfCase = OfCase::Close { waiver: None };

#[test]
fn only_the_chief_on_shift_is_woken() {
    world::at(MORNING, async |world| {
        accepted(chief(world, JI, take_over()).await);
        returned(world).await;
        let told = told(world).await;
        assert_eq!(told.of("duty-chief"), [JI.1]);
        assert_eq!(told.of("dispatch-desk"), ["宋示例", "谈示例"], "nobody took over that desk");
        // What is handed over is heard by whoever hands it over until it is signed for.
        accepted(chief(world, JI, hand_over(Some("fu"))).await);
        assert_eq!(heard(world), [JI.1]);
        accepted(chief(world, FU, take_over()).await);
        assert_eq!(heard(world), [FU.1]);
        // Somebody whom the rules give no number would hear nothing.
        accepted(chief(world, FU, hand_over(Some("wang"))).await);
        accepted(chief(world, ("wang", "王不在册"), take_over()).await);
        assert_eq!(heard(world), [JI.1, FU.1, HEAD]);
    });
}

#[test]
fn a_vacant_desk_wakes_everybody_and_the_head() {
    world::at(MORNING, async |world| {
        accepted(chief(world, JI, take_over()).await);
        accepted(chief(world, JI, hand_over(None)).await);
        returned(world).await;
        let told = told(world).await;
        assert_eq!(told.of("duty-chief"), [FU.1, JI.1]);
        assert_eq!(told.of("centre-head"), [HEAD]);
        assert_eq!(shift(world).standing, State::Vacant);
    });
}

#[test]
fn a_shift_hands_over_what_is_open_and_is_signed_for() {
    world::at(MORNING, async |world| {
        let id = CaseId::from_intake("test", "waits");
        for (role, command) in [(Role::Collector, report()), (Role::Intake, file(LOOSE_COVER))] {
            accepted(world.ask(&id, role, command).await);
        }
        world.handling("elsewhere", LOOSE_COVER).await;
        let open = duty::open(world.node.journal(), Desk::Dispatch).unwrap();
        let cases: Vec<(&CaseId, &str)> =
            open.cases.iter().map(|one| (&one.case, one.stage.as_str())).collect();
        assert_eq!(cases, [(&id, "awaiting-dispatch")]);
        assert!(open.cases[0].number.is_some() && open.more == 0, "{open:?}");
    });
    let handed = Event::HandedOver(handover(Some("fu"), open(2)));
    let history = [on(JI, Taking::Vacant), handed.clone()];
    let two =
        Command::HandOver { to: Some(held("fu")), note: "盯住一案".into(), open: open(2) };
    at_desk(&history[..1], JI, &two).then(std::slice::from_ref(&handed));
    let then = at_desk(&history, FU, &take_over())
        .then(&[on(FU, Taking::Signed { from: "ji".into(), handed: MONDAY_8AM, open: 2 })]);
    assert_eq!(then.state.standing.name(), "manned");
    // Whoever hands over stays on shift, and may think again.
    assert_eq!(given::<Shift>(CHIEF, &history).state.standing.stint().unwrap().login, "ji");
    at_desk(&history, JI, &hand_over(None)).then(&[Event::HandedOver(handover(None, open(0)))]);
    at_desk(&history, JI, &take_over()).then_refused(&Refusal::AlreadyOn);
    // Nobody else takes over from them without a reason that stays on record.
    let li = ("li", "李某");
    let refusal = Refusal::NotHandedToYou { on_shift: JI.1.into() };
    at_desk(&history, li, &take_over()).then_refused(&refusal);
    at_desk(&history[..1], FU, &take_over()).then_refused(&refusal);
    let blank = Command::TakeOver { reason: Some(" ".into()) };
    at_desk(&history[..1], FU, &blank).then_refused(&refusal);
    let reason = || "突发疾病".to_owned();
    at_desk(&history[..1], FU, &Command::TakeOver { reason: Some(reason()) })
        .then(&[on(FU, Taking::Unasked { from: "ji".into(), reason: reason() })]);
}

#[test]
fn what_a_unit_has_applied_for_is_handed_over_by_the_desk_whose_answer_it_waits_for() {
    world::at(MORNING, async |world| {
        let id = world.handling("applies", LOOSE_COVER).await;
        let waits = |desk| {
            let open = duty::open(world.node.journal(), desk).unwrap();
            open.cases.iter().filter(|one| one.stage == "application").count()
        };
        accepted(world.ask(&id, Role::UnitStaff, extension("1")).await);
        assert_eq!((waits(Desk::Dispatch), waits(Desk::DutyChief), waits(Desk::Intake)), (1, 0, 0));
        accepted(world.ask(&id, Role::Dispatcher, opinion(Opinion::Agree)).await);
        assert_eq!((waits(Desk::Dispatch), waits(Desk::DutyChief)), (0, 1));
        accepted(world.ask(&id, Role::DutyChief, ruling(Ruling::Refuse)).await);
        assert_eq!((waits(Desk::Dispatch), waits(Desk::DutyChief)), (0, 0));
    });
}

#[test]
fn a_handover_goes_to_somebody_else_of_the_post_and_is_of_bounded_length() {
    let history = [on(JI, Taking::Vacant)];
    at_desk(&history, JI, &hand_over(Some("ji"))).then_refused(&Refusal::HandedToOneself);
    let stranger = Named { login: "qian".into(), post: Post::NotHeld };
    let to = Command::HandOver { to: Some(stranger), note: String::new(), open: open(0) };
    at_desk(&history, JI, &to).then_refused(&Refusal::NotOfThisPost { login: "qian".into() });
    at_desk(&history, FU, &hand_over(Some("li"))).then_refused(&Refusal::NotOn);
    at_desk(&[], JI, &hand_over(Some("fu"))).then_refused(&Refusal::NotOn);
    let many = Command::HandOver { to: None, note: String::new(), open: open(OPEN_MAX + 3) };
    let then = at_desk(&history, JI, &many);
    let kept = Open { more: 3, ..open(OPEN_MAX) };
    then.then(&[Event::HandedOver(handover_of(None, "", kept))]);
}

#[test]
fn whoever_has_the_post_takes_over_and_nobody_else() {
    let refusal = Refusal::Common(Common::NotPermitted { duty: Duty::KeepDesk });
    for role in [Role::Dispatcher, Role::Intake, Role::CentreHead, Role::Operator] {
        given::<Shift>(CHIEF, &[])
            .when_asked(&asked(MONDAY_8AM, role, "somebody"), &take_over())
            .then_refused(&refusal);
    }
    // One person keeps two desks, each in the post that it asks for.
    given::<Shift>("dispatch", &[])
        .when_asked(&who(Role::Dispatcher, JI, MONDAY_8AM), &take_over())
        .then(&[on(JI, Taking::Vacant)]);
    given::<Shift>("kitchen", &[])
        .when_asked(&who(Role::DutyChief, JI, MONDAY_8AM), &take_over())
        .then_refused(&Refusal::NoSuchDesk);
}

#[test]
fn notes_are_written_by_whoever_is_on_shift_and_the_latest_are_at_hand() {
    let text = |n: usize| format!("第 {n} 条");
    let noted = |n| Event::Noted(Note { at: MONDAY_8AM, by: "ji".into(), text: text(n) });
    let history: Vec<Event> =
        std::iter::once(on(JI, Taking::Vacant)).chain((0..NOTES_MAX).map(noted)).collect();
    let then =
        at_desk(&history, JI, &Command::Note { text: text(NOTES_MAX) }).then(&[noted(NOTES_MAX)]);
    assert_eq!(then.state.notes.len(), NOTES_MAX);
    assert_eq!(then.state.notes[0].text, text(NOTES_MAX));
    at_desk(&history, FU, &Command::Note { text: text(1) }).then_refused(&Refusal::NotOn);
    let blank = Command::Note { text: " ".into() };
    at_desk(&history, JI, &blank).then_refused(&Refusal::Common(Common::ReasonMissing));
}

#[test]
fn nobody_closes_who_is_not_on_shift() {
    let road = awaiting_closing();
    let closes = |cx: &Context, (login, name): (&str, &str)| {
        let who = Who::of_the_centre(Role::DutyChief, login, name);
        road.asks_under(cx, minutes(10), &who, &CLOSE).map(|_| ())
    };
    let not_on_shift =
        |name: Option<&str>| Err(NotCase::NotOnShift { on_shift: name.map(Into::into) });
    let manned = kept(on_shift(JI), &[]);
    assert_eq!(closes(&manned, JI), Ok(()));
    assert_eq!(closes(&manned, FU), not_on_shift(Some(JI.1)));
    let vacant = kept(Keeper::Nobody, &[]);
    assert_eq!(closes(&vacant, JI), not_on_shift(None));
    // By leave of the head, as long as it holds.
    let at = road.at + minutes(10);
    assert_eq!(closes(&kept(on_shift(JI), &[allowance("fu", at + MILLISECOND)]), FU), Ok(()));
    let ended = kept(on_shift(JI), &[allowance("fu", at)]);
    assert_eq!(closes(&ended, FU), not_on_shift(Some(JI.1)));
    // Where the county lets every chief.
    let mut rules = RuleBook::clone(&town().rules);
    rules.officials.shifts.closing = ClosingRule::AnyChief;
    assert_eq!(closes(&manned.under(rules), FU), Ok(()));
    // A canary belongs to no shift.
    let somebody = case_path::somebody(Role::Canary);
    let close = OfCase::Close { waiver: Some("每日自检".into()) };
    let canary = canary_awaiting_closing().asks_under(&manned, minutes(1), &somebody, &close);
    assert!(canary.is_ok(), "{canary:?}");
}

#[test]
fn the_head_lets_a_chief_close_for_some_days_and_it_is_on_record() {
    let allow = |who: &str, until: Timestamp| Command::AllowClosing {
        chief: held(who),
        until,
        reason: "外出开会".into(),
    };
    let until = MONDAY_8AM + 2 * HOUR;
    let head = || asked(MONDAY_8AM, Role::CentreHead, "zang");
    let event = |who: &str, until| Event::ClosingAllowed {
        allowance: allowance(who, until),
        by: "zang".into(),
        reason: "外出开会".into(),
    };
    let ask = |key, history: &[Event], command: &Command| {
        given::<Shift>(key, history).when_asked(&head(), command)
    };
    ask(CHIEF, &[], &allow("fu", until)).then(&[event("fu", until)]);
    ask("intake", &[], &allow("fu", until)).then_refused(&Refusal::NothingToClose);
    for until in [MONDAY_8AM, MONDAY_8AM + 7 * DAY + MILLISECOND] {
        ask(CHIEF, &[], &allow("fu", until)).then_refused(&Refusal::AllowanceSpan { until });
    }
    let stranger = Named { login: "qian".into(), post: Post::NotHeld };
    let to_stranger = Command::AllowClosing { chief: stranger, until, reason: "外出".into() };
    ask(CHIEF, &[], &to_stranger).then_refused(&Refusal::NotOfThisPost { login: "qian".into() });
    let many: Vec<Event> =
        (0..ALLOWANCES_MAX).map(|n| event(&format!("chief{n}"), until)).collect();
    ask(CHIEF, &many, &allow("fu", until)).then_refused(&Refusal::TooManyAllowed);
    // The same one again is one, and what has ended makes room.
    ask(CHIEF, &many, &allow("chief0", until)).then(&[event("chief0", until)]);
    let later = Asked { at: until, ..head() };
    let then = given::<Shift>(CHIEF, &many)
        .when_asked(&later, &allow("fu", until + HOUR))
        .then(&[event("fu", until + HOUR)]);
    assert_eq!(then.state.allowed.len(), ALLOWANCES_MAX);
    given::<Shift>(CHIEF, &[])
        .when_asked(&who(Role::DutyChief, FU, MONDAY_8AM), &allow("fu", until))
        .then_refused(&Refusal::Common(Common::NotPermitted { duty: Duty::AllowClosing }));
}

#[test]
fn whoever_is_dismissed_leaves_the_shift() {
    world::at(MORNING, async |world| {
        people::enrol(&world.node, "ji", profile(JI.1, Role::DutyChief)).await;
        accepted(chief(world, JI, take_over()).await);
        assert_eq!(heard(world), [JI.1]);
        let terms = Terms::once().unwrap();
        let gone = persons::dismiss(&world.node, &operator(), terms, "ji", "离职".into()).await;
        assert!(gone.unwrap().is_ok());
        returned(world).await;
        assert_eq!(told(world).await.of("centre-head"), [HEAD]);
        assert_eq!(shift(world).standing, State::Vacant);
    });
}

#[test]
fn whoever_loses_the_post_leaves_the_desk_and_who_was_to_come_comes_no_more() {
    let enrolled = OfPerson::Enrolled(profile(JI.1, Role::DutyChief));
    let head = profile(JI.1, Role::CentreHead);
    let change = ToPerson::Change { profile: head.clone(), release: None };
    let leave = Command::Leave { login: "ji".into() };
    given::<Person>("ji", &[enrolled])
        .when(MONDAY_8AM, Role::Operator, &change)
        .then(&[OfPerson::Changed(head), OfPerson::PostsLeft { roles: vec![Role::DutyChief] }])
        .tells(&[Tell::new::<Shift>(CHIEF, &leave)]);
    let left = |history: &[Event], login: &str| {
        let event = Event::Left { login: login.into() };
        let command = Command::Leave { login: login.into() };
        let asked = asked(MONDAY_8AM, Role::Entity, "person");
        given::<Shift>(CHIEF, history).when_asked(&asked, &command).then(&[event]).state.standing
    };
    let history = [on(JI, Taking::Vacant), Event::HandedOver(handover(Some("fu"), open(0)))];
    assert_eq!(left(&history, "ji"), State::Vacant);
    assert_eq!(left(&history, "fu").name(), "manned");
    assert_eq!(left(&history[..1], "fu").name(), "manned");
    assert_eq!(left(&[], "ji"), State::Unkept);
}

#[test]
fn a_desk_that_nobody_ever_took_over_is_kept_by_everybody_as_before() {
    world::at(MORNING, async |world| {
        let case = returned(world).await;
        let told = told(world).await;
        assert_eq!(told.of("duty-chief"), [FU.1, JI.1]);
        assert_eq!(told.of("centre-head"), [""; 0]);
        assert_eq!(world.case(&case).state.name(), "returning");
    });
    let cx = town();
    for role in [Recipient::IntakeDesk, Recipient::DispatchDesk, Recipient::DutyChief] {
        assert_eq!(cx.told(role), cx.rules.officials.contacts(role));
    }
    let anybody = Who::of_the_centre(Role::DutyChief, "anybody", "任何人");
    assert!(awaiting_closing().asks(minutes(10), &anybody, &CLOSE).is_ok());
}

#[test]
fn what_came_in_and_went_out_on_a_day_is_counted_from_the_cases_themselves() {
    world::at(MORNING, async |world| {
        let day = {
            let rules = world.rules.current();
            duty::Day::around(MORNING, &rules.0.rules.calendar)
        };
        world.handling("a", LOOSE_COVER).await;
        let id = CaseId::from_intake("test", "b");
        accepted(world.ask(&id, Role::Collector, report()).await);
        let passed = |desk, day: &duty::Day| {
            let rules = world.rules.current();
            let passed = duty::passed(world.node.journal(), &rules.0.rules, desk, day).unwrap();
            (passed.came_in, passed.went_out, passed.open)
        };
        assert_eq!(passed(Desk::Intake, &day), (2, 1, 1));
        assert_eq!(passed(Desk::Dispatch, &day), (1, 1, 0));
        assert_eq!(passed(Desk::DutyChief, &day), (0, 0, 0));
        let rules = world.rules.current();
        let next = duty::Day::of(day.date.succ_opt().unwrap(), &rules.0.rules.calendar);
        assert_eq!(passed(Desk::Intake, &next), (0, 0, 1));
    });
}

#[test]
fn what_a_unit_applies_for_counts_on_that_day_at_the_desks_that_it_waits_for() {
    world::at(MORNING, async |world| {
        let rules = world.rules.current();
        let day = duty::Day::around(MORNING, &rules.0.rules.calendar);
        let id = world.handling("applies", LOOSE_COVER).await;
        let passed = |desk| {
            let passed = duty::passed(world.node.journal(), &rules.0.rules, desk, &day).unwrap();
            (passed.came_in, passed.went_out, passed.open)
        };
        let before = passed(Desk::Dispatch);
        accepted(world.ask(&id, Role::UnitStaff, extension("1")).await);
        assert_eq!(passed(Desk::Dispatch), (before.0 + 1, before.1, 1));
        accepted(world.ask(&id, Role::Dispatcher, opinion(Opinion::Agree)).await);
        assert_eq!(passed(Desk::Dispatch), (before.0 + 1, before.1 + 1, 0));
        assert_eq!(passed(Desk::DutyChief), (1, 0, 1));
        let tomorrow = duty::Day::of(day.date.succ_opt().unwrap(), &rules.0.rules.calendar);
        let journal = world.node.journal();
        let later = duty::passed(journal, &rules.0.rules, Desk::DutyChief, &tomorrow).unwrap();
        assert_eq!((later.came_in, later.open), (0, 1));
        accepted(world.ask(&id, Role::DutyChief, ruling(Ruling::Refuse)).await);
        assert_eq!(passed(Desk::DutyChief), (1, 1, 0));
    });
}

const CHIEF: &str = "duty-chief";

fn take_over() -> Command {
    Command::TakeOver { reason: None }
}

fn hand_over(to: Option<&str>) -> Command {
    Command::HandOver { to: to.map(held), note: String::new(), open: Open::default() }
}

fn held(login: &str) -> Named {
    Named { login: login.into(), post: Post::Held }
}

fn on((login, name): (&str, &str), how: Taking) -> Event {
    let who = Stint { login: login.into(), name: name.into(), since: MONDAY_8AM };
    Event::TakenOver { who, how }
}

fn handover(to: Option<&str>, open: Open) -> Handover {
    handover_of(to, if open.is_empty() { "" } else { "盯住一案" }, open)
}

fn handover_of(to: Option<&str>, note: &str, open: Open) -> Handover {
    Handover { to: to.map(Into::into), at: MONDAY_8AM, note: note.to_owned(), open }
}

fn open(n: usize) -> Open {
    let case = |n: usize| OpenCase {
        case: CaseId::from_intake("test", &n.to_string()),
        number: Some("肃城管〔2026〕000001".into()),
        stage: "awaiting-closing".into(),
        due: MONDAY_8AM + HOUR,
    };
    Open { cases: (0..n).map(case).collect(), more: 0 }
}

fn allowance(login: &str, until: Timestamp) -> Allowance {
    Allowance { login: login.into(), until }
}

fn on_shift((login, name): (&str, &str)) -> Keeper {
    Keeper::OnShift { login: login.into(), name: name.into() }
}

fn kept(keeper: Keeper, allowed: &[Allowance]) -> Context {
    town().kept_by(Desks::of([(Desk::DutyChief, keeper)], allowed.iter().cloned()))
}

fn profile(name: &str, role: Role) -> Profile {
    Profile { name: name.into(), roles: vec![role], unit: None, collector: None }
}

fn who(role: Role, (login, name): (&str, &str), at: Timestamp) -> Asked {
    Asked { id: CommandId(1), ..case_path::asked(at, &Who::of_the_centre(role, login, name)) }
}

/// One of the chiefs asks at their desk.
fn at_desk(history: &[Event], one: (&str, &str), command: &Command) -> When<Shift> {
    given::<Shift>(CHIEF, history).when_asked(&who(Role::DutyChief, one, MONDAY_8AM), command)
}

/// The same in a world, and it is known at once who is on shift.
async fn chief(world: &World, one: (&str, &str), command: Command) -> Answer {
    let id = CommandId::derived(&[one.0.as_bytes(), format!("{command:?}").as_bytes()]);
    let asked = Asked { id, ..who(Role::DutyChief, one, world.clock.now()) };
    let answer = world.node.ask(Ask::of::<Shift>(CHIEF, command, asked)).await;
    world.node.durable().await;
    duban::rules_in_force::shifts::heed(world.node.journal(), &world.rules).unwrap();
    answer
}

#[track_caller]
fn accepted(answer: Answer) {
    assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
}

fn shift(world: &World) -> Shift {
    duban::state::read(world.node.journal(), CHIEF).unwrap().unwrap().0
}

/// A case that its unit has given back, of which desk and chief are told.
async fn returned(world: &World) -> CaseId {
    let case = world.handling("given back", LOOSE_COVER).await;
    accepted(world.ask(&case, Role::UnitStaff, give_back(Ground::Duty)).await);
    case
}

/// Who hears now what is for the duty chief.
fn heard(world: &World) -> Vec<String> {
    let rules = world.rules.current();
    rules.0.told(Recipient::DutyChief).into_iter().map(|one| one.name.clone()).collect()
}

/// Whom the letters went to: role and name.
struct Letters(BTreeSet<(String, String)>);

impl Letters {
    fn of(&self, role: &str) -> Vec<&str> {
        self.0.iter().filter(|(of, _)| of == role).map(|(_, name)| name.as_str()).collect()
    }
}

async fn told(world: &World) -> Letters {
    let letters = world.deliver().await;
    let to = letters.iter().flat_map(|letter| &letter.addresses);
    Letters(to.map(|one| (one.role.to_string(), one.name.to_string())).collect())
}

#[test]
fn of_allowances_to_close_those_in_force_are_named_and_each_chief_once() {
    let allowed = |login: &str, hours: u64| Allowance {
        login: login.into(),
        until: MONDAY_8AM + duban_tests::case_path::hours(hours),
    };
    let all = vec![allowed("ji", 1), allowed("fu", 5), allowed("fu", 8), allowed("song", 9)];
    let now = MONDAY_8AM + HOUR;
    // At the instant at which it ends it has ended; whoever is on shift needs none.
    assert_eq!(in_force(all.clone(), "song", now), [allowed("fu", 8)]);
    assert_eq!(in_force(all, "", MONDAY_8AM).len(), 3);
}
