//! Changes of a case's state: one door for each, all made the same way.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::web::{Data, Path};
use duban_actors::case::{Case, Command, KIND};
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::etag;
use super::asked_of_cases::{
    Arrival, Change, Closing, Declining, Dispatch, FeedbackBody, FilingBody, Reassignment, Receipt,
    ReturnBody, ReturnDecision, Rework, Start, SupervisionOrder, SupervisionReply, Validation,
    ValidationFinding, Verification,
};
use super::asker::Asker;
use super::beforehand;
use super::body::Body;
use super::page::Named;
use super::photos;
use super::problems::Problems;
use super::remembered;
use super::sight;
use super::terms::{Terms, TermsDoc};
use crate::asking::{self, Done};
use crate::house::House;
use crate::http::problem::Problem;

/// How long the door waits for the number that the allocator gives; then it says where to look.
const NUMBER_PATIENCE: Duration = Duration::from_secs(2);
/// The first pause before looking for it; each further one is twice as long.
const FIRST_LOOK: Duration = Duration::from_millis(2);
/// The longest pause between two looks.
const LONGEST_LOOK: Duration = Duration::from_millis(64);

/// What became of a case.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Changed {
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
    pub(super) fn of(case: &Case, done: &Done<Case>) -> Changed {
        let life = &case.life;
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

    /// As an answer of this status.
    pub(super) fn answer(&self, status: StatusCode) -> HttpResponse {
        let mut response = HttpResponse::build(status);
        response.insert_header((ETAG, etag(self.sequence)));
        if status == StatusCode::CREATED || status == StatusCode::ACCEPTED {
            response.insert_header((LOCATION, path(&self.case)));
        }
        response.json(self)
    }
}

/// Where a case is.
pub(super) fn path(case: &str) -> String {
    format!("/api/v1/cases/{case}")
}

/// Asks a change of the case and says how it stands once that is durable.
pub(super) async fn change<B: Change>(
    house: &Data<House>,
    asker: &Asker,
    terms: &Terms,
    (named, body): (Path<Named>, Body<B>),
) -> Result<HttpResponse, Problem> {
    let done = ask(house, asker, terms, (&named, body)).await?;
    if B::OPERATION == FilingBody::OPERATION && !done.is_again() {
        return numbered(house, &named, &done).await;
    }
    told(house, asker, &done)
}

/// Asks a change of the case and waits until it is durable.
pub(super) async fn ask<B: Change>(
    house: &Data<House>,
    asker: &Asker,
    terms: &Terms,
    (named, body): (&Named, Body<B>),
) -> Result<Done<Case>, Problem> {
    let id = EntityId::new(KIND, named.as_str());
    let Body(body, said) = body;
    let (command, whom) = body.command();
    let held = terms.hold(house, asker, &said)?;
    let before =
        if held.is_keyed() { remembered::outcome(house, &id, held.id).await? } else { None };
    let outcome = if let Some(outcome) = before {
        outcome
    } else {
        let terms = held.terms(whom.map(UnitId::new));
        if let Err(problem) = photos_kept(house, (asker, &terms), &id, &command).await {
            held.let_go();
            return Err(unseen(house, asker, &id, problem));
        }
        asking::ask::<Case>(&house.node, asker, terms, &id.key, command).await
    };
    held.settle(&outcome);
    outcome.map_err(|no| unseen(house, asker, &id, no.into()))
}

/// The photos that a command names are looked for once it is known that the case would take it.
async fn photos_kept(
    house: &Data<House>,
    (asker, terms): (&Asker, &asking::Terms),
    id: &EntityId,
    command: &Command,
) -> Result<(), Problem> {
    if command.photos().is_empty() {
        return Ok(());
    }
    let asked = asker.asked(KIND, terms.clone(), house.now());
    beforehand::would_take(house, id, command, &asked).await?;
    photos::all_kept(house, asker, command).await
}

/// What became of the case. Whoever asks once more what they asked before is told how it stands only if they see it.
pub(super) fn told(
    house: &House,
    asker: &Asker,
    done: &Done<Case>,
) -> Result<HttpResponse, Problem> {
    let case = done.state()?;
    let is_seen = !done.is_again() || sight::sees(house, asker, &case)?;
    let changed = if is_seen { Changed::of(&case, done) } else { Changed::unseen(&case, done) };
    Ok(changed.answer(StatusCode::OK))
}

