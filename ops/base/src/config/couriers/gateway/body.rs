//! The body of a request: a template whose blanks are filled in, each value escaped as the form of the body wants it.

use super::Content;

/// The body of a form where none is configured.
pub const FORM: &str = "number={number}&text={text}&id={id}&sender={sender}";
/// The body in JSON where none is configured.
pub const JSON: &str = r#"{"number":"{number}","text":"{text}","id":"{id}","sender":"{sender}"}"#;

/// What is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// The telephone.
    Number,
    /// The words.
    Text,
    /// Our id of the message's part for this address: the same at every hand-over, for the gateway to know it by.
    Id,
    Sender,
    Secret,
}

const BLANKS: [(&str, Blank); 5] = [
    ("{number}", Blank::Number),
    ("{text}", Blank::Text),
    ("{id}", Blank::Id),
    ("{sender}", Blank::Sender),
    ("{secret}", Blank::Secret),
];

/// Whether a template has this blank.
pub fn has(template: &str, blank: Blank) -> bool {
    BLANKS.iter().any(|(word, known)| *known == blank && template.contains(word))
}

/// The template with its blanks filled in. What is filled in is never looked through for blanks again.
pub fn fill<'a>(content: Content, template: &str, value: impl Fn(Blank) -> &'a str) -> String {
    let (mut filled, mut rest) = (String::with_capacity(template.len()), template);
    while let Some(start) = rest.find('{') {
        let (before, from) = rest.split_at(start);
        filled.push_str(before);
        let blank =
            BLANKS.iter().find_map(|(word, blank)| Some((*blank, from.strip_prefix(word)?)));
        if let Some((blank, after)) = blank {
            filled.push_str(&escaped(content, value(blank)));
            rest = after;
        } else {
            filled.push('{');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    filled + rest
}

fn escaped(content: Content, value: &str) -> String {
    match content {
        Content::Json => {
            // A text is always JSON; its quotes are the template's.
            let quoted = serde_json::to_string(value).unwrap_or_default();
            quoted
                .strip_prefix('"')
                .and_then(|q| q.strip_suffix('"'))
                .unwrap_or_default()
                .to_owned()
        }
        Content::Form => {
            let mut escaped = String::with_capacity(value.len() * 3);
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                    escaped.push(char::from(byte));
                } else {
                    escaped.extend(['%', hex(byte >> 4), hex(byte & 15)]);
                }
            }
            escaped
        }
    }
}

fn hex(digit: u8) -> char {
    char::from_digit(digit.into(), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_says_it_stays_one_value_and_fills_no_other_blank() {
        let value = |blank| match blank {
            Blank::Number => "13900000020",
            Blank::Text => "\"},{secret}&a=b 急",
            Blank::Id => "1.c0.1.0",
            Blank::Sender | Blank::Secret => "sesame",
        };
        let json = fill(Content::Json, r#"{"m":[{"to":{number},"t":"{text}"}],"x":{}}"#, value);
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(json["m"][0]["to"], 13_900_000_020_u64);
        assert_eq!(json["m"][0]["t"], "\"},{secret}&a=b 急");
        let form = fill(Content::Form, "to={number}&t={text}&key={secret}", value);
        assert_eq!(form, "to=13900000020&t=%22%7D%2C%7Bsecret%7D%26a%3Db%20%E6%80%A5&key=sesame");
    }
}
