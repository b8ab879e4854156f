//! Keys of idempotency: which command id belongs to what was asked under a key. Ids on record must be known again, so
//! that nothing here ever changes.

use std::time::Duration;

use duban_runtime::entity::CommandId;

/// For how long a key stands for what was asked under it.
pub const REMEMBERED: Duration = Duration::from_hours(24);
/// Characters of a key.
pub const KEY_MAX: usize = 128;

/// Whether `text` can be a key, at whichever entry point: all of it is seen when it is printed.
pub fn is_key(text: &str) -> bool {
    (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The id of what `login` says at `place`, e.g. `POST /api/v1/cases/c7k2m/closing`, under a key over HTTP.
pub fn over_http(key: &str, (login, place): (&str, &str), said: &[u8]) -> CommandId {
    keyed(b"http", key, [login.as_bytes(), place.as_bytes(), said])
}

/// The id of what `login` says to the entity of key `of` under a key on the command line.
pub fn on_the_command_line(key: &str, (login, of): (&str, &str), said: &[u8]) -> CommandId {
    keyed(b"cli", key, [login.as_bytes(), of.as_bytes(), said])
}

/// A key of one entry point is another key at the other.
fn keyed(entry: &[u8], key: &str, said: [&[u8]; 3]) -> CommandId {
    CommandId::keyed(&[entry, key.as_bytes()], &said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_on_record_are_known_again() {
        let http = over_http("k", ("zhao", "POST /api/v1/cases/c1/closing"), b"{}");
        let cli = on_the_command_line("k", ("zhao", "c1"), b"{}");
        let form = |id: CommandId| format!("{:032x}", id.0);
        assert_eq!(form(http), "7041df6d7f08e334bf3835448a6d19f8");
        assert_eq!(form(cli), "b3e308ea0e41e789a1640b78d4353e9f");
    }
}
