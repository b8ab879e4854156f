//! Changes of units and people (articles 2–9).

use std::collections::BTreeSet;

use super::names::Names;
use super::{Changes, End, both};
use crate::book::officials::{Member, Officials};
use crate::book::units::{Contact, Incomplete, Method, Organisation, Shares, Unit, Units};
use crate::diagnostic::Lang;
use crate::vocabulary::{Place, Recipient, UnitKind};

/// What changed among the units, and among the heads of organisations.
pub(super) fn units(old: &Units, new: &Units, changes: &mut Changes<'_>) {
    const UNIT: [&str; 2] = ["终端单位", "unit"];
    organisations(old, new, changes);
    let names = changes.names;
    let incomplete = |units: &Units| match units.incomplete {
        Incomplete::Tell => names.of(["照常派遣", "get new cases"]),
        Incomplete::Refuse => names.of(["不再派遣", "get no new cases"]),
    };
    let subject = ["职责不全的单位", "incomplete units"];
    changes.turned("", subject, incomplete(old), incomplete(new));
    let shares = |units: &Units| {
        let Shares { first_percent, second_percent } = units.shares;
        format!("{first_percent}%, {second_percent}%")
    };
    let subject = ["建议一类、二类的占比", "shares that suggest classes"];
    changes.turned("", subject, shares(old), shares(new));
    let by_id = |unit: &Unit| unit.id.clone();
    let sides = both(
        old.iter().map(|unit| (by_id(unit), unit)),
        new.iter().map(|unit| (by_id(unit), unit)),
    );
    for sides in sides.into_values() {
        match sides {
            (None, Some(unit)) => {
                let more = format!("{}{}", names.of([",", ", "]), class(unit, names));
                changes.came_or_went(End::Came, UNIT, names.unit(unit), &more);
            }
            (Some(unit), None) => changes.came_or_went(End::Went, UNIT, names.unit(unit), ""),
            (Some(old), Some(new)) => compare(old, new, changes),
            (None, None) => {}
        }
    }
}

/// What changed of the bodies of which it is said who is their head.
fn organisations(old: &Units, new: &Units, changes: &mut Changes<'_>) {
    const ORGANISATION: [&str; 2] = ["机构", "organisation"];
    let names = changes.names;
    let by_name = |one: &Organisation| one.name.clone();
    let sides = both(
        old.organisations().map(|one| (by_name(one), one)),
        new.organisations().map(|one| (by_name(one), one)),
    );
    for (name, sides) in sides {
        match sides {
            (None, Some(one)) => {
                let head = introduced(&one.head, names);
                let more = format!("{}{head}", names.of([",主要领导 ", ", head "]));
                changes.came_or_went(End::Came, ORGANISATION, name, &more);
            }
            (Some(_), None) => changes.came_or_went(End::Went, ORGANISATION, name, ""),
            (Some(old), Some(new)) => {
                let [old, new] = [&old.head, &new.head].map(std::slice::from_ref);
                contacts(&name, old, new, changes);
            }
            (None, None) => {}
        }
    }
}

fn compare(old: &Unit, new: &Unit, changes: &mut Changes<'_>) {
    let names = changes.names;
    let Unit {
        id: _,
        name,
        organisation,
        kind: _,
        active: _,
        station,
        crew,
        landline,
        contacts: people,
        dispatch_by: _,
        supervising,
        place,
    } = old;
    let unit = &names.unit(new);
    changes.turned(unit, ["名称", "name"], name, &new.name);
    changes.turned(unit, ["所属机构", "organisation"], organisation, &new.organisation);
    changes.turned(unit, ["类别", "class"], class(old, names), class(new, names));
    let service = |unit: &Unit| {
        names.of(if unit.active { ["在用", "in service"] } else { ["停用", "out of service"] })
    };
    changes.turned(unit, ["状态", "service"], service(old), service(new));
    let method = |unit: &Unit| match unit.dispatch_by {
        Method::System => names.of(["系统", "system"]),
        Method::Phone => names.of(["电话", "phone"]),
    };
    changes.turned(unit, ["派遣方式", "dispatch by"], method(old), method(new));
    let (was, is) = (station.as_deref(), new.station.as_deref());
    changes.maybe_turned(unit, ["城管站", "station"], was, is);
    let (was, is) = (crew.as_deref(), new.crew.as_deref());
    changes.maybe_turned(unit, ["处置队伍", "crew"], was, is);
    let (was, is) = (landline.as_deref(), new.landline.as_deref());
    changes.maybe_turned(unit, ["固定电话", "landline"], was, is);
    let [was, is] =
        [supervising, &new.supervising].map(|id| id.as_ref().map(|id| names.unit_of(id)));
    changes.maybe_turned(unit, ["督促单位", "supervised by"], was.as_deref(), is.as_deref());
    let [was, is] =
        [place, &new.place].map(|at| at.map(|Place { lon, lat }| format!("{lon}, {lat}")));
    changes.maybe_turned(unit, ["位置", "place"], was.as_deref(), is.as_deref());
    contacts(unit, people, &new.contacts, changes);
}

