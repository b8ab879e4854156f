//! The ladders on the limits of the handbook: every step in its order, by a template made for it (article 3).
//!
//! A share of a limit and a fixed span change places as limits grow, so that a ladder that looks right climbs wrongly for
//! some of the cases. Each step is placed on each limit that occurs, as for a case dispatched when the office opens.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};

use crate::book::RuleBook;
use crate::book::calendar::FILE as CALENDAR;
use crate::book::ladder::file::{FILE, Spots, spots};
use crate::book::ladder::{Applies, Ladder, Light, ReworkRule, Step, Trigger};
use crate::book::notices::REQUIRED;
use crate::book::stages::Urgency;
use crate::deadline::due;
use crate::diagnostic::{Diagnostic, Findings, Instants};
use crate::source::{Sources, Spot};
use crate::vocabulary::{LimitUnit, StepCode, TemplateName, TimeLimit};

/// On more limits than this a ladder is not placed: handbooks have a dozen.
const LIMITS_MAX: usize = 200;

/// Looks at both ladders; one that was read in part would be misjudged.
pub(super) fn check(book: &RuleBook, sources: &Sources, findings: &mut Findings) {
    if findings.has_error(FILE) {
        return;
    }
    let ladders = [
        ("ordinary", &book.ladder.ordinary, Urgency::Ordinary),
        ("urgent", &book.ladder.urgent, Urgency::Urgent),
    ];
    let spots = spots(sources);
    for (name, ladder, urgency) in ladders {
        for step in &ladder.steps {
            let spot = spots.step(name, &step.code).template;
            template(&spot, &step.template, step.level, findings);
        }
        if findings.has_error(CALENDAR) {
            continue;
        }
        let faults = faults(book, ladder, urgency);
        let is_out_of_order = faults.keys().any(|fault| matches!(fault, Fault::Levels(..)));
        for (fault, limits) in faults {
            tell(book, (name, ladder), &spots, (fault, &limits), findings);
        }
        if !is_out_of_order {
            descent((name, ladder), &spots, findings);
        }
    }
    if let Some(spot) = spots.rework_template {
        of_rework(&spot, &book.ladder.rework, findings);
    }
}

/// What can be wrong with the order of steps; a step by its place in the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// Supervision before the limit is used up.
    Early(usize),
    /// A reminder when it is used up.
    Late(usize),
    /// A reminder of what was not read at the warning or after it.
    Reminders(usize, usize),
    /// A level at the instant of the next one or after it.
    Levels(usize, usize),
}

/// Every fault, and the limits on which it shows; a ladder without any is placed on a usual one.
fn faults(book: &RuleBook, ladder: &Ladder, urgency: Urgency) -> BTreeMap<Fault, Vec<TimeLimit>> {
    let limits = book.handbook.conditions.values().map(|condition| condition.limit);
    let of_ladder = limits.filter(|limit| Urgency::of(limit) == urgency);
    let mut limits: BTreeSet<TimeLimit> = of_ladder.collect();
    if limits.is_empty() {
        limits.insert(match urgency {
            Urgency::Ordinary => TimeLimit::new(2_000, LimitUnit::WorkDay),
            Urgency::Urgent => TimeLimit::new(2_000, LimitUnit::UrgentHour),
        });
    }
    let mut faults: BTreeMap<Fault, Vec<TimeLimit>> = BTreeMap::new();
    for limit in limits.into_iter().take(LIMITS_MAX) {
        for fault in faults_on(&Placed::on(book, ladder, limit)) {
            faults.entry(fault).or_default().push(limit);
        }
    }
    let own: Vec<Fault> = faults.keys().copied().collect();
    let is_sound =
        |step: usize| !own.contains(&Fault::Early(step)) && !own.contains(&Fault::Late(step));
    // A step that stands wrongly by itself is told by itself.
    faults.retain(|fault, _| match *fault {
        Fault::Early(_) | Fault::Late(_) => true,
        Fault::Reminders(one, other) | Fault::Levels(one, other) => {
            is_sound(one) && is_sound(other)
        }
    });
    faults
}

/// The steps of a ladder on one limit.
struct Placed<'b> {
    steps: Vec<(&'b Step, DateTime<Utc>)>,
    start: DateTime<Utc>,
    due: DateTime<Utc>,
}

impl<'b> Placed<'b> {
    fn on(book: &'b RuleBook, ladder: &'b Ladder, limit: TimeLimit) -> Placed<'b> {
        let midnight = book.handbook.effective.and_time(chrono::NaiveTime::MIN);
        // The first thousandth of an office hour ends 3.6 seconds after the office opens.
        let moment = TimeLimit::new(1, LimitUnit::WorkHour);
        let opened = due(moment, book.calendar.instant(midnight), &book.calendar, &[]);
        let start = opened.checked_sub_signed(Duration::milliseconds(3_600)).unwrap_or(opened);
        let instants: BTreeMap<StepCode, DateTime<Utc>> =
            ladder.schedule(limit, start, &[], &book.calendar).into_iter().collect();
        let at = |step: &Step| instants.get(&step.code).copied().unwrap_or(start);
        Placed {
            steps: ladder.steps.iter().map(|step| (step, at(step))).collect(),
            start,
            due: due(limit, start, &book.calendar, &[]),
        }
    }

    /// The earliest step of a kind that has no fault of its own.
    fn first(
        &self,
        faults: &[Fault],
        is_one: impl Fn(&Step) -> bool,
    ) -> Option<(usize, DateTime<Utc>)> {
        let sound = |place: &usize| {
            !faults.contains(&Fault::Early(*place)) && !faults.contains(&Fault::Late(*place))
        };
        let steps = self.steps.iter().enumerate();
        let steps = steps.filter(|(place, (step, _))| is_one(step) && sound(place));
        steps.map(|(place, (_, at))| (place, *at)).min_by_key(|(_, at)| *at)
    }
}

