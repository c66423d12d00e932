//! `POST /v1/operations`, and `GET` and `DELETE /v1/operations/{id}`.

use super::{Bridge, cards::Following, gate::Paired, problem::Refusal};
use crate::{link::is_token, operation::StartError};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use protocol::{Operation, OperationRequest};

impl From<StartError> for Refusal {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Busy => Self::Busy,
            StartError::Replayed => Self::Replayed,
        }
    }
}

pub(super) async fn start(
    State(bridge): State<Bridge>,
    Paired(origin): Paired,
    Json(request): Json<OperationRequest>,
) -> Result<(StatusCode, Json<Operation>), Refusal> {
    if !is_token(&request.id) {
        return Err(Refusal::Unreadable);
    }
    let begun = bridge.operations.start(&origin, origin.to_string(), request)?;
    std::future::ready(Ok((StatusCode::CREATED, Json(begun)))).await
}

pub(super) async fn follow(
    State(bridge): State<Bridge>,
    Paired(origin): Paired,
    Path(id): Path<String>,
    Query(following): Query<Following>,
) -> Result<Json<Operation>, Refusal> {
    let operation = bridge.operations.follow(&origin, &id, following.seen, following.wait()).await;
    operation.map(Json).ok_or(Refusal::NotFound)
}

pub(super) async fn cancel(
    State(bridge): State<Bridge>,
    Paired(origin): Paired,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    let found = bridge.operations.cancel(&origin, &id);
    std::future::ready(if found { Ok(StatusCode::NO_CONTENT) } else { Err(Refusal::NotFound) }).await
}
