//! Refusals that every entity has: who may ask what (article 12), and a reason in writing.

use duban_core::entity::Asked;
use duban_rules::line;
use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

use crate::role::{Duty, Role, role_of};

/// Why any entity says no. Each refusal has it as its variant `Common`, which is written as what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Common {
    /// The role does not do this (article 12).
    NotPermitted { duty: Duty },
    /// The role does this for themselves or their own unit, and this is another's.
    NotYourOwn,
    /// The reason stands in writing.
    ReasonMissing,
}

/// Makes an enum with a variant `Common` the refusal of a kind: each is called as its variant.
macro_rules! of_kind {
    ($refusal:ty) => {
        impl ::duban_core::entity::Refusal for $refusal {
            fn code(&self) -> &'static str {
                self.into()
            }

            fn codes() -> Vec<&'static str> {
                $crate::refusal::codes::<$refusal>()
            }
        }

        impl From<$crate::refusal::Common> for $refusal {
            fn from(common: $crate::refusal::Common) -> $refusal {
                <$refusal>::Common(common)
            }
        }
    };
}
pub(crate) use of_kind;

/// Whose it is that something is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The asker's own.
    TheirOwn,
    /// Somebody else's.
    Anothers,
}

/// Whoever has this duty may (article 12).
pub(crate) fn permit(asked: &Asked, duty: Duty) -> Result<(), Common> {
    permit_own(asked, duty, &[], Whose::Anothers)
}

/// Whoever has this duty may, and these roles for what is their own.
pub(crate) fn permit_own(
    asked: &Asked,
    duty: Duty,
    roles: &[Role],
    whose: Whose,
) -> Result<(), Common> {
    match role_of(asked) {
        Some(role) if role.may(duty) => Ok(()),
        Some(role) if roles.contains(&role) => match whose {
            Whose::TheirOwn => Ok(()),
            Whose::Anothers => Err(Common::NotYourOwn),
        },
        Some(_) | None => Err(Common::NotPermitted { duty }),
    }
}

/// A reason that says something.
pub(crate) fn reason(text: &str) -> Result<String, Common> {
    if line::is_blank(text) { Err(Common::ReasonMissing) } else { Ok(text.to_owned()) }
}

/// The codes of a kind's refusals `R`: its own, and those that every entity has.
pub(crate) fn codes<R: VariantNames>() -> Vec<&'static str> {
    let own = R::VARIANTS.iter().filter(|name| !stands_for_the_common_ones(name));
    own.chain(Common::VARIANTS).copied().collect()
}

/// Whether this is what the variant `Common` is called, which is nobody's code: that word, behind its kind's at most.
fn stands_for_the_common_ones(name: &str) -> bool {
    let mut words = name.rsplit('-');
    words.next() == Some("common") && words.count() <= 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a kind's refusals are called: its own, and the variant that stands for those of every kind.
    struct Named;

    impl VariantNames for Named {
        const VARIANTS: &'static [&'static str] =
            &["tree-uncommon", "tree-not-in-common", "tree-common", "common"];
    }

    #[test]
    fn a_code_that_ends_like_the_word_common_is_a_code_all_the_same() {
        let all = codes::<Named>();
        let (own, common) = all.split_at(2);
        assert_eq!(own, ["tree-uncommon", "tree-not-in-common"]);
        assert_eq!(common, Common::VARIANTS);
    }
}
