//! Customers, partners, and who belongs to them.

use crate::{
    audit::{self, Event},
    environment::Outside,
    id::{AccountId, CustomerId, PartnerId},
    storage::{
        self, StorageError, Transaction,
        customer::{Customer, MemberRole},
        partner::{Partner, PartnerRole},
    },
};

/// Adds a customer of this name.
pub(crate) async fn create(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    name: &str,
) -> Result<Customer, StorageError> {
    let now = outside.now();
    let customer = Customer { id: CustomerId::generate(outside.random), name: name.to_owned() };
    storage::customer::insert(transaction, &customer, now).await?;
    audit::append(transaction, now, &Event::CustomerCreated { customer_id: customer.id.clone() }).await?;
    Ok(customer)
}

/// Gives a person this role at the customer.
pub(crate) async fn add_member(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    customer: &CustomerId,
    account: &AccountId,
    role: MemberRole,
) -> Result<(), StorageError> {
    let now = outside.now();
    if !storage::customer::add_member(transaction, customer, account, role, now).await? {
        return Ok(());
    }
    let event = Event::MemberAdded {
        customer_id: customer.clone(),
        account_id: account.clone(),
        role: match role {
            MemberRole::Administrator => "administrator",
            MemberRole::Holder => "holder",
        },
    };
    audit::append(transaction, now, &event).await
}

/// The partner of this name, made where it is missing.
pub(crate) async fn partner_of_name(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    name: &str,
) -> Result<Partner, StorageError> {
    if let Some(partner) = storage::partner::lookup_by_name(transaction, name).await? {
        return Ok(partner);
    }
    let now = outside.now();
    let partner = Partner { id: PartnerId::generate(outside.random), name: name.to_owned() };
    storage::partner::insert(transaction, &partner, now).await?;
    audit::append(transaction, now, &Event::PartnerCreated { partner_id: partner.id.clone() }).await?;
    Ok(partner)
}

/// Gives a person this role at the partner.
pub(crate) async fn add_partner_member(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    partner: &PartnerId,
    account: &AccountId,
    role: PartnerRole,
) -> Result<(), StorageError> {
    let now = outside.now();
    if !storage::partner::add_member(transaction, partner, account, role, now).await? {
        return Ok(());
    }
    let event = Event::PartnerMemberAdded {
        partner_id: partner.clone(),
        account_id: account.clone(),
        role: match role {
            PartnerRole::Administrator => "administrator",
            PartnerRole::Member => "member",
        },
    };
    audit::append(transaction, now, &event).await
}

/// Has the partner act for the customer.
pub(crate) async fn add_partner_customer(
    transaction: &mut Transaction,
    outside: Outside<'_>,
    partner: &PartnerId,
    customer: &CustomerId,
) -> Result<(), StorageError> {
    let now = outside.now();
    if !storage::partner::add_customer(transaction, partner, customer, now).await? {
        return Ok(());
    }
    let event = Event::PartnerCustomerAdded { partner_id: partner.clone(), customer_id: customer.clone() };
    audit::append(transaction, now, &event).await
}
