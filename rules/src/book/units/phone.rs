//! Telephone numbers: whether one can be dialled, by how many digits its kind has.

use crate::diagnostic::{Diagnostic, Findings};
use crate::phone::CALLED;
use crate::source::document::At;

/// Digits of a mobile number.
const MOBILE: usize = 11;
/// Fewer digits that begin as a mobile number does are a hotline such as 12319 or 13800.
const HOTLINE_MAX: usize = 6;
/// Digits of an extension behind the last `-`.
const EXTENSION_MAX: usize = 4;

/// A number as written; nothing when it is none.
pub(crate) fn phone(text: At<&str>, findings: &mut Findings) -> Option<String> {
    let text = At { value: text.value.trim(), spot: text.spot };
    if !CALLED.is_of(text.value) {
        findings.push(Diagnostic::phone(&text.spot, text.value));
        return None;
    }
    look(&text, findings);
    Some(text.value.to_owned())
}

/// Asks about a number with a digit too many or too few.
fn look(text: &At<&str>, findings: &mut Findings) {
    match Kind::of(text.value) {
        Kind::Sound | Kind::Foreign => {}
        Kind::Mobile(digits) => {
            findings.push(Diagnostic::mobile_digits(&text.spot, text.value, digits));
        }
        Kind::Fixed(digits) => {
            findings.push(Diagnostic::landline_digits(&text.spot, text.value, digits));
        }
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What a number is, as far as its digits tell.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// As long as its kind is.
    Sound,
    /// Of another country.
    Foreign,
    /// A mobile number of another length.
    Mobile(usize),
    /// A fixed number of another length.
    Fixed(usize),
}

impl Kind {
    fn of(text: &str) -> Kind {
        let text = text.trim();
        let national = text.strip_prefix("+86").or_else(|| text.strip_prefix("0086"));
        if national.is_none() && (text.starts_with('+') || text.starts_with("00")) {
            return Kind::Foreign;
        }
        let all = digits(national.unwrap_or(text));
        let extension = text.rsplit_once('-').map_or(0, |(number, extension)| {
            let is_one = extension.len() <= EXTENSION_MAX && digits(number).len() > HOTLINE_MAX;
            if is_one { digits(extension).len() } else { 0 }
        });
        let number: String = all.chars().take(all.len() - extension.min(all.len())).collect();
        let length = number.len();
        let begins_as_mobile = number.starts_with('1')
            && number.chars().nth(1).is_some_and(|second| ('3'..='9').contains(&second));
        let is_free = ["400", "800"].iter().any(|prefix| number.starts_with(prefix));
        if begins_as_mobile && all.len() > HOTLINE_MAX {
            return if all.len() == MOBILE { Kind::Sound } else { Kind::Mobile(all.len()) };
        }
        let is_sound = match length {
            10 => is_free || number.starts_with('0'),
            11 | 12 => number.starts_with('0'),
            _ => length <= 8,
        };
        if is_sound { Kind::Sound } else { Kind::Fixed(length) }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_number_has_as_many_digits_as_its_kind() {
        for sound in [
            "13900000001",
            "139 0000 0001",
            "139-0000-0001",
            "+86 13900000001",
            "0086-13900000001",
            "0317-5550001",
            "03175550001",
            "010-12345678",
            "0311-85550001",
            "5550001",
            "85550001",
            "12319",
            "12345",
            "95598",
            "400-123-4567",
            "0317-5550001-802",
            "5550001-8",
        ] {
            assert_eq!(Kind::of(sound), Kind::Sound, "{sound}");
        }
        assert_eq!(Kind::of("1390000000"), Kind::Mobile(10));
        assert_eq!(Kind::of("139000000011"), Kind::Mobile(12));
        assert_eq!(Kind::of("139-0000-000"), Kind::Mobile(10));
        assert_eq!(Kind::of("+86 1390000000"), Kind::Mobile(10));
        assert_eq!(Kind::of("0317-55500011"), Kind::Sound, "eight digits behind the area");
        assert_eq!(Kind::of("0317-555001"), Kind::Sound, "six digits behind the area");
        assert_eq!(Kind::of("0317-55501"), Kind::Fixed(9));
        assert_eq!(Kind::of("0317-555000111"), Kind::Fixed(13));
        assert_eq!(Kind::of("555000111"), Kind::Fixed(9));
        assert_eq!(Kind::of("+1 212 555 0100"), Kind::Foreign);
    }
}
