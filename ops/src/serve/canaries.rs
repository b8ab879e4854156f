//! The canary's keeper at work in a server; how the canary fares is shown to every door.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::canary::Keeper;
use crate::house::House;

/// The keeper at work.
#[derive(Debug)]
pub(super) struct Canaries {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Canaries {
    /// Begins to send a canary each morning.
    pub(super) fn open(house: &Arc<House>) -> Canaries {
        let (keeper, told) = Keeper::new(&house.rules, house.now());
        house.watch.canary.watch(told);
        let (stop, stopped) = oneshot::channel();
        let node = Arc::clone(&house.node);
        let task = actix::spawn(async move {
            let stopped = async {
                // Whoever drops the sender is done with it, too.
                drop(stopped.await);
            };
            keeper.run(&node, stopped).await;
        });
        Canaries { stop, task }
    }

    /// Keeps no more canaries; one under way goes on after the next start.
    pub(super) async fn close(self) {
        drop(self.stop);
        if self.task.await.is_err() {
            tracing::error!("the canary's keeper ended in a panic");
        }
    }
}
