//! Texts as they come in: each kind has its length, and none holds characters that cannot be seen.
//!
//! Looked at once, while a body or the command line is read; what is in them is data for ever after and interpreted by
//! nobody. Control characters are refused; line ends where one line is meant, marks of direction and characters
//! without a width are taken out ([`mod@line`]), because people paste them without knowing.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use duban_rules::{line, phone};
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
    /// Whether all of it, cleaned, is one of its kind; what is not hears of `letters`, too.
    whole: fn(&str) -> bool,
    /// What becomes of one that fits.
    clean: fn(&str) -> String,
}

/// What can be seen, and line ends.
const SEEN: Form = Form {
    min: 0,
    max: 0,
    letters: "不能含有控制字符",
    pattern: r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$",
    fits: |c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'),
    whole: |_| true,
    clean: line::several,
};
/// The same on one line.
const LINE: Form = Form { clean: line::one, ..SEEN };
/// The same, and not empty.
const SAID: Form = Form { min: 1, ..SEEN };
/// What an id may be.
const NAMED: Form = Form { min: 1, clean: line::id, ..SEEN };
/// A telephone number as it was said, or nothing.
const DIALLED: Form = Form {
    letters: "不是电话号码:应有 3 至 30 位数字,例如 13911112222、0317-5021234 转 8、(0317)5021234、110",
    pattern: r"^\s*$|[0-9\uff10-\uff19]{3}",
    whole: |text| text.is_empty() || phone::SAID.is_of(text),
    clean: phone::plain,
    ..SEEN
};
/// A telephone number that is called, or nothing.
const CALLED: Form = Form {
    letters: "不是能拨打的号码:应有 5 至 16 位数字,只写一个号码,例如 0317-5550033、13911112222、12319",
    pattern: r"^\s*$|[0-9\uff10-\uff19]",
    whole: |text| text.is_empty() || phone::CALLED.is_of(text),
    ..DIALLED
};
/// What is typed blindly and kept by nobody.
const TYPED: Form = Form { clean: str::to_owned, ..SEEN };
/// What stands in paths, lists and keys.
const KEY: Form = Form {
    min: 1,
    max: 0,
    letters: "只能由字母、数字和 . _ - 组成",
    pattern: "^[A-Za-z0-9._-]+$",
    fits: |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'),
    whole: |_| true,
    clean: str::to_owned,
};

/// What a blob is called.
const DIGEST: Form = Form {
    min: 64,
    max: 0,
    letters: "应为上传时得到的 64 位十六进制数",
    pattern: "^[0-9a-f]{64}$",
    fits: |c| matches!(c, '0'..='9' | 'a'..='f'),
    whole: |_| true,
    clean: str::to_owned,
};

