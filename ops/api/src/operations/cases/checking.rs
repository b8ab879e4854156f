//! Checking and closing of cases (articles 10, 17 and 18): what is asked once a unit has given its feedback.

use clap::Args;
use duban_actors::case::Case;
use duban_actors::case::command::{Command, Outcome};
use duban_actors::context::Context;
use duban_rules::vocabulary::CollectorId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::api::choices::{self, word};
use crate::http::api::place::{Spot, seen};
use crate::http::api::text::{Key, PhotoId, Reason, Words};
use crate::operations::exposed::Operation;

/// 登记核查结果
///
/// 采集员(或值班长)回报现场核查的结果(办法第十七条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verification {
    /// 核查结果:合格 passed,不合格 failed,无法核查 unable
    #[arg(long, value_name = "OUTCOME", value_parser = word::<Outcome>)]
    #[schema(schema_with = choices::outcome)]
    outcome: Outcome,
    /// 现场照片
    #[arg(long, value_name = "PHOTO")]
    photo: Option<PhotoId>,
    /// 拍摄位置
    #[arg(long = "seen-at", value_name = "LON,LAT", allow_hyphen_values = true)]
    place: Option<Spot>,
    /// 说明;不合格的须写明哪里不合格
    #[arg(long, value_name = "TEXT")]
    note: Option<Words>,
    /// 值班长免照片或异地核查的理由
    #[arg(long, value_name = "TEXT")]
    waiver: Option<Reason>,
}

impl Operation for Verification {
    type Of = Case;
    const NAME: &'static str = "verification";
    const VERB: &'static str = "verify";
    const ID: &'static str = "verifyCase";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by caiji1 --outcome passed --photo 3fa8… --seen-at 115.83,38.43"];

    fn command(self, _: &Context) -> Command {
        let seen = seen((self.photo, self.place), self.note, self.waiver);
        Command::Verify { outcome: self.outcome, seen }
    }
}

/// 转交现场任务
///
/// 把现场任务交给另一名采集员(办法第十条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reassignment {
    /// 任务序号
    #[arg(long, value_name = "N")]
    #[schema(example = 1)]
    task: u16,
    /// 接手的采集员;不写则为网格的下一位
    #[arg(long, value_name = "COLLECTOR")]
    to: Option<Key>,
    /// 理由
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Reassignment {
    type Of = Case;
    const NAME: &'static str = "reassignment";
    const VERB: &'static str = "reassign";
    const ID: &'static str = "reassignTask";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by shouli --task 1 --reason '请假' --to C03"];

    fn command(self, _: &Context) -> Command {
        Command::Reassign {
            task: self.task,
            to: self.to.map(|to| CollectorId::new(to.as_str())),
            reason: self.reason.into(),
            from: None,
        }
    }
}

/// 结案
///
/// 值班长核对后结案(办法第十八条)。由派遣人或免现场核查的人本人结案时须写明理由(办法第十二条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closing {
    /// 派遣人或免现场核查的人本人结案的理由
    #[arg(long, value_name = "TEXT")]
    waiver: Option<Reason>,
}

impl Operation for Closing {
    type Of = Case;
    const NAME: &'static str = "closing";
    const VERB: &'static str = "close";
    const ID: &'static str = "closeCase";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by zhiban"];

    fn command(self, _: &Context) -> Command {
        Command::Close { waiver: self.waiver.map(String::from) }
    }
}

/// 返工
///
/// 值班长退回返工;时限接着走剩下的部分(办法第十八条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rework {
    /// 哪里不合格
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Rework {
    type Of = Case;
    const NAME: &'static str = "rework";
    const VERB: &'static str = "rework";
    const ID: &'static str = "reworkCase";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by zhiban --reason '井盖高出路面'"];

    fn command(self, _: &Context) -> Command {
        Command::Rework { reason: self.reason.into() }
    }
}
