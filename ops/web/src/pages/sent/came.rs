//! A form as it comes in: part by part, within bounds and within a time. What tells that it is ours, and in which role it is
//! asked, comes first; a file is kept as one that is sent to the API, and its name stands in the form.

use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::StatusCode;
use actix_web::http::header::ORIGIN;
use actix_web::{HttpRequest, web};
use duban_actors::case::files::Use;
use duban_actors::role::Role;
use duban_base::asking::Asker;
use futures_util::StreamExt as _;

use super::super::login::{is_from_here, is_word};
use super::super::refused::Refused;
use super::super::session::Stay;
use duban_api::forms::filled::{Filled, Sendable, Wrong};
use duban_api::http::api::uploading;
use duban_server::server::Server;

/// How long a browser may send nothing of a form.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a part may take in all: a photo takes minutes over a weak telephone network.
const PART_TIME_MAX: Duration = Duration::from_mins(10);
/// Parts of a form at most; more are no form of ours.
const PARTS_MAX: usize = 256;
/// Bytes of a text: what any field takes, and room to say that it is too long.
const TEXT_MAX: usize = 32 << 10;

/// Bytes of files that are passed over at most, where they are not kept.
const PASSED_OVER_MAX: usize = 32 << 20;

/// A form on its way in.
pub(super) struct Came<'a> {
    stay: &'a Stay,
    form: Sendable,
    csrf: String,
    /// Who filled it in, as its page says.
    by: String,
    role: String,
    /// Whether the browser says that its page is one of ours.
    is_ours: bool,
    /// Whether it was interrupted, and is to be shown before it is sent.
    pub(super) is_resumed: bool,
    /// How many files were not kept.
    pub(super) passed_over: usize,
    pub(super) filled: Filled,
}

/// What is said of a form that broke off while it was sent.
const BROKE_OFF: &str = "表单没有收全,没有办理;请核对、补全后再提交一次。";

/// Why no more of a form is read.
pub(super) enum Stopped {
    Refused(Refused),
    Wrong(Wrong),
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Stopped {
        Stopped::Refused(refused)
    }
}

/// The name and the content of a part.
enum Part {
    Text(String, String),
    /// A text that is longer than any field takes.
    Long,
    File(String, Box<Field>),
    /// A field for photos in which none was put.
    Empty,
}

