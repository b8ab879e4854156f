//! Elsewhere: the other nodes, which note what is kept here as it is noted here.

use std::sync::Arc;

use compact_str::CompactString;
use duban_runtime::journal::Journal;
use duban_runtime::journal::blob::BlobId;
use serde::{Deserialize, Serialize};

use super::shelf::Waiting;
use super::{Failure, Uploads};

/// The uploads of the other nodes. Told on the threads of those who keep a photo, so each call ends within a bound of its
/// own.
pub trait Elsewhere: Send + Sync {
    /// `note` was made of a photo here.
    fn noted(&self, id: &BlobId, note: &[u8]);
}

/// What one node tells the others.
#[derive(Serialize, Deserialize)]
struct Told {
    /// Who has shown it just now.
    login: CompactString,
    waiting: Waiting,
}

impl Uploads {
    /// What is noted from now on is told there, too; the first word counts.
    pub fn beside(&self, elsewhere: Arc<dyn Elsewhere>) {
        if self.elsewhere.set(elsewhere).is_err() {
            tracing::warn!("the other nodes are told of uploads already");
        }
    }

    pub(super) fn tell_others(&self, id: &BlobId, login: &str, waiting: &Waiting) {
        if let Some(elsewhere) = self.elsewhere.get() {
            let told = Told { login: login.into(), waiting: waiting.clone() };
            // Writing plain data cannot fail.
            elsewhere.noted(id, &serde_json::to_vec(&told).unwrap_or_default());
        }
    }

    /// Notes what another node says that it noted; tells whether that could be read.
    ///
    /// # Errors
    /// What the disk says.
    pub fn note_of_another(
        &self,
        journal: &Journal,
        (id, note): (&BlobId, &[u8]),
    ) -> Result<bool, Failure> {
        let Ok(Told { login, waiting: theirs }) = serde_json::from_slice(note) else {
            return Ok(false);
        };
        let mut known = self.known();
        let ours = match known.waiting.get(id) {
            Some(ours) => ours.with(&theirs),
            // What is here already may be named by a record of any time.
            None if journal.blobs().has(id)? => theirs.clone().kept_for_good(),
            None => theirs.clone(),
        };
        self.shelf.note(id, &ours)?;
        known.waiting.insert(*id, ours);
        known.quota.spend((&login, theirs.bytes), theirs.at);
        Ok(true)
    }
}
