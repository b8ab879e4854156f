//! Handling by units (articles 15, 16 and 25): what is asked from the dispatch to the feedback.

use clap::Args;
use duban_actors::case::Case;
use duban_actors::case::command::{Command, Delivery};
use duban_actors::context::Context;
use duban_rules::vocabulary::{Place, UnitId};
use duban_runtime::clock::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::api::choices::{self, word};
use crate::http::api::place::Spot;
use crate::http::api::several::Photos;
use crate::http::api::text::{Key, Reason, Words};
use crate::operations::exposed::Operation;

/// 派遣
///
/// 派遣到一个单位;时限从此刻起算。电话单位待打通电话(call)时才算派遣。手册没有列出的单位须写明理由(办法第十五条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dispatch {
    /// 单位
    #[arg(long, value_name = "UNIT", help = "单位:代码,`duban unit list` 列出")]
    unit: Key,
    /// 送达方式;不写则按单位的惯例
    #[arg(
        long,
        value_name = "METHOD",
        value_parser = word::<Delivery>,
        help = "送达方式:system 系统送达,phone 电话通知;不写则按单位的惯例"
    )]
    #[serde(default)]
    #[schema(schema_with = choices::delivery, required = false)]
    method: Option<Delivery>,
    /// 派给手册规定之外的单位时的理由
    #[arg(long, value_name = "TEXT")]
    reason: Option<Reason>,
}

impl Operation for Dispatch {
    type Of = Case;
    const NAME: &'static str = "dispatch";
    const VERB: &'static str = "dispatch";
    const ID: &'static str = "dispatchCase";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by paiqian --unit CG-HW", "c7k2m… --by paiqian --unit DXGS --method phone"];

    fn command(self, _: &Context) -> Command {
        Command::Dispatch {
            unit: UnitId::new(self.unit.as_str()),
            method: self.method,
            reason: self.reason.map(String::from),
        }
    }
}

/// 签收
///
/// 单位签收(办法第十六条);指挥中心代录时写明单位。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receipt {
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for Receipt {
    type Of = Case;
    const NAME: &'static str = "receipt";
    const VERB: &'static str = "receive";
    const ID: &'static str = "receiveCase";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by huanwei", "c7k2m… --by paiqian --on-behalf-of DXGS"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::Receive
    }
}

/// 报告到场
///
/// 单位到达现场(办法第二十五条);尚未签收的同时签收。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrival {
    /// 所在位置
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    place: Option<Spot>,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for Arrival {
    type Of = Case;
    const NAME: &'static str = "arrival";
    const VERB: &'static str = "arrive";
    const ID: &'static str = "reportArrival";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by huanwei --place 115.83,38.43"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::Arrive { place: self.place.map(Place::from) }
    }
}

/// 开始处置
///
/// 单位开始处置(办法第二十五条);尚未签收的同时签收。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Start {
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for Start {
    type Of = Case;
    const NAME: &'static str = "start";
    const VERB: &'static str = "start";
    const ID: &'static str = "startHandling";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by huanwei"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::Start
    }
}

/// 处理反馈
///
/// 单位反馈处置结果,附处置后的照片;是否按期以此刻为准(办法第十六条);尚未签收的同时签收。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct FeedbackBody {
    /// 处置结果
    #[arg(long, value_name = "TEXT")]
    result: Words,
    /// 处置后的照片
    #[command(flatten)]
    #[serde(default)]
    #[schema(required = false)]
    photos: Photos,
    /// 设备记录的完成时刻,只显示不计时
    #[arg(skip)]
    #[schema(value_type = Option<String>, format = DateTime)]
    finished: Option<Timestamp>,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for FeedbackBody {
    type Of = Case;
    const NAME: &'static str = "feedback";
    const VERB: &'static str = "feedback";
    const ID: &'static str = "giveFeedback";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by huanwei --result '已更换井盖' --photo 3fa8…"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::GiveFeedback {
            result: self.result.into(),
            photos: self.photos.into(),
            finished: self.finished,
        }
    }
}

/// The unit for which the centre enters something.
pub(super) fn unit(named: Option<&Key>) -> Option<UnitId> {
    named.map(|unit| UnitId::new(unit.as_str()))
}