impl Came<'_> {
    /// A form of which nothing has been read.
    pub(super) fn of(stay: &Stay, form: Sendable) -> Came<'_> {
        Came {
            stay,
            form,
            csrf: String::new(),
            by: String::new(),
            role: String::new(),
            is_ours: false,
            is_resumed: false,
            passed_over: 0,
            filled: Filled::default(),
        }
    }

    /// Reads it, and says as whom it is asked. What was read until it stopped is there to be shown again.
    pub(super) async fn read(
        &mut self,
        request: &HttpRequest,
        server: &Server,
        payload: web::Payload,
    ) -> Result<Asker, Stopped> {
        if !is_from_here(request, server) {
            return Err(Refused::Foreign.into());
        }
        self.is_ours = request.headers().contains_key(ORIGIN);
        let mut parts = Multipart::new(request.headers(), payload.into_inner());
        let (mut wrong, mut room) = (None, PASSED_OVER_MAX);
        for _ in 0..PARTS_MAX {
            let Some(part) = next(&mut parts).await.map_err(|why| self.broke_off(why))? else {
                let asker = self.asker()?;
                self.is_resumed |= self.is_left_over();
                return wrong.map_or(Ok(asker), |wrong| Err(Stopped::Wrong(wrong)));
            };
            match part {
                Part::Empty => {}
                Part::Text(name, text) => self.take(name, text),
                Part::Long => return Err(Refused::Foreign.into()),
                Part::File(_, mut field) if self.is_left_over() => {
                    passed_over(&mut field, &mut room).await.ok_or(Refused::Foreign)?;
                    self.passed_over += 1;
                }
                Part::File(name, field) => {
                    let used = self.form.takes_file(&name).ok_or(Refused::Foreign)?;
                    let asker = self.asker()?;
                    match kept((server, &asker), used, (&name, field)).await? {
                        Ok(file) => {
                            // It takes the place of one that was sent before.
                            let one = self.form.takes_one(&name);
                            self.filled.values.retain(|(known, _)| !one || *known != name);
                            self.filled.values.push((name, file));
                        }
                        Err(why) => wrong = Some(why.beside_field(&name)),
                    }
                }
            }
        }
        Err(Refused::Foreign.into())
    }

    /// Of one that is ours what came is shown again: nobody has written it for nothing.
    fn broke_off(&self, why: Refused) -> Stopped {
        match self.asker() {
            Ok(_) => {
                Stopped::Wrong(Wrong::at_head(StatusCode::UNPROCESSABLE_ENTITY, BROKE_OFF.into()))
            }
            Err(_) => why.into(),
        }
    }

    fn take(&mut self, name: String, text: String) {
        match name.as_str() {
            "csrf" => self.csrf = text,
            "role" => self.role = text,
            "once" => self.filled.once = text,
            "resumed" => self.is_resumed = true,
            "by" => self.by = text,
            _ => self.filled.values.push((name, text)),
        }
    }

    /// Whether it is of a page of ours, and of a session of theirs that has ended while they came in anew: by it nothing is
    /// done, and no file is kept.
    fn is_left_over(&self) -> bool {
        let is_theirs = self.by == self.stay.visitor.login && !self.stay.csrf().is_empty();
        self.is_ours && is_theirs && !is_word(&self.csrf, self.stay.csrf())
    }

    /// As whom it is asked; a form that is not ours, or is of a post that is not theirs, is nobody's.
    fn asker(&self) -> Result<Asker, Refused> {
        if !is_word(&self.csrf, self.stay.csrf()) && !self.is_left_over() {
            return Err(Refused::Foreign);
        }
        let visitor = &self.stay.visitor;
        let role = self.role.parse::<Role>().ok().filter(|role| visitor.holds(*role));
        role.map(|role| visitor.asker_in(role)).ok_or(Refused::Foreign)
    }
}

/// What is heard of a form of somebody who is not signed in.
pub(in super::super) struct Heard {
    /// Its texts; none where they are longer than what can be kept.
    pub(in super::super) texts: Option<Vec<(String, String)>>,
    /// How many files came with it; they are passed over.
    pub(in super::super) files: usize,
    /// Whether it came to its end.
    pub(in super::super) is_whole: bool,
}

/// Hears a form of somebody who is not signed in, as far as it comes in time: names and values of `most` bytes, and nothing
/// of one that has more.
pub(in super::super) async fn heard(
    request: &HttpRequest,
    payload: web::Payload,
    most: usize,
) -> Heard {
    let mut parts = Multipart::new(request.headers(), payload.into_inner());
    let mut heard = Heard { texts: Some(Vec::new()), files: 0, is_whole: false };
    let (mut room, mut passed) = (most, PASSED_OVER_MAX);
    let read = async {
        for _ in 0..PARTS_MAX {
            match next(&mut parts).await {
                Ok(Some(Part::Text(name, text))) => heard.take(name, text, &mut room),
                Ok(Some(Part::Long)) => return heard.texts = None,
                Ok(Some(Part::Empty)) => {}
                Ok(Some(Part::File(_, mut field))) => {
                    heard.files += 1;
                    if passed_over(&mut field, &mut passed).await.is_none() {
                        return;
                    }
                }
                Ok(None) => return heard.is_whole = true,
                Err(_) => return,
            }
        }
        heard.texts = None;
    };
    // What came until then is kept.
    drop(tokio::time::timeout(PATIENCE, read).await);
    heard
}

