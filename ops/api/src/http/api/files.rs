//! Files that cases name: who sees a photo or a paper, and whether what a command names may be named.
//!
//! Whoever sees a case sees its photos. Papers, which are signed forms, scans and attachments, are seen by the centre and
//! by the unit they belong to, that of whoever brought them in; and until a case names it, a file by whoever has shown
//! it.

use std::collections::BTreeSet;
use std::slice;

use actix_web::http::StatusCode;
use compact_str::CompactString;
use duban_actors::case::event::Event;
use duban_actors::case::files::Use;
use duban_actors::case::{Case, KIND};
use duban_actors::context::Context;
use duban_actors::role::unit_of;
use duban_rules::vocabulary::UnitId;
use duban_runtime::clock::Timestamp;
use duban_runtime::entity::EntityId;
use duban_runtime::journal::Journal;
use duban_runtime::journal::blob::BlobId;
use duban_runtime::record::Record;

use super::text::Key;
use super::visibility;
use crate::http::problem::Problem;
use crate::operations::exposed::{Backend, Request};
use duban_base::asking::Asker;
use duban_base::labels::history::Papers;
use duban_base::state::readable;
use duban_base::store::Store;
use duban_messages::courier::outcome::chain;
use duban_server::uploads::{self, Lack, Uploads};

/// What is looked through for a file.
pub(super) struct Looking<'a> {
    pub(super) store: &'a Store,
    pub(super) uploads: &'a Uploads,
}

impl Looking<'_> {
    /// Whether `asker` sees a file: in this case or in one that they see, or because they have shown it themselves.
    pub(super) fn sees(
        &self,
        asker: &Asker,
        id: &BlobId,
        case: Option<&Key>,
    ) -> Result<bool, Problem> {
        let Looking { store, uploads } = self;
        if let Some(case) = case {
            return sees_in(store, asker, (id, &EntityId::new(KIND, case.as_str())));
        }
        if uploads.shown_by(id).iter().any(|login| login == asker.login.as_str()) {
            return Ok(true);
        }
        uploads.catch_up(&store.journal).map_err(unread)?;
        let cases = uploads.cases(id).map_err(unread)?;
        if cases.is_empty() {
            // One of before cases were noted: in some case whoever sees all of them sees it.
            return Ok(asker.sees_all() && !uploads.is_nobodys(id).map_err(unread)?);
        }
        for case in cases {
            match sees_in(store, asker, (id, &case.entity())) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(hidden) if hidden.status == StatusCode::NOT_FOUND => {}
                Err(problem) => return Err(problem),
            }
        }
        Ok(false)
    }

    fn all_kept(
        &self,
        asker: &Asker,
        (used, files): (Use, &[CompactString]),
        now: Timestamp,
    ) -> Result<(), Problem> {
        let lack = self.uploads.lacking(&self.store.journal, (used, files), now);
        if let Some(lack) = lack.map_err(unread)? {
            return Err(lacks(&lack, used));
        }
        if asker.sees_all() {
            return Ok(());
        }
        for named in files {
            let Ok(id) = named.parse::<BlobId>() else { return Err(unknown(named, used)) };
            let is_noted = self.uploads.is_nobodys(&id).map_err(unread)?
                || !self.uploads.cases(&id).map_err(unread)?.is_empty();
            let is_everywhere = self.uploads.is_everywhere(&id).map_err(unread)?;
            if is_noted && !is_everywhere && !self.sees(asker, &id, None)? {
                return Err(unknown(named, used));
            }
        }
        Ok(())
    }
}

/// Whether `asker` sees a file in this case.
///
/// # Errors
/// Not found, where they do not see the case.
fn sees_in(
    store: &Store,
    asker: &Asker,
    (id, case): (&BlobId, &EntityId),
) -> Result<bool, Problem> {
    visibility::find(store, asker, case)?;
    let (name, records) = (id.to_string(), store.journal.history(case)?);
    let rules = store.rules.current();
    let shown = shown(&records, slice::from_ref(asker), &rules.0);
    Ok(shown.iter().any(|shown| shown.name == name))
}

/// A file of a case.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The name of its blob.
    pub name: CompactString,
    pub used: Use,
    /// With what it came in.
    pub event: Event,
}

/// The files that `records` of a case name, as far as `askers`, one person in each of their posts who sees the case, see
/// them; each once.
pub fn shown(records: &[Record], askers: &[Asker], cx: &Context) -> Vec<Shown> {
    let (mut known, mut shown) = (BTreeSet::new(), Vec::new());
    for record in records {
        let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
        let papers = papers(record, askers, cx);
        for event in &events {
            let (used, names) = event.files();
            if names.is_empty() || (used != Use::Photo && papers == Papers::Hidden) {
                continue;
            }
            for name in names {
                if known.insert(name.clone()) {
                    shown.push(Shown { name: name.clone(), used, event: event.clone() });
                }
            }
        }
    }
    shown
}

