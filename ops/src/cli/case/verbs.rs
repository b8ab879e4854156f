//! What can be done with a case on the command line: one verb per state change, for people who script.
//!
//! A verb is the words of a [`Command`] and nothing else, within the bounds of the same words over HTTP; who asks, and
//! with which id, is in [`super::act`].

use clap::Subcommand;
use compact_str::CompactString;
use duban_actors::case::command::{
    Checklist, Command, Decision, Delivery, Finding, NewReport, Outcome, Seen,
};
use duban_actors::case::supervision::OrderKind;
use duban_actors::case::{Channel, ReplyWish, Reporter};
use duban_rules::vocabulary::{CollectorId, ConditionCode, Place, UnitId};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::act::{Asker, By};
use crate::http::api::text::{Address, ExternalId, Key, Matter, Phone, PhotoId, Reason, Words};

/// A change of one case.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// 登记一件上报(第十四条)
    #[command(
        long_about = "登记一件上报,打印案件号。同一来源、同一编号的上报就是同一案件,重复登记不会多出一件。\n\n\
        示例:\n  \
        duban case register --by shouli --channel hotline --source 12319 --external-id 20260302-017 \\\n      \
        --text '井盖缺失' --address '武垣路口' --place 115.83,38.43"
    )]
    Register(Box<Register>),
    /// 派采集员到现场核实(第十四条)
    #[command(
        long_about = "派采集员到现场核实所报是否属实。\n\n示例:\n  duban case validate c7k2m… --by shouli"
    )]
    Validate {
        #[command(flatten)]
        by: By,
    },
    /// 回报核实结果(第十四条)
    #[command(
        long_about = "采集员(或值班长)回报现场核实的结果:confirmed 属实,refuted 不属实。\n\n\
        示例:\n  duban case give-validation c7k2m… --by caiji1 --finding confirmed --photo 3fa8… --seen-at 115.83,38.43"
    )]
    GiveValidation {
        #[command(flatten)]
        by: By,
        /// confirmed 属实,refuted 不属实
        #[arg(long, value_name = "FINDING", value_parser = word::<Finding>)]
        finding: Finding,
        #[command(flatten)]
        seen: OnSite,
    },
    /// 立案(第十四条)
    #[command(long_about = "按指挥手册的一条立案条件立案,并打印案卷号。\n\n\
        示例:\n  duban case file c7k2m… --by shouli --condition part-01-01-1 --checked")]
    File {
        #[command(flatten)]
        by: By,
        /// 手册中的条件编号,如 part-01-01-1;`duban rules handbook` 列出
        #[arg(long, value_name = "CONDITION")]
        condition: Key,
        /// 已逐条核对立案条件
        #[arg(long)]
        checked: bool,
        /// 更正的位置:经度,纬度
        #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
        place: Option<Place>,
        /// 不经核实而立案的理由(领导指派、监控录像)
        #[arg(long, value_name = "TEXT")]
        reason: Option<Reason>,
    },
    /// 不予立案(第十四条)
    #[command(long_about = "不予立案;理由会告知要求答复的上报人。\n\n\
        示例:\n  duban case decline c7k2m… --by shouli --reason '不在实施范围内'")]
    Decline {
        #[command(flatten)]
        by: By,
        /// 理由
        #[arg(long, value_name = "TEXT")]
        reason: Reason,
    },
    /// 派遣到单位(第十五条)
    #[command(long_about = "派遣到一个单位;时限从此刻起算。手册没有列出的单位须写明理由。\n\n\
        示例:\n  duban case dispatch c7k2m… --by paiqian --unit CG-HW\n  \
        duban case dispatch c7k2m… --by paiqian --unit DXGS --method phone")]
    Dispatch {
        #[command(flatten)]
        by: By,
        /// 单位代码;`duban unit list` 列出
        #[arg(long, value_name = "UNIT")]
        unit: Key,
        /// system 系统送达,phone 电话通知;不写则按单位的惯例
        #[arg(long, value_name = "METHOD", value_parser = word::<Delivery>)]
        method: Option<Delivery>,
        /// 派给手册以外单位的理由
        #[arg(long, value_name = "TEXT")]
        reason: Option<Reason>,
    },
    /// 签收(第十六条)
    #[command(long_about = "单位签收;指挥中心代录时加 --on-behalf-of 单位。\n\n\
        示例:\n  duban case receive c7k2m… --by huanwei\n  \
        duban case receive c7k2m… --by paiqian --on-behalf-of DXGS")]
    Receive {
        #[command(flatten)]
        by: By,
    },
    /// 到场(第二十五条)
    #[command(
        long_about = "单位到达现场。\n\n示例:\n  duban case arrive c7k2m… --by huanwei --place 115.83,38.43"
    )]
    Arrive {
        #[command(flatten)]
        by: By,
        /// 所在位置:经度,纬度
        #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
        place: Option<Place>,
    },
    /// 开始处置(第二十五条)
    #[command(long_about = "单位开始处置。\n\n示例:\n  duban case start c7k2m… --by huanwei")]
    Start {
        #[command(flatten)]
        by: By,
    },
    /// 反馈处置结果(第十六条)
    #[command(long_about = "单位反馈处置结果,附处置后的照片;是否按期以此刻为准。\n\n\
        示例:\n  duban case feedback c7k2m… --by huanwei --result '已更换井盖' --photo 3fa8…")]
    Feedback {
        #[command(flatten)]
        by: By,
        /// 做了什么
        #[arg(long, value_name = "TEXT")]
        result: Words,
        /// 照片(附件散列),可多次给出
        #[arg(long, value_name = "PHOTO")]
        photo: Vec<PhotoId>,
    },
    /// 申请退单
    #[command(
        name = "return",
        long_about = "单位认为不属于自己,申请退单;审核期间时限暂停。\n\n\
        示例:\n  duban case return c7k2m… --by huanwei --reason '产权属热力公司'"
    )]
    Return {
        #[command(flatten)]
        by: By,
        /// 理由
        #[arg(long, value_name = "TEXT")]
        reason: Reason,
    },
    /// 审核退单
    #[command(long_about = "值班长审核退单:accept 同意(重新派遣),refuse 驳回。\n\n\
        示例:\n  duban case decide-return c7k2m… --by zhiban --decision refuse --reason '手册第 12 条'")]
    DecideReturn {
        #[command(flatten)]
        by: By,
        /// accept 同意,refuse 驳回
        #[arg(long, value_name = "DECISION", value_parser = word::<Decision>)]
        decision: Decision,
        /// 理由
        #[arg(long, value_name = "TEXT")]
        reason: Reason,
    },
    /// 回报核查结果(第十七条)
    #[command(
        long_about = "采集员(或值班长)回报现场核查的结果:passed 合格,failed 不合格,unable 无法核查。\n\n\
        示例:\n  duban case verify c7k2m… --by caiji1 --outcome passed --photo 3fa8… --seen-at 115.83,38.43"
    )]
    Verify {
        #[command(flatten)]
        by: By,
        /// passed 合格,failed 不合格,unable 无法核查
        #[arg(long, value_name = "OUTCOME", value_parser = word::<Outcome>)]
        outcome: Outcome,
        #[command(flatten)]
        seen: OnSite,
    },
    /// 改派现场任务(第十条)
    #[command(long_about = "把现场任务交给另一名采集员;不写 --to 则由监督网格的下一名接替。\n\n\
        示例:\n  duban case reassign c7k2m… --by shouli --task 1 --reason '请假' --to C03")]
    Reassign {
        #[command(flatten)]
        by: By,
        /// 第几项现场任务
        #[arg(long, value_name = "N")]
        task: u16,
        /// 理由
        #[arg(long, value_name = "TEXT")]
        reason: Reason,
        /// 交给谁
        #[arg(long, value_name = "COLLECTOR")]
        to: Option<Key>,
    },
    /// 结案(第十八条)
    #[command(long_about = "值班长核对后结案。派遣与结案为同一人时须写明理由。\n\n\
        示例:\n  duban case close c7k2m… --by zhiban")]
    Close {
        #[command(flatten)]
        by: By,
        /// 由派遣人自己结案的理由(第十二条)
        #[arg(long, value_name = "TEXT")]
        waiver: Option<Reason>,
    },
    /// 退回返工(第十八条)
    #[command(long_about = "值班长退回返工;时限接着走剩下的部分。\n\n\
        示例:\n  duban case rework c7k2m… --by zhiban --reason '井盖高出路面'")]
    Rework {
        #[command(flatten)]
        by: By,
        /// 哪里不合格
        #[arg(long, value_name = "TEXT")]
        reason: Reason,
    },
    /// 下督办单(第三条)
    #[command(long_about = "人工下督办单:leader 领导督办,important 重要。\n\n\
        示例:\n  duban case order-supervision c7k2m… --by zhiban --kind leader --text '今日办结'")]
    OrderSupervision {
        #[command(flatten)]
        by: By,
        /// leader 领导督办,important 重要
        #[arg(long, value_name = "KIND", value_parser = word::<OrderKind>)]
        kind: OrderKind,
        /// 要求
        #[arg(long, value_name = "TEXT")]
        text: Words,
    },
    /// 永久删除上报人的姓名和电话(第十三条)
    #[command(
        long_about = "中心主任按要求永久删除上报人的姓名和电话:销毁密钥,台账和此后的备份中都不能再读出;\n\
        未发出的答复撤回。谁、何时、为何删除记入案件经过;理由中不要写姓名和电话。\n\n\
        示例:\n  duban case erase-reporter c7k2m… --by zhuren --reason '本人来电要求删除'"
    )]
    EraseReporter {
        #[command(flatten)]
        by: By,
        /// 理由
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// 答复督办单(第三条)
    #[command(long_about = "单位答复督办单。\n\n\
        示例:\n  duban case reply-supervision c7k2m… --by huanwei --order 1 --text '已加派人手'")]
    ReplySupervision {
        #[command(flatten)]
        by: By,
        /// 第几份督办单
        #[arg(long, value_name = "N")]
        order: u16,
        /// 答复
        #[arg(long, value_name = "TEXT")]
        text: Words,
    },
}

