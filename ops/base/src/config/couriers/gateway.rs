//! An SMS gateway that is asked over HTTP: where it is, how a request looks, what its answer means.

pub mod body;

use std::path::PathBuf;

use reqwest::Url;

use super::{Choice, Conflict, is_loopback};
use body::Blank;

/// The form of a request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
}

impl Choice for Content {
    const ALL: &'static [(&'static str, Content)] =
        &[("form", Content::Form), ("json", Content::Json)];
}

/// How we say who we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    None,
    /// `Authorization: Bearer` and the secret.
    Bearer,
    /// `Authorization: Basic`, of user and secret.
    Basic,
    /// The secret in a header of its own.
    Header,
    /// The secret in the body, where `{secret}` stands.
    Body,
}

impl Choice for Auth {
    const ALL: &'static [(&'static str, Auth)] = &[
        ("none", Auth::None),
        ("bearer", Auth::Bearer),
        ("basic", Auth::Basic),
        ("header", Auth::Header),
        ("body", Auth::Body),
    ];
}

/// An SMS gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayConfig {
    /// Where requests go, by POST. Default empty.
    pub url: String,
    /// The form of the body. Default a form.
    pub content: Content,
    /// The body, with blanks to fill in; empty for one that names every blank by its own name. Default empty.
    pub body: String,
    /// The number or signature that SMS come from. Default empty.
    pub sender: String,
    /// How we say who we are. Default not at all.
    pub auth: Auth,
    /// Whom to log in as, for [`Auth::Basic`]. Default empty.
    pub user: String,
    /// The header of [`Auth::Header`]. Default `X-API-Key`.
    pub header: String,
    /// The file with the secret. Default empty.
    pub secret_file: PathBuf,
    /// The authority that signed its certificate, as a PEM file; empty for those the system trusts. Default empty.
    pub ca_file: PathBuf,
    /// Where in a JSON answer its code stands, as a JSON pointer; empty when the HTTP status says all. Default empty.
    pub code_pointer: String,
    /// The code that says *taken*. Default `0`.
    pub code_taken: String,
    /// Codes that say *never*, with commas between them; every other one says *later*. Default empty.
    pub codes_refused: String,
    /// How long an answer is waited for, in seconds. Default 10.
    pub timeout_s: u64,
    /// SMS under way at a time, each on a connection of its own. Default 4.
    pub together: u64,
}

impl Default for GatewayConfig {
    fn default() -> GatewayConfig {
        GatewayConfig {
            url: String::new(),
            content: Content::Form,
            body: String::new(),
            sender: String::new(),
            auth: Auth::None,
            user: String::new(),
            header: "X-API-Key".to_owned(),
            secret_file: PathBuf::new(),
            ca_file: PathBuf::new(),
            code_pointer: String::new(),
            code_taken: "0".to_owned(),
            codes_refused: String::new(),
            timeout_s: 10,
            together: 4,
        }
    }
}

impl GatewayConfig {
    /// The body with its blanks, the default one where none is set.
    pub fn template(&self) -> &str {
        match (self.content, self.body.is_empty()) {
            (_, false) => &self.body,
            (Content::Form, true) => body::FORM,
            (Content::Json, true) => body::JSON,
        }
    }

    pub(super) fn conflicts(&self, found: &mut Vec<Conflict>) {
        if !Url::parse(&self.url).is_ok_and(|url| is_safe(&url)) {
            found.push(Conflict {
                field: "courier.gateway.url",
                message: [
                    "短信网关的地址须为 https;http 只能用于本机;地址里不写账号",
                    "an SMS gateway is reached by https; http is for this machine only; no account stands in the URL",
                ],
                help: [
                    "写成 \"https://主机/路径\"",
                    "write it as \"https://host/path\"",
                ],
            });
        }
        self.login(found);
        self.form(found);
        let pointer = &self.code_pointer;
        let (named, refused) = (!pointer.is_empty(), !self.codes_refused.is_empty());
        if (named && !pointer.starts_with('/')) || (refused && !named) {
            found.push(Conflict {
                field: "courier.gateway.code_pointer",
                message: [
                    "应答代码的位置须为 JSON 指针;填写了拒收代码时不可缺少",
                    "the place of the answer's code is a JSON pointer, and codes that refuse need one",
                ],
                help: ["例如 \"/code\" 或 \"/data/status\"", "for instance \"/code\" or \"/data/status\""],
            });
        }
    }

    fn login(&self, found: &mut Vec<Conflict>) {
        let (user, secret) = (!self.user.is_empty(), !self.secret_file.as_os_str().is_empty());
        let complete = match self.auth {
            Auth::None => true,
            Auth::Basic => user && secret,
            Auth::Bearer | Auth::Header | Auth::Body => secret,
        };
        if !complete {
            found.push(Conflict {
                field: "courier.gateway.auth",
                message: [
                    "这种登录方式需要密码文件,basic 还需要用户名",
                    "to log in like this there must be a file with the secret, and a user for basic",
                ],
                help: [
                    "在 [courier.gateway] 中填写 secret_file(basic 另加 user)",
                    "write secret_file under [courier.gateway], and user for basic",
                ],
            });
        }
    }

    fn form(&self, found: &mut Vec<Conflict>) {
        let (template, has) = (self.template(), |blank| body::has(self.template(), blank));
        let asks_secret = has(Blank::Secret) == (self.auth == Auth::Body);
        if !has(Blank::Number) || !has(Blank::Text) || !asks_secret {
            found.push(Conflict {
                field: "courier.gateway.body",
                message: [
                    "请求中须有 {number} 和 {text};{secret} 与 auth = \"body\" 须同时使用",
                    "a request must have {number} and {text}; {secret} goes with auth = \"body\" and with nothing else",
                ],
                help: [
                    "可用的空位:{number} {text} {id} {sender} {secret}",
                    "blanks there are: {number} {text} {id} {sender} {secret}",
                ],
            });
        }
        let sample = body::fill(self.content, template, |_| "1");
        let is_json = serde_json::from_str::<serde_json::Value>(&sample).is_ok();
        if is_json != (self.content == Content::Json) {
            found.push(Conflict {
                field: "courier.gateway.content",
                message: [
                    "请求的格式与内容不一致",
                    "the form of a request and its body do not go together",
                ],
                help: [
                    "json 的 body 须为 JSON,form 的 body 形如 \"mobile={number}&content={text}\"",
                    "json wants a body of JSON, form one like \"mobile={number}&content={text}\"",
                ],
            });
        }
    }
}

/// Whether nobody on the way sees what is sent there.
fn is_safe(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_secret = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(host));
    is_secret && !host.is_empty() && url.username().is_empty() && url.password().is_none()
}
