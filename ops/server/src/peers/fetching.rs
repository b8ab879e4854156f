//! Fetching: a copy of a running node's store over HTTP, for a machine that joins. Page by page, so in bounded memory:
//! keys and blobs first, then the frames that name them; what comes meanwhile is had from a peer when it is missing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use duban_access::seals::{KEY_BYTES, Seals};
use duban_actors::case::CaseId;
use duban_base::config::Config;
use duban_base::config::cluster::NodeConfig;
use duban_base::{secret, store};
use duban_runtime::journal::blob::{BlobId, BlobStore};
use duban_runtime::journal::disk::{Disk as _, OsDisk};
use duban_runtime::journal::ledger::{Ledger, LedgerOptions};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};

use super::{Had, bytes_max, had};

/// Bytes of frames on a page; the last frame may go beyond.
pub const FRAMES_BYTES: usize = 4 << 20;
/// Names on a page.
pub const NAMES: usize = 4_096;
/// Bytes of a page at most: its last frame is a group of half a mebibyte, or one record that is larger.
const PAGE_MAX: u64 = 64 << 20;
/// How long it may take to reach the node.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// How long one page may take.
const PAGE_PATIENCE: Duration = Duration::from_mins(1);
/// Bytes before a body that say how long it is.
const LENGTH_BYTES: usize = 4;

/// What was copied so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The last frame.
    pub frame: u64,
    pub bytes: u64,
    pub blobs: u64,
    pub keys: u64,
}

/// Puts a body behind its length.
pub fn framed(page: &mut Vec<u8>, body: &[u8]) {
    page.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_be_bytes());
    page.extend(body);
}

/// The node that is copied.
struct Source {
    client: Client,
    base: String,
    secret: String,
    bytes_max: u64,
}

/// Copies what the node at `address` has into `place`, where nothing is yet; `told` hears how far it is.
///
/// # Errors
/// In words: the node does not answer, does not know the secret, or what it gives cannot be kept here.
pub async fn fetch(
    (config, cluster): (&Config, &NodeConfig),
    address: &str,
    place: &Path,
    told: &mut dyn FnMut(&Fetched),
) -> Result<Fetched> {
    let source = Source::at(config, cluster, address)?;
    let mut fetched = Fetched::default();
    source.keys(&Seals::of(place), &mut fetched, told).await?;
    let disk = OsDisk::exclusive(place).map_err(|failure| store::in_words(failure, place))?;
    let blobs = BlobStore::open(disk.another());
    let blobs = blobs.map_err(|failure| store::in_words(failure, place))?;
    source.blobs(&blobs, place, &mut fetched, told).await?;
    let options = LedgerOptions { segment_bytes: store::options(config).segment_bytes };
    let ledger = Ledger::open(disk, &options);
    let ledger = ledger.map_err(|failure| store::in_words(failure, place))?;
    source.frames(ledger, place, &mut fetched, told).await?;
    Ok(fetched)
}

