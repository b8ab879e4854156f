//! Folding against a real mail server: after an outage, the server's or our own, people get a few letters and one more
//! that lists the rest; nothing is lost, and nothing is told twice.

use std::collections::BTreeMap;
use std::time::Duration;

use duban_actors::bundle::{self, Bundle, Command, Line, OPEN_MAX};
use duban_actors::role::Role;
use duban_runtime::answer::Answer;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Asked;
use duban_runtime::node::Ask;
use duban_runtime::outbox::{Address, MessageId, RowEvent};

use crate::mail::{ScratchDir, plain};
use crate::probe::asked;
use crate::world::{NOON, World, address, channels};

/// Messages to the head, and to a second person.
const TO_HEAD: usize = 40;
const TO_SECOND: usize = 3;
/// Messages of the last hour that go by themselves.
const ALONE: usize = 5;

const HEAD: &str = "head@suning.example";
const SECOND: &str = "second@suning.example";

/// Says everything there is to say, `apart` from each other; the couriers work meanwhile.
async fn say_all(world: &World, port: Option<u16>, ground: &ScratchDir, apart: Duration) {
    let channels = channels(ground.path(), &plain(port.unwrap_or(1)));
    for n in 0..TO_HEAD + TO_SECOND {
        let to = if n % 14 == 13 { SECOND } else { HEAD };
        world.say(n as u128, vec![address("email", to)]).await;
        if port.is_some() {
            world.work(&channels, world.now() + apart).await;
        }
    }
}

/// How many letters each got: those by themselves, and the subjects of those that list others.
fn letters(ground: &ScratchDir, to: &str) -> (usize, Vec<String>) {
    let (mut alone, mut folded) = (0, Vec::new());
    for letter in ground.took().into_iter().filter(|letter| letter.to == to) {
        if letter.subject.contains("合并通知") {
            folded.push(letter.subject);
        } else {
            alone += 1;
        }
    }
    (alone, folded)
}

fn folded(count: usize) -> Vec<String> {
    vec![format!("【合并通知】{count} 条通知合为一封,请查看处理")]
}

/// Every message has one outcome, and nothing is left.
fn assert_all_told(world: &World, messages: usize) {
    assert_eq!(world.rows(), []);
    let events = world.events();
    let said = events.iter().filter(|(id, _)| id.entity.kind != bundle::KIND.number);
    let outcomes: BTreeMap<&MessageId, usize> = said
        .map(|(id, events)| (id, events.iter().filter(|event| event.is_outcome()).count()))
        .collect();
    assert_eq!(outcomes.len(), messages);
    assert!(outcomes.values().all(|outcomes| *outcomes == 1), "{outcomes:?}");
}

#[actix::test]
async fn a_mail_server_that_was_away_for_an_hour_floods_nobody_when_it_is_back() {
    let ground = ScratchDir::new();
    let port = ground.server(0, "none", "").port;
    let world = World::open(ground.path()).await;
    say_all(&world, Some(port), &ground, Duration::from_secs(84)).await;
    assert!(world.now() >= NOON + Duration::from_hours(1), "{:?}", world.now());
    assert_eq!((ground.took().len(), world.rows().len()), (0, TO_HEAD + TO_SECOND));

    let _server = ground.server(port, "none", "");
    let channels = channels(ground.path(), &plain(port));
    world.work(&channels, Timestamp::NEVER).await;
    assert_eq!(letters(&ground, HEAD), (ALONE, folded(TO_HEAD - ALONE)));
    assert_eq!(letters(&ground, SECOND), (TO_SECOND, vec![]));
    assert_all_told(&world, TO_HEAD + TO_SECOND);
}

#[actix::test]
async fn what_waited_for_the_server_still_folds_after_a_restart_of_our_own() {
    let ground = ScratchDir::new();
    let port = ground.server(0, "none", "").port;
    let world = World::open(ground.path()).await;
    say_all(&world, Some(port), &ground, Duration::from_secs(1)).await;
    let later = world.now() + Duration::from_mins(10);
    world.close().await;

    let _server = ground.server(port, "none", "");
    let world = World::open_at(ground.path(), later).await;
    let channels = channels(ground.path(), &plain(port));
    world.work(&channels, Timestamp::NEVER).await;
    assert_eq!(letters(&ground, HEAD), (ALONE, folded(TO_HEAD - ALONE)));
    assert_eq!(letters(&ground, SECOND), (TO_SECOND, vec![]));
    assert_all_told(&world, TO_HEAD + TO_SECOND);
}

