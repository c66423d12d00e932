//! Submissions of organization data, and what became of them.

use super::{
    Connection, Cursor, Limit, Page, StorageError, Transaction,
    column::{Json, Moment},
    evidence::{self, Evidence},
};
use crate::id::{AccountId, ClaimId, CustomerId, DocumentId, OrderId, OrganizationId};
use protocol::{
    OrganizationData, RegisterEntry, RegisterEvidence, RegistrationNumberType, Timestamp, VerificationMethod,
};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// One submission.
#[derive(Clone, Debug)]
pub(crate) struct StoredClaim {
    pub(crate) id: ClaimId,
    pub(crate) customer_id: CustomerId,
    pub(crate) organization_id: OrganizationId,
    /// On whose page it was submitted.
    pub(crate) order_id: OrderId,
    pub(crate) data: OrganizationData,
    pub(crate) verification: VerificationMethod,
    /// What the register answered, where one was asked.
    pub(crate) answer: Option<RegisterEvidence>,
    pub(crate) submitted_by: AccountId,
    pub(crate) submitted_at: Timestamp,
    pub(crate) state: ClaimState,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClaimState {
    /// Waits for a specialist.
    Submitted,
    /// A specialist approved these data.
    Approved { at: Timestamp, data: OrganizationData },
    /// A specialist refused.
    Refused { reason: String },
    /// Newer data took its place.
    Replaced,
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    id: ClaimId,
    customer_id: CustomerId,
    organization_id: OrganizationId,
    order_id: OrderId,
    state: String,
    organization: String,
    country: String,
    state_or_province: String,
    locality: String,
    organization_identifier: Option<String>,
    registration_number_type: Option<String>,
    registration_number: Option<String>,
    register_answer: Option<Json<StoredAnswer>>,
    submitted_by: AccountId,
    submitted_at: Moment,
    decided_at: Option<Moment>,
    verified_organization: Option<String>,
    verified_country: Option<String>,
    verified_state_or_province: Option<String>,
    verified_locality: Option<String>,
    verified_organization_identifier: Option<String>,
    refusal: Option<String>,
}

/// What a register answered, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct StoredAnswer {
    asked_at: Timestamp,
    entries: Vec<StoredEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredEntry {
    register: String,
    active: bool,
    data: StoredData,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredData {
    organization: String,
    country: String,
    state_or_province: String,
    locality: String,
    organization_identifier: Option<String>,
}

impl From<&RegisterEvidence> for StoredAnswer {
    fn from(answer: &RegisterEvidence) -> Self {
        let entry = |entry: &RegisterEntry| StoredEntry {
            register: entry.register.clone(),
            active: entry.active,
            data: StoredData {
                organization: entry.data.organization.clone(),
                country: entry.data.country.clone(),
                state_or_province: entry.data.state_or_province.clone(),
                locality: entry.data.locality.clone(),
                organization_identifier: entry.data.organization_identifier.clone(),
            },
        };
        Self { asked_at: answer.asked_at, entries: answer.entries.iter().map(entry).collect() }
    }
}

impl From<StoredAnswer> for RegisterEvidence {
    fn from(answer: StoredAnswer) -> Self {
        let entry = |entry: StoredEntry| RegisterEntry {
            register: entry.register,
            active: entry.active,
            data: OrganizationData {
                organization: entry.data.organization,
                country: entry.data.country,
                state_or_province: entry.data.state_or_province,
                locality: entry.data.locality,
                organization_identifier: entry.data.organization_identifier,
            },
        };
        Self { asked_at: answer.asked_at, entries: answer.entries.into_iter().map(entry).collect() }
    }
}

fn number_type_column(number_type: RegistrationNumberType) -> &'static str {
    match number_type {
        RegistrationNumberType::Lei => "LEI",
        RegistrationNumberType::Ntr => "NTR",
        RegistrationNumberType::Vat => "VAT",
    }
}

fn number_type_from_column(text: &str) -> Result<RegistrationNumberType, StorageError> {
    [RegistrationNumberType::Lei, RegistrationNumberType::Ntr, RegistrationNumberType::Vat]
        .into_iter()
        .find(|number_type| number_type_column(*number_type) == text)
        .ok_or(StorageError::Unreadable { column: "claim.registration_number_type" })
}

impl Row {
    fn state(&self) -> Result<ClaimState, StorageError> {
        match (self.state.as_str(), self.decided_at, &self.refusal) {
            ("submitted", ..) => Ok(ClaimState::Submitted),
            ("replaced", ..) => Ok(ClaimState::Replaced),
            ("approved", Some(Moment(at)), _) => Ok(ClaimState::Approved { at, data: self.verified_data()? }),
            ("refused", _, Some(reason)) => Ok(ClaimState::Refused { reason: reason.clone() }),
            _ => Err(StorageError::Unreadable { column: "claim.state" }),
        }
    }

