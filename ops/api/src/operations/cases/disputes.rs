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
use crate::http::api::several::{HelpingUnits, NamedUnits};
use crate::http::api::text::{FileId, Key, Reason};
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
    /// 单位领导签章的申请(照片或 PDF)
    #[arg(long, value_name = "FILE")]
    form: Option<FileId>,
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
    Joint,
}

impl FoundAs {
    /// What of it does not go together with the units that are written.
    pub(crate) fn wrong(self, unit: Option<&Key>, helpers: &HelpingUnits) -> Option<&'static str> {
        match (self, unit, helpers.is_empty()) {
            (FoundAs::MovesTo, None, _) => Some("改由其他单位处置(moves-to)的,写明处置单位(unit)"),
            (FoundAs::Joint, None, _) => Some("由几个单位处置(joint)的,写明主办单位(unit)"),
            (FoundAs::Joint, Some(_), true) => {
                Some("由几个单位处置(joint)的,写明协办单位(helpers)")
            }
            (FoundAs::Stays | FoundAs::StaysCredited, Some(_), _) => Some(
                "仍由申请单位处置的,不写处置单位(unit);改由其他单位处置的另选一项(finding: moves-to)",
            ),
            (FoundAs::Stays | FoundAs::StaysCredited | FoundAs::MovesTo, _, false) => {
                Some("只有由几个单位处置(joint)的,才写协办单位(helpers)")
            }
            (FoundAs::Joint, Some(_), false)
            | (FoundAs::MovesTo, Some(_), true)
            | (FoundAs::Stays | FoundAs::StaysCredited, None, true) => None,
        }
    }

    /// The finding. Its units are there where there must be some: nothing is asked that is wrong.
    pub(crate) fn finding(self, to: Option<&Key>, helpers: HelpingUnits) -> Determination {
        let to = || unit(to).unwrap_or_else(|| UnitId::new(""));
        match self {
            FoundAs::Stays => Determination::Stays,
            FoundAs::StaysCredited => Determination::StaysCredited,
            FoundAs::MovesTo => Determination::MovesTo(to()),
            FoundAs::Joint => Determination::Joint { lead: to(), helpers: helpers.into() },
        }
    }
}

/// What chief or head may say of a dispute, as it is typed.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RuledAs {
    Stays,
    StaysCredited,
    MovesTo,
    Joint,
    ToCommittee,
}

impl RuledAs {
    /// What is found by it; none where the committee is to find it.
    fn found(self) -> Option<FoundAs> {
        match self {
            RuledAs::Stays => Some(FoundAs::Stays),
            RuledAs::StaysCredited => Some(FoundAs::StaysCredited),
            RuledAs::MovesTo => Some(FoundAs::MovesTo),
            RuledAs::Joint => Some(FoundAs::Joint),
            RuledAs::ToCommittee => None,
        }
    }
}

/// 责任认定
///
/// 值班长或中心主任认定由谁处置。认定后不再退单和申请认定;改由其他单位的,时限从派遣起重新计算。
/// 提请城管委决定的(to-committee),提出临时会议,会议决定之前案件仍由申请单位承担(办法第十九条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhoseItIs {
    /// 认定:不成立 stays,仍由其处置但时间不计 stays-credited,改由其他单位 moves-to,由几个单位处置 joint,
    /// 提请城管委 to-committee
    #[arg(long, value_name = "FINDING", value_parser = word::<RuledAs>)]
    #[schema(schema_with = choices::ruled_as)]
    finding: RuledAs,
    /// 处置单位:改由哪个单位处置(moves-to),或哪个单位主办(joint)
    #[arg(long, value_name = "UNIT")]
    unit: Option<Key>,
    /// 协办单位,各有时限;主办单位等其完成或写明理由后反馈
    #[command(flatten)]
    #[serde(default)]
    #[schema(required = false)]
    helpers: HelpingUnits,
    /// 提请城管委时,还有哪些有关单位
    #[command(flatten)]
    #[serde(default)]
    #[schema(required = false)]
    named: NamedUnits,
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
    const EXAMPLES: &'static [&'static str] = &[
        "c7k2m… --by zhiban --finding moves-to --unit DL --reason '杆号属供电'",
        "c7k2m… --by zhiban --finding joint --unit SW --helper DL --reason '井盖归水务,线缆归供电'",
        "c7k2m… --by zhiban --finding to-committee --named CG-ZF --reason '涉及多个单位'",
    ];

    fn wrong(&self) -> Option<&'static str> {
        match self.finding.found() {
            Some(found) => found.wrong(self.unit.as_ref(), &self.helpers),
            None => self
                .unit
                .as_ref()
                .map(|_| "提请城管委决定的,不写处置单位(unit);写明有关单位(named)"),
        }
    }

    fn command(self, _: &Context) -> Command {
        let reason = self.reason.into();
        match self.finding.found() {
            Some(found) => {
                let finding = found.finding(self.unit.as_ref(), self.helpers);
                Command::Determine { finding, reason }
            }
            None => Command::Refer { units: self.named.into(), reason },
        }
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