/// The words of a registration.
#[derive(Debug, clap::Args)]
pub(crate) struct Register {
    #[command(flatten)]
    pub(super) asker: Asker,
    /// 渠道:handset web open-line hotline footage visit leadership department
    #[arg(long, value_name = "CHANNEL", value_parser = word::<Channel>)]
    channel: Channel,
    /// 来源系统或窗口
    #[arg(long, value_name = "SOURCE")]
    pub(super) source: Key,
    /// 在来源中的编号
    #[arg(long, value_name = "ID")]
    pub(super) external_id: ExternalId,
    /// 什么问题
    #[arg(long, value_name = "TEXT")]
    text: Matter,
    /// 地址
    #[arg(long, value_name = "TEXT", default_value = "")]
    address: Address,
    /// 位置:经度,纬度
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
    place: Option<Place>,
    /// 照片(附件散列),可多次给出
    #[arg(long, value_name = "PHOTO")]
    photo: Vec<PhotoId>,
    /// 上报的采集员
    #[arg(long, value_name = "COLLECTOR")]
    collector: Option<Key>,
    /// 上报人希望得到答复的电话
    #[arg(long, value_name = "PHONE")]
    reply_to: Option<Phone>,
}

/// What was seen on site.
#[derive(Debug, clap::Args)]
pub(crate) struct OnSite {
    /// 现场照片(附件散列)
    #[arg(long, value_name = "PHOTO")]
    photo: Option<PhotoId>,
    /// 拍照的位置:经度,纬度
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
    seen_at: Option<Place>,
    /// 说明
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: Words,
    /// 值班长没有照片或不在现场也认定的理由(第十七条)
    #[arg(long, value_name = "TEXT")]
    waiver: Option<Reason>,
}

