//! Secrets of sessions, tokens and browsers: how they are made, written and read. Kept is only their digest.
//!
//! | | text | shown |
//! |---|---|---|
//! | session | `login.SECRET` | in a cookie |
//! | bearer token | `dbn_login.tokenid.SECRET` | once, to whoever it is issued to |
//! | browser | `SECRET` | in a cookie named after the login name |
//!
//! A secret is 256 random bits in hex: it needs no slow hash, and no escape in a URL, a header or a shell.

use std::fmt;

use duban_actors::person::{Hidden, TOKEN_ID_MAX, is_login};

use super::Failure;
use duban_base::asking::random;

/// What every bearer token begins with, so that scanners of leaked secrets find it.
pub const TOKEN_PREFIX: &str = "dbn_";
/// Hexadecimal digits of a secret: 256 bits.
const SECRET_CHARS: usize = 64;
/// Bytes of a token's id, which is no secret.
const TOKEN_ID_BYTES: usize = 5;
/// What makes a CSRF token differ from every other hash of the same secret.
const CSRF: &str = "duban 2026-11 CSRF token of a session";

/// A secret. It hides in every log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    pub fn random() -> Result<Secret, Failure> {
        Ok(Secret(hex(&random::<32>()?)))
    }

    /// As it is written where it stands alone. Never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret in `text`; none unless it has exactly the form of one.
    pub(super) fn parse(text: &str) -> Option<Secret> {
        let fits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == SECRET_CHARS && text.bytes().all(fits)).then(|| Secret(text.to_owned()))
    }

    /// What it is held against.
    pub fn digest(&self) -> Hidden {
        Hidden::new(self.hash().to_hex().as_str())
    }

    /// Whether this is the secret of `digest`; takes as long for every wrong one.
    pub fn is_of(&self, digest: &Hidden) -> bool {
        blake3::Hash::from_hex(digest.expose()).is_ok_and(|kept| kept == self.hash())
    }

    /// What a form of this session must bring with it. Only whoever has the session's secret can make it, and it
    /// gives nothing of the secret away; it is stored nowhere.
    pub fn csrf(&self) -> String {
        hex(&blake3::derive_key(CSRF, self.0.as_bytes()))
    }

    fn hash(&self) -> blake3::Hash {
        blake3::hash(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// What a session's cookie says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionText<'a> {
    pub login: &'a str,
    pub secret: Secret,
}

impl SessionText<'_> {
    /// The session in `text`; none unless it has exactly the form of one.
    pub fn parse(text: &str) -> Option<SessionText<'_>> {
        let (login, secret) = text.rsplit_once('.')?;
        let secret = Secret::parse(secret)?;
        is_login(login).then_some(SessionText { login, secret })
    }

    /// As it is written.
    pub fn expose(&self) -> String {
        format!("{}.{}", self.login, self.secret.0)
    }
}

/// What a bearer token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenText<'a> {
    pub login: &'a str,
    pub id: &'a str,
    pub secret: Secret,
}

impl TokenText<'_> {
    /// The token in `text`; none unless it has exactly the form of one.
    pub fn parse(text: &str) -> Option<TokenText<'_>> {
        let (rest, secret) = text.strip_prefix(TOKEN_PREFIX)?.rsplit_once('.')?;
        let secret = Secret::parse(secret)?;
        let (login, id) = rest.rsplit_once('.')?;
        let fits = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase();
        let is_id = (1..=TOKEN_ID_MAX).contains(&id.len()) && id.bytes().all(fits);
        (is_id && is_login(login)).then_some(TokenText { login, id, secret })
    }

    /// As it is written.
    pub fn expose(&self) -> String {
        format!("{TOKEN_PREFIX}{}.{}.{}", self.login, self.id, self.secret.0)
    }
}

/// A new id for a token.
pub fn token_id() -> Result<String, Failure> {
    Ok(hex(&random::<TOKEN_ID_BYTES>()?))
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_and_a_token_are_read_as_they_were_written() {
        let secret = Secret::random().unwrap();
        let session = SessionText { login: "zhao.min", secret: secret.clone() };
        assert_eq!(SessionText::parse(&session.expose()), Some(session));
        let token = TokenText { login: "zhao.min", id: "a1", secret };
        assert_eq!(TokenText::parse(&token.expose()), Some(token));
    }

    #[test]
    fn what_has_not_exactly_the_form_is_nothing() {
        let secret = "a".repeat(SECRET_CHARS);
        assert!(SessionText::parse(&format!("zhao.{secret}")).is_some());
        let long = format!("{}.{secret}", "z".repeat(40));
        for text in [
            "",
            "zhao",
            "zhao.",
            secret.as_str(),
            &long,
            &format!(".{secret}"),
            &format!("zhao.{secret}a"),
            &format!("zhao.{}", secret.to_uppercase()),
            &format!("Zhao.{secret}"),
            &format!("zhao.{secret} "),
        ] {
            assert_eq!(SessionText::parse(text), None, "{text}");
        }
        assert!(TokenText::parse(&format!("dbn_zhao.a1.{secret}")).is_some());
        for text in [
            format!("zhao.a1.{secret}"),
            format!("dbn_zhao.{secret}"),
            format!("dbn_.a1.{secret}"),
            format!("dbn_zhao.A1.{secret}"),
            format!("dbn_zhao..{secret}"),
            format!("dbn_zhao.{}.{secret}", "a".repeat(17)),
            format!("dbn_zhao.a1.{secret}\n"),
        ] {
            assert_eq!(TokenText::parse(&text), None, "{text}");
        }
    }

    #[test]
    fn a_secret_is_known_by_its_digest_and_by_nothing_else() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert!(one.is_of(&one.digest()));
        assert!(!other.is_of(&one.digest()));
        assert!(!one.is_of(&Hidden::new("no digest")));
        assert_ne!(one.csrf(), other.csrf());
        assert_ne!(one.csrf(), one.digest().expose());
    }

    #[test]
    fn a_secret_hides_in_a_log() {
        let secret = Secret::random().unwrap();
        let session = SessionText { login: "zhao", secret: secret.clone() };
        assert!(!format!("{session:?} {secret:?}").contains(&secret.0));
    }
}
