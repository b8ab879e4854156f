//! Reads `notices.toml`: one table per template, and when the daily briefs go out.

use std::collections::BTreeSet;

use super::fill::environment;
use super::trial::tried;
use super::{
    Brief, Channel, FILE, LATER, Notice, Notices, REQUIRED, VARIABLES, braces, calls, schedule,
    sms, trial,
};
use crate::check::word_in;
use crate::diagnostic::{Diagnostic, Findings};
use crate::source::document::{At, Document, Table};
use crate::source::{Sources, Spot};
use crate::vocabulary::TemplateName;

/// Every template that could be read.
pub(crate) fn read(sources: &Sources, findings: &mut Findings) -> Notices {
    let mut notices = Notices::default();
    let Some(document) = Document::read(sources, FILE, findings) else { return notices };
    let file = sources.text(FILE).unwrap_or_default();
    for (name, table) in document.root().named(findings) {
        if name.value == "schedule" {
            schedules(table, file, &mut notices, findings);
            continue;
        }
        let notice = notice(&name, table, file, findings);
        notices.by_name.insert(TemplateName::new(name.name(findings)), notice);
    }
    for name in REQUIRED {
        if !notices.by_name.contains_key(&TemplateName::new(name)) {
            findings.push(Diagnostic::template_missing(name));
        }
    }
    later(&mut notices);
    notices
}

/// Puts in what came later, where the file does not have it.
fn later(notices: &mut Notices) {
    let names = LATER.iter().copied().map(TemplateName::new);
    let lacking: Vec<_> = names.filter(|name| !notices.by_name.contains_key(name)).collect();
    if lacking.is_empty() {
        return;
    }
    let (shipped, mut unheard) = (Sources::shipped(), Findings::default());
    let Some(document) = Document::read(&shipped, FILE, &mut unheard) else { return };
    let file = shipped.text(FILE).unwrap_or_default();
    for (name, table) in document.root().named(&mut unheard) {
        let key = TemplateName::new(name.value);
        if lacking.contains(&key) {
            notices.by_name.insert(key, notice(&name, table, file, &mut unheard));
        }
    }
}

fn schedules(mut table: Table<'_>, file: &str, notices: &mut Notices, findings: &mut Findings) {
    for brief in [Brief::Unit, Brief::Centre] {
        let Some(text) = table.text_if(brief.as_str(), findings) else { continue };
        let Some(expression) = schedule::read(&text, file, findings) else { continue };
        match brief {
            Brief::Unit => notices.brief_unit = expression,
            Brief::Centre => notices.brief_centre = expression,
        }
    }
    if let Some(text) = table.text_if("view_reminder", findings)
        && let Some(expression) = schedule::read(&text, file, findings)
    {
        notices.view_reminder = expression;
        notices.view_spot = Some(text.spot);
    }
    table.close(findings);
}

fn notice(name: &At<&str>, mut table: Table<'_>, file: &str, findings: &mut Findings) -> Notice {
    name.name(findings);
    let title = table.text("title", findings).map(|at| at.name(findings));
    let channels = channels(&mut table, findings);
    let variables = variables(&mut table, findings);
    let mut channel_text = |key: &'static str, channel: Channel| {
        let text = if channels.contains(&channel) {
            table.text(key, findings)?
        } else {
            table.text_if(key, findings)?
        };
        template(&text, &variables, file, findings);
        if key == "sms"
            && let Some(usual) = trial::usual_values()
        {
            sms::look(&text, usual, findings);
        }
        Some(text.value.trim_start_matches('\n').to_owned())
    };
    let subject = channel_text("subject", Channel::Email);
    let body = channel_text("body", Channel::Email);
    let sms = channel_text("sms", Channel::Sms);
    table.close(findings);
    Notice {
        title: title.unwrap_or_else(|| name.value.to_owned()),
        channels,
        subject: subject.unwrap_or_default(),
        body: body.unwrap_or_default(),
        sms: sms.unwrap_or_default(),
        variables,
    }
}

fn channels(table: &mut Table<'_>, findings: &mut Findings) -> BTreeSet<Channel> {
    let spot = table.spot();
    let words = table.words("channels", findings);
    let channels: BTreeSet<Channel> = words
        .iter()
        .filter_map(|word| match word.value {
            "email" => Some(Channel::Email),
            "sms" => Some(Channel::Sms),
            other => {
                findings.push(Diagnostic::unknown_channel(&word.spot, other));
                None
            }
        })
        .collect();
    if words.is_empty() {
        findings.push(Diagnostic::no_channel(&spot));
    }
    channels
}

fn variables(table: &mut Table<'_>, findings: &mut Findings) -> BTreeSet<String> {
    let names = table.texts("variables", findings);
    for name in &names {
        if !VARIABLES.contains(&name.value) {
            findings.push(Diagnostic::variable_never_given(&name.spot, name.value, VARIABLES));
        }
    }
    names.into_iter().map(|name| name.value.to_owned()).collect()
}

/// Compiles a template, compares what it uses with what it declares, and tries it.
fn template(text: &At<&str>, declared: &BTreeSet<String>, file: &str, findings: &mut Findings) {
    let environment = environment();
    let template = match environment.template_from_str(text.value) {
        Ok(template) => {
            for said in calls::texts(text.value) {
                slips(said, text, declared, (file, findings));
            }
            template
        }
        Err(_) if slips((0, text.value), text, declared, (file, findings)) > 0 => return,
        Err(err) => {
            let why = err.detail().map_or_else(|| err.kind().to_string(), str::to_owned);
            findings.push(Diagnostic::template_syntax(&text.spot, err.line().unwrap_or(1), &why));
            return;
        }
    };
    let used: BTreeSet<String> = template.undeclared_variables(false).into_iter().collect();
    for name in used.difference(declared) {
        if environment.globals().all(|(global, _)| global != name) {
            let spot =
                Spot { span: word_in(file, text.spot.span.clone(), name), ..text.spot.clone() };
            findings.push(Diagnostic::undeclared_variable(&spot, name));
        }
    }
    tried(text, file, findings);
}

/// Tells every variable that is written wrong in what a template says from one place on; how many there were.
fn slips(
    (from, said): (usize, &str),
    text: &At<&str>,
    declared: &BTreeSet<String>,
    (file, findings): (&str, &mut Findings),
) -> usize {
    let slips = braces::slips(said, declared);
    let within = file.get(text.spot.span.clone()).unwrap_or_default();
    // With an escape in it the file says it otherwise; then the text as a whole is pointed at.
    let start = within.find(text.value).map(|at| text.spot.span.start + at + from);
    for slip in &slips {
        let span = start.map_or(text.spot.span.clone(), |start| {
            start + slip.at..start + slip.at + slip.written.len()
        });
        let spot = Spot { span, ..text.spot.clone() };
        let meant = slip.meant.as_deref();
        findings.push(Diagnostic::variable_written(&spot, slip.written, meant, declared));
    }
    slips.len()
}
