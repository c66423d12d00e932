//! `/api/orders/{id}/organization`: step 1 of an order.

use super::{
    body::Body,
    openapi::OtherwiseProblem,
    orders,
    problem::{ApiError, AsProblem},
    session::Customer,
};
use crate::{
    id::OrderId,
    state::AppState,
    verification::organization::{self, SubmitError},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{Order, OrganizationEvidence};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(submit))
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
    Customer(customer): Customer,
    Path(id): Path<OrderId>,
    Body(evidence): Body<OrganizationEvidence>,
) -> Result<Json<Order>, ApiError> {
    organization::submit(&state, &customer, &id, evidence).await?;
    orders::answer(&state, &customer, &id).await
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
            Self::Fields(fields) => ApiError::invalid(fields.clone()),
            Self::Register(error) => error.as_problem(),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
