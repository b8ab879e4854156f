//! The ledger of deferrals as it is read (article 27).

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::{InRole, Permission as _};
use crate::http::problem::Problem;
use duban_base::deferrals::{self, Line};
use duban_server::server::Server;

/// Lines of one answer.
pub(crate) const ROWS_MAX: usize = 1_000;

/// 缓办台账
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ledger {
    /// 待签批的在前;缓办中的,最先复核的在前;最多 1000 件
    #[schema(inline = false)]
    deferrals: Vec<Line>,
}

/// Lists deferrals.
///
/// # Errors
/// 403 for whoever does not see all.
pub(crate) async fn list(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let found = server.read(move |store| {
        let found = deferrals::ledger(&store.journal, &store.rules.current().0, ROWS_MAX)?;
        Ok::<_, Problem>(found)
    });
    Ok(HttpResponse::Ok().json(Ledger { deferrals: found.await? }))
}
