//! `/api/orders/{id}/mailbox`: step 2 of an order, the customer's side; `/api/mailboxes`: what is verified already.

use super::{
    body::Body,
    caller, list,
    openapi::OtherwiseProblem,
    orders,
    problem::{ApiError, AsProblem, invalid_mailbox, too_many_mails},
};
use crate::{
    access::{Caller, Permission},
    id::{MailboxId, OrderId},
    state::AppState,
    validation::mailbox::{self, SendError},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use pki::mailbox::Mailbox;
use protocol::{MailboxRequest, Order, Page, UseMailbox, VerifiedMailbox};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(challenge))
        .routes(routes!(challenge_again))
        .routes(routes!(use_verified))
        .routes(routes!(list_verified))
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
    caller: Caller,
    Path(id): Path<OrderId>,
    Body(request): Body<MailboxRequest>,
) -> Result<Json<Order>, ApiError> {
    let mailbox = Mailbox::parse(&request.email).map_err(|error| invalid_mailbox(&error))?;
    let (asked, order) = (caller.clone(), id.clone());
    state
        .write(async move |transaction, environment| {
            mailbox::challenge(transaction, environment, &asked, &order, &mailbox).await
        })
        .await?;
    orders::answer(&state, &caller, &id).await
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
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Json<Order>, ApiError> {
    let (asked, order) = (caller.clone(), id.clone());
    state
        .write(async move |transaction, environment| {
            mailbox::challenge_again(transaction, environment, &asked, &order).await
        })
        .await?;
    orders::answer(&state, &caller, &id).await
}

/// Uses a mailbox that was verified for the same holder, without another message.
#[utoipa::path(
    put,
    path = "/api/orders/{id}/verified-mailbox",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    request_body = UseMailbox,
    responses((status = 200, body = Order), OtherwiseProblem)
)]
async fn use_verified(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<OrderId>,
    Body(request): Body<UseMailbox>,
) -> Result<Json<Order>, ApiError> {
    let (asked, order, mailbox) = (caller.clone(), id.clone(), MailboxId::from(request.mailbox_id));
    state
        .write(async move |transaction, environment| {
            mailbox::use_verified(transaction, environment, &asked, &order, &mailbox).await
        })
        .await?;
    orders::answer(&state, &caller, &id).await
}

/// The mailboxes that the caller's own orders may use, verified last first.
#[utoipa::path(
    get,
    path = "/api/mailboxes",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "At most 200")
    ),
    security(("session" = [])),
    responses((status = 200, body = Page<VerifiedMailbox>), OtherwiseProblem)
)]
async fn list_verified(
    State(state): State<AppState>,
    caller: Caller,
    asked: list::Asked,
) -> Result<Json<Page<VerifiedMailbox>>, ApiError> {
    caller::require_for_customer(&caller, Permission::NameMailbox)?;
    let (mut reader, now) = (state.read().await?, state.clock().now());
    let page = mailbox::list_verified(&mut reader, &caller, now, asked.after, asked.limit).await?;
    Ok(Json(list::answer(page, |verified| VerifiedMailbox {
        id: verified.id().to_string(),
        email: verified.mailbox().to_string(),
        verified_until: verified.verified_until(),
    })))
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
            Self::NotVerified => ApiError::new(
                StatusCode::CONFLICT,
                "mailbox-not-verified",
                "This e-mail address is not verified, or not any more.",
            )
            .detail("Provide the e-mail address; a message is sent there."),
            Self::TooMany { wait } => too_many_mails(*wait),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
