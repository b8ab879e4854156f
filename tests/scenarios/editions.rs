//! Rules that come into force: kept, recorded, and felt by no case that is open; and the calendar that is (article 11).
//! A filed case keeps what the handbook said on its day, also one of an older form.

use duban::asking::Asker;
use duban::labels::history::facts;
use duban::labels::row::Row as Line;
use duban::rules_in_force::edition::{self, Outcome, Rejected, put_in_force};
use duban::rules_in_force::handbooks;
use duban::rules_in_force::recalculation::{self, Row};
use duban_actors::case::view::view_under;
use duban_actors::case::{Case, CaseId, Event, KIND};
use duban_actors::role::Role;
use duban_rules::Sources;
use duban_runtime::answer::Answer;
use duban_runtime::clock::Clock;
use duban_runtime::entity::Entity;
use duban_tests::case_path::{
    LOOSE_COVER, MISSING_COVER, days_off, dispatch, file, hours, registered, report,
};
use duban_tests::samples::samples;

use crate::world::{self, MORNING, World, operator};

/// Suning's rules with three days off and longer limits, as another edition.
fn changed() -> Sources {
    let files = days_off();
    let text = |name| files.text(name).unwrap_or_default().to_owned();
    let handbook = text("handbook.csv").replace(",2工作日", ",3工作日");
    let stages = text("stages.toml").replacen("limit = \"", "limit = \"1", 1);
    let edition = text("handbook.toml").replacen("\"2026-1\"", "\"2026-2\"", 1);
    let files = files.clone().with("handbook.csv", handbook).with("stages.toml", stages);
    files.with("handbook.toml", edition)
}

/// A town with open cases at several places, one of them warned.
async fn town(world: &World) {
    for name in ["a", "b", "c", "d"] {
        world.handling(name, LOOSE_COVER).await;
    }
    world.handling("e", MISSING_COVER).await;
    world.until(MORNING + hours(30)).await;
    world.deliver().await;
}

#[test]
fn other_rules_move_no_due_instant_no_timer_and_no_message() {
    world::at(MORNING, async |world| {
        town(world).await;
        let state = |world: &World| {
            let cases = world.node.journal().entities(Some(KIND.number), None, 100).unwrap();
            (cases, world.alarms(KIND.number), world.outbox())
        };
        let before = state(world);
        assert_eq!(before.0.len(), 5);
        let outcome = put_in_force(&world.node, &world.rules, &changed(), &operator()).await;
        assert!(matches!(outcome, Ok(Outcome::PutInForce(..))), "{outcome:?}");
        world.until(world.clock.now()).await;
        assert_eq!(state(world), before);
        let in_force = world.rules.current();
        assert_eq!(in_force.0.rules.hash, changed().hash());
    });
}

#[test]
fn every_rules_set_is_kept_under_its_hash_with_who_put_it_in_force_and_when() {
    world::at(MORNING, async |world| {
        let (first, second) = (Sources::shipped(), changed());
        put_in_force(&world.node, &world.rules, &first, &operator()).await.unwrap();
        world.clock.advance_to(MORNING + hours(1));
        let head = Asker::system("主任", Role::CentreHead);
        put_in_force(&world.node, &world.rules, &second, &head).await.unwrap();
        put_in_force(&world.node, &world.rules, &first, &operator()).await.unwrap();
        let journal = world.node.journal();
        let history = edition::history(journal).unwrap();
        let who: Vec<(&str, &str)> =
            history.iter().map(|one| (one.by.as_str(), one.role.as_str())).collect();
        assert_eq!(
            who,
            [("系统管理员", "operator"), ("主任", "centre-head"), ("系统管理员", "operator")]
        );
        assert_eq!(history.iter().map(|one| one.since).max(), Some(MORNING + hours(1)));
        for (one, sources) in history.iter().zip([&first, &second, &first]) {
            assert_eq!(edition::sources(journal, &one.edition).unwrap(), *sources);
        }
        assert_eq!(edition::last(journal).unwrap().as_ref(), history.last().map(|e| &e.edition));
    });
}

#[test]
fn the_same_rules_again_are_nothing_new_after_a_restart_too() {
    world::at(MORNING, async |world| {
        let shipped = Sources::shipped();
        put_in_force(&world.node, &world.rules, &shipped, &operator()).await.unwrap();
        world
            .again(async |world| {
                let again = put_in_force(&world.node, &world.rules, &shipped, &operator()).await;
                assert!(matches!(again, Ok(Outcome::Unchanged(_))), "{again:?}");
                assert_eq!(edition::history(world.node.journal()).unwrap().len(), 1);
            })
            .await;
    });
}

