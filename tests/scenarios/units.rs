//! Units of three classes: what one lacks of article 7, who hears of it, and whether it gets new cases (articles 6–8).

use duban::figures::{self, Figures, Together};
use duban::rules_in_force::establishment::establish;
use duban_actors::accounts::Accounts;
use duban_actors::brief::{Next, Settled};
use duban_actors::case::command::{Determination, Outcome};
use duban_actors::case::{Case, Command, Refusal};
use duban_actors::context::Context;
use duban_actors::lacks;
use duban_actors::role::Role;
use duban_actors::roster::Roster;
use duban_actors::tells::CaseId;
use duban_actors::unit::quota::Quota;
use duban_actors::unit::views::Views;
use duban_actors::unit::{Event, State, Unit};
use duban_rules::book::units::Lack;
use duban_rules::vocabulary::{Recipient, UnitId};
use duban_rules::{Sources, parse};
use duban_tests::case_path::{
    CasePath, LOOSE_COVER, Who, determine, dispatched, disputing, feedback, file, filed, minutes,
    report, somebody, town, verify, verifying,
};
use duban_tests::given::{DAY, HOUR, MONDAY_8AM, given_under};

use crate::notices::town_while_away;
use crate::views::accounts;
use crate::world::{self, World, operator};

/// The park bureau, class 1, and what its entry says of those who put things right.
const FIRST: &str = "YL";
const CREW: &str = "crew = \"园林局处置队\"\n";
/// The water bureau, class 2, with its telephone.
const SECOND: &str = "SW";
const LANDLINE: &str = "landline = \"0317-5550015\"\n";

