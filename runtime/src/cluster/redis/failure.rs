//! Failures of Redis, sorted by what can be done about them.

use redis::{ErrorKind, RedisError};

use crate::cluster::log::LogFailure;

/// What a failure means to whoever asked.
pub(super) fn sorted(error: RedisError) -> LogFailure {
    let said = error.to_string();
    if let Some(code) = error.code() {
        return coded(code, said);
    }
    if error.kind() == ErrorKind::AuthenticationFailed {
        return refused(&said);
    }
    if matches!(error.kind(), ErrorKind::Parse | ErrorKind::UnexpectedReturnType) {
        return LogFailure::Unclear(said);
    }
    LogFailure::Away(said)
}

/// By the first word of what the server said.
fn coded(code: &str, said: String) -> LogFailure {
    // Release 7.0 gives no code of its own to a script that was stopped.
    let code = if said.contains("user executing the script can't") { "NOPERM" } else { code };
    match code {
        "OOM" => LogFailure::Full(said),
        "NOAUTH" | "WRONGPASS" => refused(&said),
        "NOPERM" => LogFailure::Unfit(format!(
            "the user may not do what is asked of it: {said}; give it that right (`ACL SETUSER`)"
        )),
        // What is left is a command or a script that does not fit what stands there.
        "ERR" | "WRONGTYPE" | "EXECABORT" => LogFailure::Unclear(said),
        _ => LogFailure::Away(said),
    }
}

fn refused(said: &str) -> LogFailure {
    LogFailure::Unfit(format!(
        "it refuses who comes: {said}; set the user and the password that its ACL list names"
    ))
}

#[cfg(test)]
mod tests {
    use redis::Value;

    use super::*;

    /// What a server's words come to.
    fn said(words: &str) -> LogFailure {
        let value = redis::parse_redis_value(format!("-{words}\r\n").as_bytes()).unwrap();
        sorted(Value::extract_error(value).unwrap_err())
    }

    #[test]
    fn a_server_that_takes_no_writes_at_the_moment_is_away() {
        for words in [
            "READONLY You can't write against a read only replica.",
            "LOADING Redis is loading the dataset in memory",
            "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
            "MISCONF Errors writing to the AOF file: No space left on device",
            "BUSY Redis is busy running a script.",
            "NOREPLICAS Not enough good replicas to write.",
            "CLUSTERDOWN The cluster is down",
        ] {
            assert!(matches!(said(words), LogFailure::Away(_)), "{words}: {}", said(words));
        }
    }

    #[test]
    fn a_server_without_memory_is_full() {
        let words = "OOM command not allowed when used memory > 'maxmemory'.";
        assert!(matches!(said(words), LogFailure::Full(_)), "{}", said(words));
    }

    #[test]
    fn what_does_not_fit_is_unclear() {
        for words in ["WRONGTYPE Operation against a key", "ERR user_script:3: attempt to compare"]
        {
            assert!(matches!(said(words), LogFailure::Unclear(_)), "{words}: {}", said(words));
        }
    }

    #[test]
    fn whoever_is_not_let_in_is_told_what_to_set() {
        for (words, named) in [
            ("NOAUTH Authentication required.", "password"),
            ("WRONGPASS invalid username-password pair or user is disabled.", "password"),
            ("ERR The user executing the script can't run this command or subcommand", "right"),
            ("NOPERM User duban has no permissions to run the 'xadd' command", "'xadd'"),
        ] {
            let LogFailure::Unfit(said) = said(words) else { panic!("{words}: {}", said(words)) };
            assert!(said.contains(named), "{said}");
        }
    }
}
