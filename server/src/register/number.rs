use pki::{
    country::{CountryCode, CountryError},
    organization_identifier::{OrganizationIdentifier, OrganizationIdentifierError},
};
use protocol::RegistrationNumberType;

/// Longer numbers exist nowhere. Our choice.
const MAXIMUM_NUMBER_CHARACTERS: usize = 64;

/// What people put into a number to read it; in national registers they can be part of it.
const READING_AIDS: [char; 3] = ['-', '.', '/'];

/// A number under which a register knows an organization, in the one form that registers use: capital letters, no
/// spaces, none of the characters that people put in between to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationNumber {
    scheme: RegistrationNumberType,
    number: String,
    country: Option<CountryCode>,
}

/// Why a text is no registration number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Nothing is left without spaces and dashes.
    #[error("Enter the registration number.")]
    Empty,
    /// Too long for any register.
    #[error("A registration number has at most 64 characters.")]
    TooLong,
    /// A character that no register uses.
    #[error("A registration number has only letters, digits, dots, slashes and dashes.")]
    Character,
    /// The country is none.
    #[error(transparent)]
    Country(#[from] CountryError),
    /// An LEI with a typing error.
    #[error(transparent)]
    Lei(#[from] OrganizationIdentifierError),
}

impl RegistrationNumber {
    /// Reads what a person typed or pasted. An LEI needs no country.
    ///
    /// # Errors
    /// No register can have such a number.
    pub fn parse(scheme: RegistrationNumberType, text: &str, country: &str) -> Result<Self, NumberError> {
        let country = match (scheme, country) {
            (RegistrationNumberType::Lei, "") => None,
            _ => Some(CountryCode::parse(country)?),
        };
        let number: String =
            text.chars().filter(|character| !is_filler(*character)).flat_map(char::to_uppercase).collect();
        let number = match scheme {
            RegistrationNumberType::Ntr => number,
            RegistrationNumberType::Lei => number.replace(READING_AIDS, ""),
            // "PL 123-45-67-890" and "1234567890" are one number.
            RegistrationNumberType::Vat => {
                let number = number.replace(READING_AIDS, "");
                country
                    .and_then(|country| number.strip_prefix(country.as_str()))
                    .unwrap_or(&number)
                    .to_owned()
            }
        };
        if number.is_empty() {
            return Err(NumberError::Empty);
        }
        if number.chars().count() > MAXIMUM_NUMBER_CHARACTERS {
            return Err(NumberError::TooLong);
        }
        let allowed =
            |character: char| character.is_ascii_alphanumeric() || READING_AIDS.contains(&character);
        if !number.chars().all(allowed) {
            return Err(NumberError::Character);
        }
        if scheme == RegistrationNumberType::Lei {
            OrganizationIdentifier::parse(&format!("LEIXG-{number}"))?;
        }
        Ok(Self { scheme, number, country })
    }

    /// Which kind of number.
    #[must_use]
    pub fn scheme(&self) -> RegistrationNumberType {
        self.scheme
    }

    /// The number in canonical form.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The country in whose register it is; an LEI is unique without.
    #[must_use]
    pub fn country(&self) -> Option<CountryCode> {
        self.country
    }
}

/// Spaces of every kind and characters without width, which come along when a number is copied.
fn is_filler(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{NumberError, RegistrationNumber};
    use protocol::RegistrationNumberType::{Lei, Ntr, Vat};

    #[test]
    fn a_copied_number_is_read_without_what_people_put_in_between() {
        for (scheme, text, expected) in [
            (Ntr, " 0000\u{a0}123 456\u{200b}", "0000123456"),
            (Ntr, "HRB 12345", "HRB12345"),
            (Vat, "pl 526-030.05/17", "5260300517"),
            (Vat, "5260300517", "5260300517"),
        ] {
            let number = RegistrationNumber::parse(scheme, text, "PL").unwrap();
            assert_eq!(number.number(), expected);
        }
    }

    #[test]
    fn what_no_register_can_have_is_refused() {
        for (text, expected) in [
            ("\u{200b}", NumberError::Empty),
            ("12;DROP", NumberError::Character),
            ("żółć", NumberError::Character),
            (&"1".repeat(65), NumberError::TooLong),
        ] {
            assert_eq!(RegistrationNumber::parse(Ntr, text, "PL").unwrap_err(), expected, "{text:?}");
        }
        assert!(RegistrationNumber::parse(Ntr, "1", "Poland").is_err());
    }

    #[test]
    fn an_lei_with_a_typing_error_is_refused() {
        assert!(RegistrationNumber::parse(Lei, "529900T8BM49AURSDO55", "DE").is_ok());
        assert!(RegistrationNumber::parse(Lei, "529900T8BM49AURSDO56", "DE").is_err());
    }

    #[test]
    fn only_an_lei_needs_no_country() {
        assert!(RegistrationNumber::parse(Lei, "529900T8BM49AURSDO55", "").is_ok());
        assert!(RegistrationNumber::parse(Ntr, "0000123456", "").is_err());
        assert!(RegistrationNumber::parse(Vat, "5260300517", "").is_err());
    }
}
