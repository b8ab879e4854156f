//! Lists keep their names: rows of stores of before stand under them.

use duban_actors::case::{canary, listing};
use duban_actors::{collector, person, unit};
use duban_rules::vocabulary::{CollectorId, UnitId};

#[test]
fn a_list_is_called_on_disk_what_it_was_always_called() {
    let (unit_id, collector_id) = (UnitId::new("SW"), CollectorId::new("CJ-01"));
    let names = [
        (listing::at_stage("handling"), "case/stage/handling"),
        (listing::open_of(&unit_id), "unit/SW/open"),
        (listing::closed_of(&unit_id), "unit/SW/closed"),
        (listing::on_site_of(&collector_id), "collector/CJ-01/verify"),
        (listing::HELP, "case/help"),
        (listing::help_of(&unit_id), "unit/SW/help"),
        (canary::OPEN, "canary/open"),
        (canary::CLOSED, "canary/closed"),
        (unit::ACTIVE, "units/active"),
        (unit::DEACTIVATED, "units/deactivated"),
        (collector::ON_DUTY, "collectors/on-duty"),
        (collector::OFF_DUTY, "collectors/off-duty"),
        (collector::ON_LEAVE, "collectors/on-leave"),
        (collector::DISMISSED, "collectors/dismissed"),
        (person::ACTIVE, "person/active"),
        (person::DISMISSED, "person/dismissed"),
    ];
    for (list, name) in names {
        assert_eq!(list.as_str(), name);
    }
}