impl OnSite {
    fn seen(&self) -> Seen {
        Seen {
            photo: self.photo.clone().map(CompactString::from),
            place: self.seen_at,
            note: self.note.clone().into(),
            waiver: self.waiver.clone().map(String::from),
        }
    }
}

impl Register {
    /// The report.
    pub(super) fn report(&self) -> NewReport {
        NewReport {
            channel: self.channel,
            source: self.source.clone().into(),
            external_id: self.external_id.clone().into(),
            text: self.text.clone().into(),
            address: self.address.clone().into(),
            place: self.place,
            reporter: self.reply_to.clone().map(|phone| Reporter {
                name: "".into(),
                phone: phone.into(),
                reply: ReplyWish::Wanted,
            }),
            photos: photos(&self.photo),
            collector: self.collector.as_ref().map(|id| CollectorId::new(id.as_str())),
            clock_ahead_s: None,
        }
    }
}

impl Verb {
    /// Who asks, and of which case; none for a registration, which makes its case.
    pub(super) fn whom(&self) -> (&Asker, Option<&str>) {
        match self {
            Verb::Register(report) => (&report.asker, None),
            Verb::Validate { by }
            | Verb::GiveValidation { by, .. }
            | Verb::File { by, .. }
            | Verb::Decline { by, .. }
            | Verb::Dispatch { by, .. }
            | Verb::Receive { by }
            | Verb::Arrive { by, .. }
            | Verb::Start { by }
            | Verb::Feedback { by, .. }
            | Verb::Return { by, .. }
            | Verb::DecideReturn { by, .. }
            | Verb::Verify { by, .. }
            | Verb::Reassign { by, .. }
            | Verb::Close { by, .. }
            | Verb::Rework { by, .. }
            | Verb::OrderSupervision { by, .. }
            | Verb::EraseReporter { by, .. }
            | Verb::ReplySupervision { by, .. } => (&by.asker, Some(&by.id)),
        }
    }

