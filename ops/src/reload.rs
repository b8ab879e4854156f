//! The rules are read again while the server runs: on SIGHUP, by `duban rules apply`, over HTTP.
//!
//! Checked first, put in force as one, and recorded; on any error the old ones stand, and every door says so until a
//! later attempt succeeds. No due instant moves and nothing is sent: cases keep their results, and
//! [`crate::recalculation`] is asked for by itself.

use duban_rules::{Severity, Sources};

use crate::asker::Asker;
use crate::config;
use crate::edition::{self, Outcome, Rejected};
use crate::house::House;

/// Reads the configured directory again.
///
/// # Errors
/// When the directory cannot be read, or as [`with`].
pub async fn again(house: &House, asker: &Asker) -> anyhow::Result<Outcome> {
    let dir = house.config.rules_dir.clone();
    let read = tokio::task::spawn_blocking(move || config::rules::sources(&dir)).await?;
    let sources = match read {
        Ok(sources) => sources,
        Err(error) => {
            house.watch.rules.refuse(format!("{error:#}"));
            return Err(error);
        }
    };
    Ok(with(house, &sources, asker).await?)
}

/// Puts these files in force, and keeps what every door says of the attempt.
///
/// # Errors
/// [`Rejected`]; the rules in force stay.
pub async fn with(house: &House, sources: &Sources, asker: &Asker) -> Result<Outcome, Rejected> {
    let outcome = edition::put_in_force(&house.node, &house.rules, sources, asker).await;
    match &outcome {
        Ok(_) => house.watch.rules.take(),
        Err(rejected) => house.watch.rules.refuse(in_a_line(rejected)),
    }
    match &outcome {
        Ok(Outcome::PutInForce(edition, _)) => {
            tracing::info!(hash = %edition.hash, "other rules are in force");
        }
        Ok(Outcome::Unchanged(_)) => tracing::info!("the rules are as they were"),
        Err(rejected) => tracing::error!(%rejected, "the rules were refused; the old ones stand"),
    }
    outcome
}

fn in_a_line(rejected: &Rejected) -> String {
    match rejected {
        Rejected::Wrong(found) => {
            let errors = found.iter().filter(|one| one.severity == Severity::Error);
            let codes: Vec<&str> = errors.map(|one| one.code).take(CODES_MAX).collect();
            format!("规则文件有错误:{}", codes.join(" "))
        }
        Rejected::NotText(file) => format!("规则目录中的 {file} 不是 UTF-8 文本"),
        Rejected::Journal(_) | Rejected::NotRecorded(_) => "规则没有能够记录下来".to_owned(),
    }
}

/// Codes that are named in one line.
const CODES_MAX: usize = 5;
