//! The ground of a laboratory: its directory, with the configuration of every node and of Redis.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use duban_base::private;

/// What the nodes call themselves together.
const CLUSTER: &str = "lab";
/// Of everybody in it: it is on loopback, and gone in a while.
pub(super) const PASSWORD: &str = "three-machines-one-log";
/// Marks a directory as a laboratory's, which the next one may replace.
const MARK: &str = "duban-lab";

/// Where a laboratory works.
#[derive(Debug)]
pub struct Ground {
    dir: PathBuf,
    redis_port: u16,
}

/// A node, as it is configured.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) dir: PathBuf,
    pub(super) address: String,
}

impl Node {
    /// Where its store is.
    pub(super) fn store(&self) -> String {
        self.dir.join("data").display().to_string()
    }
}

impl Ground {
    /// A fresh one in `dir`; what an earlier laboratory left there goes.
    ///
    /// # Errors
    /// In words: something else is there, or the disk refuses.
    pub fn fresh(dir: &Path) -> Result<Ground> {
        let shown = dir.display();
        let failed = || format!("无法写入 `{shown}`");
        if dir.exists() {
            if !dir.join(MARK).exists() && fs::read_dir(dir).with_context(failed)?.next().is_some()
            {
                bail!("`{shown}` 不是空目录,也不是上一次留下的:用 --dir 另选一个")
            }
            fs::remove_dir_all(dir).with_context(failed)?;
        }
        private::dir(dir).with_context(failed)?;
        let dir = dir.canonicalize().with_context(failed)?;
        fs::write(dir.join(MARK), "").with_context(failed)?;
        let redis_port = free_port()?;
        let redis = dir.join("redis");
        private::dir(&redis).with_context(failed)?;
        let settings = format!(
            "port {redis_port}\nbind 127.0.0.1\ndir \"{}\"\nlogfile log\nsave \"\"\nappendonly yes\n\
             appendfsync always\nmaxmemory 1gb\nmaxmemory-policy noeviction\n",
            redis.display()
        );
        fs::write(redis.join("redis.conf"), settings).with_context(failed)?;
        Ok(Ground { dir, redis_port })
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn redis_port(&self) -> u16 {
        self.redis_port
    }

    /// So many nodes, configured.
    pub(super) fn nodes(&self, n: u8) -> Result<Vec<Node>> {
        (1..=n).map(|n| self.node(&format!("node-{n}"))).collect()
    }

    /// The file with the password of everybody in it.
    pub(super) fn password(&self) -> Result<String> {
        let path = self.dir.join("password");
        fs::write(&path, format!("{PASSWORD}\n")).context("无法写入密码文件")?;
        Ok(path.display().to_string())
    }

    fn node(&self, name: &str) -> Result<Node> {
        let dir = self.dir.join(name);
        let failed = || format!("无法写入 `{}`", dir.display());
        private::dir(&dir).with_context(failed)?;
        let secret = self.dir.join("secret");
        if !secret.exists() {
            fs::write(&secret, "the secret of a laboratory\n").with_context(failed)?;
        }
        let address = format!("127.0.0.1:{}", free_port()?);
        let settings = format!(
            "[store]\ndir = \"{}\"\n[http]\nlisten = \"{address}\"\n[cluster]\nname = \"{CLUSTER}\"\n\
             node = \"{name}\"\nsecret_file = \"{}\"\n[redis]\nurl = \"redis://127.0.0.1:{}\"\n",
            dir.join("data").display(),
            secret.display(),
            self.redis_port,
        );
        fs::write(dir.join("duban.toml"), settings).with_context(failed)?;
        Ok(Node { name: name.to_owned(), dir, address })
    }
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("没有空闲的端口")?;
    Ok(listener.local_addr().context("没有空闲的端口")?.port())
}
