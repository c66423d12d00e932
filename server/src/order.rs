//! Orders, and how far each is. A step's status is derived from what is stored; nothing stores a status.

use crate::{
    audit::{self, Event},
    id::OrderId,
    products,
    state::AppState,
    storage::{
        StorageError,
        account::Account,
        document, organization_claim,
        organization_claim::{ClaimState, StoredClaim},
        purchase::{self, IssuanceProgress, Purchase},
    },
    verification,
};
use protocol::{
    Document, Order, OrderRequest, OrganizationClaim, Product, StepStatus, Steps, Timestamp,
    VerificationMethod,
};
use sqlx::SqliteConnection;

/// Longer idempotency keys are no keys. Our choice: twice a UUID.
const MAXIMUM_KEY_CHARACTERS: usize = 72;

/// Why nothing was ordered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PlaceError {
    /// The shop has no such product.
    #[error("no such product")]
    ProductNotFound,
    /// Empty or too long.
    #[error("not an idempotency key")]
    IdempotencyKey,
    /// The key ordered another product before.
    #[error("the key ordered another product")]
    KeyOfAnotherOrder,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Whether an order is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    Now,
    /// With the same idempotency key.
    Before,
}

/// Orders a product. The same idempotency key orders only once.
pub(crate) async fn place(
    state: &AppState,
    customer: &Account,
    request: &OrderRequest,
) -> Result<(Order, Placed), PlaceError> {
    let product = products::lookup(&request.product_id).ok_or(PlaceError::ProductNotFound)?;
    let key = request.idempotency_key.as_str();
    if key.is_empty() || key.chars().count() > MAXIMUM_KEY_CHARACTERS {
        return Err(PlaceError::IdempotencyKey);
    }
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    if let Some(before) = purchase::lookup_by_key(&mut transaction, &customer.id, key).await? {
        if before.product_id != product.id {
            return Err(PlaceError::KeyOfAnotherOrder);
        }
        return Ok((view(&mut transaction, before, now).await?, Placed::Before));
    }
    let purchase = Purchase {
        id: OrderId::generate(state.random()),
        account_id: customer.id.clone(),
        product_id: product.id,
        ordered_at: now,
        mailbox: None,
    };
    purchase::insert(&mut transaction, &purchase, key).await?;
    let event = Event::OrderPlaced {
        order_id: purchase.id.clone(),
        account_id: customer.id.clone(),
        product_id: purchase.product_id.clone(),
    };
    audit::append(&mut transaction, now, &event).await?;
    let order = view(&mut transaction, purchase, now).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    Ok((order, Placed::Now))
}

/// The customer's orders, newest first.
pub(crate) async fn list(state: &AppState, customer: &Account) -> Result<Vec<Order>, StorageError> {
    let mut connection = state.store().pool().acquire().await?;
    let now = state.clock().now();
    let mut orders = Vec::new();
    for purchase in purchase::list(&mut connection, &customer.id).await? {
        orders.push(view(&mut connection, purchase, now).await?);
    }
    Ok(orders)
}

/// The order, when it is this customer's.
pub(crate) async fn lookup(
    state: &AppState,
    customer: &Account,
    id: &OrderId,
) -> Result<Option<Order>, StorageError> {
    let mut connection = state.store().pool().acquire().await?;
    match purchase::lookup_owned(&mut connection, id, &customer.id).await? {
        Some(purchase) => Ok(Some(view(&mut connection, purchase, state.clock().now()).await?)),
        None => Ok(None),
    }
}

/// What was ordered.
pub(crate) fn product_of(purchase: &Purchase) -> Result<Product, StorageError> {
    products::lookup(&purchase.product_id).ok_or(StorageError::Unreadable { column: "purchase.product_id" })
}

async fn view(
    connection: &mut SqliteConnection,
    purchase: Purchase,
    now: Timestamp,
) -> Result<Order, StorageError> {
    let claim = organization_claim::lookup_newest(connection, &purchase.id).await?;
    let (email_verification, challenge_sent_at) =
        verification::mailbox::status(connection, &purchase.id, now).await?;
    let data_verification = claim
        .as_ref()
        .map_or(StepStatus::AwaitingData, |claim| verification::organization::status(claim, now));
    let verified_organization = match &claim {
        Some(claim) => verification::organization::verified(claim, now)?,
        None => None,
    };
    let progress = purchase::issuance_progress(connection, &purchase.id).await?;
    let certificate_activation = match (&progress, data_verification, email_verification) {
        (IssuanceProgress::Issued(_), ..) => StepStatus::Verified,
        (IssuanceProgress::Reserved, ..) => StepStatus::InVerification,
        (IssuanceProgress::None, StepStatus::Verified, StepStatus::Verified) => StepStatus::AwaitingData,
        (IssuanceProgress::None, ..) => StepStatus::NotAvailable,
    };
    let product = product_of(&purchase)?;
    let claim = match claim {
        Some(claim) => Some(claim_view(connection, claim).await?),
        None => None,
    };
    Ok(Order {
        id: purchase.id.to_string(),
        product,
        ordered_at: purchase.ordered_at,
        steps: Steps { data_verification, email_verification, certificate_activation },
        claim,
        verified_organization: verified_organization.map(|organization| organization.to_protocol()),
        mailbox: purchase.mailbox,
        challenge_sent_at,
        certificate_id: match progress {
            IssuanceProgress::Issued(id) => Some(id.to_string()),
            IssuanceProgress::Reserved | IssuanceProgress::None => None,
        },
    })
}

/// A claim with the documents that it names.
pub(crate) async fn claim_view(
    connection: &mut SqliteConnection,
    claim: StoredClaim,
) -> Result<OrganizationClaim, StorageError> {
    let documents: Vec<Document> = match &claim.verification {
        VerificationMethod::Register { .. } => Vec::new(),
        VerificationMethod::Document { document_ids } => document::list(connection, &claim.order_id)
            .await?
            .into_iter()
            .filter(|document| document_ids.contains(&document.id))
            .collect(),
    };
    Ok(OrganizationClaim {
        data: claim.data,
        verification: claim.verification,
        documents,
        submitted_at: claim.submitted_at,
        refusal: match claim.state {
            ClaimState::Refused { reason } => Some(reason),
            ClaimState::Submitted | ClaimState::Approved { .. } => None,
        },
    })
}
