//! Seals: what a reporter says of themselves stands in the ledger only sealed, with a key of its own outside it.
//!
//! The ledger is never rewritten, and a person's data must be erasable all the same (article 13): the key of each
//! report is a small file of its own under `keys/`, and without it what stands in the ledger means nothing. Keys are
//! part of a backup. A text that was never sealed is its own plain text: histories brought in have such.
//!
//! Of a key that was erased an empty file stays, the erased mark: it tells erased from lost, and carries the erasure
//! into the next backup. A key is linked into its place whole, so nothing but an erasure leaves an empty file.
//!
//! A sealed text: the mark, then nonce and ciphertext (ChaCha20-Poly1305) in hexadecimal; the case and the field are
//! authenticated with it, so that a sealed text cannot be moved to another.

mod copy;
mod elsewhere;
mod half;

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use compact_str::{CompactString, format_compact};
use duban_actors::case::{Case, CaseId, ERASED, Reporter};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use duban_base::private;

pub use elsewhere::{Elsewhere, Fetched, Took};

/// What a sealed text begins with; no name and no number does.
const MARK: &str = "~1.";
/// Bytes of a key.
pub const KEY_BYTES: usize = 32;

/// Which part of a reporter's data a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Name,
    /// The telephone number.
    Phone,
}

/// Why a text can be neither sealed nor read.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A key cannot be kept or read.
    #[error("cannot {action} the key of a report")]
    Key {
        action: &'static str,
        #[source]
        source: io::Error,
    },
    /// The key was erased, and its mark is there.
    #[error("what the reporter said of themselves was erased")]
    Erased,
    /// The key is gone, and nobody erased it.
    #[error("the key of what the reporter said of themselves is lost")]
    Lost,
    /// The text is not what was sealed for this case and field.
    #[error("a sealed text is damaged")]
    Damaged,
    /// The system gives no random numbers.
    #[error("no random numbers: {0}")]
    Chance(getrandom::Error),
}

impl Failure {
    /// The stable word.
    pub fn in_a_word(&self) -> &'static str {
        match self {
            Failure::Key { .. } | Failure::Chance(_) => "unavailable",
            Failure::Erased => "erased",
            Failure::Lost => "lost",
            Failure::Damaged => "damaged",
        }
    }
}

/// How the key of a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    There,
    /// Erased: its mark is there.
    Erased,
    /// Neither key nor mark is there.
    Lost,
    Damaged,
}

/// The keys of a store.
#[derive(Clone, Debug)]
pub struct Seals {
    root: PathBuf,
    /// Where the same keys are kept, once that is said; clones hear of it, too.
    elsewhere: Arc<OnceLock<Arc<dyn Elsewhere>>>,
}

impl Seals {
    /// The keys under `store`; the directory is made when the first key is.
    pub fn of(store: &Path) -> Seals {
        Seals { root: store.join("keys"), elsewhere: Arc::default() }
    }

    /// The reporter of a case as the ledger may know them. The key is on disk before this returns. Whoever was erased
    /// stays erased: the same report once more says nothing of them.
    pub fn sealed(&self, case: &CaseId, reporter: &Reporter) -> Result<Reporter, Failure> {
        if reporter.name.is_empty() && reporter.phone.is_empty() {
            return Ok(reporter.clone());
        }
        let key = match self.had(case) {
            Ok(key) => key,
            Err(Failure::Lost) => self.cut_and_copied(case)?,
            Err(Failure::Erased) => return Ok(Reporter::erased()),
            Err(failure) => return Err(failure),
        };
        let seal = |field, text: &CompactString| match text.as_str() {
            "" => Ok(CompactString::default()),
            text => seal(&key, &bound(case, field), text),
        };
        Ok(Reporter {
            name: seal(Field::Name, &reporter.name)?,
            phone: seal(Field::Phone, &reporter.phone)?,
            reply: reporter.reply,
        })
    }

    /// A text as it was before it was sealed.
    ///
    /// # Errors
    /// [`Failure::Erased`], [`Failure::Lost`], [`Failure::Damaged`], or the disk's.
    pub fn read(&self, case: &CaseId, field: Field, text: &str) -> Result<CompactString, Failure> {
        if text == ERASED {
            return Err(Failure::Erased);
        }
        let Some(sealed) = text.strip_prefix(MARK) else { return Ok(text.into()) };
        let key = self.had(case)?;
        let bound = bound(case, field);
        match open(&key, &bound, sealed) {
            Some(text) => Ok(text),
            None => self.by_another(case, &key, |other| open(other, &bound, sealed)),
        }
    }

    /// Erases the key of a case that says its reporter was erased; of any other nothing happens, and where that was
    /// done before nothing is written.
    pub fn heed(&self, case: &Case) -> Result<(), Failure> {
        let reporter = case.state.report().and_then(|report| report.reporter.as_deref());
        let id = CaseId(case.id.clone());
        if reporter.is_some_and(Reporter::is_erased) && self.standing(&id)? != Key::Erased {
            self.erase(&id)?;
        }
        Ok(())
    }

