//! Askings by form: what a row of the list of operations is on a page.

use std::any::Any;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use clap::{ArgMatches, Args, Command, FromArgMatches as _};
use duban_actors::case::{self, Case};
use duban_actors::context::Context;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::{CommandId, Refusal as _};
use futures_util::future::{FutureExt as _, LocalBoxFuture};

use super::filled::Wrong;
use super::mistake;
use crate::http::api::body::BodyText;
use crate::http::api::cases;
use crate::http::api::operation;
use crate::http::api::preconditions::Terms;
use crate::http::api::text::Key;
use crate::http::api::{NOT_SO, refusal};
use crate::operations::cases::report::ReportBody;
use crate::operations::exposed::{Exposed, Operation};
use duban_base::asking::{self, Asker};
use duban_server::server::Server;

/// What a row of the list is on a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asking {
    pub(crate) name: &'static str,
    /// What is said when it is done.
    pub(crate) done: &'static str,
    /// The same when something follows later.
    pub(crate) later: &'static str,
    pub(crate) options: fn() -> Command,
    /// What the entity would say to this.
    pub(crate) said: fn(&dyn Any, &ArgMatches, &Who<'_>) -> Said,
    /// Asks it, as over HTTP.
    pub(crate) carried_out: for<'a> fn(Sent<'a>) -> Answer<'a>,
}

pub(crate) type Answer<'a> = LocalBoxFuture<'a, Result<HttpResponse, Wrong>>;

/// Who would ask, for which unit, and when.
pub(crate) struct Who<'a> {
    pub(crate) asker: &'a Asker,
    pub(crate) whom: Option<&'a UnitId>,
    pub(crate) now: Timestamp,
    pub(crate) cx: &'a Context,
}

/// What an entity would say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Yes, or no because of what is written alone.
    Heeded,
    /// Not as things stand, or not to them.
    Refused,
    /// It is not asked: what is written does not go together.
    Unasked,
}

/// A form that was filled in, on its way to an entity.
pub(crate) struct Sent<'a> {
    pub(crate) server: &'a Data<Server>,
    pub(crate) asker: &'a Asker,
    pub(crate) terms: Terms,
    pub(crate) key: Key,
    pub(crate) matches: ArgMatches,
    pub(crate) text: BodyText,
}

/// The form of an operation.
pub(crate) const fn by_form<O: Operation + Args>() -> Asking {
    Asking {
        name: O::NAME,
        done: O::DONE,
        later: match O::LATER {
            Some(later) => later,
            None => O::DONE,
        },
        options: options::<O>,
        said: said::<O>,
        carried_out: carried_out::<O>,
    }
}

fn options<O: Operation + Args>() -> Command {
    let command = Command::new(O::NAME).no_binary_name(true).disable_help_flag(true);
    let chosen =
        |command: Command, field: &&'static str| command.mut_arg(*field, |arg| arg.required(true));
    O::CHOSEN.iter().fold(O::augment_args(command), chosen)
}

/// What an entity of this kind would say; of another kind, it is not asked.
fn said<O: Operation + Args>(entity: &dyn Any, matches: &ArgMatches, who: &Who<'_>) -> Said {
    let read = O::from_arg_matches(matches).ok().filter(|operation| operation.wrong().is_none());
    let Some((operation, entity)) = read.zip(entity.downcast_ref::<O::Of>()) else {
        return Said::Unasked;
    };
    if !O::is_meant(entity) {
        return Said::Refused;
    }
    heard(entity, &operation.command(who.cx), who)
}

/// What an entity says to a command.
fn heard<E: Exposed>(entity: &E, command: &E::Command, who: &Who<'_>) -> Said {
    let on_behalf_of = who.whom.cloned();
    let terms = asking::Terms { on_behalf_of, ..asking::Terms::of(CommandId(0)) };
    let asked = who.asker.asked(terms, who.now);
    match entity.decide(command, &asked, who.cx) {
        Ok(_) => Said::Heeded,
        Err(no) if refusal(no.code(), "null").status == NOT_SO => Said::Heeded,
        Err(_) => Said::Refused,
    }
}

