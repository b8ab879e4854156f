//! Templates of every message (articles 15–18, 28), from `notices.toml`.
//!
//! A template is Chinese text with `{{ variables }}` in the manner of minijinja; those it may use are declared beside
//! it. Who receives which notice stands in the ladder and the stages. Sending is not done here.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::vocabulary::TemplateName;

pub(crate) use read::read;

/// The file this comes from.
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

/// Everything that the program may give to a template.
///
/// Lists are `overdue`, `due_today`, `new`, `closed_yesterday`, `by_unit`, `stages_late` and `lines`; all others are texts.
pub const VARIABLES: &[&str] = &[
    "big_class",
    "by_unit",
    "case",
    "caught_up",
    "chain_head",
    "channel",
    "closed_at",
    "closed_yesterday",
    "closing",
    "collector",
    "condition",
    "count",
    "date",
    "dead_letters",
    "dispatched_at",
    "due",
    "due_before",
    "due_today",
    "filing",
    "finished_at",
    "grid",
    "level",
    "light",
    "limit",
    "lines",
    "lower_steps",
    "more",
    "new",
    "number",
    "order",
    "overdue",
    "overdue_by",
    "place",
    "reason",
    "recipient",
    "reply_due",
    "result",
    "reworks",
    "slot",
    "small_class",
    "stage",
    "stages_late",
    "step",
    "task",
    "text",
    "timeliness",
    "unit",
    "unit_name",
    "worst",
];

/// When the briefs go out unless the file says otherwise: daily at eight, local time.
const BRIEF_SCHEDULE: &str = "0 0 8 * * *";

/// A template that takes more steps is stopped: no notice needs a tenth of them.
const TEMPLATE_STEPS_MAX: u64 = 1_000_000;

/// Every template, by name.
#[derive(Debug, Clone)]
pub struct Notices {
    pub(crate) by_name: BTreeMap<TemplateName, Notice>,
    /// When units get their daily brief: a cron expression with seconds, in local time.
    pub brief_unit: String,
    /// When the duty chief gets the centre's daily brief: a cron expression with seconds, in local time.
    pub brief_centre: String,
}

impl Default for Notices {
    fn default() -> Self {
        Notices {
            by_name: BTreeMap::new(),
            brief_unit: BRIEF_SCHEDULE.to_owned(),
            brief_centre: BRIEF_SCHEDULE.to_owned(),
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
    /// The subject of the e-mail.
    pub subject: String,
    /// The text of the e-mail.
    pub body: String,
    /// The text of the SMS.
    pub sms: String,
    /// The variables that its texts may use.
    pub variables: BTreeSet<String>,
}

/// A way by which a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// E-mail.
    Email,
    /// SMS (短信).
    Sms,
}

/// A message made from a template; what the template does not send is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject of the e-mail, in one line.
    pub subject: String,
    /// The text of the e-mail.
    pub text: String,
    /// The text of the SMS, in one line.
    pub sms: String,
}

/// Why no message could be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such template.
    #[error("no template `{0}`")]
    Unknown(TemplateName),
    /// The template could not be filled in.
    #[error("cannot fill in template `{0}`")]
    Template(TemplateName, #[source] minijinja::Error),
}

impl Notices {
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
    /// [`Error::Unknown`] for a name without a template; [`Error::Template`] when filling in fails.
    pub fn render(&self, name: &TemplateName, vars: impl Serialize) -> Result<Rendered, Error> {
        let notice = self.get(name).ok_or_else(|| Error::Unknown(name.clone()))?;
        let environment = environment();
        let vars = minijinja::Value::from(minijinja::value::Serde(vars));
        let fill = |template: &str| {
            let filled = environment.render_str(template, vars.clone());
            filled.map_err(|err| Error::Template(name.clone(), err))
        };
        Ok(Rendered {
            subject: one_line(&fill(&notice.subject)?),
            text: fill(&notice.body)?,
            sms: one_line(&fill(&notice.sms)?),
        })
    }
}

/// Plain text: nothing is escaped, and nothing can be included.
pub(crate) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_fuel(Some(TEMPLATE_STEPS_MAX));
    let mut syntax = SyntaxConfig::builder();
    // A line with a tag alone leaves no blank line; the default syntax cannot be refused.
    if let Ok(syntax) = syntax.trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment
}

/// A header or an SMS has no line breaks, whatever stands in a variable.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
