use super::submission::{canonical, field_problems, problem};
use crate::{
    access::{self, Caller, Permission, Resource},
    audit::{self, Event},
    environment::Environment,
    id::OrderId,
    mail::{message::Writer, outbox},
    storage::{
        self, StorageError, Transaction,
        claim::{ClaimState, StoredClaim},
        evidence::{Evidence, EvidenceField},
    },
};
use pki::{
    country::CountryCode,
    mailbox::Mailbox,
    organization_identifier::OrganizationIdentifier,
    subject::{CommonName, Subject, SubjectError, SubjectField, SubjectFields},
};
use protocol::{Approval, FieldProblem, OrganizationData, Refusal, Timestamp};

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
    /// The specialist belongs to the customer, or to a partner that acts for it.
    #[error("the claim is of the specialist's own customer")]
    OwnCustomer,
    /// Data that cannot stand in a certificate, or no reason.
    #[error("some fields are wrong")]
    Fields(Vec<FieldProblem>),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A claim that waits for a decision, and is the one that was looked at. Deciding on it takes it.
struct Waiting {
    claim: StoredClaim,
    /// Where its applicant reads mail.
    applicant: Mailbox,
}

/// Approves the data: exactly these will stand in certificates.
///
/// # Errors
/// See [`DecisionError`]; nothing was decided.
pub(crate) async fn approve(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    specialist: &Caller,
    order: &OrderId,
    approval: Approval,
) -> Result<(), DecisionError> {
    let waiting = Waiting::load(transaction, specialist, order, approval.submitted_at).await?;
    let data = checked(approval.data, &waiting.applicant)?;
    waiting.approve(transaction, environment, specialist, &data).await
}

/// Refuses the data; the step awaits them again.
///
/// # Errors
/// See [`DecisionError`]; nothing was decided.
pub(crate) async fn refuse(
    transaction: &mut Transaction,
    environment: Environment<'_>,
    specialist: &Caller,
    order: &OrderId,
    refusal: &Refusal,
) -> Result<(), DecisionError> {
    let reason = checked_reason(&refusal.reason)?;
    let waiting = Waiting::load(transaction, specialist, order, refusal.submitted_at).await?;
    waiting.refuse(transaction, environment, specialist, reason).await
}

impl Waiting {
    async fn load(
        transaction: &mut Transaction,
        specialist: &Caller,
        order: &OrderId,
        submitted_at: Timestamp,
    ) -> Result<Self, DecisionError> {
        let claim = storage::claim::lookup_of_order(transaction, order).await?;
        let claim = claim.ok_or(DecisionError::NotFound)?;
        if !access::may(specialist, Permission::Decide, &Resource::OfCustomer(&claim.customer_id)) {
            return Err(DecisionError::NotFound);
        }
        if belongs_to_customer(transaction, specialist, &claim).await? {
            return Err(DecisionError::OwnCustomer);
        }
        if claim.state != ClaimState::Submitted || claim.submitted_at != submitted_at {
            return Err(DecisionError::ClaimChanged);
        }
        let applicant = storage::account::lookup(transaction, &claim.submitted_by).await?;
        let applicant = Mailbox::parse(&applicant.ok_or(DecisionError::NotFound)?.email)
            .map_err(|_refused| StorageError::Unreadable { column: "account.email" })?;
        Ok(Self { claim, applicant })
    }

    async fn approve(
        self,
        transaction: &mut Transaction,
        environment: Environment<'_>,
        specialist: &Caller,
        data: &OrganizationData,
    ) -> Result<(), DecisionError> {
        let now = environment.now();
        let (claim, decided_by) = (self.claim, &specialist.account.id);
        let evidence = evidence(&claim, data);
        storage::claim::approve(transaction, &claim.id, data, &evidence, decided_by, now).await?;
        let message = Writer::new(environment).organization_approved(self.applicant, &claim.order_id);
        let event = Event::ClaimApproved {
            order_id: claim.order_id,
            claim_id: claim.id,
            account_id: decided_by.clone(),
        };
        audit::append(transaction, now, &event).await?;
        Ok(outbox::enqueue(transaction, environment, &message).await?)
    }

    async fn refuse(
        self,
        transaction: &mut Transaction,
        environment: Environment<'_>,
        specialist: &Caller,
        reason: &str,
    ) -> Result<(), DecisionError> {
        let now = environment.now();
        let (claim, decided_by) = (self.claim, &specialist.account.id);
        storage::claim::refuse(transaction, &claim.id, reason, decided_by, now).await?;
        let message = Writer::new(environment).organization_refused(self.applicant, &claim.order_id);
        let event = Event::ClaimRefused {
            order_id: claim.order_id,
            claim_id: claim.id,
            account_id: decided_by.clone(),
        };
        audit::append(transaction, now, &event).await?;
        Ok(outbox::enqueue(transaction, environment, &message).await?)
    }
}

/// Nobody decides for a customer that they belong to, or that their partner acts for.
async fn belongs_to_customer(
    transaction: &mut Transaction,
    specialist: &Caller,
    claim: &StoredClaim,
) -> Result<bool, StorageError> {
    let account = &specialist.account.id;
    let memberships = storage::customer::memberships(transaction, account).await?;
    let is_member = memberships.iter().any(|(customer, _)| customer.id == claim.customer_id);
    let partner = storage::partner::role_for(transaction, account, &claim.customer_id).await?;
    Ok(is_member || partner.is_some() || claim.submitted_by == *account)
}

/// What each field rests on: what the register says of the organization with the claim's identifier, else documents.
fn evidence(claim: &StoredClaim, decided: &OrganizationData) -> Vec<Evidence> {
    let entry = claim.answer.as_ref().and_then(|answer| {
        let wanted = &claim.data.organization_identifier;
        let entry = answer.entries.iter().find(|entry| entry.data.organization_identifier == *wanted);
        entry.map(|entry| (entry, answer.asked_at))
    });
    let fields = |data: &OrganizationData| {
        [
            (EvidenceField::Organization, Some(data.organization.clone())),
            (EvidenceField::Country, Some(data.country.clone())),
            (EvidenceField::StateOrProvince, Some(data.state_or_province.clone())),
            (EvidenceField::Locality, Some(data.locality.clone())),
            (EvidenceField::OrganizationIdentifier, data.organization_identifier.clone()),
        ]
    };
    let said = entry.map(|(entry, _)| fields(&entry.data).map(|(_, said)| said)).unwrap_or_default();
    fields(decided)
        .into_iter()
        .zip(said)
        .map(|((field, decided), said)| Evidence {
            field,
            source: entry.map_or_else(|| "document".to_owned(), |(entry, _)| entry.register.clone()),
            said,
            said_at: entry.map_or(claim.submitted_at, |(_, asked_at)| asked_at),
            decided: decided.unwrap_or_default(),
        })
        .collect()
}

fn checked_reason(reason: &str) -> Result<&str, DecisionError> {
    let reason = reason.trim();
    let refused =
        |code, message: &str| Err(DecisionError::Fields(vec![problem("reason", code, message.to_owned())]));
    if reason.is_empty() {
        return refused("empty", "Say what is wrong and how to fix it; the customer reads it.");
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
