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

fn format(moment: Timestamp, options: &[(&str, &str)]) -> String {
    let format = Intl::DateTimeFormat::new(&Array::of1(&DATE_LANGUAGE.into()), &object(options));
    let date = Date::new(&JsValue::from_str(&moment.to_string()));
    let text = format.format().call1(&JsValue::UNDEFINED, &date).ok().and_then(|text| text.as_string());
    text.unwrap_or_else(|| moment.to_string())
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
