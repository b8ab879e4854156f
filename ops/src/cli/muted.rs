//! `duban mute` and `duban unmute`: letters and SMS wait, and are let go once somebody has seen which.

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::json;

use super::{Call, Exit, prompt};
use duban_base::asking::ON_THE_MACHINE;
use duban_base::labels;
use duban_base::muted::{self, Mark, waiting};
use duban_base::store;

#[derive(Debug, Args)]
#[command(
    about = "静音:不再发送邮件和短信,消息留在发件箱",
    long_about = "静音:从此刻起不发送任何邮件和短信,也不连接邮件和短信服务器;案件、计时照常,消息留在发件箱。\n\
    服务运行中立即生效,重新启动后仍然有效,直到 `duban unmute`。\n\n\
    示例:\n  \
    duban mute\n  \
    duban mute --store /var/lib/duban.试看"
)]
pub(super) struct Mute {}

#[derive(Debug, Args)]
#[command(
    about = "取消静音:先列出将要发送的消息,再放行",
    long_about = "取消静音:先列出发件箱中等待的消息(模板、通道、条数、最早的时刻),问过之后放行。\n\
    已不需要的(如案件已办结的催办)会撤回,不会发送;同一收件人的大量消息会合并。\n\
    没有终端时须加 --yes;不加则只列出,退出码为 1。\n\n\
    示例:\n  \
    duban unmute\n  \
    duban unmute --yes --store /var/lib/duban"
)]
pub(super) struct Unmute {
    /// 不再询问
    #[arg(long)]
    yes: bool,
    /// 已经列出过
    #[arg(long, hide = true, requires = "yes")]
    listed: bool,
}

impl Mute {
    #[expect(clippy::unused_self, reason = "the shape of every command")]
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let (dir, now) = (call.config.store_dir.clone(), call.now());
        let muted = if let Some(server) = &call.server {
            server.channels.muted().mute(ON_THE_MACHINE, now)
        } else {
            store::must_exist(&dir)?;
            muted::mute(&dir, ON_THE_MACHINE, now)
        };
        muted.with_context(|| format!("无法在 `{}` 中写入静音标记", dir.display()))?;
        let mark = muted::mark(&dir);
        if call.is_for_programs() {
            call.json(&json!({ "muted": mark }))?;
        } else {
            call.line("已静音:不再发送邮件和短信;用 `duban unmute` 放行。")?;
        }
        Ok(Exit::Done)
    }
}

impl Unmute {
    /// What is asked where the command is typed, once a running server has listed what waits; nobody is asked who said
    /// yes beforehand.
    pub(super) fn question(&self) -> Option<&'static str> {
        (!self.yes).then_some(QUESTION)
    }

    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let dir = call.config.store_dir.clone();
        let mark = match &call.server {
            Some(server) => server.channels.muted().mark(),
            None => muted::mark(&dir),
        };
        let Some(mark) = mark else {
            return speaks(call);
        };
        if !self.listed {
            list(call, &mark)?;
        }
        let sure = self.yes || (call.server.is_none() && prompt::confirmed(QUESTION)?);
        if !sure {
            return Ok(Exit::Failed);
        }
        let unmuted = match &call.server {
            Some(server) => server.channels.muted().unmute(),
            None => muted::unmute(&dir),
        };
        unmuted.with_context(|| format!("无法移除 `{}` 中的静音标记", dir.display()))?;
        tracing::warn!("no longer muted: what waits leaves");
        if !call.is_for_programs() {
            let when =
                if call.server.is_some() { "正在发送" } else { "下次启动服务时发送" };
            call.line(format!("已取消静音,{when}。"))?;
        }
        Ok(Exit::Done)
    }
}

/// What is asked before anything leaves.
const QUESTION: &str = "现在放行?";

fn speaks(call: &mut Call<'_>) -> Result<Exit> {
    if call.is_for_programs() {
        call.json(&json!({ "muted": null }))?;
    } else {
        call.line("没有静音。")?;
    }
    Ok(Exit::Done)
}

fn list(call: &mut Call<'_>, mark: &Mark) -> Result<()> {
    let store = call.open()?;
    let waiting = waiting::waiting(&store.journal)?;
    let rules = store.rules.current();
    store.close()?;
    if call.is_for_programs() {
        return call.json(&json!({ "muted": mark, "waiting": waiting }));
    }
    let calendar = &rules.0.rules.calendar;
    call.line(labels::muted::for_the_operator(mark, calendar))?;
    let more = if waiting.more { " 以上" } else { "" };
    call.line(format!("等待发送的消息 {}{more} 条:", waiting.n))?;
    if waiting.n > 0 {
        let rows = waiting.groups.iter().map(|group| labels::muted::row(group, calendar));
        call.table(&["模板", "通道", "条数", "最早"], rows.collect())?;
        call.line("已不需要的会撤回,不会发送。")?;
    }
    Ok(())
}