#[test]
fn what_a_class_one_unit_lacks_is_told_each_day_or_stops_new_cases() {
    let told = told_of("tell", CREW);
    assert_eq!(lacking(&told, FIRST), [Lack::Crew]);
    dispatched_to(FIRST, &told).unwrap();
    found_of(FIRST, &told).unwrap();

    let refused = told_of("refuse", CREW);
    let refusal = Refusal::UnitIncomplete {
        unit: UnitId::new(FIRST),
        lacks: vec![Lack::Crew],
        missing: "处置队伍".into(),
    };
    assert_eq!(dispatched_to(FIRST, &refused).err(), Some(refusal.clone()));
    assert_eq!(found_of(FIRST, &refused).err(), Some(refusal));
    // Who lacks nothing gets its cases; so does each unit where the file says nothing of it.
    let whole = told_of("refuse", "");
    assert_eq!(lacking(&whole, FIRST), []);
    dispatched_to(FIRST, &whole).unwrap();
    let silent = under(&[("[duties]\nincomplete = \"tell\"\n", ""), (CREW, "")]);
    dispatched_to(FIRST, &silent).unwrap();

    for incomplete in ["tell", "refuse"] {
        let lines = lines_of_two_mornings(&told_of(incomplete, CREW));
        assert_eq!(lines, ["  园林局  缺 处置队伍"; 2], "{incomplete}");
    }
    let lines = lines_of_two_mornings(&whole);
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn the_open_cases_and_the_brief_of_a_unit_never_depend_on_what_it_lacks() {
    let cx = told_of("refuse", LANDLINE);
    assert_eq!(lacking(&cx, SECOND), [Lack::Landline]);
    assert!(matches!(dispatched_to(SECOND, &cx), Err(Refusal::UnitIncomplete { .. })));
    // Its case of before goes on: received, fed back, sent back to it for rework; disputed, it stays.
    let later = |road: CasePath, role, command| {
        road.asks_under(&cx, minutes(15), &somebody(role), &command).unwrap()
    };
    let received = later(dispatched(), Role::UnitStaff, Command::Receive);
    later(received, Role::UnitStaff, feedback());
    let again = later(verifying(), Role::Collector, verify(Outcome::Failed));
    assert_eq!(again.case.state.name(), "handling");
    for stays in [Determination::Stays, Determination::StaysCredited] {
        later(disputing(), Role::DutyChief, determine(stays));
    }
    // The brief is due as ever, and with it what is to be done.
    let established = Event::Established { next: Next::At(MONDAY_8AM) };
    let next = Next::At(MONDAY_8AM + DAY);
    let due = Event::BriefDue(Settled { slot: MONDAY_8AM, missed: Vec::new(), next, since: None });
    given_under::<Unit>(&cx, SECOND, &[established]).when_fired(MONDAY_8AM).then(&[due]);
}

#[test]
fn each_class_lacks_what_article_7_asks_of_it_and_no_more() {
    let first = entry("class = 1\n");
    assert_eq!(
        lacking(&first, "NEW"),
        [
            Lack::Station,
            Lack::DeputyHead,
            Lack::UnitHead,
            Lack::HandlingOffice,
            Lack::Informant,
            Lack::Crew,
            Lack::HeadAccount,
            Lack::Account,
        ]
    );
    let second = [Lack::DeputyHead, Lack::HandlingOffice, Lack::Landline];
    assert_eq!(lacking(&entry("class = 2\n"), "NEW"), second);
    assert_eq!(lacking(&entry("class = 3\n"), "NEW"), [Lack::Person, Lack::Phone]);
    assert_eq!(lacking(&entry("frontage_steward = true\n"), "NEW"), []);
    // Whoever takes no cases owes nothing, by the rules or by its own word.
    assert_eq!(lacking(&entry("class = 1\nactive = false\n"), "NEW"), []);
    let (quota, views) = (Quota::default(), Views::default());
    let closed = Unit { id: "NEW".into(), standing: State::Deactivated, quota, views };
    assert_eq!(lacking(&first.with(Roster::of([&closed])), "NEW"), []);
}

#[test]
fn the_leader_of_several_terminals_has_one_account_and_each_terminal_its_own() {
    let cx = town().admitting(accounts(&[("zhou", "周示例", Role::UnitHead, "CG-ZF")]));
    assert_eq!(lacking(&cx, "CG-ZF"), []);
    assert_eq!(lacking(&cx, "CG-HW"), [Lack::Account]);
    assert_eq!(lacking(town(), "CG-HW"), [Lack::HeadAccount, Lack::Account]);
}

#[test]
fn the_figures_of_an_organisation_are_those_of_its_terminals_together() {
    let (of_each, whole) = world::at(world::MORNING, async |world| {
        for (nth, (unit, end)) in [
            ("CG-ZF", End::Done),
            ("CG-ZF", End::Done),
            ("CG-ZF", End::Forgotten),
            ("CG-HW", End::Forgotten),
            ("CG-GG", End::MovesTo("CG-HW")),
            ("YL", End::Forgotten),
        ]
        .into_iter()
        .enumerate()
        {
            lived(world, &CaseId::from_intake("test", &nth.to_string()), unit, end).await;
        }
        let now = MONDAY_8AM + 7 * DAY;
        world.until(now).await;
        done(world, &CaseId::from_intake("test", "3"), "CG-HW").await;
        let journal = world.node.journal();
        let of_each = figures::of_all(journal, now).unwrap();
        // Whoever asks for the open ones alone hears the same of them.
        for (unit, known) in &of_each {
            let open = figures::of_open(journal, unit, now).unwrap();
            assert_eq!((open.open, open.overdue), (known.open, known.overdue), "{unit}");
        }
        (of_each.clone(), figures::together(&town().rules.units, &of_each))
    });
    let none = Figures::default();
    let enforcement = Figures { on_time: 2, open: 1, overdue: 1, in_year: 3, ..none };
    let cleaning = Figures { late: 1, open: 1, overdue: 1, in_year: 2, ..none };
    let parks = Figures { open: 1, overdue: 1, in_year: 1, ..none };
    let expected = [("CG-HW", cleaning), ("CG-ZF", enforcement), ("YL", parks)];
    assert_eq!(of_each, expected.map(|(unit, figures)| (UnitId::new(unit), figures)).into());
    // A case that went from one terminal to another is one case; a body of one terminal has no row of its own.
    let together = Figures { on_time: 2, late: 1, open: 2, overdue: 2, in_year: 5, ..none };
    let units = ["CG-GG", "CG-HW", "CG-WB", "CG-ZF"].map(UnitId::new).to_vec();
    let organisation = "县城管局".to_owned();
    assert_eq!(whole, [Together { organisation, units, figures: together }]);
    // Two of three, and neither the mean of all and of none nor that of the terminals with cases.
    assert_eq!(together.on_time_permille(), Some(667));
}

/// What becomes of a case.
#[derive(Clone, Copy)]
enum End {
    Done,
    Forgotten,
    /// The dispatcher takes it back and gives it to another.
    MovesTo(&'static str),
}

async fn lived(world: &World, id: &CaseId, unit: &str, end: End) {
    world.accepted(id, &somebody(Role::Collector), report()).await;
    world.accepted(id, &somebody(Role::Intake), file(LOOSE_COVER)).await;
    world.accepted(id, &somebody(Role::Dispatcher), to(unit)).await;
    match end {
        End::Done => done(world, id, unit).await,
        End::Forgotten => {}
        End::MovesTo(other) => {
            let slip = Command::Recall { reason: "选错单位".into() };
            world.accepted(id, &somebody(Role::Dispatcher), slip).await;
            world.accepted(id, &somebody(Role::Dispatcher), to(other)).await;
        }
    }
}

/// The case is fed back by its unit, looked at and closed.
async fn done(world: &World, id: &CaseId, unit: &str) {
    let staff = Who { speaks_for: Some(unit.to_owned()), ..somebody(Role::UnitStaff) };
    world.accepted(id, &staff, feedback()).await;
    world.accepted(id, &somebody(Role::Collector), verify(Outcome::Passed)).await;
    world.accepted(id, &somebody(Role::DutyChief), Command::Close { waiver: None }).await;
}

/// Its dispatch there, with a reason.
fn to(unit: &str) -> Command {
    Command::Dispatch {
        unit: UnitId::new(unit),
        method: None,
        reason: Some("近期由其代管".to_owned()),
    }
}

/// The town whose rules say so of incomplete units, with a line of an entry missing; the people of the park bureau have
/// their accounts.
fn told_of(incomplete: &str, missing: &str) -> Context {
    let word = format!("incomplete = \"{incomplete}\"");
    under(&[("incomplete = \"tell\"", &word), (missing, "")])
}

fn under(changes: &[(&str, &str)]) -> Context {
    let shipped = Sources::shipped();
    let units = shipped.text("units.toml").unwrap().to_owned();
    let units = changes.iter().fold(units, |units, (old, new)| {
        assert!(units.contains(old), "{old}");
        units.replace(old, new)
    });
    let book = parse(&shipped.clone().with("units.toml", units)).0;
    Context::new(book).admitting(of_the_parks())
}

fn of_the_parks() -> Accounts {
    accounts(&[("zou", "邹示例", Role::UnitHead, FIRST), ("tao", "陶示例", Role::UnitStaff, FIRST)])
}

/// The town with a unit of which nothing else is said.
fn entry(words: &str) -> Context {
    let shipped = Sources::shipped();
    let units = shipped.text("units.toml").unwrap();
    let units = format!(
        "{units}\n[[unit]]\nid = \"NEW\"\nname = \"新单位\"\norganisation = \"县新单位\"\n{words}"
    );
    Context::new(parse(&shipped.clone().with("units.toml", units)).0)
}

fn lacking(cx: &Context, unit: &str) -> Vec<Lack> {
    lacks::of(cx.rules.units.get(&UnitId::new(unit)).unwrap(), cx)
}

/// A case that was filed is dispatched there, with a reason.
fn dispatched_to(unit: &str, cx: &Context) -> Result<Case, Refusal> {
    filed()
        .asks_under(cx, minutes(15), &somebody(Role::Dispatcher), &to(unit))
        .map(|road| road.case)
}

/// A case of the water bureau is found to be another's.
fn found_of(unit: &str, cx: &Context) -> Result<Case, Refusal> {
    let moves = determine(Determination::MovesTo(UnitId::new(unit)));
    disputing()
        .asks_under(cx, minutes(15), &somebody(Role::DutyChief), &moves)
        .map(|road| road.case)
}

/// What the briefs of the duty chief say on Monday and on Tuesday of what the park bureau lacks, whose own brief comes.
fn lines_of_two_mornings(cx: &Context) -> Vec<String> {
    let letters = world::at(MONDAY_8AM - HOUR, async |world| {
        let known = |_: &Context, hash| Ok::<_, ()>(Some((cx.clone(), hash)));
        world.rules.change(known).unwrap();
        establish(&world.node, &world.rules, &operator()).await.unwrap();
        world.until(MONDAY_8AM).await;
        let mut letters = world.deliver().await;
        world.until(MONDAY_8AM + DAY).await;
        letters.extend(world.deliver().await);
        letters
    });
    let of = |template: &str| -> Vec<_> {
        letters.iter().filter(|letter| letter.template == template).collect()
    };
    let own = of("daily-brief").into_iter().filter(|brief| brief.text.contains("园林局主要领导"));
    assert!(own.count() >= 2);
    let lines = of("duty-brief").into_iter().flat_map(|brief| brief.text.lines());
    lines.filter(|line| line.contains("园林局  缺")).map(str::to_owned).collect()
}

#[test]
fn a_head_of_several_terminals_who_is_away_from_one_is_away_from_all() {
    let until = MONDAY_8AM + DAY;
    let cx = town_while_away("CG-HW", ("周示例", "冯示例"), until);
    let told = |unit: &str, at| -> Vec<String> {
        let (units, unit) = (&cx.rules.units, UnitId::new(unit));
        let heads = units.contacts(&unit, Recipient::UnitHead).into_iter();
        heads.map(|head| cx.roster.present(units, &unit, head, at).name.clone()).collect()
    };
    // At each terminal whoever the rules name there stands in; where leave was entered, whoever it names.
    assert_eq!(
        ["CG-HW", "CG-ZF", "CG-GG"].map(|unit| told(unit, MONDAY_8AM)),
        [["冯示例"], ["李示例"], ["沈示例"]]
    );
    assert_eq!(["CG-HW", "CG-ZF"].map(|unit| told(unit, until)), [["周示例"], ["周示例"]]);
    // Another body's head, and others of the same terminal, are there.
    assert_eq!(told("YL", MONDAY_8AM), ["邹示例"]);
}
