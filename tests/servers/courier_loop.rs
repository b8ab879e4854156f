//! The office on an arbiter of its own: what is due leaves without anybody asking, and closing it ends in good order.

use std::sync::Arc;
use std::time::Duration;

use duban::delivery::deliverer::Deliverer;
use duban::registry;
use duban_rules::{Sources, parse};

use crate::world::{NOON, World, address, channels};

#[actix::test]
async fn what_is_due_leaves_by_itself_and_the_office_closes_in_good_order() {
    let dir = tempfile::tempdir().unwrap();
    let world = World::open(dir.path()).await;
    for n in 0..20 {
        world.say(n, vec![address("email", &format!("head{n}@suning.example"))]).await;
    }
    let World { node, rules, .. } = world;
    let (node, channels) = (Arc::new(node), Arc::new(channels(dir.path(), "")));
    let office = Deliverer::open(Arc::clone(&node), rules, channels);
    while node.journal().outbox_of_all(None).next().transpose().unwrap().is_some() {
        tokio::task::yield_now().await;
    }
    office.close().await;
    let letters = walk(&dir.path().join("outbox"));
    assert_eq!(letters, 20);
    let node = Arc::into_inner(node).expect("the office let go of the node");
    node.stop().await;
}

#[actix::test]
async fn a_template_that_fails_keeps_no_message_back_and_is_known_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let shipped = Sources::shipped();
    let notices = shipped.text("notices.toml").unwrap();
    // Rules that the check of today refuses; those of yesterday may be in force all the same.
    let broken = notices.replace("一级督办:{{ number or case }}", "一级督办:{{ number|shout }}");
    let (book, found) = parse(&shipped.with("notices.toml", broken));
    assert!(found.iter().any(|one| one.code == "R0708"), "{found:?}");
    let world = World::open_under(dir.path(), NOON, registry::in_force(book)).await;
    let channels = channels(dir.path(), "");
    let to = [address("email", "head@suning.example"), address("sms", "13900000020")];
    world.say(1, to.to_vec()).await;
    world.work(&channels, NOON + Duration::from_hours(1)).await;
    assert_eq!((world.rows(), world.dead()), (vec![], vec![]));
    let day = std::fs::read_dir(dir.path().join("outbox")).unwrap().next().unwrap().unwrap().path();
    let texts = std::fs::read_to_string(day.join("sms.jsonl")).unwrap();
    assert!(texts.contains("【数字城管】一级督办 ") && texts.contains("请登录系统查看"), "{texts}");
    assert_eq!(walk(&dir.path().join("outbox")), 1, "the letter left, too");
    let rules = world.rules.current().1;
    let unfilled = channels.unfilled.under(rules);
    assert!(matches!(&unfilled[..], [(name, why)] if name == "level-1" && why.contains("shout")));
    world.close().await;
}

fn walk(root: &std::path::Path) -> usize {
    let days = std::fs::read_dir(root).unwrap().map(|day| day.unwrap().path());
    days.map(|day| std::fs::read_dir(day).unwrap().count() - 1).sum()
}
