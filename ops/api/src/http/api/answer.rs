//! Answers over HTTP: what became of a command.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use duban_runtime::entity::Entity;
use duban_runtime::seldom::Seldom;
use serde::Serialize;
use utoipa::ToSchema;

use super::refused;
use crate::http::problem::Problem;
use duban_base::asking::{self, Aside, No};

/// "a command was not recorded".
static NOT_RECORDED: Seldom = Seldom::new();

/// What became of something that is no case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
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
    pub(crate) fn answer<E: Entity>(id: impl Into<String>, done: &asking::Done<E>) -> HttpResponse {
        let (sequence, again) = (done.sequence, done.is_again());
        let done = Done { id: id.into(), sequence, again };
        HttpResponse::Ok().insert_header((ETAG, etag(sequence))).json(done)
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

impl From<No> for Problem {
    fn from(no: No) -> Problem {
        match no {
            No::Refused { code, detail } => refused::problem(code, &detail),
            No::Stale(sequence) => {
                let problem = Problem::new(StatusCode::PRECONDITION_FAILED, "stale", "已有变动");
                Problem {
                    refusal: Some(Box::new(serde_json::json!({ "sequence": sequence }))),
                    ..problem.detail(format!("现在的版本是 {sequence},请重新查看后再办理"))
                }
            }
            No::Busy(retry_after) => {
                let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "busy", "系统繁忙");
                problem.detail("没有做任何事,请稍后再试").again_after(retry_after)
            }
            No::SetAside(Aside::Entity, reason) => set_aside("quarantined", &reason),
            No::SetAside(Aside::Command, reason) => set_aside("dead-letter", &reason),
            No::Unrecorded(reason) => {
                if let Some(n_left_out) = NOT_RECORDED.turn() {
                    tracing::warn!(%reason, n_left_out, "a command was not recorded");
                }
                Problem::unavailable("not-recorded")
            }
        }
    }
}

/// A person must look before this goes on; asking again changes nothing.
fn set_aside(code: &'static str, reason: &str) -> Problem {
    tracing::error!(code, reason, "a command met what a person must look at");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, "须由系统管理员处理")
        .detail("此项已停止受理,请联系系统管理员查看发件箱页面中需要人处理的事项")
}
