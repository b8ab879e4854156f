//! Preconditions of a request, beside its body: under which key, and against which state.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue, IF_MATCH};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use compact_str::CompactString;
use duban_rules::vocabulary::UnitId;
use duban_runtime::answer::KEY_USED_BEFORE;
use duban_runtime::entity::CommandId;
use utoipa::IntoParams;

use super::body::BodyText;
use super::keys::{Keys, Ticket};
use super::{choices, refused};
use crate::http::problem::Problem;
use duban_access::access;
use duban_base::asking::Asker;
use duban_base::asking::{self, Done, No};
use duban_server::server::Server;

/// The header of the key under which a request may be asked again.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// On which terms something is asked.
pub(crate) struct Terms {
    key: Option<CompactString>,
    /// Of what it is asked, e.g. `POST /api/v1/cases/c7k2m/closing`.
    place: String,
    known: Data<Keys>,
    /// The sequence that the asker saw.
    expected: Option<u64>,
}

/// What somebody is about to ask, under a key that is theirs. One that is not asked after all frees it, for whatever
/// reason.
#[must_use = "a key whose request is not asked is free again"]
pub(super) struct Held {
    /// The command's id: with a key the same for ever, without one a new one.
    id: CommandId,
    expected: Option<u64>,
    use_of_key: Option<(Data<Keys>, Ticket)>,
}

/// What is being asked: from now on it may have happened, whoever goes away meanwhile.
#[must_use = "a key whose request was refused is free again"]
pub(super) struct Asking {
    use_of_key: Option<(Data<Keys>, Ticket)>,
}

impl Terms {
    /// Under this key, whatever the entity has come to: the terms of a form that came with `request`.
    ///
    /// # Errors
    /// When the key is none.
    pub(crate) fn under(request: &HttpRequest, key: &str) -> Result<Terms, Problem> {
        let is_key = asking::is_key(key).then(|| key.into());
        let key = is_key.ok_or_else(|| unfit(IDEMPOTENCY_KEY))?;
        Ok(Terms { key: Some(key), expected: None, ..terms(request)? })
    }

    /// Holds the key, if there is one, for what `asker` says.
    ///
    /// # Errors
    /// 422 if the key was used for something else: by somebody else, somewhere else, with another body.
    pub(super) fn hold(
        &self,
        server: &Server,
        asker: &Asker,
        said: &BodyText,
    ) -> Result<Held, Problem> {
        let expected = self.expected;
        let Some(key) = &self.key else {
            return Ok(Held {
                id: asking::command_id().map_err(access::Failure::from)?,
                expected,
                use_of_key: None,
            });
        };
        let of = (asker.login.as_str(), self.place.as_str());
        let (for_ever, whole) = said.parts();
        let id = asking::over_http(key, of, &for_ever);
        // What is secret counts, too, as long as it is only remembered.
        let whole = whole.map_or(id, |whole| asking::over_http(key, of, &whole));
        let ticket = self.known.held((key, whole), asker.login.as_str(), server.now());
        let ticket = ticket.ok_or_else(used_before)?;
        Ok(Held { id, expected, use_of_key: Some((self.known.clone(), ticket)) })
    }
}

impl Held {
    /// How an entity is asked for the unit `on_behalf_of`.
    pub(super) fn terms(&self, on_behalf_of: Option<UnitId>) -> asking::Terms {
        // Under a key it may have been asked before, and nobody has looked.
        let looked = self.use_of_key.as_ref().map(|_| 0);
        asking::Terms { id: self.id, expected: self.expected, on_behalf_of, looked }
    }

    pub(super) fn asking(mut self) -> Asking {
        Asking { use_of_key: self.use_of_key.take() }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some((known, ticket)) = self.use_of_key.take() {
            known.free(&ticket);
        }
    }
}

impl Asking {
    /// What was refused may be asked again under the same key, put right; anything else may have happened.
    pub(super) fn settle<E>(self, outcome: &Result<Done<E>, No>) {
        match outcome {
            Ok(_) => self.keep(),
            Err(No::Refused { .. } | No::Stale(_) | No::Busy(_)) => self.let_go(),
            Err(No::SetAside(..) | No::Unrecorded(_)) => {}
        }
    }

    pub(super) fn keep(self) {
        if let Some((known, ticket)) = self.use_of_key {
            known.keep(&ticket);
        }
    }

