//! Secrets: read from a file of their own, never from `duban.toml`, and never shown.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;

/// Where a service manager (systemd's `LoadCredential=`) puts the files that are for the service alone.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// What some editors write before everything else.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The secret in the file that `field` of the configuration names: its first line. A relative path is looked for among
/// the service's credentials first.
pub fn read(field: &'static str, path: &Path) -> Result<String, Failure> {
    let path = &found(path, std::env::var_os(CREDENTIALS));
    let text = fs::read_to_string(path).map_err(Failure::file("read", path))?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let secret = text.lines().next().unwrap_or_default().trim_end();
    if secret.is_empty() {
        return Err(Failure::Setting { field, reason: "the file's first line is empty".into() });
    }
    Ok(secret.to_owned())
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
            assert_eq!(read("smtp.password_file", &path).unwrap(), "open sesame", "{text:?}");
        }
        fs::write(&path, "\u{feff}\n").unwrap();
        assert!(read("smtp.password_file", &path).is_err());
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
