//! The canary's keeper at work in a server; how the canary fares is shown to every door.

use std::sync::Arc;
use std::time::Duration;

use duban_runtime::loops::{Kept, Life, Loop};
use duban_runtime::seldom::Seldom;

use crate::canary::{Keeper, PAUSE};
use crate::house::House;

/// Dead when one look takes so long.
const CANARY: Loop = Loop { name: "canary", silent_max: Duration::from_mins(5) };

/// "the canary cannot be looked at": it is tried each second.
static UNSEEN: Seldom = Seldom::new();

/// Begins to send a canary each morning. One under way when it is told to stop goes on after the next start.
pub(super) fn open(house: &Arc<House>) -> Kept {
    house.keep(CANARY, keep)
}

async fn keep(house: Arc<House>, life: Life) {
    let (mut keeper, told) = Keeper::new(&house.rules, house.now());
    house.watch.canary.watch(told);
    let mut turns = life.every(PAUSE);
    while turns.next().await {
        // Its message would wait like all others while the house is muted: that says nothing of the chain.
        if !house.exchange.muted().is_on()
            && let Err(failure) = keeper.advance(&house.node).await
            && let Some(n_left_out) = UNSEEN.turn()
        {
            tracing::error!(%failure, n_left_out, "the canary cannot be looked at");
        }
    }
}