impl Form {
    fn read(&self, text: &str) -> Result<String, String> {
        let length = text.chars().count();
        if length > self.max {
            return Err(format!("不能超过 {} 个字符(现有 {length} 个)", self.max));
        }
        if !text.chars().all(self.fits) {
            return Err(self.letters.to_owned());
        }
        let clean = (self.clean)(text);
        if !(self.whole)(&clean) {
            return Err(self.letters.to_owned());
        }
        if clean.trim().chars().count() < self.min || (self.min > 0 && line::is_blank(&clean)) {
            let least = self.min;
            return Err(if least == 1 {
                "不能为空".to_owned()
            } else {
                format!("应有 {least} 个字符")
            });
        }
        Ok(clean)
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
        pub struct $name(String);

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
                String::deserialize(from)?.parse().map_err(de::Error::custom)
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<$name, String> {
                $name::FORM.read(text).map($name)
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
    /// What is the matter.
    Matter: SAID, 2000, "反映的问题,最多 2000 字", "路面井盖缺失,有安全隐患";
    /// What somebody has to say: a result, a reply.
    Words: SEEN, 2000, "正文,最多 2000 字", "已更换井盖";
    /// Why something is done, or a short note.
    Reason: LINE, 500, "理由或说明,最多 500 字", "不属于本单位职责";
    /// Where something is.
    Address: LINE, 200, "地址,最多 200 字", "靖宁街与育红路口东北角";
    /// The name of a person or a device.
    Name: LINE, 64, "姓名或名称,最多 64 字", "吴示例";
    /// A telephone number as it was said.
    Phone: DIALLED, 64, "电话,最多 64 个字符", "0317-5550001";
    /// A telephone number that is called.
    Called: CALLED, 64, "拨打的号码,最多 64 个字符", "0317-5550033";
    /// What a report is called where it came from.
    ExternalId: NAMED, 64, "来源系统中的编号,最多 64 个字符", "12319-20260302-0017";
    /// A password, as it was typed.
    Typed: TYPED, 256, "密码", "correct horse battery staple";
    /// A code, an id or a login name.
    Key: KEY, 64, "代码或编号,最多 64 个字符", "CG-HW";
    /// What a signed form, a scan or a recording is called.
    FileId: DIGEST, 64, "签章单或附件的编号", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    /// What a photo is called.
    PhotoId: DIGEST, 64, "照片的编号", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
}

impl Key {
    /// The key.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use duban_actors::person::NAME_CHARS_MAX;

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
    fn a_name_is_as_long_here_as_an_account_takes_it() {
        assert!(read::<Name>(&"赵".repeat(NAME_CHARS_MAX)).is_ok());
        assert!(read::<Name>(&"赵".repeat(NAME_CHARS_MAX + 1)).is_err());
    }

    #[test]
    fn characters_that_cannot_be_seen_are_refused_and_html_is_a_text_like_any_other() {
        for text in ["\0", "a\u{1b}[0m", "\u{85}"] {
            assert!(read::<Words>(text).is_err(), "{text:?}");
        }
        let html = "<script>alert('1')</script>\n\t&amp;";
        assert_eq!(read::<Words>(html).unwrap().as_ref(), html);
    }

    #[test]
    fn a_text_that_is_meant_for_one_line_is_one_and_words_of_a_report_keep_their_lines() {
        let forged = "东大街\r\n截止时间:2030-01-01\u{202e}";
        let line = "东大街 截止时间:2030-01-01";
        assert_eq!(read::<Address>(forged).unwrap().as_ref(), line);
        assert_eq!(read::<Reason>(forged).unwrap().as_ref(), line);
        assert_eq!(read::<Name>(forged).unwrap().as_ref(), line);
        assert_eq!(read::<Matter>(forged).unwrap().as_ref(), line.replace(' ', "\n"));
        assert_eq!(
            read::<Typed>(" a\t").unwrap().as_ref(),
            " a\t",
            "a password is as it was typed"
        );
    }

    #[test]
    fn a_report_without_words_is_refused_and_ids_that_look_the_same_are_one() {
        for blank in ["", " \n", "\u{200b}", "\u{3164}"] {
            assert!(read::<Matter>(blank).is_err(), "{blank:?}");
            assert!(read::<ExternalId>(blank).is_err(), "{blank:?}");
        }
        for id in ["T-100 ", "T-100\n", "T-\u{200b}100", "\u{ff34}\u{ff0d}\u{ff11}\u{ff10}\u{ff10}"]
        {
            assert_eq!(read::<ExternalId>(id).unwrap().as_ref(), "T-100", "{id:?}");
        }
    }

    #[test]
    fn a_telephone_number_is_taken_as_it_was_said_and_a_text_without_digits_is_none() {
        for (said, number) in [
            ("", ""),
            (" ", ""),
            ("110", "110"),
            ("+86 139-1111-2222", "+86 139-1111-2222"),
            ("0317-5021234 转 8", "0317-5021234 转 8"),
            ("(0317)5021234", "(0317)5021234"),
            ("13911112222/0317-5021234 分机 8", "13911112222/0317-5021234 分机 8"),
            ("+852 2345 6789", "+852 2345 6789"),
        ] {
            assert_eq!(read::<Phone>(said).unwrap().as_ref(), number, "{said}");
        }
        for text in ["12", "不详", "<b>", "139x1112222", "-----", &"1".repeat(31)] {
            let why = read::<Phone>(text).unwrap_err().to_string();
            assert!(why.contains("不是电话号码") && why.contains("转 8"), "{text}: {why}");
        }
    }

    #[test]
    fn a_number_that_was_called_is_one_that_can_be_dialled() {
        for (said, number) in [
            ("", ""),
            ("0317-5550033", "0317-5550033"),
            ("０３１７—５５５００３３", "0317-5550033"),
            ("+86 139 1111 2222", "+86 139 1111 2222"),
            ("12319", "12319"),
        ] {
            assert_eq!(read::<Called>(said).unwrap().as_ref(), number, "{said}");
        }
        for text in ["abc", "办公室", "110", "0317-5550033 转 8", "13911112222/0317-5550033"] {
            let why = read::<Called>(text).unwrap_err().to_string();
            assert!(why.contains("不是能拨打的号码"), "{text}: {why}");
        }
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
