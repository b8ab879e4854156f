//! Copying: what is kept here is put on a peer, and what is not here is had from one.

use duban_access::seals::{self, Fetched};
use duban_actors::case::CaseId;
use duban_runtime::journal::blob::{self, BlobId};
use duban_runtime::seldom::Seldom;

use super::owed::Thing;
use super::{Had, Peers, Taken};
use crate::uploads;

/// "only this machine has it".
static ALONE: Seldom = Seldom::new();

fn path(thing: &Thing) -> String {
    match thing {
        Thing::Blob(id) => format!("blobs/{id}"),
        Thing::Key(case) => format!("keys/{}", case.as_str()),
    }
}

impl Peers {
    /// Puts it where it is safe when this machine is not.
    pub(crate) fn copied(&self, thing: &Thing, content: &[u8]) -> Taken {
        match (thing, &self.shared) {
            (Thing::Blob(_), Some(shared)) => match shared.put(content) {
                Ok(_) => Taken::ByOne,
                Err(failure) => {
                    tracing::warn!(%failure, "the shared storage takes nothing");
                    Taken::ByNobody
                }
            },
            (Thing::Blob(_), None) | (Thing::Key(_), _) => self.put(&path(thing), content),
        }
    }

    fn kept(&self, thing: Thing, content: &[u8]) {
        match self.copied(&thing, content) {
            Taken::ByOne => {}
            Taken::ByNobody => {
                if let Some(n_left_out) = ALONE.turn() {
                    tracing::warn!(
                        ?thing,
                        n_left_out,
                        "only this machine has it, and copies it later"
                    );
                }
                self.owed.note(thing);
            }
        }
    }
}

impl blob::Elsewhere for Peers {
    fn fetch(&self, id: &BlobId) -> Option<Vec<u8>> {
        if let Some(shared) = &self.shared {
            return shared.get(id).ok();
        }
        match Peers::fetch(self, &path(&Thing::Blob(*id))) {
            Had::Content(content) => Some(content),
            Had::Gone | Had::Nothing => None,
        }
    }

    fn kept(&self, id: &BlobId, content: &[u8]) {
        Peers::kept(self, Thing::Blob(*id), content);
    }
}

impl uploads::Elsewhere for Peers {
    fn noted(&self, id: &BlobId, note: &[u8]) {
        self.put_on_all(&format!("uploads/{id}"), note);
    }
}

impl seals::Elsewhere for Peers {
    fn fetch(&self, case: &CaseId) -> Option<Fetched> {
        match Peers::fetch(self, &path(&Thing::Key(case.clone()))) {
            Had::Content(key) => key.try_into().ok().map(Fetched::Key),
            Had::Gone => Some(Fetched::Erased),
            Had::Nothing => None,
        }
    }

    fn kept(&self, case: &CaseId, key: &[u8; seals::KEY_BYTES]) {
        Peers::kept(self, Thing::Key(case.clone()), key);
    }

    fn erased(&self, case: &CaseId) {
        self.erase(&path(&Thing::Key(case.clone())));
        self.owed.settle(&Thing::Key(case.clone()));
    }
}