/// The case as it stands; it was accepted, so it is there.
pub(super) fn now(house: &House, id: &EntityId) -> Result<Case, Problem> {
    let store = house.store();
    let stored = store.journal.entity(id)?.ok_or_else(Problem::not_found)?;
    store.case(id, &stored).map_err(|error| {
        tracing::error!(%error, "a case cannot be read");
        Problem::unavailable("unreadable")
    })
}

/// Waits for the number that another entity gives: 202 if it takes too long (`design` of doors: the case is filed).
async fn numbered(
    house: &House,
    named: &Named,
    done: &Done<Case>,
) -> Result<HttpResponse, Problem> {
    let (mut waited, mut pause, mut case) = (Duration::ZERO, FIRST_LOOK, done.state()?);
    loop {
        let changed = Changed::of(&case, done);
        if changed.number.is_some() {
            return Ok(changed.answer(StatusCode::OK));
        }
        if waited >= NUMBER_PATIENCE {
            return Ok(changed.answer(StatusCode::ACCEPTED));
        }
        tokio::time::sleep(pause).await;
        waited += pause;
        pause = (pause * 2).min(LONGEST_LOOK);
        case = now(house, &EntityId::new(KIND, named.as_str()))?;
    }
}

/// What a refusal tells of a case is told only to whoever sees it; to others, nothing is there.
fn unseen(house: &House, asker: &Asker, id: &EntityId, problem: Problem) -> Problem {
    let of_the_entity = matches!(
        problem.status,
        StatusCode::FORBIDDEN
            | StatusCode::CONFLICT
            | StatusCode::UNPROCESSABLE_ENTITY
            | StatusCode::PRECONDITION_FAILED
    );
    if !of_the_entity {
        return problem;
    }
    match sight::find(house, asker, id) {
        Ok(_) => problem,
        // Whoever may never ask this hears so, whatever is there.
        Err(_) if problem.code == "not-permitted" => problem,
        Err(hidden) => hidden,
    }
}

macro_rules! doors {
    ($($name:ident $path:literal $operation:literal $summary:literal $body:ident;)*) => {$(
        #[utoipa::path(
            post,
            path = $path,
            operation_id = $operation,
            summary = $summary,
            tag = "案件",
            params(("id" = Key, Path, description = "案件号"), TermsDoc),
            request_body = $body,
            responses(
                (status = 200, description = "已办理", body = Changed),
                (status = 202, description = "已办理,编号稍后给出", body = Changed),
                Problems,
            ),
        )]
        pub(super) async fn $name(
            house: Data<House>,
            asker: Asker,
            terms: Terms,
            id: Path<Named>,
            body: Body<$body>,
        ) -> Result<HttpResponse, Problem> {
            change(&house, &asker, &terms, (id, body)).await
        }
    )*};
}

use super::text::Key;

doors! {
    validate "/api/v1/cases/{id}/validation" "orderValidation" "派员核实" Validation;
    give_validation "/api/v1/cases/{id}/validation-finding" "giveValidation" "登记核实结果" ValidationFinding;
    file "/api/v1/cases/{id}/filing" "fileCase" "立案" FilingBody;
    decline "/api/v1/cases/{id}/declining" "declineCase" "不予立案" Declining;
    dispatch "/api/v1/cases/{id}/dispatch" "dispatchCase" "派遣" Dispatch;
    receive "/api/v1/cases/{id}/receipt" "receiveCase" "签收" Receipt;
    arrive "/api/v1/cases/{id}/arrival" "reportArrival" "报告到场" Arrival;
    start "/api/v1/cases/{id}/start" "startHandling" "开始处置" Start;
    give_feedback "/api/v1/cases/{id}/feedback" "giveFeedback" "处理反馈" FeedbackBody;
    ask_return "/api/v1/cases/{id}/return" "askReturn" "申请退单" ReturnBody;
    decide_return "/api/v1/cases/{id}/return-decision" "decideReturn" "审核退单" ReturnDecision;
    verify "/api/v1/cases/{id}/verification" "verifyCase" "登记核查结果" Verification;
    reassign "/api/v1/cases/{id}/reassignment" "reassignTask" "转交现场任务" Reassignment;
    close "/api/v1/cases/{id}/closing" "closeCase" "结案" Closing;
    rework "/api/v1/cases/{id}/rework" "reworkCase" "返工" Rework;
    order "/api/v1/cases/{id}/supervision-orders" "orderSupervision" "发出督办单" SupervisionOrder;
    reply "/api/v1/cases/{id}/supervision-replies" "replySupervision" "答复督办单" SupervisionReply;
}
