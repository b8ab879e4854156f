//! Who the people of a town are: by the names that its rules have for them, each with a login name.

use compact_str::{CompactString, format_compact};
use duban_actors::context::Context;
use duban_actors::desks::{Desk, Keeper};
use duban_actors::person::Profile;
use duban_actors::role::Role;
use duban_rules::RuleBook;
use duban_rules::vocabulary::{CollectorId, Recipient, UnitId, UnitKind};

use duban_base::asking::Asker;

/// The posts of the centre and the county that somebody of a town has.
const POSTS: [Role; 6] = [
    Role::Intake,
    Role::Dispatcher,
    Role::DutyChief,
    Role::CentreHead,
    Role::CountyLeader,
    Role::CommitteeChair,
];

/// Everybody who has an account, by login name: the people of the centre and the county, and of each department its
/// informant and its head.
pub(in crate::demo) fn accounts(rules: &RuleBook) -> Vec<(CompactString, Profile)> {
    let is_at_work = |unit: &&duban_rules::book::units::Unit| {
        unit.active && matches!(unit.kind, UnitKind::Department(_))
    };
    let of_posts = POSTS.iter().flat_map(|role| post(*role, rules));
    let of_units = rules.units.iter().filter(is_at_work);
    let of_units = of_units.flat_map(|unit| [staff(&unit.id, rules), head(&unit.id, rules)]);
    let account = |who: Asker| {
        let name = who.name.unwrap_or_else(|| who.login.clone());
        let profile = Profile { name, roles: vec![who.role], unit: who.unit, collector: None };
        (who.login, profile)
    };
    of_posts.chain(of_units).map(account).collect()
}

/// The people of a post, in the order of the rules; one whom nobody knows by name where these have none.
pub(in crate::demo) fn post(role: Role, rules: &RuleBook) -> Vec<Asker> {
    let capacity = if let Some(desk) = Desk::of_role(role) {
        Some(desk.recipient())
    } else {
        role.as_str().parse::<Recipient>().ok()
    };
    let people = capacity.map(|capacity| rules.officials.contacts(capacity)).unwrap_or_default();
    let login = |place: usize| match place {
        0 => CompactString::const_new(role.as_str()),
        _ => format_compact!("{}-{}", role.as_str(), place + 1),
    };
    let named = people.iter().enumerate().map(|(place, contact)| {
        let name = Some(contact.name.as_str().into());
        Asker { name, ..Asker::system(&login(place), role) }
    });
    let named: Vec<Asker> = named.collect();
    if named.is_empty() { vec![Asker::system(role.as_str(), role)] } else { named }
}

/// The first of a post.
pub(in crate::demo) fn of_post(role: Role, rules: &RuleBook) -> Asker {
    let first = post(role, rules).into_iter().next();
    first.unwrap_or_else(|| Asker::system(role.as_str(), role))
}

/// Whoever is on shift at a desk; where nobody of the town is, the first of its post.
pub(in crate::demo) fn at_desk(desk: Desk, cx: &Context) -> Asker {
    let post = post(desk.role(), &cx.rules);
    let is_on_shift = |one: &&Asker| match cx.desks.keeper(desk) {
        Keeper::OnShift { login, .. } => one.login == *login,
        Keeper::Everybody | Keeper::Nobody => false,
    };
    let on_shift = post.iter().find(is_on_shift).or(post.first()).cloned();
    on_shift.unwrap_or_else(|| Asker::system(desk.role().as_str(), desk.role()))
}

/// Whoever handles a unit's cases.
pub(in crate::demo) fn staff(unit: &UnitId, rules: &RuleBook) -> Asker {
    let login = unit.as_str().to_lowercase();
    of_unit(unit, Asker::system(&login, Role::UnitStaff), Recipient::Informant, rules)
}

/// A unit's main leader.
pub(in crate::demo) fn head(unit: &UnitId, rules: &RuleBook) -> Asker {
    let login = format!("{}-head", unit.as_str().to_lowercase());
    of_unit(unit, Asker::system(&login, Role::UnitHead), Recipient::UnitHead, rules)
}

fn of_unit(unit: &UnitId, who: Asker, capacity: Recipient, rules: &RuleBook) -> Asker {
    let contact = rules.units.contacts(unit, capacity).into_iter().next();
    let name = contact.map(|contact| contact.name.as_str().into());
    Asker { name, unit: Some(unit.clone()), ..who }
}

/// A collector.
pub(in crate::demo) fn collector(id: &CollectorId) -> Asker {
    Asker { collector: Some(id.clone()), ..Asker::system("采集员", Role::Collector) }
}

/// Whoever keeps the town in order.
pub(in crate::demo) fn operator() -> Asker {
    Asker::system("系统管理员", Role::Operator)
}
