//! A courier without files: says which messages it has, and lets the outbox record that.

use std::time::Duration;

use anyhow::Result;
use duban::courier::{Courier, Failure, Rendered};
use duban::delivery::deliver_due;
use duban::registry::Rules;
use duban_runtime::outbox::MessageId;

use crate::callers::Work;
use crate::say::say;

/// Between two rounds.
const PAUSE: Duration = Duration::from_millis(20);

/// Delivers what is due until the callers have gone and, unless the town was told to stop, nothing is due any more.
pub(crate) async fn deliver(work: &Work, rules: &Rules) -> Result<()> {
    let mut post = Post { taken: Vec::new() };
    loop {
        deliver_due(&work.node, rules, &mut post).await?;
        if work.is_dismissed() {
            if work.is_stopping() {
                return Ok(());
            }
            work.node.durable().await;
            if is_quiet(work)? {
                return say(&"quiet");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn is_quiet(work: &Work) -> Result<bool> {
    let journal = work.node.journal();
    Ok(journal.outbox_of_all(None).next().transpose()?.is_none()
        && journal.tells_pending().is_empty()
        && work.node.next_due().is_none())
}

struct Post {
    taken: Vec<MessageId>,
}

impl Courier for Post {
    fn hand_over(&mut self, message: &Rendered) -> Result<(), Failure> {
        self.taken.push(message.id.clone());
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Failure> {
        for id in self.taken.drain(..) {
            // Without a listener there is no outcome to check either.
            drop(say(&format_args!("sent {id}")));
        }
        Ok(())
    }
}