impl Heard {
    fn take(&mut self, name: String, text: String, room: &mut usize) {
        match (room.checked_sub(name.len() + text.len()), &mut self.texts) {
            (Some(left), Some(texts)) => {
                *room = left;
                texts.push((name, text));
            }
            (None, _) => self.texts = None,
            (Some(_), None) => {}
        }
    }
}

/// Passes over a file; none where there is no room for more, or no more comes.
async fn passed_over(field: &mut Field, room: &mut usize) -> Option<()> {
    while let Some(piece) = field.next().await {
        *room = room.checked_sub(piece.ok()?.len())?;
    }
    Some(())
}

/// The next part; none at the end.
async fn next(parts: &mut Multipart) -> Result<Option<Part>, Refused> {
    let part = tokio::time::timeout(PATIENCE, parts.next()).await;
    let Some(field) = part.map_err(|_| Refused::Foreign)? else { return Ok(None) };
    let mut field = field.map_err(|error| {
        tracing::debug!(%error, "a form cannot be read");
        Refused::Foreign
    })?;
    let Some(name) = field.name().map(str::to_owned) else { return Err(Refused::Foreign) };
    let file = field.content_disposition().and_then(|said| said.get_filename());
    match file {
        Some("") => Ok(Some(Part::Empty)),
        Some(_) => Ok(Some(Part::File(name, Box::new(field)))),
        None => {
            let bytes = match content(&mut field, TEXT_MAX).await {
                Content::Whole(bytes) => bytes,
                Content::Larger => return Ok(Some(Part::Long)),
                Content::BrokeOff => return Err(Refused::Foreign),
            };
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| Refused::Foreign)?;
            Ok(Some(Part::Text(name, text)))
        }
    }
}

/// What stands in a part.
enum Content {
    Whole(web::Bytes),
    /// More than there is room for.
    Larger,
    /// It did not come to its end, or not in time.
    BrokeOff,
}

/// Reads a part of `most` bytes for as long as something comes.
async fn content(field: &mut Field, most: usize) -> Content {
    let mut whole = web::BytesMut::new();
    let read = async {
        while let Some(piece) = tokio::time::timeout(PATIENCE, field.next()).await.ok()? {
            let piece = piece.map_err(|error| tracing::debug!(%error, "a form cannot be read"));
            let piece = piece.ok()?;
            if whole.len() + piece.len() > most {
                return Some(Content::Larger);
            }
            whole.extend_from_slice(&piece);
        }
        Some(Content::Whole(whole.freeze()))
    };
    let read = tokio::time::timeout(PART_TIME_MAX, read).await;
    read.ok().flatten().unwrap_or(Content::BrokeOff)
}

/// Keeps a file, and gives its name; or says what is wrong with it. One that is too large ends the reading.
async fn kept(
    (server, asker): (&Server, &Asker),
    used: Use,
    (name, mut field): (&str, Box<Field>),
) -> Result<Result<String, Wrong>, Stopped> {
    if let Err(problem) = uploading::may_keep(server, asker, used, 0).await {
        return Err(Stopped::Wrong(Wrong::from(problem).beside_field(name)));
    }
    let mib = uploading::mib_max(server, used);
    let most = usize::try_from(mib << 20).unwrap_or(usize::MAX);
    let wrong = |status, words: String| Err(Stopped::Wrong(Wrong::of_field(status, name, words)));
    let bytes = match content(&mut field, most).await {
        Content::Whole(bytes) => bytes,
        Content::Larger => {
            return wrong(StatusCode::PAYLOAD_TOO_LARGE, format!("文件过大,最多 {mib} MiB"));
        }
        Content::BrokeOff => {
            let words = "文件没有传完,请重新选择,再提交一次".to_owned();
            return wrong(StatusCode::UNPROCESSABLE_ENTITY, words);
        }
    };
    let kept = uploading::keep(server, asker, used, bytes).await;
    Ok(kept.map(|file| file.to_string()).map_err(Wrong::from))
}
