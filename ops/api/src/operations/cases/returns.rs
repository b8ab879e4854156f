//! Returns over HTTP and on the command line: asked, looked at, decided, and a dispatch that is recalled (articles 15 and 19).

use clap::Args;
use duban_actors::case::command::{Decision, Ground, Opinion};
use duban_actors::case::{Case, Command, Holder};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::handling::unit;
use crate::http::api::choices::{self, word};
use crate::http::api::text::{FileId, Key, Reason};
use crate::operations::exposed::Operation;

/// 申请退单
///
/// 单位认为不属于自己,须在签收后的规定时间内申请退单,同一事由一次;逾期须经值班长同意,由值班长代录。指挥中心初审,值班长或中心主任决定。
/// 审核期间时限暂停,紧急案件的照走(办法第二十条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnBody {
    /// 事由;不写为 duty。派遣失误(slip)不需签章和初审,由值班长确认
    #[arg(
        long,
        value_name = "GROUND",
        value_parser = word::<Ground>,
        help = "事由:ownership 权属,boundary 边界,class 类别,duty 职责(不写即此),slip 派遣失误"
    )]
    #[schema(schema_with = choices::ground)]
    ground: Option<Ground>,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
    /// 单位领导签章的退单申请(照片或 PDF)
    #[arg(long, value_name = "FILE")]
    form: Option<FileId>,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for ReturnBody {
    type Of = Case;
    const NAME: &'static str = "return";
    const VERB: &'static str = "return";
    const ID: &'static str = "askReturn";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by huanwei --reason '产权属热力公司'"];
    const CHOSEN: &'static [&'static str] = &["ground"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::Return {
            reason: self.reason.into(),
            ground: self.ground.unwrap_or_default(),
            form: self.form.map(Into::into),
        }
    }
}

/// 补交签章单
///
/// 申请退单、责任认定或延期、撤案、缓办时没有附单位领导签章的申请,此后补交;缺几份的,先补最近一次申请的。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnForm {
    /// 单位领导签章的申请(照片或 PDF)
    #[arg(long, value_name = "FILE")]
    form: FileId,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for ReturnForm {
    type Of = Case;
    const NAME: &'static str = "return-form";
    const VERB: &'static str = "add-form";
    const ID: &'static str = "addReturnForm";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by huanwei --form 3fa8…"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::AddForm { form: self.form.into() }
    }
}

/// 退单初审
///
/// 指挥中心对退单提出初审意见;由值班长或中心主任决定。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnOpinion {
    /// 意见:同意 agree,不同意 disagree
    #[arg(long, value_name = "OPINION", value_parser = word::<Opinion>)]
    #[schema(schema_with = choices::opinion)]
    opinion: Opinion,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for ReturnOpinion {
    type Of = Case;
    const NAME: &'static str = "return-opinion";
    const VERB: &'static str = "return-opinion";
    const ID: &'static str = "giveReturnOpinion";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by paiqian --opinion agree --reason '产权属热力公司'"];

    fn is_meant(case: &Case) -> bool {
        awaits_opinion(case)
    }

    fn command(self, _: &Context) -> Command {
        Command::GiveOpinion { opinion: self.opinion, reason: self.reason.into() }
    }
}

/// Whether the desk has yet to say what it thinks of a return.
pub(super) fn awaits_opinion(case: &Case) -> bool {
    matches!(case.state.held(), Some((_, _, Holder::Reviewer { opinion: None, .. })))
}

/// 撤回派遣
///
/// 派遣员撤回自己的误派:单位签收前、派遣后不久。案件回到待派遣,单位得到通知,不计入该单位。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recall {
    /// 原因;告知单位
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Recall {
    type Of = Case;
    const NAME: &'static str = "recall";
    const VERB: &'static str = "recall";
    const ID: &'static str = "recallDispatch";
    const DONE: &'static str = "已撤回";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by paiqian --reason '选错了单位'"];

    fn command(self, _: &Context) -> Command {
        Command::Recall { reason: self.reason.into() }
    }
}

/// 审核退单
///
/// 值班长或中心主任在指挥中心初审之后决定:同意则重新派遣,驳回则继续处置。紧急案件和派遣失误不必等初审。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReturnDecision {
    /// 决定:同意 accept,驳回 refuse
    #[arg(long, value_name = "DECISION", value_parser = word::<Decision>)]
    #[schema(schema_with = choices::decision)]
    decision: Decision,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for ReturnDecision {
    type Of = Case;
    const NAME: &'static str = "return-decision";
    const VERB: &'static str = "decide-return";
    const ID: &'static str = "decideReturn";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by zhiban --decision refuse --reason '手册第 12 条'"];

    fn command(self, _: &Context) -> Command {
        Command::DecideReturn { decision: self.decision, reason: self.reason.into() }
    }
}
