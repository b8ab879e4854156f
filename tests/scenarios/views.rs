//! Article 7: the main leader of a class-1 unit looks at its cases at least once a day; who is reminded, what is missed.

use chrono::{Datelike as _, NaiveDate, NaiveTime};
use duban::rules_in_force::establishment::establish;
use duban_actors::accounts::Accounts;
use duban_actors::brief::Next;
use duban_actors::context::Context;
use duban_actors::person::{self, Person, Profile};
use duban_actors::refusal::Common;
use duban_actors::role::{Duty, Role};
use duban_actors::tells::CaseId;
use duban_actors::unit::views::{MONTHS_MAX, Seen, Share, Watch};
use duban_actors::unit::{Command, Event, Leave, Refusal, Unit};
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Asked, CommandId, Effect, Entity as _, Fired};
use duban_runtime::outbox::{Claim, Message};
use duban_tests::case_path::town;
use duban_tests::given::{DAY, HOUR, MONDAY_8AM, given, given_under};
use duban_tests::laws::{asked, asked_for};

use crate::world::{self, operator};

/// A unit of class 1 with one terminal; its head, and who stands in for the head.
const UNIT: &str = "YL";
const HEAD: &str = "邹示例";
const DEPUTY: &str = "谢示例";

/// Under the shipped rules, the heads of YL and of the organisation of CG-ZF have accounts, and the deputy of YL.
fn town_with_accounts() -> Context {
    town().admitting(accounts(&[
        ("zou", HEAD, Role::UnitHead, UNIT),
        ("xie", DEPUTY, Role::UnitStaff, UNIT),
        ("zhou", "周示例", Role::UnitHead, "CG-ZF"),
    ]))
}

/// The accounts of these people: login name, name, role and unit.
pub(crate) fn accounts(people: &[(&str, &str, Role, &str)]) -> Accounts {
    let holder = |(login, name, role, unit): &(&str, &str, Role, &str)| {
        let (roles, unit) = (vec![*role], Some(UnitId::new(unit)));
        let profile = Profile { name: (*name).into(), roles, unit, collector: None };
        given::<Person>(login, &[person::Event::Enrolled(profile)]).state.holder()
    };
    Accounts::of(people.iter().filter_map(holder))
}

#[test]
fn the_first_look_of_a_day_is_on_record_and_the_next_is_not() {
    let cx = town_with_accounts();
    let unit = || given_under::<Unit>(&cx, UNIT, &[established()]);
    let first = MONDAY_8AM + DAY + HOUR;
    let viewed = looked(3, 4);
    unit().when_asked(&by_head(first), &look()).then(std::slice::from_ref(&viewed));
    let later = given_under::<Unit>(&cx, UNIT, &[established(), viewed.clone()]);
    later.when_asked(&by_head(first + HOUR), &look()).then_refused(&Refusal::AlreadyLooked);
    let case = Seen::Case(CaseId::from_intake("test", "1"));
    let next = reminder(5);
    given_under::<Unit>(&cx, UNIT, &[established(), viewed])
        .when_asked(&by_head(first + DAY), &Command::View { seen: case.clone() })
        .then(&[Event::Viewed { day: march(4), seen: case, next }]);
    // Whoever is not the head looks for nobody: not the unit's own people, no other head, nobody of the centre.
    let others = [
        (asked_for(first, (Role::UnitStaff, UNIT), "tao"), Common::NotYourOwn),
        (asked_for(first, (Role::UnitHead, "CG-ZF"), "zhou"), Common::NotYourOwn),
        (asked(first, Role::DutyChief, "ji"), Common::NotPermitted { duty: Duty::Handle }),
    ];
    for (who, refusal) in others {
        unit().when_asked(&who, &look()).then_refused(&Refusal::Common(refusal));
    }
    given_under::<Unit>(&cx, UNIT, &[])
        .when_asked(&by_head(first), &look())
        .then_refused(&Refusal::NotEstablished);
}

