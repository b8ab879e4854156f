//! What became of a command, as an answer over HTTP.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use duban_runtime::answer::{Answer, Novelty};
use serde::Serialize;
use utoipa::ToSchema;

use super::refused;
use crate::http::problem::Problem;
use duban_runtime::seldom::Seldom;

/// "a command was not recorded".
static NOT_RECORDED: Seldom = Seldom::new();

/// A command that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The entity's sequence after it.
    pub(super) sequence: u64,
    /// Whether it had been accepted before.
    pub(super) novelty: Novelty,
}

impl Accepted {
    /// Whether this very command had been accepted before.
    pub(super) fn again(self) -> bool {
        self.novelty == Novelty::Again
    }
}

/// What became of something that is no case.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Done {
    /// Which.
    #[schema(example = "CG-HW")]
    id: String,
    /// Its sequence afterwards.
    #[schema(example = 3)]
    sequence: u64,
    /// Whether this very request had been carried out before.
    again: bool,
}

impl Done {
    /// `id` has taken it.
    pub(super) fn answer(id: impl Into<String>, accepted: Accepted) -> HttpResponse {
        let again = accepted.again();
        let done = Done { id: id.into(), sequence: accepted.sequence, again };
        HttpResponse::Ok().insert_header((ETAG, etag(accepted.sequence))).json(done)
    }
}

/// The `ETag` of a state.
pub(super) fn etag(sequence: u64) -> String {
    format!("\"{sequence}\"")
}

/// The problem with a header that says where the thing is.
pub(super) fn located(problem: Problem, path: &str) -> Problem {
    problem.header(LOCATION, path)
}

/// What was accepted.
///
/// # Errors
/// The problem, for everything else.
pub(super) fn accepted(answer: Answer) -> Result<Accepted, Problem> {
    match answer {
        Answer::Accepted { sequence, novelty } => Ok(Accepted { sequence, novelty }),
        Answer::Refused { code, detail } => Err(refused::problem(code, &detail)),
        Answer::Stale { sequence } => {
            let problem = Problem::new(StatusCode::PRECONDITION_FAILED, "stale", "已有变动");
            Err(Problem {
                refusal: Some(Box::new(serde_json::json!({ "sequence": sequence }))),
                ..problem.detail(format!("现在的版本是 {sequence},请重新查看后再办理"))
            })
        }
        Answer::Busy { retry_after } => {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", "系统繁忙");
            Err(problem.detail("没有做任何事,请稍后再试").again_after(retry_after))
        }
        Answer::Quarantined { reason } => Err(set_aside("quarantined", &reason)),
        Answer::DeadLetter { reason } => Err(set_aside("dead-letter", &reason)),
        Answer::Failed { reason } => {
            if let Some(n_left_out) = NOT_RECORDED.turn() {
                tracing::warn!(%reason, n_left_out, "a command was not recorded");
            }
            Err(Problem::unavailable("not-recorded"))
        }
        Answer::Recorded | Answer::Claimed(_) => Err(Problem::unavailable("not-recorded")),
    }
}

/// A person must look before this goes on; asking again changes nothing.
fn set_aside(code: &'static str, reason: &str) -> Problem {
    tracing::error!(code, reason, "a command met what a person must look at");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, "须由系统管理员处理")
        .detail("此项已停止受理,请联系系统管理员查看发件箱页面中需要人处理的事项")
}
