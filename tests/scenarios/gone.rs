//! A unit that rules do not name any more while cases are with it: said when they come into force, and in each record.

use duban::rules_in_force::edition::{Outcome, put_in_force};
use duban::rules_in_force::establishment::establish;
use duban_actors::case::assignment::StepState;
use duban_actors::case::{CaseId, Event};
use duban_rules::diagnostic::Lang;
use duban_rules::vocabulary::Recipient;
use duban_rules::{Diagnostic, Sources};
use duban_tests::case_path::{LOOSE_COVER, hours};

use crate::world::{self, MORNING, World, operator};

/// The next edition: what was the waterworks' is the housing office's, and the waterworks are as `left` says.
fn without_water(left: impl Fn(&str) -> String) -> Sources {
    let shipped = Sources::shipped();
    let text = |name| shipped.text(name).unwrap_or_default().to_owned();
    let handbook = text("handbook.csv").replace(",SW,水务局,", ",ZJ,住建局,");
    let number = text("handbook.toml").replace("number = \"2026-1\"", "number = \"2026-2\"");
    let units: Vec<String> = text("units.toml")
        .split_inclusive("[[unit]]\n")
        .map(|unit| if unit.starts_with("id = \"SW\"") { left(unit) } else { unit.to_owned() })
        .collect();
    let files = shipped.clone().with("handbook.csv", handbook).with("handbook.toml", number);
    // Its head is a member of the committee for a body that need not have a unit.
    let committee = text("committee.toml").replace("unit = \"SW\"", "organisation = \"县水务局\"");
    files.with("units.toml", units.concat()).with("committee.toml", committee)
}

/// Its id is another's: there is no such unit any more, and nothing else has changed.
fn removed(unit: &str) -> String {
    unit.replace("id = \"SW\"", "id = \"SW2\"")
}

fn deactivated(unit: &str) -> String {
    unit.replace("id = \"SW\"\n", "id = \"SW\"\nactive = false\n")
}

async fn applied(world: &World, sources: &Sources) -> Vec<String> {
    let outcome = put_in_force(&world.node, &world.rules, sources, &operator()).await;
    let Ok(Outcome::PutInForce(_, warnings)) = outcome else { panic!("{outcome:?}") };
    let is_of_it = |one: &&Diagnostic| ["R0925", "R0926"].contains(&one.code);
    let said = |one: &Diagnostic| format!("{} {}", one.code, one.message.of(Lang::Zh));
    warnings.iter().filter(is_of_it).map(said).collect()
}

/// Who is told by the steps of a case that were decided, by what its history says.
fn told(world: &World, case: &CaseId) -> Vec<Vec<Recipient>> {
    let records = world.node.journal().history(&case.entity()).unwrap();
    let events =
        records.iter().flat_map(|r| serde_json::from_str::<Vec<Event>>(&r.events).unwrap());
    let step = |event| if let Event::StepDecided(step) = event { Some(step.tell) } else { None };
    events.filter_map(step).collect()
}

#[test]
fn a_unit_that_is_removed_with_open_cases_is_told_with_how_many_when_the_rules_come_into_force() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        establish(&world.node, &world.rules, &operator()).await.unwrap();
        for name in ["a", "b", "c"] {
            world.handling(name, LOOSE_COVER).await;
        }
        let said = applied(world, &without_water(removed)).await;
        assert_eq!(said, ["R0925 units.toml 中没有了 `SW`(水务局),它还有 3 件在办案件"]);
        // Also by an edition later, when the rules before do not name it either.
        let later = without_water(removed);
        let notices = later.text("notices.toml").unwrap().replace("催收:", "请签收:");
        let said = applied(world, &later.with("notices.toml", notices)).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].contains("还有 3 件在办案件"), "{said:?}");
    });
}

#[test]
fn a_unit_that_is_deactivated_keeps_its_cases_and_is_told_with_how_many() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        let case = world.handling("a", LOOSE_COVER).await;
        let said = applied(world, &without_water(deactivated)).await;
        assert_eq!(said, ["R0926 单位 `SW`(水务局)已停用,它还有 1 件在办案件"]);
        world.until(MORNING + hours(30)).await;
        let people = [Recipient::Informant, Recipient::HandlingOffice];
        assert_eq!(told(world, &case), [people], "it is still told");
    });
}

#[test]
fn a_unit_without_open_cases_goes_without_a_word() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        assert_eq!(applied(world, &without_water(removed)).await, [""; 0]);
    });
}

#[test]
fn a_step_of_a_case_whose_unit_is_gone_records_who_was_really_told() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        let case = world.handling("a", LOOSE_COVER).await;
        world.deliver().await;
        applied(world, &without_water(removed)).await;
        world.until(MORNING + hours(30)).await;
        let held = world.case(&case);
        let marks = &held.state.assignment().unwrap().marks;
        assert!(marks.iter().any(|mark| mark.standing == StepState::Decided), "{marks:?}");
        assert_eq!(told(world, &case), [[Recipient::DispatchDesk]]);
        let letters = world.deliver().await;
        let to: Vec<&str> =
            letters.iter().flat_map(|one| &one.addresses).map(|one| one.name.as_str()).collect();
        let in_force = world.rules.current();
        let desk = in_force.0.rules.officials.contacts(Recipient::DispatchDesk);
        assert!(
            !to.is_empty() && to.iter().all(|name| desk.iter().any(|one| one.name == *name)),
            "{to:?}"
        );
    });
}