#[test]
fn a_head_who_has_not_looked_is_reminded_at_four() {
    let cx = town_with_accounts();
    given_under::<Unit>(&cx, UNIT, &[])
        .when(MONDAY_8AM - HOUR, Role::Operator, &Command::Establish)
        .then(&[established(), Event::ViewsScheduled { next: reminder(2) }]);
    // Looked at on Monday, reminded on Tuesday at four, seen at twenty past.
    let mut life = Life::of(UNIT, &cx, &[established(), looked(2, 3)]);
    life.until(at(3, 15, 59));
    assert!(life.letters().is_empty(), "{:?}", life.sent);
    life.until(at(3, 16, 0));
    assert_eq!(life.letters(), [("view-reminder", at(3, 16, 0))]);
    let letter = life.last();
    assert_eq!(life.told(&letter, at(3, 16, 1)), [("sms", HEAD)]);
    life.ask(&by_head(at(3, 16, 20)));
    let withdrawn = Claim::Withdraw("当日已查看".into());
    assert_eq!(life.unit.claim(&letter, at(3, 16, 21), &cx), withdrawn);
    life.until(at(4, 15, 59));
    assert_eq!(life.letters().len(), 1, "whoever has looked has not missed the day");
}

#[test]
fn a_head_without_an_account_is_not_reminded_and_has_not_missed() {
    let nobody = town().admitting(accounts(&[("tao", "陶示例", Role::UnitStaff, UNIT)]));
    given_under::<Unit>(&nobody, UNIT, &[])
        .when(MONDAY_8AM - HOUR, Role::Operator, &Command::Establish)
        .then(&[established()]);
    // With the account comes the reminder, and with it it goes, on the day itself, too.
    let cx = town_with_accounts();
    let watched = Event::ViewsScheduled { next: reminder(2) };
    let unit = |cx, events: &[Event]| given_under::<Unit>(cx, UNIT, events);
    unit(&cx, &[established()])
        .when(MONDAY_8AM - HOUR, Role::Operator, &Command::FollowRules)
        .then(std::slice::from_ref(&watched));
    unit(&cx, &[established(), watched.clone()])
        .when(MONDAY_8AM - HOUR, Role::Operator, &Command::FollowRules)
        .then_refused(&Refusal::AlreadyEstablished);
    let off = Event::ViewsScheduled { next: Watch::Off };
    unit(&nobody, &[established(), watched.clone()])
        .when(MONDAY_8AM - HOUR, Role::Operator, &Command::FollowRules)
        .then(std::slice::from_ref(&off));
    let mut life = Life::of(UNIT, &nobody, &[established(), watched]);
    life.until(at(3, 0, 0));
    assert!(life.letters().is_empty() && !life.unit.views.missed_on(march(2)));
    assert!(life.happened.contains(&off));
}

#[test]
fn the_daily_view_is_watched_in_class_one_alone() {
    let cx = town().admitting(accounts(&[("qian", "钱水务", Role::UnitHead, "SW")]));
    given_under::<Unit>(&cx, "SW", &[])
        .when(MONDAY_8AM - HOUR, Role::Operator, &Command::Establish)
        .then(&[established()]);
    let seen = Seen::Cases;
    given_under::<Unit>(&cx, "SW", &[established()])
        .when_asked(&asked_for(MONDAY_8AM, (Role::UnitHead, "SW"), "qian"), &look())
        .then(&[Event::Viewed { day: march(2), seen, next: Watch::Off }]);
}

