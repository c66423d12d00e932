use crate::{
    access::{self, Caller, Permission},
    audit::{self, Event},
    environment::Environment,
    id::{ClaimId, DocumentId, OrderId, OrganizationId},
    register::{NumberError, Register, RegisterError, RegistrationNumber},
    storage::{
        self, Connection, StorageError, Transaction,
        certificate::Progress,
        claim::{ClaimState, StoredClaim},
        document,
        order::StoredOrder,
    },
};
use pki::{
    country::CountryCode,
    subject::{SubjectField, check_field},
};
use protocol::{
    FieldProblem, OrganizationData, OrganizationEvidence, RegisterEvidence, Timestamp, VerificationMethod,
};
use std::time::Duration;

/// Why organization data were not saved, or no verified organization used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The caller has no such order.
    #[error("no such order")]
    OrderNotFound,
    /// The order's organization is approved.
    #[error("the organization is verified")]
    AlreadyVerified,
    /// The organization that was chosen is not verified, or not any more.
    #[error("the organization is not verified")]
    NotVerified,
    /// Fields that cannot stand in a certificate, or a number that no register has.
    #[error("some fields are wrong")]
    Fields(Vec<FieldProblem>),
    /// The register gave no answer.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What the customer entered in step 1, with what the register says of it.
#[derive(Debug)]
pub(crate) struct Prepared {
    data: OrganizationData,
    verification: VerificationMethod,
    answer: Option<RegisterEvidence>,
}

/// Whether data may be provided for this order.
///
/// # Errors
/// See [`SubmitError`].
pub(crate) async fn check_open(
    connection: &mut Connection,
    caller: &Caller,
    order: &OrderId,
    now: Timestamp,
) -> Result<(), SubmitError> {
    open_order(connection, caller, order, now).await.map(drop)
}

