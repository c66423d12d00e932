//! `/api/orders/{id}/mailbox`: step 2 of an order, the customer's side.

use super::{
    body::Body,
    openapi::OtherwiseProblem,
    orders,
    problem::{ApiError, AsProblem, invalid_mailbox, too_many_mails},
    session::Customer,
};
use crate::{
    id::OrderId,
    state::AppState,
    verification::mailbox::{self, SendError},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use pki::mailbox::Mailbox;
use protocol::{MailboxRequest, Order};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(challenge)).routes(routes!(challenge_again))
}

/// Names the mailbox and sends a message with a link there. A link sent before ends.
#[utoipa::path(
    put,
    path = "/api/orders/{id}/mailbox",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    request_body = MailboxRequest,
    responses((status = 200, body = Order), OtherwiseProblem)
)]
async fn challenge(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Path(id): Path<OrderId>,
    Body(request): Body<MailboxRequest>,
) -> Result<Json<Order>, ApiError> {
    let mailbox = Mailbox::parse(&request.email).map_err(|error| invalid_mailbox(&error))?;
    mailbox::challenge(&state, &customer, &id, &mailbox).await?;
    orders::answer(&state, &customer, &id).await
}

/// Sends the message again, with a new link. The link sent before ends.
#[utoipa::path(
    post,
    path = "/api/orders/{id}/mailbox/challenge",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    responses((status = 200, body = Order), OtherwiseProblem)
)]
async fn challenge_again(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Path(id): Path<OrderId>,
) -> Result<Json<Order>, ApiError> {
    mailbox::challenge_again(&state, &customer, &id).await?;
    orders::answer(&state, &customer, &id).await
}

impl AsProblem for SendError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::OrderNotFound => ApiError::not_found(),
            Self::NoMailbox => {
                ApiError::new(StatusCode::CONFLICT, "mailbox-missing", "No e-mail address was given yet.")
                    .detail("Provide the e-mail address first.")
            }
            Self::AlreadyVerified => ApiError::new(
                StatusCode::CONFLICT,
                "already-verified",
                "The e-mail address of this order is verified already.",
            )
            .detail("Go on with the next step."),
            Self::TooMany { wait } => too_many_mails(*wait),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
