//! Fields of what people come in by and look through: `[http]`, `[log]`, `[trace]`.

use super::{Field, NONE, Slot, choice};
use crate::config::log::Form;

/// The HTTP server.
pub(super) const HTTP: &[Field] = &[
    Field {
        table: "http",
        key: "listen",
        unit: ["地址:端口", "address:port"],
        about: [
            "网页和接口监听的地址;对外提供时放在终结 TLS 的反向代理之后",
            "where pages and the API listen; for the outside, behind a proxy that ends TLS",
        ],
        slot: Slot::Text(|c| &mut c.http_listen),
    },
    Field {
        table: "http",
        key: "workers",
        unit: ["线程", "threads"],
        about: ["应答 HTTP 的线程数", "threads that answer HTTP"],
        slot: Slot::Count(1, 64, |c| &mut c.http_workers),
    },
    Field {
        table: "http",
        key: "per_minute",
        unit: ["次/分钟", "a minute"],
        about: [
            "同一地址每分钟的请求数上限,超出的请求稍后再试",
            "requests from one address a minute; more are told to wait",
        ],
        slot: Slot::Count(10, 10_000_000, |c| &mut c.http_per_minute),
    },
    Field {
        table: "http",
        key: "body_kib",
        unit: ["KiB", "KiB"],
        about: [
            "请求正文的上限(照片和附件除外)",
            "a request's body at most, photos and attachments excepted",
        ],
        slot: Slot::Count(4, 65_536, |c| &mut c.http_body_kib),
    },
    Field {
        table: "http",
        key: "photo_mib",
        unit: ["MiB", "MiB"],
        about: ["一张照片的上限", "a photo at most"],
        slot: Slot::Count(1, 100, |c| &mut c.http_photo_mib),
    },
    Field {
        table: "http",
        key: "attachment_mib",
        unit: ["MiB", "MiB"],
        about: ["一份签章单或附件的上限", "a signed form or an attachment at most"],
        slot: Slot::Count(1, 100, |c| &mut c.http_attachment_mib),
    },
    Field {
        table: "http",
        key: "case_attachments_mib",
        unit: ["MiB", "MiB"],
        about: [
            "一个案件的签章单和附件合计的上限",
            "all signed forms and attachments of a case at most",
        ],
        slot: Slot::Count(1, 10_240, |c| &mut c.http_case_attachments_mib),
    },
    Field {
        table: "http",
        key: "photos_per_day",
        unit: ["张/天", "a day"],
        about: [
            "一个账号每 24 小时上传的照片和附件数上限;没有案件采用的一天后清除",
            "photos and attachments that one account may upload in 24 hours; those that no case names go after a day",
        ],
        slot: Slot::Count(1, 100_000, |c| &mut c.http_photos_per_day),
    },
    Field {
        table: "http",
        key: "photo_mib_per_day",
        unit: ["MiB/天", "MiB a day"],
        about: [
            "一个账号每 24 小时上传的照片和附件的总大小上限",
            "size of all photos and attachments that one account may upload in 24 hours",
        ],
        slot: Slot::Count(1, 1_048_576, |c| &mut c.http_photo_mib_per_day),
    },
    Field {
        table: "http",
        key: "public_url",
        unit: ["网址", "URL"],
        about: [
            "从外面访问的网址,用于信件中的链接和安全 Cookie;省略则信件不带链接",
            "how the server is reached from outside, for links in letters and secure cookies; no links without it",
        ],
        slot: Slot::Text(|c| &mut c.http_public_url),
    },
];

/// What the program tells of itself.
pub(super) const WATCHING: &[Field] = &[
    Field {
        table: "log",
        key: "level",
        unit: NONE,
        about: [
            "运行日志的详细程度:error warn info debug trace;DUBAN_LOG 和 --log 优先",
            "how much is logged: error warn info debug trace; DUBAN_LOG and --log come first",
        ],
        slot: Slot::Level(|c| &mut c.log_level),
    },
    Field {
        table: "log",
        key: "form",
        unit: NONE,
        about: [
            "运行日志的形式:human 给人看,json 每行一个 JSON",
            "the form of the log: human for people, json for one JSON document a line",
        ],
        slot: choice!(Form, |c| &mut c.log_form),
    },
    Field {
        table: "trace",
        key: "endpoint",
        unit: ["网址", "URL"],
        about: [
            "OTLP(HTTP)收集端,如 http://127.0.0.1:4318/v1/traces;省略则不送出",
            "an OTLP collector over HTTP, e.g. http://127.0.0.1:4318/v1/traces; none without it",
        ],
        slot: Slot::Text(|c| &mut c.trace_endpoint),
    },
];
