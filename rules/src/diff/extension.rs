//! Changes of what may be granted on top of a limit, and of how long a case may wait (article 27).

use super::Changes;
use crate::book::extension::Extensions;

pub(super) fn compare(old: Extensions, new: Extensions, changes: &mut Changes<'_>) {
    let Extensions { most_percent, quota_percent, quota_at_least, deferral } = old;
    let subject = changes.names.of(["延期", "extensions"]);
    let most = ["累计最多为原时限的百分之", "most in all, in percent of the limit"];
    changes.turned(subject, most, most_percent, new.most_percent);
    let quota = ["每月名额为当月案件的百分之", "quota of a month, in percent of its cases"];
    changes.turned(subject, quota, quota_percent, new.quota_percent);
    let least = ["每月名额至少", "quota of a month, at least"];
    changes.turned(subject, least, quota_at_least, new.quota_at_least);
    let subject = changes.names.of(["缓办", "deferrals"]);
    let months = ["最迟几个月内复核", "looked at again within, in months"];
    changes.turned(subject, months, deferral.months, new.deferral.months);
    let [first, last] = deferral.announced_days;
    let [new_first, new_last] = new.deferral.announced_days;
    let announced = ["复核前几天提醒", "announced before the review, in days"];
    changes.turned(subject, announced, first, new_first);
    let again = ["复核前几天再次提醒", "announced again before the review, in days"];
    changes.turned(subject, again, last, new_last);
}
