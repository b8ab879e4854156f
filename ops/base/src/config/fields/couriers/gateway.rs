//! Fields of the SMS gateway: `[courier.gateway]`.

use crate::config::couriers::gateway::{Auth, Content};
use crate::config::fields::{Field, NONE, Slot, choice};

/// The SMS gateway.
pub(in crate::config::fields) const GATEWAY: &[Field] = &[
    Field {
        table: "courier.gateway",
        key: "url",
        unit: ["地址", "URL"],
        about: [
            "短信网关的地址,用 POST 请求;须为 https(本机可用 http)",
            "where the SMS gateway takes requests, by POST; https, or http on this machine",
        ],
        slot: Slot::Text(|c| &mut c.couriers.gateway.url),
    },
    Field {
        table: "courier.gateway",
        key: "content",
        unit: NONE,
        about: ["请求的格式:form 表单,json", "the form of a request: form or json"],
        slot: choice!(Content, |c| &mut c.couriers.gateway.content),
    },
    Field {
        table: "courier.gateway",
        key: "body",
        unit: NONE,
        about: [
            "请求的内容,空位为 {number} {text} {id} {sender} {secret};省略则各项以空位同名",
            "what a request says, with the blanks {number} {text} {id} {sender} {secret}; without it each goes by its own name",
        ],
        slot: Slot::Text(|c| &mut c.couriers.gateway.body),
    },
    Field {
        table: "courier.gateway",
        key: "sender",
        unit: NONE,
        about: ["填入 {sender} 的号码或签名", "the number or signature that stands for {sender}"],
        slot: Slot::Text(|c| &mut c.couriers.gateway.sender),
    },
    Field {
        table: "courier.gateway",
        key: "auth",
        unit: NONE,
        about: [
            "登录方式:none、bearer、basic、header(放入请求头)、body(填入 {secret})",
            "how we log in: none, bearer, basic, header (a header of its own), body (where {secret} stands)",
        ],
        slot: choice!(Auth, |c| &mut c.couriers.gateway.auth),
    },
    Field {
        table: "courier.gateway",
        key: "user",
        unit: NONE,
        about: ["basic 登录的用户名", "whom to log in as by basic"],
        slot: Slot::Text(|c| &mut c.couriers.gateway.user),
    },
    Field {
        table: "courier.gateway",
        key: "header",
        unit: NONE,
        about: ["header 登录所用的请求头", "the header that the secret stands in"],
        slot: Slot::Text(|c| &mut c.couriers.gateway.header),
    },
    Field {
        table: "courier.gateway",
        key: "secret_file",
        unit: ["文件", "file"],
        about: [
            "存放密钥的文件,取第一行;密钥不写在配置里",
            "the file with the secret, its first line; no secret stands in the configuration",
        ],
        slot: Slot::Path(|c| &mut c.couriers.gateway.secret_file),
    },
    Field {
        table: "courier.gateway",
        key: "ca_file",
        unit: ["文件", "file"],
        about: [
            "签发网关证书的机构(PEM 文件);留空信任系统自带的机构",
            "the authority that signed the gateway's certificate (PEM); empty trusts the system's",
        ],
        slot: Slot::Path(|c| &mut c.couriers.gateway.ca_file),
    },
    Field {
        table: "courier.gateway",
        key: "code_pointer",
        unit: ["JSON 指针", "JSON pointer"],
        about: [
            "应答中代码的位置,如 /code;省略则只看 HTTP 状态",
            "where an answer has its code, like /code; without it the HTTP status says all",
        ],
        slot: Slot::Text(|c| &mut c.couriers.gateway.code_pointer),
    },
    Field {
        table: "courier.gateway",
        key: "code_taken",
        unit: NONE,
        about: ["表示已接收的代码", "the code that says that an SMS was taken"],
        slot: Slot::Text(|c| &mut c.couriers.gateway.code_taken),
    },
    Field {
        table: "courier.gateway",
        key: "codes_refused",
        unit: NONE,
        about: [
            "表示永不接收的代码,用逗号分隔;其余代码表示稍后再试",
            "codes that say never, with commas between them; every other one says later",
        ],
        slot: Slot::Text(|c| &mut c.couriers.gateway.codes_refused),
    },
    Field {
        table: "courier.gateway",
        key: "timeout_s",
        unit: ["秒", "seconds"],
        about: ["等待网关应答的时间", "how long an answer of the gateway is waited for"],
        slot: Slot::Count(1, 600, |c| &mut c.couriers.gateway.timeout_s),
    },
    Field {
        table: "courier.gateway",
        key: "together",
        unit: ["条", "messages"],
        about: [
            "同时发送的短信数,每条占一个连接",
            "SMS under way at a time, each on a connection of its own",
        ],
        slot: Slot::Count(1, 64, |c| &mut c.couriers.gateway.together),
    },
];
