//! The classes that a unit had, by the rules that were in force (article 6).

use std::collections::BTreeMap;

use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::labels::unit::class_word;
use crate::rules_in_force::edition::{self, Edition};

/// The file that says it.
const FILE: [&str; 1] = ["units.toml"];
/// Rules sets that are looked into, the latest ones.
const EDITIONS_MAX: usize = 200;

/// What a unit was from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Since {
    /// 从何时起
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// 类别;规则中没有该单位的,为 null
    #[schema(example = "一类")]
    pub class: Option<&'static str>,
    /// 规则的版本号
    pub number: String,
}

/// The classes of `unit`, the first first: a row where it came, changed its class, or went. Rules whose files are lost
/// say nothing.
///
/// # Errors
/// When the record of rules cannot be read.
pub fn history(journal: &Journal, unit: &UnitId) -> Result<Vec<Since>, Failure> {
    let editions = edition::course(journal)?.editions;
    let mut history: Vec<Since> = Vec::new();
    let mut by_file: BTreeMap<[u8; 32], Option<&'static str>> = BTreeMap::new();
    for Edition { edition, since, .. } in editions.iter().rev().take(EDITIONS_MAX).rev() {
        let Ok(sources) = edition::sources(journal, edition) else { continue };
        // Most rules change other files than this.
        let file = sources.only(&FILE);
        let read = || duban_rules::parse(&file).0.units.get(unit).map(class_word);
        let class = *by_file.entry(file.hash()).or_insert_with(read);
        let before = history.last().and_then(|last| last.class);
        if class != before {
            let number = edition.number.to_string();
            history.push(Since { since: *since, class, number });
        }
    }
    Ok(history)
}
