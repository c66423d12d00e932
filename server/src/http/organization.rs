//! `/api/orders/{id}/organization`: step 1 of an order; `/api/organizations`: what is verified already.

use super::{
    body::Body,
    caller, list,
    openapi::OtherwiseProblem,
    orders,
    problem::{ApiError, AsProblem},
};
use crate::{
    access::{Caller, Permission},
    id::{OrderId, OrganizationId},
    state::AppState,
    validation::organization::{self, SubmitError},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{Order, OrganizationEvidence, Page, UseOrganization, VerifiedOrganization};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(submit)).routes(routes!(use_verified)).routes(routes!(list_verified))
}

/// Saves the organization's data for verification. What was saved before and not approved is replaced.
#[utoipa::path(
    put,
    path = "/api/orders/{id}/organization",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    request_body = OrganizationEvidence,
    responses((status = 200, body = Order), OtherwiseProblem)
)]
async fn submit(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Body(evidence): Body<OrganizationEvidence>,
) -> Result<Json<Order>, ApiError> {
    organization::check_open(&mut *state.read().await?, &caller, &id, state.clock().now()).await?;
    let prepared = organization::prepare(state.environment(), state.register(), evidence).await?;
    let (asked, order) = (caller.clone(), id.clone());
    state
        .write(async move |transaction, environment| {
            organization::submit(transaction, environment, &asked, &order, prepared).await
        })
        .await?;
    orders::answer(&state, &caller, &id).await
}

/// Uses an organization that was verified for the same customer, without a specialist.
#[utoipa::path(
    put,
    path = "/api/orders/{id}/verified-organization",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    request_body = UseOrganization,
    responses((status = 200, body = Order), OtherwiseProblem)
)]
async fn use_verified(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Body(request): Body<UseOrganization>,
) -> Result<Json<Order>, ApiError> {
    let (asked, order) = (caller.clone(), id.clone());
    let organization = OrganizationId::from(request.organization_id);
    state
        .write(async move |transaction, environment| {
            organization::use_verified(transaction, environment, &asked, &order, &organization).await
        })
        .await?;
    orders::answer(&state, &caller, &id).await
}

/// The organizations that any order of the customer may use, verified last first.
#[utoipa::path(
    get,
    path = "/api/organizations",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "At most 200")
    ),
    security(("session" = [])),
    responses((status = 200, body = Page<VerifiedOrganization>), OtherwiseProblem)
)]
async fn list_verified(
    State(state): State<AppState>,
    caller: Caller,
    asked: list::Asked,
) -> Result<Json<Page<VerifiedOrganization>>, ApiError> {
    caller::require_for_customer(&caller, Permission::ProvideData)?;
    let (mut reader, now) = (state.read().await?, state.clock().now());
    let page = organization::list_verified(&mut reader, &caller, now, asked.after, asked.limit).await?;
    Ok(Json(list::answer(page, |verified| VerifiedOrganization {
        id: verified.id().to_string(),
        data: verified.to_protocol(),
        verified_until: verified.verified_until(),
    })))
}

impl AsProblem for SubmitError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::OrderNotFound => ApiError::not_found(),
            Self::AlreadyVerified => ApiError::new(
                StatusCode::CONFLICT,
                "already-verified",
                "The organization of this order is verified already.",
            )
            .detail("Go on with the next step."),
            Self::NotVerified => ApiError::new(
                StatusCode::CONFLICT,
                "organization-not-verified",
                "This organization is not verified, or not any more.",
            )
            .detail("Provide the data; they are verified again."),
            Self::Fields(fields) => ApiError::invalid(fields.clone()),
            Self::Register(error) => error.as_problem(),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
