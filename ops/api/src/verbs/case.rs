//! `duban case`: which cases there are, what happened to one, and why it is due when it is.

mod candidates;
mod explain;
mod list;
pub(crate) mod register;
mod show;

use anyhow::{Result, bail};
use clap::Args;
use duban_actors::case::KIND;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Journal;
use duban_runtime::record::Stored;

use super::listed::Looking;
use super::print::Call;
use duban_base::labels::case;
use duban_base::labels::typed::{self, Typed};
use duban_base::store::Store;
use duban_base::store::place::Place;

/// Letters of a case id that somebody must type at least.
const PREFIX_MIN: usize = 4;
/// Cases named at most when a beginning fits several.
const NAMED_MAX: usize = 5;

/// 列出案件,最先到期的在前
///
/// 灯色按当前时刻(或 --at)判断。不加条件时列出全部未结案件。一页列不完时,末行给出下一页的命令。
#[derive(Debug, Args)]
pub(crate) struct List {
    /// 只列这个单位的案件
    #[arg(long, value_name = "UNIT")]
    unit: Option<String>,
    /// 只列这个环节:registered validating awaiting-dispatch dispatched handling returning disputing verifying awaiting-closing declined applied(申请待审核) call(待打电话) help(待协办,与 --unit 同用时为该单位要协办的)
    #[arg(long, value_name = "STAGE", value_parser = case::stage)]
    stage: Option<&'static str>,
    /// 列已结的案件(与 --unit 同用),最早结案的在前
    #[arg(long, requires = "unit", conflicts_with = "stage")]
    closed: bool,
    /// 只列已停用的单位手中的未结案件,须改派
    #[arg(long, conflicts_with_all = ["unit", "stage", "closed"])]
    closed_units: bool,
    /// 从上一页末尾之后列起(上一页末行给出的值)
    #[arg(long, value_name = "PLACE")]
    after: Option<Place>,
    /// 最多列几行(默认见配置 output.rows)
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// 按这个时刻判断灯色;不写则按当前时刻
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant)]
    at: Option<Typed>,
}

/// Which case, and as of when.
#[derive(Debug, Args)]
pub(crate) struct One {
    /// 案件号,或它的开头几位
    #[arg(value_name = "ID")]
    id: String,
    /// 按这个时刻判断灯色和余时;不写则按当前时刻
    #[arg(long, value_name = "INSTANT", value_parser = typed::instant)]
    at: Option<Typed>,
}

/// 查看一个案件:现状和全部经过
///
/// 现状,以及谁、以什么身份、何时、做了什么。案件号可以只写开头几位。
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    one: One,
}

/// 说明一个案件的时限是怎样算出来的
///
/// 计入的每一段、跳过的日子、暂停,以及每一级预警和督办何时已执行、何时将执行。案件号可以只写开头几位。
#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    one: One,
}

/// 列出可以派遣的单位
///
/// 手册列出的责任单位,以及附近同一立案条件的认定先例所指的单位,各有在办和超期件数。派给手册未列的单位须写明理由。
#[derive(Debug, Args)]
pub(crate) struct CandidatesOf {
    /// 案件号,或它的开头几位
    #[arg(value_name = "ID")]
    id: String,
}

impl Looking for CandidatesOf {
    const VERB: &'static str = "candidates";
    const EXAMPLES: &'static [&'static str] = &["c7k2m", "c7k2m --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        candidates::list(call, store, self)
    }
}

impl Looking for List {
    const VERB: &'static str = "list";
    const EXAMPLES: &'static [&'static str] = &[
        "                             全部未结案件",
        "--unit CG-HW                 一个单位的在办案件",
        "--stage awaiting-dispatch    待派遣的案件",
        "--closed-units               已停用的单位手中的案件,须改派",
        "--unit CG-HW --closed        一个单位已结的案件",
        "--limit 1000 --format json   给程序读",
    ];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        list::list(call, store, self)
    }
}

impl Looking for Show {
    const VERB: &'static str = "show";
    const EXAMPLES: &'static [&'static str] = &["c7k2m", "c7k2m --format json"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        show::show(call, store, &self.one)
    }
}

impl Looking for Explain {
    const VERB: &'static str = "explain";
    const EXAMPLES: &'static [&'static str] = &["c7k2m", "c7k2m --at 2026-03-02T09:00"];

    fn look(&self, call: &mut Call<'_>, store: &Store) -> Result<()> {
        explain::explain(call, store, &self.one)
    }
}

/// The one case whose id begins with `text`.
pub(crate) fn find(journal: &Journal, text: &str) -> Result<(EntityId, Stored)> {
    let text = text.trim().trim_start_matches("1/");
    let id = EntityId::new(KIND, text);
    if let Some(stored) = journal.entity(&id)? {
        return Ok((id, stored));
    }
    if text.chars().count() < PREFIX_MIN {
        bail!("没有案件 `{text}`;至少写出案件号的前 {PREFIX_MIN} 位,`duban case list` 列出案件号");
    }
    let after = journal.entities(Some(KIND.number), Some(id), NAMED_MAX + 1)?;
    let mut found: Vec<_> =
        after.into_iter().take_while(|(id, _)| id.key.starts_with(text)).collect();
    match found.len() {
        0 => bail!("没有以 `{text}` 开头的案件;`duban case list` 列出案件号"),
        1 => found.pop().ok_or_else(|| anyhow::anyhow!("没有案件 `{text}`")),
        _ => {
            let names = found.iter().take(NAMED_MAX).map(|(id, _)| id.key.as_str());
            let names = names.collect::<Vec<_>>().join(" ");
            bail!("以 `{text}` 开头的案件不止一个:{names} …;请多写几位")
        }
    }
}
