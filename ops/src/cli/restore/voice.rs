//! Whether a restored store sends messages: what was said on the command line, or where it lies, or the answer.
//!
//! A second store with the same people in it must not write to them. Only in the place of the real one may somebody
//! want letters to leave at once, and nobody but a person can know.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::{Path, absolute};

use anyhow::{Context as _, Result, bail};

use super::super::Call;

/// Bytes of an answer that are read at most.
const ANSWER_MAX: u64 = 64;
/// What is answered to let messages leave.
const LIVE: [&str; 2] = ["发送", "live"];
/// What is answered to be on the safe side.
const MUTED: [&str; 2] = ["静音", "muted"];

/// Whether messages leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// They wait until somebody lets them go.
    Muted,
    /// They leave as soon as the store is served.
    Live,
}

impl Voice {
    /// The voice that was wished for; without a wish, muted beside the store that is configured, and asked for in its
    /// place.
    pub(super) fn of(wish: Option<Voice>, call: &mut Call<'_>) -> Result<Voice> {
        match wish {
            Some(voice) => Ok(voice),
            None if !is_same(&call.config.store_dir, &call.configured) => Ok(Voice::Muted),
            None if io::stdin().is_terminal() => asked(call),
            None => bail!(
                "恢复到的是配置中的存储目录 `{}`,须说明启动后是否发送消息:\
                 --muted 先静音,核对之后用 `duban unmute` 放行;--live 照常发送",
                call.config.store_dir.display()
            ),
        }
    }
}

fn asked(call: &mut Call<'_>) -> Result<Voice> {
    call.aside(
        "恢复到的是配置中的存储目录。备份之后已发出的消息,恢复后可能再发一遍。\n\
         启动后照常发送消息,还是先静音、核对之后用 `duban unmute` 放行?\n\
         输入「发送」或「静音」:",
    )?;
    let mut line = String::new();
    io::stdin().lock().take(ANSWER_MAX).read_line(&mut line).context("读取回答")?;
    match line.trim() {
        answer if LIVE.contains(&answer) => Ok(Voice::Live),
        answer if MUTED.contains(&answer) => Ok(Voice::Muted),
        _ => bail!("没有得到「发送」或「静音」的回答,什么也没有恢复"),
    }
}

/// Whether two paths name the same place, be it there or not.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().or_else(|_| absolute(path)).ok();
    let (one, other) = (real(one), real(other));
    one.is_some() && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_itself_however_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("town");
        assert!(is_same(&missing, &dir.path().join("./town/")));
        assert!(!is_same(&missing, &dir.path().join("town2")));
        std::fs::create_dir(&missing).unwrap();
        std::os::unix::fs::symlink(&missing, dir.path().join("link")).unwrap();
        assert!(is_same(&missing, &dir.path().join("link")));
    }
}