/// What changed among the committee and the people of the centre.
pub(super) fn committee(old: &Officials, new: &Officials, changes: &mut Changes<'_>) {
    contacts("", &old.people, &new.people, changes);
    let closing = ["交接班后的结案", "closing at a desk kept by shifts"];
    let [was, is] = [old, new].map(|officials| changes.names.of(officials.shifts.closing.words()));
    changes.turned("", closing, was, is);
    let called = ["城管委临时会议多久之内召集", "a special meeting is called within"];
    changes.turned("", called, old.meetings.called_within, new.meetings.called_within);
    let held = ["城管委临时会议多久之内召开", "a special meeting is held within"];
    changes.turned("", held, old.meetings.held_within, new.meetings.held_within);
    let said = changes.lines.len();
    let of = |committee: &'_ Officials| -> BTreeSet<String> {
        committee.members.iter().map(|member| member.organisation.clone()).collect()
    };
    for organisation in of(old).union(&of(new)) {
        let names = |committee: &Officials| -> Vec<Person> {
            let ours =
                committee.members.iter().filter(|member| member.organisation == *organisation);
            ours.map(|member| (member.name.clone(), member.name.clone())).collect()
        };
        let subject = match changes.names.lang {
            Lang::Zh => format!("城管委成员({organisation})"),
            Lang::En => format!("committee, members of {organisation}"),
        };
        persons(&subject, &names(old), &names(new), changes);
    }
    let key = |member: &Member| (member.organisation.clone(), member.name.clone());
    let sides = both(
        old.members.iter().map(|member| (key(member), member)),
        new.members.iter().map(|member| (key(member), member)),
    );
    for (_, sides) in sides {
        if let (Some(old), Some(new)) = sides {
            member(old, new, changes);
        }
    }
    if changes.lines.len() == said && old.members != new.members {
        let order = ["城管委成员的先后顺序", "order of the committee's members"];
        changes.quality("", order, changes.names.of(["有改动", "changed"]));
    }
}

/// What changed of a member who stayed.
fn member(old: &Member, new: &Member, changes: &mut Changes<'_>) {
    let Member { name, organisation, unit, from, until } = old;
    let names = changes.names;
    let subject = &match names.lang {
        Lang::Zh => format!("城管委成员({organisation}) {name}"),
        Lang::En => format!("committee, {name} of {organisation}"),
    };
    let [was, is] = [unit, &new.unit].map(|id| id.as_ref().map(|id| names.unit_of(id)));
    changes.maybe_turned(subject, ["终端单位", "unit"], was.as_deref(), is.as_deref());
    for (what, was, is) in
        [(["任期起", "term from"], from, new.from), (["任期止", "term until"], until, new.until)]
    {
        let [was, is] = [*was, is].map(|day| day.map(|day| day.to_string()));
        changes.maybe_turned(subject, what, was.as_deref(), is.as_deref());
    }
}

/// A person: the name, and the name with whatever else is to be known of a newcomer.
type Person = (String, String);

