//! Texts as they come in: each kind has its length, and none holds characters that cannot be seen.
//!
//! Looked at once, while a body is read; what is in them is data for ever after and interpreted by nobody.

use std::fmt;

use compact_str::CompactString;
use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// How long a text may be, and of what it may consist.
#[derive(Clone, Copy, Debug)]
struct Form {
    min: usize,
    max: usize,
    /// In words, for whoever sent something else.
    letters: &'static str,
    /// The same for a program, as a regular expression of JSON Schema.
    pattern: &'static str,
    fits: fn(char) -> bool,
}

/// What can be seen, and line ends.
const SEEN: Form = Form {
    min: 0,
    max: 0,
    letters: "不能含有控制字符",
    pattern: r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$",
    fits: |c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'),
};
/// What stands in paths, lists and keys.
const KEY: Form = Form {
    min: 1,
    max: 0,
    letters: "只能由字母、数字和 . _ - 组成",
    pattern: "^[A-Za-z0-9._-]+$",
    fits: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'),
};

/// What a blob is called.
const DIGEST: Form = Form {
    min: 64,
    max: 0,
    letters: "应为上传时得到的 64 位十六进制数",
    pattern: "^[0-9a-f]{64}$",
    fits: |c| matches!(c, '0'..='9' | 'a'..='f'),
};

impl Form {
    fn check(&self, text: &str) -> Result<(), String> {
        let length = text.chars().count();
        if length > self.max {
            return Err(format!("不能超过 {} 个字符(现有 {length} 个)", self.max));
        }
        if text.trim().chars().count() < self.min {
            let least = self.min;
            return Err(if least == 1 {
                "不能为空".to_owned()
            } else {
                format!("应有 {least} 个字符")
            });
        }
        if text.chars().all(self.fits) { Ok(()) } else { Err(self.letters.to_owned()) }
    }

    fn schema(&self, about: &str, example: &str) -> RefOr<Schema> {
        let object = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(about))
            .min_length(Some(self.min))
            .max_length(Some(self.max))
            .pattern(Some(self.pattern))
            .examples([example]);
        RefOr::T(object.build().into())
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $form:ident, $max:literal, $about:literal, $example:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub(crate) struct $name(String);

        impl $name {
            const FORM: Form = Form { max: $max, ..$form };
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                let text = String::deserialize(from)?;
                $name::FORM.check(&text).map_err(de::Error::custom)?;
                Ok($name(text))
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl From<$name> for CompactString {
            fn from(text: $name) -> CompactString {
                text.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $name::FORM.schema($about, $example)
            }
        }

        impl ToSchema for $name {}
    )*};
}

texts! {
    /// What somebody has to say: a report, a result, a reply.
    Words: SEEN, 2000, "正文,最多 2000 字", "路面井盖缺失,有安全隐患";
    /// Why something is done, or a short note.
    Reason: SEEN, 500, "理由或说明,最多 500 字", "不属于本单位职责";
    /// Where something is.
    Address: SEEN, 200, "地址,最多 200 字", "靖宁街与育红路口东北角";
    /// The name of a person or a device.
    Name: SEEN, 64, "姓名或名称,最多 64 字", "吴示例";
    /// A telephone number as it was said.
    Phone: SEEN, 32, "电话,最多 32 个字符", "0317-5550001";
    /// What a report is called where it came from.
    ExternalId: NAMED, 64, "来源系统中的编号,最多 64 个字符", "12319-20260302-0017";
    /// A password, as it was typed.
    Typed: SEEN, 256, "密码", "correct horse battery staple";
    /// A code, an id or a login name.
    Key: KEY, 64, "代码或编号,最多 64 个字符", "CG-HW";
    /// What a photo is called.
    PhotoId: DIGEST, 64, "照片的编号", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
}

/// What can be seen, and is not empty.
const NAMED: Form = Form { min: 1, ..SEEN };

impl Key {
    /// The key.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_value(serde_json::Value::from(text))
    }

    #[test]
    fn a_text_is_as_long_as_it_may_be_and_no_longer_counted_in_characters() {
        assert!(read::<Reason>(&"盖".repeat(500)).is_ok());
        let long = read::<Reason>(&"盖".repeat(501)).unwrap_err();
        assert!(long.to_string().contains("500"), "{long}");
    }

    #[test]
    fn characters_that_cannot_be_seen_are_refused_and_html_is_a_text_like_any_other() {
        for text in ["\0", "a\u{1b}[0m", "\u{85}"] {
            assert!(read::<Words>(text).is_err(), "{text:?}");
        }
        let html = "<script>alert('1')</script>\r\n\t&amp;";
        assert_eq!(read::<Words>(html).unwrap().as_ref(), html);
    }

    #[test]
    fn a_key_is_no_path_and_is_not_empty() {
        for text in ["", "..%2f", "a/b", "井", "a b", &"a".repeat(65)] {
            assert!(read::<Key>(text).is_err(), "{text:?}");
        }
        assert!(read::<Key>("CG-HW").is_ok());
        assert!(read::<ExternalId>(" \n").is_err());
    }
}
