use crate::{OrganizationClaim, OrganizationData, Timestamp};
use serde::{Deserialize, Serialize};

/// What the shop sells.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Stable, such as `smime-organization-365`.
    pub id: String,
    /// Such as `S/MIME Organization`.
    pub name: String,
    /// How long a certificate is valid, in days.
    pub term_days: u16,
}

/// Orders a product.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRequest {
    /// `Product::id`.
    pub product_id: String,
    /// Chosen by the client, unique to this order: the same key orders only once.
    pub idempotency_key: String,
    /// The address of the person whose certificate it is to be, a holder at the customer. Without it, who orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
}

/// Where a step of an order stands.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepStatus {
    /// The step is awaiting the data.
    AwaitingData,
    /// Data is saved and waits for verification.
    InVerification,
    /// Verification was successful; for the activation: the certificate is issued.
    Verified,
    /// Providing the data is not available yet.
    NotAvailable,
}

/// The three steps of an order.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// Step 1, independent of step 2.
    pub data_verification: StepStatus,
    /// Step 2, independent of step 1.
    pub email_verification: StepStatus,
    /// Step 3, not available until steps 1 and 2 are verified.
    pub certificate_activation: StepStatus,
}

/// One order and how far it is.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The order's id.
    pub id: String,
    /// What was ordered.
    pub product: Product,
    /// When.
    pub ordered_at: Timestamp,
    /// How far it is.
    pub steps: Steps,
    /// What was entered in step 1, last version, with its decision.
    pub claim: Option<OrganizationClaim>,
    /// The verified organization as it will stand in the certificate, once step 1 is verified.
    pub verified_organization: Option<OrganizationData>,
    /// From this moment on the organization must be verified again, once step 1 is verified.
    pub organization_verified_until: Option<Timestamp>,
    /// The address of step 2.
    pub mailbox: Option<String>,
    /// When the last message with a link was sent to it.
    pub challenge_sent_at: Option<Timestamp>,
    /// From this moment on the mailbox must be verified again, once step 2 is verified.
    pub mailbox_verified_until: Option<Timestamp>,
    /// Whether the person who asks may do step 3: the holder alone may.
    pub may_activate: bool,
    /// The certificate of step 3.
    pub certificate_id: Option<String>,
}
