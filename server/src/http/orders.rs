//! `/api/orders`: a customer's orders.

use super::{
    body::Body,
    caller, list,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
};
use crate::{
    access::{Caller, Permission},
    id::OrderId,
    order::{self, PlaceError, Placed},
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{FieldProblem, Order, OrderRequest, Page};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(place, show_list)).routes(routes!(show))
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
    caller: Caller,
    Body(request): Body<OrderRequest>,
) -> Result<(StatusCode, Json<Order>), ApiError> {
    caller::require_for_customer(&caller, Permission::PlaceOrder)?;
    let (order, placed) = state
        .write(async move |transaction, environment| {
            order::place(transaction, environment, &caller, &request).await
        })
        .await?;
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
            Self::NoCustomer => ApiError::not_found(),
            Self::ProductNotFound => field("product_id", "not-found", "The shop does not sell this."),
            Self::Holder => {
                field("holder", "not-accepted", "Name a person of this customer who may hold certificates.")
            }
            Self::IdempotencyKey => field("idempotency_key", "not-accepted", "Use 1 to 72 characters."),
            Self::KeyOfAnotherOrder => ApiError::new(
                StatusCode::CONFLICT,
                "key-of-another-order",
                "This idempotency key ordered something else before.",
            )
            .detail("Use a new key for each order."),
            Self::Storage(error) => error.as_problem(),
        }
    }
}

/// The orders that the caller may see, of the customer that is acted for, newest first.
#[utoipa::path(
    get,
    path = "/api/orders",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "At most 200")
    ),
    security(("session" = [])),
    responses((status = 200, body = Page<Order>), OtherwiseProblem)
)]
async fn show_list(
    State(state): State<AppState>,
    caller: Caller,
    asked: list::Asked,
) -> Result<Json<Page<Order>>, ApiError> {
    caller::require_for_customer(&caller, Permission::ReadOrders)?;
    let (mut reader, now) = (state.read().await?, state.clock().now());
    let page = order::list(&mut reader, &caller, now, asked.after, asked.limit).await?;
    Ok(Json(list::answer(page, |order| order)))
}

/// One order.
#[utoipa::path(
    get,
    path = "/api/orders/{id}",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    responses((status = 200, body = Order), OtherwiseProblem)
)]
async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Order>, ApiError> {
    answer(&state, &caller, &id).await
}

/// The order as it now stands; what most changes of an order answer.
pub(super) async fn answer(state: &AppState, caller: &Caller, id: &OrderId) -> Result<Json<Order>, ApiError> {
    let order = order::lookup(&mut *state.read().await?, caller, id, state.clock().now()).await?;
    order.map(Json).ok_or_else(ApiError::not_found)
}
