//! The rules in force, those before them and ahead, and what an operator does about them: read them again, take back
//! those that wait, and move open cases.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use duban_actors::centre::{Refusal, Waiting};
use duban_actors::role::Duty;
use duban_rules::diagnostic::sentences;
use duban_rules::{Lang, Severity, Sources};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::Refusal as _;
use duban_runtime::journal::Failure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asker::{InRole, Permission as _, not_permitted};
use super::body::Body;
use super::text::Reason;
use crate::http::problem::Problem;
use duban_base::aside::{self, Undone};
use duban_base::asking::Asker;
use duban_base::rules_in_force::edition::course::{Ahead, Dropped, Listed};
use duban_base::rules_in_force::edition::{Beside, Listing, NotCancelled, Outcome, Rejected};
use duban_base::rules_in_force::recalculation::{Row, Tally};
use duban_base::rules_in_force::{edition, recalculation};
use duban_server::reload;
use duban_server::reload::days;
use duban_server::server::Server;

/// Rows that are listed in an answer; the tally counts all of them, and the command line lists them.
const ROWS_MAX: usize = 1_000;
/// Kinds of errors or warnings that are told in an answer; the rest are counted, and the command line lists them.
const SENTENCES_MAX: usize = 20;

/// The rules in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InForce {
    /// 全部规则文件的指纹(BLAKE3)
    hash: String,
    /// 手册的版本
    edition: String,
    /// 何时生效
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// 规则目录;空为随程序提供的规则
    dir: String,
    /// 规则文件
    #[schema(value_type = Vec<String>)]
    files: [&'static str; Sources::NAMES.len()],
    /// 规则目录中的规则为何不能生效;能生效则为 null
    refused: Option<String>,
    /// 规则目录有未生效的改动,检查无误而没有人使之生效
    unapplied: bool,
    /// 待生效的规则;没有则为 null
    #[schema(value_type = Option<Object>)]
    waiting: Option<Waiting>,
}

/// The rules in force.
pub(crate) async fn show(server: Data<Server>, _asker: InRole) -> Result<HttpResponse, Problem> {
    let read = server.read(|store| {
        let (editions, waiting) =
            (edition::history(&store.journal)?, edition::waiting(&store.journal)?);
        Ok::<_, Problem>((editions, waiting))
    });
    let (editions, waiting) = read.await?;
    let rules = server.rules.current();
    let book = &rules.0.rules;
    Ok(HttpResponse::Ok().json(InForce {
        hash: blake3::Hash::from_bytes(book.hash).to_hex().to_string(),
        edition: book.handbook.number.clone(),
        dir: server.config.rules_dir.display().to_string(),
        files: Sources::NAMES,
        refused: server.health.rules.refused(),
        unapplied: server.health.rules.is_unapplied(),
        waiting,
        since: editions.last().map(|edition| edition.since),
    }))
}

/// Every rules set that was in force, the one that waits, and those that never came.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Course {
    /// 历次生效的规则,最早的在前;reused 为编号用过两次的部分
    #[schema(value_type = Vec<Object>)]
    editions: Vec<Listed>,
    /// 待生效的规则;没有则为 null
    #[schema(value_type = Option<Object>)]
    waiting: Option<Ahead>,
    /// 取消或被取代、没有生效的规则
    #[schema(value_type = Vec<Object>)]
    dropped: Vec<Dropped>,
}

/// Every edition that came into force.
pub(crate) async fn history(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    asker.only_those_who_see_all()?;
    let listing = server.read(|store| Ok::<_, Problem>(edition::listing(&store.journal)?)).await?;
    let Listing { editions, waiting, dropped } = listing;
    Ok(HttpResponse::Ok().json(Course { editions, waiting, dropped }))
}

/// What became of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Applied {
    /// 是否换成了另一套规则
    changed: bool,
    /// 规则目录中规则的指纹
    hash: String,
    /// 检查时的提示
    warnings: Vec<String>,
    /// 待生效的规则;没有则为 null
    #[schema(value_type = Option<Object>)]
    waiting: Option<Waiting>,
    /// 待生效的规则与现行规则不同的文件:到日以待生效的为准
    differs_in: Vec<String>,
}

/// Puts the rules of the directory in force.
pub(crate) async fn apply(server: Data<Server>, asker: InRole) -> Result<HttpResponse, Problem> {
    if !asker.role.may(Duty::Administer) {
        return Err(not_permitted());
    }
    let (at, by) = (Data::clone(&server), Asker::clone(&asker));
    // Reads every edition that was ever in force.
    let applied = aside::at_length(async move || reload::again(&at, &by).await).await;
    let applied = applied.map_err(|Undone| Problem::unavailable("undecided"))?;
    let (changed, edition, warnings) = match applied.map_err(rejected)? {
        Outcome::PutInForce(edition, warnings) => (true, edition, warnings),
        Outcome::Unchanged(edition) => (false, edition, Vec::new()),
        Outcome::Waits(waiting, warnings) => (false, waiting.edition, warnings),
        Outcome::StillWaits(waiting) => (false, waiting.edition, Vec::new()),
    };
    let warnings = sentences(&warnings, Severity::Warning, Lang::Zh, SENTENCES_MAX);
    let beside = server.read(|store| Ok::<_, Problem>(edition::beside(&store.journal)?)).await?;
    let (waiting, differs_in) = match beside {
        Some(Beside { waiting, files, .. }) => (Some(waiting), files),
        None => (None, Vec::new()),
    };
    let hash = edition.hash.to_string();
    Ok(HttpResponse::Ok().json(Applied { changed, hash, warnings, waiting, differs_in }))
}

