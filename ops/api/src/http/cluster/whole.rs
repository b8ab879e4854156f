//! The whole of what this node keeps, page by page, for a machine that joins: frames, names of blobs, and keys.
//!
//! A page is bounded, and an empty one is the last.

use std::fmt::Write as _;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use duban_access::seals::{Failure as Unsealed, KEY_BYTES};
use duban_base::aside::{self, Undone};
use duban_runtime::journal::Failure;
use duban_server::peers::fetching::{FRAMES_BYTES, NAMES, framed};
use duban_server::server::Server;
use serde::Deserialize;

use super::super::problem::Problem;
use super::{Peer, blob_id, case_id, done, unkept};

/// Where a page begins: behind this one; at the beginning where nothing is said.
#[derive(Debug, Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: String,
}

/// Bodies of frames as they stand in the ledger, each behind its length.
pub(super) async fn frames(
    _: Peer,
    server: Data<Server>,
    page: Query<After>,
) -> Result<HttpResponse, Problem> {
    let after: u64 = page.after.parse().map_err(|_| Problem::not_found())?;
    let read = server.read(move |store| {
        let mut page = Vec::new();
        for body in store.journal.bodies_from(after.saturating_add(1)) {
            match body {
                Ok((_, body)) => framed(&mut page, &body),
                Err(failure) => return Ok::<_, Undone>(Err(failure)),
            }
            if page.len() >= FRAMES_BYTES {
                break;
            }
        }
        Ok(Ok::<_, Failure>(page))
    });
    let page = done(read.await)?.map_err(|failure| unkept(&failure))?;
    Ok(HttpResponse::Ok().content_type("application/octet-stream").body(page))
}

/// Names of blobs, a line each.
pub(super) async fn blobs(
    _: Peer,
    server: Data<Server>,
    page: Query<After>,
) -> Result<HttpResponse, Problem> {
    let after = if page.after.is_empty() { None } else { Some(blob_id(&page.after)?) };
    let read = server.read(move |store| Ok::<_, Undone>(store.journal.blobs().list()));
    let mut all = done(read.await)?.map_err(|failure| unkept(&failure))?;
    all.sort_unstable();
    let behind = all.iter().filter(|id| after.is_none_or(|after| **id > after));
    let mut lines = String::new();
    for id in behind.take(NAMES) {
        // A text takes whatever is written to it.
        writeln!(lines, "{id}").unwrap_or_default();
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(lines))
}

/// Keys of sealed reports, a line each: the case, and the key where it is not erased.
pub(super) async fn keys(
    _: Peer,
    server: Data<Server>,
    page: Query<After>,
) -> Result<HttpResponse, Problem> {
    let after = if page.after.is_empty() { None } else { Some(case_id(&page.after)?) };
    let seals = server.seals.clone();
    let read = aside::done(move || {
        let mut lines = String::new();
        for case in seals.kept(after.as_ref(), NAMES)? {
            let here = seals.here(&case);
            let case = case.as_str();
            let line = match here {
                Ok(key) => format!("{case} {}\n", hex(&key)),
                Err(Unsealed::Erased) => format!("{case}\n"),
                // One that is damaged here is nothing to go by; the line keeps its place in the order.
                Err(Unsealed::Lost | Unsealed::Damaged) => format!("{case} -\n"),
                Err(failure @ (Unsealed::Key { .. } | Unsealed::Chance(_))) => return Err(failure),
            };
            lines.push_str(&line);
        }
        Ok(lines)
    });
    let lines = done(read.await)?.map_err(|failure: Unsealed| unkept(&failure))?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(lines))
}

fn hex(key: &[u8; KEY_BYTES]) -> String {
    key.iter().fold(String::new(), |mut digits, byte| {
        // A text takes whatever is written to it.
        write!(digits, "{byte:02x}").unwrap_or_default();
        digits
    })
}
