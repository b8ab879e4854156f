//! `duban serve`: the server.

use anyhow::{Context as _, Result};
use clap::Args;

use super::{Call, Exit, print, run_within};
use crate::serve;
use duban_base::asking::ON_THE_MACHINE;
use duban_base::config::Config;
use duban_base::store::contents::{Contents, Need, contents, needs_a_person};
use duban_base::{muted, store};

#[derive(Debug, Args)]
#[command(
    about = "运行服务:网页、接口、定时器、邮件和短信",
    long_about = "打开存储并运行服务:案件和单位的定时器、邮件和短信、网页和 HTTP 接口。\n\
    收到 SIGTERM 或 Ctrl-C 时有序停止:不再接受新请求,做完手头的事,记入台账后退出(退出码 0)。\n\
    收到 SIGHUP 时重新读取规则目录;规则有错则沿用原来的规则。\n\
    没有存储时拒绝启动(退出码 3),台账不是见过的那一份、\n\
    或存储是集群中某个节点的而启动的不是它时,也拒绝(退出码 4):都等人处理。\n\
    运行期间,在同一台机器上对同一存储目录执行的 duban 命令由服务代为执行。\n\n\
    示例:\n  \
    duban serve\n  \
    duban serve --listen 0.0.0.0:8440 --store /var/lib/duban\n  \
    DUBAN_HTTP_LISTEN=127.0.0.1:0 duban serve    由系统选择端口"
)]
pub(super) struct Serve {
    /// 监听的地址和端口,优先于配置 http.listen;端口 0 由系统选择
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// 静音启动:不发送邮件和短信,直到 `duban unmute`
    #[arg(long)]
    muted: bool,
    /// 还没有存储时先建立一个(同 `duban init`);目录中有存储留下的任何东西时不建立
    #[arg(long)]
    init: bool,
}

impl Serve {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let mut config = call.config.clone();
        if let Some(listen) = &self.listen {
            config.http_listen.clone_from(listen);
        }
        let Err(error) = self.served(&config, call) else { return Ok(Exit::Done) };
        let exit = match needs_a_person(&error) {
            Some(Need::Store) => Exit::NoStore,
            Some(Need::Ledger) => Exit::NoLedger,
            None => return Err(error),
        };
        print::failure(&error, call.err)?;
        Ok(exit)
    }

    fn served(&self, config: &Config, call: &mut Call<'_>) -> Result<()> {
        let dir = &config.store_dir;
        // Once: where anything of a store is, none is made.
        if self.init && contents(dir)? == Contents::Nothing {
            store::make(config)?.close()?;
        }
        if self.muted {
            store::must_exist(dir)?;
            muted::mute(dir, ON_THE_MACHINE, call.now())
                .with_context(|| format!("无法在 `{}` 中写入静音标记", dir.display()))?;
        }
        serve::serve(config, run_within, &mut |line| {
            call.line(line).and_then(|()| Ok(call.out.flush()?))
        })
    }
}
