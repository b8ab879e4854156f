//! Secrets: read from a file of their own, never from `duban.toml`, and never shown.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where a service manager (systemd's `LoadCredential=`) puts the files that are for the service alone.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// What some editors write before everything else.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    #[error("cannot read `{}`", path.display())]
    Unread {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the file's first line is empty")]
    Empty,
}

/// The secret in a file: its first line. A relative path is looked for among the service's credentials first.
///
/// # Errors
/// [`NoSecret`], which names the file where it looked.
pub fn read(path: &Path) -> Result<String, NoSecret> {
    let path = &found(path, std::env::var_os(CREDENTIALS));
    let text = fs::read_to_string(path)
        .map_err(|source| NoSecret::Unread { path: path.clone(), source })?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let secret = text.lines().next().unwrap_or_default().trim_end();
    if secret.is_empty() { Err(NoSecret::Empty) } else { Ok(secret.to_owned()) }
}

/// Where the file lies. An absolute path stays what it is.
fn found(path: &Path, credentials: Option<OsString>) -> PathBuf {
    let among = credentials.map(|dir| Path::new(&dir).join(path));
    among.filter(|among| among.is_file()).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_its_first_line_without_what_an_editor_put_around_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("smtp");
        for text in ["open sesame", "\u{feff}open sesame\r\n", "open sesame \n\nnotes\n"] {
            fs::write(&path, text).unwrap();
            assert_eq!(read(&path).unwrap(), "open sesame", "{text:?}");
        }
        fs::write(&path, "\u{feff}\n").unwrap();
        assert!(matches!(read(&path), Err(NoSecret::Empty)));
    }

    #[test]
    fn a_credential_of_the_service_comes_before_a_file_of_that_name_and_an_absolute_path_stays() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("smtp"), "open sesame\n").unwrap();
        let credentials = || Some(dir.path().as_os_str().to_owned());
        let smtp = Path::new("smtp");
        assert_eq!(found(smtp, credentials()), dir.path().join("smtp"));
        assert_eq!(found(Path::new("sms"), credentials()), Path::new("sms"));
        assert_eq!(found(smtp, None), smtp);
        assert_eq!(found(Path::new("/etc/hosts"), credentials()), Path::new("/etc/hosts"));
    }
}
