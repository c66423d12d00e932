use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// What the common name repeats (S/MIME BR §7.1.4.2.2).
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommonNameChoice {
    /// The organization's name.
    Organization,
    /// The e-mail address.
    Mailbox,
}

/// Which optional fields stand in the certificate's subject. The address, the organization's name and its
/// identifier and the common name always do.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubjectChoice {
    /// What the common name repeats.
    pub common_name: CommonNameChoice,
    /// Whether the locality stands in it; needs the country.
    pub locality: bool,
    /// Whether the state or province stands in it; needs the country.
    pub state_or_province: bool,
    /// Whether the country stands in it.
    pub country: bool,
}

/// Where the key pair was made, as the page says.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyOrigin {
    /// In this browser.
    Browser,
    /// Elsewhere; the person pasted a request.
    Csr,
    /// On a smart card, by the card bridge.
    Card,
}

/// Activates: the server issues the certificate. Sent again with the same key, it answers the same certificate.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivationRequest {
    /// A PKCS#10 request, PEM. Only its public key is used.
    pub csr: String,
    /// What stands in the subject.
    pub subject: SubjectChoice,
    /// Where the key pair was made.
    pub key_origin: KeyOrigin,
    /// Whether the person accepted the subscriber's terms (S/MIME BR §9.6.3); must be true.
    pub terms_accepted: bool,
}

/// A certificate in a list.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    /// The certificate's id.
    pub id: String,
    /// The order's id.
    pub order_id: String,
    /// The certificate of the same order that this one takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The address.
    pub mailbox: String,
    /// The organization's name.
    pub organization: String,
    /// The serial number, lower-case hex without separators.
    pub serial_number: String,
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
}

/// A certificate with all that its page shows.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The short form.
    #[serde(flatten)]
    pub summary: CertificateSummary,
    /// What was ordered.
    pub product_name: String,
    /// The subject's attributes in order: name such as `Organization`, value.
    pub subject: Vec<(String, String)>,
    /// The issuer's distinguished name (RFC 4514).
    pub issuer: String,
    /// Such as `RSA 2048`.
    pub key_algorithm: String,
    /// Where the key pair was made.
    pub key_origin: KeyOrigin,
    /// SHA-256 of the subjectPublicKeyInfo, lower-case hex.
    pub public_key_sha256: String,
    /// SHA-256 of the certificate, lower-case hex.
    pub fingerprint_sha256: String,
    /// The certificate, PEM.
    pub pem: String,
    /// The certificates above it, issuing CA first, root last, PEM each.
    pub chain_pem: Vec<String>,
}
