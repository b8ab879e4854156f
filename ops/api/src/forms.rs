//! Forms: what somebody may ask of an entity now, as fields to fill in, made from the list of operations (ADR 0035).
//!
//! ```text
//! ALL ─► Row ─► Asking ─┬► fields: the options that the command line has            (forms/field.rs)
//!                       ├► whether it is offered: the entity decides on placeholders (forms/probe.rs)
//!                       └► what was filled in is read as a command line is, and asked as over HTTP (forms/filled.rs)
//! ```
//! Nothing is decided here: a form is offered where the entity would take it, or would refuse it only because of what is
//! written. So a new operation has its form without a word more.

pub(crate) mod asking;
pub mod field;
pub mod filled;
mod known;
mod mistake;
mod offers;
mod probe;

use compact_str::CompactString;
use duban_actors::case::{Case, Filing, KIND};
use duban_actors::context::Context;
use duban_actors::desks::Desk;
use duban_actors::meeting::Meeting;
use duban_actors::role::Role;
use duban_actors::shift::Shift;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{Entity as _, EntityId};
use duban_runtime::journal::{Failure, Journal};
use serde::Serialize;

use asking::{REPORTING, Who};
use duban_base::asking::{self as base_asking, Asker, NoChance};
use field::{Field, Input};
use filled::{Filled, Wrong};
use known::{Known, OF_CASES, OF_MEETINGS, OF_SHIFTS};
use offers::Offers;

/// A form that is offered to somebody.
#[derive(Clone, Debug, Serialize)]
pub struct Form {
    /// Where it is sent, behind the address of the entity, e.g. `receipt`.
    pub name: &'static str,
    pub title: String,
    /// What it is for, at length.
    pub about: String,
    /// Who asks it, by login name, and in which role.
    pub by: CompactString,
    pub role: &'static str,
    /// The unit for which the centre enters it, by name; empty where they ask for themselves.
    pub entered_for: String,
    pub fields: Vec<Field>,
    /// Whether files go with it.
    pub with_files: bool,
    /// The key under which it is asked: sent twice, it is done once.
    pub once: String,
    /// Whether it was sent and is to be put right.
    pub is_open: bool,
    /// What is wrong with it, and not with one of its fields.
    pub wrong: String,
}

/// What is read while forms are made.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub journal: &'a Journal,
    pub cx: &'a Context,
    pub now: Timestamp,
}

/// What `askers`, one person in each of their posts, may ask of a case now.
///
/// # Errors
/// When the store cannot be read.
pub fn of_case(case: &Case, askers: &[Asker], at: At<'_>) -> Result<Vec<Form>, Failure> {
    some_of_case(OF_CASES.iter(), case, askers, at)
}

/// The form of this name among them, if it is offered: the others are not made.
///
/// # Errors
/// When the store cannot be read.
pub fn one_of_case(
    name: &str,
    case: &Case,
    askers: &[Asker],
    at: At<'_>,
) -> Result<Option<Form>, Failure> {
    let known = OF_CASES.iter().filter(|known| known.asking.name == name);
    Ok(some_of_case(known, case, askers, at)?.pop())
}

fn some_of_case(
    known: impl Iterator<Item = &'static Known>,
    case: &Case,
    askers: &[Asker],
    at: At<'_>,
) -> Result<Vec<Form>, Failure> {
    let held = case.state.unit().into_iter();
    let helping = case.state.filing().into_iter().flat_map(Filing::help_asked);
    let units = held.chain(helping.map(|(help, _)| &help.unit)).cloned();
    let units: Vec<UnitId> = units.collect();
    forms(known, case, askers, (&units, Offers::of_case(case, at)), at)
}

/// The form of a report, if one of `askers` may register one.
///
/// # Errors
/// When the store cannot be read.
pub fn of_report(askers: &[Asker], at: At<'_>) -> Result<Option<Form>, Failure> {
    let unreported = Case::initial(&EntityId::new(KIND, ""));
    let form = one_of_case(REPORTING, &unreported, askers, at)?;
    Ok(form.map(|form| Form { is_open: true, ..form }))
}

