//! Editions with a date: a number stands for one content, and a day ahead is waited for (article 11).

use chrono::NaiveDate;
use duban::asking::Asker;
use duban::rules_in_force::edition::{self, Came, NotCancelled, Outcome, Rejected, put_in_force};
use duban_actors::centre::{GivenUp, Stage};
use duban_actors::role::Role;
use duban_rules::{Lang, Sources};
use duban_runtime::clock::{Clock as _, Timestamp};
use duban_tests::case_path::hours;

use crate::world::{self, MORNING, World, operator};

/// `sources` with the first `old` replaced by `new` in one file.
#[track_caller]
fn edited(sources: Sources, file: &str, old: &str, new: &str) -> Sources {
    let text = sources.text(file).unwrap_or_default();
    assert!(text.contains(old), "{file} does not contain {old:?}");
    let text = text.replacen(old, new, 1);
    sources.with(file, text)
}

/// Midnight of Thursday, 5 March 2026, local time: four days after the Monday on which a world opens.
const THURSDAY: Timestamp = Timestamp::from_millis(1_772_640_000_000);

fn limits(sources: &Sources) -> Sources {
    edited(sources.clone(), "handbook.csv", "更换或修好,2工作日", "更换或修好,3工作日")
}

fn numbered(sources: &Sources, number: &str) -> Sources {
    edited(
        sources.clone(),
        "handbook.toml",
        "number = \"2026-1\"",
        &format!("number = \"{number}\""),
    )
}

/// The second edition, which comes into force on that day.
fn second(day: &str) -> Sources {
    let sources = numbered(&limits(&Sources::shipped()), "2026-2");
    edited(
        sources.clone(),
        "handbook.toml",
        "effective = 2026-01-01",
        &format!("effective = {day}"),
    )
}

async fn apply(world: &World, sources: &Sources) -> Result<Outcome, Rejected> {
    let outcome = put_in_force(&world.node, &world.rules, sources, &operator()).await;
    world.node.durable().await;
    outcome
}

async fn come(world: &World) -> Came {
    let came = edition::day::come(&world.node, &world.rules, &operator()).await.unwrap();
    world.node.durable().await;
    came
}

/// What is wrong with them, as an admin reads it.
async fn refused(world: &World, sources: &Sources) -> String {
    let before = (world.rules.current().1, edition::course(world.node.journal()).unwrap());
    let outcome = apply(world, sources).await;
    let Err(Rejected::Wrong(found)) = outcome else { panic!("{outcome:?}") };
    let after = (world.rules.current().1, edition::course(world.node.journal()).unwrap());
    assert_eq!(before, after, "nothing changes by it");
    let errors = found.iter().filter(|one| one.is_error());
    errors.map(|one| one.render(sources, Lang::Zh)).collect()
}

fn is_in_force(world: &World, sources: &Sources) -> bool {
    let last = edition::last(world.node.journal()).unwrap();
    let is_last = last.is_some_and(|last| edition::is_of(&last, sources));
    let decides = world.rules.current().0.rules.hash == sources.hash();
    assert_eq!(is_last, decides, "what is on record is what is decided by");
    is_last
}

#[test]
fn a_number_stands_for_one_content() {
    world::at(MORNING, async |world| {
        let first = Sources::shipped();
        apply(world, &first).await.unwrap();
        // Other limits, other words of the approval, another day: all of it is the handbook's.
        for other in [
            limits(&first),
            edited(first.clone(), "handbook.toml", "待批准", "已批准"),
            edited(first.clone(), "handbook.toml", "2026-01-01", "2026-02-01"),
        ] {
            let said = refused(world, &other).await;
            assert!(said.contains("R0140") && said.contains("number = \"2026-2\""), "{said}");
            assert!(said.contains("2026-03-02 09:00"), "since when: {said}");
        }
        let days = format!(
            "{}2026-03-03,off,停办,2026,\n",
            first.text("holidays.csv").unwrap_or_default()
        );
        let off = first.clone().with("holidays.csv", days);
        let said = refused(world, &off).await;
        assert!(said.contains("R0142") && said.contains("version = \"2026-2\""), "{said}");

        // Another number, and whatever has none.
        let next = numbered(&limits(&first), "2026-2");
        assert!(matches!(apply(world, &next).await, Ok(Outcome::PutInForce(..))));
        let units = edited(next.clone(), "notices.toml", "催收:", "请签收:");
        assert!(matches!(apply(world, &units).await, Ok(Outcome::PutInForce(..))));

        // New content under a lower number goes back; the very same old content is a rollback.
        let back = refused(world, &numbered(&limits(&first), "2025-9")).await;
        assert!(back.contains("R0141") && back.contains("number = \"2026-3\""), "{back}");
        assert!(matches!(apply(world, &first).await, Ok(Outcome::PutInForce(..))));
        assert!(is_in_force(world, &first));
        let bare = first.text("handbook.csv").unwrap_or_default().replace("\r\n", "\n");
        let bare = first.clone().with("handbook.csv", bare);
        assert!(matches!(apply(world, &bare).await, Ok(Outcome::PutInForce(..))));
        let marks = edition::listing(world.node.journal()).unwrap().editions;
        assert!(marks.iter().all(|one| one.reused.is_empty()), "{marks:?}");
    });
}

