//! Choices: words of which one must be chosen, as the document lists them.

use duban_actors::role::Role;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Array, Object};

/// A text that is one of these.
fn one_of(words: &[&str]) -> Object {
    let text = SchemaType::Type(Type::String);
    ObjectBuilder::new().schema_type(text).enum_values(Some(words.iter().copied())).build()
}

/// The roles of people.
pub(super) fn role() -> Object {
    let people = Role::ALL.iter().filter(|role| role.is_for_people());
    one_of(&people.map(|role| role.as_str()).collect::<Vec<_>>())
}

/// Some of them.
pub(super) fn roles() -> Array {
    ArrayBuilder::new().items(role()).build()
}

/// A value by its word, as the command line has it.
pub(crate) fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::String(text.trim().to_owned()))
        .map_err(|_| "不是可用的词;见这一项的说明".to_owned())
}

/// Words of which one is chosen: for programs, and for people.
pub type Words = &'static [(&'static str, &'static str)];

macro_rules! words {
    ($($name:ident = $of:ty: $($word:literal = $chinese:literal),*;)*) => {
        $(
            /// The words of it.
            pub(crate) fn $name() -> Object {
                one_of(&[$($word,)*])
            }
        )*

        /// The types that are chosen by a word, each with its words.
        pub fn every() -> Vec<(std::any::TypeId, Words)> {
            vec![$((std::any::TypeId::of::<$of>(), &[$(($word, $chinese),)*]),)*]
        }

        #[cfg(test)]
        mod tests {
            use super::word;

            #[test]
            fn every_word_of_the_document_is_understood() {
                $($(
                    let read = word::<$of>($word);
                    assert!(read.is_ok(), "{}: {}", stringify!($name), $word);
                )*)*
            }
        }
    };
}

words! {
    channel = duban_actors::case::Channel:
        "handset" = "城管通", "web" = "城市网", "open-line" = "阳光网", "hotline" = "12319 热线",
        "footage" = "监控录像", "visit" = "来访举报", "leadership" = "领导指派",
        "department" = "部门反馈";
    reply = duban_actors::case::ReplyWish: "wanted" = "要求答复", "not-wanted" = "不要求答复";
    checklist = duban_actors::case::command::Checklist:
        "confirmed" = "已核对", "unconfirmed" = "未核对";
    delivery = duban_actors::case::command::Delivery: "system" = "系统送达", "phone" = "电话通知";
    finding = duban_actors::case::command::Finding: "confirmed" = "属实", "refuted" = "不属实";
    outcome = duban_actors::case::command::Outcome:
        "passed" = "合格", "failed" = "不合格", "unable" = "无法核查";
    ground = duban_actors::case::command::Ground:
        "ownership" = "权属", "boundary" = "边界", "class" = "类别", "duty" = "职责",
        "slip" = "派遣失误";
    opinion = duban_actors::case::command::Opinion: "agree" = "同意", "disagree" = "不同意";
    disputable = crate::operations::cases::disputes::Disputable:
        "ownership" = "权属", "boundary" = "边界", "class" = "类别", "duty" = "职责";
    finding_of = crate::operations::cases::disputes::FoundAs:
        "stays" = "仍由其处置", "stays-credited" = "仍由其处置,时间不计",
        "moves-to" = "改由其他单位", "joint" = "由几个单位处置";
    ruled_as = crate::operations::cases::disputes::RuledAs:
        "stays" = "不成立,仍由其处置", "stays-credited" = "仍由其处置,时间不计",
        "moves-to" = "改由其他单位", "joint" = "由几个单位处置", "to-committee" = "提请城管委";
    coming = crate::operations::meetings::Coming:
        "comes" = "参加", "sends" = "派人参加", "stays-away" = "不参加";
    applied_for = crate::operations::cases::applications::AppliedFor:
        "extension" = "延期", "mismatch" = "案情不符", "deferral" = "缓办";
    ruling = duban_actors::case::command::Ruling: "grant" = "同意", "refuse" = "不同意";
    call_outcome = duban_actors::case::calls::Outcome:
        "answered" = "打通", "no-answer" = "无人接听";
    decision = duban_actors::case::command::Decision: "accept" = "同意", "refuse" = "驳回";
    order = duban_actors::case::supervision::OrderKind:
        "leader" = "领导督办", "important" = "重要";
}
