//! Help in Chinese, the same shape for every command: what it is for, an example, its arguments.
//!
//! clap's own headings and defaults are English; they are replaced here, in one place, for the whole tree.

use clap::{Arg, ArgAction, Command, CommandFactory};

const TEMPLATE: &str = "{about-with-newline}\n用法:{usage}\n\n{all-args}";

/// The whole command line, as clap knows it.
pub(super) fn command() -> Command {
    let command = super::Cli::command()
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(flag("help", 'h', ArgAction::Help, "显示帮助;--help 更详细").global(true))
        .arg(flag("version", 'V', ArgAction::Version, "显示版本"));
    chinese(command)
}

fn flag(name: &'static str, short: char, action: ArgAction, about: &'static str) -> Arg {
    Arg::new(name).long(name).short(short).action(action).help(about)
}

fn chinese(command: Command) -> Command {
    command
        .help_template(TEMPLATE)
        .disable_help_subcommand(true)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .mut_args(|arg| {
            let heading = match (arg.is_positional(), arg.is_global_set()) {
                (true, _) => "参数",
                (false, true) => "通用选项",
                (false, false) => "选项",
            };
            let takes_values = arg.get_action().takes_values();
            let arg = arg.help_heading(heading);
            if takes_values { arg.hide_default_value(true).hide_possible_values(true) } else { arg }
        })
        .mut_subcommands(chinese)
}

#[cfg(test)]
mod tests {
    use super::*;
    use duban_api::http::api::choices;

    /// Every command that does something, with its path.
    fn leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        for sub in command.get_subcommands() {
            let path = format!("{path} {}", sub.get_name());
            if sub.has_subcommands() {
                leaves(sub, &path, found);
            } else {
                found.push((path, sub.clone()));
            }
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command_shows_how_it_is_used() {
        let mut found = Vec::new();
        leaves(&command(), "duban", &mut found);
        assert!(found.len() >= 5, "{found:?}");
        for (path, leaf) in found {
            let about = leaf.get_long_about().map(ToString::to_string).unwrap_or_default();
            let examples = about.split_once("示例:").map(|(_, examples)| examples);
            let shows = examples.is_some_and(|examples| examples.contains(&path));
            assert!(shows, "no example of `{path}`:\n{about}");
        }
    }

    #[test]
    fn an_option_that_takes_one_of_some_words_says_which() {
        let mut found = Vec::new();
        leaves(&command(), "duban", &mut found);
        let (words, mut options) = (choices::every(), 0);
        for (path, leaf) in &found {
            for arg in leaf.get_arguments().filter(|arg| arg.get_action().takes_values()) {
                let of = arg.get_value_parser().type_id();
                let Some((_, words)) = words.iter().find(|(known, _)| of == *known) else {
                    continue;
                };
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                let unsaid: Vec<_> =
                    words.iter().filter(|(word, _)| !help.contains(*word)).collect();
                assert!(unsaid.is_empty(), "`{path}`: `{}` leaves out {unsaid:?}", arg.get_id());
                options += 1;
            }
        }
        assert!(options >= 6, "{options}");
    }

    #[test]
    fn every_option_says_what_it_is_for() {
        let mut found = Vec::new();
        leaves(&command(), "duban", &mut found);
        for (path, leaf) in found {
            for arg in leaf.get_arguments() {
                assert!(arg.get_help().is_some(), "`{path}`: `{}` has no help", arg.get_id());
            }
        }
    }
}
