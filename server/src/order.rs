//! Orders, and how far each is. A step's status is derived from what is stored; nothing stores a status.

use crate::{
    access::{self, Caller, Permission},
    audit::{self, Event},
    document,
    environment::Environment,
    id::{AccountId, CustomerId, OrderId},
    products,
    storage::{
        self, Connection, Cursor, Limit, Page, StorageError, Transaction,
        certificate::Progress,
        claim::{ClaimState, StoredClaim},
        customer::MemberRole,
        order::StoredOrder,
    },
    validation::{mailbox, organization},
};
use protocol::{
    Document, Order, OrderRequest, OrganizationClaim, Product, StepStatus, Steps, Timestamp,
    VerificationMethod,
};

/// Longer idempotency keys are no keys. Our choice: twice a UUID.
const MAXIMUM_KEY_CHARACTERS: usize = 72;

/// Why nothing was ordered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PlaceError {
    /// The caller orders for no customer.
    #[error("no customer")]
    NoCustomer,
    /// The shop has no such product.
    #[error("no such product")]
    ProductNotFound,
    /// Empty or too long.
    #[error("not an idempotency key")]
    IdempotencyKey,
    /// Nobody at the customer with this address holds certificates.
    #[error("no holder")]
    Holder,
    /// The key ordered another product before, or for another customer.
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
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    request: &OrderRequest,
) -> Result<(Order, Placed), PlaceError> {
    let customer = caller.customer().ok_or(PlaceError::NoCustomer)?;
    let product = products::lookup(&request.product_id).ok_or(PlaceError::ProductNotFound)?;
    let key = request.idempotency_key.as_str();
    if key.is_empty() || key.contains('\0') || key.chars().count() > MAXIMUM_KEY_CHARACTERS {
        return Err(PlaceError::IdempotencyKey);
    }
    let now = environment.now();
    if let Some(before) = storage::order::lookup_by_key(transaction, &caller.account.id, key).await? {
        if before.product_id != product.id || before.customer_id != *customer {
            return Err(PlaceError::KeyOfAnotherOrder);
        }
        return Ok((view(transaction, caller, before, now).await?, Placed::Before));
    }
    let holder_id = holder(transaction, caller, customer, request.holder.as_deref()).await?;
    let order = StoredOrder {
        id: OrderId::generate(environment.random),
        customer_id: customer.clone(),
        ordered_by: caller.account.id.clone(),
        holder_id,
        product_id: product.id,
        ordered_at: now,
        organization_id: None,
        mailbox_id: None,
    };
    storage::order::insert(transaction, &order, key).await?;
    let event = Event::OrderPlaced {
        order_id: order.id.clone(),
        customer_id: customer.clone(),
        account_id: caller.account.id.clone(),
        product_id: order.product_id.clone(),
    };
    audit::append(transaction, now, &event).await?;
    Ok((view(transaction, caller, order, now).await?, Placed::Now))
}

/// Whose certificate it is to be: somebody who holds certificates at the customer.
async fn holder(
    connection: &mut Connection,
    caller: &Caller,
    customer: &CustomerId,
    named: Option<&str>,
) -> Result<AccountId, PlaceError> {
    let account = match named {
        None => caller.account.clone(),
        Some(email) => {
            let email = email.trim().to_ascii_lowercase();
            let found = storage::account::lookup_by_email(connection, &email).await?;
            found.ok_or(PlaceError::Holder)?
        }
    };
    let memberships = storage::customer::memberships(connection, &account.id).await?;
    let holds = memberships.iter().any(|(own, role)| own.id == *customer && *role == MemberRole::Holder);
    if holds { Ok(account.id) } else { Err(PlaceError::Holder) }
}

