//! Entities of any kind as they are read on the command line: one, and all of them.

use anyhow::{Result, bail};
use clap::{ArgMatches, Args, FromArgMatches as _};
use serde_json::{Map, Value, json};

use super::print::Call;
use crate::http::api::reading::nouns;
use crate::http::api::text::Key;
use crate::operations::readable::Readable;
use duban_base::exit::Exit;

/// Which one.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// The key.
    #[arg(value_name = "ID")]
    id: Key,
}

/// Prints all of them.
pub(crate) fn list<E: Readable>(_: &ArgMatches, call: &mut Call<'_>) -> Result<Exit> {
    let (store, now) = (call.open()?, call.now());
    let mut rows: Vec<Value> = Vec::new();
    for key in E::keys(&store)? {
        rows.extend(E::shown(&store, &key, now)?.map(|(shown, _)| shown));
    }
    let rules = store.rules.current();
    store.close()?;
    if call.is_for_programs() {
        let rows = (nouns::<E>().to_owned(), Value::from(rows));
        call.json(&Value::Object(Map::from_iter([rows])))?;
        return Ok(Exit::Done);
    }
    let words: Vec<Vec<(&str, String)>> =
        rows.iter().map(|row| E::in_line(row, &rules.0.rules.calendar)).collect();
    let Some(first) = words.first() else {
        call.line(format!("没有{}。", E::TAG))?;
        return Ok(Exit::Done);
    };
    let headings: Vec<&str> = first.iter().map(|(heading, _)| *heading).collect();
    let rows = words.iter().map(|row| row.iter().map(|(_, text)| text.clone()).collect());
    call.table(&headings, rows.collect())?;
    Ok(Exit::Done)
}

/// Prints one.
pub(crate) fn show<E: Readable>(matches: &ArgMatches, call: &mut Call<'_>) -> Result<Exit> {
    let which = Which::from_arg_matches(matches)?;
    let (store, now) = (call.open()?, call.now());
    let (shown, rules) = (E::shown(&store, which.id.as_str(), now)?, store.rules.current());
    store.close()?;
    let Some((mut shown, sequence)) = shown else {
        let (id, noun, tag) = (which.id, E::KIND.name, E::TAG);
        bail!("没有{tag} `{id}`;`duban {noun} list` 列出全部{tag}")
    };
    if call.is_for_programs() {
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("sequence".to_owned(), json!(sequence));
        }
        call.json(&shown)?;
        return Ok(Exit::Done);
    }
    for (heading, text) in E::words(&shown, &rules.0.rules.calendar) {
        call.line(format!("{heading}:{text}"))?;
    }
    call.line(format!("序号:{sequence}"))?;
    Ok(Exit::Done)
}
