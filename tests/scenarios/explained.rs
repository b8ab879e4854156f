//! How a due instant came about, told after the calendar was changed: what stands first, and what would be beside it.

use duban::labels::account::anew_words;
use duban::rules_in_force::edition::put_in_force;
use duban::rules_in_force::recalculation;
use duban::rules_in_force::reckoning;
use duban_actors::case::CaseId;
use duban_actors::case::explain::{Explanation, explain};
use duban_rules::Sources;
use duban_rules::deadline::SkipReason;
use duban_runtime::clock::Clock;
use duban_tests::case_path::{
    self, LOOSE_COVER, MISSING_COVER, days_off, hours, town, with_days_off,
};

use crate::world::{self, MORNING, World, operator};

#[test]
fn a_changed_calendar_is_told_beside_the_due_instant_in_force_and_not_instead_of_it() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        let case = world.handling("a", LOOSE_COVER).await;
        world.until(MORNING + hours(1)).await;
        let before = explained(world, &case);
        put_in_force(&world.node, &world.rules, &days_off(), &operator()).await.unwrap();

        let after = explained(world, &case);
        assert_eq!((&after.account, after.due), (&before.account, before.due));
        assert_eq!(after.steps, before.steps);
        let anew = after.anew.as_ref().map(|anew| anew.due);
        assert!(anew > after.due, "{anew:?}");
        let calendar = world.rules.current().0.rules.calendar.clone();
        let words = "按现行日历将是 2026-03-09 09:00:00,尚未重算";
        assert_eq!(anew_words(&after, &calendar).as_deref(), Some(words));
    });
}

#[test]
fn once_recalculated_a_case_is_explained_by_the_calendar_that_moved_it() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        let case = world.handling("a", LOOSE_COVER).await;
        put_in_force(&world.node, &world.rules, &days_off(), &operator()).await.unwrap();
        recalculate(world).await;
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();

        let told = explained(world, &case);
        let account = told.account.unwrap();
        assert_eq!(told.due, Some(account.due.into()));
        let off = SkipReason::Holiday("停办".to_owned());
        assert_eq!(account.skipped.iter().filter(|day| day.why == off).count(), 3);
        assert!(told.anew.is_some_and(|anew| Some(anew.due) < told.due));
    });
}

#[test]
fn what_no_calendar_touches_and_what_is_closed_is_never_told_to_be_recalculated() {
    world::at(MORNING, async |world| {
        put_in_force(&world.node, &world.rules, &Sources::shipped(), &operator()).await.unwrap();
        let case = world.handling("a", MISSING_COVER).await;
        put_in_force(&world.node, &world.rules, &days_off(), &operator()).await.unwrap();
        let told = explained(world, &case);
        assert_eq!(told.anew, None);
        assert_eq!(told.due, told.account.map(|account| account.due.into()));
    });
    let closed = case_path::closed();
    let calendar = || Some(town().rules.calendar.clone());
    let told = explain(&closed.case, closed.at, with_days_off(), calendar);
    assert_eq!(told.anew, None);
    assert!(told.due.is_some());
    assert_eq!(told.due, told.account.map(|account| account.due.into()));
}

#[test]
fn where_the_calendar_of_a_due_instant_is_lost_the_instant_is_told_and_no_account_invented() {
    world::at(MORNING, async |world| {
        // Decided by rules that nobody put on record.
        let case = world.handling("a", LOOSE_COVER).await;
        put_in_force(&world.node, &world.rules, &days_off(), &operator()).await.unwrap();
        let told = explained(world, &case);
        assert!(told.due.is_some() && told.limit.is_some());
        assert_eq!(told.account, None);
        assert!(told.anew.is_some_and(|anew| Some(anew.due) > told.due));
    });
}

fn explained(world: &World, case: &CaseId) -> Explanation {
    reckoning::explained(world.node.journal(), &world.rules, &world.case(case), world.clock.now())
}

async fn recalculate(world: &World) {
    let asker = operator();
    let why = (&asker, "公布放假安排");
    recalculation::run(&world.node, &world.rules, why, &mut |_| {}).await.unwrap();
    world.node.durable().await;
}