/// Checks what the customer entered. Where a register is to prove it, it is asked now, by the server itself, and its answer is
/// kept. Holds no connection, as a register may be slow.
///
/// # Errors
/// See [`SubmitError`].
pub(crate) async fn prepare(
    environment: Environment<'_>,
    register: &dyn Register,
    evidence: OrganizationEvidence,
) -> Result<Prepared, SubmitError> {
    let OrganizationEvidence { data, verification } = evidence;
    let mut data = canonical(data);
    let mut problems = field_problems(&data);
    let number = match registration_number(&verification, &data.country) {
        Ok(number) => number,
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    if !problems.is_empty() {
        return Err(SubmitError::Fields(problems));
    }
    let answer = match number {
        Some(number) => Some(ask_register(register, environment.now(), &number, &mut data).await?),
        None => None,
    };
    Ok(Prepared { data, verification, answer })
}

/// Saves what the customer entered in step 1.
///
/// # Errors
/// See [`SubmitError`]; nothing was saved.
pub(crate) async fn submit(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    order: &OrderId,
    prepared: Prepared,
) -> Result<(), SubmitError> {
    let now = environment.now();
    let order = open_order(transaction, caller, order, now).await?;
    let documents = named_documents(transaction, &order, &prepared.verification).await?;
    let organization_id =
        organization_to_claim(transaction, environment, &order, !documents.is_empty()).await?;
    let before = storage::claim::lookup_newest(transaction, &organization_id).await?;
    storage::claim::replace_open(transaction, &organization_id).await?;
    let claim = StoredClaim {
        id: ClaimId::generate(environment.random),
        customer_id: order.customer_id.clone(),
        organization_id: organization_id.clone(),
        order_id: order.id.clone(),
        data: prepared.data,
        verification: prepared.verification,
        answer: prepared.answer,
        submitted_by: caller.account.id.clone(),
        submitted_at: after(before.map(|before| before.submitted_at), now),
        state: ClaimState::Submitted,
    };
    storage::claim::insert(transaction, &claim, &documents).await?;
    let event = Event::ClaimSubmitted { order_id: order.id, organization_id, claim_id: claim.id };
    Ok(audit::append(transaction, now, &event).await?)
}

/// Uses an organization for the order that was verified for the same customer, without a specialist.
///
/// # Errors
/// See [`SubmitError`]; nothing changed.
pub(crate) async fn use_verified(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    caller: &Caller,
    order: &OrderId,
    organization: &OrganizationId,
) -> Result<(), SubmitError> {
    let now = environment.now();
    let order = open_order(transaction, caller, order, now).await?;
    let claim = storage::claim::lookup_newest(transaction, organization).await?;
    let claim = claim.filter(|claim| claim.customer_id == order.customer_id);
    let claim = claim.ok_or(SubmitError::NotVerified)?;
    let verified = super::verified(&claim, now)?.ok_or(SubmitError::NotVerified)?;
    if let Some(before) = &order.organization_id
        && !storage::order::shares_organization(transaction, &order.id, before).await?
    {
        storage::claim::replace_open(transaction, before).await?;
    }
    storage::order::set_organization(transaction, &order.id, verified.id()).await?;
    let event = Event::OrganizationUsed {
        order_id: order.id,
        organization_id: verified.id().clone(),
        account_id: caller.account.id.clone(),
    };
    Ok(audit::append(transaction, now, &event).await?)
}

/// The organization that the order's data are about: the order's own, unless others use it, or it has none. What another order
/// relies on is never replaced from here.
async fn organization_to_claim(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    order: &StoredOrder,
    has_documents: bool,
) -> Result<OrganizationId, StorageError> {
    if let Some(own) = &order.organization_id
        && (has_documents || !storage::order::shares_organization(transaction, &order.id, own).await?)
    {
        return Ok(own.clone());
    }
    create(transaction, environment, order).await
}

/// A new organization of the order.
pub(crate) async fn create(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    order: &StoredOrder,
) -> Result<OrganizationId, StorageError> {
    let id = OrganizationId::generate(environment.random);
    storage::organization::insert(transaction, &id, &order.customer_id, environment.now()).await?;
    storage::order::set_organization(transaction, &order.id, &id).await?;
    Ok(id)
}

/// A specialist names the claim that was looked at by its time: no two claims of an organization may have the same.
fn after(before: Option<Timestamp>, now: Timestamp) -> Timestamp {
    before.map_or(now, |before| now.max(before.plus(Duration::from_secs(1))))
}

/// The order, when its organization still waits to be verified.
async fn open_order(
    connection: &mut Connection,
    caller: &Caller,
    order: &OrderId,
    now: Timestamp,
) -> Result<StoredOrder, SubmitError> {
    let order = access::permitted_order(connection, caller, Permission::ProvideData, order)
        .await?
        .ok_or(SubmitError::OrderNotFound)?;
    let progress = storage::certificate::progress(connection, &order.id).await?;
    if progress != Progress::None || super::load_verified(connection, &order, now).await?.is_some() {
        return Err(SubmitError::AlreadyVerified);
    }
    Ok(order)
}

/// Without spaces around, and the country in capital letters.
pub(super) fn canonical(data: OrganizationData) -> OrganizationData {
    OrganizationData {
        organization: data.organization.trim().to_owned(),
        country: data.country.trim().to_ascii_uppercase(),
        state_or_province: data.state_or_province.trim().to_owned(),
        locality: data.locality.trim().to_owned(),
        organization_identifier: data
            .organization_identifier
            .map(|identifier| identifier.trim().to_owned())
            .filter(|identifier| !identifier.is_empty()),
    }
}

/// What is wrong with the fields, in the order of the form. The identifier is for the register or the specialist to
/// say.
pub(super) fn field_problems(data: &OrganizationData) -> Vec<FieldProblem> {
    let text_problem = |name, field, text: &str| {
        check_field(field, text).err().map(|error| problem(name, code_for(text), error.to_string()))
    };
    let country_problem = CountryCode::parse(&data.country)
        .err()
        .map(|error| problem("country", code_for(&data.country), error.to_string()));
    [
        text_problem("organization", SubjectField::Organization, &data.organization),
        country_problem,
        text_problem("state_or_province", SubjectField::StateOrProvince, &data.state_or_province),
        text_problem("locality", SubjectField::Locality, &data.locality),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn code_for(text: &str) -> &'static str {
    if text.trim().is_empty() { "empty" } else { "not-accepted" }
}

pub(super) fn problem(field: &str, code: &str, message: String) -> FieldProblem {
    FieldProblem { field: field.to_owned(), code: code.to_owned(), message }
}

/// The number to search by; none where documents are the proof.
fn registration_number(
    verification: &VerificationMethod,
    country: &str,
) -> Result<Option<RegistrationNumber>, FieldProblem> {
    let VerificationMethod::Register { registration_number_type, registration_number } = verification else {
        return Ok(None);
    };
    match RegistrationNumber::parse(*registration_number_type, registration_number, country) {
        Ok(number) => Ok(Some(number)),
        // Said beside the country already.
        Err(NumberError::Country(_)) => Ok(None),
        Err(error) => Err(problem("registration_number", code_for(registration_number), error.to_string())),
    }
}

/// Asks the register again, whatever the page says it had found, and takes the identifier from its answer.
async fn ask_register(
    register: &dyn Register,
    now: Timestamp,
    number: &RegistrationNumber,
    data: &mut OrganizationData,
) -> Result<RegisterEvidence, SubmitError> {
    let entries = register.lookup(number).await?;
    let refused = |code, message: &str| {
        SubmitError::Fields(vec![problem("registration_number", code, message.to_owned())])
    };
    let wanted = data.organization_identifier.as_deref();
    let Some(entry) = entries
        .iter()
        .find(|entry| wanted.is_none() || entry.data.organization_identifier.as_deref() == wanted)
    else {
        return Err(refused(
            "not-found",
            "No register has an organization with this number. Check it, or add a document instead.",
        ));
    };
    if !entry.active {
        return Err(refused(
            "not-active",
            "The register does not say that this organization is active. Add a document that shows it.",
        ));
    }
    data.organization_identifier.clone_from(&entry.data.organization_identifier);
    Ok(RegisterEvidence { entries, asked_at: now })
}

/// The documents that are the proof, all of the order's organization.
async fn named_documents(
    connection: &mut Connection,
    order: &StoredOrder,
    verification: &VerificationMethod,
) -> Result<Vec<DocumentId>, SubmitError> {
    let VerificationMethod::Document { document_ids } = verification else { return Ok(Vec::new()) };
    let uploaded = match &order.organization_id {
        Some(organization) => document::list(connection, organization).await?,
        None => Vec::new(),
    };
    let named = |id: &String| uploaded.iter().find(|document| document.id.as_str() == id);
    let found: Option<Vec<_>> = document_ids.iter().map(|id| Some(named(id)?.id.clone())).collect();
    match found {
        Some(documents) if !documents.is_empty() => Ok(documents),
        _ => {
            let message = "Add at least one document that shows that the organization exists.";
            Err(SubmitError::Fields(vec![problem("document_ids", "empty", message.to_owned())]))
        }
    }
}