#[actix::test]
async fn after_three_hours_of_our_own_outage_everybody_gets_one_letter() {
    let ground = ScratchDir::new();
    let world = World::open(ground.path()).await;
    say_all(&world, None, &ground, Duration::ZERO).await;
    world.close().await;

    let server = ground.server(0, "none", "");
    let world = World::open_at(ground.path(), NOON + Duration::from_hours(3)).await;
    let channels = channels(ground.path(), &plain(server.port));
    world.work(&channels, Timestamp::NEVER).await;
    assert_eq!(letters(&ground, HEAD), (0, folded(TO_HEAD)));
    assert_eq!(letters(&ground, SECOND), (0, folded(TO_SECOND)));
    assert_all_told(&world, TO_HEAD + TO_SECOND);
}

#[actix::test]
async fn a_process_that_dies_between_bundle_and_row_folds_the_message_once() {
    let ground = ScratchDir::new();
    let server = ground.server(0, "none", "");
    let world = World::open(ground.path()).await;
    let to = address("email", HEAD);
    world.say(0, vec![to.clone()]).await;
    gathered(&world, 1, &to).await;
    let world = taken_up(world, &ground, server.port).await;
    assert_eq!(letters(&ground, HEAD), (0, folded(1)));
    assert_all_told(&world, 1);
    let mut of_messages =
        world.events().into_iter().filter(|(id, _)| id.entity.kind != bundle::KIND.number);
    let (_, events) = of_messages.next().unwrap();
    assert!(matches!(events.last(), Some(RowEvent::Folded(..))), "{events:?}");
}

#[actix::test]
async fn more_lines_than_a_bundle_remembers_are_told_once_each_after_a_process_that_died() {
    let ground = ScratchDir::new();
    let server = ground.server(0, "none", "");
    let world = World::open(ground.path()).await;
    let (to, n) = (address("email", HEAD), 2 * OPEN_MAX);
    for message in 0..n {
        world.say(message as u128, vec![to.clone()]).await;
    }
    gathered(&world, n, &to).await;
    let world = taken_up(world, &ground, server.port).await;
    assert_eq!(letters(&ground, HEAD), (0, folded(n)));
    assert_all_told(&world, n);
}

/// As far as an office comes that dies: so many messages are claimed, their lines in the bundle, nothing of it in the
/// rows.
async fn gathered(world: &World, n: usize, to: &Address) {
    let leased = world.node.lease(n).await;
    assert_eq!(leased.len(), n);
    for (leased, n) in leased.into_iter().zip(0..) {
        let row = world.node.row(&leased).unwrap().unwrap();
        let claimed = world.node.claim(leased.clone(), row, NOON).await;
        assert!(matches!(claimed, Answer::Claimed(_)), "{claimed:?}");
        let line = Line::new(NOON, "一级督办");
        let command =
            Command::Add { message: "s0".into(), line, to: to.clone(), settled: Vec::new() };
        let asked = Asked {
            id: Bundle::line_id(&leased.id, to),
            role: Role::Entity.as_str().into(),
            ..asked(n, NOON)
        };
        let ask = Ask::of::<Bundle>(&Bundle::of(to).key, command, asked);
        assert!(matches!(world.node.ask(ask).await, Answer::Accepted { .. }));
    }
}

/// The process dies, and another takes up half an hour later what it left: the bundle's letter is sent before any row is
/// looked at again.
async fn taken_up(world: World, ground: &ScratchDir, port: u16) -> World {
    world.node.durable().await;
    world.close().await;
    let world = World::open_at(ground.path(), NOON + Duration::from_mins(30)).await;
    world.node.fire_due().await;
    let channels = channels(ground.path(), &plain(port));
    world.work(&channels, Timestamp::NEVER).await;
    world
}
