//! The subject of a subscriber's certificate: which organization, and which of its addresses.

use crate::country::CountryCode;
use crate::mailbox::Mailbox;
use crate::organization_identifier::OrganizationIdentifier;
use der::asn1::{Any, ObjectIdentifier, SetOfVec};
use der::{Decode, Encode, Tag};
use std::fmt;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

mod text;

pub use text::FieldError;

/// Longest organization name and common name, in characters (RFC 5280 Appendix A.1, `ub-organization-name`).
pub const MAXIMUM_NAME_CHARACTERS: usize = 64;
/// Longest locality and state or province, in characters (RFC 5280 Appendix A.1, `ub-locality-name`).
pub const MAXIMUM_PLACE_CHARACTERS: usize = 128;

/// What the common name repeats; it may be nothing else (S/MIME BR §7.1.4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommonName {
    /// The organization's name.
    Organization,
    /// The address.
    Mailbox,
}

/// What a subject is put together from, each part verified before.
#[derive(Clone, Debug)]
pub struct SubjectFields {
    /// The legal name.
    pub organization: String,
    /// The number in a register.
    pub organization_identifier: OrganizationIdentifier,
    /// What the common name repeats.
    pub common_name: CommonName,
    /// The country, if it is to stand in the subject.
    pub country: Option<CountryCode>,
    /// The state or province, if it is to stand in the subject; needs the country.
    pub state_or_province: Option<String>,
    /// The locality, if it is to stand in the subject; needs the country.
    pub locality: Option<String>,
    /// The address.
    pub mailbox: Mailbox,
}

/// A field of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectField {
    /// countryName.
    Country,
    /// stateOrProvinceName.
    StateOrProvince,
    /// localityName.
    Locality,
    /// organizationName.
    Organization,
    /// organizationIdentifier.
    OrganizationIdentifier,
    /// commonName.
    CommonName,
    /// emailAddress.
    Mailbox,
}

impl SubjectField {
    /// All, in the order in which a subject has them.
    pub const ALL: [Self; 7] = [
        Self::Country,
        Self::StateOrProvince,
        Self::Locality,
        Self::Organization,
        Self::OrganizationIdentifier,
        Self::CommonName,
        Self::Mailbox,
    ];

    /// What pages call it, such as `State or province`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Country => "Country",
            Self::StateOrProvince => "State or province",
            Self::Locality => "Locality",
            Self::Organization => "Organization",
            Self::OrganizationIdentifier => "Organization identifier",
            Self::CommonName => "Common name",
            Self::Mailbox => "E-mail address",
        }
    }

    /// Its attribute type and how its value is encoded (RFC 5280 §4.1.2.4, Appendix A.1; S/MIME BR §7.1.4.2.2).
    fn attribute_type(self) -> (ObjectIdentifier, Tag) {
        const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
        const STATE_OR_PROVINCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.8");
        const LOCALITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");
        const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
        const ORGANIZATION_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.97");
        const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
        const EMAIL_ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");
        match self {
            Self::Country => (COUNTRY, Tag::PrintableString),
            Self::StateOrProvince => (STATE_OR_PROVINCE, Tag::Utf8String),
            Self::Locality => (LOCALITY, Tag::Utf8String),
            Self::Organization => (ORGANIZATION, Tag::Utf8String),
            Self::OrganizationIdentifier => (ORGANIZATION_IDENTIFIER, Tag::Utf8String),
            Self::CommonName => (COMMON_NAME, Tag::Utf8String),
            Self::Mailbox => (EMAIL_ADDRESS, Tag::Ia5String),
        }
    }

    /// The field of an attribute type, if subjects of this project have it.
    pub(crate) fn from_attribute_type(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.attribute_type().0 == oid)
    }

    fn maximum_characters(self) -> usize {
        match self {
            Self::StateOrProvince | Self::Locality => MAXIMUM_PLACE_CHARACTERS,
            _ => MAXIMUM_NAME_CHARACTERS,
        }
    }
}

impl fmt::Display for SubjectField {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.label())
    }
}

/// A field that cannot stand in a subject.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct SubjectError {
    /// Which.
    pub field: SubjectField,
    /// Why.
    #[source]
    pub reason: FieldError,
}

/// A subject as an organization-validated strict certificate may have it.
///
/// S/MIME BR §7.1.4.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    attributes: Vec<(SubjectField, String)>,
    name: Name,
    mailbox: Mailbox,
}

