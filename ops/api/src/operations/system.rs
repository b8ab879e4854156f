//! The system itself: its events, messages, timers, clock and rules, and what is said of the API.

use serde_json::json;
use utoipa::ToSchema as _;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, Required};

use super::row::{At, Method, get, on};
use super::{Naming, Resource};
use crate::http::api::clock::{self, ClockShown};
use crate::http::api::described::{doing, in_path, object, plain, reading, shape};
use crate::http::api::muted::{self, Silence};
use crate::http::api::outbox::{self, OutboxPage};
use crate::http::api::page::Paging;
use crate::http::api::rules::{
    self, Applied, Cancelled, Cancelling, Course, InForce, Recalculated, Recalculating,
};
use crate::http::api::text::Key;
use crate::http::api::timers::{self, HowMany, Soonest};
use crate::http::api::{document, events};

/// What happens to cases, as it happens.
pub(super) const EVENTS: Resource = Resource::system(
    ("/events", "案件"),
    None,
    &[get(
        At::All,
        |route| route.to(events::stream),
        reading("streamEvents", "案件的动态(Server-Sent Events)")
            .at_length(
                "id 是位置,event 是 case,data 是 {case, sequence, at, role, events, stands, unit};\
                stands 和 unit 是送出时的情形。断开后带 Last-Event-ID 重连,不会遗漏;\
                event 为 lagged 时表示离开太久,请重新读取列表。令牌、会话或身份失效时即断开。",
            )
            .with_parameters(last_event)
            .answers_media(&["text/event-stream"], plain::<String>, "动态"),
    )],
);

fn last_event() -> Vec<Parameter> {
    let schema = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .pattern(Some(r"^[0-9]{1,15}\.[0-9]{1,9}$"));
    let last = ParameterBuilder::new()
        .name("Last-Event-ID")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("收到的最后一个 id"))
        .schema(Some(schema.build()))
        .example(Some(json!("17.3")));
    vec![last.build()]
}

/// What a message is called.
const MESSAGE: Naming = Naming { parameter: "message", words: "消息的编号" };

/// Messages on their way.
pub(super) const OUTBOX: Resource = Resource::system(
    ("/outbox", "发件箱"),
    Some(MESSAGE),
    &[
        get(
            At::All,
            |route| route.to(outbox::list),
            reading("listOutbox", "列出未了结的消息和需要人处理的事")
                .with::<Paging>()
                .answers(shape::<OutboxPage>, "一页消息"),
        ),
        on(
            Method::Post,
            At::One("retry"),
            |route| route.to(outbox::retry),
            doing("retryMessage", "重新发送死信")
                .at_length("如同从未失败过:发往曾经放弃的收件人。")
                .with_key(message)
                .answers_nothing("将重新发送"),
        ),
    ],
);

fn message() -> Parameter {
    let key = Ref::from_schema_name(Key::name());
    let message = in_path(MESSAGE.parameter, MESSAGE.words, key.into());
    let example = json!("1.c7k2m0q4h1v9x3t8b6n5d2fg.4.0");
    ParameterBuilder::from(message).example(Some(example)).build()
}

/// Whether anything is sent.
pub(super) const MUTED: Resource = Resource::system(
    ("/muted", "静音"),
    None,
    &[
        get(
            At::All,
            |route| route.to(muted::show),
            reading("getMuted", "是否静音,有哪些消息在等待")
                .at_length(
                    "静音时不发送任何邮件和短信;消息留在发件箱,计时照常。取消静音前先看这里将发送什么。",
                )
                .answers(shape::<Silence>, "静音的情况"),
        ),
        on(
            Method::Put,
            At::All,
            |route| route.to(muted::mute),
            doing("mute", "静音")
                .at_length("不再发送邮件和短信,也不连接其服务器;重新启动后仍然有效。")
                .answers(shape::<Silence>, "已静音"),
        ),
        on(
            Method::Delete,
            At::All,
            |route| route.to(muted::unmute),
            doing("unmute", "取消静音")
                .at_length("等待的消息开始发送;已不需要的会撤回。")
                .answers(shape::<Silence>, "已取消静音"),
        ),
    ],
);

/// What is due when.
pub(super) const TIMERS: Resource = Resource::system(
    ("/timers", "定时器"),
    None,
    &[get(
        At::All,
        |route| route.to(timers::list),
        reading("listTimers", "列出定时器,最先到期的在前")
            .with::<HowMany>()
            .answers(shape::<Soonest>, "定时器"),
    )],
);

pub(super) const CLOCK: Resource = Resource::system(
    ("/clock", "时钟"),
    None,
    &[
        get(
            At::All,
            |route| route.to(clock::show),
            reading("getClock", "查看系统时钟是否可信").answers(shape::<ClockShown>, "时钟"),
        ),
        on(
            Method::Post,
            At::Below("trust"),
            |route| route.to(clock::trust),
            doing("trustClock", "确认系统时间无误")
                .at_length(
                    "时钟突然前进或倒退后,由管理员确认系统时间无误:被拦下的定时器随即触发。时间不对时应先校正时钟。",
                )
                .answers(shape::<ClockShown>, "确认之后的时钟"),
        ),
    ],
);

/// The rules in force.
pub(super) const RULES: Resource = Resource::system(
    ("/rules", "规则"),
    None,
    &[
        get(
            At::All,
            |route| route.to(rules::show),
            reading("getRules", "查看现行规则").answers(shape::<InForce>, "现行规则"),
        ),
        get(
            At::Below("history"),
            |route| route.to(rules::history),
            reading("listEditions", "列出历次生效的规则")
                .answers(shape::<Course>, "历次生效的规则"),
        ),
        on(
            Method::Post,
            At::Below("apply"),
            |route| route.to(rules::apply),
            doing("applyRules", "重新读取规则目录并使之生效")
                .at_length(
                    "先检查,后整体生效;有错误则答 422,沿用原来的规则。在办案件的时限一概不动。\
                    生效日期在今天之后的,记为待生效,到日零时自动生效。",
                )
                .answers(shape::<Applied>, "规则已生效、待生效,或没有变化"),
        ),
        on(
            Method::Post,
            At::Below("cancel"),
            |route| route.to(rules::cancel),
            doing("cancelRules", "取消待生效的规则")
                .with_body(shape::<Cancelling>)
                .answers(shape::<Cancelled>, "不再待生效;现行规则不变"),
        ),
        on(
            Method::Post,
            At::Below("recalculate"),
            |route| route.to(rules::recalculate),
            doing("recalculate", "按现行工作日历重新计算在办案件的时限")
                .at_length(
                    "唯一变动在办案件时限的操作;先用 dry_run 查看。可以重复执行,已变动的不再变动。",
                )
                .with_body(shape::<Recalculating>)
                .answers(shape::<Recalculated>, "变动的案件"),
        ),
    ],
);

/// The document of the API.
pub(super) const DOCUMENT: Resource = Resource::system(
    ("/openapi.json", "文档"),
    None,
    &[get(
        At::All,
        |route| route.to(document::document),
        reading("getDocument", "接口文档").answers(object, "OpenAPI 3.1").for_anybody(),
    )],
);
