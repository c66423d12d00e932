//! Dates, countries, sizes and spelling, from the browser's own tables.

use js_sys::{Array, Date, Intl, JsString, Object, Reflect};
use pki::country::COUNTRY_CODES;
use protocol::Timestamp;
use wasm_bindgen::JsValue;

/// The language of the application.
const LANGUAGE: &str = "en";
/// The language of dates: English words, day before month.
const DATE_LANGUAGE: &str = "en-GB";

/// A day, such as `22 November 2026`, in the person's time zone.
pub(crate) fn date(moment: Timestamp) -> String {
    format(moment, &[("dateStyle", "long")])
}

/// A day and time, such as `22 Nov 2026, 16:41`, in the person's time zone.
pub(crate) fn date_and_time(moment: Timestamp) -> String {
    format(moment, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// As [`date_and_time`], for Unix time that may be before 1970; a moment that no calendar has, as a number.
pub(crate) fn date_and_time_of_any_year(unix_seconds: i64) -> String {
    const SECONDS_PER_DAY: i64 = 86_400;
    /// The first moment of the year 1: a calendar counts the years before it backwards.
    const YEAR_1: i64 = -62_135_596_800;
    let as_number = || format!("{unix_seconds} seconds after the beginning of 1970");
    // In two parts, as each fits into a number of JavaScript without a rounding that would have to be thought about.
    let days = i32::try_from(unix_seconds.div_euclid(SECONDS_PER_DAY));
    let seconds = i32::try_from(unix_seconds.rem_euclid(SECONDS_PER_DAY));
    let (Ok(days), Ok(seconds)) = (days, seconds) else { return as_number() };
    let milliseconds = f64::from(days) * 86_400_000.0 + f64::from(seconds) * 1000.0;
    let date = Date::new(&JsValue::from_f64(milliseconds));
    let era = if unix_seconds < YEAR_1 { " BC" } else { "" };
    let text = format_date(&date, &[("dateStyle", "medium"), ("timeStyle", "short")]);
    text.map_or_else(as_number, |text| text + era)
}

fn format(moment: Timestamp, options: &[(&str, &str)]) -> String {
    let date = Date::new(&JsValue::from_str(&moment.to_string()));
    format_date(&date, options).unwrap_or_else(|| moment.to_string())
}

fn format_date(date: &Date, options: &[(&str, &str)]) -> Option<String> {
    let format = Intl::DateTimeFormat::new(&Array::of1(&DATE_LANGUAGE.into()), &object(options));
    format.format().call1(&JsValue::UNDEFINED, date).ok()?.as_string()
}

/// The present moment by the person's clock.
pub(crate) fn now() -> Option<Timestamp> {
    /// `YYYY-MM-DDTHH:MM:SS`, without the fraction that follows.
    const LENGTH_CHARACTERS: usize = 19;
    let text: String = now_in_milliseconds().chars().take(LENGTH_CHARACTERS).collect();
    format!("{text}Z").parse().ok()
}

/// The present moment by the person's clock, such as `2026-11-30T12:00:00.000Z`.
#[expect(clippy::disallowed_methods, reason = "the one place where the page reads the clock")]
pub(crate) fn now_in_milliseconds() -> String {
    Date::new_0().to_iso_string().into()
}

/// A country as the lists show it, such as `Poland [PL]`.
pub(crate) fn country(code: &str) -> String {
    let name = display_names().of(code).and_then(|name| name.as_string());
    label(name.as_deref(), code)
}

/// Every country, code and label, ordered by label.
pub(crate) fn countries() -> Vec<(&'static str, String)> {
    let names = display_names();
    let mut countries: Vec<_> = COUNTRY_CODES
        .iter()
        .map(|code| (*code, label(names.of(code).and_then(|name| name.as_string()).as_deref(), code)))
        .collect();
    let locales = Array::of1(&LANGUAGE.into());
    countries.sort_by(|(_, one), (_, other)| {
        JsString::from(one.as_str()).locale_compare(other, &locales, &Object::new()).cmp(&0)
    });
    countries
}

fn label(name: Option<&str>, code: &str) -> String {
    match name {
        Some(name) => format!("{name} [{code}]"),
        None => code.to_owned(),
    }
}

fn display_names() -> Intl::DisplayNames {
    Intl::DisplayNames::new(&Array::of1(&LANGUAGE.into()), &object(&[("type", "region")]))
}

fn object(entries: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (key, value) in entries {
        // Cannot fail on a plain object.
        drop(Reflect::set(&object, &(*key).into(), &(*value).into()));
    }
    object
}

/// A text in Unicode's composed spelling, NFC.
pub(crate) fn composed(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}

/// A size, such as `1.4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const KILOBYTE: u64 = 1_000;
    const MEGABYTE: u64 = 1_000_000;
    match bytes {
        0..KILOBYTE => format!("{bytes} bytes"),
        KILOBYTE..MEGABYTE => format!("{} kB", bytes / KILOBYTE),
        _ => format!("{}.{} MB", bytes / MEGABYTE, bytes % MEGABYTE / (MEGABYTE / 10)),
    }
}

/// A hash or serial number in groups of four digits, easier to compare by eye.
pub(crate) fn grouped(hex: &str) -> String {
    let digits: Vec<char> = hex.chars().collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{grouped, label, size};

    #[test]
    fn a_country_is_shown_with_its_code() {
        assert_eq!(label(Some("Poland"), "PL"), "Poland [PL]");
        assert_eq!(label(None, "PL"), "PL");
    }

    #[test]
    fn sizes_read_naturally() {
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_000), "1 kB");
        assert_eq!(size(1_450_000), "1.4 MB");
        assert_eq!(size(10_485_760), "10.4 MB");
    }

    #[test]
    fn a_fingerprint_is_grouped_and_loses_no_digit() {
        assert_eq!(grouped("00112233aa"), "0011 2233 aa");
        assert_eq!(grouped(""), "");
    }
}
