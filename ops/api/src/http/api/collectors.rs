//! The tasks of collectors on site (article 17).

use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use duban_actors::case::listing;
use duban_actors::collector::Collector;
use duban_rules::vocabulary::CollectorId;

use super::asker::{InRole, not_permitted};
use super::cases::{self, Lists};
use super::page::{Named, Paging};
use crate::http::problem::Problem;
use crate::operations::readable::Readable as _;
use duban_base::known;
use duban_server::server::Server;

/// A page of the cases with a task on site of theirs.
pub(crate) async fn tasks(
    server: Data<Server>,
    asker: InRole,
    named: Path<Named>,
    paging: Query<Paging>,
) -> Result<HttpResponse, Problem> {
    let key = named.as_str();
    if !Collector::sees(&asker, key) {
        return Err(not_permitted());
    }
    let id = CollectorId::new(key);
    let list = listing::on_site_of(&id);
    let is_known = server.read(move |store| {
        Ok::<_, Problem>(known::collector(&store.journal, &store.rules.current().0.rules, &id)?)
    });
    if !is_known.await? {
        return Err(Problem::not_found());
    }
    cases::page(server, Lists::Tasks(list), paging.into_inner()).await
}
