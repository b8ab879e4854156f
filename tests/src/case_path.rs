//! The main path of a case, to be walked as far as a test needs it: the shipped rules, people, instants, states.
//!
//! Nothing is asserted here except that the path itself can be walked.

mod commands;

use std::sync::LazyLock;
use std::time::Duration;

use duban_actors::case::command::{Adoption, Delivery, Ground, Opinion, Outcome, Seen};
use duban_actors::case::{Case, CaseId, Channel, Command, Event, Refusal, canary};
use duban_actors::context::Context;
use duban_actors::role::{CANARY_UNIT, Role};
use duban_actors::tells::QuotaAnswer;
use duban_core::clock::Timestamp;
use duban_core::entity::{Asked, CommandId, Corrupt, Entity, Fired};
use duban_rules::Sources;
use duban_rules::vocabulary::{CollectorId, Place, StepCode, UnitId};

pub use commands::{
    call, call_meeting, canary_report, determine, dispatch, dispute, extension, feedback, file,
    give_back, opinion, recalculate, report, report_by, report_urgent, ruling, seen, validation,
    verify,
};

/// Monday, 2 March 2026, 09:00 local time: half an hour into the morning's office hours.
pub const MONDAY_9AM: Timestamp = Timestamp::from_millis(1_772_413_200_000);
/// A cover that is loose: two working days, the water bureau's.
pub const LOOSE_COVER: &str = "part-01-01-2";
/// A cover that is missing: two hours of the clock on the wall, the water bureau's.
pub const MISSING_COVER: &str = "part-01-01-1";

static TOWN: LazyLock<Context> =
    LazyLock::new(|| Context::new(duban_rules::parse(&Sources::shipped()).0));

static WITH_DAYS_OFF: LazyLock<Context> = LazyLock::new(|| {
    let (mut book, found) = duban_rules::parse(&shipped_with_days_off());
    assert!(found.iter().all(|one| one.severity != duban_rules::Severity::Error), "{found:?}");
    // Known by a name that other changes of the rules leave alone: it stands in events.
    book.hash = [0xCA; 32];
    Context::new(book)
});

/// The shipped files with another calendar, which has a version of its own: Tuesday to Thursday of that week turned out
/// to be days off.
pub fn days_off() -> Sources {
    let files = shipped_with_days_off();
    let calendar = files.text("calendar.toml").unwrap_or_default();
    let calendar = calendar.replacen("version = \"2026-1\"", "version = \"2026-2\"", 1);
    files.with("calendar.toml", calendar)
}

/// The same under the version of the shipped calendar, which stands in events.
fn shipped_with_days_off() -> Sources {
    let shipped = Sources::shipped();
    let days = shipped.text("holidays.csv").unwrap_or_default();
    let off = "2026-03-03,off,停办,2026,\n2026-03-04,off,停办,2026,\n2026-03-05,off,停办,2026,\n";
    let days = format!("{days}{off}");
    shipped.with("holidays.csv", days)
}

/// The shipped rules of Suning.
pub fn town() -> &'static Context {
    &TOWN
}

/// The rules of [`days_off`].
pub fn with_days_off() -> &'static Context {
    &WITH_DAYS_OFF
}

pub const fn minutes(n: u64) -> Duration {
    Duration::from_secs(60 * n)
}

pub const fn hours(n: u64) -> Duration {
    minutes(60 * n)
}

/// Somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub role: Role,
    pub by: String,
    /// The display name; none of whoever has no account.
    pub name: Option<String>,
    /// Their unit, or who they are as a collector.
    pub speaks_for: Option<String>,
    /// For which unit, when somebody else does the typing.
    pub on_behalf_of: Option<String>,
}

impl Who {
    /// Somebody of the centre, by login and display name.
    pub fn of_the_centre(role: Role, login: &str, name: &str) -> Who {
        let (by, name) = (login.to_owned(), Some(name.to_owned()));
        Who { role, by, name, speaks_for: None, on_behalf_of: None }
    }

    /// The same person entering for a unit.
    #[must_use]
    pub fn on_behalf_of(self, unit: &str) -> Who {
        Who { on_behalf_of: Some(unit.to_owned()), ..self }
    }
}

/// Somebody in a role, under their usual name.
pub fn somebody(role: Role) -> Who {
    let (by, speaks_for) = if role == Role::Collector {
        ("caiji", Some(collector().to_string()))
    } else if role.is_of_a_unit() {
        ("qian", Some("SW".to_owned()))
    } else {
        (role.chinese(), None)
    };
    Who { role, by: by.to_owned(), name: None, speaks_for, on_behalf_of: None }
}

/// A place in the first cell of the town.
pub fn place() -> Place {
    let middle = town().rules.grid.cells().next().map(duban_rules::book::grid::Cell::middle);
    middle.unwrap_or(Place { lon: 0.0, lat: 0.0 })
}

