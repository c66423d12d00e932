//! The organizationIdentifier of a subject: under which number which register knows the organization.

use crate::country::CountryCode;
use std::fmt;

/// Longest identifier, in characters. Our choice: the bound of the names beside it.
pub const MAXIMUM_IDENTIFIER_CHARACTERS: usize = 64;
/// Length of a Legal Entity Identifier (ISO 17442-1 §5.1).
const LEI_CHARACTERS: usize = 20;
/// The country of schemes that belong to no country (S/MIME BR Appendix A).
const GLOBAL: &str = "XG";

/// Which kind of register knows the organization (S/MIME BR Appendix A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegistrationScheme {
    /// A national trade register.
    Ntr,
    /// A national tax authority, value added tax.
    Vat,
    /// The Legal Entity Identifier, worldwide.
    Lei,
    /// A government entity, which has no number.
    Gov,
    /// An international organization, which has no number.
    Int,
}

impl RegistrationScheme {
    /// All schemes.
    pub const ALL: [Self; 5] = [Self::Ntr, Self::Vat, Self::Lei, Self::Gov, Self::Int];

    /// The three letters that stand in the identifier.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ntr => "NTR",
            Self::Vat => "VAT",
            Self::Lei => "LEI",
            Self::Gov => "GOV",
            Self::Int => "INT",
        }
    }

    fn is_global(self) -> bool {
        matches!(self, Self::Lei | Self::Int)
    }

    fn has_reference(self) -> bool {
        !matches!(self, Self::Gov | Self::Int)
    }

    fn may_have_subdivision(self) -> bool {
        matches!(self, Self::Ntr | Self::Gov)
    }
}

/// An identifier that keeps the syntax of its scheme, such as `NTRPL-0000123456`, `VATDE-123456789`,
/// `LEIXG-529900T8BM49AURSDO55` or `GOVUS+CA`.
///
/// That the register really has this number is not known here.
///
/// S/MIME BR §7.1.4.2.2, Appendix A; ETSI EN 319 412-1 §5.1.4.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrganizationIdentifier {
    text: String,
    scheme: RegistrationScheme,
    country: Option<CountryCode>,
    reference: String,
}

impl OrganizationIdentifier {
    /// Parses the form that stands in a certificate; spaces around it are dropped.
    ///
    /// # Errors
    /// When the text does not keep the syntax of its scheme.
    pub fn parse(text: &str) -> Result<Self, OrganizationIdentifierError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(OrganizationIdentifierError::Empty);
        }
        let actual = text.chars().count();
        if actual > MAXIMUM_IDENTIFIER_CHARACTERS {
            return Err(OrganizationIdentifierError::TooLong { actual });
        }
        let (prefix, reference) = match text.split_once('-') {
            Some((prefix, reference)) => (prefix, Some(reference)),
            None => (text, None),
        };
        let (scheme, country, subdivision) = read_prefix(prefix)?;
        if subdivision.is_some() && !scheme.may_have_subdivision() {
            return Err(OrganizationIdentifierError::Subdivision);
        }
        let country_code = read_country(scheme, country)?;
        match (scheme.has_reference(), reference) {
            (true, Some(reference)) => check_reference(scheme, country, reference)?,
            (true, None) => return Err(OrganizationIdentifierError::ReferenceMissing),
            (false, Some(_)) => return Err(OrganizationIdentifierError::ReferenceNotAllowed),
            (false, None) => {}
        }
        Ok(Self {
            text: text.to_owned(),
            scheme,
            country: country_code,
            reference: reference.unwrap_or_default().to_owned(),
        })
    }

    /// Puts an identifier together. The country is not used for [`RegistrationScheme::Lei`] and
    /// [`RegistrationScheme::Int`]; the reference is empty for [`RegistrationScheme::Gov`] and [`RegistrationScheme::Int`].
    ///
    /// # Errors
    /// When the parts do not keep the syntax of the scheme.
    pub fn new(
        scheme: RegistrationScheme,
        country: CountryCode,
        reference: &str,
    ) -> Result<Self, OrganizationIdentifierError> {
        let country = if scheme.is_global() { GLOBAL } else { country.as_str() };
        let reference = reference.trim_matches(' ');
        let separator = if scheme.has_reference() || !reference.is_empty() { "-" } else { "" };
        Self::parse(&format!("{}{country}{separator}{reference}", scheme.as_str()))
    }

    /// The form that stands in a certificate.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which kind of register.
    pub fn scheme(&self) -> RegistrationScheme {
        self.scheme
    }

    /// The register's country; none for LEI and INT.
    pub fn country(&self) -> Option<CountryCode> {
        self.country
    }

    /// The two letters after the scheme as they were written: `EL` for a Greek VAT number, `XG` for LEI and INT.
    pub fn country_text(&self) -> &str {
        self.text.get(3..5).unwrap_or_default()
    }

    /// The number in the register; empty for GOV and INT.
    pub fn reference(&self) -> &str {
        &self.reference
    }
}

