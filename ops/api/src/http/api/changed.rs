//! Changed cases: what is answered over HTTP once a case has accepted something.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use duban_actors::case::Case;
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::etag;
use super::visibility;
use crate::http::problem::Problem;
use crate::operations::exposed::Backend;
use duban_base::asking::Asker;
use duban_base::asking::Done;

/// What became of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Changed {
    /// 案件号
    #[schema(example = "c7k2m0q4h1v9x3t8b6n5d2fg")]
    pub(super) case: String,
    /// 这次办理之后的版本
    #[schema(example = 3)]
    pub(super) sequence: u64,
    /// 同一请求此前已办理过
    pub(super) again: bool,
    /// 现在的环节;案件已不归本人查看时没有这一项和以下各项
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "handling")]
    pub(super) stands: Option<&'static str>,
    /// 年度编号,立案后才有
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) number: Option<String>,
    /// 处置的截止时刻,派遣后才有
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) due: Option<Timestamp>,
}

impl Changed {
    /// How `case` stands after what was done.
    pub(crate) fn of(case: &Case, done: &Done<Case>) -> Changed {
        let life = &case.state;
        Changed {
            case: case.id.to_string(),
            sequence: done.sequence,
            again: done.is_again(),
            stands: Some(life.name()),
            number: life.filing().and_then(|f| f.number.as_ref()).map(ToString::to_string),
            due: life.assignment().and_then(|assignment| assignment.due),
        }
    }

    /// What whoever does not see the case any more was told before, and nothing of what became of it.
    fn unseen(case: &Case, done: &Done<Case>) -> Changed {
        let (case, again) = (case.id.to_string(), done.is_again());
        Changed { case, sequence: done.sequence, again, stands: None, number: None, due: None }
    }

    pub(crate) fn answer(&self, status: StatusCode) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response.insert_header((ETAG, etag(self.sequence)));
        if status == StatusCode::CREATED || status == StatusCode::ACCEPTED {
            response.insert_header((LOCATION, path(&self.case)));
        }
        response.json(self)
    }
}

pub(super) fn path(case: &str) -> String {
    format!("/api/v1/cases/{case}")
}

/// What became of the case. Whoever asks once more what they asked before is told how it stands only if they see it.
///
/// # Errors
/// What keeps it from being read.
pub(crate) async fn told(
    at: &Backend<'_>,
    asker: &Asker,
    done: &Done<Case>,
) -> Result<HttpResponse, Problem> {
    let case = done.state()?;
    // Read for whoever asks once more alone: the first answer waits for nothing.
    let changed = if !done.is_again() || sees(at, asker, &case).await? {
        Changed::of(&case, done)
    } else {
        Changed::unseen(&case, done)
    };
    Ok(changed.answer(StatusCode::OK))
}

async fn sees(at: &Backend<'_>, asker: &Asker, case: &Case) -> Result<bool, Problem> {
    let (asker, case) = (asker.clone(), case.clone());
    at.read(move |store| visibility::sees(store, &asker, &case)).await
}