/// A collector of the grid around [`place`].
pub fn collector() -> CollectorId {
    let grid = town().rules.grid.locate(place()).map(|(_, grid)| grid.collectors.first().cloned());
    grid.flatten().unwrap_or(CollectorId::new("nobody"))
}

/// How somebody asks at an instant.
pub fn asked(at: Timestamp, who: &Who) -> Asked {
    let millis = u128::try_from(at.as_millis()).unwrap_or(0);
    Asked {
        name: who.name.as_deref().map(Into::into),
        speaks_for: who.speaks_for.as_deref().map(Into::into),
        on_behalf_of: who.on_behalf_of.as_deref().map(Into::into),
        ..Asked::of(CommandId(millis), (&who.by, who.role.as_str()), at)
    }
}

/// A case on its way, with everything that happened to it.
#[derive(Clone, Debug)]
pub struct CasePath {
    pub case: Case,
    pub events: Vec<Event>,
    /// When something last happened.
    pub at: Timestamp,
}

impl CasePath {
    /// A case that nobody has reported.
    pub fn start() -> CasePath {
        let case = Case::initial(&CaseId::from_intake("test", "1").entity());
        CasePath { case, events: Vec::new(), at: MONDAY_9AM }
    }

    /// The case after these events.
    pub fn after(events: Vec<Event>) -> CasePath {
        let path = CasePath::start();
        let case = events.iter().try_fold(path.case, Entity::evolve);
        let case = case.unwrap_or_else(|corrupt| unreachable!("{corrupt}"));
        CasePath { case, events, ..path }
    }

    /// What happens when somebody asks something later.
    pub fn asks(&self, later: Duration, who: &Who, command: &Command) -> Result<CasePath, Refusal> {
        self.asks_under(town(), later, who, command)
    }

    /// The same under other rules.
    pub fn asks_under(
        &self,
        cx: &Context,
        later: Duration,
        who: &Who,
        command: &Command,
    ) -> Result<CasePath, Refusal> {
        let at = self.at + later;
        Ok(self.after_news(self.case.decide(command, &asked(at, who), cx)?, at))
    }

    /// What happens when a timer fires later, whoever armed it.
    ///
    /// # Errors
    /// [`Corrupt`] when the case waits for no such timer.
    pub fn fired(&self, later: Duration, fired: &Fired) -> Result<CasePath, Corrupt> {
        let at = self.at + later;
        let news = self.case.fired(fired, &asked(at, &somebody(Role::Timer)), town())?;
        Ok(self.after_news(news, at))
    }

    fn after_news(&self, news: Vec<Event>, at: Timestamp) -> CasePath {
        let case = news.iter().try_fold(self.case.clone(), Entity::evolve);
        let case = case.unwrap_or_else(|corrupt| unreachable!("{corrupt}"));
        let events = self.events.iter().cloned().chain(news).collect();
        CasePath { case, events, at }
    }

    /// The same where it must go well.
    #[must_use]
    #[track_caller]
    pub fn then(self, later: Duration, role: Role, command: Command) -> CasePath {
        match self.asks(later, &somebody(role), &command) {
            Ok(path) => path,
            Err(refusal) => unreachable!("{command:?}: {refusal:?}"),
        }
    }

    /// Lets the soonest timer fire, late by this much.
    #[must_use]
    #[track_caller]
    pub fn fires(mut self, late: Duration) -> CasePath {
        let timers = self.case.timers();
        let timer = timers.soonest().unwrap_or_else(|| unreachable!("no timer"));
        self.at = self.at.max(timer.due);
        let fired = Fired { name: timer.name.clone(), due: timer.due };
        self.fired(late, &fired).unwrap_or_else(|corrupt| unreachable!("{corrupt}"))
    }
}

/// What the unit's quota says of the application of a case.
fn answer(road: &CasePath, used: u32) -> QuotaAnswer {
    let pending = road.case.state.assignment().and_then(|held| held.application.pending());
    let no = pending.map_or(0, |pending| pending.no);
    QuotaAnswer { no, n: 20, allowed: 2, used }
}

/// The application of a case has a place in its unit's quota.
#[must_use]
pub fn reserved(road: CasePath) -> CasePath {
    let answer = answer(&road, 1);
    road.then(Duration::ZERO, Role::Entity, Command::QuotaReserved(answer))
}

/// The unit's quota was used up.
#[must_use]
pub fn used_up(road: CasePath) -> CasePath {
    let answer = answer(&road, 2);
    road.then(Duration::ZERO, Role::Entity, Command::QuotaUsedUp(answer))
}

/// A canary, registered at nine.
pub fn canary_registered() -> CasePath {
    CasePath::start().then(Duration::ZERO, Role::Canary, canary_report())
}

/// A canary, dispatched and received at nine.
pub fn canary_handling() -> CasePath {
    canary_registered()
        .then(Duration::ZERO, Role::Canary, file(canary::CONDITION))
        .then(Duration::ZERO, Role::Canary, dispatch(CANARY_UNIT))
        .then(Duration::ZERO, Role::Canary, Command::Receive)
}

