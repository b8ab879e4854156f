//! Meetings on site over HTTP and on the command line: called, and recorded (article 19).

use clap::Args;
use duban_actors::case::{Case, Command};
use duban_actors::context::Context;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::api::place::Instant;
use crate::http::api::several::{CalledUnits, Photos, PresentUnits};
use crate::http::api::text::{Address, Words};
use crate::operations::exposed::Operation;

/// 召集现场会
///
/// 责任认定期间,通知申请单位和其他有关单位到现场确认;再次召集即改期,以后一次为准。信件附日历项(办法第十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteMeetingCall {
    /// 时间,如 2026-03-03T10:00
    #[arg(long, value_name = "INSTANT")]
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 集合地点;不写即案件地点
    #[arg(long, value_name = "TEXT")]
    place: Option<Address>,
    /// 申请单位以外的有关单位
    #[command(flatten)]
    units: CalledUnits,
}

impl Operation for SiteMeetingCall {
    type Of = Case;
    const NAME: &'static str = "site-meeting";
    const VERB: &'static str = "call-meeting";
    const ID: &'static str = "callSiteMeeting";
    const DONE: &'static str = "已召集";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by zhihui --at 2026-03-03T10:00 --unit DL --place '武垣街路口东北角'"];

    fn command(self, cx: &Context) -> Command {
        Command::CallSiteMeeting {
            at: self.at.by(&cx.rules.calendar),
            place: self.place.map(String::from),
            units: self.units.into(),
        }
    }
}

/// 记录现场会
///
/// 写明到场的单位和现场确认的情况;通知了而未到场的记为缺席,认定照样对其生效(办法第十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteMeetingRecord {
    /// 到场的单位
    #[command(flatten)]
    present: PresentUnits,
    /// 现场确认的情况
    #[arg(long, value_name = "TEXT")]
    record: Words,
    /// 现场照片和签字的记录
    #[command(flatten)]
    #[serde(default)]
    #[schema(required = false)]
    photos: Photos,
}

impl Operation for SiteMeetingRecord {
    type Of = Case;
    const NAME: &'static str = "site-meeting-record";
    const VERB: &'static str = "record-meeting";
    const ID: &'static str = "recordSiteMeeting";
    const DONE: &'static str = "已记录";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by zhihui --present SW --record '井盖上有供电标志,属供电'"];

    fn command(self, _: &Context) -> Command {
        Command::RecordSiteMeeting {
            present: self.present.into(),
            record: self.record.into(),
            photos: self.photos.into(),
        }
    }
}