/// Whether `askers` see the papers that came in with `record`: the centre does, and the unit they belong to.
pub fn papers(record: &Record, askers: &[Asker], cx: &Context) -> Papers {
    let of = unit_of(&record.asked).map(UnitId::new);
    let sees = |asker: &Asker| match &of {
        Some(unit) => visibility::sees_unit(asker, unit, cx),
        None => asker.sees_all(),
    };
    if askers.iter().any(sees) { Papers::Shown } else { Papers::Hidden }
}

/// What cannot be looked through.
pub(super) fn unread(failure: uploads::Failure) -> Problem {
    tracing::error!(failure = %chain(&failure), "uploads cannot be looked through");
    Problem::unavailable("unreadable")
}

/// Whether every photo of these is known to be here and seen by `asker`, without a look at the disk: then there is
/// nothing to wait for, and none of them is swept for a day. Papers are looked for each time.
pub(crate) fn at_hand(
    at: &Backend<'_>,
    asker: &Asker,
    (used, files): (Use, &[CompactString]),
) -> bool {
    let login = (!asker.sees_all()).then_some(asker.login.as_str());
    let now = || at.node.clock().now();
    let here = |uploads: &Uploads| uploads.at_hand(files, login, now());
    files.is_empty() || (used == Use::Photo && at.uploads.is_some_and(|uploads| here(uploads)))
}

/// Every file that a command names is kept here, is of a kind that may stand there, and whoever names it sees it: nothing
/// is accepted that points nowhere, and nobody sees a file by naming it. None is swept while the command is decided.
/// Looks at the disk: for those that are not [`at_hand`].
///
/// # Errors
/// 422, with the file that is not, or with how much there is.
pub(crate) async fn all_kept(
    at: &Backend<'_>,
    request: &Request<'_>,
    (used, files): (Use, &[CompactString]),
) -> Result<(), Problem> {
    let (uploads, now) = (at.uploads(), at.node.clock().now());
    let (asker, files) = (request.asker.clone(), files.to_vec());
    let (case, most) = (EntityId::new(KIND, request.key), at.papers_max);
    at.read(move |store| {
        Looking { store, uploads: &uploads }.all_kept(&asker, (used, &files), now)?;
        if used == Use::Photo { Ok(()) } else { have_room(&store.journal, &case, &files, most) }
    })
    .await
}

/// Whether a case may take these papers beside those it has: `most` bytes together. Two that come at once may each find
/// room: it keeps the disk from being filled, and decides nothing.
fn have_room(
    journal: &Journal,
    case: &EntityId,
    files: &[CompactString],
    most: u64,
) -> Result<(), Problem> {
    let mut papers: BTreeSet<CompactString> = files.iter().cloned().collect();
    let kept = readable::<Case>(journal, case)?;
    let has_papers =
        kept.as_ref().and_then(|case| case.state.report()).is_some_and(|r| r.papers > 0);
    // A history is long, and most cases have no papers yet.
    let records = if has_papers { journal.history(case)? } else { Vec::new() };
    for record in records {
        let events: Vec<Event> = serde_json::from_str(&record.events).unwrap_or_default();
        let named = events.iter().map(Event::files).filter(|(used, _)| *used != Use::Photo);
        papers.extend(named.flat_map(|(_, names)| names).cloned());
    }
    let mut bytes = 0_u64;
    for id in papers.iter().filter_map(|name| name.parse::<BlobId>().ok()) {
        bytes = bytes.saturating_add(journal.blobs().len(&id)?.unwrap_or(0));
    }
    if bytes <= most {
        return Ok(());
    }
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-many-papers", "附件过大");
    let detail = format!("一个案件的签章单和附件合计不能超过 {} MiB", most >> 20);
    Err(problem.detail(detail))
}

fn lacks(lack: &Lack, used: Use) -> Problem {
    match lack {
        Lack::Absent(named) => unknown(named, used),
        Lack::Other(named) => {
            let problem =
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit-file", "文件种类不符");
            let wanted = match used {
                Use::Photo => "照片",
                Use::Form => "照片或 PDF",
                Use::Attachment => "照片、PDF 或录音",
            };
            problem.detail(format!("{named} 不是{wanted}"))
        }
    }
}

fn unknown(named: &str, used: Use) -> Problem {
    let (code, title, path) = match used {
        Use::Photo => ("unknown-photo", "没有这张照片", "photos"),
        Use::Form | Use::Attachment => ("unknown-file", "没有这个文件", "attachments"),
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
        .detail(format!("请先用 POST /api/v1/{path} 上传 {named}"))
}