#[test]
fn rules_with_an_error_change_nothing_and_say_what_is_wrong() {
    world::at(MORNING, async |world| {
        let broken = changed().with("grid.toml", "[[cell");
        let before = world.rules.current().1;
        let rejected = put_in_force(&world.node, &world.rules, &broken, &operator()).await;
        let Err(Rejected::Wrong(found)) = rejected else { panic!("{rejected:?}") };
        assert!(!found.is_empty());
        assert_eq!(world.rules.current().1, before);
        assert_eq!(edition::last(world.node.journal()).unwrap(), None);
    });
}

#[test]
fn only_those_who_keep_the_house_in_order_put_rules_in_force() {
    world::at(MORNING, async |world| {
        let chief = Asker::system("值班长", Role::DutyChief);
        let before = world.rules.current().1;
        let rejected = put_in_force(&world.node, &world.rules, &changed(), &chief).await;
        assert!(matches!(rejected, Err(Rejected::NotRecorded(_))), "{rejected:?}");
        assert_eq!(world.rules.current().1, before);
    });
}

#[test]
fn what_a_dry_run_lists_is_what_moves_and_a_second_run_moves_nothing() {
    world::at(MORNING, async |world| {
        town(world).await;
        put_in_force(&world.node, &world.rules, &changed(), &operator()).await.unwrap();
        let (mut foretold, mut moved) = (Vec::new(), Vec::new());
        let now = world.clock.now();
        let journal = world.node.journal();
        let mut keep = |row: &Row| foretold.push(row.clone());
        let dry = recalculation::foretell(journal, &world.rules, now, &mut keep).unwrap();
        assert_eq!((dry.looked_at, dry.moved, dry.failed), (5, 4, 0));
        // The cover that is missing runs by the clock on the wall.
        let rescinded = u64::try_from(foretold.iter().flat_map(|r| &r.moved.rescinded).count());
        assert_eq!((dry.rescinded, rescinded.unwrap()), (4, 4));

        let asker = operator();
        let why = (&asker, "公布放假安排");
        let mut keep = |row: &Row| moved.push(row.clone());
        let real = recalculation::run(&world.node, &world.rules, why, &mut keep).await.unwrap();
        world.node.durable().await;
        assert_eq!(real, dry);
        let only = |rows: &[Row]| rows.iter().map(|row| row.moved.clone()).collect::<Vec<_>>();
        assert_eq!(only(&moved), only(&foretold));
        for row in &moved {
            let id = duban_actors::case::CaseId(row.case.clone());
            let due = world.case(&id).state.assignment().and_then(|held| held.due);
            assert_eq!(due, Some(row.moved.due));
        }
        // Whoever was warned too early hears it once.
        let told = world.deliver().await;
        assert_eq!(told.len(), 4);
        assert!(told.iter().all(|message| message.template == "deadline-moved"));

        let mut none = |row: &Row| panic!("{row:?}");
        let again = recalculation::run(&world.node, &world.rules, why, &mut none).await.unwrap();
        assert_eq!((again.looked_at, again.moved), (5, 0));
    });
}

#[test]
fn a_run_that_was_cut_short_is_finished_by_the_next() {
    world::at(MORNING, async |world| {
        town(world).await;
        put_in_force(&world.node, &world.rules, &changed(), &operator()).await.unwrap();
        let reached = duban_actors::case::CaseId::from_intake("test", "b");
        world.ask(&reached, Role::Operator, duban_tests::case_path::recalculate()).await;
        let asker = operator();
        let mut rows = Vec::new();
        let mut keep = |row: &Row| rows.push(row.case.clone());
        let why = (&asker, "公布放假安排");
        let rest = recalculation::run(&world.node, &world.rules, why, &mut keep).await.unwrap();
        assert_eq!((rest.moved, rest.failed), (3, 0));
        assert!(!rows.contains(&reached.0));
    });
}

