//! References of records to what is kept elsewhere: photos, fixed words and rules sets in blobs, reporters' keys in files.
//!
//! The one list of it: whoever asks whether something is missing, or whether it is still needed, asks here.

use duban_actors::case::event::Event;
use duban_actors::case::{self, CaseId};
use duban_actors::centre;
use duban_runtime::entity::Corrupt;
use duban_runtime::journal::blob::BlobId;
use duban_runtime::outbox::RowEvent;
use duban_runtime::record::{Body, Record};

use duban_access::seals::is_sealed;
use duban_messages::brief::fixed;

/// What one entry of the ledger names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Blobs that must be there.
    pub blobs: Vec<BlobId>,
    /// The case whose reporter's data is sealed with a key of its own.
    pub sealed: Option<CaseId>,
}

/// What `body` names.
///
/// # Errors
/// When its record or an event in it cannot be read.
pub fn by(body: &Body) -> Result<Named, Corrupt> {
    match body {
        Body::Record { record, .. } => by_record(&Record::decode(record)?),
        Body::Outbox { event: RowEvent::Claimed(_, data, _), .. } => {
            Ok(Named { blobs: fixed::words(data).into_iter().collect(), sealed: None })
        }
        Body::Outbox { .. } | Body::Tell { .. } | Body::Quarantined { .. } => Ok(Named::default()),
    }
}

fn by_record(record: &Record) -> Result<Named, Corrupt> {
    let mut named = Named::default();
    if record.entity.kind == case::KIND.number {
        for event in &events::<Event>(record)? {
            of_case(event, &record.entity.key, &mut named);
        }
    } else if record.entity.kind == centre::KIND.number {
        for event in events::<centre::Event>(record)? {
            if let centre::Event::RulesPutInForce { edition, .. }
            | centre::Event::RulesScheduled { edition, .. } = event
            {
                named.blobs.extend(edition.blob.parse::<BlobId>());
            }
        }
    }
    Ok(named)
}

fn events<E: serde::de::DeserializeOwned>(record: &Record) -> Result<Vec<E>, Corrupt> {
    serde_json::from_str(&record.events)
        .map_err(|error| Corrupt(format!("{} record {}: {error}", record.entity, record.sequence)))
}

/// A file whose name no blob can have was never kept here: histories brought in have such.
fn of_case(event: &Event, key: &str, named: &mut Named) {
    if let Event::Registered(report) = event {
        let is_sealed = |who: &case::Reporter| is_sealed(&who.name) || is_sealed(&who.phone);
        if report.reporter.as_ref().is_some_and(is_sealed) {
            named.sealed = Some(CaseId(key.into()));
        }
    }
    named.blobs.extend(event.files().1.iter().filter_map(|name| name.parse::<BlobId>().ok()));
}
