use crate::{
    audit::{self, Event},
    id::{ClaimId, OrderId},
    register::{NumberError, RegisterError, RegistrationNumber},
    state::AppState,
    storage::{
        StorageError,
        account::Account,
        document,
        organization_claim::{self, ClaimState, StoredClaim},
        purchase::{self, IssuanceProgress},
    },
};
use pki::{
    country::CountryCode,
    subject::{SubjectField, check_field},
};
use protocol::{
    FieldProblem, OrganizationData, OrganizationEvidence, RegisterEvidence, Timestamp, VerificationMethod,
};
use sqlx::SqliteConnection;
use std::time::Duration;

/// Why organization data were not saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The account has no such order.
    #[error("no such order")]
    OrderNotFound,
    /// The order's organization is approved.
    #[error("the organization is verified")]
    AlreadyVerified,
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

/// Saves what the customer entered in step 1. Where a register is to prove it, it is asked now, by the server itself,
/// and its answer is kept.
///
/// # Errors
/// See [`SubmitError`]; nothing was saved.
pub async fn submit(
    state: &AppState,
    owner: &Account,
    order: &OrderId,
    evidence: OrganizationEvidence,
) -> Result<(), SubmitError> {
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    check_open(&mut connection, owner, order, state.clock().now()).await?;
    drop(connection);

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
    let evidence = match number {
        Some(number) => Some(ask_register(state, &number, &mut data).await?),
        None => None,
    };

    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    check_open(&mut transaction, owner, order, now).await?;
    check_documents(&mut transaction, order, &verification).await?;
    let before = organization_claim::lookup_newest(&mut transaction, order).await?;
    organization_claim::replace_open(&mut transaction, order).await?;
    let claim = StoredClaim {
        id: ClaimId::generate(state.random()),
        order_id: order.clone(),
        data,
        verification,
        evidence,
        submitted_at: after(before.map(|before| before.submitted_at), now),
        state: ClaimState::Submitted,
    };
    organization_claim::insert(&mut transaction, &claim).await?;
    let event = Event::ClaimSubmitted { order_id: order.clone(), claim_id: claim.id };
    audit::append(&mut transaction, now, &event).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    Ok(())
}

/// A specialist names the claim that was looked at by its time: no two claims of an order may have the same.
fn after(before: Option<Timestamp>, now: Timestamp) -> Timestamp {
    before.map_or(now, |before| now.max(before.plus(Duration::from_secs(1))))
}

async fn check_open(
    connection: &mut SqliteConnection,
    owner: &Account,
    order: &OrderId,
    now: Timestamp,
) -> Result<(), SubmitError> {
    purchase::lookup_owned(connection, order, &owner.id).await?.ok_or(SubmitError::OrderNotFound)?;
    let issuance = purchase::issuance_progress(connection, order).await?;
    if issuance != IssuanceProgress::None || super::load_verified(connection, order, now).await?.is_some() {
        return Err(SubmitError::AlreadyVerified);
    }
    Ok(())
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
    state: &AppState,
    number: &RegistrationNumber,
    data: &mut OrganizationData,
) -> Result<RegisterEvidence, SubmitError> {
    let entries = state.register().lookup(number).await?;
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
    Ok(RegisterEvidence { entries, asked_at: state.clock().now() })
}

async fn check_documents(
    connection: &mut SqliteConnection,
    order: &OrderId,
    verification: &VerificationMethod,
) -> Result<(), SubmitError> {
    let VerificationMethod::Document { document_ids } = verification else { return Ok(()) };
    let uploaded = document::list(connection, order).await?;
    let all_there = document_ids.iter().all(|id| uploaded.iter().any(|document| document.id == *id));
    if document_ids.is_empty() || !all_there {
        let message = "Add at least one document that shows that the organization exists.";
        return Err(SubmitError::Fields(vec![problem("document_ids", "empty", message.to_owned())]));
    }
    Ok(())
}