/// What the shipped handbook says of a loose cover, and what another edition says of it: its classes, when a case is filed
/// and closed, who handles it.
const OF_ITS_DAY: Said = ["公用设施", "上水井盖", "井盖局部损坏、松动异响", "更换或修好", "SW"];
const LATER: Said = ["市政设施", "供水井盖", "井盖不平", "换新", "ZJ"];
type Said = [&'static str; 5];

/// The shipped rules with a handbook that says all of it otherwise.
fn said_otherwise() -> Sources {
    let files = Sources::shipped();
    let text = |name| files.text(name).unwrap_or_default().to_owned();
    let row = "2,SW,水务局,井盖局部损坏、松动异响,更换或修好,2工作日";
    let handbook = text("handbook.csv")
        .replacen(&format!("上水井盖,{row}"), "上水井盖,2,ZJ,住建局,井盖不平,换新,2工作日", 1)
        .replace("公用设施", "市政设施")
        .replace("上水井盖", "供水井盖");
    let edition = text("handbook.toml").replacen("\"2026-1\"", "\"2026-2\"", 1);
    files.with("handbook.csv", handbook).with("handbook.toml", edition)
}

/// Reported and filed as a loose cover.
async fn filed(world: &World, name: &str) -> CaseId {
    let id = CaseId::from_intake("test", name);
    for (role, command) in [(Role::Collector, report()), (Role::Intake, file(LOOSE_COVER))] {
        let answer = world.ask(&id, role, command).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
    }
    id
}

/// What people and programs are shown of a case, piece by piece as in [`Said`].
fn shown(world: &World, case: &Case) -> [String; 5] {
    let (now, in_force) = (world.clock.now(), world.rules.current());
    let cx = &in_force.0;
    let shown = view_under(case, cx);
    let fields = ["big_class", "small_class", "filing", "closing", "candidates/0"];
    let said = fields.map(|field| {
        let said = shown.pointer(&format!("/filing/entry/{field}")).unwrap();
        said.as_str().unwrap().to_owned()
    });
    let [_, small_class, ..] = &said;
    assert_eq!(Line::of(case, now, cx).matter, *small_class);
    let facts: Vec<String> = facts(case, cx, now).into_iter().map(|(_, fact)| fact).collect();
    for said in &said {
        assert!(facts.iter().any(|fact| fact.contains(said)), "{said} is not in {facts:?}");
    }
    said
}

#[test]
fn a_filed_case_keeps_the_texts_and_the_candidates_of_its_day() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        let old = filed(world, "old").await;
        let outcome = put_in_force(&world.node, &world.rules, &said_otherwise(), &operator()).await;
        assert!(matches!(outcome, Ok(Outcome::PutInForce(..))), "{outcome:?}");
        let new = filed(world, "new").await;
        for (case, said, other) in [(&old, OF_ITS_DAY, LATER), (&new, LATER, OF_ITS_DAY)] {
            assert_eq!(shown(world, &world.case(case)), said);
            let ([.., unit], [.., other_unit]) = (said, other);
            let elsewhere = world.ask(case, Role::Dispatcher, dispatch(other_unit)).await;
            let Answer::Refused { code, .. } = elsewhere else { panic!("{elsewhere:?}") };
            assert_eq!(code, "not-a-candidate");
            let there = world.ask(case, Role::Dispatcher, dispatch(unit)).await;
            assert!(matches!(there, Answer::Accepted { .. }), "{there:?}");
            let told = world.deliver().await;
            let letter = told.iter().find(|letter| letter.template == "dispatched").unwrap();
            for (said, other) in said.iter().zip(other).skip(1).take(3) {
                assert!(letter.text.contains(said), "{said} is not in {}", letter.text);
                assert!(!letter.text.contains(other), "{other} is in {}", letter.text);
            }
        }
    });
}

/// A filing of the form that did not say what the handbook said.
fn older_form() -> Event {
    let of_a_cover = |line: &String| line.contains("\"Filed\"") && line.contains(LOOSE_COVER);
    let line = samples("events/case").into_iter().find(of_a_cover).unwrap();
    let event: Event = serde_json::from_str(&line).unwrap();
    assert!(matches!(&event, Event::Filed(filed) if filed.entry.is_none()), "{line}");
    event
}

#[test]
fn a_filing_that_does_not_say_what_the_handbook_said_leaves_it_to_the_rules_its_record_names() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        let then = world.rules.current().1;
        put_in_force(&world.node, &world.rules, &said_otherwise(), &operator()).await.unwrap();
        let under = |rules| registered().case.evolve_under(&older_form(), rules).unwrap();
        // Nobody has read yet which rules were in force before.
        assert_eq!(shown(world, &under(then)), LATER);
        handbooks::recall(world.node.journal(), &world.rules).unwrap();
        assert_eq!(shown(world, &under(then)), OF_ITS_DAY);
        assert_eq!(shown(world, &under(world.rules.current().1)), LATER);
        // Of rules that nobody has any more, and of a record that nobody has looked at, those in force say it.
        assert_eq!(shown(world, &under(0)), LATER);
        assert_eq!(shown(world, &registered().case.evolve(&older_form()).unwrap()), LATER);
        // What was handed on lives on in other rules, and in what a case is stored as.
        put_in_force(&world.node, &world.rules, &changed_again(), &operator()).await.unwrap();
        let case = under(then);
        let stored =
            Case::from_stored(&CaseId::from_intake("test", "1").entity(), &case.to_stored());
        assert_eq!(shown(world, &stored.unwrap()), OF_ITS_DAY);
    });
}

/// The same handbook with other notices.
fn changed_again() -> Sources {
    let files = said_otherwise();
    let notices = files.text("notices.toml").unwrap_or_default().replace("催收:", "请签收:");
    files.with("notices.toml", notices)
}
