//! What is asked beside a body: under which key, and against which state.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};
use compact_str::CompactString;
use duban_runtime::entity::CommandId;
use utoipa::IntoParams;

use super::one_of;
use crate::doors::secret;
use crate::http::problem::Problem;

/// The header of the key under which a request may be asked again.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Characters of such a key.
const KEY_MAX: usize = 128;

/// On which terms something is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Terms {
    key: Option<CompactString>,
    /// The sequence that the asker saw.
    pub(super) expected: Option<u64>,
}

impl Terms {
    /// The id of what `login` asks by `operation`: with a key the same for ever, without one a new one.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub(super) fn id(&self, login: &str, operation: &str) -> Result<CommandId, Problem> {
        match &self.key {
            Some(key) => {
                Ok(CommandId::derived(&[login.as_bytes(), operation.as_bytes(), key.as_bytes()]))
            }
            None => Ok(secret::command_id()?),
        }
    }
}

impl FromRequest for Terms {
    type Error = Problem;
    type Future = Ready<Result<Terms, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let key = headers.get(IDEMPOTENCY_KEY).map(key).transpose();
        let expected = headers.get(IF_MATCH).map(sequence).transpose();
        ready(key.and_then(|key| Ok(Terms { key, expected: expected?.flatten() })))
    }
}

fn key(value: &HeaderValue) -> Result<CompactString, Problem> {
    let text = value.to_str().ok().filter(|text| (1..=KEY_MAX).contains(&text.len()));
    text.map(CompactString::new).ok_or_else(|| {
        unfit(IDEMPOTENCY_KEY).detail(format!("{IDEMPOTENCY_KEY} 是 1 至 {KEY_MAX} 个可见字符"))
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
pub(super) struct TermsDoc {
    /// 重复提交的标识:同一人、同一操作、同一标识只办理一次,24 小时内有效
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
    #[param(rename = "X-Duban-Role", required = false, schema_with = one_of::role)]
    role: String,
}
