//! `duban clock`: whether the clock of a running server is believed, and a person's word that it is right.

use anyhow::{Result, bail};
use clap::Subcommand;
use duban_runtime::clock::trusted::ClockSeen;
use serde_json::json;

use super::{Call, Exit};
use duban_base::labels::clock;
use duban_base::labels::instant;

#[derive(Debug, Subcommand)]
pub(crate) enum Clock {
    /// 查看时钟:系统时间、督办采信的时间、差多少
    #[command(long_about = "查看运行中的服务如何看待系统时钟:系统时间、督办采信的时间、差多少。\n\
        时钟突然前进时,定时器和登记按原来的时间继续,等时钟校正、与 NTP 同步,或由人确认;\
        时钟倒退时,到点的事项要等时钟赶上。时钟可疑时退出码为 1。\n\n\
        示例:\n  \
        duban clock show\n  \
        duban clock show --format json")]
    Show,
    /// 确认系统时间无误:暂停的定时器随即继续
    #[command(
        long_about = "由人确认系统时间无误:督办从此刻起采信系统时间,被时钟拦下的定时器随即触发。\n\
        先用 date 核对系统时间;时间不对时应先校正时钟,不要确认。\n\n\
        示例:\n  \
        duban clock show\n  \
        duban clock trust"
    )]
    Trust,
}

impl Clock {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let Some(server) = call.server.clone() else {
            let dir = call.config.store_dir.display();
            bail!("`{dir}` 上没有运行中的 duban;时钟由运行中的服务核对,用 `duban serve` 启动")
        };
        let before = server.node.clock_seen();
        let seen = match self {
            Clock::Show => before,
            Clock::Trust => {
                server.node.trust_clock();
                server.node.clock_seen()
            }
        };
        if call.is_for_programs() {
            call.json(&as_json(&seen))?;
        } else {
            let rules = server.rules.current();
            let calendar = &rules.0.rules.calendar;
            call.line(format!("系统时间:{}", instant::second(seen.wall, calendar)))?;
            call.line(format!("采信时间:{}", instant::second(seen.believed, calendar)))?;
            call.line(clock::standing(&seen))?;
            if matches!(self, Clock::Trust) && !clock::is_in_doubt(&before) {
                call.line("时钟本来就是可信的,没有暂停的定时器。")?;
            }
        }
        Ok(if clock::is_in_doubt(&seen) { Exit::Failed } else { Exit::Done })
    }
}

fn as_json(seen: &ClockSeen) -> serde_json::Value {
    let seconds = |span: Option<std::time::Duration>| span.map(|span| span.as_secs());
    json!({
        "wall": seen.wall, "believed": seen.believed,
        "ahead_s": seconds(seen.ahead), "behind_s": seconds(seen.behind),
    })
}
