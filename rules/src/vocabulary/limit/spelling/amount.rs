//! Amounts of time limits: digits of either width with up to three decimals, or a number in words.

use super::UnreadableLimit;

/// One whole unit, in thousandths.
const WHOLE: i64 = 1_000;
/// Half a unit.
pub(super) const HALF: i64 = WHOLE / 2;
/// No limit of a handbook lasts longer than this many units; more is a slip of the pen.
const LONGEST: i64 = 10_000 * WHOLE;

/// The amount at the front in thousandths, and what follows it: digits of either width, or a number in words.
pub(super) fn amount(text: &str) -> Result<(i64, &str), UnreadableLimit> {
    let end =
        text.char_indices().find(|&(_, c)| !is_of_an_amount(c)).map_or(text.len(), |(at, _)| at);
    let (amount, rest) = text.split_at_checked(end).ok_or(UnreadableLimit::NoAmount)?;
    if !amount.is_empty() {
        return Ok((thousandths(amount)?, rest.trim_start()));
    }
    if let Some(rest) = text.strip_prefix('半') {
        return Ok((HALF, rest.trim_start()));
    }
    let end = text.char_indices().find(|&(_, c)| !is_numeral(c)).map_or(text.len(), |(at, _)| at);
    let (numeral, rest) = text.split_at_checked(end).ok_or(UnreadableLimit::NoAmount)?;
    let whole = in_words(numeral).ok_or(UnreadableLimit::NoAmount)?;
    let amount = whole.checked_mul(WHOLE).ok_or(UnreadableLimit::Amount)?;
    Ok((amount, rest.trim_start()))
}

/// Whether digits of an amount go on with it.
pub(super) fn is_of_an_amount(c: char) -> bool {
    digit(c).is_some() || matches!(c, '.' | '\u{FF0E}' | '-' | '\u{FF0D}')
}

/// The amount in thousandths; half-width and full-width digits.
fn thousandths(text: &str) -> Result<i64, UnreadableLimit> {
    let (sign, text) = match text.strip_prefix(['-', '\u{FF0D}']) {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, decimals) = text.split_once(['.', '\u{FF0E}']).unwrap_or((text, ""));
    if whole.is_empty() || text.ends_with(['.', '\u{FF0E}']) {
        return Err(UnreadableLimit::NoAmount);
    }
    if text.contains(['-', '\u{FF0D}']) {
        return Err(UnreadableLimit::Range);
    }
    if decimals.chars().count() > 3 {
        return Err(UnreadableLimit::Amount);
    }
    let mut scaled = number(whole)?.checked_mul(WHOLE).ok_or(UnreadableLimit::Amount)?;
    for (value, weight) in decimals.chars().zip([100, 10, 1]) {
        scaled += digit(value).ok_or(UnreadableLimit::NoAmount)? * weight;
    }
    if scaled > LONGEST { Err(UnreadableLimit::Amount) } else { Ok(sign * scaled) }
}

fn number(digits: &str) -> Result<i64, UnreadableLimit> {
    digits.chars().try_fold(0_i64, |sum, c| {
        let value = digit(c).ok_or(UnreadableLimit::NoAmount)?;
        sum.checked_mul(10).and_then(|sum| sum.checked_add(value)).ok_or(UnreadableLimit::Amount)
    })
}

fn digit(c: char) -> Option<i64> {
    let half_width = match c {
        '\u{FF10}'..='\u{FF19}' => char::from_u32(u32::from(c).checked_sub(0xFF10 - 0x30)?)?,
        _ => c,
    };
    half_width.to_digit(10).map(i64::from)
}

/// The digits in words, each at its value.
const NUMERALS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

fn is_numeral(c: char) -> bool {
    NUMERALS.contains(&c) || matches!(c, '两' | '十' | '百')
}

/// A number below a thousand in words: 三, 两, 十五, 二十, 一百零五.
fn in_words(text: &str) -> Option<i64> {
    let (mut sum, mut last) = (0_i64, None);
    for c in text.chars() {
        match c {
            '十' if sum % 100 == 0 => sum += last.take().unwrap_or(1) * 10,
            '百' if sum == 0 => sum += last.take()? * 100,
            '零' if last.is_none() => {}
            _ if last.is_some() => return None,
            '两' => last = Some(2),
            _ => {
                let value = NUMERALS.iter().position(|numeral| *numeral == c)?;
                last = Some(i64::try_from(value).ok()?);
            }
        }
    }
    Some(sum + last.unwrap_or(0)).filter(|_| !text.is_empty())
}
