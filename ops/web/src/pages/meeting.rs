//! `GET /meetings/{no}`: a meeting of the committee: its agenda, who is invited, what was decided, and the minutes, for those
//! who see all, for the units that are invited, and for those whose case it is; with forms for whoever calls it, answers and
//! records it (articles 4, 5 and 19).

use actix_web::{HttpRequest, HttpResponse, web};
use compact_str::CompactString;
use duban_actors::context::Context;
use duban_actors::meeting::{Call, Invitee, Item, Meeting, Minutes, Post, Sitting};
use duban_rules::vocabulary::UnitId;
use duban_runtime::journal::Failure;
use serde::Serialize;

use super::Pages;
use super::layout::{self, Frame, Keep, in_address};
use super::refused::{self, Refused};
use super::sent::{After, Forms, Told as Sent};
use super::session::{self, Stay};
use super::visibility;
use duban_api::forms::{self, At, filled};
use duban_base::asking::Asker;
use duban_base::labels::instant;
use duban_base::labels::meeting::{answer_word, decision_word, standing_word};
use duban_base::names::Names;
use duban_base::state;
use duban_base::store::Store;
use duban_server::server::Server;

/// What the page is filled in with.
#[derive(Serialize)]
struct Shown {
    no: String,
    standing: String,
    acts: Forms,
    agenda: Vec<Line>,
    call: Option<Called>,
    sitting: Option<Sat>,
    minutes: Option<Written>,
}

/// An item of the agenda.
#[derive(Serialize)]
struct Line {
    /// None where whoever looks does not see it.
    case: Option<String>,
    subject: String,
    applicant: String,
    units: Vec<String>,
    reason: String,
    decision: String,
}

/// When and where it is, and who is invited.
#[derive(Serialize)]
struct Called {
    when: String,
    place: String,
    invited: Vec<Guest>,
}

#[derive(Serialize)]
struct Guest {
    name: String,
    post: &'static str,
    organisation: String,
    /// Who was told in their place.
    deputy: Option<String>,
    answer: String,
}

/// Who was there.
#[derive(Serialize)]
struct Sat {
    at: String,
    chair: String,
    present: Vec<String>,
    absent: Vec<String>,
}

#[derive(Serialize)]
struct Written {
    at: String,
    by: String,
    record: String,
}

pub(super) async fn page(
    request: HttpRequest,
    pages: web::Data<Pages>,
    server: web::Data<Server>,
    no: web::Path<String>,
    sent: web::Query<Sent>,
) -> HttpResponse {
    let after = sent.after(filled::of_meeting);
    let shown = shown(&request, &pages, &server, (no.into_inner(), after)).await;
    refused::settled(&pages, &request, shown).await
}

/// The page, after what became of a form on it.
pub(super) async fn shown(
    request: &HttpRequest,
    pages: &Pages,
    server: &Server,
    (no, after): (String, After),
) -> Result<HttpResponse, Refused> {
    let stay = session::needed(request, server).await?;
    let (now, status) = (server.now(), after.status());
    let frame = Frame::around("disputes", Some(&stay));
    let shown = server.read(move |store| {
        let found = state::read::<Meeting>(&store.journal, &no)?;
        let rules = store.rules.current();
        let is_theirs = |(of, _): &(Meeting, u64)| visibility::sees_meeting(&stay, of, &rules.0);
        if !stay.sees_all() && !found.as_ref().is_some_and(is_theirs) {
            return Err(Refused::Forbidden(NOT_CONCERNED));
        }
        let (meeting, _) = found.ok_or(Refused::NotFound)?;
        let askers: Vec<Asker> = stay.askers().collect();
        let at = At { journal: &store.journal, cx: &rules.0, now };
        let forms = forms::of_meeting(&meeting, &askers, at)?;
        let address = format!("/meetings/{}", in_address(&meeting.no));
        let acts = Forms::shown((address, ""), forms, after)?;
        read(&meeting, &stay, store, acts)
    });
    let shown = shown.await?;
    Ok(layout::page(pages, (status, Keep::Private), "meeting.html", &frame, shown))
}

/// What whoever is not concerned hears.
const NOT_CONCERNED: &str =
    "只有监督指挥中心、城管委主任、主管县长、受邀单位和案件所属单位可以查看。";

fn read(meeting: &Meeting, stay: &Stay, store: &Store, acts: Forms) -> Result<Shown, Refused> {
    let rules = store.rules.current();
    let (cx, names) = (&rules.0, Names::of(&store.journal));
    let (call, sitting, minutes) = meeting.standing.papers();
    Ok(Shown {
        no: meeting.no.to_string(),
        standing: standing_word(meeting.standing.name()).to_owned(),
        acts,
        agenda: meeting.agenda.iter().map(|item| line(item, (stay, store), cx)).collect(),
        call: call.map(|call| called(call, cx)),
        sitting: sitting.map(|sitting| sat(sitting, cx)),
        minutes: minutes.map(|minutes| written(minutes, cx, &names)).transpose()?,
    })
}

fn line(item: &Item, (stay, store): (&Stay, &Store), cx: &Context) -> Line {
    let is_seen = visibility::case(stay, store, &item.motion.case.entity()).is_ok();
    let name = |unit: &UnitId| cx.rules.units.name_of(unit).to_owned();
    let motion = &item.motion;
    Line {
        case: is_seen.then(|| motion.case.as_str().to_owned()),
        subject: motion.subject.clone(),
        applicant: name(&motion.applicant),
        units: motion.units.iter().map(name).collect(),
        reason: motion.reason.clone(),
        decision: decision_word(&item.standing, &name),
    }
}

fn called(call: &Call, cx: &Context) -> Called {
    let when = instant::minute(call.when, &cx.rules.calendar);
    Called { when, place: call.place.clone(), invited: call.invited.iter().map(guest).collect() }
}

fn guest(invited: &Invitee) -> Guest {
    let post = match invited.post {
        Post::Chair => "主任",
        Post::Member => "成员",
        Post::Head => "有关单位主要领导",
    };
    let answer = invited.answer.as_ref().map(answer_word);
    Guest {
        name: invited.name.to_string(),
        post,
        organisation: invited.organisation.clone(),
        deputy: invited.deputy.as_ref().map(ToString::to_string),
        answer: answer.unwrap_or_default(),
    }
}

fn sat(sitting: &Sitting, cx: &Context) -> Sat {
    let listed =
        |names: &[CompactString]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    Sat {
        at: instant::minute(sitting.at, &cx.rules.calendar),
        chair: sitting.chair.to_string(),
        present: listed(&sitting.present),
        absent: listed(&sitting.absent),
    }
}

fn written(minutes: &Minutes, cx: &Context, names: &Names<'_>) -> Result<Written, Failure> {
    let at = instant::minute(minutes.at, &cx.rules.calendar);
    let by = names.called(&minutes.by)?.to_string();
    Ok(Written { at, by, record: minutes.record.clone() })
}