fn carried_out<O: Operation + Args>(sent: Sent<'_>) -> Answer<'_> {
    async move {
        let Sent { server, asker, terms, key, matches, text } = sent;
        let operation = O::from_arg_matches(&matches).map_err(|error| mistake::told(&error))?;
        if let Some(wrong) = operation.wrong() {
            return Err(Wrong::unfit(wrong));
        }
        let answer = operation::carry_out(server, (asker, &terms), &key, (operation, text)).await;
        answer.map_err(Wrong::from)
    }
    .boxed_local()
}

/// The form of a report (article 13): it makes a case, whose key is made of what the report is called.
pub(crate) const REPORT: Asking = Asking {
    name: REPORTING,
    done: "已登记",
    later: "已登记",
    options: report_options,
    said: report_said,
    carried_out: report_carried_out,
};

/// Where a report is sent.
pub(crate) const REPORTING: &str = "report";

fn report_options() -> Command {
    let command = Command::new(REPORTING).no_binary_name(true).disable_help_flag(true);
    ReportBody::augment_args(command).about("登记上报").long_about("登记上报")
}

fn report_said(entity: &dyn Any, matches: &ArgMatches, who: &Who<'_>) -> Said {
    let read = ReportBody::from_arg_matches(matches).ok();
    let report = read.and_then(|body| body.report(who.asker.collector.as_ref()).ok());
    let Some((report, case)) = report.zip(entity.downcast_ref::<Case>()) else {
        return Said::Unasked;
    };
    heard(case, &case::Command::Register(Box::new(report)), who)
}

fn report_carried_out(sent: Sent<'_>) -> Answer<'_> {
    async move {
        let Sent { server, asker, terms, matches, text, key: _ } = sent;
        let body = ReportBody::from_arg_matches(&matches).map_err(|error| mistake::told(&error))?;
        // Of a telephone number nothing stands anywhere, no hash either.
        let said = (body, text.but_for("reply-to"));
        cases::registered(server, (asker, &terms), said).await.map_err(Wrong::from)
    }
    .boxed_local()
}

/// On which terms a form is asked that came with `request`.
pub(crate) fn terms(request: &HttpRequest, once: &str) -> Result<Terms, Wrong> {
    Terms::under(request, once).map_err(Wrong::from)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::field::{Field, Input};
    use super::*;
    use crate::operations::cases::applications::ApplicationBody;
    use crate::operations::cases::calls::CallMade;
    use crate::operations::cases::deferrals::ConsentBody;
    use crate::operations::cases::disputes::WhoseItIs;
    use crate::operations::meetings::{Answering, Deciding};

    /// What can stand in a field.
    fn values(field: &Field) -> Vec<&str> {
        let chosen: Vec<&str> = field.values().collect();
        if !chosen.is_empty() {
            return chosen;
        }
        vec![match field.input {
            Input::Day => "2026-05-15",
            Input::Photo | Input::Paper => {
                "0000000000000000000000000000000000000000000000000000000000000000"
            }
            Input::Line
            | Input::Lines
            | Input::Number
            | Input::Instant
            | Input::Place
            | Input::Choice
            | Input::Tick
            | Input::Hidden => {
                if field.takes == "SPAN" {
                    "1工作日"
                } else if field.is_telephone() {
                    "12319"
                } else {
                    "DL"
                }
            }
        }]
    }

    /// All that does not go together in an operation, whatever is written and left out.
    fn unfit<O: Operation + Args>() -> BTreeSet<&'static str> {
        let mut options = options::<O>();
        let fields: Vec<Field> = options.get_arguments().filter_map(Field::of).collect();
        let mut written: Vec<Vec<String>> = vec![Vec::new()];
        for field in &fields {
            let filled = values(field).into_iter();
            let said: Vec<Option<String>> =
                filled.map(|value| Some(format!("--{}={value}", field.name))).collect();
            let left: &[Option<String>] = if field.required { &[] } else { &[None] };
            let with = |before: &Vec<String>| {
                let each = left.iter().chain(&said);
                each.map(|one| before.iter().chain(one).cloned().collect()).collect::<Vec<_>>()
            };
            written = written.iter().flat_map(with).collect();
        }
        let read = written.into_iter().filter_map(|typed| {
            let matches = options.try_get_matches_from_mut(typed).ok()?;
            O::from_arg_matches(&matches).ok()
        });
        read.filter_map(|operation| operation.wrong()).collect()
    }

    #[test]
    fn what_does_not_go_together_is_told_without_words_of_programs() {
        let operations = [
            ("call", unfit::<CallMade>(), 1),
            ("consent", unfit::<ConsentBody>(), 1),
            ("determination", unfit::<WhoseItIs>(), 6),
            ("application", unfit::<ApplicationBody>(), 4),
            ("answers", unfit::<Answering>(), 3),
            ("decisions", unfit::<Deciding>(), 5),
        ];
        for (name, unfit, n) in operations {
            assert_eq!(unfit.len(), n, "{name}: {unfit:?}");
            for why in unfit {
                let told = Wrong::unfit(why).words();
                assert!(!told.contains(|c: char| c.is_ascii_lowercase()), "{name}: {told}");
            }
        }
    }
}
