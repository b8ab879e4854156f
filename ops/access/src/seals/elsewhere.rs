//! Keys on several machines: one that is not here is had from another, one that is cut here is put there, and one that is
//! erased here is erased everywhere.

use std::fmt;
use std::sync::Arc;

use compact_str::CompactString;
use duban_actors::case::CaseId;

use super::{Failure, KEY_BYTES, Over, Seals};

/// Where the same keys are kept beside this machine. Asked on the threads of those who seal and read, so each call ends
/// within a bound of its own.
pub trait Elsewhere: fmt::Debug + Send + Sync {
    /// The key of a case, or that it was erased; none when nobody has it.
    fn fetch(&self, case: &CaseId) -> Option<Fetched>;
    /// A key was cut, is safe here, and seals something as soon as this returns.
    fn kept(&self, case: &CaseId, key: &[u8; KEY_BYTES]);
    /// The key of a case was erased here.
    fn erased(&self, case: &CaseId);
}

/// What somebody else has of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    Key([u8; KEY_BYTES]),
    /// Its mark alone.
    Erased,
}

/// What became of a key that somebody else cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Took {
    /// It is here, now or since before.
    Kept,
    /// It was erased here, and stays so.
    Erased,
    /// Another one is here.
    Another,
}

impl Seals {
    /// From now on keys are kept beside `elsewhere`, by every clone. Said once; the first word counts.
    pub fn beside(&self, elsewhere: Arc<dyn Elsewhere>) {
        if self.elsewhere.set(elsewhere).is_err() {
            tracing::warn!("keys are kept beside others already");
        }
    }

    /// Keeps a key that somebody else cut, safe on disk.
    pub fn take(&self, case: &CaseId, key: &[u8; KEY_BYTES]) -> Result<Took, Failure> {
        let there = match self.here(case) {
            Err(Failure::Lost) => self.place(case, *key, Over::Nothing),
            Err(Failure::Damaged) => self.place(case, *key, Over::Another),
            there => there,
        };
        match there {
            Ok(there) if there == *key => Ok(Took::Kept),
            Ok(_) => Ok(Took::Another),
            Err(Failure::Erased) => Ok(Took::Erased),
            Err(failure) => Err(failure),
        }
    }

    /// The key of a case; one that is not here, or damaged, is had from elsewhere and kept.
    pub(super) fn had(&self, case: &CaseId) -> Result<[u8; KEY_BYTES], Failure> {
        let lost = match self.here(case) {
            Err(lost @ (Failure::Lost | Failure::Damaged)) => lost,
            here => return here,
        };
        match self.fetched(case) {
            Some(Fetched::Key(key)) => match self.take(case, &key)? {
                Took::Kept | Took::Another => self.here(case),
                Took::Erased => Err(Failure::Erased),
            },
            Some(Fetched::Erased) => {
                self.erase_here(case)?;
                Err(Failure::Erased)
            }
            None => Err(lost),
        }
    }

    /// A new key, that is put elsewhere, too.
    pub(super) fn cut_and_copied(&self, case: &CaseId) -> Result<[u8; KEY_BYTES], Failure> {
        let key = self.cut(case)?;
        if let Some(elsewhere) = self.elsewhere.get() {
            elsewhere.kept(case, &key);
        }
        Ok(key)
    }

    /// What `opens` by another key than `ours`. Two machines may have cut one at the same time: which one the ledger
    /// goes by shows when it opens something, and it is the one that stays.
    pub(super) fn by_another(
        &self,
        case: &CaseId,
        ours: &[u8; KEY_BYTES],
        opens: impl FnOnce(&[u8; KEY_BYTES]) -> Option<CompactString>,
    ) -> Result<CompactString, Failure> {
        match self.fetched(case) {
            Some(Fetched::Key(key)) if key != *ours => {
                let text = opens(&key).ok_or(Failure::Damaged)?;
                self.place(case, key, Over::Another)?;
                Ok(text)
            }
            Some(Fetched::Erased) => {
                self.erase_here(case)?;
                Err(Failure::Erased)
            }
            Some(Fetched::Key(_)) | None => Err(Failure::Damaged),
        }
    }

    /// The key of a case was erased here: so it is elsewhere.
    pub(super) fn erase_elsewhere(&self, case: &CaseId) {
        if let Some(elsewhere) = self.elsewhere.get() {
            elsewhere.erased(case);
        }
    }

