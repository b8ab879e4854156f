//! Refusals of the reservation.

use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

use crate::refusal::{self, Common};

/// Why the reservation says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Refusal {
    /// Those who were operators before are not known yet.
    #[strum(serialize = "operators-not-filled")]
    NotFilled,
    /// They are known already.
    #[strum(serialize = "operators-already-filled")]
    AlreadyFilled,
    /// Nobody else could come in as operator. Said of the person whom somebody wants to send away.
    #[strum(serialize = "person-last-operator")]
    LastOperator,
    /// Too many are about to go.
    #[strum(serialize = "operators-too-many-releases")]
    TooManyReleases,
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);
