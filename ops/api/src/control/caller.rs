//! The calling end: hands a command to the server and prints what it says.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{Order, Piece, socket};
use duban_base::exit::Exit;

/// A longer line of an answer is no server's of ours.
const LINE_MAX: usize = 16 * 1024 * 1024;

/// A server that answers.
#[derive(Debug)]
pub struct Line {
    socket: PathBuf,
}

/// The server that works on the store in `dir`, if one answers there.
pub fn reach(dir: &Path) -> Option<Line> {
    let socket = socket(dir);
    UnixStream::connect(&socket).ok().map(|_| Line { socket })
}

impl Line {
    /// Has the command carried out; what it prints is printed here.
    ///
    /// # Errors
    /// When the server goes away before it has said how the command ended: what was asked may have been done.
    pub fn carry_out(
        &self,
        order: &Order,
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Result<Exit> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.ask(order, out, err))
    }

    async fn ask(&self, order: &Order, out: &mut dyn Write, err: &mut dyn Write) -> Result<Exit> {
        duban_base::tls::ready();
        let client = reqwest::Client::builder().unix_socket(self.socket.clone()).build()?;
        let asked = client.post("http://duban/run").json(order).send().await;
        let mut answer = asked.context("运行中的 duban 没有应答")?;
        if !answer.status().is_success() {
            bail!("运行中的 duban 不接受这条命令({})", answer.status());
        }
        let mut rest: Vec<u8> = Vec::new();
        while let Some(chunk) = answer.chunk().await.context("运行中的 duban 中途断开")? {
            rest.extend_from_slice(&chunk);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                match serde_json::from_slice(&line).context("运行中的 duban 的应答无法读取")?
                {
                    Piece::Out(text) => out.write_all(text.as_bytes())?,
                    Piece::Err(text) => err.write_all(text.as_bytes())?,
                    Piece::Exit(exit) => return Ok(exit),
                }
            }
            if rest.len() > LINE_MAX {
                bail!("运行中的 duban 的应答过长");
            }
        }
        bail!("运行中的 duban 在说明结果之前断开;命令可能已经执行,请查看后再试")
    }
}
