//! The moving parts of the front page: made into HTML once per change, however many people look.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use anyhow::{Context, Result};
use duban_runtime::loops::{Kept, Life, Loop};
use minijinja::Environment;
use serde::Serialize;
use serde_json::json;
use tokio::sync::watch;

use super::assets::Assets;
use super::layout;
use crate::dashboard::Figures;
use duban_server::server::Server;

/// Dead when filling in takes so long.
const FRONT: Loop = Loop { name: "front", silent_max: Duration::from_mins(1) };

/// The parts, in the order of the page, with their templates.
const PARTS: [(&str, &str); 6] = [
    ("summary", "part-summary.html"),
    ("stages", "part-stages.html"),
    ("units", "part-units.html"),
    ("escalations", "part-escalations.html"),
    ("said", "part-said.html"),
    ("health", "part-health.html"),
];

#[derive(Clone, Debug)]
pub(super) struct Part {
    /// What it is called on the page.
    pub(super) name: &'static str,
    /// Counts its changes.
    pub(super) version: u64,
    /// For the page.
    pub(super) html: Arc<str>,
    /// For the stream: a whole event.
    pub(super) event: Bytes,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Parts(pub(super) Vec<Part>);

/// What a part's template is filled in with.
#[derive(Serialize)]
struct Filling<'a> {
    figures: &'a Figures,
    /// The most open cases that a unit has: what the bars are measured by.
    most_open: u64,
    /// Unit lights in words, for those who listen.
    sentence: String,
}

/// Makes the parts anew whenever `figures` change.
pub(super) fn follow(
    server: &Arc<Server>,
    mut figures: watch::Receiver<Arc<Figures>>,
) -> Result<(watch::Receiver<Arc<Parts>>, Kept)> {
    let templates = layout::templates(&Assets::load()).context("网页模板无法读取")?;
    let first = Parts::default().after(&templates, &figures.borrow_and_update())?;
    let (publish, parts) = watch::channel(Arc::new(first));
    let shared = Arc::new((templates, publish));
    let kept = server.keep(FRONT, move |_, life| fill(Arc::clone(&shared), figures.clone(), life));
    Ok((parts, kept))
}

async fn fill(
    shared: Arc<(Environment<'static>, watch::Sender<Arc<Parts>>)>,
    mut figures: watch::Receiver<Arc<Figures>>,
    mut life: Life,
) {
    let (templates, publish) = &*shared;
    loop {
        // Figures need not change.
        life.rest();
        tokio::select! {
            changed = figures.changed() => if changed.is_err() {
                // They are over: the dashboard is closed, and so will this be.
                return life.over().await;
            },
            () = life.over() => return,
        }
        life.beat();
        let now = Arc::clone(&figures.borrow_and_update());
        let before = Arc::clone(&publish.borrow());
        match before.after(templates, &now) {
            Ok(parts) => drop(publish.send_replace(Arc::new(parts))),
            Err(error) => tracing::error!(%error, "the front page cannot be filled in"),
        }
    }
}

impl Parts {
    /// The parts that show `figures`; those that look as before keep their version.
    fn after(&self, templates: &Environment<'static>, figures: &Figures) -> Result<Parts> {
        let most_open = figures.units.iter().map(|unit| unit.open).max().unwrap_or(0).max(1);
        let sentence = format!(
            "在办 {} 件,即将到期 {} 件,已超期 {} 件",
            figures.open, figures.soon, figures.overdue
        );
        let filling = Filling { figures, most_open, sentence };
        let part = |(name, template): (&'static str, &str)| {
            let html = layout::filled(templates, template, &filling)?;
            let before = self.0.iter().find(|part| part.name == name);
            if let Some(same) = before.filter(|before| *before.html == *html) {
                return Ok(same.clone());
            }
            let version = before.map_or(1, |before| before.version + 1);
            let data = json!({ "part": name, "html": html });
            let event = Bytes::from(format!("event: part\ndata: {data}\n\n"));
            Ok(Part { name, version, html: html.into(), event })
        };
        PARTS.into_iter().map(part).collect::<Result<Vec<Part>>>().map(Parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_different_is_a_new_version() {
        let templates = layout::templates(&Assets::load()).unwrap();
        let first = Parts::default().after(&templates, &Figures::default()).unwrap();
        let figures = Figures { open: 7, ..Figures::default() };
        let second = first.after(&templates, &figures).unwrap();
        let versions = |parts: &Parts| {
            parts.0.iter().map(|part| (part.name, part.version)).collect::<Vec<_>>()
        };
        assert!(versions(&first).iter().all(|(_, version)| *version == 1));
        for (name, version) in versions(&second) {
            assert_eq!(version, if name == "summary" { 2 } else { 1 }, "{name}");
        }
    }
}
