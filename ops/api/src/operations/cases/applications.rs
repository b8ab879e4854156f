//! Applications over HTTP and on the command line: asked, looked at, decided (articles 21 and 27).

use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use clap::Args;
use duban_actors::case::application::{Begun, Reservation, Wish};
use duban_actors::case::command::{Opinion, Ruling};
use duban_actors::case::{Case, Command, Event, KIND, Refusal};
use duban_actors::context::Context;
use duban_actors::tells::QuotaAnswer;
use duban_rules::vocabulary::{TimeLimit, UnitId};
use duban_runtime::entity::{Entity as _, EntityId, Refusal as _};
use serde::{Deserialize, Deserializer, de};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::handling::unit;
use super::{following, returns};
use crate::http::api::changed::{self, Changed};
use crate::http::api::choices::{self, word};
use crate::http::api::place::Day;
use crate::http::api::refusal;
use crate::http::api::text::{FileId, Key, Name, Reason};
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Operation, Outcome, Request};
use crate::operations::units::quota;
use duban_base::asking::Done;
use duban_base::store::Store;

/// A span as handbooks write it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span(TimeLimit);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        text.parse().map(Span).map_err(|_| "应为时长,如 1工作日、4工作时".to_owned())
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

impl From<Span> for TimeLimit {
    fn from(span: Span) -> TimeLimit {
        span.0
    }
}

impl PartialSchema for Span {
    fn schema() -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("时长,单位与处置时限相同,如 1工作日、4工作时"))
            .examples(["1工作日"]);
        RefOr::T(object.build().into())
    }
}

impl ToSchema for Span {}

/// What is applied for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AppliedFor {
    #[default]
    Extension,
    Mismatch,
    Deferral,
}

/// 申请延期、撤案、缓办
///
/// 单位在反馈之前申请,由主要领导(或代其职的人)签字,一次一件;审核期间处置时限照走。延期须在到期之前申请,
/// 累计延长不超过原时限;案情不符的由采集员再到现场核实,同意的撤案;缓办由中心主任同意、主管县长签批
/// (办法第二十一、二十七条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationBody {
    /// 申请什么:延期 extension(不写即是),案情不符 mismatch,缓办 deferral
    #[arg(long, value_name = "WISH", value_parser = word::<AppliedFor>)]
    #[schema(schema_with = choices::applied_for)]
    wish: Option<AppliedFor>,
    /// 延长多少:延期的写明,单位与处置时限相同,如 1工作日
    #[arg(long, value_name = "SPAN")]
    extension: Option<Span>,
    /// 何日复核:缓办的写明,最迟三个月,规则另定的从其规定(extension.toml: months)
    #[arg(long, value_name = "DAY")]
    #[schema(value_type = Option<String>, format = Date)]
    review_on: Option<Day>,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
    /// 签字人:单位主要领导,或代其职的人
    #[arg(long, value_name = "NAME")]
    signer: Name,
    /// 主要领导签章的申请(照片或 PDF)
    #[arg(long, value_name = "FILE")]
    form: Option<FileId>,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for ApplicationBody {
    type Of = Case;
    const NAME: &'static str = "application";
    const VERB: &'static str = "apply";
    const ID: &'static str = "applyForCase";
    const DONE: &'static str = "已申请";
    const EXAMPLES: &'static [&'static str] = &[
        "c7k2m… --by huanwei --extension 1工作日 --reason '配件未到' --signer 曹示例",
        "c7k2m… --by huanwei --wish mismatch --reason '现场没有破损' --signer 曹示例",
        "c7k2m… --by huanwei --wish deferral --review-on 2026-05-15 --reason '冬季不能施工' --signer 曹示例",
    ];
    const CHOSEN: &'static [&'static str] = &["wish"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn wrong(&self) -> Option<&'static str> {
        let wish = self.wish.unwrap_or_default();
        match (wish, self.extension, self.review_on) {
            (AppliedFor::Extension, None, _) => Some("延期须写明延长多少(extension)"),
            (AppliedFor::Deferral, _, None) => Some("缓办须写明何日复核(review_on)"),
            (AppliedFor::Mismatch | AppliedFor::Deferral, Some(_), _) => {
                Some("只有延期写明延长多少(extension)")
            }
            (AppliedFor::Mismatch | AppliedFor::Extension, _, Some(_)) => {
                Some("只有缓办写明何日复核(review_on)")
            }
            (AppliedFor::Extension, Some(_), None)
            | (AppliedFor::Mismatch, None, None)
            | (AppliedFor::Deferral, None, Some(_)) => None,
        }
    }

    fn command(self, _: &Context) -> Command {
        let extension = self.extension.map(|span| Wish::Extension(span.0));
        let deferral = || self.review_on.map(|day| Wish::Deferral(day.into()));
        Command::Apply {
            wish: extension.or_else(deferral).unwrap_or(Wish::Mismatch),
            reason: self.reason.into(),
            form: self.form.map(Into::into),
            signer: self.signer.into(),
            begun: Begun::default(),
        }
    }

    /// The unit's quota answers: it is waited for, so that whoever asks hears whether there is a place. A quota that is
    /// used up is a refusal, over HTTP as on the command line, and on record.
    async fn followed(
        at: &Backend<'_>,
        request: &Request<'_>,
        outcome: Outcome<Case>,
    ) -> Result<Outcome<Case>, Problem> {
        let Ok(mut done) = outcome else { return Ok(outcome) };
        following::until(at, request.key, &mut done, |case| !is_unanswered(case)).await?;
        let refused = if done.is_again() {
            said_then(at, request.key, done.sequence).await?
        } else {
            let case = done.state()?;
            case.state
                .assignment()
                .and_then(|held| held.application.over_quota())
                .map(|over| over.1.clone())
        };
        refused.map_or(Ok(Ok(done)), |answer| Err(used_up(&answer)))
    }

    /// 202 while the quota has not answered.
    async fn answer(
        at: &Backend<'_>,
        request: &Request<'_>,
        done: &Done<Case>,
    ) -> Result<HttpResponse, Problem> {
        if done.is_again() {
            return changed::told(at, request.asker, done).await;
        }
        let case = done.state()?;
        let status = if is_unanswered(&case) { StatusCode::ACCEPTED } else { StatusCode::OK };
        Ok(Changed::of(&case, done).answer(status))
    }
}

