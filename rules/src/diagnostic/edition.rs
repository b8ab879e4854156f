//! Diagnostics of the numbers of editions, beside those that were in force (article 11). Codes R0140–R0159.

use super::Diagnostic;
use crate::edition::{Known, Part};
use crate::source::Spot;

impl Diagnostic {
    /// A number stands for another content already. Of the set that is new, its hash is named, too.
    pub(crate) fn number_taken(
        (part, spot): (Part, &Spot),
        (number, hash): (&str, &str),
        Known { hash: old, since, .. }: &Known,
        next: &str,
    ) -> Diagnostic {
        let code = match part {
            Part::Handbook => "R0140",
            Part::Calendar => "R0142",
        };
        Diagnostic::error(
            code,
            spot,
            &[
                ("number", &number),
                ("hash", &hash),
                ("old", old),
                ("since", since),
                ("next", &next),
            ],
        )
    }

    /// A new content has a number below one that was in force.
    pub(crate) fn number_back(
        (part, spot): (Part, &Spot),
        number: &str,
        Known { identity, hash, since }: &Known,
        next: &str,
    ) -> Diagnostic {
        let code = match part {
            Part::Handbook => "R0141",
            Part::Calendar => "R0143",
        };
        let higher = &identity.part(part).number;
        Diagnostic::error(
            code,
            spot,
            &[
                ("number", &number),
                ("higher", higher),
                ("hash", hash),
                ("since", since),
                ("next", &next),
            ],
        )
    }
}
