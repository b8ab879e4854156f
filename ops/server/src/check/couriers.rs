//! What is wrong with the couriers' settings and the files they name: nobody is called.

use duban_base::config::couriers::gateway::Auth;
use duban_base::config::couriers::{MailBy, SmsBy};
use duban_base::config::{Config, Finding};
use duban_messages::courier::Failure;
use duban_messages::courier::email::Sender;
use duban_messages::courier::outcome::chain;
use duban_messages::courier::sms::http::Gateway;
use duban_messages::courier::sms::smpp::Smpp;
use duban_messages::courier::smtp::Smtp;

use super::files::{readable, secret_of};

/// Characters of an account that SMPP has room for.
const SYSTEM_ID_MAX: usize = 15;
/// Characters of a password that SMPP has room for.
const PASSWORD_MAX: usize = 8;
/// Characters of a sending number that SMPP has room for.
const SOURCE_MAX: usize = 20;

pub(super) fn look(config: &Config, found: &mut Vec<Finding>) {
    sender(config, found);
    if config.couriers.email == MailBy::Smtp {
        mail(config, found);
    }
    match config.couriers.sms {
        SmsBy::Folder => {}
        SmsBy::Smpp => sms_centre(config, found),
        SmsBy::Http => gateway(config, found),
    }
    let by_folder = config.couriers.email == MailBy::Folder || config.couriers.sms == SmsBy::Folder;
    let folder = config.mail_dir();
    if by_folder && folder.exists() && !folder.is_dir() {
        let shown = folder.display();
        found.push(Finding::error(
            "courier.dir",
            [format!("`{shown}` 不是目录"), format!("`{shown}` is no directory")],
            ["改为一个目录,或删去这一行", "name a directory, or remove the line"],
        ));
    }
}

fn sender(config: &Config, found: &mut Vec<Finding>) {
    let address = &config.courier_sender;
    if Sender::new(address).is_err() {
        found.push(Finding::error(
            "courier.sender",
            [format!("`{address}` 不是邮件地址"), format!("`{address}` is no e-mail address")],
            [
                "写成 \"duban@example.gov.cn\",只写地址,不写姓名",
                "write it as \"duban@example.gov.cn\": the address alone, without a name",
            ],
        ));
    }
}

fn mail(config: &Config, found: &mut Vec<Finding>) {
    let (smtp, before) = (&config.couriers.smtp, found.len());
    if !smtp.user.is_empty() {
        secret_of("courier.smtp.secret_file", &smtp.secret_file, found);
    }
    let ca = &smtp.ca_file;
    if !ca.as_os_str().is_empty() {
        readable("courier.smtp.ca_file", ca, found);
    }
    let Ok(sender) = Sender::new(&config.courier_sender) else { return };
    if found.len() == before {
        opened(Smtp::open(smtp, &sender).map(drop), "courier.smtp", found);
    }
}

fn sms_centre(config: &Config, found: &mut Vec<Finding>) {
    let (smpp, before) = (&config.couriers.smpp, found.len());
    fits("courier.smpp.system_id", "账号", (&smpp.system_id, SYSTEM_ID_MAX), found);
    fits("courier.smpp.source", "发送号码", (&smpp.source, SOURCE_MAX), found);
    if let Some(secret) = secret_of("courier.smpp.secret_file", &smpp.secret_file, found) {
        fits("courier.smpp.secret_file", "密码", (&secret, PASSWORD_MAX), found);
    }
    if found.len() == before {
        opened(Smpp::open(smpp).map(drop), "courier.smpp", found);
    }
}

fn gateway(config: &Config, found: &mut Vec<Finding>) {
    let (gateway, before) = (&config.couriers.gateway, found.len());
    if gateway.auth != Auth::None {
        secret_of("courier.gateway.secret_file", &gateway.secret_file, found);
    }
    let ca = &gateway.ca_file;
    if !ca.as_os_str().is_empty() {
        readable("courier.gateway.ca_file", ca, found);
    }
    if found.len() == before {
        opened(Gateway::open(gateway).map(drop), "courier.gateway", found);
    }
}

