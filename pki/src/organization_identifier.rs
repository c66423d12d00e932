//! Organization identifiers.
use crate::country::CountryCode;
use std::fmt;
/// Which register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistrationScheme {
    /// National trade register.
    Ntr,
    /// Value added tax number.
    Vat,
    /// Legal Entity Identifier.
    Lei,
    /// A government entity, without a number.
    Gov,
    /// An international organization, without a number.
    Int,
}
/// Such as `NTRPL-0000123456`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrganizationIdentifier {
    text: String,
    scheme: RegistrationScheme,
    country: Option<CountryCode>,
}
/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrganizationIdentifierError {
    /// Nothing.
    #[error("enter an identifier")]
    Empty,
}
impl OrganizationIdentifier {
    /// Parses the text form.
    /// # Errors
    /// When it breaks its scheme's rules.
    pub fn parse(text: &str) -> Result<Self, OrganizationIdentifierError> {
        todo!("{text}")
    }
    /// Puts one together. `country` is not used for LEI and INT; `reference` is empty for GOV and INT.
    /// # Errors
    /// When it breaks its scheme's rules.
    pub fn new(
        scheme: RegistrationScheme,
        country: CountryCode,
        reference: &str,
    ) -> Result<Self, OrganizationIdentifierError> {
        todo!("{scheme:?} {country} {reference}")
    }
    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// The scheme.
    pub fn scheme(&self) -> RegistrationScheme {
        self.scheme
    }
    /// The country; none for LEI and INT.
    pub fn country(&self) -> Option<CountryCode> {
        self.country
    }
    /// The number in the register; empty for GOV and INT.
    pub fn reference(&self) -> &str {
        todo!()
    }
}
impl fmt::Display for OrganizationIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