impl fmt::Display for OrganizationIdentifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Why a text is not an organization identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrganizationIdentifierError {
    /// Nothing was entered.
    #[error("Enter the organization's identifier, such as NTRPL-0000123456.")]
    Empty,
    /// Longer than [`MAXIMUM_IDENTIFIER_CHARACTERS`].
    #[error("The identifier has {actual} characters; {MAXIMUM_IDENTIFIER_CHARACTERS} are the most.")]
    TooLong {
        /// How long it is.
        actual: usize,
    },
    /// The first three letters are not a scheme.
    #[error("The identifier must begin with NTR, VAT, LEI, GOV or INT.")]
    Scheme,
    /// The two letters after the scheme are not a country that the scheme knows.
    #[error("After the first three letters must come a country, such as PL; for LEI and INT it is XG.")]
    Country,
    /// A subdivision such as `+CA` that is malformed, or in a scheme that has none.
    #[error("A part such as +CA may stand only after NTR or GOV and a country.")]
    Subdivision,
    /// No number.
    #[error("The number is missing.")]
    ReferenceMissing,
    /// GOV and INT have no number.
    #[error("GOV and INT have no number.")]
    ReferenceNotAllowed,
    /// A number with a character that register numbers do not have.
    #[error("The character {} cannot stand in a registration number.", .character.escape_debug())]
    ReferenceCharacter {
        /// Which.
        character: char,
    },
    /// A number without a digit other than zero, such as `-`, `0` or `n/a`.
    #[error("This is not a registration number.")]
    ReferencePlaceholder,
    /// A German trade register number that is not an EUID.
    #[error("A German trade register number is given as an EUID, such as DER3306.HRB12345.")]
    GermanReferenceNotEuid,
    /// A Legal Entity Identifier that has not 20 capital letters and digits.
    #[error("A Legal Entity Identifier has 20 capital letters and digits.")]
    LeiSyntax,
    /// A Legal Entity Identifier whose check digits are wrong.
    #[error("The Legal Entity Identifier has a typing error: its last two digits do not fit the others.")]
    LeiCheckDigits,
}

