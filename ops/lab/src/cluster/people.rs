//! People of a laboratory: they report something now and then, at whichever node.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

use super::ground::Node;

/// Who enters what they report.
pub(super) const LOGIN: &str = "lab";
/// What there is to report.
const WHAT: [&str; 4] = ["井盖缺失", "垃圾堆积", "占道经营", "路灯不亮"];
/// Where: in one of the cells of the shipped rules.
const PLACE: &str = "115.83,38.43";

/// The report of this number; nobody waits for what becomes of it.
pub(super) fn report(program: &Path, nodes: &[Node], n: u64) -> Result<()> {
    let pick = |n: u64, of: usize| usize::try_from(n).unwrap_or(0).checked_rem(of).unwrap_or(0);
    let (Some(node), Some(what)) = (nodes.get(pick(n, nodes.len())), WHAT.get(pick(n, WHAT.len())))
    else {
        return Ok(());
    };
    let mut command = Command::new(program);
    command.arg("--config").arg(node.dir.join("duban.toml")).args([
        "case",
        "register",
        "--by",
        LOGIN,
        "--channel",
        "hotline",
        "--source",
        "lab",
        "--external-id",
        &n.to_string(),
        "--text",
        what,
        "--address",
        "武垣路口",
        "--place",
        PLACE,
    ]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().context("无法运行 duban")?;
    // Reaped by whoever has the time; a node that is down keeps nobody waiting.
    std::thread::Builder::new()
        .name("lab-report".to_owned())
        .spawn(move || drop(child.wait()))
        .context("无法运行 duban")?;
    Ok(())
}
