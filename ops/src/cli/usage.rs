//! What somebody is told who asked for help, or for something that does not exist.

use std::io::Write;

use clap::error::{ContextKind, ErrorKind};

use super::Exit;
use duban_api::verbs::mistaken::{self, told};

/// Prints help to `out`, or the mistake and the way out to `err`.
pub(super) fn report(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let asked = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
    if asked.contains(&error.kind()) {
        // A reader that went away has seen enough.
        drop(write!(out, "{}", error.render()).and_then(|()| out.flush()));
        return Exit::Done;
    }
    let written = if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        write!(err, "{}", error.render())
    } else {
        mistake(error, err)
    };
    drop(written);
    Exit::Usage
}

fn mistake(error: &clap::Error, err: &mut dyn Write) -> std::io::Result<()> {
    writeln!(err, "错误:{}", sentence(error))?;
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand] {
        if let Some(near) = told(error, kind) {
            writeln!(err, "  您要写的也许是:{near}")?;
        }
    }
    if let Some(valid) = told(error, ContextKind::ValidValue).filter(|valid| !valid.is_empty()) {
        writeln!(err, "  可用的值:{valid}")?;
    }
    if let Some(usage) = told(error, ContextKind::Usage) {
        let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
        writeln!(err, "用法:{usage}")?;
    }
    writeln!(err, "加 --help 查看说明和示例。")
}

fn sentence(error: &clap::Error) -> String {
    let arg = told(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = told(error, ContextKind::InvalidValue).unwrap_or_default();
    let kind = error.kind();
    if kind == ErrorKind::UnknownArgument {
        format!("没有 `{arg}` 这个选项")
    } else if kind == ErrorKind::InvalidSubcommand {
        let name = told(error, ContextKind::InvalidSubcommand).unwrap_or_default();
        format!("没有 `{name}` 这个命令")
    } else if kind == ErrorKind::MissingRequiredArgument {
        format!("缺少 {arg}")
    } else if kind == ErrorKind::MissingSubcommand {
        "缺少命令".to_owned()
    } else if kind == ErrorKind::InvalidValue && value.is_empty() {
        format!("`{arg}` 后面缺少值")
    } else if [ErrorKind::InvalidValue, ErrorKind::ValueValidation].contains(&kind) {
        let why = mistaken::why(error).map(|why| format!(":{why}"));
        format!("`{arg}` 的值 `{value}` 不可用{}", why.unwrap_or_default())
    } else if kind == ErrorKind::ArgumentConflict {
        let other = told(error, ContextKind::PriorArg).unwrap_or_default();
        format!("`{arg}` 不能与 `{other}` 同时使用")
    } else {
        mistaken::plain(error)
    }
}
