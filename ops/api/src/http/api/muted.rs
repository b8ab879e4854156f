//! Whether duban is muted, what waits meanwhile, and the operator's way to mute it and to let it speak again.

use actix_web::HttpResponse;
use actix_web::web::Data;
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::{InRole, Permission as _};
use crate::http::problem::Problem;
use duban_base::aside;
use duban_base::muted::waiting::{Waiting, waiting};
use duban_server::server::Server;

/// Whether letters leave, and what waits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Silence {
    /// 是否静音
    muted: bool,
    /// 自何时起
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// 由谁设置
    by: Option<String>,
    /// 等待发送的消息
    waiting: Waiting,
}

/// Whether nothing is sent, and what waits.
pub(crate) async fn show(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    now(server).await
}

/// Sends nothing any more.
pub(crate) async fn mute(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let (by, at) = (asker.login.to_string(), server.now());
    written(&server, move |server| server.channels.muted().mute(&by, at)).await?;
    now(server).await
}

/// Sends again.
pub(crate) async fn unmute(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    written(&server, |server| server.channels.muted().unmute()).await?;
    tracing::warn!(by = %asker.login, "no longer muted: what waits leaves");
    now(server).await
}

/// Changes the mark.
async fn written(
    server: &Data<Server>,
    change: impl FnOnce(&Server) -> std::io::Result<()> + Send + 'static,
) -> Result<(), Problem> {
    let server = server.clone();
    match aside::done(move || change(&server)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the mark of a muted store cannot be changed");
            Err(Problem::unavailable("unwritten"))
        }
        Err(_) => Err(Problem::unavailable("unwritten")),
    }
}

async fn now(server: Data<Server>) -> Result<HttpResponse, Problem> {
    let mark = server.channels.muted().mark();
    let waiting = server.read(|store| Ok::<_, Problem>(waiting(&store.journal)?)).await?;
    let (since, by) = mark.map(|mark| (mark.since, mark.by.to_string())).unzip();
    Ok(HttpResponse::Ok().json(Silence { muted: since.is_some(), since, by, waiting }))
}
