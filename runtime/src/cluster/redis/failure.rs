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
