//! Help over HTTP and on the command line: given by a helper, waived by the lead (article 19).

use clap::Args;
use duban_actors::case::{Case, Command};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::handling::unit;
use crate::http::api::several::Photos;
use crate::http::api::text::{Key, Reason, Words};
use crate::operations::exposed::Operation;

/// 协办反馈
///
/// 协办单位完成自己的部分后反馈;案件仍由主办单位反馈和负责(办法第十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpBody {
    /// 协办结果
    #[arg(long, value_name = "TEXT")]
    result: Words,
    /// 照片
    #[command(flatten)]
    #[serde(default)]
    #[schema(required = false)]
    photos: Photos,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for HelpBody {
    type Of = Case;
    const NAME: &'static str = "help";
    const VERB: &'static str = "give-help";
    const ID: &'static str = "giveHelp";
    const DONE: &'static str = "已反馈";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by gongdian --result '线缆已移开' --photo 3fa8…"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::GiveHelp { result: self.result.into(), photos: self.photos.into() }
    }
}

/// 不再等待协办
///
/// 主办单位写明理由,不等尚未完成的协办单位而反馈;这些单位收到通知。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct HelpWaiver {
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for HelpWaiver {
    type Of = Case;
    const NAME: &'static str = "help-waiver";
    const VERB: &'static str = "waive-help";
    const ID: &'static str = "waiveHelp";
    const DONE: &'static str = "已记录";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by shuiwu --reason 线缆已由本单位移开"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::WaiveHelp { reason: self.reason.into() }
    }
}
