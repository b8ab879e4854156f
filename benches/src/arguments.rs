//! What was asked on the command line: a question and numbers by name.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Words first, then `--name value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    words: Vec<String>,
    options: BTreeMap<String, String>,
}

impl Arguments {
    /// Reads what follows the program's name.
    ///
    /// # Errors
    /// An option without its value.
    pub fn read(args: impl IntoIterator<Item = String>) -> anyhow::Result<Arguments> {
        let mut arguments = Arguments::default();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match arg.strip_prefix("--") {
                Some(name) => {
                    let value = args.next();
                    let value = value.ok_or_else(|| anyhow::anyhow!("`--{name}` needs a value"))?;
                    arguments.options.insert(name.to_owned(), value);
                }
                None => arguments.words.push(arg),
            }
        }
        Ok(arguments)
    }

    /// The word at `place`.
    pub fn word(&self, place: usize) -> Option<&str> {
        self.words.get(place).map(String::as_str)
    }

    /// The number called `name`, or `usual`.
    ///
    /// # Errors
    /// When it is not a number.
    pub fn number(&self, name: &str, usual: u64) -> anyhow::Result<u64> {
        let Some(text) = self.options.get(name) else { return Ok(usual) };
        let digits = text.replace(['_', ','], "");
        digits.parse().map_err(|_| anyhow::anyhow!("`--{name} {text}` is not a number"))
    }

    /// The text called `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    /// The same with an option set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Arguments {
        self.options.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same with other words.
    #[must_use]
    pub fn asking(mut self, words: &[&str]) -> Arguments {
        self.words = words.iter().map(ToString::to_string).collect();
        self
    }

    /// Where data may lie: `--dir`, or beside the build.
    pub fn dir(&self) -> PathBuf {
        let beside = || {
            let program = std::env::current_exe().unwrap_or_default();
            program.ancestors().nth(2).map_or_else(PathBuf::new, |target| target.join("bench-data"))
        };
        self.options.get("dir").map_or_else(beside, PathBuf::from)
    }

    /// As they were on the command line.
    pub fn to_args(&self) -> Vec<String> {
        let options = self.options.iter();
        let options = options.flat_map(|(name, value)| [format!("--{name}"), value.clone()]);
        self.words.iter().cloned().chain(options).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_the_same_after_a_round_trip() {
        let args = ["ask", "w1", "--cases", "20_000"].map(str::to_owned);
        let read = Arguments::read(args).unwrap();
        assert_eq!(read.number("cases", 1).unwrap(), 20_000);
        assert_eq!(Arguments::read(read.to_args()).unwrap(), read);
    }

    #[test]
    fn an_option_without_a_value_is_told() {
        assert!(Arguments::read(["table".to_owned(), "--runs".to_owned()]).is_err());
    }
}
