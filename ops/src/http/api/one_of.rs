//! Words of which one must be chosen, as the document lists them.

use utoipa::openapi::Object;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

/// A text that is one of these.
fn one_of(words: &[&str]) -> Object {
    let text = SchemaType::Type(Type::String);
    ObjectBuilder::new().schema_type(text).enum_values(Some(words.iter().copied())).build()
}

macro_rules! words {
    ($($name:ident = $of:ty: $($word:literal)*;)*) => {
        $(
            /// The words of it.
            pub(super) fn $name() -> Object {
                one_of(&[$($word,)*])
            }
        )*

        #[cfg(test)]
        mod tests {
            use serde_json::Value;

            #[test]
            fn every_word_of_the_document_is_understood() {
                $($(
                    let read = serde_json::from_value::<$of>(Value::from($word));
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
    decision = duban_actors::case::command::Decision: "accept" "refuse";
    order = duban_actors::case::supervision::OrderKind: "leader" "important";
    role = duban_actors::role::Role:
        "intake" "dispatcher" "duty-chief" "centre-head" "collector" "unit-staff" "unit-head" "operator";
}