/// Which rules are taken back, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancelling {
    /// 待生效的规则的指纹,可以只写前几位
    hash: String,
    /// 取消的原因,写入记录
    reason: Reason,
}

/// What waits no longer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cancelled {
    /// 取消的规则
    #[schema(value_type = Object)]
    cancelled: Waiting,
}

/// Cancels rules that wait.
pub(crate) async fn cancel(
    server: Data<Server>,
    asker: InRole,
    body: Body<Cancelling>,
) -> Result<HttpResponse, Problem> {
    if !asker.role.may(Duty::Administer) {
        return Err(not_permitted());
    }
    let Cancelling { hash, reason } = body.0;
    let (reason, by) = (String::from(reason), Asker::clone(&asker));
    let cancelled = aside::at_length(async move || {
        let asked = (hash.trim(), reason.as_str());
        let cancelled = edition::cancel(&server.node, asked, &by).await;
        days::settled(&server);
        cancelled
    });
    let conflict = |detail: String| {
        let code = Refusal::NoRulesWaiting.code();
        Problem::new(StatusCode::CONFLICT, code, "没有待生效的规则").detail(detail)
    };
    match cancelled.await.map_err(|Undone| Problem::unavailable("undecided"))? {
        Ok(cancelled) => Ok(HttpResponse::Ok().json(Cancelled { cancelled })),
        Err(NotCancelled::Nothing) => Err(conflict("没有规则在等待生效日".to_owned())),
        Err(NotCancelled::Another(waiting)) => Err(conflict(edition::words::waits(&waiting))),
        Err(NotCancelled::Rejected(rejected)) => Err(refused(rejected)),
    }
}

fn rejected(error: anyhow::Error) -> Problem {
    match error.downcast::<Rejected>() {
        Ok(rejected) => refused(rejected),
        Err(error) => not_in_force(format!("{error:#}")),
    }
}

fn refused(rejected: Rejected) -> Problem {
    match rejected {
        Rejected::Wrong(found) => {
            let errors = sentences(&found, Severity::Error, Lang::Zh, SENTENCES_MAX);
            not_in_force(errors.join(";"))
        }
        Rejected::NotText(file) => not_in_force(format!("{file} 不是 UTF-8 文本")),
        Rejected::Journal(_) => Problem::unavailable("undecided"),
        Rejected::NotRecorded(no) => no.into(),
    }
}

fn not_in_force(why: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "rules-refused", "规则没有生效").detail(why)
}

/// What to do with open cases.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recalculating {
    /// 只列出将如何变动,不改动任何案件
    #[serde(default)]
    #[schema(required = false)]
    dry_run: bool,
    /// 变更原因,写入每个案件的记录
    reason: Reason,
}

/// What became of open cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Recalculated {
    /// 变动的案件,至多一千件
    #[schema(value_type = Vec<Object>)]
    cases: Vec<Row>,
    /// 查看、变动、作废、未能完成的件数
    #[schema(value_type = Object)]
    tally: Tally,
}

/// Recalculates the deadlines of open cases.
pub(crate) async fn recalculate(
    server: Data<Server>,
    asker: InRole,
    body: Body<Recalculating>,
) -> Result<HttpResponse, Problem> {
    if !asker.role.may(Duty::Recalculate) {
        return Err(not_permitted());
    }
    let Recalculating { dry_run, reason } = body.0;
    let done = if dry_run {
        foretold(&server).await
    } else {
        recalculated(server, Asker::clone(&asker), reason.into()).await
    };
    let done = done.map_err(|Undone| Problem::unavailable("undecided"))??;
    Ok(HttpResponse::Ok().json(done))
}

async fn foretold(server: &Server) -> Result<Result<Recalculated, Failure>, Undone> {
    let now = server.now();
    let read = server.read(move |store| {
        let mut cases = Vec::new();
        let mut keep = |row: &Row| list(&mut cases, row);
        let tally = recalculation::foretell(&store.journal, &store.rules, now, &mut keep);
        Ok(tally.map(|tally| Recalculated { cases, tally }))
    });
    read.await
}

async fn recalculated(
    server: Data<Server>,
    asker: Asker,
    reason: String,
) -> Result<Result<Recalculated, Failure>, Undone> {
    let run = aside::at_length(async move || {
        let mut cases = Vec::new();
        let mut keep = |row: &Row| list(&mut cases, row);
        let asked = (&asker, reason.as_str());
        let tally = recalculation::run(&server.node, &server.rules, asked, &mut keep).await;
        tally.map(|tally| Recalculated { cases, tally })
    });
    run.await
}

fn list(cases: &mut Vec<Row>, row: &Row) {
    if cases.len() < ROWS_MAX {
        cases.push(row.clone());
    }
}
