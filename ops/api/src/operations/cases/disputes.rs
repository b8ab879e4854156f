//! Disputes over HTTP and on the command line: asked, found, given up (article 19).

use clap::Args;
use duban_actors::case::command::{Determination, Ground};
use duban_actors::case::{Case, Command};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::handling::unit;
use crate::http::api::choices::{self, word};
use crate::http::api::text::{Key, PhotoId, Reason};
use crate::operations::exposed::Operation;

/// On which ground a case is disputed: a dispatcher's slip is given back.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Disputable {
    Ownership,
    Boundary,
    Class,
    Duty,
}

impl From<Disputable> for Ground {
    fn from(ground: Disputable) -> Ground {
        match ground {
            Disputable::Ownership => Ground::Ownership,
            Disputable::Boundary => Ground::Boundary,
            Disputable::Class => Ground::Class,
            Disputable::Duty => Ground::Duty,
        }
    }
}

/// 申请责任认定
///
/// 首个接收单位认为不属于自己,在签收后的规定时间内、反馈之前申请,同一事由一次;逾期须经值班长同意,由值班长代录。
/// 认定期间时限暂停,紧急案件的照走;申请不成立的,所占时间计入其时限(办法第十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct DisputeBody {
    /// 事由
    #[arg(
        long,
        value_name = "GROUND",
        value_parser = word::<Disputable>,
        help = "事由:ownership 权属,boundary 边界,class 类别,duty 职责"
    )]
    #[schema(schema_with = choices::disputable)]
    ground: Disputable,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
    /// 认为应由哪个单位处置
    #[arg(long, value_name = "UNIT")]
    proposes: Option<Key>,
    /// 单位领导签章的申请(照片)
    #[arg(long, value_name = "PHOTO")]
    form: Option<PhotoId>,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for DisputeBody {
    type Of = Case;
    const NAME: &'static str = "dispute";
    const VERB: &'static str = "dispute";
    const ID: &'static str = "disputeCase";
    const DONE: &'static str = "已申请";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by huanwei --ground ownership --proposes DL --reason '属供电杆'"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::Dispute {
            ground: self.ground.into(),
            reason: self.reason.into(),
            proposes: unit(self.proposes.as_ref()),
            form: self.form.map(Into::into),
        }
    }
}

/// What may be found, as it is typed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FoundAs {
    Stays,
    StaysCredited,
    MovesTo,
}

/// 责任认定
///
/// 值班长或中心主任认定由谁处置。认定后不再退单和申请认定;改由其他单位的,时限从派遣起重新计算(办法第十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhoseItIs {
    /// 不成立 stays,仍由其处置但时间不计 stays-credited,改由其他单位 moves-to
    #[arg(long, value_name = "FINDING", value_parser = word::<FoundAs>)]
    #[schema(schema_with = choices::finding_of)]
    finding: FoundAs,
    /// 改由哪个单位处置;只在 moves-to 时写
    #[arg(long, value_name = "UNIT")]
    unit: Option<Key>,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for WhoseItIs {
    type Of = Case;
    const NAME: &'static str = "determination";
    const VERB: &'static str = "determine";
    const ID: &'static str = "determineCase";
    const DONE: &'static str = "已认定";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by zhiban --finding moves-to --unit DL --reason '杆号属供电'"];

    fn wrong(&self) -> Option<&'static str> {
        match (self.finding, &self.unit) {
            (FoundAs::MovesTo, None) => Some("改由其他单位处置(moves-to)的,写明 unit"),
            (FoundAs::Stays | FoundAs::StaysCredited, Some(_)) => {
                Some("仍由申请单位处置的,不写 unit;改由其他单位处置的,finding 写 moves-to")
            }
            (FoundAs::MovesTo, Some(_)) | (FoundAs::Stays | FoundAs::StaysCredited, None) => None,
        }
    }

    fn command(self, _: &Context) -> Command {
        let finding = match self.finding {
            FoundAs::Stays => Determination::Stays,
            FoundAs::StaysCredited => Determination::StaysCredited,
            // It is there: nothing is asked that is wrong.
            FoundAs::MovesTo => {
                Determination::MovesTo(unit(self.unit.as_ref()).unwrap_or_else(|| UnitId::new("")))
            }
        };
        Command::Determine { finding, reason: self.reason.into() }
    }
}

/// 撤回申请
///
/// 申请单位在认定或审核之前撤回;责任认定所占时间计入其时限。申请与责任认定同时在办的,先撤回责任认定。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakingBack {
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for TakingBack {
    type Of = Case;
    const NAME: &'static str = "taking-back";
    const VERB: &'static str = "take-back";
    const ID: &'static str = "takeBackDispute";
    const DONE: &'static str = "已撤回";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by huanwei --reason '已查明属本单位'"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::TakeBack { reason: self.reason.into() }
    }
}
