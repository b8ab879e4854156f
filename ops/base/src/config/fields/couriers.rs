//! Fields of the couriers: `[courier.*]`.

mod gateway;

pub(super) use gateway::GATEWAY;

use super::{Field, NONE, Slot, choice};
use crate::config::couriers::{MailBy, Security, SmsBy};

/// Who takes which channel.
pub(super) const CHANNELS: &[Field] = &[
    Field {
        table: "courier.email",
        key: "by",
        unit: NONE,
        about: [
            "邮件由谁送出:folder 写入目录,smtp 经邮件服务器",
            "who takes e-mail: folder writes it into a directory, smtp gives it to a mail server",
        ],
        slot: choice!(MailBy, |c| &mut c.couriers.email),
    },
    Field {
        table: "courier.sms",
        key: "by",
        unit: NONE,
        about: [
            "短信由谁送出:folder 写入清单,smpp 经短信中心,http 经短信网关",
            "who takes SMS: folder lists them, smpp gives them to an SMS centre, http to a gateway",
        ],
        slot: choice!(SmsBy, |c| &mut c.couriers.sms),
    },
];

/// The mail server.
pub(super) const SMTP: &[Field] = &[
    Field {
        table: "courier.smtp",
        key: "host",
        unit: ["主机", "host"],
        about: ["邮件服务器的主机名或地址", "the mail server's name or address"],
        slot: Slot::Text(|c| &mut c.couriers.smtp.host),
    },
    Field {
        table: "courier.smtp",
        key: "port",
        unit: ["端口", "port"],
        about: [
            "邮件服务器的端口:587 用于 starttls,465 用于 tls",
            "the mail server's port: 587 for starttls, 465 for tls",
        ],
        slot: Slot::Count(1, 65_535, |c| &mut c.couriers.smtp.port),
    },
    Field {
        table: "courier.smtp",
        key: "security",
        unit: NONE,
        about: [
            "连接加密:starttls、tls,或 none(仅限本机的服务器)",
            "how the connection is secured: starttls, tls, or none (a server on this machine only)",
        ],
        slot: choice!(Security, |c| &mut c.couriers.smtp.security),
    },
    Field {
        table: "courier.smtp",
        key: "ca_file",
        unit: ["文件", "file"],
        about: [
            "签发服务器证书的机构(PEM 文件);留空信任系统自带的机构",
            "the authority that signed the server's certificate (PEM); empty trusts the system's",
        ],
        slot: Slot::Path(|c| &mut c.couriers.smtp.ca_file),
    },
    Field {
        table: "courier.smtp",
        key: "user",
        unit: NONE,
        about: ["登录用户名;省略则不登录", "whom to log in as; none without it"],
        slot: Slot::Text(|c| &mut c.couriers.smtp.user),
    },
    Field {
        table: "courier.smtp",
        key: "secret_file",
        unit: ["文件", "file"],
        about: [
            "存放登录密码的文件,取第一行;密码不写在配置里",
            "the file with the password, its first line; no password stands in the configuration",
        ],
        slot: Slot::Path(|c| &mut c.couriers.smtp.secret_file),
    },
    Field {
        table: "courier.smtp",
        key: "timeout_s",
        unit: ["秒", "seconds"],
        about: ["等待服务器每一次应答的时间", "how long each answer of the server is waited for"],
        slot: Slot::Count(1, 600, |c| &mut c.couriers.smtp.timeout_s),
    },
    Field {
        table: "courier.smtp",
        key: "together",
        unit: ["封", "letters"],
        about: [
            "同时发送的邮件数,每封占一个连接",
            "letters under way at a time, each on a connection of its own",
        ],
        slot: Slot::Count(1, 64, |c| &mut c.couriers.smtp.together),
    },
];

/// The SMS centre.
pub(super) const SMPP: &[Field] = &[
    Field {
        table: "courier.smpp",
        key: "host",
        unit: ["主机", "host"],
        about: [
            "短信中心的主机名或地址;连接不加密,只走专线或内网",
            "the SMS centre's name or address; the way is not encrypted: private lines only",
        ],
        slot: Slot::Text(|c| &mut c.couriers.smpp.host),
    },
    Field {
        table: "courier.smpp",
        key: "port",
        unit: ["端口", "port"],
        about: ["短信中心的端口", "the SMS centre's port"],
        slot: Slot::Count(1, 65_535, |c| &mut c.couriers.smpp.port),
    },
    Field {
        table: "courier.smpp",
        key: "system_id",
        unit: ["—", "-"],
        about: ["账号(system_id),最多 15 个字符", "the account (system_id), 15 characters at most"],
        slot: Slot::Text(|c| &mut c.couriers.smpp.system_id),
    },
    Field {
        table: "courier.smpp",
        key: "secret_file",
        unit: ["文件", "file"],
        about: [
            "存放密码的文件,取第一行,最多 8 个字符",
            "the file with the password, its first line, 8 characters at most",
        ],
        slot: Slot::Path(|c| &mut c.couriers.smpp.secret_file),
    },
    Field {
        table: "courier.smpp",
        key: "source",
        unit: ["号码", "number"],
        about: [
            "短信的发送号码;省略则用账号自己的",
            "the number that SMS come from; the account's own without it",
        ],
        slot: Slot::Text(|c| &mut c.couriers.smpp.source),
    },
    Field {
        table: "courier.smpp",
        key: "timeout_s",
        unit: ["秒", "seconds"],
        about: [
            "等待短信中心每一次应答的时间",
            "how long each answer of the SMS centre is waited for",
        ],
        slot: Slot::Count(1, 600, |c| &mut c.couriers.smpp.timeout_s),
    },
    Field {
        table: "courier.smpp",
        key: "enquire_s",
        unit: ["秒", "seconds"],
        about: ["空闲时每隔多久检查一次连接", "how often an idle connection is looked at"],
        slot: Slot::Count(1, 600, |c| &mut c.couriers.smpp.enquire_s),
    },
    Field {
        table: "courier.smpp",
        key: "window",
        unit: ["条", "messages"],
        about: ["同时发送、尚未应答的短信数", "SMS under way and not yet answered at a time"],
        slot: Slot::Count(1, 256, |c| &mut c.couriers.smpp.window),
    },
];
