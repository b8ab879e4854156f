//! Which courier takes which channel, and what each needs to know of its server.
//!
//! Secrets are never in the configuration: it names files. What one field alone can say wrong is found while reading;
//! what two fields say wrong together is found by [`Couriers::conflicts`].

pub mod gateway;

use std::net::IpAddr;
use std::path::PathBuf;

use gateway::GatewayConfig;

/// A value that is one of a few words.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every value, with its word.
    const ALL: &'static [(&'static str, Self)];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }
}

/// Who takes e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailBy {
    /// The file courier.
    Folder,
    Smtp,
}

impl Choice for MailBy {
    const ALL: &'static [(&'static str, MailBy)] =
        &[("folder", MailBy::Folder), ("smtp", MailBy::Smtp)];
}

/// Who takes SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsBy {
    /// The file courier.
    Folder,
    /// An SMS centre, by SMPP.
    Smpp,
    /// An SMS gateway, by HTTP.
    Http,
}

impl Choice for SmsBy {
    const ALL: &'static [(&'static str, SmsBy)] =
        &[("folder", SmsBy::Folder), ("smpp", SmsBy::Smpp), ("http", SmsBy::Http)];
}

/// How the way to a mail server is kept from others' eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Plain at first, then TLS; a server that cannot is refused.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all; only to a server on this machine.
    None,
}

impl Choice for Security {
    const ALL: &'static [(&'static str, Security)] =
        &[("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)];
}

/// Couriers by channel, and their servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Couriers {
    /// Who takes e-mail. Default the folder.
    pub email: MailBy,
    /// Who takes SMS. Default the folder.
    pub sms: SmsBy,
    pub smtp: SmtpConfig,
    pub smpp: SmppConfig,
    pub gateway: GatewayConfig,
}

/// An SMS centre that speaks SMPP 3.4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmppConfig {
    /// Its name or address. Default `localhost`.
    pub host: String,
    /// Its port. Default 2775.
    pub port: u64,
    /// The account. Default empty.
    pub system_id: String,
    /// The file with the password. Default empty.
    pub secret_file: PathBuf,
    /// The number that SMS come from; empty for the account's own. Default empty.
    pub source: String,
    /// How long one answer is waited for, in seconds. Default 10.
    pub timeout_s: u64,
    /// How often the connection is looked at when nothing is sent, in seconds. Default 30.
    pub enquire_s: u64,
    /// SMS under way at a time: the window. Default 10.
    pub window: u64,
}

impl Default for SmppConfig {
    fn default() -> SmppConfig {
        SmppConfig {
            host: "localhost".to_owned(),
            port: 2775,
            system_id: String::new(),
            secret_file: PathBuf::new(),
            source: String::new(),
            timeout_s: 10,
            enquire_s: 30,
            window: 10,
        }
    }
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Its name or address. Default `localhost`.
    pub host: String,
    /// Its port. Default 587.
    pub port: u64,
    /// How the way there is secured. Default STARTTLS.
    pub security: Security,
    /// The authority that signed its certificate, as a PEM file; empty for those the system trusts. Default empty.
    pub ca_file: PathBuf,
    /// Whom to log in as; empty for no login. Default empty.
    pub user: String,
    /// The file with the password. Default empty.
    pub secret_file: PathBuf,
    /// How long one answer is waited for, in seconds. Default 30.
    pub timeout_s: u64,
    /// Letters under way at a time, each on a connection of its own. Default 4.
    pub together: u64,
}

impl Default for Couriers {
    fn default() -> Couriers {
        Couriers {
            email: MailBy::Folder,
            sms: SmsBy::Folder,
            smtp: SmtpConfig::default(),
            smpp: SmppConfig::default(),
            gateway: GatewayConfig::default(),
        }
    }
}

impl Default for SmtpConfig {
    fn default() -> SmtpConfig {
        SmtpConfig {
            host: "localhost".to_owned(),
            port: 587,
            security: Security::StartTls,
            ca_file: PathBuf::new(),
            user: String::new(),
            secret_file: PathBuf::new(),
            timeout_s: 30,
            together: 4,
        }
    }
}

/// Fields that do not go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The field that must change, e.g. `courier.smtp.security`.
    pub field: &'static str,
    /// What is wrong, in Chinese and English.
    pub message: [&'static str; 2],
    /// The way out, in Chinese and English.
    pub help: [&'static str; 2],
}

impl Couriers {
    /// Everything that does not go together.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let mut found = Vec::new();
        if self.email == MailBy::Smtp {
            self.smtp.conflicts(&mut found);
        }
        if self.sms == SmsBy::Smpp
            && (self.smpp.system_id.is_empty() || self.smpp.secret_file.as_os_str().is_empty())
        {
            found.push(Conflict {
                field: "courier.sms.by",
                message: [
                    "短信中心需要账号和密码文件",
                    "an SMS centre wants an account and a file with the password",
                ],
                help: [
                    "在 [courier.smpp] 中填写 system_id 和 secret_file",
                    "write system_id and secret_file under [courier.smpp]",
                ],
            });
        }
        if self.sms == SmsBy::Http {
            self.gateway.conflicts(&mut found);
        }
        found
    }
}

impl SmtpConfig {
    fn conflicts(&self, found: &mut Vec<Conflict>) {
        if self.security == Security::None && !is_loopback(&self.host) {
            found.push(Conflict {
                field: "courier.smtp.security",
                message: [
                    "不加密的连接只能用于本机的邮件服务器",
                    "an unencrypted connection is only for a mail server on this machine",
                ],
                help: [
                    "改为 \"starttls\"(587 端口)或 \"tls\"(465 端口)",
                    "write \"starttls\" (port 587) or \"tls\" (port 465)",
                ],
            });
        }
        if !self.user.is_empty() && self.secret_file.as_os_str().is_empty() {
            found.push(Conflict {
                field: "courier.smtp.user",
                message: ["有用户名而没有密码文件", "there is a user and no file with the password"],
                help: [
                    "把密码单独写入一个只有 duban 可读的文件,并填写 secret_file",
                    "put the password into a file that only duban can read and name it in secret_file",
                ],
            });
        }
    }
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
