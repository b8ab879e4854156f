//! Changes of what may be granted on top of a limit (article 27).

use super::Changes;
use crate::book::extension::Extensions;

pub(super) fn compare(old: Extensions, new: Extensions, changes: &mut Changes<'_>) {
    let Extensions { most_percent } = old;
    let subject = changes.names.of(["延期", "extensions"]);
    let most = ["累计最多为原时限的百分之", "most in all, in percent of the limit"];
    changes.turned(subject, most, most_percent, new.most_percent);
}
