//! The committee: heads of the departments, the same people wherever they stand (articles 2 and 8).

use std::collections::{BTreeMap, BTreeSet};

use duban_rules::vocabulary::{Recipient, UnitClass, UnitId};
use duban_tests::case_path::town;

#[test]
fn the_head_of_every_first_class_unit_is_a_member_for_the_body_it_belongs_to() {
    let rules = &town().rules;
    let first = rules.units.iter().filter(|unit| unit.class() == Some(UnitClass::First));
    for unit in first {
        let heads: Vec<&str> =
            unit.contacts(Recipient::UnitHead).iter().map(|head| head.name.as_str()).collect();
        let members = rules.officials.members.iter();
        let members = members.filter(|member| member.organisation == unit.organisation);
        let members: Vec<&str> = members.map(|member| member.name.as_str()).collect();
        assert_eq!(heads, members, "{}", unit.id);
    }
}

#[test]
fn a_body_of_several_terminals_has_one_head_whom_all_of_them_tell() {
    let rules = &town().rules;
    let mut bodies: BTreeMap<&str, Vec<&UnitId>> = BTreeMap::new();
    for unit in rules.units.iter() {
        bodies.entry(&unit.organisation).or_default().push(&unit.id);
    }
    bodies.retain(|_, units| units.len() > 1);
    let said: Vec<&str> = rules.units.organisations().map(|one| one.name.as_str()).collect();
    assert_eq!(bodies.keys().copied().collect::<Vec<_>>(), said);
    for units in bodies.values() {
        let heads = |unit: &&UnitId| rules.units.contacts(unit, Recipient::UnitHead);
        let told: BTreeSet<_> =
            units.iter().flat_map(heads).map(|head| (&head.name, &head.phone)).collect();
        assert_eq!(told.len(), 1, "{units:?}: {told:?}");
    }
}
