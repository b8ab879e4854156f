//! Sessions: coming in with a password, going out, and choosing another password.

use super::Resource;
use super::row::{At, Method, get, on};
use crate::http::api::described::{doing, reading, shape};
use crate::http::api::session::{self, NewPassword, SignIn, Who};

/// Whoever is here.
pub(super) const SESSION: Resource = Resource::system(
    ("/session", "登录"),
    None,
    &[
        get(
            At::All,
            |route| route.to(session::show),
            reading("getSession", "现在是谁").answers(shape::<Who>, "登录的人"),
        ),
        on(
            Method::Post,
            At::All,
            |route| route.to(session::sign_in),
            doing("signIn", "登录")
                .at_length(
                    "得到会话 Cookie;此后的办理须在 X-CSRF-Token 中带上 csrf。\
                    从同一处对同一账号连续输错密码,须稍等(423);同一网络、或各处对同一账号输错太多,\
                    同样须稍等(429)。Retry-After 写明多久。登录过的浏览器凭另一个 Cookie 不受他人输错的影响。",
                )
                .with_body(shape::<SignIn>)
                .answers(shape::<Who>, "已登录")
                .for_anybody(),
        ),
        on(
            Method::Delete,
            At::All,
            |route| route.to(session::sign_out),
            doing("signOut", "退出").answers_nothing("已退出"),
        ),
        on(
            Method::Put,
            At::Below("password"),
            |route| route.to(session::change_password),
            doing("changePassword", "更改自己的密码")
                .at_length("更改后全部会话和令牌失效,须重新登录。")
                .with_body(shape::<NewPassword>)
                .answers_nothing("已更改"),
        ),
    ],
);
