//! Whether duban is muted, what waits meanwhile, and the operator's way to mute it and to let it speak again.

use actix_web::HttpResponse;
use actix_web::web::Data;
use duban_runtime::clock::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::asker::Asker;
use crate::aside;
use crate::house::House;
use crate::http::problem::Problem;
use crate::muted::waiting::{Waiting, waiting};

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
pub(crate) async fn show(house: Data<House>, asker: Asker) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    now(house).await
}

/// Sends nothing any more.
pub(crate) async fn mute(house: Data<House>, asker: Asker) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    let (by, at) = (asker.login.to_string(), house.now());
    written(&house, move |house| house.exchange.muted().mute(&by, at)).await?;
    now(house).await
}

/// Sends again.
pub(crate) async fn unmute(house: Data<House>, asker: Asker) -> Result<HttpResponse, Problem> {
    asker.only_the_operator()?;
    written(&house, |house| house.exchange.muted().unmute()).await?;
    tracing::warn!(by = %asker.login, "no longer muted: what waits leaves");
    now(house).await
}

/// Changes the mark.
async fn written(
    house: &Data<House>,
    change: impl FnOnce(&House) -> std::io::Result<()> + Send + 'static,
) -> Result<(), Problem> {
    let house = house.clone();
    match aside::done(move || change(&house)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the mark of a muted store cannot be changed");
            Err(Problem::unavailable("unwritten"))
        }
        Err(_) => Err(Problem::unavailable("unwritten")),
    }
}

async fn now(house: Data<House>) -> Result<HttpResponse, Problem> {
    let mark = house.exchange.muted().mark();
    let waiting = house.read(|store| Ok::<_, Problem>(waiting(&store.journal)?)).await?;
    let (since, by) = mark.map(|mark| (mark.since, mark.by.to_string())).unzip();
    Ok(HttpResponse::Ok().json(Silence { muted: since.is_some(), since, by, waiting }))
}