/// What `askers` may ask of the shift at `desk` now.
///
/// # Errors
/// When the store cannot be read.
pub fn of_shift(
    (desk, shift): (Desk, &Shift),
    askers: &[Asker],
    at: At<'_>,
) -> Result<Vec<Form>, Failure> {
    forms(OF_SHIFTS.iter(), shift, askers, (&[], Offers::of_desk(desk, at)), at)
}

/// What `askers` may ask of a meeting of the committee now.
///
/// # Errors
/// When the store cannot be read.
pub fn of_meeting(meeting: &Meeting, askers: &[Asker], at: At<'_>) -> Result<Vec<Form>, Failure> {
    forms(OF_MEETINGS.iter(), meeting, askers, (&[], Offers::of_meeting(meeting, at)), at)
}

/// Those of `known` that `askers` may ask of an entity now, for themselves or for one of `units`.
fn forms<E: 'static>(
    known: impl Iterator<Item = &'static Known>,
    entity: &E,
    askers: &[Asker],
    (units, mut offers): (&[UnitId], Offers<'_>),
    at: At<'_>,
) -> Result<Vec<Form>, Failure> {
    let found = known.filter_map(|one| offered(one, entity, askers, (units, &offers), at));
    let found: Vec<Offered<'_>> = found.collect();
    let made = found.into_iter().map(|one| one.form(&mut offers, at));
    made.filter_map(Result::transpose).collect()
}

/// A form, and as whom it is offered.
struct Offered<'a> {
    known: &'static Known,
    by: CompactString,
    role: Role,
    whom: Option<&'a UnitId>,
    fields: Vec<Field>,
}

/// The form of `known` for the first of `askers` who may ask it now: for themselves, or else for one of `units`.
fn offered<'a, E: 'static>(
    known: &'static Known,
    entity: &E,
    askers: &[Asker],
    (units, offers): (&'a [UnitId], &Offers<'_>),
    at: At<'_>,
) -> Option<Offered<'a>> {
    let numbers = |field: &Field| offers.numbers(field);
    let probes = known.probes(&numbers);
    askers.iter().find_map(|asker| {
        let enters = known.names_unit() && asker.unit.is_none();
        let for_units = units.iter().map(Some).filter(|_| enters);
        std::iter::once(None).chain(for_units).find_map(|whom| {
            let who = Who { asker, whom, now: at.now, cx: at.cx };
            let fields = probe::fields(known, &probes, entity, &who)?;
            let (by, role) = (asker.login.clone(), asker.role);
            Some(Offered { known, by, role, whom, fields })
        })
    })
}

impl Offered<'_> {
    /// The form; none where something must be chosen and there is nothing to choose.
    fn form(self, offers: &mut Offers<'_>, at: At<'_>) -> Result<Option<Form>, Failure> {
        let Offered { known, by, role, whom, fields } = self;
        let mut shown = Vec::with_capacity(fields.len());
        for mut field in fields {
            if field.is_speaking_for() {
                let Some(unit) = whom else { continue };
                field.input = Input::Hidden;
                field.values = vec![unit.to_string()];
            } else {
                offers.fill(&mut field)?;
                if field.required && field.input == Input::Choice && field.values().next().is_none()
                {
                    return Ok(None);
                }
            }
            shown.push(field);
        }
        let entered_for = whom.map(|unit| at.cx.rules.units.name_of(unit).to_owned());
        Ok(Some(Form {
            name: known.asking.name,
            title: known.title.clone(),
            about: known.about.clone(),
            by,
            role: role.as_str(),
            entered_for: entered_for.unwrap_or_default(),
            with_files: shown
                .iter()
                .any(|field| [Input::Photo, Input::Paper].contains(&field.input)),
            fields: shown,
            once: String::new(),
            is_open: false,
            wrong: String::new(),
        }))
    }
}