impl Source {
    fn at(config: &Config, cluster: &NodeConfig, address: &str) -> Result<Source> {
        duban_base::tls::ready();
        let secret = secret::read(&cluster.secret_file);
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PAGE_PATIENCE);
        Ok(Source {
            client: client.build().context("无法准备与其他节点的连接")?,
            base: format!("http://{address}/cluster"),
            secret: secret.context("`cluster.secret_file` 中的密钥无法读取")?,
            bytes_max: bytes_max(config),
        })
    }

    async fn had(&self, path: &str, most: u64) -> Result<Had> {
        let request = self.client.request(Method::GET, format!("{}/{path}", self.base));
        let had = had(request.bearer_auth(&self.secret), most).await;
        had.with_context(|| format!("无法由 {} 复制", self.base))
    }

    async fn page(&self, path: &str) -> Result<Vec<u8>> {
        match self.had(path, PAGE_MAX).await? {
            Had::Content(page) => Ok(page),
            Had::Gone | Had::Nothing => {
                bail!("{} 不提供整份复制:它的版本较旧,先升级那个节点", self.base)
            }
        }
    }

    async fn lines(&self, path: &str) -> Result<Vec<String>> {
        let text = String::from_utf8(self.page(path).await?).map_err(|_| self.strange())?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn strange(&self) -> anyhow::Error {
        anyhow!("{} 给出的内容无法理解", self.base)
    }

    async fn keys(
        &self,
        seals: &Seals,
        fetched: &mut Fetched,
        told: &mut dyn FnMut(&Fetched),
    ) -> Result<()> {
        let mut after = String::new();
        loop {
            let lines = self.lines(&format!("keys?after={after}")).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            named(last).0.clone_into(&mut after);
            for line in &lines {
                let (case, key) = named(line);
                let case = CaseId(case.into());
                let kept = match key {
                    None => seals.erase_here(&case),
                    Some("-") => continue,
                    Some(key) => {
                        let key = key_of(key).ok_or_else(|| self.strange())?;
                        seals.take(&case, &key).map(drop)
                    }
                };
                kept.context("无法保存上报人信息的密钥")?;
                fetched.keys += 1;
            }
            told(fetched);
        }
    }

    async fn blobs(
        &self,
        blobs: &BlobStore,
        place: &Path,
        fetched: &mut Fetched,
        told: &mut dyn FnMut(&Fetched),
    ) -> Result<()> {
        let mut after = String::new();
        loop {
            let names = self.lines(&format!("blobs?after={after}")).await?;
            let Some(last) = names.last() else { return Ok(()) };
            after.clone_from(last);
            for name in &names {
                let id: BlobId = name.parse().map_err(|_| self.strange())?;
                // Swept meanwhile, or damaged there: another node may have it.
                let Ok(Had::Content(content)) =
                    self.had(&format!("blobs/{id}"), self.bytes_max).await
                else {
                    tracing::warn!(%id, "a blob is not copied, and asked for when it is needed");
                    continue;
                };
                if BlobId::of(&content) == id {
                    blobs.put_here(&content).map_err(|failure| store::in_words(failure, place))?;
                    fetched.blobs += 1;
                }
                told(fetched);
            }
        }
    }

    async fn frames(
        &self,
        mut ledger: Ledger<OsDisk>,
        place: &Path,
        fetched: &mut Fetched,
        told: &mut dyn FnMut(&Fetched),
    ) -> Result<()> {
        loop {
            let page = self.page(&format!("frames?after={}", ledger.last_frame())).await?;
            if page.is_empty() {
                return Ok(());
            }
            let mut rest = page.as_slice();
            while !rest.is_empty() {
                let body = next_body(&mut rest).ok_or_else(|| self.strange())?;
                let kept = ledger.append_kept(body);
                kept.map_err(|failure| store::in_words(failure, place))?;
            }
            ledger.sync().map_err(|failure| store::in_words(failure, place))?;
            fetched.frame = ledger.last_frame();
            fetched.bytes += u64::try_from(page.len()).unwrap_or(0);
            told(fetched);
        }
    }
}

/// A case and what stands behind it.
fn named(line: &str) -> (&str, Option<&str>) {
    line.split_once(' ').map_or((line, None), |(case, key)| (case, Some(key)))
}

fn key_of(hex: &str) -> Option<[u8; KEY_BYTES]> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let digit = |letter: u8| char::from(letter).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

/// The next of the bodies that [`framed`] put there.
fn next_body<'a>(page: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = page.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (body, rest) = rest.split_at_checked(length)?;
    *page = rest;
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_out_of_a_page_as_they_were_put_there_and_half_a_one_does_not() {
        let mut page = Vec::new();
        framed(&mut page, b"one");
        framed(&mut page, b"");
        let mut rest = page.as_slice();
        assert_eq!(next_body(&mut rest), Some(&b"one"[..]));
        assert_eq!((next_body(&mut rest), rest), (Some(&b""[..]), &b""[..]));
        for n in 0..4 {
            assert_eq!(next_body(&mut &page[..n]), None);
        }
        assert_eq!(next_body(&mut &page[..6]), None);
    }

    #[test]
    fn a_key_is_as_many_digits_as_it_has() {
        let key = "0f".repeat(KEY_BYTES);
        assert_eq!(key_of(&key), Some([15; KEY_BYTES]));
        assert_eq!(named(&format!("c1 {key}")), ("c1", Some(key.as_str())));
        assert_eq!(named("c1"), ("c1", None));
        for wrong in ["", "0f", &key[1..], "zz"] {
            assert_eq!(key_of(wrong), None, "{wrong}");
        }
    }
}
