//! Article 7, when the rules change: everybody has the day's brief, once, at the hour that is in force.

use duban::asking::Terms;
use duban::rules_in_force::edition::put_in_force;
use duban::rules_in_force::establishment::{Established, establish};
use duban_actors::brief::{Next, Settled};
use duban_actors::centre::{self, Centre};
use duban_actors::context::Context;
use duban_actors::role::Role;
use duban_actors::unit::{self, Command, Event, Refusal, Unit};
use duban_rules::{RuleBook, Sources, parse};
use duban_runtime::answer::Answer;
use duban_runtime::clock::{Clock as _, Timestamp};
use duban_runtime::entity::{CommandId, Entity as _};
use duban_runtime::node::Ask;
use duban_runtime::outbox::{Claim, Message};

use crate::world::{self, World, operator};

use SoFar::{Ahead, Sent};
use duban_tests::case_path::town;
use duban_tests::given::{DAY, HOUR, MILLISECOND, MONDAY_8AM, given, given_under};

const UNIT: &str = "CG-ZF";
const STEWARD: &str = "WB";
/// Departments of Suning, and the centre.
const EVERYBODY: usize = 25;

#[test]
fn another_hour_brings_no_second_brief_on_a_day_and_leaves_no_day_without_one() {
    const EIGHT: &str = "0 0 8 * * *";
    let minute = HOUR / 60;
    let half_past = MONDAY_8AM + HOUR / 2;
    let before = MONDAY_8AM - HOUR / 2;
    let table = [
        // The hour that was: nothing is due again, however soon it is asked.
        (EIGHT, Sent, MONDAY_8AM + minute / 2, None),
        (EIGHT, Sent, half_past, None),
        (EIGHT, Ahead, before, None),
        // A later hour: today's brief has gone out already, or goes out then.
        ("0 0 9 * * *", Sent, half_past, Some(MONDAY_8AM + DAY + HOUR)),
        ("0 0 9 * * *", Ahead, before, Some(MONDAY_8AM + HOUR)),
        // An earlier one: it holds from tomorrow on, and today's is as it was.
        ("0 0 7 * * *", Sent, half_past, Some(MONDAY_8AM + DAY - HOUR)),
        ("0 0 7 * * *", Ahead, before, None),
        ("0 45 7 * * *", Ahead, before, Some(MONDAY_8AM - HOUR / 4)),
        // Several a day: the first one is the one that has gone out.
        ("0 0 9,15 * * *", Sent, half_past, Some(MONDAY_8AM + 7 * HOUR)),
        ("0 0 8,12 * * *", Sent, half_past, Some(MONDAY_8AM + 4 * HOUR)),
        ("0 * * * * *", Sent, half_past, Some(half_past + minute)),
        ("0 * * * * *", Sent, half_past + minute / 2, Some(half_past + minute)),
        // Not on Mondays: today has no slot that one could keep.
        ("0 0 7 * * Tue", Ahead, before, Some(MONDAY_8AM + DAY - HOUR)),
        // A slot that has passed is its timer's to settle.
        ("0 0 9 * * *", Ahead, MONDAY_8AM, None),
        ("0 0 9 * * *", Ahead, half_past, None),
    ];
    for (schedule, so_far, at, expected) in table {
        let rules = scheduled(schedule);
        let unit = given_under::<Unit>(&rules, UNIT, &so_far.unit());
        let when = unit.when(at, Role::Operator, &Command::FollowRules);
        let centre = given_under::<Centre>(&rules, centre::KEY, &so_far.centre());
        let centre_when = centre.when(at, Role::Operator, &centre::Command::Establish);
        if let Some(next) = expected {
            let next = Next::At(next);
            when.then(&[Event::Rescheduled { next }]);
            let event = centre::Event::Rescheduled { next };
            centre_when.then(std::slice::from_ref(&event));
            // Asked once more a moment later nothing changes any more.
            let centre = [so_far.centre(), vec![event]].concat();
            given_under::<Centre>(&rules, centre::KEY, &centre)
                .when(at + MILLISECOND, Role::Operator, &centre::Command::Establish)
                .then_refused(&centre::Refusal::AlreadyEstablished);
        } else {
            when.then_refused(&Refusal::AlreadyEstablished);
            centre_when.then_refused(&centre::Refusal::AlreadyEstablished);
        }
    }
}

