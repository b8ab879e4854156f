//! The office on an arbiter of its own: what is due leaves without anybody asking, and closing it ends in good order.

use std::sync::Arc;

use duban::delivery::office::Office;

use crate::house::{House, address, exchange};

#[actix::test]
async fn what_is_due_leaves_by_itself_and_the_office_closes_in_good_order() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path()).await;
    for n in 0..20 {
        house.say(n, vec![address("email", &format!("head{n}@suning.example"))]).await;
    }
    let House { node, rules, .. } = house;
    let (node, exchange) = (Arc::new(node), Arc::new(exchange(dir.path(), "")));
    let office = Office::open(Arc::clone(&node), rules, exchange);
    let left = || {
        let rows = (0..duban_runtime::partition::PARTITIONS)
            .map(|no| node.journal().outbox(no, None, 1).unwrap().len());
        rows.sum::<usize>()
    };
    while left() > 0 {
        tokio::task::yield_now().await;
    }
    office.close().await;
    let letters = walk(&dir.path().join("outbox"));
    assert_eq!(letters, 20);
    let node = Arc::into_inner(node).expect("the office let go of the node");
    node.stop().await;
}

fn walk(root: &std::path::Path) -> usize {
    let days = std::fs::read_dir(root).unwrap().map(|day| day.unwrap().path());
    days.map(|day| std::fs::read_dir(day).unwrap().count() - 1).sum()
}
