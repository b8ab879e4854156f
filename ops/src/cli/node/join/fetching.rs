//! The copy that a running node gives over HTTP, and how far it is.

use anyhow::{Result, anyhow};
use duban_base::cluster::announcing::Announced;
use duban_base::cluster::joining::Before;
use duban_base::config::Config;
use duban_base::config::cluster::NodeConfig;
use duban_base::partial_copies;
use duban_server::peers::fetching::{Fetched, fetch};
use indicatif::{ProgressBar, ProgressStyle};

/// Copies from the first node that gives everything.
pub(super) fn fetched(
    (config, node): (&Config, &NodeConfig),
    before: &Before,
    announced: &Announced,
) -> Result<()> {
    let place = &config.store_dir;
    let bar = bar(before.head.frame);
    let mut failure = anyhow!("没有可用的节点可供复制");
    for address in &before.copied_from {
        let mut told = |fetched: &Fetched| {
            announced.has(fetched.frame);
            bar.set_position(fetched.frame);
            bar.set_message(format!("{} 个附件、{} 个密钥", fetched.blobs, fetched.keys));
        };
        let fetching = fetch((config, node), address, place, &mut told);
        match actix::System::new().block_on(fetching) {
            Ok(_) => {
                bar.finish_and_clear();
                return Ok(());
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), address, "this node gives no copy");
                failure = error;
            }
        }
        partial_copies::empty(place)?;
        announced.has(0);
    }
    bar.abandon();
    Err(failure.context("没有一个节点给出完整的副本"))
}

/// Shown on a terminal alone.
fn bar(frames: u64) -> ProgressBar {
    let bar = ProgressBar::new(frames);
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} 帧 剩余 {eta} {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