    /// Nothing was asked.
    pub(super) fn let_go(self) {
        if let Some((known, ticket)) = self.use_of_key {
            known.free(&ticket);
        }
    }
}

/// The key stands for another request.
pub(super) fn used_before() -> Problem {
    refused::problem(KEY_USED_BEFORE, "null")
}

impl FromRequest for Terms {
    type Error = Problem;
    type Future = Ready<Result<Terms, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(terms(request))
    }
}

fn terms(request: &HttpRequest) -> Result<Terms, Problem> {
    let headers = request.headers();
    let known = request.app_data::<Data<Keys>>().cloned();
    Ok(Terms {
        key: key(headers)?,
        place: format!("{} {}", request.method(), request.path()),
        known: known.ok_or_else(|| Problem::unavailable("unavailable"))?,
        expected: headers.get(IF_MATCH).map(sequence).transpose()?.flatten(),
    })
}

/// The key; of two it would not be known which is meant.
fn key(headers: &HeaderMap) -> Result<Option<CompactString>, Problem> {
    let mut keys = headers.get_all(IDEMPOTENCY_KEY);
    let Some(value) = keys.next() else { return Ok(None) };
    let text =
        value.to_str().ok().filter(|text| asking::is_key(text)).filter(|_| keys.next().is_none());
    text.map(|text| Some(text.into())).ok_or_else(|| {
        unfit(IDEMPOTENCY_KEY)
            .detail(format!("{IDEMPOTENCY_KEY} 是 1 至 {} 个可见字符", asking::KEY_MAX))
    })
}

/// `"17"`, as `ETag` said it; `*` is any.
fn sequence(value: &HeaderValue) -> Result<Option<u64>, Problem> {
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.trim_start_matches("W/").trim_matches('"').parse();
    number.map(Some).map_err(|_| unfit("If-Match").detail("If-Match 应为 ETag 给出的值,如 \"17\""))
}

fn unfit(header: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "unfit-header", &format!("请求头 {header} 不合要求"))
}

/// The same in the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "what the document says of the headers")]
pub(crate) struct TermsDoc {
    /// 重复提交的标识,每个请求一个:同一人、同一地址、同一正文再次送来只办理一次,24 小时内有效;
    /// 用于别的人、地址或正文答 422 key-used-before
    #[param(
        rename = "Idempotency-Key",
        max_length = 128,
        min_length = 1,
        required = false,
        pattern = "^[!-~]+$",
        example = "7d3f0e9a"
    )]
    key: String,
    /// 看到的版本(ETag);案件此后有变动则答 412
    #[param(
        rename = "If-Match",
        required = false,
        pattern = "^\"[0-9]{1,18}\"$",
        example = "\"3\""
    )]
    expected: String,
    /// 以哪个身份办理;兼任多个身份时必须指明
    #[param(rename = "X-Duban-Role", required = false, schema_with = choices::role)]
    role: String,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use duban_actors::person::Person;
    use duban_runtime::clock::Timestamp;

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_772_424_000_000);

    /// Something to ask, under a key.
    fn held(known: &Data<Keys>) -> Held {
        let ticket = known.held(("k", CommandId(1)), "zhao", NOON).unwrap();
        let use_of_key = Some((known.clone(), ticket));
        Held { id: CommandId(1), expected: None, use_of_key }
    }

    /// Whether the key stands for it still.
    fn stands(known: &Data<Keys>) -> bool {
        known.held(("k", CommandId(2)), "zhao", NOON).is_none()
    }

    #[test]
    fn a_key_is_free_again_when_nothing_was_asked_under_it_whatever_kept_it_from_that() {
        let known = Data::new(Keys::default());
        drop(held(&known));
        assert!(!stands(&known));
    }

    #[test]
    fn a_key_stands_for_what_may_have_happened_and_is_free_when_that_was_refused() {
        let done = |no| Result::<Done<Person>, No>::Err(no);
        for (outcome, is_kept) in [
            (done(No::Stale(1)), false),
            (done(No::Busy(Duration::ZERO)), false),
            (done(No::Unrecorded("x".into())), true),
        ] {
            let known = Data::new(Keys::default());
            held(&known).asking().settle(&outcome);
            assert_eq!(stands(&known), is_kept, "{outcome:?}");
        }
        let known = Data::new(Keys::default());
        drop(held(&known).asking());
        assert!(stands(&known), "whoever asked has gone away");
    }
}