#[test]
fn a_brief_that_is_late_and_settled_under_another_hour_is_the_one_of_its_day() {
    let rules = scheduled("0 0 9 * * *");
    let late = MONDAY_8AM + HOUR / 3;
    let next = Next::At(MONDAY_8AM + DAY + HOUR);
    given_under::<Unit>(&rules, UNIT, &Ahead.unit()).when_fired(late).then(&[Event::BriefDue(
        Settled { slot: MONDAY_8AM, missed: Vec::new(), next, since: None },
    )]);
    let rules = scheduled("0 * * * * *");
    let next = Next::At(MONDAY_8AM + HOUR / 60);
    given_under::<Unit>(&rules, UNIT, &Ahead.unit()).when_fired(MONDAY_8AM).then(&[
        Event::BriefDue(Settled { slot: MONDAY_8AM, missed: Vec::new(), next, since: None }),
    ]);
}

#[test]
fn whoever_has_left_the_rules_has_no_brief_any_more_until_it_is_back() {
    for rules in [without(UNIT), switched_off(UNIT)] {
        let at = MONDAY_8AM - HOUR;
        let then = given_under::<Unit>(&rules, UNIT, &Ahead.unit())
            .when(at, Role::Operator, &Command::FollowRules)
            .then(&[Event::Rescheduled { next: Next::Never }]);
        assert!(then.state.timers().0.is_empty());
        let gone = [Ahead.unit(), vec![Event::Rescheduled { next: Next::Never }]].concat();
        given_under::<Unit>(&rules, UNIT, &gone)
            .when(at, Role::Operator, &Command::FollowRules)
            .then_refused(&Refusal::AlreadyEstablished);
        let unit = given_under::<Unit>(&rules, UNIT, &Sent.unit());
        let waiting = Message {
            template: unit::BRIEF.into(),
            data: format!(r#"{{"slot":"{MONDAY_8AM}","date":"2026-03-02"}}"#),
            not_before: MONDAY_8AM,
        };
        let claim = unit.state.claim(&waiting, at, &rules);
        assert!(matches!(claim, Claim::Withdraw(_)), "{claim:?}");
        given::<Unit>(UNIT, &gone)
            .when(at, Role::Operator, &Command::FollowRules)
            .then(&[Event::Rescheduled { next: Next::At(MONDAY_8AM) }]);
    }
}

#[test]
fn a_unit_that_somebody_deactivated_is_not_brought_back_by_the_rules() {
    let gone = Event::Deactivated { reason: "机构改革".into() };
    let events = [Ahead.unit(), vec![gone]].concat();
    given::<Unit>(UNIT, &events)
        .when(MONDAY_8AM, Role::Operator, &Command::FollowRules)
        .then_refused(&Refusal::AlreadyDeactivated);
    given::<Unit>(UNIT, &events)
        .when(MONDAY_8AM, Role::Operator, &Command::Establish)
        .then(&[Event::Established { next: Next::At(MONDAY_8AM + DAY) }]);
}

#[test]
fn everybody_who_has_a_brief_is_established_once_and_nobody_else() {
    world::at(MONDAY_8AM - HOUR, async |world| {
        let first = follow(world).await;
        assert_eq!((first.changed.len(), first.unset.len()), (EVERYBODY, 0));
        assert!(first.changed.iter().all(|key| key != STEWARD));
        assert_eq!(follow(world).await, Established::default());
        world.again(async |world| assert_eq!(follow(world).await, Established::default())).await;
        world.until(MONDAY_8AM).await;
        assert_eq!(follow(world).await, Established::default());
        assert_eq!(briefs(world, MONDAY_8AM).await, EVERYBODY);
        world.until(MONDAY_8AM + DAY - MILLISECOND).await;
        assert_eq!(briefs(world, MONDAY_8AM + DAY - MILLISECOND).await, 0);
        world.until(MONDAY_8AM + DAY).await;
        assert_eq!(briefs(world, MONDAY_8AM + DAY).await, EVERYBODY);
    });
}

#[test]
fn other_rules_move_everybodys_brief_and_a_deactivated_unit_stays_away() {
    world::at(MONDAY_8AM - HOUR, async |world| {
        follow(world).await;
        let away =
            Command::Deactivate { reason: "机构改革".into(), open_cases: 0, as_of: MONDAY_8AM };
        let asked = operator().asked(Terms::of(CommandId(7)), world.clock.now());
        let answer = world.node.ask(Ask::of::<Unit>(UNIT, away, asked)).await;
        assert!(matches!(answer, Answer::Accepted { .. }), "{answer:?}");
        world.until(MONDAY_8AM + HOUR / 2).await;
        assert_eq!(briefs(world, world.clock.now()).await, EVERYBODY - 1);

        let nine = notices("0 0 9 * * *");
        put_in_force(&world.node, &world.rules, &nine, &operator()).await.unwrap();
        let moved = follow(world).await;
        assert_eq!((moved.changed.len(), moved.unset.len()), (EVERYBODY - 1, 0));
        world.until(MONDAY_8AM + DAY).await;
        assert_eq!(briefs(world, world.clock.now()).await, 0, "one brief a day");
        world.until(MONDAY_8AM + DAY + HOUR).await;
        assert_eq!(briefs(world, world.clock.now()).await, EVERYBODY - 1);
    });
}

/// What has become of Monday's brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SoFar {
    Ahead,
    Sent,
}

