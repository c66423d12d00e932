//! Countries as certificates name them.

use std::fmt;

/// A country by its two capital letters (ISO 3166-1 alpha-2, S/MIME BR §7.1.4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CountryCode(&'static str);

/// A text that is not the code of a country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Enter a country as two letters, such as PL.")]
pub struct CountryError;

impl CountryCode {
    /// Parses two letters; small letters and spaces around them are accepted.
    ///
    /// # Errors
    /// When no country has this code.
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        let text = text.trim_matches(' ');
        COUNTRY_CODES
            .iter()
            .find(|code| code.eq_ignore_ascii_case(text))
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

/// The officially assigned codes, in order (ISO 3166-1, 249 entries).
#[rustfmt::skip]
pub const COUNTRY_CODES: &[&str] = &[
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB",
    "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY",
    "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CW", "CX",
    "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK",
    "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS",
    "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR",
    "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA",
    "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE",
    "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM",
    "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG",
    "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF",
    "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY",
    "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_found_in_capital_and_small_letters() {
        for code in COUNTRY_CODES {
            assert_eq!(CountryCode::parse(code).unwrap().as_str(), *code);
            assert_eq!(CountryCode::parse(&format!(" {} ", code.to_lowercase())).unwrap().as_str(), *code);
        }
    }

    #[test]
    fn what_is_not_a_country_is_refused() {
        for text in ["", "P", "POL", "XX", "XG", "EL", "UK", "EU", "12", "PL\n", "\u{410}\u{410}"] {
            assert_eq!(CountryCode::parse(text), Err(CountryError), "{text:?}");
        }
    }

    #[test]
    fn the_list_has_249_different_entries_in_order() {
        assert_eq!(COUNTRY_CODES.len(), 249);
        assert!(COUNTRY_CODES.is_sorted_by(|left, right| left < right));
    }
}
