//! What the examiner does with a task. No browser is needed for it, so it is tested natively.

use super::messages::{
    CorrectRequest, Difference, Examine, ExpectedCertificate, Mend, RequestedExtension, Verdict, WrongRequest,
};
use pki::{
    mailbox::Mailbox,
    request::{self, CertificationRequest, Defect, Expected, Place},
    subject::SubjectField,
};
use wasm_crypto::examination::{self, SignatureVerifier};

/// Judges it.
pub async fn examine(asked: &Examine, verifier: &impl SignatureVerifier) -> Verdict {
    match examination::examine(&asked.input, verifier).await {
        Ok(request) => {
            let expected = asked.expected.as_ref().and_then(expected);
            let differences = expected.map(|expected| request.differences(&expected)).unwrap_or_default();
            Verdict::Correct(CorrectRequest {
                differences: differences.into_iter().map(Difference::from).collect(),
                ..(&request).into()
            })
        }
        Err(defect) => Verdict::Wrong(WrongRequest {
            mend: request::mend(&asked.input, &defect).map(Mend::from),
            ..(&defect).into()
        }),
    }
}

/// None when the address is none: there is nothing to compare with then.
fn expected(chosen: &ExpectedCertificate) -> Option<Expected> {
    let field = |label: &str| SubjectField::ALL.into_iter().find(|field| field.label() == label);
    let subject = chosen.subject.iter().filter_map(|(label, value)| Some((field(label)?, value.clone())));
    Some(Expected { subject: subject.collect(), mailbox: Mailbox::parse(&chosen.mailbox).ok()? })
}

impl From<&CertificationRequest> for CorrectRequest {
    fn from(request: &CertificationRequest) -> Self {
        Self {
            subject: request.subject_text().to_owned(),
            subject_attributes: request.subject_attributes().to_vec(),
            requested_extensions: request
                .requested_extensions()
                .iter()
                .map(RequestedExtension::from)
                .collect(),
            ignored_parts: request.ignored_parts(),
            differences: Vec::new(),
            key_algorithm: request.key_algorithm().to_string(),
            signature: request.signature_algorithm_name().to_owned(),
            public_key_sha256: request.public_key().sha256_hex(),
            csr_pem: request.to_pem(),
            warnings: request.warnings().iter().map(|warning| warning.message().to_owned()).collect(),
        }
    }
}

impl From<&request::RequestedExtension> for RequestedExtension {
    fn from(extension: &request::RequestedExtension) -> Self {
        Self { name: extension.name.clone(), value: extension.value.clone(), critical: extension.critical }
    }
}

impl From<request::Difference> for Difference {
    fn from(difference: request::Difference) -> Self {
        Self {
            field: difference.field.to_owned(),
            in_request: difference.in_request,
            in_certificate: difference.in_certificate,
        }
    }
}

impl From<request::Mend> for Mend {
    fn from(mend: request::Mend) -> Self {
        Self { label: mend.label.to_owned(), text: mend.text }
    }
}

impl From<&Defect> for WrongRequest {
    fn from(defect: &Defect) -> Self {
        let (line, column, path) = match defect.place() {
            Some(Place::Text { line, column }) => (Some(line), Some(column), None),
            Some(Place::Asn1 { path }) => (None, None, Some(path)),
            _ => (None, None, None),
        };
        Self {
            code: defect.code().to_owned(),
            message: defect.message(),
            remedy: defect.remedy(),
            line,
            column,
            path,
            mend: None,
            private_key: defect.is_private(),
        }
    }
}