impl SoFar {
    fn unit(self) -> Vec<Event> {
        let established = Event::Established { next: Next::At(MONDAY_8AM) };
        match self {
            Ahead => vec![established],
            Sent => vec![established, Event::BriefDue(sent())],
        }
    }

    fn centre(self) -> Vec<centre::Event> {
        let established = centre::Event::Established { next: Next::At(MONDAY_8AM) };
        match self {
            Ahead => vec![established],
            Sent => vec![established, centre::Event::BriefDue(sent())],
        }
    }
}

fn sent() -> Settled {
    Settled { slot: MONDAY_8AM, missed: Vec::new(), next: Next::At(MONDAY_8AM + DAY), since: None }
}

async fn follow(world: &World) -> Established {
    let established = establish(&world.node, &world.rules, &operator()).await.unwrap();
    world.node.durable().await;
    established
}

/// Briefs that leave when everything that is due at `slot` is handed over.
async fn briefs(world: &World, slot: Timestamp) -> usize {
    assert_eq!(world.clock.now(), slot);
    let letters = world.deliver().await;
    let of_a_brief = |template: &str| matches!(template, unit::BRIEF | centre::BRIEF);
    letters.iter().filter(|letter| of_a_brief(&letter.template)).count()
}

/// Suning's rules with other mornings.
fn scheduled(schedule: &str) -> Context {
    let mut rules = RuleBook::clone(&town().rules);
    schedule.clone_into(&mut rules.notices.brief_unit);
    schedule.clone_into(&mut rules.notices.brief_centre);
    Context::new(rules)
}

fn notices(schedule: &str) -> Sources {
    let shipped = Sources::shipped();
    let text = shipped.text("notices.toml").unwrap_or_default();
    let changed = text.replace("\"0 0 8 * * *\"", &format!("\"{schedule}\""));
    shipped.clone().with("notices.toml", changed)
}

fn units(change: impl FnOnce(&str) -> String) -> Context {
    let shipped = Sources::shipped();
    let changed = change(shipped.text("units.toml").unwrap_or_default());
    Context::new(parse(&shipped.clone().with("units.toml", changed)).0)
}

fn without(unit: &str) -> Context {
    units(|text| text.replace(&format!("id = \"{unit}\""), "id = \"XX\""))
}

fn switched_off(unit: &str) -> Context {
    let line = format!("id = \"{unit}\"");
    units(|text| text.replace(&line, &format!("{line}\nactive = false")))
}