    /// How the key of a case stands on this machine; one that was never needed counts as lost.
    pub fn standing(&self, case: &CaseId) -> Result<Key, Failure> {
        match self.here(case) {
            Ok(_) => Ok(Key::There),
            Err(Failure::Erased) => Ok(Key::Erased),
            Err(Failure::Lost) => Ok(Key::Lost),
            Err(Failure::Damaged) => Ok(Key::Damaged),
            Err(failure @ (Failure::Key { .. } | Failure::Chance(_))) => Err(failure),
        }
    }

    /// Makes what is sealed for a case unreadable for ever, in the next backup too: the key is written over, and an
    /// empty file, the erased mark, is left in its place; so it is wherever the same keys are kept. Erasing again changes
    /// nothing, and finishes what a crash cut short.
    pub fn erase(&self, case: &CaseId) -> Result<(), Failure> {
        self.erase_here(case)?;
        self.erase_elsewhere(case);
        Ok(())
    }

    /// The same on this machine alone.
    pub fn erase_here(&self, case: &CaseId) -> Result<(), Failure> {
        let failed = |source| Failure::Key { action: "erase", source };
        let path = self.path(case);
        let dir = path.parent().unwrap_or(&self.root);
        private::dir(dir).map_err(failed)?;
        let mut options = fs::OpenOptions::new();
        let open = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
        let erased = open.and_then(|mut file| {
            // Over its own bytes first: a file that is only cut leaves them in blocks that are free.
            if file.metadata()?.len() > 0 {
                file.write_all(&[0; KEY_BYTES])?;
                file.sync_all()?;
            }
            file.set_len(0)?;
            file.sync_all()
        });
        erased.map_err(failed)?;
        half::sweep(dir, case).map_err(failed)?;
        for dir in [dir, &self.root] {
            fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed)?;
        }
        Ok(())
    }

    fn path(&self, case: &CaseId) -> PathBuf {
        // Ids are letters and digits; the first two after the `c` spread the files.
        let id = case.as_str();
        self.root.join(id.get(1..3).unwrap_or("__")).join(id)
    }

    /// The key of a case as it is kept on this machine.
    ///
    /// # Errors
    /// [`Failure::Erased`], [`Failure::Lost`], [`Failure::Damaged`], or the disk's.
    pub fn here(&self, case: &CaseId) -> Result<[u8; KEY_BYTES], Failure> {
        let bytes = fs::read(self.path(case)).map_err(|source| {
            if source.kind() == io::ErrorKind::NotFound {
                return Failure::Lost;
            }
            Failure::Key { action: "read", source }
        })?;
        match bytes.try_into() {
            Ok(key) => Ok(key),
            Err(bytes) if bytes.is_empty() => Err(Failure::Erased),
            Err(_) => Err(Failure::Damaged),
        }
    }

    /// A new key, safe on disk. Of two who cut one at the same time, the second finds the first one's.
    fn cut(&self, case: &CaseId) -> Result<[u8; KEY_BYTES], Failure> {
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(Failure::Chance)?;
        self.place(case, key, Over::Nothing)
    }

    /// Keeps a key, safe on disk; gives the one that is there then.
    fn place(
        &self,
        case: &CaseId,
        key: [u8; KEY_BYTES],
        over: Over,
    ) -> Result<[u8; KEY_BYTES], Failure> {
        let failed = |source| Failure::Key { action: "keep", source };
        let path = self.path(case);
        let dir = path.parent().unwrap_or(&self.root);
        private::dir(dir).map_err(failed)?;
        let half = half::name(dir, case)?;
        let mut options = fs::OpenOptions::new();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(&half).map_err(failed)?;
        let kept = file.write_all(&key).and_then(|()| file.sync_all());
        let linked = kept.and_then(|()| match over {
            // A link appears whole or not at all, and never over another.
            Over::Nothing => fs::hard_link(&half, &path),
            Over::Another => fs::rename(&half, &path),
        });
        drop(fs::remove_file(&half));
        match linked {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return self.here(case),
            // Erased meanwhile, with all that was there of it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.here(case),
            Err(error) => return Err(failed(error)),
        }
        for dir in [dir, &self.root] {
            fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed)?;
        }
        Ok(key)
    }
}

/// What a key may be put in the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Nothing,
    /// Of one that opens nothing.
    Another,
}

/// Whether a text is sealed: what a person must not be shown as it stands.
pub fn is_sealed(text: &str) -> bool {
    text.starts_with(MARK)
}

/// What is authenticated with a text.
fn bound(case: &CaseId, field: Field) -> Vec<u8> {
    let field = match field {
        Field::Name => "name",
        Field::Phone => "phone",
    };
    format!("{}/{field}", case.as_str()).into_bytes()
}

fn cipher(key: &[u8; KEY_BYTES]) -> Result<LessSafeKey, Failure> {
    UnboundKey::new(&CHACHA20_POLY1305, key).map(LessSafeKey::new).map_err(|_| Failure::Damaged)
}

