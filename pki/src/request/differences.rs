//! Where a request says something else than the certificate will.

use super::CertificationRequest;
use crate::mailbox::Mailbox;
use crate::subject::{Subject, SubjectField};

/// What was chosen for the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The subject's attributes.
    pub subject: Vec<(SubjectField, String)>,
    /// The address.
    pub mailbox: Mailbox,
}

impl From<&Subject> for Expected {
    fn from(subject: &Subject) -> Self {
        Self { subject: subject.fields().to_vec(), mailbox: subject.mailbox().clone() }
    }
}

/// A field that the request and the certificate fill differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Such as `Organization`.
    pub field: &'static str,
    /// What the request says.
    pub in_request: String,
    /// What the certificate will say; none when it will not have the field.
    pub in_certificate: Option<String>,
}

impl Difference {
    /// The difference as a sentence.
    pub fn message(&self) -> String {
        let (field, request) = (self.field, &self.in_request);
        match &self.in_certificate {
            Some(certificate) => {
                format!("{field}: the request says “{request}”, the certificate will say “{certificate}”.")
            }
            None => format!("{field}: the request says “{request}”, the certificate will not say it."),
        }
    }
}

impl CertificationRequest {
    /// Where the request says something else. What it does not say is no difference, and none changes the certificate.
    pub fn differences(&self, expected: &Expected) -> Vec<Difference> {
        let fields = self.subject_fields().filter(|(field, _)| *field != SubjectField::Mailbox);
        let mut differences: Vec<Difference> = fields
            .filter_map(|(field, value)| {
                let chosen = expected.subject.iter().find(|(chosen, _)| *chosen == field);
                let chosen = chosen.map(|(_, chosen)| chosen.clone());
                difference(field, value, chosen.as_deref().unwrap_or_default() == value, chosen)
            })
            .collect();
        let chosen = expected.mailbox.as_str();
        let addresses = self.subject_fields().filter(|(field, _)| *field == SubjectField::Mailbox);
        for address in addresses.map(|(_, value)| value).chain(self.mailboxes()) {
            let is_same = Mailbox::parse(address).is_ok_and(|mailbox| mailbox == expected.mailbox);
            let difference = difference(SubjectField::Mailbox, address, is_same, Some(chosen.to_owned()));
            differences.extend(difference.filter(|difference| !differences.contains(difference)));
        }
        differences
    }
}

fn difference(
    field: SubjectField,
    in_request: &str,
    is_same: bool,
    in_certificate: Option<String>,
) -> Option<Difference> {
    let difference =
        || Difference { field: field.label(), in_request: in_request.to_owned(), in_certificate };
    (!is_same).then(difference)
}
