//! `/api/inbox`: in a demonstration, the mail that would have been sent.

use super::{openapi::OtherwiseProblem, problem::ApiError};
use crate::{
    settings::MailDelivery,
    state::AppState,
    storage::{installation::Purpose, outbox, outbox::StoredMessage},
};
use axum::{Json, extract::State};
use protocol::InboxMessage;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Older messages are not shown. Our choice.
const MAXIMUM_MESSAGES: u32 = 200;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// The messages, newest first; not found where mail is really sent.
#[utoipa::path(get, path = "/api/inbox", responses((status = 200, body = Vec<InboxMessage>), OtherwiseProblem))]
async fn list(State(state): State<AppState>) -> Result<Json<Vec<InboxMessage>>, ApiError> {
    let settings = state.settings();
    if settings.purpose != Purpose::Demonstration || settings.mail != MailDelivery::Inbox {
        return Err(ApiError::not_found());
    }
    let messages = outbox::newest(&mut *state.read().await?, MAXIMUM_MESSAGES).await?;
    Ok(Json(messages.into_iter().map(view).collect()))
}

fn view(message: StoredMessage) -> InboxMessage {
    InboxMessage {
        id: message.id.to_string(),
        to: message.recipient,
        subject: message.subject,
        text: message.body,
        written_at: message.written_at,
    }
}