/// Splits `NTRUS+CA` into scheme, country and subdivision.
fn read_prefix(
    prefix: &str,
) -> Result<(RegistrationScheme, &str, Option<&str>), OrganizationIdentifierError> {
    let (letters, subdivision) = match prefix.split_once('+') {
        Some((letters, subdivision)) => (letters, Some(subdivision)),
        None => (prefix, None),
    };
    let scheme_letters = letters.get(..3).ok_or(OrganizationIdentifierError::Scheme)?;
    let scheme = RegistrationScheme::ALL
        .into_iter()
        .find(|scheme| scheme.as_str() == scheme_letters)
        .ok_or(OrganizationIdentifierError::Scheme)?;
    let country = letters.get(3..).unwrap_or_default();
    let well_formed = |text: &str| {
        (1..=3).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if subdivision.is_some_and(|subdivision| !well_formed(subdivision)) {
        return Err(OrganizationIdentifierError::Subdivision);
    }
    Ok((scheme, country, subdivision))
}

/// The country behind the two letters: VAT numbers of Greece begin with EL, those of Northern Ireland with XI.
fn read_country(
    scheme: RegistrationScheme,
    letters: &str,
) -> Result<Option<CountryCode>, OrganizationIdentifierError> {
    if scheme.is_global() {
        return if letters == GLOBAL { Ok(None) } else { Err(OrganizationIdentifierError::Country) };
    }
    let iso_letters = match (scheme, letters) {
        (RegistrationScheme::Vat, "EL") => "GR",
        (RegistrationScheme::Vat, "XI") => "GB",
        _ => letters,
    };
    match CountryCode::parse(iso_letters) {
        Ok(country) if country.as_str() == iso_letters => Ok(Some(country)),
        _ => Err(OrganizationIdentifierError::Country),
    }
}

fn check_reference(
    scheme: RegistrationScheme,
    country: &str,
    reference: &str,
) -> Result<(), OrganizationIdentifierError> {
    if reference.is_empty() {
        return Err(OrganizationIdentifierError::ReferenceMissing);
    }
    if scheme == RegistrationScheme::Lei {
        return check_lei(reference);
    }
    let known = |character: char| character.is_ascii_alphanumeric() || "-./ +*".contains(character);
    if let Some(character) = reference.chars().find(|character| !known(*character)) {
        return Err(OrganizationIdentifierError::ReferenceCharacter { character });
    }
    // "NTRPL-n/a", "NTRPL-0", "NTRPL-government entity": each was seen in misissued certificates.
    if !reference.bytes().any(|byte| matches!(byte, b'1'..=b'9')) || reference.trim_matches(' ') != reference
    {
        return Err(OrganizationIdentifierError::ReferencePlaceholder);
    }
    if scheme == RegistrationScheme::Ntr && country == "DE" && !is_german_euid(reference) {
        return Err(OrganizationIdentifierError::GermanReferenceNotEuid);
    }
    Ok(())
}

/// `DE`, the register court, a dot, and the number there (S/MIME BR §7.1.4.2.2, Regulation (EU) 2015/884).
fn is_german_euid(reference: &str) -> bool {
    let Some((register, number)) = reference.split_once('.') else { return false };
    let alphanumeric = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    register.strip_prefix("DE").is_some_and(alphanumeric) && alphanumeric(number)
}

/// ISO 17442-1 §5 with the check digits of ISO/IEC 7064 MOD 97-10: letters count 10 to 35, the remainder is 1.
fn check_lei(reference: &str) -> Result<(), OrganizationIdentifierError> {
    if reference.len() != LEI_CHARACTERS {
        return Err(OrganizationIdentifierError::LeiSyntax);
    }
    let mut remainder: u32 = 0;
    for character in reference.chars() {
        let value = match character {
            '0'..='9' | 'A'..='Z' => character.to_digit(36).unwrap_or_default(),
            _ => return Err(OrganizationIdentifierError::LeiSyntax),
        };
        let shift = if value < 10 { 10 } else { 100 };
        remainder = remainder.wrapping_mul(shift).wrapping_add(value) % 97;
    }
    if remainder == 1 { Ok(()) } else { Err(OrganizationIdentifierError::LeiCheckDigits) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationIdentifierError as Error;
    use proptest::prelude::*;

    #[test]
    fn each_scheme_is_read() {
        for (text, scheme, country, reference) in [
            ("NTRPL-0000123456", RegistrationScheme::Ntr, Some("PL"), "0000123456"),
            ("NTRDE-DER3306.HRB12345", RegistrationScheme::Ntr, Some("DE"), "DER3306.HRB12345"),
            ("NTRUS+CA-12345678", RegistrationScheme::Ntr, Some("US"), "12345678"),
            ("VATPL-5260001246", RegistrationScheme::Vat, Some("PL"), "5260001246"),
            ("VATEL-123456789", RegistrationScheme::Vat, Some("GR"), "123456789"),
            ("VATXI-123456789", RegistrationScheme::Vat, Some("GB"), "123456789"),
            ("LEIXG-529900T8BM49AURSDO55", RegistrationScheme::Lei, None, "529900T8BM49AURSDO55"),
            ("GOVPL", RegistrationScheme::Gov, Some("PL"), ""),
            ("GOVUS+CA", RegistrationScheme::Gov, Some("US"), ""),
            ("INTXG", RegistrationScheme::Int, None, ""),
        ] {
            let identifier = OrganizationIdentifier::parse(text).unwrap();
            assert_eq!(identifier.as_str(), text);
            assert_eq!(identifier.scheme(), scheme, "{text}");
            assert_eq!(identifier.country().map(CountryCode::as_str), country, "{text}");
            assert_eq!(identifier.reference(), reference, "{text}");
        }
    }

    #[test]
    fn each_fault_has_its_reason() {
        for (text, error) in [
            ("", Error::Empty),
            ("DUNSPL-123456789", Error::Scheme),
            ("ntrPL-123", Error::Scheme),
            ("PSDPL-PFSA-123", Error::Scheme),
            ("NT", Error::Scheme),
            ("NTR", Error::Country),
            ("NTRXX-1", Error::Country),
            ("NTRpl-1", Error::Country),
            ("NTRPOL-1", Error::Country),
            ("NTREL-1", Error::Country),
            ("LEIPL-529900T8BM49AURSDO55", Error::Country),
            ("INTPL", Error::Country),
            ("VATUS+CA-1", Error::Subdivision),
            ("NTRUS+CALI-1", Error::Subdivision),
            ("NTRUS+-1", Error::Subdivision),
            ("NTRPL", Error::ReferenceMissing),
            ("NTRPL-", Error::ReferenceMissing),
            ("GOVPL-1", Error::ReferenceNotAllowed),
            ("INTXG-1", Error::ReferenceNotAllowed),
            ("NTRPL-12_3", Error::ReferenceCharacter { character: '_' }),
            ("NTRPL-12\n3", Error::ReferenceCharacter { character: '\n' }),
            ("NTRPL-٣", Error::ReferenceCharacter { character: '٣' }),
            ("NTRPL--", Error::ReferencePlaceholder),
            ("NTRPL-0", Error::ReferencePlaceholder),
            ("NTRPL-n/a", Error::ReferencePlaceholder),
            ("NTRPL-government entity", Error::ReferencePlaceholder),
            ("NTRDE-HRB 12345", Error::GermanReferenceNotEuid),
            ("NTRDE-ATR3306.HRB12345", Error::GermanReferenceNotEuid),
            ("LEIXG-529900T8BM49AURSDO5", Error::LeiSyntax),
            ("LEIXG-529900t8bm49aursdo55", Error::LeiSyntax),
            ("LEIXG-529900T8BM49AURSDO56", Error::LeiCheckDigits),
            ("LEIXG-529900T8BM94AURSDO55", Error::LeiCheckDigits),
        ] {
            assert_eq!(OrganizationIdentifier::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn the_longest_identifier_has_64_characters() {
        let identifier = |digits: usize| format!("NTRPL-{}", "1".repeat(digits));
        assert!(OrganizationIdentifier::parse(&identifier(58)).is_ok());
        assert_eq!(OrganizationIdentifier::parse(&identifier(59)), Err(Error::TooLong { actual: 65 }));
    }

    #[test]
    fn an_identifier_is_put_together_from_its_parts() {
        let poland = CountryCode::parse("PL").unwrap();
        let text = |scheme, reference| {
            OrganizationIdentifier::new(scheme, poland, reference).map(|identifier| identifier.to_string())
        };
        assert_eq!(text(RegistrationScheme::Ntr, " 0000123456 "), Ok("NTRPL-0000123456".into()));
        assert_eq!(
            text(RegistrationScheme::Lei, "529900T8BM49AURSDO55"),
            Ok("LEIXG-529900T8BM49AURSDO55".into())
        );
        assert_eq!(text(RegistrationScheme::Gov, ""), Ok("GOVPL".into()));
        assert_eq!(text(RegistrationScheme::Gov, "12"), Err(Error::ReferenceNotAllowed));
        assert_eq!(text(RegistrationScheme::Vat, ""), Err(Error::ReferenceMissing));
    }

    proptest! {
        #[test]
        fn another_letter_or_digit_breaks_the_check_digits(
            position in 0_usize..20,
            letter in "[A-Z]",
            digit in "[0-9]",
        ) {
            let lei = "529900T8BM49AURSDO55";
            let mut changed = lei.to_owned();
            let replacement = if lei.as_bytes()[position].is_ascii_digit() { digit } else { letter };
            changed.replace_range(position..=position, &replacement);
            prop_assume!(changed != lei);
            prop_assert_eq!(check_lei(&changed), Err(Error::LeiCheckDigits));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(NTR|VAT|LEI|GOV|INT)?\\PC{0,40}") {
            if let Ok(identifier) = OrganizationIdentifier::parse(&text) {
                prop_assert_eq!(OrganizationIdentifier::parse(identifier.as_str()), Ok(identifier));
            }
        }
    }
}
