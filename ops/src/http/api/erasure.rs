//! Erasure of what a reporter said of themselves: the case says so, then its key goes.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path};
use duban_actors::case::{Case, KIND};
use duban_runtime::entity::EntityId;

use super::asked_of_cases::Erasure;
use super::asker::Asker;
use super::body::Body;
use super::change::{self, Changed};
use super::page::Named;
use super::problems::Problems;
use super::terms::{Terms, TermsDoc};
use super::text::Key;
use crate::courier::outcome::chain;
use crate::house::House;
use crate::http::problem::Problem;

#[utoipa::path(
    post, path = "/api/v1/cases/{id}/reporter-erasure", operation_id = "eraseReporter", tag = "案件",
    summary = "删除上报人信息",
    description = "中心主任按要求永久删除上报人的姓名和电话:销毁密钥,台账和此后的备份中都不能再读出;\
        未发出的答复撤回。案件的经过记下谁、何时、为何删除。",
    params(("id" = Key, Path, description = "案件号"), TermsDoc), request_body = Erasure,
    responses((status = 200, description = "已删除", body = Changed), Problems),
)]
pub(super) async fn erase(
    house: Data<House>,
    asker: Asker,
    terms: Terms,
    named: Path<Named>,
    body: Body<Erasure>,
) -> Result<HttpResponse, Problem> {
    match change::ask(&house, &asker, &terms, (&named, body)).await {
        Ok(done) => {
            let case = done.state()?;
            key_goes(Data::clone(&house), move |_| Ok(case)).await?;
            change::told(&house, &asker, &done)
        }
        // Erased before: then a key that was left behind by a crash goes now.
        Err(problem) if problem.code == "no-reporter" => {
            let id = EntityId::new(KIND, named.as_str());
            key_goes(house, move |house| change::now(house, &id)).await?;
            Err(problem)
        }
        Err(problem) => Err(problem),
    }
}

/// Destroys the key of a case that says so. It is gone from the disk before anybody is told.
async fn key_goes(
    house: Data<House>,
    case: impl FnOnce(&House) -> Result<Case, Problem> + Send + 'static,
) -> Result<(), Problem> {
    let gone = web::block(move || {
        let case = case(&house)?;
        house.seals.heed(&case).map_err(|failure| {
            tracing::error!(failure = %chain(&failure), "a key is not erased");
            Problem::unavailable("not-erased")
        })
    });
    gone.await.map_err(|_| Problem::unavailable("not-erased"))?
}
