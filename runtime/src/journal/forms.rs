//! State forms: the versions in which a store keeps entities' states, kind by kind.
//!
//! A later edition of the domain may write a state in another form ([`Fold::state_version`]). The store of an older one
//! is made again from the ledger when it is opened, in one pass that shows how far it is, and gone on with where older
//! segments of the ledger are gone; states that are read in an older form all the same, such as those of a base snapshot,
//! are made again each time ([`super::reading`]).

use std::collections::BTreeMap;

use super::failure::Failure;
use super::layout;
use super::store::Store;
use crate::record::Fold;

/// In which forms a store keeps its states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forms {
    Today,
    /// Some in one of an older edition, or of a later one.
    Other,
}

/// In which forms `store` keeps its states, as far as `fold` tells of any.
///
/// # Errors
/// The store's; [`Failure::Corrupt`] when what it says makes no sense.
pub(super) fn of(store: &dyn Store, fold: &dyn Fold) -> Result<Forms, Failure> {
    let today = today(fold);
    let Some(bytes) = store.get(layout::FORMS)? else {
        // Editions that did not say wrote older forms; one that has none cannot tell.
        return Ok(if today.is_empty() { Forms::Today } else { Forms::Other });
    };
    let kept: BTreeMap<u8, u16> = layout::parse_value(&bytes)
        .map_err(|source| Failure::Corrupt { what: "the forms of states".to_owned(), source })?;
    // A kind that is new, or gone, has no states that could be read wrongly.
    let same = kept.iter().all(|(kind, version)| today.get(kind).is_none_or(|now| now == version));
    Ok(if same { Forms::Today } else { Forms::Other })
}

/// Has `store` say that it keeps the forms of today.
///
/// # Errors
/// The store's.
pub(super) fn put(store: &dyn Store, fold: &dyn Fold) -> Result<(), Failure> {
    let today = layout::value(&today(fold));
    if store.get(layout::FORMS)?.as_ref().is_some_and(|kept| **kept == *today) {
        return Ok(());
    }
    store.apply(vec![(layout::FORMS.to_vec(), Some(today))])
}

fn today(fold: &dyn Fold) -> BTreeMap<u8, u16> {
    (0..=u8::MAX).filter_map(|kind| Some((kind, fold.state_version(kind)?))).collect()
}
