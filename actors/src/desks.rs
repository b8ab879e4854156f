//! Desks of the centre (监督中心, 指挥中心, 值班长), and who keeps each of them (articles 3 and 12).
//!
//! A desk that nobody has ever taken over is kept by everybody of its post. From then on whoever is on shift keeps it,
//! and hears what is for it; while it is vacant, all of its post and the head of the centre do. No entity sees another:
//! what shifts say is put into the context of all by whoever reads their states, and may be a moment old.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Asked;
use duban_rules::book::officials::{ClosingRule, Officials};
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::Recipient;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::role::Role;

/// A desk.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Desk {
    Intake,
    Dispatch,
    DutyChief,
}

impl Desk {
    /// Every desk.
    pub const ALL: &'static [Desk] = Desk::VARIANTS;

    /// The key of its shifts.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The post of whoever keeps it.
    pub fn role(self) -> Role {
        match self {
            Desk::Intake => Role::Intake,
            Desk::Dispatch => Role::Dispatcher,
            Desk::DutyChief => Role::DutyChief,
        }
    }

    /// As whom notices reach it.
    pub fn recipient(self) -> Recipient {
        match self {
            Desk::Intake => Recipient::IntakeDesk,
            Desk::Dispatch => Recipient::DispatchDesk,
            Desk::DutyChief => Recipient::DutyChief,
        }
    }

    /// The desk of a post, if it has one.
    pub fn of_role(role: Role) -> Option<Desk> {
        Desk::ALL.iter().copied().find(|desk| desk.role() == role)
    }

    /// Where a case stands that waits for it, as [`crate::case::State::name`] says it.
    pub fn stages(self) -> &'static [&'static str] {
        match self {
            Desk::Intake => &["registered", "validating", "verifying"],
            Desk::Dispatch => &["awaiting-dispatch"],
            Desk::DutyChief => &["returning", "disputing", "awaiting-closing"],
        }
    }

    fn of_recipient(role: Recipient) -> Option<Desk> {
        Desk::ALL.iter().copied().find(|desk| desk.recipient() == role)
    }
}

/// Who keeps a desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keeper {
    /// Nobody has ever taken it over.
    #[default]
    Everybody,
    /// It is vacant.
    Nobody,
    OnShift {
        login: CompactString,
        /// The name by which the rules know them, too.
        name: CompactString,
    },
}

/// A duty chief who closes without being on shift, by leave of the head of the centre.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    pub login: CompactString,
    /// Until when; at this instant it has ended.
    pub until: Timestamp,
}

/// Of these the ones by which somebody closes at `now` who could not otherwise: each person once, by the longest. Whoever
/// is on shift closes by that.
pub fn in_force(mut allowed: Vec<Allowance>, on_shift: &str, now: Timestamp) -> Vec<Allowance> {
    allowed.retain(|one| one.until > now && one.login != on_shift);
    allowed.sort_by_key(|one| Reverse(one.until));
    let mut each: Vec<Allowance> = Vec::with_capacity(allowed.len());
    for one in allowed {
        if !each.iter().any(|known| known.login == one.login) {
            each.push(one);
        }
    }
    each
}

/// Who keeps which desk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Desks {
    keepers: BTreeMap<Desk, Keeper>,
    allowed: Vec<Allowance>,
}

impl Desks {
    /// These desks are kept by these, the others by everybody of their post; and these may close beside.
    pub fn of(
        keepers: impl IntoIterator<Item = (Desk, Keeper)>,
        allowed: impl IntoIterator<Item = Allowance>,
    ) -> Desks {
        Desks { keepers: keepers.into_iter().collect(), allowed: allowed.into_iter().collect() }
    }

    /// Who keeps a desk.
    pub fn keeper(&self, desk: Desk) -> &Keeper {
        self.keepers.get(&desk).unwrap_or(&Keeper::Everybody)
    }

    /// The people who hear now what is for `role`: whoever keeps the desk, where it is one.
    pub(crate) fn told<'a>(&self, officials: &'a Officials, role: Recipient) -> Vec<&'a Contact> {
        let mut post = officials.contacts(role);
        match Desk::of_recipient(role).map_or(&Keeper::Everybody, |desk| self.keeper(desk)) {
            Keeper::Everybody => post,
            Keeper::OnShift { name, .. } if post.iter().any(|one| one.name == *name) => {
                post.retain(|one| one.name == *name);
                post
            }
            // Somebody on shift whom the rules give no number is nobody whom a notice could reach.
            Keeper::OnShift { .. } | Keeper::Nobody => {
                post.extend(officials.contacts(Recipient::CentreHead));
                post
            }
        }
    }

    /// Whether whoever asks closes cases now; if not, who is on shift instead (article 18).
    pub(crate) fn closes(
        &self,
        asked: &Asked,
        rule: ClosingRule,
    ) -> Result<(), Option<CompactString>> {
        let on_shift = match (rule, self.keeper(Desk::DutyChief)) {
            (ClosingRule::AnyChief, _) | (ClosingRule::OnShift, Keeper::Everybody) => return Ok(()),
            (ClosingRule::OnShift, Keeper::Nobody) => None,
            (ClosingRule::OnShift, Keeper::OnShift { login, .. }) if *login == asked.by => {
                return Ok(());
            }
            (ClosingRule::OnShift, Keeper::OnShift { name, .. }) => Some(name.clone()),
        };
        let allowed = |one: &Allowance| one.login == asked.by && asked.at < one.until;
        if self.allowed.iter().any(allowed) { Ok(()) } else { Err(on_shift) }
    }
}
