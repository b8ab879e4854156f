//! E-mail to a real server, over SMTP by lettre.
//!
//! ```text
//! connect ─ EHLO ─ STARTTLS ─ AUTH │ MAIL │ RCPT │ DATA ─ letter │ answer
//!   trouble of the server: Down    │ Down │ 5xx Refused, 4xx Later, gone: Down
//!                                                         └ gone: Unknown
//! ```
//! Each phase is a command of its own, because what a failure means depends on where it happens: a server that goes
//! away before the letter was given has taken nothing, one that goes away after it may have. Connections that worked
//! are kept; a kept one that the server has closed meanwhile is replaced without further ado.

use std::sync::Mutex;
use std::time::Duration;

use compact_str::{CompactString, format_compact};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::email::Sender;
use super::outcome::{Outcome, chain};
use super::{Failure, secret};
use duban_base::config::couriers::{Security, SmtpConfig};

/// Codes that speak of us or of the server and never of the message: closing down, no login, login refused.
const ABOUT_THE_CHANNEL: [u16; 7] = [421, 432, 454, 530, 534, 535, 538];

/// A mail server.
pub struct Smtp {
    sender: lettre::Address,
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    login: Option<Credentials>,
    patience: Duration,
    hello: ClientId,
    /// Connections that worked, at most as many as letters go at a time.
    kept: Mutex<Vec<AsyncSmtpConnection>>,
    kept_max: usize,
}

/// Where in the conversation something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing of the letter is said: MAIL.
    From,
    /// RCPT.
    To,
    /// DATA.
    Opening,
    /// The letter is given.
    Given,
}

/// What went wrong: the server's answer, or none.
enum Trouble {
    Said(u16, CompactString),
    Gone(CompactString),
}