    fn verified_data(&self) -> Result<OrganizationData, StorageError> {
        let there = |text: &Option<String>| {
            text.clone().ok_or(StorageError::Unreadable { column: "claim.verified_organization" })
        };
        Ok(OrganizationData {
            organization: there(&self.verified_organization)?,
            country: there(&self.verified_country)?,
            state_or_province: there(&self.verified_state_or_province)?,
            locality: there(&self.verified_locality)?,
            organization_identifier: Some(there(&self.verified_organization_identifier)?),
        })
    }

    /// With the documents that it names.
    async fn into_claim(self, connection: &mut Connection) -> Result<StoredClaim, StorageError> {
        let state = self.state()?;
        let verification = match (&self.registration_number_type, self.registration_number) {
            (Some(number_type), Some(registration_number)) => VerificationMethod::Register {
                registration_number_type: number_type_from_column(number_type)?,
                registration_number,
            },
            _ => VerificationMethod::Document { document_ids: documents(connection, &self.id).await? },
        };
        Ok(StoredClaim {
            id: self.id,
            customer_id: self.customer_id,
            organization_id: self.organization_id,
            order_id: self.order_id,
            data: OrganizationData {
                organization: self.organization,
                country: self.country,
                state_or_province: self.state_or_province,
                locality: self.locality,
                organization_identifier: self.organization_identifier,
            },
            verification,
            answer: self.register_answer.map(|Json(answer)| answer.into()),
            submitted_by: self.submitted_by,
            submitted_at: self.submitted_at.into(),
            state,
        })
    }
}

async fn documents(connection: &mut Connection, claim: &ClaimId) -> Result<Vec<String>, StorageError> {
    let rows: Vec<(String,)> = connection
        .query("SELECT document_id FROM claim_document WHERE claim_id = $1 ORDER BY position")
        .bind(claim)
        .fetch_all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Adds a submission. The organization has no other open one: [`replace_open`] first.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    claim: &StoredClaim,
    documents: &[DocumentId],
) -> Result<(), StorageError> {
    let (number_type, number) = match &claim.verification {
        VerificationMethod::Register { registration_number_type, registration_number } => {
            (Some(number_type_column(*registration_number_type)), Some(registration_number.as_str()))
        }
        VerificationMethod::Document { .. } => (None, None),
    };
    transaction
        .query(
            "INSERT INTO claim (id, customer_id, organization_id, order_id, state, organization, country, state_or_province,
                                locality, organization_identifier, registration_number_type, registration_number,
                                register_answer, submitted_by, submitted_at)
             VALUES ($1, $2, $3, $4, 'submitted', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(&claim.id)
        .bind(&claim.customer_id)
        .bind(&claim.organization_id)
        .bind(&claim.order_id)
        .bind(&claim.data.organization)
        .bind(&claim.data.country)
        .bind(&claim.data.state_or_province)
        .bind(&claim.data.locality)
        .bind(claim.data.organization_identifier.as_deref())
        .bind(number_type)
        .bind(number)
        .bind(claim.answer.as_ref().map(|answer| Json(StoredAnswer::from(answer))))
        .bind(&claim.submitted_by)
        .bind(Moment(claim.submitted_at))
        .change_one("claim")
        .await?;
    for (position, document) in (0_i64..).zip(documents) {
        transaction
            .query("INSERT INTO claim_document (claim_id, position, document_id) VALUES ($1, $2, $3)")
            .bind(&claim.id)
            .bind(position)
            .bind(document)
            .change_one("claim_document")
            .await?;
    }
    Ok(())
}

/// The newest submission of the organization that no other took the place of.
pub(crate) async fn lookup_newest(
    connection: &mut Connection,
    organization: &OrganizationId,
) -> Result<Option<StoredClaim>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT * FROM claim WHERE organization_id = $1 AND state <> 'replaced' ORDER BY sequence DESC LIMIT 1",
        )
        .bind(organization)
        .fetch_optional()
        .await?;
    one(connection, row).await
}

/// The newest submission that was made for this order and that no other took the place of.
pub(crate) async fn lookup_of_order(
    connection: &mut Connection,
    order: &OrderId,
) -> Result<Option<StoredClaim>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT * FROM claim WHERE order_id = $1 AND state <> 'replaced' ORDER BY sequence DESC LIMIT 1",
        )
        .bind(order)
        .fetch_optional()
        .await?;
    one(connection, row).await
}

async fn one(connection: &mut Connection, row: Option<Row>) -> Result<Option<StoredClaim>, StorageError> {
    match row {
        Some(row) => Ok(Some(row.into_claim(connection).await?)),
        None => Ok(None),
    }
}

/// The part of the list of all newest submissions that holds those that wait.
const WAITING: i64 = 0;
/// And the part after it, with those that are decided.
const DECIDED: i64 = 1;

