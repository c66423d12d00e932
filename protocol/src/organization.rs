use crate::{StepStatus, Timestamp};
use serde::{Deserialize, Serialize};

/// Under which kind of number a register is searched.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistrationNumberType {
    /// Legal Entity Identifier, ISO 17442.
    #[serde(rename = "LEI")]
    Lei,
    /// National trade register: KRS, HRB, Companies House, SIREN…
    #[serde(rename = "NTR")]
    Ntr,
    /// Value added tax identification number.
    #[serde(rename = "VAT")]
    Vat,
}

/// An organization's data, as entered, as found, or as verified.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationData {
    /// The legal name.
    pub organization: String,
    /// ISO 3166-1 alpha-2, such as `PL`.
    pub country: String,
    /// State or province.
    pub state_or_province: String,
    /// Locality.
    pub locality: String,
    /// The organizationIdentifier as it will stand in the certificate, such as `NTRPL-0000123456`;
    /// not known yet where the customer gives a document.
    #[serde(default)]
    pub organization_identifier: Option<String>,
}

/// How the organization's existence is to be verified.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum VerificationMethod {
    /// By a register; the server searches again itself and keeps the answer as evidence.
    Register {
        /// Which kind of number.
        registration_number_type: RegistrationNumberType,
        /// The number.
        registration_number: String,
    },
    /// By documents that were uploaded for this order.
    Document {
        /// `Document::id` of each.
        document_ids: Vec<String>,
    },
}

/// An organization as a register knows it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEntry {
    /// The register's name, for people.
    pub register: String,
    /// The data as the register has it, with the organizationIdentifier that follows from it.
    pub data: OrganizationData,
    /// Whether the register says that the organization exists and is active.
    pub active: bool,
}

/// A file that proves an organization's existence.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The document's id.
    pub id: String,
    /// The file's name as uploaded, without path.
    pub name: String,
    /// `application/pdf`, `image/png` or `image/jpeg`, as found in the content.
    pub media_type: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// SHA-256 of the content, lower-case hex.
    pub sha256: String,
}

/// What the customer entered in step 1, and what became of it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationClaim {
    /// The data as entered.
    pub data: OrganizationData,
    /// How it is to be verified.
    pub verification: VerificationMethod,
    /// The documents named by `verification`.
    pub documents: Vec<Document>,
    /// When it was saved.
    pub submitted_at: Timestamp,
    /// Why it was refused, in the specialist's words; the step is then awaiting data again.
    pub refusal: Option<String>,
}

/// What the page sends in step 1.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationEvidence {
    /// The data.
    pub data: OrganizationData,
    /// How it is to be verified.
    pub verification: VerificationMethod,
}

/// What a register answered, as the specialist sees it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEvidence {
    /// The entries found.
    pub entries: Vec<RegisterEntry>,
    /// When the register was asked.
    pub asked_at: Timestamp,
}

/// A verified organization that any order of the same customer may use.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedOrganization {
    /// The organization's id.
    pub id: String,
    /// The data as they stand in certificates.
    pub data: OrganizationData,
    /// From this moment on it must be verified again (S/MIME BR §4.2.1).
    pub verified_until: Timestamp,
}

/// Uses a verified organization for an order, instead of new data.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseOrganization {
    /// [`VerifiedOrganization::id`].
    pub organization_id: String,
}

/// Who provided an organization's data.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// The address of the person.
    pub email: String,
    /// The customer that the organization is for.
    pub customer: String,
}

/// A claim as the specialist sees it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// The order's id.
    pub order_id: String,
    /// Who entered it.
    pub applicant: Applicant,
    /// What was entered.
    pub claim: OrganizationClaim,
    /// What the register answered, where one was asked.
    pub register_evidence: Option<RegisterEvidence>,
    /// In verification, or decided.
    pub status: StepStatus,
}

/// The specialist's approval: the data exactly as it will stand in the certificate.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Verified against the evidence; `organization_identifier` must be present.
    pub data: OrganizationData,
    /// The `submitted_at` of the claim that was looked at: a newer one is not approved unseen.
    pub submitted_at: Timestamp,
}

/// The specialist's refusal.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// What is wrong and how to mend it; the customer reads it.
    pub reason: String,
    /// The `submitted_at` of the claim that was looked at.
    pub submitted_at: Timestamp,
}
