//! SMS to a provider's gateway over HTTP: one POST for each, configured to what the gateway wants and what it answers.
//!
//! ```text
//! connect ─ TLS │ request │ answer
//!   nobody: Down│  gone or silent: Unknown │ by status and code: see [`answer`]
//! ```
//! The request carries the id of the message's part, so that a gateway that looks at it takes an SMS once that is
//! handed over again. No redirect is followed, no proxy of the environment is used, and neither the secret nor a
//! telephone number stands in what is kept of an answer.

mod answer;

use std::time::Duration;

use compact_str::CompactString;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Response, Url};

use super::super::outcome::{Outcome, chain};
use super::super::{Failure, secret};
use duban_base::config::couriers::gateway::body::{self, Blank};
use duban_base::config::couriers::gateway::{Auth, Content, GatewayConfig};

use answer::{AnswerBody, Codes};

/// The longest answer that is read; what goes on is none.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// How long a connection is kept that nothing is sent on: shorter than servers keep theirs.
const IDLE: Duration = Duration::from_secs(15);
/// What stands in an answer's words for what must not be kept.
const MASK: &str = "***";

/// An SMS gateway.
pub struct Gateway {
    client: Client,
    url: Url,
    content: Content,
    template: String,
    sender: String,
    login: Login,
    secret: String,
    codes: Codes,
    together: usize,
}

impl Gateway {
    /// The gateway of the configuration. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Failure::File`] and [`Failure::Setting`]: an address, a secret or a certificate that cannot be used.
    pub fn open(config: &GatewayConfig) -> Result<Gateway, Failure> {
        let secret = match config.auth {
            Auth::None => String::new(),
            Auth::Bearer | Auth::Basic | Auth::Header | Auth::Body => {
                secret::read("courier.gateway.secret_file", &config.secret_file)?
            }
        };
        let url = Url::parse(&config.url).map_err(setting("courier.gateway.url"))?;
        Ok(Gateway {
            client: client(config, &url)?,
            url,
            content: config.content,
            template: config.template().to_owned(),
            sender: config.sender.clone(),
            login: Login::of(config, &secret)?,
            secret,
            codes: Codes::of(config),
            together: usize::try_from(config.together).unwrap_or(1),
        })
    }

    /// How many SMS go at a time.
    pub fn together(&self) -> usize {
        self.together
    }

    /// Gives `text` to the gateway for the telephone `to`; `id` is the part's, the same each time.
    pub async fn carry(&self, id: &str, to: &str, text: &str) -> Outcome {
        let body = body::fill(self.content, &self.template, |blank| match blank {
            Blank::Number => to,
            Blank::Text => text,
            Blank::Id => id,
            Blank::Sender => &self.sender,
            Blank::Secret => &self.secret,
        });
        let content = match self.content {
            Content::Form => "application/x-www-form-urlencoded;charset=utf-8",
            Content::Json => "application/json;charset=utf-8",
        };
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, content).body(body);
        let request = match &self.login {
            Login::None => request,
            Login::Basic(user) => request.basic_auth(user, Some(&self.secret)),
            Login::Header(name, value) => request.header(name, value),
        };
        let outcome = match request.send().await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                self.codes.outcome(status, &said(answer).await)
            }
            Err(error) => unanswered(error),
        };
        self.masked(outcome, to)
    }

    /// Looks whether anybody answers there: `HEAD`, by which nothing is sent. Whatever it says of that, it is there.
    pub async fn probe(&self) -> Result<(), CompactString> {
        let asked = self.client.head(self.url.clone()).send().await;
        asked.map(drop).map_err(|error| chain(&error.without_url()))
    }

    /// The same without the secret and the number, which an answer may repeat.
    fn masked(&self, outcome: Outcome, to: &str) -> Outcome {
        let mask = |said: CompactString| {
            let hidden = [self.secret.as_str(), to].into_iter().filter(|word| !word.is_empty());
            hidden.fold(said, |said, word| said.replace(word, MASK).into())
        };
        match outcome {
            Outcome::Taken => Outcome::Taken,
            Outcome::Later(said) => Outcome::Later(mask(said)),
            Outcome::Refused(said) => Outcome::Refused(mask(said)),
            Outcome::Unknown(said) => Outcome::Unknown(mask(said)),
            Outcome::Down(said) => Outcome::Down(mask(said)),
        }
    }
}

async fn said(mut answer: Response) -> AnswerBody {
    let mut whole = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(more)) if whole.len() + more.len() <= ANSWER_BYTES_MAX => {
                whole.extend_from_slice(&more);
            }
            Ok(Some(_)) | Err(_) => return AnswerBody::Broken,
            Ok(None) => return AnswerBody::Whole(whole),
        }
    }
}

/// What a request means that got no answer.
fn unanswered(error: reqwest::Error) -> Outcome {
    // The address may hold what is nobody's business.
    let error = error.without_url();
    let said = chain(&error);
    if error.is_connect() {
        Outcome::Down(said)
    } else if error.is_builder() {
        Outcome::Refused(said)
    } else {
        Outcome::Unknown(said)
    }
}

fn client(config: &GatewayConfig, url: &Url) -> Result<Client, Failure> {
    // Whoever came first has installed it; it is the same for all.
    drop(rustls::crypto::ring::default_provider().install_default());
    let patience = Duration::from_secs(config.timeout_s);
    let together = usize::try_from(config.together).unwrap_or(1);
    let mut client = Client::builder()
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .https_only(url.scheme() == "https")
        .http1_only()
        .connect_timeout(patience)
        .timeout(patience)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(together);
    if !config.ca_file.as_os_str().is_empty() {
        let pem = std::fs::read(&config.ca_file).map_err(Failure::file("read", &config.ca_file))?;
        let authorities =
            Certificate::from_pem_bundle(&pem).map_err(setting("courier.gateway.ca_file"))?;
        // Whoever names an authority means this one, not the whole world's.
        client = client.tls_certs_only(authorities);
    }
    client.build().map_err(setting("courier.gateway.ca_file"))
}

/// How we say who we are, in what form it goes with every request.
enum Login {
    /// Nowhere, or in the body.
    None,
    /// As a user with the secret.
    Basic(String),
    Header(HeaderName, HeaderValue),
}

impl Login {
    fn of(config: &GatewayConfig, secret: &str) -> Result<Login, Failure> {
        let hidden = |value: String| {
            let mut value =
                HeaderValue::try_from(value).map_err(setting("courier.gateway.secret_file"))?;
            value.set_sensitive(true);
            Ok::<_, Failure>(value)
        };
        match config.auth {
            Auth::None | Auth::Body => Ok(Login::None),
            Auth::Basic => Ok(Login::Basic(config.user.clone())),
            Auth::Bearer => Ok(Login::Header(AUTHORIZATION, hidden(format!("Bearer {secret}"))?)),
            Auth::Header => {
                let name = HeaderName::try_from(config.header.as_str());
                let name = name.map_err(setting("courier.gateway.header"))?;
                Ok(Login::Header(name, hidden(secret.to_owned())?))
            }
        }
    }
}

fn setting<E: std::error::Error>(field: &'static str) -> impl FnOnce(E) -> Failure {
    move |error| Failure::Setting { field, reason: chain(&error) }
}
