//! Letters of the daily view: the reminder of the day, and next morning whose day was missed (article 7).
//!
//! One leader of several terminals is told once: by the first of them, in the name of the organisation.

use chrono::{Days as Span, NaiveDate};
use compact_str::CompactString;
use duban_core::clock::Timestamp;
use duban_core::entity::Effect;
use duban_core::outbox::{Claim, Message};
use duban_rules::book::units::Contact;
use duban_rules::vocabulary::{Recipient, TemplateName, UnitClass, UnitId};
use serde::{Deserialize, Serialize};

use super::plan::{present, terminals};
use super::{MISSED, REMINDER};
use crate::brief::{Next, addresses};
use crate::context::Context;
use crate::unit::{Active, State, Unit};

/// What such a letter says.
#[derive(Debug, Serialize, Deserialize)]
struct Letter {
    unit: CompactString,
    unit_name: String,
    /// The day, as people write it.
    date: NaiveDate,
    ends: Timestamp,
}

/// The reminder of `day` at `at`, which is of use until the day `ends`.
pub(in crate::unit) fn reminder(
    unit: &Unit,
    (day, ends): (NaiveDate, Timestamp),
    at: Timestamp,
    cx: &Context,
) -> Option<Effect> {
    letter(unit, REMINDER, (day, ends), at, cx)
}

/// The letter that `day` was missed, told when the next brief is.
pub(in crate::unit) fn missed(unit: &Unit, day: NaiveDate, cx: &Context) -> Option<Effect> {
    let ends = cx.rules.calendar.midnight(day + Span::new(1)).into();
    let next = match &unit.standing {
        State::Active(active) => active.briefing.next,
        State::Unknown | State::Deactivated => Next::Never,
    };
    let at = match next {
        Next::At(at) => at,
        Next::Never => ends,
    };
    letter(unit, MISSED, (day, ends), at, cx)
}

/// Whether such a letter is still of use at `at`, and to whom it goes.
pub(in crate::unit) fn claim(
    (unit, active): (&Unit, &Active),
    message: &Message,
    at: Timestamp,
    cx: &Context,
) -> Claim {
    let Ok(letter) = serde_json::from_str::<Letter>(&message.data) else {
        return Claim::Withdraw("通知没有写明日期".into());
    };
    let is_reminder = message.template == REMINDER;
    if is_reminder && unit.views.looked_on(letter.date) {
        return Claim::Withdraw("当日已查看".into());
    }
    if is_reminder && at >= letter.ends {
        return Claim::Withdraw("当日已过".into());
    }
    let id = UnitId::new(&unit.id);
    let heads = present(&id, &active.leaves, at, cx).map(|(_, told)| told);
    let centre: Vec<&Contact> = if is_reminder {
        Vec::new()
    } else {
        cx.rules.officials.contacts(Recipient::CentreHead).into_iter().collect()
    };
    let template = TemplateName::new(&message.template);
    match cx.rules.notices.get(&template) {
        Some(notice) => {
            Claim::Deliver(addresses(notice, heads.chain(centre)), message.data.clone())
        }
        None => Claim::Withdraw(format!("没有通知模板 {template}")),
    }
}

fn letter(
    unit: &Unit,
    template: &'static str,
    (date, ends): (NaiveDate, Timestamp),
    not_before: Timestamp,
    cx: &Context,
) -> Option<Effect> {
    let unit_name = speaks_as(&UnitId::new(&unit.id), cx)?;
    let letter = Letter { unit: unit.id.clone(), unit_name, date, ends };
    // Writing plain data cannot fail.
    let data = serde_json::to_string(&letter).unwrap_or_default();
    let template = CompactString::const_new(template);
    Some(Effect::Send(Message { template, data, not_before }))
}

/// In whose name the unit writes; none where another terminal of the same leader does.
fn speaks_as(id: &UnitId, cx: &Context) -> Option<String> {
    let units = &cx.rules.units;
    let own = units.get(id)?;
    let all = terminals(units, id).into_iter().filter_map(|one| units.get(one));
    let first_class = all.filter(|one| one.class() == Some(UnitClass::First));
    let terminals: Vec<_> = first_class.collect();
    match terminals.as_slice() {
        [] | [_] => Some(own.name.clone()),
        [first, ..] => (first.id == *id).then(|| own.organisation.clone()),
    }
}
