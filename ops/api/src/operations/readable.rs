//! Readable entities: lists and single ones, over HTTP and on the command line, from what an entity shows of itself.

use std::collections::BTreeSet;

use anyhow::Result;
use duban_rules::book::calendar::Calendar;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::List;
use serde_json::Value;

use super::exposed::Exposed;
use super::row::{At, Http, Method, Row};
use crate::http::api::described::{self, reading};
use crate::http::api::page::Paging;
use crate::http::api::reading as over_http;
use crate::verbs::listed::Verb;
use duban_base::asking::Asker;
use duban_base::state;
use duban_base::store::Store;

/// Entities that are read from one list; a county has some dozens of a kind.
const LISTED_MAX: usize = 4_096;

/// An entity of which there are few enough to list them all, and which shows what its state does.
pub(crate) trait Readable: Exposed {
    /// The lists in which entities of the kind stand.
    const LISTS: &'static [List];

    /// Whether `asker` sees the one with this key; the lists are for those who see all.
    fn sees(asker: &Asker, _key: &str) -> bool {
        asker.sees_all()
    }

    /// Whether the one with this key concerns `asker`, who does not see it otherwise.
    fn concerns(_store: &Store, _asker: &Asker, _key: &str) -> Result<bool> {
        Ok(false)
    }

    fn keys(store: &Store) -> Result<BTreeSet<String>> {
        listed::<Self>(store)
    }

    /// What is shown at `now` of the one with this key, and its sequence; none for what is not there.
    fn shown(store: &Store, key: &str, _now: Timestamp) -> Result<Option<(Value, u64)>> {
        stored::<Self>(store, key)
    }

    /// The same in words: what each field is called, and what stands there.
    fn words(shown: &Value, calendar: &Calendar) -> Vec<(&'static str, String)>;

    /// What of it stands in a line of the list.
    fn in_line(shown: &Value, calendar: &Calendar) -> Vec<(&'static str, String)> {
        Self::words(shown, calendar)
    }
}

/// The keys of all that stand in a list.
pub(crate) fn listed<E: Readable>(store: &Store) -> Result<BTreeSet<String>> {
    let mut keys = BTreeSet::new();
    for list in E::LISTS {
        let listed = store.journal.list(list, None, LISTED_MAX)?;
        keys.extend(listed.into_iter().map(|(_, id)| id.key.to_string()));
    }
    Ok(keys)
}

/// What the state of one shows, and its sequence.
pub(crate) fn stored<E: Readable>(store: &Store, key: &str) -> Result<Option<(Value, u64)>> {
    let read = state::read::<E>(&store.journal, key)?;
    Ok(read.map(|(entity, sequence)| (entity.view(), sequence)))
}

/// All entities of a kind, page by page.
pub(crate) const fn list<E: Readable>(
    id: &'static str,
    summary: &'static str,
    page: &'static str,
) -> Row {
    let described = reading(id, summary).with::<Paging>().answers(over_http::shape::<E>, page);
    let answered = over_http::list::<E>;
    Row {
        http: Some(Http { method: Method::Get, at: At::All, answered, described }),
        verb: Some(Verb::listing::<E>(summary)),
        form: None,
    }
}

/// One entity of a kind.
pub(crate) const fn one<E: Readable>(id: &'static str, summary: &'static str) -> Row {
    let described = reading(id, summary).answers(described::object, E::TAG);
    let answered = over_http::one::<E>;
    Row {
        http: Some(Http { method: Method::Get, at: At::One(""), answered, described }),
        verb: Some(Verb::showing::<E>(summary)),
        form: None,
    }
}

/// A text of a view; nothing where there is none.
pub(crate) fn text(shown: &Value, field: &str) -> String {
    shown.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The texts of a list of a view.
pub(crate) fn texts(shown: &Value, field: &str) -> String {
    let texts = shown.get(field).and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

/// How many things a list of a view has.
pub(crate) fn count(shown: &Value, field: &str) -> String {
    shown.get(field).and_then(Value::as_array).map_or(0, Vec::len).to_string()
}
