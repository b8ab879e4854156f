//! `duban man`: the manual, a page for each command, made from the same words as its help.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_mangen::Man as Page;

use super::{Call, Exit, help};

/// Headings of the pages: as they are generated, and in Chinese.
const HEADINGS: [(&str, &str); 6] = [
    ("NAME", "名称"),
    ("SYNOPSIS", "用法"),
    ("DESCRIPTION", "说明"),
    ("OPTIONS", "选项"),
    ("SUBCOMMANDS", "命令"),
    ("VERSION", "版本"),
];

#[derive(Debug, Args)]
#[command(
    about = "生成手册页",
    long_about = "把手册页写入一个目录,每个命令一页(duban.1、duban-case-list.1 等)。\n\n\
    示例:\n  \
    duban man /usr/local/share/man/zh_CN/man1\n  \
    duban man . && man ./duban-serve.1"
)]
pub(super) struct Man {
    /// 写入的目录;没有则建立
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Man {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        fs::create_dir_all(&self.dir)
            .with_context(|| format!("无法建立目录 {}", self.dir.display()))?;
        let mut command = help::command();
        command.build();
        let pages = write(&command, &self.dir)?;
        call.line(format!("已写入 {pages} 页到 {}", self.dir.display()))?;
        Ok(Exit::Done)
    }
}

/// Writes the page of `command` and of everything below it; how many.
fn write(command: &Command, dir: &Path) -> Result<usize> {
    // A page is named after its whole path, and so is its title.
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let page = Page::new(command.clone()).title(name.clone()).manual("督办");
    let mut text = Vec::new();
    page.render(&mut text)?;
    let mut text = String::from_utf8_lossy(&text).into_owned();
    for (generated, chinese) in HEADINGS {
        text = text.replace(&format!(".SH {generated}\n"), &format!(".SH {chinese}\n"));
    }
    let path = dir.join(format!("{name}.1"));
    fs::write(&path, text).with_context(|| format!("无法写入 {}", path.display()))?;
    let mut pages = 1;
    for below in command.get_subcommands() {
        pages += write(below, dir)?;
    }
    Ok(pages)
}
