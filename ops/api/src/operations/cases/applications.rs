//! Applications over HTTP and on the command line: asked, looked at, decided (articles 21 and 27).

use std::str::FromStr;

use clap::Args;
use duban_actors::case::application::Wish;
use duban_actors::case::command::{Opinion, Ruling};
use duban_actors::case::{Case, Command};
use duban_actors::context::Context;
use duban_rules::vocabulary::{TimeLimit, UnitId};
use serde::{Deserialize, Deserializer, de};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::handling::unit;
use crate::http::api::choices::{self, word};
use crate::http::api::text::{Key, Name, PhotoId, Reason};
use crate::operations::exposed::Operation;

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

/// 申请延期
///
/// 单位在到期之前、反馈之前申请,由主要领导(或代其职的人)签字,一次一件。审核期间处置时限照走;
/// 累计延长不超过原时限(办法第二十一、二十七条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationBody {
    /// 延长多少,单位与处置时限相同
    #[arg(long, value_name = "SPAN")]
    extension: Span,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
    /// 签字人:单位主要领导,或代其职的人
    #[arg(long, value_name = "NAME")]
    signer: Name,
    /// 主要领导签章的申请(照片)
    #[arg(long, value_name = "PHOTO")]
    form: Option<PhotoId>,
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
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by huanwei --extension 1工作日 --reason '配件未到' --signer 曹示例"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::Apply {
            wish: Wish::Extension(self.extension.0),
            reason: self.reason.into(),
            form: self.form.map(Into::into),
            signer: self.signer.into(),
        }
    }
}

/// 申请初审
///
/// 指挥中心对单位的申请提出初审意见;由值班长或中心主任决定。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationOpinion {
    /// 同意 agree,不同意 disagree
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

    fn command(self, _: &Context) -> Command {
        Command::GiveOpinion { opinion: self.opinion, reason: self.reason.into() }
    }
}

/// 审核申请
///
/// 值班长或中心主任在指挥中心初审之后决定;紧急案件不必等初审,延期由中心主任同意。
/// 同意的从申请之时起有效,到期之后才同意的也一样。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationDecision {
    /// 同意 grant,不同意 refuse
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