fn seal(key: &[u8; KEY_BYTES], bound: &[u8], text: &str) -> Result<CompactString, Failure> {
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce).map_err(Failure::Chance)?;
    let mut bytes = text.as_bytes().to_vec();
    cipher(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut bytes)
        .map_err(|_| Failure::Damaged)?;
    let mut sealed = CompactString::const_new(MARK);
    for byte in nonce.iter().chain(&bytes) {
        sealed.push_str(&format_compact!("{byte:02x}"));
    }
    Ok(sealed)
}

fn open(key: &[u8; KEY_BYTES], bound: &[u8], sealed: &str) -> Option<CompactString> {
    let pairs = sealed.as_bytes().chunks(2).map(|pair| {
        u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
    });
    let bytes = pairs.collect::<Option<Vec<u8>>>()?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let mut ciphertext = ciphertext.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let plain = cipher(key).ok()?.open_in_place(nonce, Aad::from(bound), &mut ciphertext).ok()?;
    std::str::from_utf8(plain).ok().map(CompactString::from)
}

#[cfg(test)]
mod tests {
    use duban_actors::case::ReplyWish;

    use super::*;

    fn reporter() -> Reporter {
        Reporter { name: "王示例".into(), phone: "13900000001".into(), reply: ReplyWish::Wanted }
    }

    #[test]
    fn what_is_sealed_is_read_with_its_key_and_never_after_it_was_erased() {
        let dir = tempfile::tempdir().unwrap();
        let seals = Seals::of(dir.path());
        let case = CaseId::from_intake("12319", "1");
        let sealed = seals.sealed(&case, &reporter()).unwrap();
        assert!(is_sealed(&sealed.phone) && !sealed.phone.contains("13900000001"), "{sealed:?}");
        assert_eq!(seals.read(&case, Field::Phone, &sealed.phone).unwrap(), "13900000001");
        assert_eq!(seals.read(&case, Field::Name, &sealed.name).unwrap(), "王示例");
        let again = Seals::of(dir.path()).sealed(&case, &reporter()).unwrap();
        assert_eq!(seals.read(&case, Field::Phone, &again.phone).unwrap(), "13900000001");
        seals.erase(&case).unwrap();
        seals.erase(&case).unwrap();
        let gone = seals.read(&case, Field::Phone, &sealed.phone);
        assert!(matches!(gone, Err(Failure::Erased)), "{gone:?}");
        assert_eq!(seals.standing(&case).unwrap(), Key::Erased);
        assert_eq!(seals.sealed(&case, &reporter()).unwrap(), Reporter::erased());
    }

    #[test]
    fn a_key_that_is_lost_is_told_from_one_that_was_erased() {
        let dir = tempfile::tempdir().unwrap();
        let seals = Seals::of(dir.path());
        let case = CaseId::from_intake("12319", "1");
        let sealed = seals.sealed(&case, &reporter()).unwrap();
        assert_eq!(seals.standing(&case).unwrap(), Key::There);
        fs::remove_file(seals.path(&case)).unwrap();
        assert_eq!(seals.standing(&case).unwrap(), Key::Lost);
        let read = seals.read(&case, Field::Phone, &sealed.phone);
        assert!(matches!(read, Err(Failure::Lost)), "{read:?}");
        seals.erase(&case).unwrap();
        assert_eq!(seals.standing(&case).unwrap(), Key::Erased);
    }

    #[test]
    fn a_key_that_was_lost_is_erased_for_good_once_somebody_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let (seals, case) = (Seals::of(dir.path()), CaseId::from_intake("12319", "1"));
        seals.erase(&case).unwrap();
        assert_eq!(seals.standing(&case).unwrap(), Key::Erased);
        assert!(seals.sealed(&case, &reporter()).unwrap().is_erased());
    }

    #[test]
    fn a_sealed_text_belongs_to_its_case_and_field_alone() {
        let dir = tempfile::tempdir().unwrap();
        let seals = Seals::of(dir.path());
        let [one, other] = ["1", "2"].map(|no| CaseId::from_intake("12319", no));
        let sealed = seals.sealed(&one, &reporter()).unwrap();
        seals.sealed(&other, &reporter()).unwrap();
        for (case, field) in [(&other, Field::Phone), (&one, Field::Name)] {
            let read = seals.read(case, field, &sealed.phone);
            assert!(matches!(read, Err(Failure::Damaged)), "{read:?}");
        }
        let cut = &sealed.phone[..sealed.phone.len() - 1];
        assert!(matches!(seals.read(&one, Field::Phone, cut), Err(Failure::Damaged)));
    }

    #[test]
    fn what_was_never_sealed_is_its_own_plain_text() {
        let dir = tempfile::tempdir().unwrap();
        let case = CaseId::from_intake("old", "1");
        assert_eq!(Seals::of(dir.path()).read(&case, Field::Phone, "139").unwrap(), "139");
    }

    #[test]
    fn only_the_owner_reads_a_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let seals = Seals::of(dir.path());
        let case = CaseId::from_intake("12319", "1");
        seals.sealed(&case, &reporter()).unwrap();
        let mode = fs::metadata(seals.path(&case)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
