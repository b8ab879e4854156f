//! Changes of units and people (articles 2–9).

use super::{Changes, both};
use crate::book::committee::{Committee, Member};
use crate::book::units::{Contact, Method, Unit, Units};
use crate::diagnostic::Lang;
use crate::vocabulary::{Place, UnitKind};

/// What changed among the units.
pub(super) fn units(old: &Units, new: &Units, changes: &mut Changes) {
    let by_id = |unit: &Unit| unit.id.clone();
    let sides = both(
        old.iter().map(|unit| (by_id(unit), unit)),
        new.iter().map(|unit| (by_id(unit), unit)),
    );
    for (id, sides) in sides {
        match sides {
            (None, Some(unit)) => {
                let (name, [zh, en]) = (&unit.name, class(unit));
                changes.say(
                    format!("新增终端单位 {id} {name}({zh})"),
                    format!("unit {id} {name} ({en}) added"),
                );
            }
            (Some(unit), None) => {
                let name = &unit.name;
                changes
                    .say(format!("删除终端单位 {id} {name}"), format!("unit {id} {name} removed"));
            }
            (Some(old), Some(new)) => compare(old, new, changes),
            (None, None) => {}
        }
    }
}

fn compare(old: &Unit, new: &Unit, changes: &mut Changes) {
    let id = &new.id;
    let what = |zh: &str, en: &str| [format!("{id} {zh}"), format!("{id}, {en}")];
    let lang = changes.lang;
    let kind = |unit: &Unit| of(lang, class(unit));
    let service = |unit: &Unit| of(lang, if unit.active { IN_SERVICE } else { OUT_OF_SERVICE });
    let method = |unit: &Unit| of(lang, method(unit));
    let mut turned = |[zh, en]: [String; 2], old: Option<&str>, new: Option<&str>| {
        changes.maybe_turned([&zh, &en], old, new);
    };
    turned(what("名称", "name"), Some(&old.name), Some(&new.name));
    turned(what("所属机构", "organisation"), Some(&old.organisation), Some(&new.organisation));
    turned(what("类别", "class"), Some(kind(old)), Some(kind(new)));
    turned(what("状态", "service"), Some(service(old)), Some(service(new)));
    turned(what("派遣方式", "dispatch by"), Some(method(old)), Some(method(new)));
    turned(what("城管站", "station"), old.station.as_deref(), new.station.as_deref());
    turned(what("固定电话", "landline"), old.landline.as_deref(), new.landline.as_deref());
    let supervising = |unit: &Unit| unit.supervising.as_ref().map(ToString::to_string);
    let [before, after] = [old, new].map(supervising);
    turned(what("督促单位", "supervised by"), before.as_deref(), after.as_deref());
    let place = |unit: &Unit| unit.place.map(|Place { lon, lat }| format!("{lon}, {lat}"));
    let [before, after] = [old, new].map(place);
    turned(what("位置", "place"), before.as_deref(), after.as_deref());
    contacts([id.as_str(); 2], &old.contacts, &new.contacts, changes);
}

/// What changed among the committee and the people of the centre.
pub(super) fn committee(old: &Committee, new: &Committee, changes: &mut Changes) {
    let key = |member: &Member| (member.organisation.clone(), member.name.clone());
    let sides = both(
        old.members.iter().map(|member| (key(member), member)),
        new.members.iter().map(|member| (key(member), member)),
    );
    for ((organisation, name), sides) in sides {
        match sides {
            (None, Some(_)) => changes.say(
                format!("城管委新增成员 {name}({organisation})"),
                format!("committee: member {name} ({organisation}) added"),
            ),
            (Some(_), None) => changes.say(
                format!("城管委不再有成员 {name}({organisation})"),
                format!("committee: member {name} ({organisation}) removed"),
            ),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    let whose = ["城管委和中心", "committee and centre"];
    contacts(whose, &old.people, &new.people, changes);
}

fn contacts([whose, whose_en]: [&str; 2], old: &[Contact], new: &[Contact], changes: &mut Changes) {
    let key = |contact: &Contact| (contact.role, contact.name.clone());
    let sides = both(
        old.iter().map(|contact| (key(contact), contact)),
        new.iter().map(|contact| (key(contact), contact)),
    );
    for ((role, name), sides) in sides {
        let chinese = role.chinese();
        match sides {
            (None, Some(_)) => changes.say(
                format!("{whose} 新增{chinese} {name}"),
                format!("{whose_en}: {role} {name} added"),
            ),
            (Some(_), None) => changes.say(
                format!("{whose} 不再有{chinese} {name}"),
                format!("{whose_en}: {role} {name} removed"),
            ),
            (Some(old), Some(new)) => {
                let mut turned =
                    |zh: &str, en: &str, old: &Option<String>, new: &Option<String>| {
                        let zh = format!("{whose} {chinese} {name} {zh}");
                        let en = format!("{whose_en}, {role} {name}, {en}");
                        changes.maybe_turned([&zh, &en], old.as_deref(), new.as_deref());
                    };
                turned("电话", "phone", &old.phone, &new.phone);
                turned("邮箱", "e-mail", &old.email, &new.email);
                turned("代班人", "deputy", &old.deputy, &new.deputy);
            }
            (None, None) => {}
        }
    }
}

const IN_SERVICE: [&str; 2] = ["在用", "in service"];
const OUT_OF_SERVICE: [&str; 2] = ["停用", "out of service"];

fn of(lang: Lang, [zh, en]: [&'static str; 2]) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn class(unit: &Unit) -> [&'static str; 2] {
    match unit.kind {
        UnitKind::Department(class) => [class.chinese(), class.english()],
        UnitKind::FrontageSteward => ["“门前五包”责任人", "frontage steward"],
    }
}

fn method(unit: &Unit) -> [&'static str; 2] {
    match unit.dispatch_by {
        Method::System => ["系统", "system"],
        Method::Phone => ["电话", "phone"],
    }
}
