//! Is it alive, is it ready: for whoever watches the process, and for whoever sends requests to it.
//!
//! `/healthz` asks whether the process should go on: only another one helps where it says no. `/readyz` asks whether
//! requests are taken at the moment. Both answer in words that a program reads, with a line for people.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use serde::Serialize;

use crate::alarm::Alarm;
use crate::house::House;

/// How long every partition may take to give a sign of life.
const PULSE_WITHIN: Duration = Duration::from_secs(1);

/// The routes.
pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/healthz", web::get().to(alive)).route("/readyz", web::get().to(ready));
}

/// The process answers, and so does every partition.
async fn alive(house: web::Data<House>) -> HttpResponse {
    match house.node.pulse(PULSE_WITHIN).await {
        Ok(_) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n"),
        Err(stuck) => HttpResponse::ServiceUnavailable()
            .content_type("text/plain; charset=utf-8")
            .body(format!("{stuck}\n")),
    }
}

/// Whether requests are taken, and why not.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    reasons: Vec<Reason>,
    /// What is wrong beside it; an alarm alone keeps no request out.
    alarms: Vec<Alarm>,
}

#[derive(Debug, Serialize)]
struct Reason {
    code: &'static str,
    title: &'static str,
}

async fn ready(house: web::Data<House>) -> HttpResponse {
    let mut reasons = Vec::new();
    if house.node.is_draining() {
        reasons.push(Reason { code: "stopping", title: "服务正在停止" });
    }
    if let Some(trouble) = house.node.journal().trouble() {
        reasons.push(if trouble.failure.is_full() {
            Reason { code: "disk-full", title: "磁盘已满,台账无法写入" }
        } else {
            Reason { code: "journal", title: "台账无法写入" }
        });
    }
    if house.node.pulse(PULSE_WITHIN).await.is_err() {
        reasons.push(Reason { code: "stuck", title: "有分区没有应答" });
    }
    let (ready, alarms) = (reasons.is_empty(), house.watch.alarms.up());
    let readiness = Readiness { ready, reasons, alarms };
    if ready {
        HttpResponse::Ok().json(readiness)
    } else {
        HttpResponse::ServiceUnavailable().json(readiness)
    }
}
