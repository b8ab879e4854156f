//! `duban completions`: what a shell needs to complete `duban`'s commands and options.

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::{Call, Exit, help};

#[derive(Debug, Args)]
#[command(
    about = "输出命令补全脚本",
    long_about = "为您的 shell 输出命令补全脚本:按 Tab 补全 duban 的命令和选项。\n\n\
    示例:\n  \
    duban completions bash > /etc/bash_completion.d/duban\n  \
    duban completions zsh > ~/.zfunc/_duban\n  \
    duban completions fish > ~/.config/fish/completions/duban.fish"
)]
pub(super) struct Completions {
    /// 哪一种 shell:bash zsh fish
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Shells that are found on servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    pub(super) fn run(&self, call: &mut Call<'_>) -> Result<Exit> {
        let shell = match self.shell {
            Shell::Bash => clap_complete::Shell::Bash,
            Shell::Zsh => clap_complete::Shell::Zsh,
            Shell::Fish => clap_complete::Shell::Fish,
        };
        // Into memory first: the generator knows no reader that goes away.
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut help::command(), "duban", &mut script);
        call.text(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Done)
    }
}
