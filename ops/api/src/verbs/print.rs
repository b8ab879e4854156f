//! The one place that prints: lines, tables and JSON to the output, remarks beside it.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::ValueEnum;
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use duban_rules::Lang;
use duban_runtime::clock::{Clock as _, SystemClock, Timestamp};
use serde_json::Value;

use duban_base::config::Config;
use duban_base::store::{self, Store};
use duban_server::offline::Site;
use duban_server::server::Server;

/// A line under the headings and nothing else: what is copied out of a terminal stays readable.
const PLAIN: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// Rows that are listed where the configuration names more than can be counted.
const ROWS: usize = 50;

/// For whom a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What a command has: the configuration, how to speak, and where to write.
pub struct Call<'a> {
    /// The configuration, with the command line's word first.
    pub config: Config,
    /// The store's directory by the configuration alone.
    pub configured: PathBuf,
    /// The store that the command line named, if it did.
    pub store: Option<PathBuf>,
    pub lang: Lang,
    /// For people or for programs.
    pub format: Format,
    /// The running server that carries the command out; none when it looks into the files itself.
    pub server: Option<Arc<Server>>,
    /// What was read for the command where it was typed, e.g. a password; never printed.
    pub secret: Option<String>,
    pub out: &'a mut dyn Write,
    /// Where remarks and diagnostics about the call go.
    pub err: &'a mut dyn Write,
}

impl Call<'_> {
    /// The store this is about: the running server's, or the one that lies in the directory.
    pub fn open(&self) -> Result<Store> {
        match &self.server {
            Some(server) => Ok(server.store()),
            None => store::open_existing(&self.config),
        }
    }

    /// Where an errand of this command is run.
    pub fn site(&self) -> Site {
        Site { config: self.config.clone(), server: self.server.clone() }
    }

    /// The instant by which lights and times left are shown.
    pub fn now(&self) -> Timestamp {
        self.server.as_ref().map_or_else(|| SystemClock::start().now(), |server| server.now())
    }

    /// Prints a line of the result.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<()> {
        Ok(writeln!(self.out, "{}", text.as_ref())?)
    }

    /// Prints a text that ends its own lines.
    pub fn text(&mut self, text: &str) -> Result<()> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    /// Prints one JSON document.
    pub fn json(&mut self, value: &Value) -> Result<()> {
        Ok(writeln!(self.out, "{value:#}")?)
    }

    /// Prints what came of a command: for programs, or in words.
    pub fn told(&mut self, result: &Value, words: impl AsRef<str>) -> Result<()> {
        if self.is_for_programs() { self.json(result) } else { self.line(words) }
    }

    /// How many rows are listed: as many as somebody wants, or else as the configuration says.
    pub fn rows(&self, wanted: Option<usize>) -> usize {
        wanted.unwrap_or_else(|| usize::try_from(self.config.output_rows).unwrap_or(ROWS))
    }

    /// Prints rows under their headings; Han characters count two columns.
    pub fn table(&mut self, headings: &[&str], rows: Vec<Vec<String>>) -> Result<()> {
        let mut table = Table::new();
        table.load_style(PLAIN);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(headings.iter().copied());
        table.add_rows(rows);
        for line in table.lines() {
            writeln!(self.out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Says something about the call itself, beside the result.
    ///
    /// # Errors
    /// When standard error takes nothing any more.
    pub fn aside(&mut self, text: &str) -> Result<()> {
        Ok(writeln!(self.err, "{}", text.trim_end())?)
    }

    /// Whether a program reads the result.
    pub fn is_for_programs(&self) -> bool {
        self.format == Format::Json
    }

    /// The one of two sentences that is in the language asked for.
    pub fn said<'s>(&self, zh: &'s str, en: &'s str) -> &'s str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// Prints why a command could not be done: the sentence, then each cause on a line of its own.
pub fn failure(error: &anyhow::Error, err: &mut dyn Write) -> io::Result<()> {
    writeln!(err, "错误:{error}")?;
    for cause in error.chain().skip(1) {
        match cause.downcast_ref::<io::Error>().and_then(|cause| in_words(cause.kind())) {
            Some(words) => writeln!(err, "  原因:{words}({cause})")?,
            None => writeln!(err, "  原因:{cause}")?,
        }
    }
    Ok(())
}

/// What the system's usual refusals mean.
fn in_words(kind: io::ErrorKind) -> Option<&'static str> {
    let words = [
        (io::ErrorKind::NotFound, "没有这个文件或目录"),
        (io::ErrorKind::PermissionDenied, "没有权限"),
        (io::ErrorKind::NotADirectory, "不是目录"),
        (io::ErrorKind::IsADirectory, "是目录,不是文件"),
        (io::ErrorKind::StorageFull, "磁盘已满"),
        (io::ErrorKind::ReadOnlyFilesystem, "文件系统只读"),
    ];
    words.into_iter().find(|(known, _)| *known == kind).map(|(_, words)| words)
}