/// The orders that the caller may see, of the customer that is acted for, newest first.
pub(crate) async fn list(
    connection: &mut Connection,
    caller: &Caller,
    now: Timestamp,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<Order>, StorageError> {
    let Some(customer) = caller.customer() else { return Ok(Page { items: Vec::new(), next: None }) };
    let page = if caller.sees_all_of_the_customer() {
        storage::order::page_of_customer(connection, customer, after, limit).await?
    } else {
        storage::order::page_of_holder(connection, customer, &caller.account.id, after, limit).await?
    };
    let mut orders = Vec::with_capacity(page.items.len());
    for order in page.items {
        orders.push(view(connection, caller, order, now).await?);
    }
    Ok(Page { items: orders, next: page.next })
}

/// The order, when the caller may see it.
pub(crate) async fn lookup(
    connection: &mut Connection,
    caller: &Caller,
    id: &OrderId,
    now: Timestamp,
) -> Result<Option<Order>, StorageError> {
    match access::permitted_order(connection, caller, Permission::ReadOrders, id).await? {
        Some(order) => Ok(Some(view(connection, caller, order, now).await?)),
        None => Ok(None),
    }
}

/// What was ordered.
pub(crate) fn product_of(order: &StoredOrder) -> Result<Product, StorageError> {
    products::lookup(&order.product_id).ok_or(StorageError::Unreadable { column: "orders.product_id" })
}

async fn view(
    connection: &mut Connection,
    caller: &Caller,
    order: StoredOrder,
    now: Timestamp,
) -> Result<Order, StorageError> {
    let claim = organization::claim_of_order(connection, &order).await?;
    let mailbox = mailbox::step(connection, &order, now).await?;
    let data_verification =
        claim.as_ref().map_or(StepStatus::AwaitingData, |claim| organization::status(claim, now));
    let verified = match &claim {
        Some(claim) => organization::verified(claim, now)?,
        None => None,
    };
    let progress = storage::certificate::progress(connection, &order.id).await?;
    let certificate_activation = match (&progress, data_verification, mailbox.status) {
        (Progress::Issued(_), ..) => StepStatus::Verified,
        (Progress::Reserved, ..) => StepStatus::InVerification,
        (Progress::None, StepStatus::Verified, StepStatus::Verified) => StepStatus::AwaitingData,
        (Progress::None, ..) => StepStatus::NotAvailable,
    };
    let product = product_of(&order)?;
    let claim = match claim {
        Some(claim) => Some(claim_view(connection, claim).await?),
        None => None,
    };
    Ok(Order {
        id: order.id.to_string(),
        product,
        ordered_at: order.ordered_at,
        steps: Steps { data_verification, email_verification: mailbox.status, certificate_activation },
        claim,
        organization_verified_until: verified
            .as_ref()
            .map(organization::VerifiedOrganization::verified_until),
        verified_organization: verified.map(|organization| organization.to_protocol()),
        mailbox: mailbox.address,
        challenge_sent_at: mailbox.challenge_sent_at,
        mailbox_verified_until: mailbox.verified_until,
        may_activate: access::may_of_order(caller, Permission::Activate, &order),
        certificate_id: match progress {
            Progress::Issued(id) => Some(id.to_string()),
            Progress::Reserved | Progress::None => None,
        },
    })
}

/// A claim with the documents that it names.
pub(crate) async fn claim_view(
    connection: &mut Connection,
    claim: StoredClaim,
) -> Result<OrganizationClaim, StorageError> {
    let documents: Vec<Document> = match &claim.verification {
        VerificationMethod::Register { .. } => Vec::new(),
        VerificationMethod::Document { document_ids } => {
            storage::document::list(connection, &claim.organization_id)
                .await?
                .iter()
                .filter(|document| document_ids.iter().any(|id| id == document.id.as_str()))
                .map(document::to_protocol)
                .collect()
        }
    };
    Ok(OrganizationClaim {
        data: claim.data,
        verification: claim.verification,
        documents,
        submitted_at: claim.submitted_at,
        refusal: match claim.state {
            ClaimState::Refused { reason } => Some(reason),
            ClaimState::Submitted | ClaimState::Approved { .. } | ClaimState::Replaced => None,
        },
    })
}
