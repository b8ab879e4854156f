//! Reading the rules again: checked first, put in force as a whole, and the old ones kept on any error.

use anyhow::{Context as _, Result};
use duban_actors::role::Role;
use duban_rules::Severity;

use crate::asker::Asker;
use crate::config;
use crate::edition::{Outcome, Rejected, put_in_force};
use crate::house::House;

/// Reads the rules of `house` again; whether that went well is shown to every door. Moves no due instant and sends
/// nothing.
pub(super) async fn reload(house: &House) {
    match again(house).await {
        Ok(said) => {
            house.watch.rules.take();
            tracing::info!(said, "the rules were read again");
        }
        Err(error) => {
            let why = format!("{error:#}");
            tracing::error!(why, "the rules were not taken: the old ones stand");
            house.watch.rules.refuse(why);
        }
    }
}

async fn again(house: &House) -> Result<&'static str> {
    let sources = config::rules::sources(&house.config.rules_dir).context("规则目录无法读取")?;
    let asker = Asker { by: "SIGHUP".into(), role: Role::Operator };
    match put_in_force(&house.node, &house.rules, &sources, &asker).await {
        Ok(Outcome::PutInForce(..)) => Ok("other rules are in force"),
        Ok(Outcome::Unchanged(_)) => Ok("the same rules are in force"),
        Err(Rejected::Wrong(diagnostics)) => {
            let errors = diagnostics.iter().filter(|found| found.severity == Severity::Error);
            let n = errors.count();
            anyhow::bail!("规则文件有 {n} 处错误,用 duban rules check 查看")
        }
        Err(rejected) => Err(rejected).context("规则无法生效"),
    }
}
