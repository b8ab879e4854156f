//! What can be asked of a case over HTTP: one body for each change of its state.
//!
//! A body is looked at once, here, and becomes the entity's own command; what may be done when is not known here.

use compact_str::CompactString;
use duban_actors::case::command::{
    Checklist, Command, Decision, Delivery, Finding, NewReport, Outcome, Seen,
};
use duban_actors::case::supervision::OrderKind;
use duban_actors::case::{Channel, ReplyWish, Reporter};
use duban_rules::vocabulary::{CollectorId, ConditionCode, Place, UnitId};
use duban_runtime::clock::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::one_of;
use super::place::{Photos, Spot};
use super::text::{Address, ExternalId, Key, Matter, Name, Phone, PhotoId, Reason, Words};

/// What a body asks of its case.
pub(super) trait Change {
    /// What it is called, stable: part of the command's id.
    const OPERATION: &'static str;

    /// The command, and the unit for which it is entered.
    fn command(self) -> (Command, Option<CompactString>);
}

macro_rules! bodies {
    ($(
        $(#[$doc:meta])*
        $name:ident $operation:literal { $($(#[$attr:meta])* $field:ident: $of:ty,)* }
        => |$body:ident| $command:expr, $whom:expr;
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$attr])* $field: $of,)*
        }

        impl Change for $name {
            const OPERATION: &'static str = $operation;

            fn command(self) -> (Command, Option<CompactString>) {
                let $body = self;
                let whom: Option<Key> = $whom;
                ($command, whom.map(CompactString::from))
            }
        }
    )*};
}

bodies! {
    /// 派员核实
    Validation "validation" {} => |_body| Command::Validate, None;

    /// 核实结果
    ValidationFinding "validation-finding" {
        /// 属实 confirmed,不属实 refuted
        #[schema(schema_with = one_of::finding)]
        finding: Finding,
        /// 现场照片
        photo: Option<PhotoId>,
        /// 拍摄位置
        place: Option<Spot>,
        /// 说明
        note: Option<Words>,
        /// 值班长免照片或异地核实的理由
        waiver: Option<Reason>,
    } => |body| Command::GiveValidation {
        finding: body.finding,
        seen: seen((body.photo, body.place), body.note, body.waiver),
    }, None;

    /// 立案
    FilingBody "filing" {
        /// 手册中的立案条件
        #[schema(example = "part-01-01-1")]
        condition: Key,
        /// 立案条件是否逐条核对
        #[schema(schema_with = one_of::checklist)]
        checklist: Checklist,
        /// 上报时没有或写错的位置
        place: Option<Spot>,
        /// 未经核实的理由
        reason: Option<Reason>,
    } => |body| Command::File {
        condition: ConditionCode::new(body.condition.as_str()),
        checklist: body.checklist,
        place: body.place.map(Place::from),
        reason: body.reason.map(String::from),
    }, None;

    /// 不予立案
    Declining "declining" {
        /// 理由,会告知上报人
        reason: Reason,
    } => |body| Command::Decline { reason: body.reason.into() }, None;

    /// 派遣
    Dispatch "dispatch" {
        /// 单位
        unit: Key,
        /// 送达方式;不写则按单位的惯例
        #[serde(default)]
        #[schema(schema_with = one_of::delivery, required = false)]
        method: Option<Delivery>,
        /// 派给手册规定之外的单位时的理由
        reason: Option<Reason>,
    } => |body| Command::Dispatch {
        unit: UnitId::new(body.unit.as_str()),
        method: body.method,
        reason: body.reason.map(String::from),
    }, None;

    /// 签收
    Receipt "receipt" {
        /// 中心代录时写明单位
        on_behalf_of: Option<Key>,
    } => |body| Command::Receive, body.on_behalf_of;

    /// 到场
    Arrival "arrival" {
        /// 所在位置
        place: Option<Spot>,
        /// 中心代录时写明单位
        on_behalf_of: Option<Key>,
    } => |body| Command::Arrive { place: body.place.map(Place::from) }, body.on_behalf_of;

    /// 开始处置
    Start "start" {
        /// 中心代录时写明单位
        on_behalf_of: Option<Key>,
    } => |body| Command::Start, body.on_behalf_of;

    /// 处理反馈
    FeedbackBody "feedback" {
        /// 处置结果
        result: Words,
        /// 处置后的照片
        #[serde(default)]
        #[schema(required = false)]
        photos: Photos,
        /// 设备记录的完成时刻,只显示不计时
        #[schema(value_type = Option<String>, format = DateTime)]
        finished: Option<Timestamp>,
        /// 中心代录时写明单位
        on_behalf_of: Option<Key>,
    } => |body| Command::GiveFeedback {
        result: body.result.into(),
        photos: body.photos.into(),
        finished: body.finished,
    }, body.on_behalf_of;

    /// 申请退单
    ReturnBody "return" {
        /// 理由
        reason: Reason,
        /// 中心代录时写明单位
        on_behalf_of: Option<Key>,
    } => |body| Command::Return { reason: body.reason.into() }, body.on_behalf_of;

    /// 退单审核
    ReturnDecision "return-decision" {
        /// 同意 accept,驳回 refuse
        #[schema(schema_with = one_of::decision)]
        decision: Decision,
        /// 理由
        reason: Reason,
    } => |body| Command::DecideReturn { decision: body.decision, reason: body.reason.into() }, None;

    /// 核查
    Verification "verification" {
        /// 合格 passed,不合格 failed,无法核查 unable
        #[schema(schema_with = one_of::outcome)]
        outcome: Outcome,
        /// 现场照片
        photo: Option<PhotoId>,
        /// 拍摄位置
        place: Option<Spot>,
        /// 说明
        note: Option<Words>,
        /// 值班长免照片或异地核查的理由
        waiver: Option<Reason>,
    } => |body| Command::Verify {
        outcome: body.outcome,
        seen: seen((body.photo, body.place), body.note, body.waiver),
    }, None;

    /// 转交现场任务
    Reassignment "reassignment" {
        /// 任务序号
        #[schema(example = 1)]
        task: u16,
        /// 接手的采集员;不写则为网格的下一位
        to: Option<Key>,
        /// 理由
        reason: Reason,
    } => |body| Command::Reassign {
        task: body.task,
        to: body.to.map(|to| CollectorId::new(to.as_str())),
        reason: body.reason.into(),
        from: None,
    }, None;

    /// 结案
    Closing "closing" {
        /// 派遣人本人结案的理由
        waiver: Option<Reason>,
    } => |body| Command::Close { waiver: body.waiver.map(String::from) }, None;

    /// 返工
    Rework "rework" {
        /// 哪里不合格
        reason: Reason,
    } => |body| Command::Rework { reason: body.reason.into() }, None;

    /// 删除上报人信息
    Erasure "reporter-erasure" {
        /// 理由:应谁的要求,或依据什么规定;不要写上报人的姓名和电话
        reason: Reason,
    } => |body| Command::EraseReporter { reason: body.reason.into() }, None;

    /// 发出督办单
    SupervisionOrder "supervision-order" {
        /// 领导督办 leader,重要 important
        #[schema(schema_with = one_of::order)]
        kind: OrderKind,
        /// 督办要求
        text: Words,
    } => |body| Command::OrderSupervision { kind: body.kind, text: body.text.into() }, None;

    /// 答复督办单
    SupervisionReply "supervision-reply" {
        /// 督办单序号
        #[schema(example = 1)]
        order: u16,
        /// 答复
        text: Words,
        /// 中心代录时写明单位
        on_behalf_of: Option<Key>,
    } => |body| Command::ReplySupervision {
        order: body.order,
        text: body.text.into(),
    }, body.on_behalf_of;
}

