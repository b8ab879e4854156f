//! Lists of cases: in which ones a case stands, and in which order there.
//!
//! | list | its cases | ordered by |
//! |---|---|---|
//! | `case/stage/<where it stands>` | all that are not closed | due instant of the stage; of declined and withdrawn ones, when |
//! | `unit/<unit>/open` | those the unit holds, whoever looks at them | due instant of the handling; deferred ones last |
//! | `unit/<unit>/closed` | those it closed | when |
//! | `case/closed` | those that are closed, whoever closed them | when |
//! | `unit/<unit>/begun` | those it has, or closed; histories not | when they were dispatched |
//! | `collector/<collector>/verify` | tasks on site | due instant of the task |
//! | `case/applied` | those of which a unit waits for the centre's answer to an application | due instant of the answer |
//! | `case/consent` | those of which the county leader's consent is wanted | due instant of the consent |
//! | `case/call` | those to be dispatched by a call that nobody has answered | due instant of the call |
//! | `case/help` | those with which other units are to help | due instant of the first part |
//! | `unit/<unit>/help` | those with which the unit is to help | due instant of its part |
//! | `precedent/<condition>` | those of which it was found whose they are | when it was found, the last first |
//! | `case/determined` | the same, whether the unit has answered or not | when it was found, the first first |
//! | `canary/open`, `canary/closed` | canaries, which stand nowhere else | due instant; when |

use compact_str::{CompactString, format_compact};
use duban_core::clock::Timestamp;
use duban_core::entity::{EntityId, List, ListKey, Listing};
use duban_rules::vocabulary::{CollectorId, ConditionCode, UnitId};

use super::application::Before;
use super::{Case, Filing, KIND, State, canary, timers};

/// The last instant that sorts before others.
const ORDERS_MAX: i64 = 999_999_999_999_999;

/// Before the order of every place.
pub const FIRST: &str = "";
/// Behind the order of every place.
pub const END: &str = "~";

/// All that stand at a stage, as [`State::name`] says it, or those of [`APPLIED`], [`CALLS`] or [`HELP`].
pub fn at_stage(name: &str) -> List {
    if name == APPLIED_NAME {
        return APPLIED;
    }
    if name == CALLS_NAME {
        return CALLS;
    }
    if name == HELP_NAME {
        return HELP;
    }
    List::named(format_compact!("case/stage/{name}"))
}

/// Those that a unit holds, whoever looks at them.
pub fn open_of(unit: &UnitId) -> List {
    List::named(format_compact!("unit/{unit}/open"))
}

/// Those that a unit closed.
pub fn closed_of(unit: &UnitId) -> List {
    List::named(format_compact!("unit/{unit}/closed"))
}

/// Those that a unit has or closed, by when it got them: what its quota of extensions is a share of (article 27).
pub fn begun_by(unit: &UnitId) -> List {
    List::named(format_compact!("unit/{unit}/begun"))
}

/// Those with which a unit is to help: they are another's, and counted nowhere for it (article 19).
pub fn help_of(unit: &UnitId) -> List {
    List::named(format_compact!("unit/{unit}/help"))
}

/// Those with a task on site of a collector.
pub fn on_site_of(collector: &CollectorId) -> List {
    List::named(format_compact!("collector/{collector}/verify"))
}

/// Those of a condition of which it was found whose they are (article 19).
pub fn precedents_of(condition: &ConditionCode) -> List {
    List::named(format_compact!("precedent/{condition}"))
}

/// Those of which a unit waits for the centre's answer to an application (articles 21 and 27).
pub const APPLIED: List = List::fixed("case/applied");
/// Those to be dispatched by a call that nobody has answered (article 7).
pub const CALLS: List = List::fixed("case/call");
/// What [`CALLS`] is called where a stage is asked for.
pub const CALLS_NAME: &str = "call";
/// What [`APPLIED`] is called where a stage is asked for: it stands beside them.
pub const APPLIED_NAME: &str = "applied";

/// Those with which other units are to help (article 19).
pub const HELP: List = List::fixed("case/help");
/// What [`HELP`] is called where a stage is asked for: it stands beside them.
pub const HELP_NAME: &str = "help";

/// Those that are closed: a month's lie together.
pub const CLOSED: List = List::fixed("case/closed");

/// Those of which it was found whose they are (article 19).
pub const DETERMINED: List = List::fixed("case/determined");

/// Those of which the county leader's consent is wanted (article 27).
pub const CONSENT: List = List::fixed("case/consent");

/// How an instant sorts in a list: fifteen digits of milliseconds, byte by byte; before 1970 counts as 1970.
pub fn order(instant: Timestamp) -> CompactString {
    format_compact!("{:015}", instant.as_millis().clamp(0, ORDERS_MAX))
}

