//! Filing of reports (article 14): what is asked from the report to its filing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use clap::builder::{BoolValueParser, TypedValueParser as _};
use clap::{ArgAction, Args};
use duban_actors::case::Case;
use duban_actors::case::command::{Checklist, Command, Finding};
use duban_actors::context::Context;
use duban_rules::vocabulary::{ConditionCode, Place};
use serde::Deserialize;
use utoipa::ToSchema;

use super::following;
use crate::http::api::changed::{self, Changed};
use crate::http::api::choices::{self, word};
use crate::http::api::place::{Spot, seen};
use crate::http::api::text::{Key, PhotoId, Reason, Words};
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Operation, Outcome, Request};
use duban_base::asking::Done;

/// 派员核实
///
/// 派采集员到现场核实所报是否属实(办法第十四条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Validation {}

impl Operation for Validation {
    type Of = Case;
    const NAME: &'static str = "validation";
    const VERB: &'static str = "validate";
    const ID: &'static str = "orderValidation";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by shouli"];

    fn command(self, _: &Context) -> Command {
        Command::Validate
    }
}

/// 登记核实结果
///
/// 采集员(或值班长)回报现场核实的结果(办法第十四条);单位申请案情不符的,是复核的结果(办法第二十一条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValidationFinding {
    /// 核实结果:属实 confirmed,不属实 refuted
    #[arg(long, value_name = "FINDING", value_parser = word::<Finding>)]
    #[schema(schema_with = choices::finding)]
    finding: Finding,
    /// 现场照片
    #[arg(long, value_name = "PHOTO")]
    photo: Option<PhotoId>,
    /// 拍摄位置
    #[arg(long = "seen-at", value_name = "LON,LAT", allow_hyphen_values = true)]
    place: Option<Spot>,
    /// 说明
    #[arg(long, value_name = "TEXT")]
    note: Option<Words>,
    /// 值班长免照片或异地核实的理由
    #[arg(long, value_name = "TEXT")]
    waiver: Option<Reason>,
}

impl Operation for ValidationFinding {
    type Of = Case;
    const NAME: &'static str = "validation-finding";
    const VERB: &'static str = "give-validation";
    const ID: &'static str = "giveValidation";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by caiji1 --finding confirmed --photo 3fa8… --seen-at 115.83,38.43"];

    fn command(self, _: &Context) -> Command {
        let seen = seen((self.photo, self.place), self.note, self.waiver);
        Command::GiveValidation { finding: self.finding, seen }
    }
}

/// 立案
///
/// 按指挥手册的一条立案条件立案,并给出案卷号(办法第十四条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilingBody {
    /// 手册中的立案条件
    #[arg(
        long,
        value_name = "CONDITION",
        help = "立案条件:手册中的编号,如 part-01-01-1;`duban rules handbook` 列出"
    )]
    #[schema(example = "part-01-01-1")]
    condition: Key,
    /// 立案条件是否逐条核对
    #[arg(
        long = "checked",
        action = ArgAction::SetTrue,
        help = "已逐条核对立案条件",
        value_parser = BoolValueParser::new()
            .map(|said| if said { Checklist::Confirmed } else { Checklist::Unconfirmed })
    )]
    #[schema(schema_with = choices::checklist)]
    checklist: Checklist,
    /// 上报时没有或写错的位置
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    place: Option<Spot>,
    /// 未经核实的理由
    #[arg(long, value_name = "TEXT", help = "不经核实而立案的理由(领导指派、监控录像)")]
    reason: Option<Reason>,
}

impl Operation for FilingBody {
    type Of = Case;
    const NAME: &'static str = "filing";
    const VERB: &'static str = "file";
    const ID: &'static str = "fileCase";
    const DONE: &'static str = "已办理";
    const LATER: Option<&'static str> = Some("已办理,编号稍后给出");
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by shouli --condition part-01-01-1 --checked"];

    fn command(self, _: &Context) -> Command {
        Command::File {
            condition: ConditionCode::new(self.condition.as_str()),
            checklist: self.checklist,
            place: self.place.map(Place::from),
            reason: self.reason.map(String::from),
        }
    }

    /// Another entity gives the number: it is waited for, so that whoever files can be told.
    async fn followed(
        at: &Backend<'_>,
        request: &Request<'_>,
        outcome: Outcome<Case>,
    ) -> Result<Outcome<Case>, Problem> {
        let Ok(mut done) = outcome else { return Ok(outcome) };
        if !done.is_again() {
            following::until(at, request.key, &mut done, has_number).await?;
        }
        Ok(Ok(done))
    }

    /// 202 while there is no number: the case is filed.
    async fn answer(
        at: &Backend<'_>,
        request: &Request<'_>,
        done: &Done<Case>,
    ) -> Result<HttpResponse, Problem> {
        if done.is_again() {
            return changed::told(at, request.asker, done).await;
        }
        let case = done.state()?;
        let status = if has_number(&case) { StatusCode::OK } else { StatusCode::ACCEPTED };
        Ok(Changed::of(&case, done).answer(status))
    }
}

fn has_number(case: &Case) -> bool {
    case.state.filing().is_some_and(|filing| filing.number.is_some())
}

/// 不予立案
///
/// 理由会告知要求答复的上报人(办法第十四条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Declining {
    /// 理由,会告知上报人
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Declining {
    type Of = Case;
    const NAME: &'static str = "declining";
    const VERB: &'static str = "decline";
    const ID: &'static str = "declineCase";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by shouli --reason '不在实施范围内'"];

    fn command(self, _: &Context) -> Command {
        Command::Decline { reason: self.reason.into() }
    }
}