fn seen(
    (photo, place): (Option<PhotoId>, Option<Spot>),
    note: Option<Words>,
    waiver: Option<Reason>,
) -> Seen {
    Seen {
        photo: photo.map(CompactString::from),
        place: place.map(Place::from),
        note: note.map(String::from).unwrap_or_default(),
        waiver: waiver.map(String::from),
    }
}

/// 上报
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportBody {
    /// 来源渠道
    #[schema(schema_with = one_of::channel)]
    channel: Channel,
    /// 来源系统
    #[schema(example = "12319")]
    source: Key,
    /// 来源系统中的编号;同一来源同一编号即同一案件
    external_id: ExternalId,
    /// 问题描述
    text: Matter,
    /// 地址
    address: Option<Address>,
    /// 位置
    place: Option<Spot>,
    /// 上报人
    reporter: Option<ReporterBody>,
    /// 照片
    #[serde(default)]
    #[schema(required = false)]
    photos: Photos,
    /// 采集员;采集员本人上报时不必写
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
    #[schema(schema_with = one_of::reply)]
    reply: ReplyWish,
}

impl ReportBody {
    /// The report; a collector reports in their own name.
    pub(super) fn report(self, own: Option<&CollectorId>) -> NewReport {
        let collector = self.collector.map(|id| CollectorId::new(id.as_str()));
        let reporter = self.reporter.map(|reporter| Reporter {
            name: reporter.name.map(CompactString::from).unwrap_or_default(),
            phone: reporter.phone.map(CompactString::from).unwrap_or_default(),
            reply: reporter.reply,
        });
        NewReport {
            channel: self.channel,
            source: self.source.into(),
            external_id: self.external_id.into(),
            text: self.text.into(),
            address: self.address.map(String::from).unwrap_or_default(),
            place: self.place.map(Place::from),
            reporter,
            photos: self.photos.into(),
            collector: own.cloned().or(collector),
            clock_ahead_s: None,
        }
    }

    /// Whether a history's channel was named, which only the replay of one may.
    pub(super) fn is_an_import(&self) -> bool {
        self.channel == Channel::Import
    }
}
