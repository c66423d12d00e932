//! `/api/verifications`: what a validation specialist reads and decides.

use super::{
    body::Body,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
    session::Specialist,
};
use crate::{
    id::OrderId,
    order,
    state::AppState,
    storage::{
        self, StorageError,
        organization_claim::{self, StoredClaim},
        purchase,
    },
    verification::organization::{self, DecisionError},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{Approval, Refusal, Timestamp, Verification};
use sqlx::SqliteConnection;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(approve))
        .routes(routes!(refuse))
}

/// Every organization's data that were submitted: those that wait first, oldest first.
#[utoipa::path(
    get,
    path = "/api/verifications",
    security(("session" = [])),
    responses((status = 200, body = Vec<Verification>), OtherwiseProblem)
)]
async fn list(
    State(state): State<AppState>,
    Specialist(_): Specialist,
) -> Result<Json<Vec<Verification>>, ApiError> {
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    let now = state.clock().now();
    let mut verifications = Vec::new();
    for claim in organization_claim::list_newest(&mut connection).await? {
        verifications.extend(view(&mut connection, claim, now).await?);
    }
    Ok(Json(verifications))
}

/// The newest submission of one order.
#[utoipa::path(
    get,
    path = "/api/verifications/{order_id}",
    params(("order_id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    responses((status = 200, body = Verification), OtherwiseProblem)
)]
async fn show(
    State(state): State<AppState>,
    Specialist(_): Specialist,
    Path(order): Path<OrderId>,
) -> Result<Json<Verification>, ApiError> {
    answer(&state, &order).await
}

async fn answer(state: &AppState, order: &OrderId) -> Result<Json<Verification>, ApiError> {
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    let claim = organization_claim::lookup_newest(&mut connection, order).await?;
    let claim = claim.ok_or_else(ApiError::not_found)?;
    let verification = view(&mut connection, claim, state.clock().now()).await?;
    verification.map(Json).ok_or_else(ApiError::not_found)
}

/// `None` where the order or its account is gone.
async fn view(
    connection: &mut SqliteConnection,
    claim: StoredClaim,
    now: Timestamp,
) -> Result<Option<Verification>, StorageError> {
    let Some(purchase) = purchase::lookup(connection, &claim.order_id).await? else { return Ok(None) };
    let Some(applicant) = storage::account::lookup(connection, &purchase.account_id).await? else {
        return Ok(None);
    };
    let status = organization::status(&claim, now);
    let register_evidence = claim.evidence.clone();
    Ok(Some(Verification {
        order_id: purchase.id.to_string(),
        applicant: applicant.to_protocol(),
        claim: order::claim_view(connection, claim).await?,
        register_evidence,
        status,
    }))
}

/// Approves the data, exactly as they will stand in the certificate.
#[utoipa::path(
    post,
    path = "/api/verifications/{order_id}/approval",
    params(("order_id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    request_body = Approval,
    responses((status = 200, body = Verification), OtherwiseProblem)
)]
async fn approve(
    State(state): State<AppState>,
    Specialist(specialist): Specialist,
    Path(order): Path<OrderId>,
    Body(approval): Body<Approval>,
) -> Result<Json<Verification>, ApiError> {
    organization::approve(&state, &specialist, &order, approval).await?;
    answer(&state, &order).await
}

/// Refuses the data, with a reason that the customer reads.
#[utoipa::path(
    post,
    path = "/api/verifications/{order_id}/refusal",
    params(("order_id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    request_body = Refusal,
    responses((status = 200, body = Verification), OtherwiseProblem)
)]
async fn refuse(
    State(state): State<AppState>,
    Specialist(specialist): Specialist,
    Path(order): Path<OrderId>,
    Body(refusal): Body<Refusal>,
) -> Result<Json<Verification>, ApiError> {
    organization::refuse(&state, &specialist, &order, &refusal).await?;
    answer(&state, &order).await
}

impl AsProblem for DecisionError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::NotFound => ApiError::not_found(),
            Self::ClaimChanged => ApiError::new(
                StatusCode::CONFLICT,
                "claim-changed",
                "These data are not the ones that wait for a decision any more.",
            )
            .detail("Load the page again: they were decided, or the customer changed them."),
            Self::Fields(fields) => ApiError::invalid(fields.clone()),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