fn is_unanswered(case: &Case) -> bool {
    let pending = case.state.pending();
    pending.is_some_and(|pending| pending.quota == Reservation::Asked)
}

/// What the quota said, in the words of a refusal.
fn used_up(answer: &QuotaAnswer) -> Problem {
    let QuotaAnswer { n, allowed, used, .. } = *answer;
    let refused = Refusal::QuotaUsedUp { n, allowed, used };
    let detail = serde_json::to_string(&refused).unwrap_or_default();
    refusal(refused.code(), &detail)
}

/// By what the quota refused the application of this record, whatever the case has come to since: whoever asks once more
/// is answered as the first time.
///
/// # Errors
/// What keeps the history from being read.
async fn said_then(
    at: &Backend<'_>,
    key: &str,
    sequence: u64,
) -> Result<Option<QuotaAnswer>, Problem> {
    let id = EntityId::new(KIND, key);
    at.read(move |store: &Store| {
        let mut case = Case::initial(&id);
        let mut asked = None;
        for record in store.journal.history(&id)? {
            for event in serde_json::from_str::<Vec<Event>>(&record.events).unwrap_or_default() {
                if record.sequence <= sequence {
                    case = case.evolve(&event)?;
                    let pending = case.state.pending();
                    asked = pending.map(|pending| pending.no);
                } else if let Event::QuotaRefused(said) = event
                    && Some(said.answer.no) == asked
                {
                    return Ok(Some(said.answer));
                }
            }
        }
        Ok(None)
    })
    .await
}

/// Counts the assignments that the unit of a case began in the month of `now`, for whoever applies.
///
/// # Errors
/// What keeps them from being read.
pub(super) async fn count(
    at: &Backend<'_>,
    request: &Request<'_>,
    begun: &mut Begun,
) -> Result<(), Problem> {
    // Before the look: what comes after it is not counted.
    let as_of = at.node.clock().now();
    let id = EntityId::new(KIND, request.key);
    let counted = move |store: &Store| {
        let stored = store.journal.entity(&id)?;
        let case = stored.map(|stored| Case::from_stored(&id, &stored.state)).transpose()?;
        let Some(unit) = case.as_ref().and_then(|case| case.state.unit()) else { return Ok(0) };
        let calendar = &store.rules.current().0.rules.calendar;
        Ok::<_, Problem>(quota::begun(&store.journal, calendar, unit, as_of)?)
    };
    *begun = Begun { n: at.read(counted).await?, as_of };
    Ok(())
}

/// 申请初审
///
/// 指挥中心对单位的申请提出初审意见;由值班长或中心主任决定。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationOpinion {
    /// 意见:同意 agree,不同意 disagree
    #[arg(long, value_name = "OPINION", value_parser = word::<Opinion>)]
    #[schema(schema_with = choices::opinion)]
    opinion: Opinion,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for ApplicationOpinion {
    type Of = Case;
    const NAME: &'static str = "application-opinion";
    const VERB: &'static str = "application-opinion";
    const ID: &'static str = "giveApplicationOpinion";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by paiqian --opinion agree --reason '情况属实'"];

    fn is_meant(case: &Case) -> bool {
        case.state.pending().is_some() && !returns::awaits_opinion(case)
    }

    fn command(self, _: &Context) -> Command {
        Command::GiveOpinion { opinion: self.opinion, reason: self.reason.into() }
    }
}

/// 审核申请
///
/// 值班长或中心主任在指挥中心初审之后决定;紧急案件不必等初审,延期由中心主任同意;缓办由中心主任同意,再报主管县长签批。
/// 同意延期的从申请之时起有效,到期之后才同意的也一样;同意案情不符的即撤案,须先经采集员复核不属实。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationDecision {
    /// 决定:同意 grant,不同意 refuse
    #[arg(long, value_name = "RULING", value_parser = word::<Ruling>)]
    #[schema(schema_with = choices::ruling)]
    ruling: Ruling,
    /// 理由;告知单位
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for ApplicationDecision {
    type Of = Case;
    const NAME: &'static str = "application-decision";
    const VERB: &'static str = "decide-application";
    const ID: &'static str = "decideApplication";
    const DONE: &'static str = "已审核";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by zhiban --ruling grant --reason '配件确需外购'"];

    fn command(self, _: &Context) -> Command {
        Command::DecideApplication { ruling: self.ruling, reason: self.reason.into() }
    }
}
