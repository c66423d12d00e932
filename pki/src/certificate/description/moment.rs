//! Dates of a validity in every form that programs read, not only in that of RFC 5280 §4.1.2.5.

use crate::element::{Element, GENERALIZED_TIME, UTC_TIME};
use crate::name_text;
use std::num::Saturating;

/// A moment of a validity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Seconds of Unix time, negative before 1970.
    At(i64),
    /// No date that exists; as it is written, or as `#` and hex.
    Unreadable(String),
}

impl Moment {
    /// Reads a `Time`, also without seconds, with a fraction of a second, and with an offset from UTC.
    ///
    /// X.680 §46 and §47.
    pub(super) fn read(element: &Element<'_>) -> Self {
        let digits_of_year = match element.identifier {
            UTC_TIME => 2,
            GENERALIZED_TIME => 4,
            _ => return Self::Unreadable(name_text::unread(element.der)),
        };
        seconds(digits_of_year, element.content)
            .map_or_else(|| Self::Unreadable(as_written(element.content)), Self::At)
    }
}

fn as_written(content: &[u8]) -> String {
    name_text::printable(&name_text::text(content))
}

/// Unix time of `YYMMDDhhmm[ss]` or `YYYYMMDDhh[mm[ss]]`, a fraction of the last part, and `Z` or `+hhmm`.
fn seconds(digits_of_year: usize, content: &[u8]) -> Option<i64> {
    let mut rest = content;
    let year = number(&mut rest, digits_of_year)?;
    let year = match (digits_of_year, year) {
        // RFC 5280 §4.1.2.5.1.
        (2, 50..) => year.saturating_add(1900),
        (2, _) => year.saturating_add(2000),
        _ => year,
    };
    let (month, day) = (number(&mut rest, 2)?, number(&mut rest, 2)?);
    let hour = number(&mut rest, 2).filter(|hour| *hour < 24)?;
    let minute = if begins_with_digit(rest) { Some(below_60(&mut rest)?) } else { None };
    let second = if begins_with_digit(rest) { Some(below_60(&mut rest)?) } else { None };
    let unit = match (minute, second) {
        (_, Some(_)) => 1,
        (Some(_), None) => 60,
        (None, None) => 3600,
    };
    let fraction = fraction(&mut rest, unit)?;
    let offset = offset(rest)?;
    let days = Saturating(days(year, month, day)?);
    let minutes =
        (days * Saturating(24) + Saturating(hour)) * Saturating(60) + Saturating(minute.unwrap_or(0));
    let seconds = minutes * Saturating(60) + Saturating(second.unwrap_or(0)) + Saturating(fraction);
    Some((seconds - Saturating(offset)).0)
}

/// So many digits.
fn number(rest: &mut &[u8], digits: usize) -> Option<i64> {
    let (number, after) = rest.split_at_checked(digits)?;
    *rest = after;
    number.iter().try_fold(0_i64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte.wrapping_sub(b'0')))?;
        Some(value.saturating_mul(10).saturating_add(digit))
    })
}

fn below_60(rest: &mut &[u8]) -> Option<i64> {
    number(rest, 2).filter(|value| *value < 60)
}

fn begins_with_digit(rest: &[u8]) -> bool {
    rest.first().is_some_and(u8::is_ascii_digit)
}

/// The whole seconds of a fraction of a unit of so many seconds; zero without a fraction.
fn fraction(rest: &mut &[u8], unit: i64) -> Option<i64> {
    /// More digits are less than a second.
    const DIGITS: usize = 9;
    let [b'.' | b',', after @ ..] = *rest else { return Some(0) };
    let length = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    *rest = after.get(length..)?;
    let digits = after.get(..length.min(DIGITS)).filter(|digits| !digits.is_empty())?;
    let mut scale = 1_i64;
    for _ in digits {
        scale = scale.saturating_mul(10);
    }
    number(&mut &*digits, digits.len())?.saturating_mul(unit).checked_div(scale)
}

/// Seconds east of UTC. A local time without an offset is no moment.
fn offset(mut rest: &[u8]) -> Option<i64> {
    let (sign, after) = rest.split_first()?;
    rest = after;
    let sign = match sign {
        b'Z' => return rest.is_empty().then_some(0),
        b'+' => 1,
        b'-' => -1_i64,
        _ => return None,
    };
    let hours = number(&mut rest, 2).filter(|hours| *hours < 24)?;
    let minutes = if rest.is_empty() { 0 } else { below_60(&mut rest)? };
    let seconds = hours.saturating_mul(60).saturating_add(minutes).saturating_mul(60);
    rest.is_empty().then_some(sign.saturating_mul(seconds))
}

