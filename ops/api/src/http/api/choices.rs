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

macro_rules! words {
    ($($name:ident = $of:ty: $($word:literal)*;)*) => {
        $(
            /// The words of it.
            pub(crate) fn $name() -> Object {
                one_of(&[$($word,)*])
            }
        )*

        /// The types that are chosen by a word, each with its words.
        pub fn every() -> Vec<(std::any::TypeId, Vec<&'static str>)> {
            vec![$((std::any::TypeId::of::<$of>(), vec![$($word,)*]),)*]
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
        "handset" "web" "open-line" "hotline" "footage" "visit" "leadership" "department";
    reply = duban_actors::case::ReplyWish: "wanted" "not-wanted";
    checklist = duban_actors::case::command::Checklist: "confirmed" "unconfirmed";
    delivery = duban_actors::case::command::Delivery: "system" "phone";
    finding = duban_actors::case::command::Finding: "confirmed" "refuted";
    outcome = duban_actors::case::command::Outcome: "passed" "failed" "unable";
    ground = duban_actors::case::command::Ground: "ownership" "boundary" "class" "duty" "slip";
    opinion = duban_actors::case::command::Opinion: "agree" "disagree";
    disputable = crate::operations::cases::disputes::Disputable: "ownership" "boundary" "class" "duty";
    finding_of = crate::operations::cases::disputes::FoundAs: "stays" "stays-credited" "moves-to";
    ruling = duban_actors::case::command::Ruling: "grant" "refuse";
    call_outcome = duban_actors::case::calls::Outcome: "answered" "no-answer";
    decision = duban_actors::case::command::Decision: "accept" "refuse";
    order = duban_actors::case::supervision::OrderKind: "leader" "important";
}