/// A text that a protocol has so much room for, and only for plain characters.
fn fits(field: &'static str, what: &str, (text, most): (&str, usize), found: &mut Vec<Finding>) {
    if text.len() <= most && text.is_ascii() {
        return;
    }
    found.push(Finding::error(
        field,
        [
            format!("{what}最多 {most} 个英文字符,现为 {} 个字节", text.len()),
            format!(
                "there is room for {most} plain characters, and these are {} bytes",
                text.len()
            ),
        ],
        [
            "请短信中心另行分配;SMPP 协议不能携带更长的内容",
            "ask the SMS centre for a shorter one: the protocol carries no more",
        ],
    ));
}

/// Whatever else keeps a courier from working, in its own words.
fn opened(opened: Result<(), Failure>, table: &'static str, found: &mut Vec<Finding>) {
    let Err(failure) = opened else { return };
    let field = if let Failure::Setting { field, .. } = &failure { *field } else { table };
    let why = chain(&failure);
    found.push(Finding::error(
        field,
        [format!("无法使用:{why}"), format!("it cannot be used: {why}")],
        [
            "用 `duban config explain` 查看这一项的写法",
            "see `duban config explain` for how it is written",
        ],
    ));
}

#[cfg(test)]
mod tests {
    use duban_rules::Severity;

    use super::super::settings;
    use duban_base::config::Config;
    use duban_base::config::couriers::{Couriers, MailBy, SmppConfig, SmsBy, SmtpConfig};

    fn said(config: &Config) -> Vec<(&'static str, Severity)> {
        settings(config).iter().map(|finding| (finding.field, finding.severity)).collect()
    }

    #[test]
    fn a_sender_is_an_address() {
        for wrong in ["督办", "duban", "督办 <duban@example>", "a@b@c"] {
            let config = Config { courier_sender: wrong.to_owned(), ..Config::default() };
            assert_eq!(said(&config), [("courier.sender", Severity::Error)], "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_there_readable_and_not_empty() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret");
        let smtp = || SmtpConfig {
            user: "duban".to_owned(),
            secret_file: file.clone(),
            ..SmtpConfig::default()
        };
        let config = || Config {
            couriers: Couriers { email: MailBy::Smtp, smtp: smtp(), ..Couriers::default() },
            ..Config::default()
        };
        assert_eq!(said(&config()), [("courier.smtp.secret_file", Severity::Error)]);
        std::fs::write(&file, "\nsecond").unwrap();
        assert_eq!(said(&config()), [("courier.smtp.secret_file", Severity::Error)]);
        std::fs::write(&file, "open sesame\n").unwrap();
        let only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&file, only).unwrap();
        duban_base::tls::ready();
        assert_eq!(said(&config()), []);
        let all = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(&file, all).unwrap();
        assert_eq!(said(&config()), [("courier.smtp.secret_file", Severity::Warning)]);
    }

    #[test]
    fn what_smpp_has_no_room_for_is_found_before_it_is_sent() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret");
        std::fs::write(&file, "longer than eight\n").unwrap();
        let only = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&file, only).unwrap();
        let smpp = SmppConfig {
            system_id: "sixteen-letters!".to_owned(),
            secret_file: file,
            source: "1069".repeat(6),
            ..SmppConfig::default()
        };
        let couriers = Couriers { sms: SmsBy::Smpp, smpp, ..Couriers::default() };
        let config = Config { couriers, ..Config::default() };
        let fields = ["system_id", "source", "secret_file"];
        let found = said(&config);
        assert_eq!(found.len(), fields.len(), "{found:?}");
        for ((found, severity), field) in found.iter().zip(fields) {
            assert!(found.ends_with(field) && *severity == Severity::Error, "{found}");
        }
    }
}
