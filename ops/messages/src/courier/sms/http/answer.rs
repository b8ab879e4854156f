//! What a gateway's answer means. Pure.
//!
//! ```text
//! 2xx ─ code as configured: Taken │ a code that refuses: Refused │ another code: Later │ no code to be read: Unknown
//! 429, 503, 408, 425: Later       │ other 5xx: Unknown, it may have been passed on before it went wrong
//! 3xx, 401, 403, 404, 405, 407: Down, that is the address or the login │ other 4xx: Refused
//! ```

use compact_str::{CompactString, format_compact};
use serde_json::Value;

use crate::courier::outcome::{Outcome, words};
use duban_base::config::couriers::gateway::GatewayConfig;

/// How the code of an answer is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Codes {
    pointer: String,
    taken: String,
    refused: Vec<String>,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AnswerBody {
    Whole(Vec<u8>),
    /// It broke off, or had no end.
    Broken,
}

impl Codes {
    pub(super) fn of(config: &GatewayConfig) -> Codes {
        let refused =
            config.codes_refused.split(',').map(str::trim).filter(|code| !code.is_empty());
        Codes {
            pointer: config.code_pointer.clone(),
            taken: config.code_taken.clone(),
            refused: refused.map(str::to_owned).collect(),
        }
    }

    /// What an answer of this status and body means.
    pub(super) fn outcome(&self, status: u16, said: &AnswerBody) -> Outcome {
        let shown = || match said {
            AnswerBody::Whole(body) => {
                words(&format!("{status} {}", String::from_utf8_lossy(body)))
            }
            AnswerBody::Broken => format_compact!("{status}"),
        };
        match status {
            200..300 if self.pointer.is_empty() => Outcome::Taken,
            200..300 => self.by_code(said, shown()),
            408 | 425 | 429 | 503 => Outcome::Later(shown()),
            300..400 | 401 | 403 | 404 | 405 | 407 => Outcome::Down(shown()),
            400..500 => Outcome::Refused(shown()),
            _ => Outcome::Unknown(shown()),
        }
    }

    fn by_code(&self, said: &AnswerBody, shown: CompactString) -> Outcome {
        let answer: Option<Value> = match said {
            AnswerBody::Whole(body) => serde_json::from_slice(body).ok(),
            AnswerBody::Broken => None,
        };
        let code = match answer.as_ref().and_then(|answer| answer.pointer(&self.pointer)) {
            Some(Value::String(code)) => code.clone(),
            Some(code @ (Value::Number(_) | Value::Bool(_))) => code.to_string(),
            Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => {
                return Outcome::Unknown(format_compact!("no code at {}: {shown}", self.pointer));
            }
        };
        if code == self.taken {
            Outcome::Taken
        } else if self.refused.contains(&code) {
            Outcome::Refused(shown)
        } else {
            Outcome::Later(shown)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_so_is_taken_and_what_may_have_been_passed_on_is_unknown() {
        let config = GatewayConfig {
            code_pointer: "/result/code".into(),
            codes_refused: "12, 13".into(),
            ..GatewayConfig::default()
        };
        let (by_status, by_code) = (Codes::of(&GatewayConfig::default()), Codes::of(&config));
        let table = [
            (&by_status, 200, "gibberish", "Taken"),
            (&by_status, 202, "", "Taken"),
            (&by_code, 200, r#"{"result":{"code":0}}"#, "Taken"),
            (&by_code, 200, r#"{"result":{"code":"0"}}"#, "Taken"),
            (&by_code, 200, r#"{"result":{"code":12}}"#, "Refused"),
            (&by_code, 200, r#"{"result":{"code":22}}"#, "Later"),
            (&by_code, 200, r#"{"code":0}"#, "Unknown"),
            (&by_code, 200, r#"{"result":{"code":null}}"#, "Unknown"),
            (&by_code, 200, "<html>", "Unknown"),
            (&by_code, 302, "", "Down"),
            (&by_code, 400, r#"{"result":{"code":0}}"#, "Refused"),
            (&by_code, 401, "", "Down"),
            (&by_code, 404, "", "Down"),
            (&by_code, 422, "", "Refused"),
            (&by_code, 429, "", "Later"),
            (&by_code, 500, "", "Unknown"),
            (&by_code, 502, "", "Unknown"),
            (&by_code, 503, "", "Later"),
            (&by_code, 504, "", "Unknown"),
        ];
        for (codes, status, body, expected) in table {
            let outcome = codes.outcome(status, &AnswerBody::Whole(body.as_bytes().to_vec()));
            assert!(format!("{outcome:?}").starts_with(expected), "{status} {body}: {outcome:?}");
        }
        assert_eq!(by_status.outcome(200, &AnswerBody::Broken), Outcome::Taken);
        assert!(matches!(by_code.outcome(200, &AnswerBody::Broken), Outcome::Unknown(_)));
    }
}
