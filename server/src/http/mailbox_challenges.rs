//! `/api/mailbox-challenges`: step 2 of an order, the mailbox's side. Who has the link needs no account.

use super::{
    body::Body,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
};
use crate::{
    order,
    state::AppState,
    storage,
    validation::mailbox::{self, ConfirmError, Inspected},
};
use axum::{Json, extract::State, http::StatusCode};
use protocol::{ChallengeToken, MailboxChallenge};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(inspect)).routes(routes!(confirm))
}

async fn view(state: &AppState, inspected: Inspected) -> Result<Json<MailboxChallenge>, ApiError> {
    let order = storage::order::lookup(&mut *state.read().await?, &inspected.order_id).await?;
    let order = order.ok_or(ConfirmError::Unknown)?;
    Ok(Json(MailboxChallenge {
        mailbox: inspected.mailbox,
        product_name: order::product_of(&order)?.name,
        state: inspected.state,
        expires_at: inspected.expires_at,
    }))
}

/// What a link can still do. Changes nothing.
#[utoipa::path(
    post,
    path = "/api/mailbox-challenges/inspect",
    request_body = ChallengeToken,
    responses((status = 200, body = MailboxChallenge), OtherwiseProblem)
)]
async fn inspect(
    State(state): State<AppState>,
    Body(request): Body<ChallengeToken>,
) -> Result<Json<MailboxChallenge>, ApiError> {
    let now = state.clock().now();
    let inspected = mailbox::inspect(&mut *state.read().await?, &request.token, now).await?;
    view(&state, inspected.ok_or(ConfirmError::Unknown)?).await
}

/// Verifies the mailbox that the link was sent to. It works once.
#[utoipa::path(
    post,
    path = "/api/mailbox-challenges/confirm",
    request_body = ChallengeToken,
    responses((status = 200, body = MailboxChallenge), OtherwiseProblem)
)]
async fn confirm(
    State(state): State<AppState>,
    Body(request): Body<ChallengeToken>,
) -> Result<Json<MailboxChallenge>, ApiError> {
    let inspected = state
        .write(async move |transaction, environment| {
            mailbox::confirm(transaction, environment, &request.token).await
        })
        .await?;
    view(&state, inspected).await
}

impl AsProblem for ConfirmError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::Unknown => {
                ApiError::new(StatusCode::NOT_FOUND, "link-unknown", "This link is not one of ours.")
                    .detail("Check that the whole link was copied from the message.")
            }
            Self::Used => ApiError::new(
                StatusCode::CONFLICT,
                "link-used",
                "This address was confirmed with this link already.",
            )
            .detail("Nothing is left to do here."),
            Self::Expired => {
                ApiError::new(StatusCode::GONE, "link-expired", "This link is older than 24 hours.")
                    .detail("Have the message sent again on the page of the order.")
            }
            Self::Superseded => ApiError::new(
                StatusCode::GONE,
                "link-superseded",
                "A newer message was sent, which ended this link.",
            )
            .detail("Use the link of the newest message."),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
