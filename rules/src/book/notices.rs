//! Templates of every message (articles 15–18, 28), from `notices.toml`.
//!
//! A template is Chinese text with `{{ variables }}` in the manner of minijinja; those it may use are declared beside
//! it. Who receives which notice stands in the ladder and the stages. Sending is not done here.

mod appointment;
mod braces;
mod calls;
mod cut;
mod fill;
mod read;
mod schedule;
mod sms;
mod trial;
mod weekday;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::source::Spot;
use crate::vocabulary::TemplateName;

pub use appointment::{APPOINTMENT, Appointment, Standing};
pub use cut::{LINES_MAX, more_of};
pub(crate) use read::read;
pub use weekday::Days;

pub(crate) const FILE: &str = "notices.toml";

/// The templates that the program itself asks for.
pub const REQUIRED: &[&str] = &[
    "dispatched",
    "reminder",
    "reminder-urgent",
    "warning",
    "level-1",
    "level-2",
    "level-3",
    "supervision-order",
    "supervision-reminder",
    "rework",
    "returned",
    "return-refused",
    "verify-task",
    "closed",
    "closed-reply",
    "declined",
    "stage-late",
    "deadline-moved",
    "canary",
    "daily-brief",
    "duty-brief",
    "folded",
    "operator-alarm",
];

/// Templates that came later: a file that lacks one of them has it as shipped, so that rules in use need no change.
const LATER: &[&str] = &[
    "return-accepted",
    "return-form-missing",
    "recalled",
    "disputed",
    "determined",
    "site-meeting",
    "site-meeting-off",
    "bound",
    "application-due",
    "application-result",
    "view-reminder",
    "view-missed",
    "meeting-invitation",
    "meeting-cancelled",
    "meeting-wanted",
    "meeting-decided",
    "meeting-minutes",
    "help-asked",
    "help-given",
    "help-waived",
    "call-unanswered",
    "withdrawn",
    "rechecked",
    "consent-wanted",
    "consent-off",
    "deferred",
    "deferral-review",
    "resumed",
];

/// Everything that the program may give to a template.
///
/// Lists are `overdue`, `due_today`, `new`, `closed_yesterday`, `by_unit`, `lacking`, `stages_late`, `desks`,
/// `views_missed`, `helping` and `lines`; what ends in `_more` is how many lines of one are not there, in numbers. All
/// others are texts.
pub const VARIABLES: &[&str] = &[
    "agenda",
    "asked_for",
    "big_class",
    "by_unit",
    "case",
    "caught_up",
    "chain_head",
    "channel",
    "closed_at",
    "closed_yesterday",
    "closed_yesterday_more",
    "closing",
    "collector",
    "condition",
    "count",
    "date",
    "dead_letters",
    "deferred_at",
    "desks",
    "dispatched_at",
    "due",
    "due_before",
    "due_today",
    "due_today_more",
    "filing",
    "finding",
    "finished_at",
    "form",
    "grid",
    "ground",
    "helper_name",
    "helping",
    "helping_more",
    "how_late",
    "lacking",
    "lead_name",
    "leader",
    "level",
    "light",
    "limit",
    "lines",
    "lower_steps",
    "meeting",
    "meeting_at",
    "meeting_before",
    "meeting_place",
    "meeting_units",
    "more",
    "new",
    "new_more",
    "number",
    "opinion",
    "order",
    "orders_settled",
    "overdue",
    "overdue_by",
    "overdue_more",
    "place",
    "proposed",
    "raised_to",
    "reason",
    "recipient",
    "reply_due",
    "result",
    "review_on",
    "reworks",
    "rises_to",
    "slot",
    "small_class",
    "stage",
    "stages_late",
    "stages_late_more",
    "step",
    "task",
    "telephones",
    "text",
    "timeliness",
    "unit",
    "unit_name",
    "unit_reason",
    "views_missed",
    "wish",
    "worst",
];

/// When the briefs go out unless the file says otherwise: daily at eight, local time.
const BRIEF_SCHEDULE: &str = "0 0 8 * * *";
/// When heads who have not looked yet are reminded, unless the file says otherwise: at four in the afternoon.
const VIEW_SCHEDULE: &str = "0 0 16 * * *";