    fn fetched(&self, case: &CaseId) -> Option<Fetched> {
        self.elsewhere.get().and_then(|elsewhere| elsewhere.fetch(case))
    }
}

#[cfg(test)]
mod tests {
    use duban_actors::case::{ReplyWish, Reporter};

    use super::super::{Field, Key};
    use super::*;

    /// Another machine; nobody reaches it while it is away.
    #[derive(Debug)]
    struct Machine(Seals);

    impl Elsewhere for Machine {
        fn fetch(&self, case: &CaseId) -> Option<Fetched> {
            match self.0.here(case) {
                Ok(key) => Some(Fetched::Key(key)),
                Err(Failure::Erased) => Some(Fetched::Erased),
                Err(_) => None,
            }
        }

        fn kept(&self, case: &CaseId, key: &[u8; KEY_BYTES]) {
            self.0.take(case, key).unwrap();
        }

        fn erased(&self, case: &CaseId) {
            self.0.erase_here(case).unwrap();
        }
    }

    fn reporter() -> Reporter {
        Reporter { name: "王示例".into(), phone: "13900000001".into(), reply: ReplyWish::Wanted }
    }

    fn machines() -> ([tempfile::TempDir; 2], [Seals; 2]) {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let seals = dirs.each_ref().map(|dir| Seals::of(dir.path()));
        (dirs, seals)
    }

    fn know_each_other([one, other]: &[Seals; 2]) {
        one.beside(Arc::new(Machine(Seals { elsewhere: Arc::default(), ..other.clone() })));
        other.beside(Arc::new(Machine(Seals { elsewhere: Arc::default(), ..one.clone() })));
    }

    #[test]
    fn what_is_sealed_on_one_machine_is_read_on_the_other_and_erased_on_both() {
        let (_dirs, both) = machines();
        know_each_other(&both);
        let [one, other] = both;
        let case = CaseId::from_intake("12319", "1");
        let sealed = one.sealed(&case, &reporter()).unwrap();
        assert_eq!(other.read(&case, Field::Phone, &sealed.phone).unwrap(), "13900000001");
        other.erase(&case).unwrap();
        assert_eq!(one.standing(&case).unwrap(), Key::Erased);
        assert_eq!(one.take(&case, &[7; KEY_BYTES]).unwrap(), Took::Erased);
        let read = one.read(&case, Field::Phone, &sealed.phone);
        assert!(matches!(read, Err(Failure::Erased)), "{read:?}");
    }

    #[test]
    fn a_key_that_was_cut_before_the_machines_met_is_had_when_it_is_needed() {
        let (_dirs, both) = machines();
        let [case, gone] = ["1", "2"].map(|no| CaseId::from_intake("12319", no));
        let [sealed, lost] = [&case, &gone].map(|case| both[0].sealed(case, &reporter()).unwrap());
        both[0].erase(&gone).unwrap();
        know_each_other(&both);
        assert_eq!(both[1].standing(&case).unwrap(), Key::Lost);
        assert_eq!(both[1].read(&case, Field::Name, &sealed.name).unwrap(), "王示例");
        assert_eq!(both[1].standing(&case).unwrap(), Key::There);
        let read = both[1].read(&gone, Field::Name, &lost.name);
        assert!(matches!(read, Err(Failure::Erased)), "{read:?}");
        assert_eq!(both[1].standing(&gone).unwrap(), Key::Erased);
    }

    #[test]
    fn of_two_keys_cut_at_the_same_time_the_one_that_opens_the_record_stays() {
        let (_dirs, both) = machines();
        let case = CaseId::from_intake("12319", "1");
        let [kept, lost] = both.each_ref().map(|seals| seals.sealed(&case, &reporter()).unwrap());
        know_each_other(&both);
        assert_eq!(both[1].take(&case, &both[0].here(&case).unwrap()).unwrap(), Took::Another);
        assert_eq!(both[1].read(&case, Field::Name, &kept.name).unwrap(), "王示例");
        assert_eq!(both[1].here(&case).unwrap(), both[0].here(&case).unwrap());
        let read = both[0].read(&case, Field::Name, &lost.name);
        assert!(matches!(read, Err(Failure::Damaged)), "{read:?}");
    }
}