/// Days since the first of 1970, by the calendar of today for all years.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    const BEFORE_MONTH: [i64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
    /// Days from the year 0 to 1970.
    const TO_1970: Saturating<i64> = Saturating(719_528);
    let index = usize::try_from(month).ok()?.checked_sub(1)?;
    let before = *BEFORE_MONTH.get(index)?;
    let after = *BEFORE_MONTH.get(index.saturating_add(1))?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let leap_day = i64::from(is_leap && month == 2);
    if !(1..=after.saturating_sub(before).saturating_add(leap_day)).contains(&day) {
        return None;
    }
    // The leap days of the years before this one, that of the year 0 with them.
    let past = year.saturating_sub(1);
    let leap_days = i64::from(year != 0);
    let leap_days =
        Saturating(leap_days) + Saturating(past / 4) + Saturating(past / 400) - Saturating(past / 100);
    let leap_day_behind = i64::from(is_leap && month > 2);
    let days = Saturating(year) * Saturating(365)
        + leap_days
        + Saturating(before)
        + Saturating(leap_day_behind)
        + Saturating(day);
    Some((days - Saturating(1) - TO_1970).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::DateTime;

    fn read(identifier: u8, text: &str) -> Moment {
        Moment::read(&Element { identifier, content: text.as_bytes(), der: text.as_bytes() })
    }

    #[test]
    fn every_form_that_programs_read_is_a_moment() {
        for (identifier, text, seconds) in [
            (UTC_TIME, "260101000000Z", 1_767_225_600),
            (UTC_TIME, "2601010000Z", 1_767_225_600),
            (UTC_TIME, "260101010000+0100", 1_767_225_600),
            (UTC_TIME, "2512312330-0030", 1_767_225_600),
            (UTC_TIME, "700101000000Z", 0),
            (UTC_TIME, "691231235959Z", -1),
            (UTC_TIME, "500101000000Z", -631_152_000),
            (UTC_TIME, "491231235959Z", 2_524_607_999),
            (GENERALIZED_TIME, "20260101000000.5Z", 1_767_225_600),
            (GENERALIZED_TIME, "20260101000000,999Z", 1_767_225_600),
            (GENERALIZED_TIME, "202601010000Z", 1_767_225_600),
            (GENERALIZED_TIME, "202601010000.5Z", 1_767_225_630),
            (GENERALIZED_TIME, "2026010100Z", 1_767_225_600),
            (GENERALIZED_TIME, "2026010100.25Z", 1_767_226_500),
            (GENERALIZED_TIME, "20260101053000+0530", 1_767_225_600),
            (GENERALIZED_TIME, "20260101020000.123+02", 1_767_225_600),
            (GENERALIZED_TIME, "99991231235959Z", 253_402_300_799),
            (GENERALIZED_TIME, "19000101000000Z", -2_208_988_800),
            (GENERALIZED_TIME, "00000101000000Z", -62_167_219_200),
            (GENERALIZED_TIME, "00010101000000Z", -62_135_596_800),
        ] {
            assert_eq!(read(identifier, text), Moment::At(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_shown_as_it_is_written() {
        for text in [
            "",
            "2",
            "260101000000",
            "261301000000Z",
            "260001000000Z",
            "260229000000Z",
            "260431000000Z",
            "260100000000Z",
            "260101240000Z",
            "260101006000Z",
            "260101000060Z",
            "260101000000+",
            "260101000000+01000",
            "260101000000+2400",
            "260101000000ZZ",
            "260101000000.Z",
            "-60101000000Z",
            "2601010000000Z",
        ] {
            assert_eq!(read(UTC_TIME, text), Moment::Unreadable(text.to_owned()));
        }
        assert_eq!(read(0x0c, "1"), Moment::Unreadable("#31".to_owned()));
        assert_eq!(read(UTC_TIME, "\n"), Moment::Unreadable("\\u{a}".to_owned()));
    }

    #[test]
    fn each_day_since_1970_is_counted_as_the_der_crate_counts() {
        for year in 1970..2500 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let expected = DateTime::new(year, month, day, 0, 0, 0).ok();
                    let expected = expected.map(|date| date.unix_duration().as_secs());
                    let actual = days(year.into(), month.into(), day.into());
                    let actual = actual.map(|days| u64::try_from(days * 86_400).unwrap());
                    assert_eq!(actual, expected, "{year}-{month}-{day}");
                }
            }
        }
    }

    #[test]
    fn each_day_before_1970_follows_the_one_before_it() {
        let all = (0..=1970)
            .flat_map(|year| (1..=12).flat_map(move |month| (1..=31).map(move |day| (year, month, day))));
        let all: Vec<i64> = all.filter_map(|(year, month, day)| days(year, month, day)).collect();
        assert!(all.windows(2).all(|pair| pair[1] == pair[0] + 1));
        assert_eq!((all.first(), days(1970, 1, 1)), (Some(&-719_528), Some(0)));
    }
}
