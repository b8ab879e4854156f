//! Changes of a case's state: one door for each, all made the same way.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::web::{Data, Path};
use duban_actors::case::{Case, Command, KIND};
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, EntityId};
use duban_runtime::node::Ask;
use duban_runtime::registry::AnyCommand;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{self, Accepted, etag};
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
    /// How `case` stands after what was `accepted`; what other commands made of it meanwhile is seen, too.
    pub(super) fn of(case: &Case, accepted: Accepted) -> Changed {
        let life = &case.life;
        Changed {
            case: case.id.to_string(),
            sequence: accepted.sequence,
            again: accepted.again(),
            stands: Some(life.name()),
            number: life.filing().and_then(|f| f.number.as_ref()).map(ToString::to_string),
            due: life.assignment().and_then(|assignment| assignment.due),
        }
    }

    /// What whoever does not see the case any more was told before, and nothing of what became of it.
    fn unseen(id: &EntityId, accepted: Accepted) -> Changed {
        let (case, again) = (id.key.to_string(), accepted.again());
        Changed { case, sequence: accepted.sequence, again, stands: None, number: None, due: None }
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

/// Asks a change of the case and waits until it is durable.
pub(super) async fn change<B: Change>(
    house: &Data<House>,
    asker: &Asker,
    terms: &Terms,
    (named, body): (Path<Named>, Body<B>),
) -> Result<HttpResponse, Problem> {
    let id = EntityId::new(KIND, named.as_str());
    let Body(body, said) = body;
    let (command, whom) = body.command();
    let held = terms.hold(house, asker, &said)?;
    let mut asked = asker.asked(held.id, house.now());
    asked.expected = terms.expected;
    // Nobody enters for their own unit on behalf of it.
    asked.on_behalf_of = whom.filter(|whom| asker.unit().is_none_or(|own| own.as_str() != whom));
    let before =
        if held.is_keyed() { remembered::answer(house, &id, held.id).await? } else { None };
    let answer = if let Some(answer) = before {
        answer
    } else {
        if let Err(problem) = photos_kept(house, asker, (&id, &asked), &command).await {
            held.let_go();
            return Err(unseen(house, asker, &id, problem));
        }
        house.ask(Ask { to: id.clone(), command: AnyCommand::new(command), asked }).await
    };
    held.settle(&answer);
    let accepted =
        answer::accepted(answer).map_err(|problem| unseen(house, asker, &id, problem))?;
    if B::OPERATION == FilingBody::OPERATION && !accepted.again() {
        return numbered(house, &id, accepted, now(house, &id)?).await;
    }
    told(house, asker, &id, accepted)
}

/// The photos that a command names are looked for once it is known that the case would take it.
async fn photos_kept(
    house: &Data<House>,
    asker: &Asker,
    (id, asked): (&EntityId, &Asked),
    command: &Command,
) -> Result<(), Problem> {
    if command.photos().is_empty() {
        return Ok(());
    }
    beforehand::would_take(house, id, command, asked).await?;
    photos::all_kept(house, asker, command).await
}

/// What became of the case. Whoever asks once more what they asked before is told how it stands only if they see it.
pub(super) fn told(
    house: &House,
    asker: &Asker,
    id: &EntityId,
    accepted: Accepted,
) -> Result<HttpResponse, Problem> {
    if accepted.again() {
        let seen = sight::find(house, asker, id).map(|(case, _)| Changed::of(&case, accepted));
        return match seen {
            Ok(changed) => Ok(changed.answer(StatusCode::OK)),
            Err(hidden) if hidden.status == StatusCode::NOT_FOUND => {
                Ok(Changed::unseen(id, accepted).answer(StatusCode::OK))
            }
            Err(problem) => Err(problem),
        };
    }
    Ok(Changed::of(&now(house, id)?, accepted).answer(StatusCode::OK))
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
    id: &EntityId,
    accepted: Accepted,
    mut case: Case,
) -> Result<HttpResponse, Problem> {
    let (mut waited, mut pause) = (Duration::ZERO, FIRST_LOOK);
    loop {
        let changed = Changed::of(&case, accepted);
        if changed.number.is_some() {
            return Ok(changed.answer(StatusCode::OK));
        }
        if waited >= NUMBER_PATIENCE {
            return Ok(changed.answer(StatusCode::ACCEPTED));
        }
        tokio::time::sleep(pause).await;
        waited += pause;
        pause = (pause * 2).min(LONGEST_LOOK);
        case = now(house, id)?;
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
