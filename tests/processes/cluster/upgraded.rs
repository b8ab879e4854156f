//! A town that is upgraded node by node while people work: whoever is newer takes nothing while somebody older is fit, and
//! whoever is older steps aside where it meets what it cannot read, until it is upgraded.

use std::time::Duration;

use duban_runtime::cluster::placement::FIT;
use duban_runtime::cluster::tenancy::STUCK;
use duban_runtime::record::to_come;
use serde_json::Value;

use super::heard::Heard;
use super::town::Town;
use crate::dice::Dice;

/// How long the last older node sleeps: long enough for the newer ones to take over what it had.
const SLEEP: Duration = Duration::from_secs(12);

/// How the last older node comes to lose what it has to newer ones.
enum Way {
    Drains,
    Sleeps,
    /// And is started as what it was.
    IsKilled,
}

/// Upgrades all nodes to the next release, the one at `last` last, with so many `deeds` between.
pub(crate) fn one_by_one(
    last: usize,
    town: &mut Town,
    (heard, dice): (&mut Heard, &mut Dice),
    deeds: usize,
) {
    let no = 1 + town.nodes.iter().map(|node| node.to_come).max().unwrap();
    // What is left of the town is read by this process.
    to_come::read_up_to(no);
    let others = (0..town.nodes.len()).filter(|node| *node != last);
    for node in others {
        upgrade(town, node, no);
        town.until("whoever is newer is fit and has nothing", |town| {
            let of_newer = |(which, said): (usize, &Value)| {
                said["fitness"] == FIT && (town.nodes[which].to_come < no || has_nothing(said))
            };
            is_served(town, node, of_newer)
        });
        heard.until_done(deeds);
    }
    match dice.below(3) {
        0 => loses_all(last, town, (heard, Way::Drains), deeds),
        1 => loses_all(last, town, (heard, Way::Sleeps), deeds),
        _ => loses_all(last, town, (heard, Way::IsKilled), deeds),
    }
    let cannot_read = format!("was written by release 999.{no}.0, which this one cannot read");
    town.until("whoever is older says why it follows no more", |town| {
        town.nodes[last].has_said(&cannot_read)
    });
    let other = (last + 1) % town.nodes.len();
    town.until("whoever is older has nothing, and somebody has all", |town| {
        is_served(town, other, |(which, said)| {
            which != last || said["fitness"] != FIT && has_nothing(said)
        })
    });
    heard.until_done(deeds);
    upgrade(town, last, no);
}

fn loses_all(last: usize, town: &mut Town, (heard, way): (&mut Heard, Way), deeds: usize) {
    match way {
        Way::Drains => {
            let said = town.nodes[last].must(&["node", "drain", "--format", "json"]);
            let said: Value = serde_json::from_str(&said).unwrap();
            assert_eq!(said["outcome"], "drained", "{said}");
            heard.until_done(deeds);
            return;
        }
        Way::Sleeps => {
            town.nodes[last].signal("STOP");
            heard.for_a_while(SLEEP);
            heard.until_done(deeds);
            town.nodes[last].signal("CONT");
        }
        Way::IsKilled => {
            town.nodes[last].kill();
            heard.until_done(deeds);
            town.nodes[last].start();
        }
    }
    let other = (last + 1) % town.nodes.len();
    town.until("whoever is older says that it cannot follow", |town| {
        is_served(town, other, |(which, said)| which != last || said["fitness"] == STUCK)
    });
}

fn upgrade(town: &mut Town, node: usize, no: u64) {
    town.nodes[node].stop();
    town.nodes[node].upgrade(no);
    town.nodes[node].start();
}

/// Whether all nodes are seen by the one at `seer`, each with its place is so, and nothing is without an owner.
fn is_served(town: &Town, seer: usize, is_so: impl Fn((usize, &Value)) -> bool) -> bool {
    let list = town.nodes[seer].list();
    let Some(nodes) = list["nodes"].as_array() else { return false };
    let place = |said: &Value| town.nodes.iter().position(|node| said["name"] == node.name());
    let seen = nodes.iter().filter(|said| said["is_seen"] == true);
    let mut placed = seen.map(|said| (place(said).unwrap(), said));
    let are_all = placed.clone().count() == town.nodes.len();
    are_all && list["partitions_without_owner"] == 0 && placed.all(is_so)
}

fn has_nothing(said: &Value) -> bool {
    said["partitions"] == 0 && said["is_office"] == false
}