/// The newest submission of every organization: those that wait first, oldest first; then the decided ones, newest first.
pub(crate) async fn page(
    connection: &mut Connection,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<StoredClaim>, StorageError> {
    let wanted = limit.with_the_next();
    let mut rows = match after {
        Some(Cursor { part: DECIDED, .. }) => Vec::new(),
        after => waiting(connection, after.map_or(0, |after| after.sequence), wanted).await?,
    };
    let missing = wanted.saturating_sub(i64::try_from(rows.len()).unwrap_or(i64::MAX));
    if missing > 0 {
        let newest = Cursor { part: DECIDED, at: i64::MAX, sequence: i64::MAX };
        let after = after.filter(|after| after.part == DECIDED).unwrap_or(newest);
        rows.extend(decided(connection, after, missing).await?);
    }
    let page = Page::of(rows, limit, |row| match row.decided_at {
        None => Cursor { part: WAITING, at: 0, sequence: row.sequence },
        Some(Moment(at)) => Cursor { part: DECIDED, ..Cursor::of_moment(at, row.sequence) },
    });
    let mut claims = Vec::with_capacity(page.items.len());
    for row in page.items {
        claims.push(row.into_claim(connection).await?);
    }
    Ok(Page { items: claims, next: page.next })
}

async fn waiting(connection: &mut Connection, after: i64, limit: i64) -> Result<Vec<Row>, StorageError> {
    connection
        .query("SELECT * FROM claim WHERE state = 'submitted' AND sequence > $1 ORDER BY sequence LIMIT $2")
        .bind(after)
        .bind(limit)
        .fetch_all()
        .await
}

async fn decided(connection: &mut Connection, after: Cursor, limit: i64) -> Result<Vec<Row>, StorageError> {
    connection
        .query(
            "SELECT * FROM claim
             WHERE state IN ('approved', 'refused') AND (decided_at, sequence) < ($1, $2)
                 AND NOT EXISTS (SELECT newer.sequence FROM claim AS newer
                                 WHERE newer.organization_id = claim.organization_id AND newer.sequence > claim.sequence
                                     AND newer.state <> 'replaced')
             ORDER BY decided_at DESC, sequence DESC LIMIT $3",
        )
        .bind(after.at)
        .bind(after.sequence)
        .bind(limit)
        .fetch_all()
        .await
}

/// The customer's claims that were approved after `since`, newest first; of several with the same identifier the newest.
pub(crate) async fn verified_page(
    connection: &mut Connection,
    customer: &CustomerId,
    since: Timestamp,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<StoredClaim>, StorageError> {
    let after = after.unwrap_or(Cursor { part: 0, at: i64::MAX, sequence: i64::MAX });
    let rows: Vec<Row> = connection
        .query(
            "SELECT * FROM claim
             WHERE customer_id = $1 AND state = 'approved' AND decided_at > $2 AND (decided_at, sequence) < ($3, $4)
                 AND NOT EXISTS (SELECT newer.sequence FROM claim AS newer
                                 WHERE newer.customer_id = claim.customer_id AND newer.state = 'approved'
                                     AND newer.verified_organization_identifier = claim.verified_organization_identifier
                                     AND (newer.decided_at, newer.sequence) > (claim.decided_at, claim.sequence))
             ORDER BY decided_at DESC, sequence DESC LIMIT $5",
        )
        .bind(customer)
        .bind(Moment(since))
        .bind(after.at)
        .bind(after.sequence)
        .bind(limit.with_the_next())
        .fetch_all()
        .await?;
    let page = Page::of(rows, limit, |row| {
        Cursor::of_moment(row.decided_at.map_or(since, Into::into), row.sequence)
    });
    let mut claims = Vec::with_capacity(page.items.len());
    for row in page.items {
        claims.push(row.into_claim(connection).await?);
    }
    Ok(Page { items: claims, next: page.next })
}

/// Marks the open submission of the organization, where there is one, as replaced by a newer one.
pub(crate) async fn replace_open(
    transaction: &mut Transaction,
    organization: &OrganizationId,
) -> Result<(), StorageError> {
    transaction
        .query(
            "UPDATE claim SET state = 'replaced' WHERE organization_id = $1 AND state IN ('submitted', 'approved')",
        )
        .bind(organization)
        .execute()
        .await?;
    Ok(())
}

/// Writes down an approval, and what it rests on.
pub(crate) async fn approve(
    transaction: &mut Transaction,
    claim: &ClaimId,
    data: &OrganizationData,
    evidence: &[Evidence],
    specialist: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query(
            "UPDATE claim SET state = 'approved', verified_organization = $1, verified_country = $2,
                    verified_state_or_province = $3, verified_locality = $4, verified_organization_identifier = $5,
                    decided_by = $6, decided_at = $7
             WHERE id = $8 AND state = 'submitted'",
        )
        .bind(&data.organization)
        .bind(&data.country)
        .bind(&data.state_or_province)
        .bind(&data.locality)
        .bind(data.organization_identifier.as_deref())
        .bind(specialist)
        .bind(Moment(at))
        .bind(claim)
        .change_one("claim.state")
        .await?;
    evidence::insert(transaction, claim, evidence, specialist, at).await
}

/// Writes down a refusal.
pub(crate) async fn refuse(
    transaction: &mut Transaction,
    claim: &ClaimId,
    reason: &str,
    specialist: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query(
            "UPDATE claim SET state = 'refused', refusal = $1, decided_by = $2, decided_at = $3
             WHERE id = $4 AND state = 'submitted'",
        )
        .bind(reason)
        .bind(specialist)
        .bind(Moment(at))
        .bind(claim)
        .change_one("claim.state")
        .await
}