fn faults_on(placed: &Placed<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (place, (step, at)) in placed.steps.iter().enumerate() {
        let is_reminder = step.level == 0 && step.light != Light::Red;
        if is_reminder && *at >= placed.due {
            faults.push(Fault::Late(place));
        } else if !is_reminder && *at < placed.due {
            faults.push(Fault::Early(place));
        }
    }
    let of_level = |level: u8| placed.first(&faults, |step| step.level == level);
    let levels: Vec<_> = (1..=3).filter_map(of_level).collect();
    let unread = placed.first(&faults, |step| {
        step.level == 0 && step.light != Light::Red && step.applies == Applies::WhileUnread
    });
    let warning = placed.first(&faults, |step| {
        step.level == 0 && step.light == Light::Yellow && step.applies == Applies::Always
    });
    let levels = levels.iter().zip(levels.iter().skip(1));
    let out_of_order = levels.filter(|((_, lower), (_, higher))| lower >= higher);
    let out_of_order: Vec<Fault> =
        out_of_order.map(|((lower, _), (higher, _))| Fault::Levels(*lower, *higher)).collect();
    faults.extend(out_of_order);
    if let (Some((unread, at)), Some((warning, warned))) = (unread, warning)
        && at >= warned
    {
        faults.push(Fault::Reminders(unread, warning));
    }
    faults
}

/// Says what is wrong once, with the shortest limit on which it shows as the example.
fn tell(
    book: &RuleBook,
    (name, ladder): (&'static str, &Ladder),
    spots: &Spots,
    (fault, limits): (Fault, &[TimeLimit]),
    findings: &mut Findings,
) {
    let shortest = limits.iter().min_by_key(|limit| limit.days_about());
    let Some(example) = shortest.copied() else { return };
    let placed = Placed::on(book, ladder, example);
    let (blamed, other) = match fault {
        Fault::Early(step) | Fault::Late(step) => (step, None),
        Fault::Reminders(unread, warning) => (unread, Some(warning)),
        Fault::Levels(lower, higher) => (higher, Some(lower)),
    };
    let step = |place: usize| placed.steps.get(place).copied();
    let Some((step, other)) = step(blamed).zip(Some(other.and_then(step))) else { return };
    let local = |at: DateTime<Utc>| book.calendar.local(at);
    let instants = Instants {
        limit: example,
        limits: limits.len(),
        start: local(placed.start),
        due: local(placed.due),
        step: local(step.1),
        other: other.map(|(_, at)| local(at)),
    };
    let spot = &spots.step(name, &step.0.code).trigger;
    findings.push(match (fault, other) {
        (Fault::Early(_), _) => Diagnostic::step_early(spot, step.0, meant(step.0), &instants),
        (Fault::Late(_), _) => Diagnostic::reminder_late(spot, step.0, &instants),
        (Fault::Reminders(..), Some((warning, _))) => {
            Diagnostic::reminders_turned(spot, [step.0, warning], &instants)
        }
        (Fault::Levels(..), Some((lower, _))) => {
            Diagnostic::levels_turned(spot, [lower, step.0], &instants)
        }
        (Fault::Reminders(..) | Fault::Levels(..), None) => return,
    });
}

/// What somebody probably meant who wrote a trigger before the end of the limit.
fn meant(step: &Step) -> Option<String> {
    match step.trigger {
        Trigger::Percent(percent) => Some(format!("overdue_percent = {percent}")),
        Trigger::AfterStart(span) => Some(format!("after_due = \"{}\"", span.key())),
        Trigger::OverduePercent { .. } | Trigger::AfterDue(_) => None,
    }
}

/// Levels that are listed in descending order, though they are reached in the right one.
fn descent((name, ladder): (&'static str, &Ladder), spots: &Spots, findings: &mut Findings) {
    let mut highest = 0;
    for step in &ladder.steps {
        if step.level > 0 && step.level < highest {
            let spot = spots.step(name, &step.code).code;
            findings.push(Diagnostic::ladder_descends(&spot, step.level, highest));
        }
        highest = highest.max(step.level);
    }
}

/// Whether the template of repeated rework is made for it: such a case may well be in time.
fn of_rework(spot: &Spot, rework: &ReworkRule, findings: &mut Findings) {
    match of_limit(&rework.template) {
        Some(_) => findings.push(Diagnostic::rework_template(spot, &rework.template)),
        None => template(spot, &rework.template, rework.level.max(1), findings),
    }
}

/// The level of a step for which a template of the program is made that speaks of the limit.
fn of_limit(template: &TemplateName) -> Option<u8> {
    match template.as_str() {
        "reminder" | "reminder-urgent" | "warning" => Some(0),
        "level-1" => Some(1),
        "level-2" => Some(2),
        "level-3" => Some(3),
        _ => None,
    }
}

/// Whether a template of the program is made for a step of this level; one of the county's own may say anything.
fn template(spot: &Spot, template: &TemplateName, level: u8, findings: &mut Findings) {
    match (of_limit(template), template.as_str()) {
        (Some(made_for), _) if made_for != level => {
            findings.push(Diagnostic::template_of_other_level(spot, template, level));
        }
        (Some(_), _) => {}
        (None, "supervision-order") if level > 0 => {}
        (None, name) if REQUIRED.contains(&name) => {
            findings.push(Diagnostic::template_of_no_step(spot, template));
        }
        (None, _) => {}
    }
}