    /// What the case is asked.
    pub(super) fn command(&self) -> Command {
        match self {
            Verb::Register(report) => Command::Register(Box::new(report.report())),
            Verb::Validate { .. } => Command::Validate,
            Verb::GiveValidation { finding, seen, .. } => {
                Command::GiveValidation { finding: *finding, seen: seen.seen() }
            }
            Verb::File { condition, checked, place, reason, .. } => Command::File {
                condition: ConditionCode::new(condition.as_str()),
                checklist: if *checked { Checklist::Confirmed } else { Checklist::Unconfirmed },
                place: *place,
                reason: reason.clone().map(String::from),
            },
            Verb::Decline { reason, .. } => Command::Decline { reason: reason.clone().into() },
            Verb::Dispatch { unit, method, reason, .. } => Command::Dispatch {
                unit: UnitId::new(unit.as_str()),
                method: *method,
                reason: reason.clone().map(String::from),
            },
            Verb::Receive { .. } => Command::Receive,
            Verb::Arrive { place, .. } => Command::Arrive { place: *place },
            Verb::Start { .. } => Command::Start,
            Verb::Feedback { result, photo, .. } => Command::GiveFeedback {
                result: result.clone().into(),
                photos: photos(photo),
                finished: None,
            },
            Verb::Return { reason, .. } => Command::Return { reason: reason.clone().into() },
            Verb::DecideReturn { decision, reason, .. } => {
                Command::DecideReturn { decision: *decision, reason: reason.clone().into() }
            }
            Verb::Verify { outcome, seen, .. } => {
                Command::Verify { outcome: *outcome, seen: seen.seen() }
            }
            Verb::Reassign { task, reason, to, .. } => Command::Reassign {
                task: *task,
                to: to.as_ref().map(|to| CollectorId::new(to.as_str())),
                reason: reason.clone().into(),
                from: None,
            },
            Verb::Close { waiver, .. } => {
                Command::Close { waiver: waiver.clone().map(String::from) }
            }
            Verb::Rework { reason, .. } => Command::Rework { reason: reason.clone().into() },
            Verb::OrderSupervision { kind, text, .. } => {
                Command::OrderSupervision { kind: *kind, text: text.clone().into() }
            }
            Verb::EraseReporter { reason, .. } => Command::EraseReporter { reason: reason.clone() },
            Verb::ReplySupervision { order, text, .. } => {
                Command::ReplySupervision { order: *order, text: text.clone().into() }
            }
        }
    }
}

fn photos(photos: &[PhotoId]) -> Vec<CompactString> {
    photos.iter().cloned().map(CompactString::from).collect()
}

/// A value by the word that JSON has for it.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::String(text.trim().to_owned()))
        .map_err(|_| "不是可用的词;见这一项的说明".to_owned())
}

/// Degrees east and north, with a comma between them.
fn place(text: &str) -> Result<Place, String> {
    let degrees = |part: &str, most: f64| {
        part.trim().parse::<f64>().ok().filter(|degrees| degrees.abs() <= most)
    };
    let parts = text.split_once([',', ',']);
    parts
        .and_then(|(lon, lat)| Some(Place { lon: degrees(lon, 180.0)?, lat: degrees(lat, 90.0)? }))
        .ok_or_else(|| "写成 经度,纬度,如 115.83,38.43".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_east_then_north_and_on_the_earth() {
        assert_eq!(place("115.83, 38.43"), Ok(Place { lon: 115.83, lat: 38.43 }));
        assert_eq!(place("115.83,38.43"), place("115.83,38.43"));
        for wrong in ["", "115.83", "38.43,115.83", "a,b", "NaN,1"] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_word_is_the_one_that_json_has() {
        assert_eq!(word::<Channel>("open-line"), Ok(Channel::OpenLine));
        assert!(word::<Channel>("阳光网").is_err());
    }
}
