//! Countries.
use std::fmt;
/// ISO 3166-1 alpha-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountryCode(&'static str);
/// Not a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a country code of ISO 3166-1, such as PL")]
pub struct CountryError;
/// All.
pub const COUNTRY_CODES: &[&str] = &["PL"];
impl CountryCode {
    /// Parses.
    /// # Errors
    /// When it is not a country.
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        COUNTRY_CODES
            .iter()
            .find(|code| code.eq_ignore_ascii_case(text.trim()))
            .map(|code| Self(code))
            .ok_or(CountryError)
    }
    /// Two capital letters.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}
impl fmt::Display for CountryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}
