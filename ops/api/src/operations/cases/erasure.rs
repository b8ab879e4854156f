//! Erasure of what a reporter said of themselves (article 13): the case says so, then its key goes.

use clap::Args;
use compact_str::CompactString;
use duban_actors::case::{Case, Command, Refusal};
use duban_actors::context::Context;
use duban_runtime::entity::Refusal as _;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::api::text::Reason;
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Operation, Outcome, Request};
use duban_base::aside::{self, Undone};
use duban_base::state;
use duban_base::store::Store;
use duban_messages::courier::outcome::chain;

/// 删除上报人信息
///
/// 中心主任按要求永久删除上报人的姓名和电话:销毁密钥,台账和此后的备份中都不能再读出;未发出的答复撤回。案件的经过记下谁、何时、为何删除。
#[derive(Debug, Deserialize, ToSchema, Args)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasure {
    /// 理由:应谁的要求,或依据什么规定;不要写上报人的姓名和电话
    #[arg(long, value_name = "TEXT")]
    reason: Reason,
}

impl Operation for Erasure {
    type Of = Case;
    const NAME: &'static str = "reporter-erasure";
    const VERB: &'static str = "erase-reporter";
    const ID: &'static str = "eraseReporter";
    const DONE: &'static str = "已删除";
    const EXAMPLES: &'static [&'static str] = &["c7k2m… --by zhuren --reason '本人来电要求删除'"];

    fn command(self, _: &Context) -> Command {
        Command::EraseReporter { reason: self.reason.into() }
    }

    /// The key of a case that says so is gone from the disk before anybody is told.
    async fn followed(
        at: &Backend<'_>,
        request: &Request<'_>,
        outcome: Outcome<Case>,
    ) -> Result<Outcome<Case>, Problem> {
        let case = match &outcome {
            Ok(done) => Some(done.state()?),
            // Erased before: then a key that was left behind by a crash goes now.
            Err(no) if no.code() == Some(Refusal::NoReporter.code()) => {
                let key = CompactString::new(request.key);
                let read = move |store: &Store| {
                    Ok::<_, Problem>(state::read::<Case>(&store.journal, &key)?)
                };
                at.read(read).await?.map(|(case, _)| case)
            }
            Err(_) => None,
        };
        if let Some(case) = case {
            key_goes(at, case).await?;
        }
        Ok(outcome)
    }
}

async fn key_goes(at: &Backend<'_>, case: Case) -> Result<(), Problem> {
    let seals = at.seals();
    let left = || {
        let detail = "案件已记下删除,但密钥没有销毁;请用同一个键再办理一次";
        Problem::unavailable("not-erased").detail(detail)
    };
    let gone = aside::done(move || seals.heed(&case)).await;
    gone.map_err(|Undone| left())?.map_err(|failure| {
        tracing::error!(failure = %chain(&failure), "a key is not erased");
        left()
    })
}