/// Every template, by name.
#[derive(Debug, Clone)]
pub struct Notices {
    pub(crate) by_name: BTreeMap<TemplateName, Notice>,
    /// When units get their daily brief: a cron expression with seconds, in local time.
    pub brief_unit: String,
    /// When the duty chief gets the centre's daily brief: a cron expression with seconds, in local time.
    pub brief_centre: String,
    /// When a unit's head who has not looked at its cases yet is reminded, on working days alone (article 7): a cron
    /// expression with seconds, in local time.
    pub view_reminder: String,
    /// Where that stands, if it is written.
    pub(crate) view_spot: Option<Spot>,
}

impl Default for Notices {
    fn default() -> Self {
        Notices {
            by_name: BTreeMap::new(),
            brief_unit: BRIEF_SCHEDULE.to_owned(),
            brief_centre: BRIEF_SCHEDULE.to_owned(),
            view_reminder: VIEW_SCHEDULE.to_owned(),
            view_spot: None,
        }
    }
}

/// The texts of one kind of message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is for, in words.
    pub title: String,
    /// The ways it goes.
    pub channels: BTreeSet<Channel>,
    pub subject: String,
    /// The text of the e-mail.
    pub body: String,
    pub sms: String,
    /// The variables that its texts may use.
    pub variables: BTreeSet<String>,
}

/// A way by which a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    Email,
    /// SMS (短信).
    Sms,
}

/// A message made from a template; what the template does not send is empty. Each part fails by itself: a broken SMS
/// keeps no letter back.
#[derive(Debug)]
pub struct Filled {
    /// The subject of the e-mail, in one line.
    pub subject: Result<String, Error>,
    /// The text of the e-mail.
    pub text: Result<String, Error>,
    /// The text of the SMS, in one line.
    pub sms: Result<String, Error>,
}

/// Why no message could be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such template.
    #[error("no template `{0}`")]
    Unknown(TemplateName),
    /// The template could not be filled in, and why in a few words.
    #[error("cannot fill in template `{0}`: {1}")]
    Template(TemplateName, String, #[source] minijinja::Error),
}

/// A schedule that names days of the week by numbers, as rules could before numbers were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered<'a> {
    pub brief: Brief,
    pub expression: &'a str,
    /// The days it means.
    pub days: Days,
}

/// A daily brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Brief {
    /// Each unit's.
    #[serde(rename = "brief_unit")]
    Unit,
    /// The duty chief's.
    #[serde(rename = "brief_centre")]
    Centre,
}

impl Brief {
    /// Its name in files: `brief_unit`, `brief_centre`.
    pub fn as_str(self) -> &'static str {
        match self {
            Brief::Unit => "brief_unit",
            Brief::Centre => "brief_centre",
        }
    }

    /// What people call it.
    pub fn chinese(self) -> &'static str {
        match self {
            Brief::Unit => "单位简报",
            Brief::Centre => "值班简报",
        }
    }
}

impl Notices {
    /// When each brief goes out: its expression.
    pub fn schedules(&self) -> [(Brief, &str); 2] {
        [(Brief::Unit, &self.brief_unit), (Brief::Centre, &self.brief_centre)]
    }

    /// The schedules that name days of the week by numbers, which the check refuses and rules in force go on by.
    pub fn numbered(&self) -> Vec<Numbered<'_>> {
        let numbered = |(brief, expression)| {
            let days = schedule::numbered(expression)?;
            Some(Numbered { brief, expression, days })
        };
        self.schedules().into_iter().filter_map(numbered).collect()
    }

    /// The template of this name.
    pub fn get(&self, name: &TemplateName) -> Option<&Notice> {
        self.by_name.get(name)
    }

    /// All templates, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&TemplateName, &Notice)> {
        self.by_name.iter()
    }

    /// Fills in a template. A variable that `vars` lacks is left blank: a notice with a gap is better than none.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] for a name without a template; what cannot be filled in stands in its place.
    pub fn fill(&self, name: &TemplateName, vars: &serde_json::Value) -> Result<Filled, Error> {
        let notice = self.get(name).ok_or_else(|| Error::Unknown(name.clone()))?;
        let (environment, known) = (fill::environment(), fill::known(vars));
        let fill = |template: &str| {
            let filled = fill::fill(&environment, template, &known);
            filled.map_err(|err| Error::Template(name.clone(), trial::why(&err), err))
        };
        let on_a_line = |template: &str, most| Ok(fill::cut(&fill(template)?, most));
        Ok(Filled {
            subject: on_a_line(&notice.subject, fill::SUBJECT_CHARS_MAX),
            text: fill(&notice.body),
            sms: on_a_line(&notice.sms, fill::SMS_CHARS_MAX),
        })
    }
}