impl Subject {
    /// Checks the fields and puts them in order: country, state or province, locality, organization, its identifier,
    /// common name, address. Spaces around a text are dropped.
    ///
    /// # Errors
    /// One entry for each field that cannot stand.
    pub fn new(fields: SubjectFields) -> Result<Self, Vec<SubjectError>> {
        let mut errors = text_errors(&fields);
        errors.extend(dependency_errors(&fields));
        if !errors.is_empty() {
            return Err(errors);
        }
        let attributes = in_order(&fields);
        let name = encode(&attributes)?;
        Ok(Self { attributes, name, mailbox: fields.mailbox })
    }

    /// The distinguished name.
    pub fn to_name(&self) -> Name {
        self.name.clone()
    }

    /// Label such as `Organization` and value of each attribute, in order.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        self.attributes.iter().map(|(field, value)| (field.label(), value.clone())).collect()
    }

    /// Field and value of each attribute, in order.
    pub fn fields(&self) -> &[(SubjectField, String)] {
        &self.attributes
    }

    /// The address, which subjectAltName repeats.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }
}

/// Checks the text of one field, spaces around it apart.
///
/// # Errors
/// When it is empty, too long, not a real value, or has characters that a certificate should not carry.
pub fn check_field(field: SubjectField, text: &str) -> Result<(), FieldError> {
    text::check(text.trim(), field.maximum_characters())
}

fn text_errors(fields: &SubjectFields) -> Vec<SubjectError> {
    let texts = [
        (SubjectField::Organization, Some(&fields.organization)),
        (SubjectField::StateOrProvince, fields.state_or_province.as_ref()),
        (SubjectField::Locality, fields.locality.as_ref()),
    ];
    texts
        .into_iter()
        .filter_map(|(field, text)| {
            check_field(field, text?).err().map(|reason| SubjectError { field, reason })
        })
        .collect()
}

fn dependency_errors(fields: &SubjectFields) -> Vec<SubjectError> {
    let mut errors = Vec::new();
    let mut report = |field, reason| errors.push(SubjectError { field, reason });
    if fields.country.is_none() {
        if fields.state_or_province.is_some() {
            report(SubjectField::StateOrProvince, FieldError::CountryMissing);
        }
        if fields.locality.is_some() {
            report(SubjectField::Locality, FieldError::CountryMissing);
        }
    }
    let identifier = &fields.organization_identifier;
    if let Some(country) = fields.country
        && identifier.country().is_some()
        && identifier.country_text() != country.as_str()
    {
        report(SubjectField::OrganizationIdentifier, FieldError::CountryDiffers);
    }
    let address_characters = fields.mailbox.as_str().chars().count();
    if fields.common_name == CommonName::Mailbox && address_characters > MAXIMUM_NAME_CHARACTERS {
        let reason = FieldError::TooLong { actual: address_characters, maximum: MAXIMUM_NAME_CHARACTERS };
        report(SubjectField::CommonName, reason);
    }
    errors
}

fn in_order(fields: &SubjectFields) -> Vec<(SubjectField, String)> {
    let organization = fields.organization.trim().to_owned();
    let mailbox = fields.mailbox.to_string();
    let common_name = match fields.common_name {
        CommonName::Organization => organization.clone(),
        CommonName::Mailbox => mailbox.clone(),
    };
    let trimmed = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned());
    [
        (SubjectField::Country, fields.country.map(|country| country.to_string())),
        (SubjectField::StateOrProvince, trimmed(&fields.state_or_province)),
        (SubjectField::Locality, trimmed(&fields.locality)),
        (SubjectField::Organization, Some(organization)),
        (SubjectField::OrganizationIdentifier, Some(fields.organization_identifier.to_string())),
        (SubjectField::CommonName, Some(common_name)),
        (SubjectField::Mailbox, Some(mailbox)),
    ]
    .into_iter()
    .filter_map(|(field, value)| Some((field, value?)))
    .collect()
}

/// One attribute in each relative distinguished name (S/MIME BR §7.1.4.1).
pub(crate) fn encode(attributes: &[(SubjectField, String)]) -> Result<Name, Vec<SubjectError>> {
    let mut sequence = RdnSequence::default();
    for (field, value) in attributes {
        let (oid, tag) = field.attribute_type();
        let element = name_element(oid, tag, value);
        let error = |_| vec![SubjectError { field: *field, reason: FieldError::Encoding }];
        sequence.push(element.map_err(error)?);
    }
    let name = sequence.to_der().and_then(|der| Name::from_der(&der));
    name.map_err(|_undecodable| {
        vec![SubjectError { field: SubjectField::Organization, reason: FieldError::Encoding }]
    })
}

