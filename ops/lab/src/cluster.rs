//! A laboratory: a town of several machines on this one, to be watched and broken. Redis and the nodes are processes on
//! loopback; reports come in all the time; what is killed is started again a while later, as an operator would.
//!
//! ```text
//! ground (files) ─► members (processes, and who they are: lab.json) ─► people (reports, by any node)
//! ```

mod ground;
mod members;
mod people;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

pub use ground::Ground;
use ground::PASSWORD;
use members::Members;
pub use members::{Act, act};

/// Nodes at most: it is one machine.
pub const NODES_MAX: u8 = 9;
/// Who may do everything in it.
const ADMIN: &str = "admin";
/// Between two looks at who still runs.
const LOOK: Duration = Duration::from_millis(500);
/// Looks between two reports.
const LOOKS_A_REPORT: u64 = 4;

/// Lets a town of so many nodes live in `ground` until `stop` says so. `program` is this one; what happens is told to
/// `say`.
///
/// # Errors
/// In words: something is missing, or does not start. Whatever was started is ended.
pub async fn run(
    (ground, n_nodes): (&Ground, u8),
    program: &Path,
    mut stop: watch::Receiver<()>,
    say: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let mut members = Members::begun(ground, program)?;
    let nodes = ground.nodes(n_nodes)?;
    members.settle(&nodes, say)?;
    for node in &nodes {
        say(&format!("{}:http://{}/", node.name, node.address))?;
    }
    say(&format!("登录:{ADMIN},密码 {PASSWORD}"))?;
    say(&to_try(ground))?;
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut n_looks = 0_u64;
    loop {
        tokio::select! {
            _ = stop.changed() => break,
            _ = looks.tick() => {}
        }
        members.look_after(say)?;
        n_looks += 1;
        if n_looks.is_multiple_of(LOOKS_A_REPORT) {
            people::report(program, &nodes, n_looks / LOOKS_A_REPORT)?;
        }
    }
    say("正在结束……")?;
    drop(members);
    Ok(())
}

/// What people try first, in another terminal.
fn to_try(ground: &Ground) -> String {
    let dir = ground.dir().display();
    format!(
        "可以试试(在另一个终端):\n\
         \x20 duban --config {dir}/node-1/duban.toml node list    各节点怎样,由谁发信\n\
         \x20 duban lab kill node-2 --dir {dir}                   像断电一样杀掉,其余节点十秒之内接手\n\
         \x20 duban lab stop node-1 --dir {dir}                   冻住一个节点,用 cont 放开\n\
         \x20 duban lab kill redis --dir {dir}                    Redis 断电:页面照样能看,办理要等\n\
         杀掉的过一会儿自动重新启动。按 Ctrl-C 结束。"
    )
}
