//! Refusals of a person.

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_rules::vocabulary::{CollectorId, UnitId};
use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

use crate::refusal::{self, Common};
use crate::role::Role;

/// Why a person says no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", prefix = "person-")]
pub enum Refusal {
    /// No login name: 2 to 32 lower-case letters, digits, `-` and `.`, a letter first.
    NotALogin {
        login: CompactString,
    },
    /// Nobody has enrolled them.
    NotEnrolled,
    AlreadyEnrolled,
    Dismissed,
    /// They are exactly this already.
    Unchanged,
    /// The name is empty, too long, or has characters that cannot be seen.
    UnfitName,
    /// The name reads like the login name of somebody else.
    NameOfAnother,
    /// No role, or more than one person can hold (article 3).
    NumberOfRoles {
        roles: u32,
    },
    /// The same role twice.
    RoleTwice {
        role: Role,
    },
    /// The role belongs to a part of the system.
    RoleNotForPeople {
        role: Role,
    },
    /// They do not hold this role.
    RoleNotHeld {
        role: Role,
    },
    /// A role of a unit needs the unit (article 7).
    #[strum(serialize = "needs-a-unit")]
    NoUnit,
    UnitWithoutRole,
    /// The rules know no such unit.
    UnknownUnit {
        unit: UnitId,
    },
    /// A collector needs the id of the collector in the rules (article 10).
    #[strum(serialize = "needs-a-collector")]
    NoCollector,
    /// A collector's id without the role.
    CollectorWithoutRole,
    /// The rules know no such collector.
    UnknownCollector {
        collector: CollectorId,
    },
    /// They are operator and not released, or by a release that is void.
    #[strum(serialize = "operator-not-released")]
    NotReleased,
    /// No password is set.
    NoPassword,
    /// The session would have ended before it begins.
    SessionInThePast,
    NoSuchSession,
    NoSession,
    /// The label of a device or token is empty where it must not be, or too long.
    UnfitLabel,
    /// No token id: lower-case letters and digits, not too many.
    UnfitTokenId,
    /// There is a token of this id.
    TokenExists {
        id: CompactString,
    },
    /// They have as many tokens as one person can have.
    TooManyTokens,
    /// The token would end before it begins, or live too long.
    TokenLifetime {
        expires: Timestamp,
    },
    NoSuchToken {
        id: CompactString,
    },
    NoToken,
    /// A token issues no other, unless it is the operator's.
    TokenFromToken,
    /// The token would end after the one it is issued with.
    TokenOutlivesIssuer {
        until: Timestamp,
    },
    /// What any entity may say.
    #[serde(untagged)]
    #[strum(transparent)]
    Common(Common),
}

refusal::of_kind!(Refusal);
