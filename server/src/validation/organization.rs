//! The organization: what a customer submits, what registers say of it, and what a specialist decides.

mod decision;
mod submission;

pub use decision::DecisionError;
pub(crate) use decision::{approve, refuse};
pub use submission::SubmitError;
pub(crate) use submission::{check_open, create, prepare, submit, use_verified};

use crate::{
    access::Caller,
    id::OrganizationId,
    storage::{
        self, Connection, Cursor, Limit, Page, StorageError,
        claim::{ClaimState, StoredClaim},
        order::StoredOrder,
    },
};
use pki::{country::CountryCode, organization_identifier::OrganizationIdentifier};
use protocol::{OrganizationData, StepStatus, Timestamp};
use std::time::Duration;

/// How long an approval counts: 825 days (S/MIME BR §4.2.1).
const APPROVAL_LIFETIME: Duration = Duration::from_hours(825 * 24);

/// An organization whose data a validation specialist approved, for one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedOrganization {
    id: OrganizationId,
    data: OrganizationData,
    identifier: OrganizationIdentifier,
    country: CountryCode,
    approved_at: Timestamp,
}

impl VerifiedOrganization {
    fn new(claim: &StoredClaim, now: Timestamp) -> Result<Option<Self>, StorageError> {
        let ClaimState::Approved { at, data } = &claim.state else { return Ok(None) };
        if now >= at.plus(APPROVAL_LIFETIME) {
            return Ok(None);
        }
        let read = || {
            let identifier = OrganizationIdentifier::parse(data.organization_identifier.as_deref()?).ok()?;
            let country = CountryCode::parse(&data.country).ok()?;
            Some(Self {
                id: claim.organization_id.clone(),
                data: data.clone(),
                identifier,
                country,
                approved_at: *at,
            })
        };
        read().map(Some).ok_or(StorageError::Unreadable { column: "claim.verified_organization" })
    }

    /// Names the organization in orders, for ever.
    #[must_use]
    pub fn id(&self) -> &OrganizationId {
        &self.id
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

    /// Where it is registered (S/MIME BR §7.1.4.2.2, `countryName`).
    #[must_use]
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The region of its registered address, as a specialist approved it.
    #[must_use]
    pub fn state_or_province(&self) -> &str {
        &self.data.state_or_province
    }

    /// The city of its registered address, as a specialist approved it.
    #[must_use]
    pub fn locality(&self) -> &str {
        &self.data.locality
    }

    /// From this moment on it must be verified again.
    #[must_use]
    pub fn verified_until(&self) -> Timestamp {
        self.approved_at.plus(APPROVAL_LIFETIME)
    }

    /// As the API says it.
    pub(crate) fn to_protocol(&self) -> OrganizationData {
        self.data.clone()
    }
}

/// The newest claim of the order's organization.
pub(crate) async fn claim_of_order(
    connection: &mut Connection,
    order: &StoredOrder,
) -> Result<Option<StoredClaim>, StorageError> {
    match &order.organization_id {
        Some(organization) => storage::claim::lookup_newest(connection, organization).await,
        None => Ok(None),
    }
}

/// The organization of the order, when it was approved and that still counts.
pub(crate) async fn load_verified(
    connection: &mut Connection,
    order: &StoredOrder,
    now: Timestamp,
) -> Result<Option<VerifiedOrganization>, StorageError> {
    match claim_of_order(connection, order).await? {
        Some(claim) => verified(&claim, now),
        None => Ok(None),
    }
}

/// The organization of the claim, when it was approved and that still counts.
pub(crate) fn verified(
    claim: &StoredClaim,
    now: Timestamp,
) -> Result<Option<VerifiedOrganization>, StorageError> {
    VerifiedOrganization::new(claim, now)
}

/// The organizations that any order of the caller's customer may use, verified last first.
pub(crate) async fn list_verified(
    connection: &mut Connection,
    caller: &Caller,
    now: Timestamp,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<VerifiedOrganization>, StorageError> {
    let Some(customer) = caller.customer() else { return Ok(Page { items: Vec::new(), next: None }) };
    let since = now.minus(APPROVAL_LIFETIME);
    let page = storage::claim::verified_page(connection, customer, since, after, limit).await?;
    let verified = page.items.iter().filter_map(|claim| VerifiedOrganization::new(claim, now).transpose());
    Ok(Page { items: verified.collect::<Result<_, _>>()?, next: page.next })
}

/// Where step 1 stands with this claim.
pub(crate) fn status(claim: &StoredClaim, now: Timestamp) -> StepStatus {
    match claim.state {
        ClaimState::Submitted => StepStatus::InVerification,
        ClaimState::Approved { at, .. } if now < at.plus(APPROVAL_LIFETIME) => StepStatus::Verified,
        ClaimState::Approved { .. } | ClaimState::Refused { .. } | ClaimState::Replaced => {
            StepStatus::AwaitingData
        }
    }
}
