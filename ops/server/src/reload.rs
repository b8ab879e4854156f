//! The rules are read again while the server runs: on SIGHUP, by `duban rules apply`, over HTTP.
//!
//! Checked first, put in force as one, and recorded; on any error the old ones stand, and every entry point says so until
//! the directory is in order or a later attempt succeeds. No due instant of a case moves and nothing is sent: cases keep
//! their results, and [`duban_base::rules_in_force::recalculation`] is asked for by itself. Briefs follow at once ([`duban_base::rules_in_force::establishment`]).
//!
//! A start puts nothing in force but the first rules of a new store. What lies in the directory is compared with what is
//! in force, then and every so often ([`rounds`]), and said.

pub mod days;
pub mod record;
pub mod rounds;

use anyhow::Result;
use duban_rules::{Diagnostic, Lang, Sources};
use duban_runtime::journal::Failure;

use crate::server::Server;
use duban_base::asking::Asker;
use duban_base::config;
use duban_base::rules_in_force::edition::{self, Outcome, Rejected};
use duban_base::rules_in_force::establishment;

/// Reads the configured directory again.
///
/// # Errors
/// When the directory cannot be read, or as [`with`].
pub async fn again(server: &Server, asker: &Asker) -> Result<Outcome> {
    match read(server).await {
        Ok(sources) => Ok(with(server, &sources, asker).await?),
        Err(error) => {
            server.health.rules.refuse(format!("{error:#}"));
            Err(error)
        }
    }
}

/// Puts these files in force, has briefs follow them, and keeps what every entry point says of the attempt.
///
/// # Errors
/// [`Rejected`]; the rules in force stay.
pub async fn with(server: &Server, sources: &Sources, asker: &Asker) -> Result<Outcome, Rejected> {
    // What one attempt was compared with must still be so when it is recorded.
    let _turn = server.health.rules.turn().await;
    let outcome = match days::come(server).await {
        Ok(_) => edition::put_in_force(&server.node, &server.rules, sources, asker).await,
        Err(rejected) => Err(rejected),
    };
    match &outcome {
        Ok(Outcome::PutInForce(edition, warnings)) => {
            tracing::info!(hash = %edition.hash, "other rules are in force");
            for one in warnings.iter().filter(|one| LEFT.contains(&one.code)).take(CODES_MAX) {
                tracing::warn!(code = one.code, what = one.message.of(Lang::En), "cases are left");
            }
        }
        Ok(Outcome::Unchanged(_)) => tracing::info!("the rules are as they were"),
        Ok(Outcome::Waits(waiting, _)) => {
            tracing::info!(hash = %waiting.edition.hash, from = %waiting.day.from, "other rules wait for their day");
        }
        Ok(Outcome::StillWaits(_)) => tracing::info!("the rules wait for their day as before"),
        Err(rejected) => tracing::error!(%rejected, "the rules were refused; the old ones stand"),
    }
    match &outcome {
        Ok(_) => {
            server.health.rules.take();
            days::settled(server);
            establish(server, asker).await;
        }
        Err(rejected) => server.health.rules.refuse_these(sources.hash(), in_a_line(rejected)),
    }
    outcome
}

/// What a start does: a new store takes the directory's rules; in one that has rules on record those are in force, and
/// the directory is compared with them.
///
/// # Errors
/// When the rules on record cannot be read, or the first ones not be put there.
pub async fn at_start(server: &Server, asker: &Asker) -> Result<()> {
    if edition::last(server.node.journal())?.is_none() {
        again(server, asker).await?;
        return Ok(());
    }
    days::at_start(server).await?;
    match read(server).await {
        Ok(sources) => {
            edition::mend(server.node.journal(), &sources)?;
            compare(server, sources).await;
        }
        Err(error) => {
            let error = format!("{error:#}");
            tracing::error!(error, "the rules in force stand; the directory cannot be read");
            server.health.rules.refuse(error);
        }
    }
    establish(server, asker).await;
    Ok(())
}

/// Has everybody's brief follow the rules in force; whose could not be set is kept, told, and tried again.
async fn establish(server: &Server, asker: &Asker) {
    let trouble = server.node.journal().trouble();
    if trouble.is_some_and(|trouble| trouble.failure.is_cut_off()) {
        // Nobody decides anything now: asking would only be waited for.
        server.health.rules.leave_unset(vec![EVERYBODY.into()]);
        return;
    }
    let established = establishment::establish(&server.node, &server.rules, asker).await;
    let unset = match established {
        Ok(established) => {
            let n = established.changed.len();
            if n > 0 {
                tracing::info!(n, "daily briefs follow the rules in force");
            }
            established.unset
        }
        Err(failure) => {
            tracing::error!(%failure, "it is not known whose brief is to be set");
            vec![EVERYBODY.into()]
        }
    };
    server.health.rules.leave_unset(unset);
}

async fn read(server: &Server) -> Result<Sources> {
    let dir = server.config.rules_dir.clone();
    tokio::task::spawn_blocking(move || config::rules::sources(&dir)).await?
}

/// Says how these files stand to the rules in force; nothing comes into force by it.
async fn compare(server: &Server, sources: Sources) {
    let (rules, hash) = (&server.health.rules, sources.hash());
    // They are there already: an error that today's check finds in them is said of those in force.
    if is_taken(server, &hash) {
        rules.take();
        return;
    }
    let journal = server.node.journal().clone();
    let checked = tokio::task::spawn_blocking(move || {
        let (book, mut found) = duban_rules::parse(&sources);
        found.extend(edition::known::against(&journal, &sources, &book)?.1);
        Ok::<_, Failure>(found)
    });
    let found = match checked.await {
        Ok(Ok(found)) => found,
        Ok(Err(failure)) => {
            tracing::error!(%failure, "the directory's rules cannot be compared");
            return;
        }
        Err(_) => return,
    };
    if found.iter().any(Diagnostic::is_error) {
        tracing::warn!("the directory's rules have errors; the ones in force stand");
        rules.refuse_these(hash, codes_in_a_line(&found));
    } else {
        tracing::warn!("the directory's rules are not in force: nobody has applied them");
        rules.wait(hash);
    }
}

/// Whether the files of this hash are in force, or wait for their day.
fn is_taken(server: &Server, hash: &[u8; 32]) -> bool {
    let waits = || edition::waiting(server.node.journal()).ok().flatten();
    server.rules.current().0.rules.hash == *hash
        || waits().is_some_and(|waiting| edition::is(&waiting.edition, hash))
}

fn in_a_line(rejected: &Rejected) -> String {
    match rejected {
        Rejected::Wrong(found) => codes_in_a_line(found),
        Rejected::NotText(file) => format!("规则目录中的 {file} 不是 UTF-8 文本"),
        Rejected::Journal(_) | Rejected::NotRecorded(_) => "规则没有能够记录下来".to_owned(),
    }
}

fn codes_in_a_line(found: &[Diagnostic]) -> String {
    let codes: Vec<&str> = edition::error_codes(found).into_iter().take(CODES_MAX).collect();
    format!("规则文件有错误:{}", codes.join(" "))
}

/// Warnings that are for whoever keeps the server, by whichever way the rules came in: a unit goes and leaves cases.
const LEFT: [&str; 2] = ["R0925", "R0926"];
/// Codes that are named in one line, and warnings that are logged of one edition.
const CODES_MAX: usize = 5;
/// Who stands for all, when it is not known who there is.
const EVERYBODY: &str = "*";