#[test]
fn an_edition_waits_for_its_day() {
    world::at(MORNING, async |world| {
        let (first, second) = (Sources::shipped(), second("2026-03-05"));
        apply(world, &first).await.unwrap();
        let outcome = apply(world, &second).await;
        let Ok(Outcome::Waits(waiting, _)) = outcome else { panic!("{outcome:?}") };
        assert_eq!((waiting.day.from, waiting.stage), (THURSDAY, Stage::Ahead));
        assert!(matches!(apply(world, &second).await, Ok(Outcome::StillWaits(_))));
        assert!(is_in_force(world, &first));
        assert_eq!(come(world).await, Came::NotYet);

        // The operators hear of it on its eve, and once.
        let letters = async |world: &World| {
            let told = world.deliver().await;
            told.iter().filter(|letter| letter.template == "operator-alarm").count()
        };
        world.until(THURSDAY - hours(15)).await;
        assert_eq!(letters(world).await, 1);
        world.until(THURSDAY - hours(1)).await;
        assert_eq!((letters(world).await, come(world).await), (0, Came::NotYet));
        assert!(is_in_force(world, &first));

        world
            .again(async |world| {
                world.until(THURSDAY).await;
                let stands = edition::waiting(world.node.journal()).unwrap().unwrap();
                assert_eq!(stands.stage, Stage::Come);
                assert!(matches!(come(world).await, Came::InForce(_)));
                assert!(is_in_force(world, &second));
                // Once, and under the name of whoever scheduled it.
                assert_eq!(come(world).await, Came::NotYet);
                world.until(THURSDAY + hours(48)).await;
                assert_eq!(come(world).await, Came::NotYet);
                let course = edition::course(world.node.journal()).unwrap();
                assert_eq!((course.editions.len(), course.waiting), (2, None));
                let last = course.editions.last().unwrap();
                assert_eq!(last.since, THURSDAY);
                assert_eq!(last.by, operator().login);
                assert_eq!(last.effective, NaiveDate::from_ymd_opt(2026, 3, 5));
                // Its day is history: people that change under it act at once, and so does a rollback.
                let people = edited(second.clone(), "notices.toml", "催收:", "请签收:");
                assert!(matches!(apply(world, &people).await, Ok(Outcome::PutInForce(..))));
                assert!(matches!(apply(world, &first).await, Ok(Outcome::PutInForce(..))));
                assert!(matches!(apply(world, &second).await, Ok(Outcome::PutInForce(..))));
            })
            .await;
    });
}

#[test]
fn the_first_edition_of_a_store_is_in_force_at_once_whatever_its_day() {
    world::at(MORNING, async |world| {
        let first = second("2027-01-01");
        assert!(matches!(apply(world, &first).await, Ok(Outcome::PutInForce(..))));
        assert!(is_in_force(world, &first));
        // And what has no number goes on changing at once.
        let people = edited(first.clone(), "notices.toml", "催收:", "请签收:");
        assert!(matches!(apply(world, &people).await, Ok(Outcome::PutInForce(..))));
    });
}

