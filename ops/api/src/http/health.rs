//! Is it alive, is it ready: for whoever watches the process, and for whoever sends requests to it.
//!
//! `/healthz` asks whether the process should go on: only another one helps where it says no. `/readyz` asks whether
//! requests are taken at the moment. Both answer in words that a program reads, with a line for people.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use duban_runtime::journal::Failure;
use duban_runtime::loops::Seen;
use serde::{Deserialize, Serialize};

use duban_server::health::alarm::{Alarm, loops};
use duban_server::server::Server;

/// How long every partition may take to give a sign of life.
const PULSE_WITHIN: Duration = Duration::from_secs(1);

pub(super) fn routes(app: &mut web::ServiceConfig) {
    app.route("/healthz", web::get().to(alive)).route("/readyz", web::get().to(ready));
}

/// The process answers, so does every partition, and every loop lives.
async fn alive(server: web::Data<Server>) -> HttpResponse {
    let pulse = server.node.pulse(PULSE_WITHIN).await;
    let dead = server.node.loops().dead();
    let wrong = match pulse {
        Ok(_) if dead.is_empty() => {
            return HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n");
        }
        Ok(_) => format!("no sign of life from {}", names(&dead)),
        Err(stuck) => stuck.to_string(),
    };
    let mut answer = HttpResponse::ServiceUnavailable();
    answer.content_type("text/plain; charset=utf-8").body(format!("{wrong}\n"))
}

fn names(dead: &[Seen]) -> String {
    let names: Vec<&str> = dead.iter().map(|one| one.name).collect();
    names.join(", ")
}

/// Whether requests are taken, and why not.
#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    /// Whether commands are taken: a node of a cluster whose log is away only shows what it has.
    commands: bool,
    reasons: Vec<Reason>,
    /// What is wrong beside it; an alarm alone keeps no request out.
    alarms: Vec<Alarm>,
    /// Whether letters and SMS wait: requests are taken all the same.
    muted: bool,
}

#[derive(Debug, Serialize)]
struct Reason {
    code: &'static str,
    title: String,
}

impl Reason {
    fn new(code: &'static str, title: &str) -> Reason {
        Reason { code, title: title.to_owned() }
    }
}

/// What is asked beside.
#[derive(Debug, Deserialize)]
struct Asked {
    /// Of this node alone: another node asks.
    own: Option<String>,
}

async fn ready(server: web::Data<Server>, asked: web::Query<Asked>) -> HttpResponse {
    let mut reasons = Vec::new();
    let mut commands = true;
    if server.node.is_draining() {
        reasons.push(Reason::new("stopping", "服务正在停止"));
    }
    let trouble = server.node.journal().trouble();
    if trouble.as_ref().is_some_and(|trouble| matches!(trouble.failure, Failure::Log(_))) {
        commands = false;
        // Where nobody has it, this node shows as much as any other.
        let peers = server.peers().filter(|_| asked.own.is_none());
        if let Some(peers) = peers
            && peers.any_takes_commands().await
        {
            reasons.push(Reason::new("log-away", "集群的日志(Redis)没有应答,而别的节点有"));
        }
    } else if let Some(trouble) = trouble {
        commands = false;
        reasons.push(if trouble.failure.is_full() {
            Reason::new("disk-full", "磁盘已满,台账无法写入")
        } else {
            Reason::new("journal", "台账无法写入")
        });
    }
    if let Some(failure) = server.node.journal().store_trouble() {
        reasons.push(if failure.is_full() {
            Reason::new("store-full", "磁盘已满,状态库无法更新;腾出空间后服务自动重启恢复")
        } else {
            Reason::new("store", "状态库无法更新")
        });
    }
    if server.node.pulse(PULSE_WITHIN).await.is_err() {
        reasons.push(Reason::new("stuck", "有分区没有应答"));
    }
    let dead = server.node.loops().dead();
    reasons.extend(dead.iter().map(|one| Reason::new("loop-dead", &loops::in_words(one))));
    let (ready, alarms) = (reasons.is_empty(), server.alarms());
    let muted = server.channels.muted().is_on();
    let readiness = Readiness { ready, commands, reasons, alarms, muted };
    if ready {
        HttpResponse::Ok().json(readiness)
    } else {
        HttpResponse::ServiceUnavailable().json(readiness)
    }
}