#[test]
fn a_missed_day_is_told_next_morning_to_head_and_centre() {
    let cx = town_with_accounts();
    let mut life = Life::of(UNIT, &cx, &[established(), looked(3, 4)]);
    life.until(at(5, 0, 0));
    assert!(life.unit.views.missed_on(march(4)) && !life.unit.views.looked_on(march(4)));
    assert_eq!(life.letters(), [("view-reminder", at(4, 16, 0)), ("view-missed", at(5, 8, 0))]);
    let told = life.told(&life.last(), at(5, 8, 0));
    let centre = cx.rules.officials.contacts(duban_rules::vocabulary::Recipient::CentreHead);
    let centre = centre.first().unwrap().name.as_str();
    assert_eq!(told, [("email", HEAD), ("sms", HEAD), ("email", centre), ("sms", centre)]);

    // In a world with all its letters: the brief of the unit says it, and so does that of the duty chief.
    let letters = world::at(MONDAY_8AM - HOUR, async |world| {
        world
            .rules
            .change(|known, hash| {
                let accounts = accounts(&[("zou", HEAD, Role::UnitHead, UNIT)]);
                Ok::<_, ()>(Some((known.admitting(accounts), hash)))
            })
            .unwrap();
        establish(&world.node, &world.rules, &operator()).await.unwrap();
        world.until(MONDAY_8AM + HOUR).await;
        world.deliver().await;
        world.until(MONDAY_8AM + DAY).await;
        world.deliver().await
    });
    let says = |template: &str, words: &str| {
        let of_it = letters.iter().filter(|letter| letter.template == template);
        of_it.filter(|letter| letter.text.contains(words)).count()
    };
    assert_eq!(says("daily-brief", "昨日未查看:园林局 2026-03-02"), 1);
    assert_eq!(says("duty-brief", "园林局  2026-03-02"), 1);
    assert_eq!(says("view-missed", "2026-03-02 是工作日"), 1);
}

#[test]
fn a_day_off_is_not_missed() {
    let cx = town_with_accounts();
    let mut life = Life::of(UNIT, &cx, &[established(), looked(6, 9)]);
    life.until(at(9, 15, 59));
    assert!(life.letters().is_empty(), "{:?}", life.sent);
    for day in [7, 8] {
        assert!(!life.unit.views.missed_on(march(day)));
    }
    // A look on a Sunday is on record all the same, and changes nothing of Monday.
    let sunday = Event::Viewed { day: march(8), seen: Seen::Cases, next: reminder(9) };
    given_under::<Unit>(&cx, UNIT, &[established(), looked(6, 9)])
        .when_asked(&by_head(at(8, 10, 0)), &look())
        .then(&[sunday]);
}

#[test]
fn a_day_on_which_nobody_could_be_reminded_is_not_missed() {
    let cx = town_with_accounts();
    let waiting = Event::ViewsScheduled { next: reminder(2) };
    let unit = given_under::<Unit>(&cx, UNIT, &[established(), waiting]).state;
    let fired = Fired { name: "view-reminder".into(), due: at(2, 16, 0) };
    let late = asked(at(3, 9, 0), Role::Timer, "timer");
    let events = unit.fired(&fired, &late, &cx).unwrap();
    assert_eq!(events, [Event::ViewsScheduled { next: reminder(3) }]);
}

#[test]
fn whoever_stands_in_looks_for_the_head() {
    let cx = town_with_accounts();
    let away = Event::LeaveTaken(Leave {
        name: HEAD.into(),
        deputy: DEPUTY.into(),
        until: at(4, 8, 0),
        from: Timestamp::from_millis(0),
    });
    let deputy =
        |at| Asked { name: Some(DEPUTY.into()), ..asked_for(at, (Role::UnitStaff, UNIT), "xie") };
    let events = [established(), looked(2, 3), away];
    given_under::<Unit>(&cx, UNIT, &events)
        .when_asked(&deputy(at(3, 9, 0)), &look())
        .then(&[looked(3, 4)]);
    given_under::<Unit>(&cx, UNIT, &events)
        .when_asked(&deputy(at(4, 8, 0)), &look())
        .then_refused(&Refusal::Common(Common::NotYourOwn));
    let mut life = Life::of(UNIT, &cx, &events);
    life.until(at(3, 16, 0));
    assert_eq!(life.told(&life.last(), at(3, 16, 0)), [("sms", DEPUTY)]);
    // Nobody is reminded of what nobody can do.
    let nobody = town().admitting(accounts(&[("zou", HEAD, Role::UnitHead, UNIT)]));
    let mut life = Life::of(UNIT, &nobody, &events);
    life.until(at(4, 0, 0));
    assert!(life.letters().is_empty() && !life.unit.views.missed_on(march(3)));
}