/// Where a list ordered by instants is read from, to begin with `instant`.
pub fn since(instant: Timestamp) -> (CompactString, EntityId) {
    (order(instant), EntityId::new(KIND, ""))
}

/// The instant that [`order`] wrote; none for another text.
pub fn instant(order: &str) -> Option<Timestamp> {
    order.parse().ok().map(Timestamp::from_millis)
}

/// Its places in lists.
pub fn listing(case: &Case) -> Listing {
    let state = &case.state;
    if state.is_canary() {
        return Listing(vec![canary(state)]);
    }
    let mut keys = Vec::with_capacity(4);
    keys.extend(state.filing().and_then(precedent));
    let found = state.filing().and_then(|filing| filing.disputes.last());
    keys.extend(found.map(|found| ListKey { list: DETERMINED, order: order(found.at) }));
    let pending = state.pending();
    keys.extend(pending.map(|asked| {
        let list = match asked.before {
            Before::Centre => APPLIED,
            Before::CountyLeader => CONSENT,
        };
        ListKey { list, order: order(asked.clock.due) }
    }));
    let call = state.call();
    keys.extend(call.map(|call| ListKey { list: CALLS, order: order(call.clock.due) }));
    let own = state.filing().zip(state.assignment()).filter(|(filing, _)| !filing.is_adopted());
    keys.extend(
        own.map(|(_, held)| ListKey { list: begun_by(&held.unit), order: order(held.dispatched) }),
    );
    match state {
        State::Unreported => {}
        State::Closed(closed) => {
            let order = order(closed.at);
            keys.push(ListKey { list: CLOSED, order: order.clone() });
            keys.push(ListKey { list: closed_of(&closed.assignment.unit), order });
        }
        State::Declined(declined) => keys.push(staged(state, declined.at)),
        State::Withdrawn(withdrawn) => keys.push(staged(state, withdrawn.at)),
        State::Registered(_) | State::Validating(..) | State::Filed(..) => {
            let handling = state.assignment().and_then(|assignment| assignment.due);
            // A deferred case is due for nobody.
            let handling = handling.filter(|_| state.deferral().is_none());
            let stage = timers::stage(state).map(|(_, _, clock)| clock.due);
            keys.push(staged(state, stage.or(handling).unwrap_or(Timestamp::NEVER)));
            keys.extend(state.filing().into_iter().flat_map(helped));
            if let Some(assignment) = state.assignment() {
                keys.push(ListKey {
                    list: open_of(&assignment.unit),
                    order: order(handling.unwrap_or(Timestamp::NEVER)),
                });
            }
            if let Some((collector, task)) =
                state.task().and_then(|t| t.collector.as_ref().zip(Some(t)))
            {
                keys.push(ListKey { list: on_site_of(collector), order: order(task.clock.due) });
            }
        }
    }
    Listing(keys)
}

/// A canary's one place: whoever looks at cases, units or stages does not see it.
fn canary(state: &State) -> ListKey {
    let (list, at) = if let State::Closed(closed) = state {
        (canary::CLOSED, closed.at)
    } else if let State::Declined(declined) = state {
        (canary::CLOSED, declined.at)
    } else {
        let handling = state.assignment().and_then(|assignment| assignment.due);
        let stage = timers::stage(state).map(|(_, _, clock)| clock.due);
        (canary::OPEN, stage.or(handling).unwrap_or(Timestamp::NEVER))
    };
    ListKey { list, order: order(at) }
}

fn precedent(filing: &Filing) -> Option<ListKey> {
    let found = filing.precedent()?;
    let list = precedents_of(filing.condition.as_ref()?);
    let before = Timestamp::from_millis(ORDERS_MAX - found.at.as_millis());
    Some(ListKey { list, order: order(before) })
}

/// What waits for others to help stands among all of that kind, and with each that is to help.
fn helped(filing: &Filing) -> Vec<ListKey> {
    let mut keys = Vec::new();
    for (help, clock) in filing.help_asked() {
        let list = help_of(&help.unit);
        // Asked twice, it does what it was asked first.
        if !keys.iter().any(|key: &ListKey| key.list == list) {
            keys.push(ListKey { list, order: order(clock.due) });
        }
    }
    let first = filing.help_asked().map(|(_, clock)| clock.due).min();
    keys.extend(first.map(|due| ListKey { list: HELP, order: order(due) }));
    keys
}

fn staged(state: &State, due: Timestamp) -> ListKey {
    ListKey { list: at_stage(state.name()), order: order(due) }
}
