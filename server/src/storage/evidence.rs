//! The evidence for each field of an approved claim.

use super::{StorageError, Transaction, column::Moment};
use crate::id::{AccountId, ClaimId};
use protocol::Timestamp;

/// What shows that one field of an approved claim is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) field: EvidenceField,
    /// A register's name; `document` where documents are the proof.
    pub(crate) source: String,
    /// What the source says; `None` where only a person can read it.
    pub(crate) said: Option<String>,
    pub(crate) said_at: Timestamp,
    /// What stands in certificates.
    pub(crate) decided: String,
}

/// A field that a certificate says of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EvidenceField {
    Organization,
    Country,
    StateOrProvince,
    Locality,
    OrganizationIdentifier,
}

impl EvidenceField {
    fn column(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Country => "country",
            Self::StateOrProvince => "state-or-province",
            Self::Locality => "locality",
            Self::OrganizationIdentifier => "organization-identifier",
        }
    }
}

/// Writes down what an approval rests on.
pub(super) async fn insert(
    transaction: &mut Transaction,
    claim: &ClaimId,
    evidence: &[Evidence],
    specialist: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    for evidence in evidence {
        transaction
            .query(
                "INSERT INTO evidence (claim_id, field, source, said, said_at, decided, decided_by, decided_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(claim)
            .bind(evidence.field.column())
            .bind(&evidence.source)
            .bind(evidence.said.as_deref())
            .bind(Moment(evidence.said_at))
            .bind(&evidence.decided)
            .bind(specialist)
            .bind(Moment(at))
            .change_one("evidence")
            .await?;
    }
    Ok(())
}
