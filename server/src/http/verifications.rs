//! `/api/verifications`: what a validation specialist reads and decides.

use super::{
    body::Body,
    caller, list,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
};
use crate::{
    access::{Caller, Permission},
    id::OrderId,
    order,
    state::AppState,
    storage::{self, Connection, StorageError, claim::StoredClaim},
    validation::organization::{self, DecisionError},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{Applicant, Approval, Page, Refusal, Timestamp, Verification};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show_list))
        .routes(routes!(show))
        .routes(routes!(approve))
        .routes(routes!(refuse))
}

/// Every organization's data that were submitted: those that wait first, oldest first.
#[utoipa::path(
    get,
    path = "/api/verifications",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "At most 200")
    ),
    security(("session" = [])),
    responses((status = 200, body = Page<Verification>), OtherwiseProblem)
)]
async fn show_list(
    State(state): State<AppState>,
    caller: Caller,
    asked: list::Asked,
) -> Result<Json<Page<Verification>>, ApiError> {
    caller::require(&caller, Permission::ReadVerifications)?;
    let (mut reader, now) = (state.read().await?, state.clock().now());
    let page = storage::claim::page(&mut reader, asked.after, asked.limit).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for claim in page.items {
        items.push(view(&mut reader, claim, now).await?);
    }
    Ok(Json(list::answer(storage::Page { items, next: page.next }, |verification| verification)))
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
    caller: Caller,
    Path(order): Path<OrderId>,
) -> Result<Json<Verification>, ApiError> {
    caller::require(&caller, Permission::ReadVerifications)?;
    answer(&state, &order).await
}

async fn answer(state: &AppState, order: &OrderId) -> Result<Json<Verification>, ApiError> {
    let mut reader = state.read().await?;
    let claim = storage::claim::lookup_of_order(&mut reader, order).await?;
    let claim = claim.ok_or_else(ApiError::not_found)?;
    Ok(Json(view(&mut reader, claim, state.clock().now()).await?))
}

async fn view(
    connection: &mut Connection,
    claim: StoredClaim,
    now: Timestamp,
) -> Result<Verification, StorageError> {
    let applicant = storage::account::lookup(connection, &claim.submitted_by)
        .await?
        .ok_or(StorageError::Unreadable { column: "claim.submitted_by" })?;
    let customer = storage::customer::lookup(connection, &claim.customer_id)
        .await?
        .ok_or(StorageError::Unreadable { column: "claim.customer_id" })?;
    let status = organization::status(&claim, now);
    let register_evidence = claim.answer.clone();
    Ok(Verification {
        order_id: claim.order_id.to_string(),
        applicant: Applicant { email: applicant.email, customer: customer.name },
        claim: order::claim_view(connection, claim).await?,
        register_evidence,
        status,
    })
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
    caller: Caller,
    Path(order): Path<OrderId>,
    Body(approval): Body<Approval>,
) -> Result<Json<Verification>, ApiError> {
    caller::require(&caller, Permission::Decide)?;
    let decided = order.clone();
    state
        .write(async move |transaction, environment| {
            organization::approve(transaction, environment, &caller, &decided, approval).await
        })
        .await?;
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
    caller: Caller,
    Path(order): Path<OrderId>,
    Body(refusal): Body<Refusal>,
) -> Result<Json<Verification>, ApiError> {
    caller::require(&caller, Permission::Decide)?;
    let decided = order.clone();
    state
        .write(async move |transaction, environment| {
            organization::refuse(transaction, environment, &caller, &decided, &refusal).await
        })
        .await?;
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
            Self::OwnCustomer => ApiError::new(
                StatusCode::CONFLICT,
                "own-customer",
                "These data are of a customer that you belong to.",
            )
            .detail("Another specialist has to decide on them."),
            Self::Fields(fields) => ApiError::invalid(fields.clone()),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
