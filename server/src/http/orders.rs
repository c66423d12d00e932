//! `/api/orders`: a customer's orders.

use super::{
    body::Body,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
    session::Customer,
};
use crate::{
    id::OrderId,
    order::{self, PlaceError, Placed},
    state::AppState,
    storage::account::Account,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{FieldProblem, Order, OrderRequest};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(place, list)).routes(routes!(show))
}

/// Orders a product. The same idempotency key orders only once.
#[utoipa::path(
    post,
    path = "/api/orders",
    security(("session" = [])),
    request_body = OrderRequest,
    responses(
        (status = 201, description = "Ordered", body = Order),
        (status = 200, description = "Ordered before with this key", body = Order),
        OtherwiseProblem
    )
)]
async fn place(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Body(request): Body<OrderRequest>,
) -> Result<(StatusCode, Json<Order>), ApiError> {
    let (order, placed) = order::place(&state, &customer, &request).await?;
    let status = match placed {
        Placed::Now => StatusCode::CREATED,
        Placed::Before => StatusCode::OK,
    };
    Ok((status, Json(order)))
}

impl AsProblem for PlaceError {
    fn as_problem(&self) -> ApiError {
        let field = |field: &str, code: &str, message: &str| {
            ApiError::invalid(vec![FieldProblem {
                field: field.to_owned(),
                code: code.to_owned(),
                message: message.to_owned(),
            }])
        };
        match self {
            Self::ProductNotFound => field("product_id", "not-found", "The shop does not sell this."),
            Self::IdempotencyKey => field("idempotency_key", "not-accepted", "Use 1 to 72 characters."),
            Self::KeyOfAnotherOrder => ApiError::new(
                StatusCode::CONFLICT,
                "key-of-another-order",
                "This idempotency key ordered another product before.",
            )
            .detail("Use a new key for each purchase."),
            Self::Storage(error) => error.as_problem(),
        }
    }
}

/// The customer's orders, newest first.
#[utoipa::path(
    get,
    path = "/api/orders",
    security(("session" = [])),
    responses((status = 200, body = Vec<Order>), OtherwiseProblem)
)]
async fn list(
    State(state): State<AppState>,
    Customer(customer): Customer,
) -> Result<Json<Vec<Order>>, ApiError> {
    Ok(Json(order::list(&state, &customer).await?))
}

/// One order of the customer.
#[utoipa::path(
    get,
    path = "/api/orders/{id}",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    responses((status = 200, body = Order), OtherwiseProblem)
)]
async fn show(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Path(id): Path<OrderId>,
) -> Result<Json<Order>, ApiError> {
    answer(&state, &customer, &id).await
}

/// The order as it now stands; what most changes of an order answer.
pub(super) async fn answer(
    state: &AppState,
    customer: &Account,
    id: &OrderId,
) -> Result<Json<Order>, ApiError> {
    let order = order::lookup(state, customer, id).await?;
    order.map(Json).ok_or_else(ApiError::not_found)
}
