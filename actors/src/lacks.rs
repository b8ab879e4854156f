//! Lacks of a unit: what it has not of the duties of its class, as the rules tell, and of accounts (article 7).
//!
//! Read by whoever asks, and kept by no entity; a dispatch decides by it only where the rules say so.

use duban_rules::book::units::{Incomplete, Lack, Unit as Terminal};
use duban_rules::vocabulary::UnitClass;

use crate::context::Context;
use crate::unit::views::has_head_account;

/// What `unit` lacks now; nothing where it takes no cases anyway.
pub fn of(unit: &Terminal, cx: &Context) -> Vec<Lack> {
    if cx.is_closed(&unit.id) {
        return Vec::new();
    }
    let accounts = match unit.class() {
        Some(UnitClass::First) => vec![
            (Lack::HeadAccount, has_head_account(&unit.id, cx)),
            (Lack::Account, cx.accounts.has_any(&unit.id)),
        ],
        Some(UnitClass::Second | UnitClass::Third) | None => Vec::new(),
    };
    let accounts = accounts.into_iter().filter(|(_, there)| !there).map(|(lack, _)| lack);
    unit.lacks().into_iter().chain(accounts).collect()
}

/// What keeps `unit` from getting new cases, where the rules say that it does.
pub fn barred_by(unit: &Terminal, cx: &Context) -> Vec<Lack> {
    match cx.rules.units.incomplete {
        Incomplete::Tell => Vec::new(),
        Incomplete::Refuse => of(unit, cx),
    }
}

/// What is lacking, in words.
pub fn in_words(lacks: &[Lack]) -> String {
    lacks.iter().map(|lack| lack.chinese()).collect::<Vec<_>>().join("、")
}
