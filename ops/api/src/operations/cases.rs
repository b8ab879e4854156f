//! Cases (articles 13 to 20): what can be read and asked of them.
//!
//! Their operations stand by the part of the way that they belong to: reports, filing, handling, returns, checking,
//! supervision.

pub(crate) mod applications;
mod attachments;
pub(crate) mod calls;
pub(crate) mod checking;
pub(crate) mod deferrals;
pub(crate) mod disputes;
mod erasure;
pub(crate) mod filing;
mod following;
pub(crate) mod handling;
mod help;
mod meetings;
pub(crate) mod report;
pub(crate) mod returns;
pub(crate) mod supervision;
mod words;

use actix_web::HttpResponse;
use compact_str::CompactString;
use duban_actors::case::{Case, Command};
use duban_actors::role::Duty;
use duban_runtime::entity::Corrupt;
use duban_runtime::journal::Journal;
use serde_json::{Value, json};

use super::exposed::{Backend, Exposed, Request};
use super::row::{At, Method, Row, act, get, look, on, post};
use super::{Naming, Resource};
use crate::forms::asking::REPORT;
use crate::http::api::cases::{self, CasePage, Which};
use crate::http::api::changed::{self, Changed};
use crate::http::api::described::{self, Shape, object, reading, shape};
use crate::http::api::help::{self as help_shown, HelpShown};
use crate::http::api::precedents::{self, Candidates};
use crate::http::api::preconditions::TermsDoc;
use crate::http::api::{Told, case, files, permission, visibility};
use crate::http::problem::Problem;
use crate::verbs::case::register::Register;
use crate::verbs::case::{self as typed, CandidatesOf, Explain, List, Show};
use duban_base::asking::{self, Done};
use duban_base::labels::case::stage_word;

use applications::{ApplicationBody, ApplicationDecision, ApplicationOpinion};
use attachments::AttachmentBody;
use calls::CallMade;
use checking::{Closing, Reassignment, Rework, Verification};
use deferrals::{ConsentBody, ResumptionBody};
use disputes::{DisputeBody, TakingBack, WhoseItIs};
use erasure::Erasure;
use filing::{Declining, FilingBody, Validation, ValidationFinding};
use handling::{Arrival, Dispatch, FeedbackBody, Receipt, Start};
use help::{HelpBody, HelpWaiver};
use meetings::{SiteMeetingCall, SiteMeetingRecord};
use report::ReportBody;
use returns::{Recall, ReturnBody, ReturnDecision, ReturnForm, ReturnOpinion};
use supervision::{SupervisionOrder, SupervisionReply};

