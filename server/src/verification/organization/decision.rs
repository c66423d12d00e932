use super::submission::{canonical, field_problems, problem};
use crate::{
    audit::{self, Event},
    id::OrderId,
    mail::{message::Writer, outbox},
    state::AppState,
    storage::{
        StorageError,
        account::{self, Account},
        organization_claim::{self, ClaimState, StoredClaim},
        purchase,
    },
};
use pki::{
    country::CountryCode,
    mailbox::Mailbox,
    organization_identifier::OrganizationIdentifier,
    subject::{CommonName, Subject, SubjectError, SubjectField, SubjectFields},
};
use protocol::{Approval, FieldProblem, OrganizationData, Refusal, Timestamp};
use sqlx::SqliteConnection;

/// A reason is read on one screen. Our choice.
const MAXIMUM_REASON_CHARACTERS: usize = 2000;

/// Why a decision was not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionError {
    /// No organization data were submitted for such an order.
    #[error("nothing was submitted")]
    NotFound,
    /// It was decided before, or newer data were submitted since it was looked at.
    #[error("the claim is not the one that was looked at")]
    ClaimChanged,
    /// Data that cannot stand in a certificate, or no reason.
    #[error("some fields are wrong")]
    Fields(Vec<FieldProblem>),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Approves the data: exactly these will stand in the certificate.
///
/// # Errors
/// See [`DecisionError`]; nothing was decided.
pub async fn approve(
    state: &AppState,
    specialist: &Account,
    order: &OrderId,
    approval: Approval,
) -> Result<(), DecisionError> {
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let (claim, applicant) = claim_to_decide(&mut transaction, order, approval.submitted_at).await?;
    let data = checked(approval.data, &applicant)?;
    organization_claim::approve(&mut transaction, &claim.id, &data, &specialist.id, now).await?;
    let event = Event::ClaimApproved {
        order_id: order.clone(),
        claim_id: claim.id,
        account_id: specialist.id.clone(),
    };
    audit::append(&mut transaction, now, &event).await?;
    let message = Writer::new(state.settings(), state.random()).organization_approved(applicant, order);
    outbox::enqueue(&mut transaction, now, &message).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    state.wake_mail();
    Ok(())
}

/// Refuses the data; the step awaits them again.
///
/// # Errors
/// See [`DecisionError`]; nothing was decided.
pub async fn refuse(
    state: &AppState,
    specialist: &Account,
    order: &OrderId,
    refusal: &Refusal,
) -> Result<(), DecisionError> {
    let reason = checked_reason(&refusal.reason)?;
    let mut transaction = state.store().begin().await?;
    let now = state.clock().now();
    let (claim, applicant) = claim_to_decide(&mut transaction, order, refusal.submitted_at).await?;
    organization_claim::refuse(&mut transaction, &claim.id, reason, &specialist.id, now).await?;
    let event = Event::ClaimRefused {
        order_id: order.clone(),
        claim_id: claim.id,
        account_id: specialist.id.clone(),
    };
    audit::append(&mut transaction, now, &event).await?;
    let message = Writer::new(state.settings(), state.random()).organization_refused(applicant, order);
    outbox::enqueue(&mut transaction, now, &message).await?;
    transaction.commit().await.map_err(StorageError::from)?;
    state.wake_mail();
    Ok(())
}

/// The open claim, when it is the one that was looked at; and where its applicant reads mail.
async fn claim_to_decide(
    connection: &mut SqliteConnection,
    order: &OrderId,
    submitted_at: Timestamp,
) -> Result<(StoredClaim, Mailbox), DecisionError> {
    let claim = organization_claim::lookup_newest(connection, order).await?.ok_or(DecisionError::NotFound)?;
    if claim.state != ClaimState::Submitted || claim.submitted_at != submitted_at {
        return Err(DecisionError::ClaimChanged);
    }
    let purchase = purchase::lookup(connection, order).await?.ok_or(DecisionError::NotFound)?;
    let applicant =
        account::lookup(connection, &purchase.account_id).await?.ok_or(DecisionError::NotFound)?;
    let mailbox = Mailbox::parse(&applicant.email)
        .map_err(|_refused| StorageError::Unreadable { column: "account.email" })?;
    Ok((claim, mailbox))
}

fn checked_reason(reason: &str) -> Result<&str, DecisionError> {
    let reason = reason.trim();
    let refused =
        |code, message: &str| Err(DecisionError::Fields(vec![problem("reason", code, message.to_owned())]));
    if reason.is_empty() {
        return refused("empty", "Say what is wrong and how to mend it; the customer reads it.");
    }
    if reason.chars().count() > MAXIMUM_REASON_CHARACTERS {
        return refused("too-long", "Use at most 2000 characters.");
    }
    Ok(reason)
}

/// The data, when a certificate can say them. The applicant's own address stands in for the one of the certificate,
/// which may not be known yet.
fn checked(data: OrganizationData, applicant: &Mailbox) -> Result<OrganizationData, DecisionError> {
    let data = canonical(data);
    let mut problems = field_problems(&data);
    let identifier = data.organization_identifier.as_deref().unwrap_or_default();
    let identifier = match OrganizationIdentifier::parse(identifier) {
        Ok(identifier) => Some(identifier),
        Err(error) => {
            problems.push(problem("organization_identifier", "not-accepted", error.to_string()));
            None
        }
    };
    if let (Some(identifier), Ok(country), true) =
        (identifier, CountryCode::parse(&data.country), problems.is_empty())
    {
        let fields = SubjectFields {
            organization: data.organization.clone(),
            organization_identifier: identifier,
            common_name: CommonName::Organization,
            country: Some(country),
            state_or_province: Some(data.state_or_province.clone()),
            locality: Some(data.locality.clone()),
            mailbox: applicant.clone(),
        };
        if let Err(errors) = Subject::new(fields) {
            problems.extend(errors.iter().map(subject_problem));
        }
    }
    if problems.is_empty() { Ok(data) } else { Err(DecisionError::Fields(problems)) }
}

fn subject_problem(error: &SubjectError) -> FieldProblem {
    let field = match error.field {
        SubjectField::Organization | SubjectField::CommonName => "organization",
        SubjectField::OrganizationIdentifier => "organization_identifier",
        SubjectField::Country => "country",
        SubjectField::StateOrProvince => "state_or_province",
        SubjectField::Locality => "locality",
        SubjectField::Mailbox => "applicant",
    };
    problem(field, "not-accepted", error.reason.to_string())
}