impl Form {
    /// Gives a form its key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn keyed(self) -> Result<Form, NoChance> {
        let once = format!("{:032x}", base_asking::command_id()?.0);
        Ok(self.under(once))
    }

    fn under(mut self, once: String) -> Form {
        for field in self.fields.iter_mut().filter(|field| field.is_made_up()) {
            field.values = vec![once.clone()];
        }
        self.once = once;
        self
    }

    /// The form as it was sent, with what is wrong.
    #[must_use]
    pub fn to_be_put_right(mut self, filled: &Filled, wrong: Wrong) -> Form {
        if !wrong.status.is_client_error() && !filled.once.is_empty() {
            // Whether it was done is not known, also where it was interrupted: under its key it is done once.
            self = self.under(filled.once.clone());
        }
        self.is_open = true;
        let is_shown = |field: &&Field| field.input != Input::Hidden;
        let shown = self.fields.iter().filter(is_shown).map(|field| field.name.as_str()).collect();
        let wrong = wrong.of_form(&shown);
        self.wrong.clone_from(&wrong.head);
        for field in self.fields.iter_mut().filter(|field| field.input != Input::Hidden) {
            field.values = filled.values(&field.name).map(str::to_owned).collect();
            field.wrong = wrong.beside(&field.name).to_owned();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;

    use super::*;
    use crate::http::problem::Problem;

    fn form() -> Form {
        Form {
            name: "notes",
            title: String::new(),
            about: String::new(),
            by: CompactString::default(),
            role: "intake",
            entered_for: String::new(),
            fields: Vec::new(),
            with_files: false,
            once: "new".to_owned(),
            is_open: false,
            wrong: String::new(),
        }
    }

    #[test]
    fn what_may_have_been_done_is_sent_again_under_its_key_and_what_was_refused_under_another() {
        let filled = Filled { once: "sent".to_owned(), values: Vec::new() };
        for (status, once) in [
            (StatusCode::SERVICE_UNAVAILABLE, "sent"),
            (StatusCode::OK, "sent"),
            (StatusCode::UNPROCESSABLE_ENTITY, "new"),
            (StatusCode::CONFLICT, "new"),
        ] {
            let wrong = Wrong::at_head(status, "没有记下".to_owned());
            let again = form().to_be_put_right(&filled, wrong);
            assert_eq!((again.once.as_str(), again.wrong.as_str()), (once, "没有记下"), "{status}");
        }
        let wrong = Wrong::at_head(StatusCode::OK, String::new());
        let unkeyed = form().to_be_put_right(&Filled::default(), wrong);
        assert_eq!(unkeyed.once, "new", "one that brought no key");
    }

    #[test]
    fn what_is_wrong_with_a_field_that_is_not_shown_is_told_at_the_head() {
        let wrong = Wrong::in_fields(vec!["external-id".to_owned()], "须填写");
        let again = form().to_be_put_right(&Filled::default(), wrong);
        assert_eq!(again.wrong, "须填写");
    }

    #[test]
    fn what_is_wrong_is_told_in_words_of_people_wherever_it_stands() {
        let (status, why) = (StatusCode::UNPROCESSABLE_ENTITY, "写明处置单位(unit)");
        for wrong in [
            Wrong::at_head(status, why.to_owned()),
            Wrong::in_fields(vec!["unit".to_owned()], why),
            Wrong::of_field(status, "unit", why.to_owned()),
            Wrong::from(Problem::new(status, "unfit-body", why)),
            Wrong::from(Problem::new(status, "unknown-unit", why)),
        ] {
            assert_eq!(wrong.words(), "写明处置单位");
        }
        let later = Wrong::from(Problem::unavailable("unreadable")).words();
        assert_eq!(later, "暂时不能办理:请稍后用同一标识再试,不会重复办理");
    }
}