/// People of one capacity: one for another is a change of the name.
fn persons(subject: &str, old: &[Person], new: &[Person], changes: &mut Changes<'_>) {
    let only = |list: &[Person], other: &[Person]| -> Vec<Person> {
        let is_known = |name: &String| other.iter().any(|(known, _)| known == name);
        list.iter().filter(|(name, _)| !is_known(name)).cloned().collect()
    };
    let names = changes.names;
    let went = only(old, new).into_iter().map(|(name, _)| name);
    let came = only(new, old).into_iter().map(|(_, known)| known);
    let [left, joined] = [went.collect::<Vec<_>>(), came.collect()]
        .map(|list| (!list.is_empty()).then(|| names.join(&list)));
    let lang = names.lang;
    let how = match (left, joined, lang) {
        (None, None, _) => return,
        (Some(old), Some(new), Lang::Zh) => format!(":由“{old}”改为“{new}”"),
        (Some(old), Some(new), Lang::En) => format!(": from `{old}` to `{new}`"),
        (None, Some(new), Lang::Zh) => format!(":新增“{new}”"),
        (None, Some(new), Lang::En) => format!(": `{new}` added"),
        (Some(old), None, Lang::Zh) => format!(":取消“{old}”"),
        (Some(old), None, Lang::En) => format!(": `{old}` removed"),
    };
    changes.of("", subject.to_owned(), &how);
}

fn contacts(whose: &str, old: &[Contact], new: &[Contact], changes: &mut Changes<'_>) {
    let names = changes.names;
    let said = changes.lines.len();
    let called = |what: String| match (whose.is_empty(), names.lang) {
        (true, _) => what,
        (false, Lang::Zh) => format!("{whose} {what}"),
        (false, Lang::En) => format!("{whose}, {what}"),
    };
    for role in Recipient::ALL {
        let people = |list: &[Contact]| -> Vec<Person> {
            let ours = list.iter().filter(|contact| contact.role == *role);
            ours.map(|contact| (contact.name.clone(), introduced(contact, names))).collect()
        };
        let subject = called(names.recipient(*role));
        persons(&subject, &people(old), &people(new), changes);
    }
    let key = |contact: &Contact| (contact.role, contact.name.clone());
    let sides = both(
        old.iter().map(|contact| (key(contact), contact)),
        new.iter().map(|contact| (key(contact), contact)),
    );
    for ((role, name), sides) in sides {
        let (Some(old), Some(new)) = sides else { continue };
        let Contact { role: _, name: _, phone, email, deputy } = old;
        let subject = &called(format!("{} {name}", names.recipient(role)));
        let (was, is) = (phone.as_deref(), new.phone.as_deref());
        changes.maybe_turned(subject, ["电话", "phone"], was, is);
        let (was, is) = (email.as_deref(), new.email.as_deref());
        changes.maybe_turned(subject, ["邮箱", "e-mail"], was, is);
        let (was, is) = (deputy.as_deref(), new.deputy.as_deref());
        changes.maybe_turned(subject, ["代班人", "deputy"], was, is);
    }
    if changes.lines.len() == said && old != new {
        let order = ["联系人的先后顺序", "order of the contacts"];
        changes.quality(whose, order, names.of(["有改动", "changed"]));
    }
}

/// A newcomer with the ways to reach them.
fn introduced(contact: &Contact, names: Names<'_>) -> String {
    let phone = contact.phone.as_ref().map(|phone| (["电话", "phone"], phone));
    let email = contact.email.as_ref().map(|email| (["邮箱", "e-mail"], email));
    let deputy = contact.deputy.as_ref().map(|deputy| (["代班人", "deputy"], deputy));
    let known = [phone, email, deputy].into_iter().flatten();
    let known = known.map(|(what, value)| format!("{} {value}", names.of(what)));
    let known = known.collect::<Vec<_>>();
    match (known.is_empty(), names.lang) {
        (true, _) => contact.name.clone(),
        (false, Lang::Zh) => format!("{}({})", contact.name, known.join(",")),
        (false, Lang::En) => format!("{} ({})", contact.name, known.join(", ")),
    }
}

fn class(unit: &Unit, names: Names<'_>) -> &'static str {
    match (unit.kind, names.lang) {
        (UnitKind::Department(class), Lang::Zh) => class.chinese(),
        (UnitKind::Department(class), Lang::En) => class.english(),
        (UnitKind::FrontageSteward, Lang::Zh) => "“门前五包”责任人",
        (UnitKind::FrontageSteward, Lang::En) => "frontage steward",
    }
}
