//! Accounts of the people of a town: whoever has a post there has one, so that a head who forgets to look can be reminded
//! (article 7).

use anyhow::{Result, anyhow};
use futures_util::future::join_all;

use duban_actors::person::{Command, Person};
use duban_base::asking::{self, Terms};
use duban_base::registry::Rules;
use duban_base::rules_in_force::accounts;
use duban_runtime::entity::CommandId;
use duban_runtime::node::Node;

use super::people::who;

/// Enrols them. Nobody has a password before somebody can visit.
///
/// # Errors
/// When one cannot be enrolled.
pub(super) async fn enrol(node: &Node, rules: &Rules) -> Result<()> {
    let in_force = rules.current();
    // All at once: nobody waits for another one's account.
    let enrolled = who::accounts(&in_force.0.rules).into_iter().map(async |(login, profile)| {
        let terms = Terms::of(CommandId::derived(&[b"demo-account", login.as_bytes()]));
        let enrol = Command::Enrol(profile);
        let done = asking::ask::<Person>(node, &who::operator(), terms, &login, enrol).await;
        done.map_err(|no| anyhow!("无法为 {login} 开户:{no:?}"))
    });
    for done in join_all(enrolled).await {
        done?;
    }
    accounts::heed(node.journal(), rules)?;
    Ok(())
}