#[test]
fn what_waits_is_taken_back_or_replaced_and_never_comes() {
    world::at(MORNING, async |world| {
        let first = Sources::shipped();
        apply(world, &first).await.unwrap();
        let nothing = edition::cancel(&world.node, ("cafe", "暂缓"), &operator()).await;
        assert!(matches!(nothing, Err(NotCancelled::Nothing)), "{nothing:?}");
        apply(world, &second("2026-03-05")).await.unwrap();
        let later = second("2026-03-06");
        let Ok(Outcome::Waits(waiting, _)) = apply(world, &later).await else { panic!("waits") };
        assert_eq!(waiting.day.from, THURSDAY + hours(24));

        let chief = Asker::system("值班长", Role::DutyChief);
        let digits = waiting.edition.hash.get(..8).unwrap().to_owned();
        let refused = edition::cancel(&world.node, (&digits, "暂缓"), &chief).await;
        assert!(matches!(refused, Err(NotCancelled::Rejected(_))), "{refused:?}");
        let another = edition::cancel(&world.node, ("zz", "暂缓"), &operator()).await;
        assert!(matches!(another, Err(NotCancelled::Another(_))), "{another:?}");
        edition::cancel(&world.node, (&digits, "暂缓施行"), &operator()).await.unwrap();
        world.node.durable().await;

        world.until(THURSDAY + hours(48)).await;
        assert_eq!(come(world).await, Came::NotYet);
        assert!(is_in_force(world, &first));
        let told = world.deliver().await;
        assert!(told.iter().all(|letter| letter.template != "operator-alarm"), "{told:?}");
        let course = edition::course(world.node.journal()).unwrap();
        let why: Vec<_> = course.dropped.iter().map(|one| one.why.clone()).collect();
        assert_eq!(why, [GivenUp::Superseded, GivenUp::Cancelled("暂缓施行".to_owned())]);
        assert_eq!((course.editions.len(), course.waiting), (1, None));
        // Its number was never in force: it is free.
        let again = numbered(&limits(&first), "2026-2");
        assert!(matches!(apply(world, &again).await, Ok(Outcome::PutInForce(..))));
    });
}

#[test]
fn an_edition_that_acts_at_once_leaves_the_one_that_waits_and_is_told_where_they_differ() {
    world::at(MORNING, async |world| {
        let (first, second) = (Sources::shipped(), second("2026-03-05"));
        apply(world, &first).await.unwrap();
        apply(world, &second).await.unwrap();
        let people =
            edited(first.clone(), "units.toml", "name = \"水务局\"", "name = \"水务和排水局\"");
        let people = people.clone().with(
            "handbook.csv",
            people.text("handbook.csv").unwrap_or_default().replace(",水务局,", ",水务和排水局,"),
        );
        let people = numbered(&people, "2026-3");
        apply(world, &people).await.unwrap();
        assert!(is_in_force(world, &people));
        let beside = edition::beside(world.node.journal()).unwrap().unwrap();
        assert_eq!(beside.files, ["handbook.csv", "handbook.toml", "units.toml"]);
        assert!(edition::is_of(&beside.waiting.edition, &second));
        // Its number goes back by now: said at once, held on its day, and visibly waiting until somebody acts.
        assert!(beside.trouble.is_some_and(|why| why.contains("R0141")));
        world.until(THURSDAY).await;
        let Came::Held(waiting, why) = come(world).await else { panic!("held") };
        assert!(why.contains("R0141"), "{why}");
        assert!(is_in_force(world, &people));
        assert_eq!(edition::waiting(world.node.journal()).unwrap().unwrap(), waiting);
        edition::cancel(&world.node, (&waiting.edition.hash, "改期"), &operator()).await.unwrap();
        assert_eq!(come(world).await, Came::NotYet);
    });
}

#[test]
fn rules_whose_day_has_come_come_before_others_that_are_applied_after_it() {
    world::at(MORNING, async |world| {
        let (first, second) = (Sources::shipped(), second("2026-03-05"));
        apply(world, &first).await.unwrap();
        apply(world, &second).await.unwrap();
        // Nobody looked at midnight: the later word counts all the same.
        world.until(THURSDAY + hours(9)).await;
        let third = edited(second.clone(), "notices.toml", "催收:", "请签收:");
        assert!(matches!(apply(world, &third).await, Ok(Outcome::PutInForce(..))));
        assert!(is_in_force(world, &third));
        assert_eq!(come(world).await, Came::NotYet);
        let course = edition::course(world.node.journal()).unwrap();
        let came: Vec<bool> = [&first, &second, &third]
            .iter()
            .zip(&course.editions)
            .map(|(sources, one)| edition::is_of(&one.edition, sources))
            .collect();
        assert_eq!((came, course.editions.len()), (vec![true; 3], 3));
        assert!(world.clock.now() >= THURSDAY);
    });
}
