//! The organization: what a customer submits, what registers say of it, and what a specialist decides.

mod decision;
mod submission;

pub use decision::{DecisionError, approve, refuse};
pub use submission::{SubmitError, submit};

use crate::{
    id::OrderId,
    storage::{
        StorageError,
        organization_claim::{self, ClaimState, StoredClaim},
    },
};
use pki::{country::CountryCode, organization_identifier::OrganizationIdentifier};
use protocol::{OrganizationData, StepStatus, Timestamp};
use sqlx::SqliteConnection;
use std::time::Duration;

/// How long an approval counts: 825 days (S/MIME BR §4.2.1).
const APPROVAL_LIFETIME: Duration = Duration::from_hours(825 * 24);

/// An organization whose data a validation specialist approved for one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedOrganization {
    data: OrganizationData,
    identifier: OrganizationIdentifier,
    country: CountryCode,
    approved_at: Timestamp,
}

impl VerifiedOrganization {
    fn from_approved(data: OrganizationData, approved_at: Timestamp) -> Option<Self> {
        let identifier = OrganizationIdentifier::parse(data.organization_identifier.as_deref()?).ok()?;
        let country = CountryCode::parse(&data.country).ok()?;
        Some(Self { data, identifier, country, approved_at })
    }

    /// The legal name.
    #[must_use]
    pub fn organization(&self) -> &str {
        &self.data.organization
    }

    /// Its identifier in a register.
    #[must_use]
    pub fn identifier(&self) -> &OrganizationIdentifier {
        &self.identifier
    }

    /// Its country.
    #[must_use]
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// Its state or province.
    #[must_use]
    pub fn state_or_province(&self) -> &str {
        &self.data.state_or_province
    }

    /// Its locality.
    #[must_use]
    pub fn locality(&self) -> &str {
        &self.data.locality
    }

    /// When it was approved.
    #[must_use]
    pub fn approved_at(&self) -> Timestamp {
        self.approved_at
    }

    /// As the API says it.
    pub(crate) fn to_protocol(&self) -> OrganizationData {
        self.data.clone()
    }
}

/// The organization of the order, when it was approved and that still counts.
pub(crate) async fn load_verified(
    connection: &mut SqliteConnection,
    order: &OrderId,
    now: Timestamp,
) -> Result<Option<VerifiedOrganization>, StorageError> {
    let claim = organization_claim::lookup_newest(connection, order).await?;
    claim.map_or(Ok(None), |claim| verified(&claim, now))
}

/// The organization of the claim, when it was approved and that still counts.
pub(crate) fn verified(
    claim: &StoredClaim,
    now: Timestamp,
) -> Result<Option<VerifiedOrganization>, StorageError> {
    match &claim.state {
        ClaimState::Approved { at, data } if now < at.plus(APPROVAL_LIFETIME) => {
            VerifiedOrganization::from_approved(data.clone(), *at)
                .map(Some)
                .ok_or(StorageError::Unreadable { column: "organization_claim.verified_data" })
        }
        ClaimState::Approved { .. } | ClaimState::Submitted | ClaimState::Refused { .. } => Ok(None),
    }
}

/// Where step 1 stands with this claim.
pub(crate) fn status(claim: &StoredClaim, now: Timestamp) -> StepStatus {
    match claim.state {
        ClaimState::Submitted => StepStatus::InVerification,
        ClaimState::Approved { at, .. } if now < at.plus(APPROVAL_LIFETIME) => StepStatus::Verified,
        ClaimState::Approved { .. } | ClaimState::Refused { .. } => StepStatus::AwaitingData,
    }
}