impl Smtp {
    /// The server of the configuration; letters come from `sender`.
    ///
    /// # Errors
    /// [`Failure::File`] and [`Failure::Setting`]: a secret or certificate that cannot be used.
    pub fn open(config: &SmtpConfig, sender: &Sender) -> Result<Smtp, Failure> {
        let tls = match config.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(tls(config)?),
        };
        let login = if config.user.is_empty() {
            None
        } else {
            let secret = secret::read("courier.smtp.secret_file", &config.secret_file)?;
            Some(Credentials::new(config.user.clone(), secret))
        };
        let setting = |field| {
            move |_| Failure::Setting { field, reason: "it is too large for this machine".into() }
        };
        Ok(Smtp {
            sender: sender.address().clone(),
            host: config.host.clone(),
            port: u16::try_from(config.port).map_err(setting("courier.smtp.port"))?,
            security: config.security,
            tls,
            login,
            patience: Duration::from_secs(config.timeout_s),
            hello: ClientId::Domain(sender.address().domain().to_owned()),
            kept: Mutex::default(),
            kept_max: usize::try_from(config.together).map_err(setting("courier.smtp.together"))?,
        })
    }

    /// Gives `letter` to the server for `to`.
    pub async fn carry(&self, to: &lettre::Address, letter: &[u8]) -> Outcome {
        if let Some(mut kept) = self.take() {
            match self.converse(&mut kept, to, letter).await {
                // It was closed while it lay there: nothing was said yet, so nothing is repeated.
                Err((Phase::From, Trouble::Gone(_) | Trouble::Said(421, _))) => {}
                ended => return self.ended(kept, ended).await,
            }
        }
        match self.connected().await {
            Ok(mut fresh) => {
                let ended = self.converse(&mut fresh, to, letter).await;
                self.ended(fresh, ended).await
            }
            Err(Trouble::Said(code, said)) => Outcome::Down(format_compact!("{code} {said}")),
            Err(Trouble::Gone(said)) => Outcome::Down(said),
        }
    }

    /// Looks whether the server is there and lets us in; nothing is sent.
    pub async fn probe(&self) -> Result<(), CompactString> {
        if let Some(mut kept) = self.take()
            && self.patiently(kept.command(Noop)).await.is_ok()
        {
            self.keep(kept);
            return Ok(());
        }
        match self.connected().await {
            Ok(fresh) => {
                self.keep(fresh);
                Ok(())
            }
            Err(Trouble::Said(code, said)) => Err(format_compact!("{code} {said}")),
            Err(Trouble::Gone(said)) => Err(said),
        }
    }

    /// How many letters go at a time.
    pub fn together(&self) -> usize {
        self.kept_max
    }

    /// Takes leave of the server.
    pub async fn close(&self) {
        while let Some(mut kept) = self.take() {
            // Whether it hears the farewell changes nothing.
            drop(timeout(self.patience, kept.quit()).await);
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        if let Ok(mut kept) = self.kept.lock()
            && kept.len() < self.kept_max
        {
            kept.push(connection);
        }
    }

    fn take(&self) -> Option<AsyncSmtpConnection> {
        self.kept.lock().ok()?.pop()
    }

    async fn connected(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let server = (self.host.as_str(), self.port);
        let implicit = match self.security {
            Security::Tls => self.tls.clone(),
            Security::StartTls | Security::None => None,
        };
        let mut connection = if implicit.is_some() {
            let patience = Some(self.patience);
            let connect = AsyncSmtpConnection::connect_tokio1;
            self.patiently(connect(server, patience, &self.hello, implicit, None)).await?
        } else {
            let stream = Box::new(self.undelayed(server).await?);
            let greeted = AsyncSmtpConnection::connect_with_transport(stream, &self.hello);
            self.patiently(greeted).await?
        };
        if self.security == Security::StartTls
            && let Some(tls) = self.tls.clone()
        {
            self.patiently(connection.starttls(tls, &self.hello)).await?;
        }
        if let Some(login) = &self.login {
            self.patiently(connection.auth(DEFAULT_MECHANISMS, login)).await?;
        }
        Ok(connection)
    }

    /// A connection that sends small pieces at once: the end of a letter would else wait for 40 ms until the server has
    /// acknowledged what came before it.
    async fn undelayed(&self, server: (&str, u16)) -> Result<TcpStream, Trouble> {
        let connected = timeout(self.patience, TcpStream::connect(server)).await;
        let gone = |error: std::io::Error| Trouble::Gone(chain(&error));
        let stream = connected.map_err(|_| self.no_answer())?.map_err(gone)?;
        stream.set_nodelay(true).map_err(gone)?;
        Ok(stream)
    }

    fn no_answer(&self) -> Trouble {
        Trouble::Gone(format_compact!("no answer within {} s", self.patience.as_secs()))
    }

    async fn converse(
        &self,
        connection: &mut AsyncSmtpConnection,
        to: &lettre::Address,
        letter: &[u8],
    ) -> Result<Response, (Phase, Trouble)> {
        let at = |phase| move |trouble| (phase, trouble);
        let mut parameters = Vec::new();
        if !AsRef::<str>::as_ref(to).is_ascii() {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let said = "the server takes no addresses beyond ASCII".into();
                return Err((Phase::To, Trouble::Said(553, said)));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let from = Mail::new(Some(self.sender.clone()), parameters);
        self.patiently(connection.command(from)).await.map_err(at(Phase::From))?;
        let to = Rcpt::new(to.clone(), Vec::new());
        self.patiently(connection.command(to)).await.map_err(at(Phase::To))?;
        self.patiently(connection.command(Data)).await.map_err(at(Phase::Opening))?;
        self.patiently(connection.message(letter)).await.map_err(at(Phase::Given))
    }

    /// What a conversation came to; a connection that can be used again is kept.
    async fn ended(
        &self,
        mut connection: AsyncSmtpConnection,
        ended: Result<Response, (Phase, Trouble)>,
    ) -> Outcome {
        let outcome = match ended {
            Ok(_) => Outcome::Taken,
            Err((phase, trouble)) => outcome(phase, trouble),
        };
        let usable = match &outcome {
            Outcome::Taken => true,
            Outcome::Later(_) | Outcome::Refused(_) => {
                self.patiently(connection.command(Rset)).await.is_ok()
            }
            Outcome::Unknown(_) | Outcome::Down(_) => false,
        };
        if usable {
            self.keep(connection);
        }
        outcome
    }

    async fn patiently<T>(
        &self,
        phase: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Trouble> {
        match timeout(self.patience, phase).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(match error.status() {
                Some(code) => Trouble::Said(code.into(), chain(&error)),
                None => Trouble::Gone(chain(&error)),
            }),
            Err(_) => Err(self.no_answer()),
        }
    }
}

fn outcome(phase: Phase, trouble: Trouble) -> Outcome {
    match (phase, trouble) {
        (Phase::Given, Trouble::Gone(said)) => Outcome::Unknown(said),
        (Phase::From | Phase::To | Phase::Opening, Trouble::Gone(said)) => Outcome::Down(said),
        (_, Trouble::Said(code, said)) if ABOUT_THE_CHANNEL.contains(&code) => Outcome::Down(said),
        // Every letter has the same sender: who refuses it refuses all.
        (Phase::From, Trouble::Said(500.., said)) => Outcome::Down(said),
        (_, Trouble::Said(500.., said)) => Outcome::Refused(said),
        (_, Trouble::Said(_, said)) => Outcome::Later(said),
    }
}

fn tls(config: &SmtpConfig) -> Result<TlsParameters, Failure> {
    let cannot =
        |error: Error| Failure::Setting { field: "courier.smtp.ca_file", reason: chain(&error) };
    let mut tls = TlsParameters::builder(config.host.clone());
    if !config.ca_file.as_os_str().is_empty() {
        let read = std::fs::read(&config.ca_file);
        let pem = read.map_err(Failure::file("read", &config.ca_file))?;
        // Whoever names an authority means this one, not the whole world's.
        tls = tls
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(&pem).map_err(cannot)?);
    }
    tls.build_rustls().map_err(cannot)
}