/// A relative distinguished name of one attribute.
pub(crate) fn name_element(
    oid: ObjectIdentifier,
    tag: Tag,
    value: &str,
) -> der::Result<RelativeDistinguishedName> {
    let value = Any::new(tag, value.as_bytes())?;
    Ok(SetOfVec::try_from(vec![AttributeTypeAndValue { oid, value }])?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> SubjectFields {
        SubjectFields {
            organization: "Przykładowa Spółka z o.o.".into(),
            organization_identifier: OrganizationIdentifier::parse("NTRPL-0000123456").unwrap(),
            common_name: CommonName::Organization,
            country: Some(CountryCode::parse("PL").unwrap()),
            state_or_province: Some("Zachodniopomorskie".into()),
            locality: Some(" Szczecin ".into()),
            mailbox: Mailbox::parse("Anna.Nowak@example.com").unwrap(),
        }
    }

    fn reasons(fields: SubjectFields) -> Vec<(SubjectField, FieldError)> {
        Subject::new(fields).unwrap_err().into_iter().map(|error| (error.field, error.reason)).collect()
    }

    #[test]
    fn the_attributes_stand_in_their_order() {
        let subject = Subject::new(fields()).unwrap();
        let expected = [
            ("Country", "PL"),
            ("State or province", "Zachodniopomorskie"),
            ("Locality", "Szczecin"),
            ("Organization", "Przykładowa Spółka z o.o."),
            ("Organization identifier", "NTRPL-0000123456"),
            ("Common name", "Przykładowa Spółka z o.o."),
            ("E-mail address", "Anna.Nowak@example.com"),
        ];
        assert_eq!(subject.attributes(), expected.map(|(label, value)| (label, value.to_owned())));
        assert_eq!(subject.to_name().len(), 7);
        assert_eq!(subject.mailbox().as_str(), "Anna.Nowak@example.com");
    }

    #[test]
    fn the_common_name_repeats_the_address_when_it_is_chosen() {
        let subject = Subject::new(SubjectFields { common_name: CommonName::Mailbox, ..fields() }).unwrap();
        assert!(subject.attributes().contains(&("Common name", "Anna.Nowak@example.com".to_owned())));
    }

    #[test]
    fn a_place_needs_its_country() {
        assert_eq!(
            reasons(SubjectFields { country: None, ..fields() }),
            [
                (SubjectField::StateOrProvince, FieldError::CountryMissing),
                (SubjectField::Locality, FieldError::CountryMissing)
            ]
        );
        let without = SubjectFields { country: None, state_or_province: None, locality: None, ..fields() };
        assert_eq!(Subject::new(without).unwrap().attributes().len(), 4);
    }

    #[test]
    fn the_identifier_belongs_to_the_country_of_the_subject() {
        let germany = CountryCode::parse("DE").ok();
        assert_eq!(
            reasons(SubjectFields { country: germany, ..fields() }),
            [(SubjectField::OrganizationIdentifier, FieldError::CountryDiffers)]
        );
        let lei = OrganizationIdentifier::parse("LEIXG-529900T8BM49AURSDO55").unwrap();
        let worldwide = SubjectFields { country: germany, organization_identifier: lei, ..fields() };
        assert!(Subject::new(worldwide).is_ok());
    }

    #[test]
    fn names_have_64_characters_and_places_128_whatever_their_bytes() {
        let with = |organization: usize, locality: usize| SubjectFields {
            organization: "ż".repeat(organization),
            locality: Some("ó".repeat(locality)),
            ..fields()
        };
        assert!(Subject::new(with(64, 128)).is_ok());
        assert_eq!(
            reasons(with(65, 129)),
            [
                (SubjectField::Organization, FieldError::TooLong { actual: 65, maximum: 64 }),
                (SubjectField::Locality, FieldError::TooLong { actual: 129, maximum: 128 })
            ]
        );
    }

    #[test]
    fn an_address_of_more_than_64_characters_cannot_be_the_common_name() {
        let mailbox = Mailbox::parse(&format!("{}@example.com", "a".repeat(53))).unwrap();
        let long = SubjectFields { mailbox, ..fields() };
        assert!(Subject::new(long.clone()).is_ok());
        assert_eq!(
            reasons(SubjectFields { common_name: CommonName::Mailbox, ..long }),
            [(SubjectField::CommonName, FieldError::TooLong { actual: 65, maximum: 64 })]
        );
    }

    #[test]
    fn every_field_that_cannot_stand_is_named() {
        let bad = SubjectFields {
            organization: "Smith &amp; Sons".into(),
            state_or_province: Some("-".into()),
            locality: Some("  ".into()),
            ..fields()
        };
        assert_eq!(
            reasons(bad),
            [
                (SubjectField::Organization, FieldError::HtmlEntity),
                (SubjectField::StateOrProvince, FieldError::Placeholder),
                (SubjectField::Locality, FieldError::Empty)
            ]
        );
    }
}