#[test]
fn one_leader_of_several_terminals_looks_at_all_and_is_told_once() {
    let cx = town_with_accounts();
    let zhou = asked_for(at(3, 9, 0), (Role::UnitHead, "CG-ZF"), "zhou");
    given_under::<Unit>(&cx, "CG-HW", &[established()])
        .when_asked(&zhou, &look())
        .then(&[looked(3, 4)]);
    let told = |unit| {
        let mut life = Life::of(unit, &cx, &[established(), looked(3, 4)]);
        life.until(at(5, 0, 0));
        assert!(life.unit.views.missed_on(march(4)));
        life.letters().len()
    };
    assert_eq!(["CG-GG", "CG-HW", "CG-WB", "CG-ZF"].map(told), [2, 0, 0, 0]);
}

#[test]
fn a_months_compliance_counts_working_days_and_tells_those_of_the_calendar_beside() {
    // Looked on twenty of the twenty-two working days of March and on two Sundays: E4.
    let calendar = &town().rules.calendar;
    let all = march(1).iter_days().take(31);
    let working: Vec<u32> =
        all.filter(|day| calendar.day(*day).is_working()).map(|day| day.day()).collect();
    assert_eq!(working.len(), 22);
    let missed = [4, 17];
    let on = working.into_iter().filter(|day| !missed.contains(day)).chain([8, 15]);
    let views = on.map(|day| looked(day, 31));
    let mut events = vec![established()];
    events.extend(views);
    let views = given::<Unit>(UNIT, &events).state.views;
    let april = march(31).succ_opt().unwrap();
    let found = views.compliance(march(31), april, calendar);
    assert_eq!(found.working, Share { looked: 20, days: 22 });
    assert_eq!(found.working.permille(), Some(909));
    assert_eq!(found.calendar, Share { looked: 22, days: 31 });
    assert_eq!(found.calendar.permille(), Some(710));
    // Up to the Sunday before anybody works, no share can be told.
    assert_eq!(views.compliance(march(1), march(1), calendar).working.permille(), None);
    // Today is not over: it counts once somebody has looked.
    let by = |today: u32| views.compliance(march(1), march(today), calendar).working;
    assert_eq!(by(4), Share { looked: 2, days: 2 });
    assert_eq!(by(5), Share { looked: 3, days: 4 });
}

#[test]
fn looks_of_this_month_and_the_last_twelve_are_kept() {
    let first = NaiveDate::from_ymd_opt(2024, 1, 31).unwrap();
    let days = first.iter_days().filter(|day| day.day() == 28 || *day == first).take(30);
    let (seen, next) = (Seen::Cases, Watch::Off);
    let looks = days.map(|day| Event::Viewed { day, seen: seen.clone(), next });
    let events: Vec<Event> = [established()].into_iter().chain(looks).collect();
    let views = given::<Unit>(UNIT, &events).state.views;
    assert_eq!(views.months.len(), MONTHS_MAX);
    assert!(!views.looked_on(first));
    let last = views.months.last().unwrap();
    assert!(last.looked.has(28) && !last.looked.has(27) && !last.missed.has(28));
}

/// A unit whose timers fire in time.
struct Life<'a> {
    unit: Unit,
    cx: &'a Context,
    happened: Vec<Event>,
    sent: Vec<Message>,
}

