//! Supervision orders (article 3): what is asked beside a case's own way.

use clap::Args;
use duban_actors::case::Case;
use duban_actors::case::command::Command;
use duban_actors::case::supervision::OrderKind;
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::handling::unit;
use crate::http::api::choices::{self, word};
use crate::http::api::text::{Key, Words};
use crate::operations::exposed::Operation;

/// 发出督办单
///
/// 人工发出督办单(办法第三条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct SupervisionOrder {
    /// 督办种类:领导督办 leader,重要 important
    #[arg(long, value_name = "KIND", value_parser = word::<OrderKind>)]
    #[schema(schema_with = choices::order)]
    kind: OrderKind,
    /// 督办要求
    #[arg(long, value_name = "TEXT")]
    text: Words,
}

impl Operation for SupervisionOrder {
    type Of = Case;
    const NAME: &'static str = "supervision-orders";
    const VERB: &'static str = "order-supervision";
    const ID: &'static str = "orderSupervision";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by zhiban --kind leader --text '今日办结'"];

    fn command(self, _: &Context) -> Command {
        Command::OrderSupervision { kind: self.kind, text: self.text.into() }
    }
}

/// 答复督办单
///
/// 单位答复督办单(办法第三条)。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct SupervisionReply {
    /// 督办单序号
    #[arg(long, value_name = "N")]
    #[schema(example = 1)]
    order: u16,
    /// 答复
    #[arg(long, value_name = "TEXT")]
    text: Words,
    /// 中心代录时写明单位
    #[arg(long, value_name = "UNIT")]
    on_behalf_of: Option<Key>,
}

impl Operation for SupervisionReply {
    type Of = Case;
    const NAME: &'static str = "supervision-replies";
    const VERB: &'static str = "reply-supervision";
    const ID: &'static str = "replySupervision";
    const DONE: &'static str = "已办理";
    const EXAMPLES: &'static [&'static str] =
        &["c7k2m… --by huanwei --order 1 --text '已加派人手'"];

    fn on_behalf_of(&self) -> Option<UnitId> {
        unit(self.on_behalf_of.as_ref())
    }

    fn command(self, _: &Context) -> Command {
        Command::ReplySupervision { order: self.order, text: self.text.into() }
    }
}