pub(crate) const CASES: Resource = Resource::of::<Case>(&[
    look::<List>(),
    look::<Show>(),
    look::<Explain>(),
    look::<CandidatesOf>(),
    get(
        At::All,
        |route| route.to(cases::list),
        reading("listCases", "列出案件,最先到期的在前")
            .at_length("单位人员只列本单位的案件,采集员只列自己的现场任务。")
            .with::<Which>()
            .answers(shape::<CasePage>, "一页案件"),
    ),
    get(
        At::One(""),
        |route| route.to(case::one),
        reading("getCase", "查看案件的现状")
            .at_length(
                "ETag 是案件的版本,办理时可写入 If-Match。上报人只有监督中心和指挥中心的人看得到。",
            )
            .answers(object, "案件"),
    ),
    get(
        At::One("history"),
        |route| route.to(case::history),
        reading("getCaseHistory", "查看案件的全部经过")
            .at_length("谁、以什么身份、何时、做了什么。上报人只有监督中心和指挥中心的人看得到。")
            .answers(object, "经过"),
    ),
    get(
        At::One("candidates"),
        |route| route.to(precedents::of_case),
        reading("listCaseCandidates", "列出可以派遣的单位")
            .at_length(
                "手册列出的责任单位,以及附近同一立案条件的认定先例所指的单位,各有在办和超期件数(办法第十五条、第十九条)。",
            )
            .answers(shape::<Candidates>, "可以派遣的单位"),
    ),
    get(
        At::One("explanation"),
        |route| route.to(case::explanation),
        reading("explainCase", "说明案件的时限是怎样算出来的")
            .at_length(
                "时限明细、已执行和将执行的每一级预警和督办(办法第十一条)。明细按截止时刻推算时的日历;\
                日历此后有改动而案件尚未重算时,`anew` 是按现行日历的截止时刻。",
            )
            .answers(object, "时限明细"),
    ),
    Row {
        form: Some(REPORT),
        ..on(
        Method::Post,
        At::All,
        |route| route.to(cases::register),
        reading("registerCase", "登记上报")
            .at_length(
                "同一来源(source)的同一编号(external_id)即同一案件。再次送来完全相同的上报答 200 和已有案件;\
                内容不同则答 409 already-registered,Location 指向已有案件。",
            )
            .with::<TermsDoc>()
            .with_body(shape::<ReportBody>)
            .answers(shape::<Changed>, "此前已登记")
            .or_makes("已登记"),
    )
    },
    act::<Register>(),
    post::<Validation>(),
    post::<ValidationFinding>(),
    post::<FilingBody>(),
    post::<Declining>(),
    post::<Dispatch>(),
    post::<CallMade>(),
    post::<Recall>(),
    post::<Receipt>(),
    post::<Arrival>(),
    post::<Start>(),
    post::<FeedbackBody>(),
    post::<ReturnBody>(),
    post::<ReturnForm>(),
    post::<ReturnOpinion>(),
    post::<ReturnDecision>(),
    post::<DisputeBody>(),
    post::<SiteMeetingCall>(),
    post::<SiteMeetingRecord>(),
    post::<WhoseItIs>(),
    get(
        At::One("help"),
        |route| route.to(help_shown::of_case),
        reading("getCaseHelp", "查看案件的协办")
            .at_length("协办单位只见办理所需的和自己的协办;案件的其他情况由主办单位和中心查看(办法第十九条)。")
            .answers(shape::<HelpShown>, "协办"),
    ),
    post::<HelpBody>(),
    post::<HelpWaiver>(),
    post::<ApplicationBody>(),
    post::<ApplicationOpinion>(),
    post::<ApplicationDecision>(),
    post::<ConsentBody>(),
    post::<ResumptionBody>(),
    post::<TakingBack>(),
    post::<AttachmentBody>(),
    post::<Verification>(),
    post::<Reassignment>(),
    post::<Closing>(),
    post::<Rework>(),
    post::<SupervisionOrder>(),
    post::<SupervisionReply>(),
    post::<Erasure>(),
]);

impl Exposed for Case {
    const PATH: &'static str = "/cases";
    const KEY: Naming = Naming { parameter: "id", words: "案件号" };
    const TYPED_SO: &'static str = "案件号,或它的开头几位";
    const TAG: &'static str = "案件";
    const ABOUT: &'static str = "列出、查看、解释案件,登记、立案、派遣、处置、核查、结案";
    const WORDS: &'static [Told] = words::WORDS;
    const SHAPE: Shape = described::shape::<Changed>;

    fn duty(command: &Command) -> Option<Duty> {
        Some(command.duty())
    }

    /// By its id, or the beginning of that.
    fn typed(journal: &Journal, text: &str) -> anyhow::Result<CompactString> {
        Ok(typed::find(journal, text)?.0.key)
    }

    /// Files that are not at hand are looked for once it is known that the case would take the command, or took it.
    async fn before(
        at: &Backend<'_>,
        request: &Request<'_>,
        command: &mut Command,
    ) -> Result<(), Problem> {
        if let Command::Apply { begun, .. } = command
            && request.asker.role.may(Duty::Apply)
        {
            applications::count(at, request, begun).await?;
        }
        if files::at_hand(at, request.asker, command.files()) {
            return Ok(());
        }
        if let Err(problem) = permission::would_take(at, request, command).await {
            let before = asking::remembered::<Case>(at.node, request.terms, request.key);
            return before.await?.map(drop).ok_or(problem);
        }
        files::all_kept(at, request, command.files()).await
    }

    async fn disclosed(at: &Backend<'_>, request: &Request<'_>, problem: Problem) -> Problem {
        visibility::disclosed(at, request, problem).await
    }

    fn said(key: &str, done: &Done<Case>) -> Result<(Value, Option<String>), Corrupt> {
        let case = done.state()?;
        let stands = case.state.name();
        let number = case.state.filing().and_then(|filing| filing.number.clone());
        let said = json!({
            "case": key, "sequence": done.sequence, "again": done.is_again(),
            "stands": stands, "number": number,
        });
        let number = number.map(|number| format!(" {number}")).unwrap_or_default();
        Ok((said, Some(format!("{number}:{}", stage_word(stands)))))
    }

    async fn answer(
        at: &Backend<'_>,
        request: &Request<'_>,
        done: &Done<Case>,
    ) -> Result<HttpResponse, Problem> {
        changed::told(at, request.asker, done).await
    }
}
