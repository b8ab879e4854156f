//! Deferrals over HTTP and on the command line: consented to, and resumed (article 27).

use chrono::NaiveDate;
use clap::Args;
use duban_actors::case::command::{Resumption, Ruling, Signed};
use duban_actors::case::{Case, Command};
use duban_actors::context::Context;
use serde::Deserialize;
use utoipa::ToSchema;

use super::applications::Span;
use crate::http::api::choices::{self, word};
use crate::http::api::place::Day;
use crate::http::api::text::{FileId, Name, Reason};
use crate::operations::exposed::Operation;

/// 缓办签批
///
/// 主管县长本人签批;或由中心主任代录,写明签批人、签批日期,附签批件扫描(办法第二十七条)。同意的即缓办,
/// 处置时限停走,不计超期。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentBody {
    /// 签批:同意 grant,不同意 refuse
    #[arg(long, value_name = "RULING", value_parser = word::<Ruling>)]
    #[schema(schema_with = choices::ruling)]
    ruling: Ruling,
    /// 批示;不同意的须写明理由
    #[arg(long, value_name = "TEXT")]
    reason: Option<Reason>,
    /// 签批人:主管县长;代录的写明
    #[arg(long, value_name = "NAME")]
    leader: Option<Name>,
    /// 签批日期:代录的写明
    #[arg(long, value_name = "DAY")]
    #[schema(value_type = Option<String>, format = Date)]
    signed_on: Option<Day>,
    /// 签批件扫描:代录的附上
    #[arg(long, value_name = "FILE")]
    scan: Option<FileId>,
}

impl Operation for ConsentBody {
    type Of = Case;
    const NAME: &'static str = "consent";
    const VERB: &'static str = "consent";
    const ID: &'static str = "consentToDeferral";
    const DONE: &'static str = "已签批";
    const EXAMPLES: &'static [&'static str] = &[
        "c7k2m… --by xianzhang --ruling grant",
        "c7k2m… --by zhuren --ruling grant --leader 贝示例 --signed-on 2026-03-18 --scan 3fa8…",
    ];

    fn wrong(&self) -> Option<&'static str> {
        match (&self.leader, self.signed_on, &self.scan) {
            (Some(_), Some(_), Some(_)) | (None, None, None) => None,
            (_, _, _) => Some("代录的,签批人(leader)、签批日期(signed_on)、签批件(scan)缺一不可"),
        }
    }

    fn command(self, _: &Context) -> Command {
        let paper = self.leader.zip(self.signed_on).zip(self.scan);
        let signed = paper.map(|((leader, on), scan)| Signed {
            leader: leader.into(),
            on: NaiveDate::from(on),
            scan: scan.into(),
        });
        let reason = self.reason.map(Into::into).unwrap_or_default();
        Command::Consent { ruling: self.ruling, reason, signed }
    }
}

/// 恢复办理缓办案件
///
/// 值班长或中心主任恢复;处置时限接续剩余的,或从恢复之时起另定(办法第二十七条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResumptionBody {
    /// 另定的时限;不写的接续剩余的
    #[arg(long, value_name = "SPAN")]
    limit: Option<Span>,
    /// 理由;告知单位
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for ResumptionBody {
    type Of = Case;
    const NAME: &'static str = "resumption";
    const VERB: &'static str = "resume";
    const ID: &'static str = "resumeCase";
    const DONE: &'static str = "已恢复";
    const EXAMPLES: &'static [&'static str] = &[
        "c7k2m… --by zhiban --reason '已具备施工条件'",
        "c7k2m… --by zhuren --limit 3工作日 --reason '重新核定工期'",
    ];

    fn command(self, _: &Context) -> Command {
        let limit = self.limit.map(|span| Resumption::Limit(span.into()));
        let reason = self.reason.into();
        Command::Resume { how: limit.unwrap_or(Resumption::Rest), reason }
    }
}