/// A canary whose step was reached and which waits to be closed.
pub fn canary_awaiting_closing() -> CasePath {
    let seen = Seen { waiver: Some("每日自检".into()), ..Seen::default() };
    canary_handling().fires(Duration::ZERO).then(Duration::ZERO, Role::Canary, feedback()).then(
        Duration::ZERO,
        Role::Canary,
        Command::Verify { outcome: Outcome::Passed, seen },
    )
}

/// Registered at nine.
pub fn registered() -> CasePath {
    CasePath::start().then(Duration::ZERO, Role::Collector, report())
}

/// Reported on the hotline and sent out for validation at 09:05.
pub fn validating() -> CasePath {
    let path = CasePath::start().then(Duration::ZERO, Role::Intake, report_by(Channel::Hotline));
    path.then(minutes(5), Role::Intake, Command::Validate)
}

/// Not filed at 09:10.
pub fn declined() -> CasePath {
    registered().then(minutes(10), Role::Intake, Command::Decline { reason: "不属城管".into() })
}

/// Filed at 09:10.
pub fn filed_as(condition: &str) -> CasePath {
    registered().then(minutes(10), Role::Intake, file(condition))
}

/// Dispatched at 09:15.
pub fn dispatched_as(condition: &str) -> CasePath {
    filed_as(condition).then(minutes(5), Role::Dispatcher, dispatch("SW"))
}

/// Received at 09:30.
pub fn handling_as(condition: &str) -> CasePath {
    dispatched_as(condition).then(minutes(15), Role::UnitStaff, Command::Receive)
}

/// Filed at 09:10 as a loose cover.
pub fn filed() -> CasePath {
    filed_as(LOOSE_COVER)
}

/// Dispatched at 09:15 for two working days.
pub fn dispatched() -> CasePath {
    dispatched_as(LOOSE_COVER)
}

/// Received at 09:30.
pub fn handling() -> CasePath {
    handling_as(LOOSE_COVER)
}

/// Asked to be given back at 09:40.
pub fn returning() -> CasePath {
    handling().then(minutes(10), Role::UnitStaff, give_back(Ground::Duty))
}

/// The desk's opinion given at 09:40.
pub fn reviewed() -> CasePath {
    returning().then(Duration::ZERO, Role::Dispatcher, opinion(Opinion::Agree))
}

/// The water bureau was chosen at nine to be called.
pub fn to_call() -> CasePath {
    let chosen =
        Command::Dispatch { unit: UnitId::new("SW"), method: Some(Delivery::Phone), reason: None };
    filed().then(minutes(5), Role::Dispatcher, chosen)
}

/// Disputed at 09:40.
pub fn disputing() -> CasePath {
    handling().then(minutes(10), Role::UnitStaff, dispute(Ground::Ownership))
}

/// The same, and the power company called to the place on Tuesday at nine; it stayed away.
pub fn met() -> CasePath {
    let record = Command::RecordSiteMeeting {
        present: vec![UnitId::new("SW")],
        record: "井盖上有供电标志".into(),
        photos: vec!["blob-6".into()],
    };
    disputing().then(minutes(5), Role::Dispatcher, call_meeting()).then(
        hours(24),
        Role::Dispatcher,
        record,
    )
}

/// Another working day was asked for at 09:40; the quota has not answered.
pub fn asked_for_more() -> CasePath {
    handling().then(minutes(10), Role::UnitStaff, extension("1"))
}

/// The same with its place in the quota.
pub fn applied() -> CasePath {
    reserved(asked_for_more())
}

/// The desk's opinion of it given at 09:40.
pub fn application_reviewed() -> CasePath {
    applied().then(Duration::ZERO, Role::Dispatcher, opinion(Opinion::Agree))
}

/// Fed back at 10:00.
pub fn verifying() -> CasePath {
    handling().then(minutes(30), Role::UnitStaff, feedback())
}

/// Passed at 10:30.
pub fn awaiting_closing() -> CasePath {
    verifying().then(minutes(30), Role::Collector, verify(Outcome::Passed))
}

/// Closed at 10:40.
pub fn closed() -> CasePath {
    awaiting_closing().then(minutes(10), Role::DutyChief, Command::Close { waiver: None })
}

/// A history's case with one step an hour before its target.
pub fn adopted() -> CasePath {
    let due = MONDAY_9AM + hours(4);
    let adoption = Adoption {
        source: "history".into(),
        external_id: "1".into(),
        unit: UnitId::new("SW"),
        opened: MONDAY_9AM,
        due: Some(due),
        steps: vec![(StepCode::new("75"), MONDAY_9AM + hours(3)), (StepCode::new("100"), due)],
        place: None,
        summary: "路灯不亮".into(),
    };
    CasePath::start().then(Duration::ZERO, Role::Importer, Command::Adopt(Box::new(adoption)))
}
