//! Reports (articles 13 and 14): what a report says as it comes in.

use clap::Args;
use compact_str::CompactString;
use duban_actors::case::command::NewReport;
use duban_actors::case::{Channel, ReplyWish, Reporter};
use duban_rules::vocabulary::{CollectorId, Place};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::api::choices::{self, word};
use crate::http::api::page::unfit;
use crate::http::api::place::Spot;
use crate::http::api::several::Photos;
use crate::http::api::text::{Address, ExternalId, Key, Matter, Name, Phone, Reason};
use crate::http::problem::Problem;

/// 上报
#[derive(Clone, Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportBody {
    /// 来源渠道;采集员用 handset(须有照片和位置),其他人不用
    #[arg(
        long,
        value_name = "CHANNEL",
        value_parser = word::<Channel>,
        help = "渠道:采集员用 handset(须有照片和位置);其他人用 web open-line hotline footage visit leadership department"
    )]
    #[schema(schema_with = choices::channel)]
    channel: Channel,
    /// 来源系统
    #[arg(long, value_name = "SOURCE")]
    #[schema(example = "12319")]
    source: Key,
    /// 来源系统中的编号;同一来源同一编号即同一案件
    #[arg(long, value_name = "ID")]
    external_id: ExternalId,
    /// 问题描述
    #[arg(long, value_name = "TEXT")]
    text: Matter,
    /// 地址
    #[arg(long, value_name = "TEXT")]
    address: Option<Address>,
    /// 位置
    #[arg(long, value_name = "LON,LAT", allow_hyphen_values = true)]
    place: Option<Spot>,
    /// 上报人
    #[arg(skip)]
    reporter: Option<ReporterBody>,
    /// 上报人希望得到答复的电话
    #[arg(long, value_name = "PHONE")]
    #[serde(skip)]
    #[schema(ignore)]
    reply_to: Option<Phone>,
    /// 照片
    #[command(flatten)]
    #[serde(default)]
    #[schema(required = false)]
    photos: Photos,
    /// 紧急的原因;写了即按紧急计时,不分昼夜,直到立案时按立案条件计
    #[arg(long, value_name = "REASON")]
    urgent: Option<Reason>,
    /// 采集员;采集员本人上报时不必写
    #[arg(long, value_name = "COLLECTOR")]
    collector: Option<Key>,
}

/// 上报人;只有监督中心和指挥中心的人看得到
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReporterBody {
    /// 姓名;匿名不写
    name: Option<Name>,
    /// 电话
    phone: Option<Phone>,
    /// 是否要求答复
    #[schema(schema_with = choices::reply)]
    reply: ReplyWish,
}

impl ReportBody {
    /// The report; a collector reports in their own name.
    ///
    /// # Errors
    /// Where a history's channel is named, which only the replay of one may.
    pub(crate) fn report(self, own: Option<&CollectorId>) -> Result<NewReport, Problem> {
        if self.channel == Channel::Import {
            return Err(unfit("channel").detail("历史案件用 duban replay 导入"));
        }
        let collector = self.collector.map(|id| CollectorId::new(id.as_str()));
        let called_back =
            |phone| ReporterBody { name: None, phone: Some(phone), reply: ReplyWish::Wanted };
        let reporter = self.reporter.or_else(|| self.reply_to.map(called_back));
        let reporter = reporter.map(|reporter| Reporter {
            name: reporter.name.map(CompactString::from).unwrap_or_default(),
            phone: reporter.phone.map(CompactString::from).unwrap_or_default(),
            reply: reporter.reply,
        });
        Ok(NewReport {
            channel: self.channel,
            source: self.source.into(),
            external_id: self.external_id.into(),
            text: self.text.into(),
            address: self.address.map(String::from).unwrap_or_default(),
            place: self.place.map(Place::from),
            reporter,
            photos: self.photos.into(),
            collector: own.cloned().or(collector),
            urgent: self.urgent.map(String::from),
            clock_ahead_s: None,
        })
    }
}