impl Life<'_> {
    fn of<'a>(unit: &str, cx: &'a Context, events: &[Event]) -> Life<'a> {
        let unit = given_under::<Unit>(cx, unit, events).state;
        Life { unit, cx, happened: Vec::new(), sent: Vec::new() }
    }

    /// Everything that is due until `instant` fires.
    fn until(&mut self, instant: Timestamp) {
        while let Some(timer) = self.unit.timers().soonest().cloned() {
            if timer.due > instant {
                return;
            }
            let fired = Fired { name: timer.name, due: timer.due };
            let asked = asked(timer.due, Role::Timer, "timer");
            let events = self.unit.fired(&fired, &asked, self.cx).unwrap();
            self.happen(events);
        }
    }

    /// Somebody looks.
    fn ask(&mut self, who: &Asked) {
        let events = self.unit.decide(&look(), who, self.cx).unwrap();
        self.happen(events);
    }

    fn happen(&mut self, events: Vec<Event>) {
        for event in events {
            self.unit = self.unit.clone().evolve(&event).unwrap();
            for effect in self.unit.effects(&event, self.cx) {
                if let Effect::Send(message) = effect {
                    self.sent.push(message);
                }
            }
            self.happened.push(event);
        }
    }

    /// What was sent of the daily view, and for when.
    fn letters(&self) -> Vec<(&str, Timestamp)> {
        let of_views = self.sent.iter().filter(|message| message.template.starts_with("view-"));
        of_views.map(|message| (message.template.as_str(), message.not_before)).collect()
    }

    /// The last of them.
    fn last(&self) -> Message {
        let mut back = self.sent.iter().rev();
        back.find(|message| message.template.starts_with("view-")).unwrap().clone()
    }

    /// Whom a letter reaches at `at`.
    fn told(&self, letter: &Message, at: Timestamp) -> Vec<(&'static str, &'static str)> {
        let Claim::Deliver(addresses, _) = self.unit.claim(letter, at, self.cx) else {
            panic!("it is still needed")
        };
        let text = |text: &str| -> &'static str { String::from(text).leak() };
        addresses.iter().map(|address| (text(&address.channel), text(&address.name))).collect()
    }
}

fn look() -> Command {
    Command::View { seen: Seen::Cases }
}

fn by_head(at: Timestamp) -> Asked {
    let id = CommandId(u128::try_from(at.as_millis()).unwrap());
    Asked { id, ..asked_for(at, (Role::UnitHead, UNIT), "zou") }
}

fn established() -> Event {
    Event::Established { next: Next::At(MONDAY_8AM) }
}

/// One of each form.
pub(crate) fn every_event_of_views() -> Vec<Event> {
    let (day, next) = (march(2), Watch::Off);
    let case = Seen::Case(CaseId::from_intake("test", "1"));
    vec![
        Event::Viewed { day, seen: Seen::Cases, next },
        Event::Viewed { day, seen: case, next },
        awaited(),
        reminded(),
        Event::DayMissed { day, next },
        Event::ViewsScheduled { next: Watch::Night { day, at: at(3, 0, 0) } },
    ]
}

/// A look is awaited on Monday.
pub(crate) fn awaited() -> Event {
    Event::ViewsScheduled { next: reminder(2) }
}

/// Nobody has looked on Monday.
pub(crate) fn reminded() -> Event {
    Event::HeadReminded { day: march(2), at: at(2, 16, 0), ends: at(3, 0, 0) }
}

/// A look at the list on a day of March, after which another one is waited for.
fn looked(day: u32, next: u32) -> Event {
    Event::Viewed { day: march(day), seen: Seen::Cases, next: reminder(next) }
}

fn reminder(day: u32) -> Watch {
    Watch::Reminder { day: march(day), at: at(day, 16, 0) }
}

fn march(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
}

/// An instant of March by the county's clock.
fn at(day: u32, hour: u32, minute: u32) -> Timestamp {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    town().rules.calendar.instant(march(day).and_time(time)).into()
}
