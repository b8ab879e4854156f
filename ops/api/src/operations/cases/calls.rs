//! Calls over HTTP and on the command line: a unit on the telephone gets a case by an answered call (article 7).

use clap::Args;
use duban_actors::case::calls::Outcome;
use duban_actors::case::{Case, Command};
use duban_actors::context::Context;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::api::choices::{self, word};
use crate::http::api::text::{Called, Name};
use crate::operations::exposed::Operation;

/// 登记打给电话单位的电话
///
/// 派遣选定电话单位之后,案件仍待派遣;打通(answered)之时即派遣,时限从此刻起算,号码和接听人记录在案。
/// 无人接听(no-answer)的照实登记,可以再打,也可以改派其他单位(办法第七条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct CallMade {
    /// 打的号码
    #[arg(long, value_name = "PHONE")]
    number: Called,
    /// 接听人;打通的须写明
    #[arg(long, value_name = "NAME")]
    person: Option<Name>,
    /// 结果:打通 answered,无人接听 no-answer
    #[arg(long, value_name = "OUTCOME", value_parser = word::<Outcome>)]
    #[schema(schema_with = choices::call_outcome)]
    outcome: Outcome,
}

impl Operation for CallMade {
    type Of = Case;
    const NAME: &'static str = "call";
    const VERB: &'static str = "call";
    const ID: &'static str = "callUnit";
    const DONE: &'static str = "已登记";
    const EXAMPLES: &'static [&'static str] = &[
        "c7k2m… --by paiqian --number 0317-5550033 --person 柏示例 --outcome answered",
        "c7k2m… --by paiqian --number 0317-5550033 --outcome no-answer",
    ];

    fn wrong(&self) -> Option<&'static str> {
        match (self.outcome, &self.person) {
            (Outcome::NoAnswer, Some(_)) => Some("无人接听的,不写接听人(person)"),
            (Outcome::Answered | Outcome::NoAnswer, _) => None,
        }
    }

    fn command(self, _: &Context) -> Command {
        Command::Call {
            number: self.number.into(),
            person: self.person.map(Into::into),
            outcome: self.outcome,
        }
    }
}
