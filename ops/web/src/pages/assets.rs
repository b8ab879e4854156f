//! Files that pages bring with them: style, script, icon. They are part of the program and served from memory.
//!
//! A file's address contains a hash of it, so a browser keeps it for ever and never shows an old one.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, web};

use super::{Pages, refused};

/// Characters of the hash in an address.
const HASH_CHARS: usize = 12;
/// A year: as long as browsers keep anything.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

const FILES: [(&str, &str, &str, &[u8]); 4] = [
    ("place", "js", "text/javascript; charset=utf-8", include_bytes!("../../static/place.js")),
    ("style", "css", "text/css; charset=utf-8", include_bytes!("../../static/style.css")),
    ("live", "js", "text/javascript; charset=utf-8", include_bytes!("../../static/live.js")),
    ("icon", "svg", "image/svg+xml", include_bytes!("../../static/icon.svg")),
];

/// One file.
struct Asset {
    /// The key by which templates name it, e.g. `style_css`.
    key: String,
    name: String,
    kind: &'static str,
    bytes: &'static [u8],
}

/// The files by their addresses.
pub(super) struct Assets(Vec<Asset>);

impl Assets {
    /// The files of the program.
    pub(super) fn load() -> Assets {
        let asset = |(stem, ending, kind, bytes): (&str, &str, &'static str, &'static [u8])| {
            let hash = blake3::hash(bytes).to_hex();
            let hash: String = hash.chars().take(HASH_CHARS).collect();
            let (key, name) = (format!("{stem}_{ending}"), format!("{stem}.{hash}.{ending}"));
            Asset { key, name, kind, bytes }
        };
        Assets(FILES.into_iter().map(asset).collect())
    }

    /// The key and address of each.
    pub(super) fn addresses(&self) -> impl Iterator<Item = (&str, String)> {
        self.0.iter().map(|asset| (asset.key.as_str(), format!("/static/{}", asset.name)))
    }
}

pub(super) async fn file(
    request: HttpRequest,
    name: web::Path<String>,
    pages: web::Data<Pages>,
) -> HttpResponse {
    match pages.assets.0.iter().find(|asset| asset.name == *name) {
        Some(asset) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, asset.kind))
            .insert_header((CACHE_CONTROL, FOR_EVER))
            .body(asset.bytes),
        None => refused::answer(&pages, &request, &refused::Refused::NotFound).await,
    }
}
