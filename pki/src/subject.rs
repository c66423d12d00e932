//! Subjects.
use crate::{country::CountryCode, mailbox::Mailbox, organization_identifier::OrganizationIdentifier};
use x509_cert::name::Name;
/// What the common name repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommonName {
    /// The organization's name.
    Organization,
    /// The address.
    Mailbox,
}
/// What is put together.
#[derive(Clone, Debug)]
pub struct SubjectFields {
    /// Legal name.
    pub organization: String,
    /// Its identifier.
    pub organization_identifier: OrganizationIdentifier,
    /// What the common name repeats.
    pub common_name: CommonName,
    /// Country, when it stands in the subject.
    pub country: Option<CountryCode>,
    /// State or province, when it stands in the subject.
    pub state_or_province: Option<String>,
    /// Locality, when it stands in the subject.
    pub locality: Option<String>,
    /// The address.
    pub mailbox: Mailbox,
}
/// A subject that may stand in a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    attributes: Vec<(&'static str, String)>,
    mailbox: Mailbox,
}
/// Which field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectField {
    /// O.
    Organization,
    /// 2.5.4.97.
    OrganizationIdentifier,
    /// C.
    Country,
    /// ST.
    StateOrProvince,
    /// L.
    Locality,
    /// CN.
    CommonName,
}
/// Why not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field:?}: {reason}")]
pub struct SubjectError {
    /// Where.
    pub field: SubjectField,
    /// Why.
    pub reason: FieldError,
}
/// Why a field cannot stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// Nothing.
    #[error("fill in this field")]
    Empty,
}
impl Subject {
    /// Checks and puts together.
    /// # Errors
    /// One entry for each field that cannot stand.
    pub fn new(fields: SubjectFields) -> Result<Self, Vec<SubjectError>> {
        todo!("{fields:?}")
    }
    /// The X.501 name.
    pub fn to_name(&self) -> Name {
        todo!()
    }
    /// Label such as `Organization` and value, in order.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        self.attributes.clone()
    }
    /// The address.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }
}
/// Checks one text field (O: 64 characters, L and ST: 128).
/// # Errors
/// When it cannot stand in a certificate.
pub fn check_field(field: SubjectField, text: &str) -> Result<(), FieldError> {
    todo!("{field:?} {text}")
}
