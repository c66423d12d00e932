//! `/api/card-jobs`: what a page cannot ask of the card bridge itself, it asks through the server. The page's side has a
//! session, the bridge's a token that works once.

use super::{
    body::Body,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem, in_words},
};
use crate::{
    access::Caller,
    card_job::{self, ClaimError, OpenError, ReportError},
    id::{AccountId, CardJobId},
    state::AppState,
    storage::StorageError,
};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use axum_extra::{
    TypedHeader,
    headers::{Authorization, authorization::Bearer},
    typed_header::TypedHeaderRejection,
};
use protocol::{
    CardJob, CardJobClaim, CardJobReceipt, CardJobRequest, CardJobTicket, FieldProblem, Operation,
    OperationState,
};
use serde::Deserialize;
use std::time::Duration;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest that a request waits for a change. Our choice: proxies cut what is idle for longer.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

/// How often a waiting request looks for what another server on the same database wrote, and for the end of a silence.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(follow, cancel))
        .routes(routes!(claim))
        .routes(routes!(report))
}

/// Makes a job for the card bridge of the person. One that the order had before is cancelled.
#[utoipa::path(
    post,
    path = "/api/card-jobs",
    security(("session" = [])),
    request_body = CardJobRequest,
    responses((status = 201, description = "Waits for a bridge", body = CardJobTicket), OtherwiseProblem)
)]
async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Body(request): Body<CardJobRequest>,
) -> Result<(StatusCode, Json<CardJobTicket>), ApiError> {
    let ticket = state
        .write(async move |transaction, environment| {
            card_job::open(transaction, environment, &caller, request).await
        })
        .await?;
    state.wake_followers();
    Ok((StatusCode::CREATED, Json(ticket)))
}

#[derive(Deserialize)]
struct Following {
    seen: Option<u64>,
    #[serde(default)]
    wait: u64,
}

/// Where a job stands. With the newest revision in `seen`, the answer waits for a change.
#[utoipa::path(
    get,
    path = "/api/card-jobs/{id}",
    params(
        ("id" = String, Path, description = "The job's id"),
        ("seen" = Option<u64>, Query, description = "The revision that is known already"),
        ("wait" = Option<u64>, Query, description = "How long to wait for another, in seconds; at most 25")
    ),
    security(("session" = [])),
    responses((status = 200, body = Operation), OtherwiseProblem)
)]
async fn follow(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<CardJobId>,
    following: Result<Query<Following>, QueryRejection>,
) -> Result<Json<Operation>, ApiError> {
    let Query(Following { seen, wait }) = following?;
    let owner = &caller.account.id;
    let operation = wait_for_change(&state, owner, &id, seen, Duration::from_secs(wait)).await?;
    operation.map(Json).ok_or_else(ApiError::not_found)
}

/// The job as it stands. Where it still is as `seen` tells, waits for a change, but not longer than `wait`.
async fn wait_for_change(
    state: &AppState,
    owner: &AccountId,
    id: &CardJobId,
    seen: Option<u64>,
    wait: Duration,
) -> Result<Option<Operation>, StorageError> {
    let change = async {
        loop {
            // Before the look, so that no change falls between the two.
            let changed = state.card_job_changed();
            match look(state, owner, id).await? {
                Some(operation) if Some(operation.revision) == seen && !operation.state.is_final() => {}
                answer => return Ok(answer),
            }
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    };
    tokio::select! {
        answer = change => answer,
        () = tokio::time::sleep(wait.min(LONGEST_WAIT)) => look(state, owner, id).await,
        () = state.stopped_waiting() => look(state, owner, id).await,
    }
}

async fn look(
    state: &AppState,
    owner: &AccountId,
    id: &CardJobId,
) -> Result<Option<Operation>, StorageError> {
    card_job::look(&mut *state.read().await?, owner, id, state.clock().now()).await
}

/// Gives a job up. The bridge ends its work with its next report.
#[utoipa::path(
    delete,
    path = "/api/card-jobs/{id}",
    params(("id" = String, Path, description = "The job's id")),
    security(("session" = [])),
    responses((status = 204, description = "Given up, or over before"), OtherwiseProblem)
)]
async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<CardJobId>,
) -> Result<StatusCode, ApiError> {
    let found = state
        .write(async move |transaction, environment| {
            card_job::cancel(transaction, environment, &caller.account.id, &id).await
        })
        .await?;
    state.wake_followers();
    found.map(|()| StatusCode::NO_CONTENT).ok_or_else(ApiError::not_found)
}

/// Takes the job of a token. For the bridge; it works once.
#[utoipa::path(
    post,
    path = "/api/card-jobs/claim",
    request_body = CardJobClaim,
    responses((status = 200, body = CardJob), OtherwiseProblem)
)]
async fn claim(
    State(state): State<AppState>,
    Body(request): Body<CardJobClaim>,
) -> Result<Json<CardJob>, ApiError> {
    let claimed = state
        .write(async move |transaction, environment| {
            card_job::claim(transaction, environment, &request.token).await
        })
        .await?;
    Ok(Json(claimed))
}

/// Says where the work of a job stands. For the bridge: at least every ten seconds, until a final state.
#[utoipa::path(
    post,
    path = "/api/card-jobs/report",
    security(("report-token" = [])),
    request_body = OperationState,
    responses((status = 200, body = CardJobReceipt), OtherwiseProblem)
)]
async fn report(
    State(state): State<AppState>,
    authorization: Result<TypedHeader<Authorization<Bearer>>, TypedHeaderRejection>,
    Body(reported): Body<OperationState>,
) -> Result<Json<CardJobReceipt>, ApiError> {
    let Ok(TypedHeader(authorization)) = authorization else { return Err(ReportError::Over.into()) };
    let receipt = state
        .write(async move |transaction, environment| {
            card_job::report(transaction, environment, authorization.token(), &reported).await
        })
        .await?;
    state.wake_followers();
    Ok(Json(receipt))
}

impl AsProblem for OpenError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::UnknownOrder => ApiError::not_found(),
            Self::StepsMissing => ApiError::new(
                StatusCode::CONFLICT,
                "steps-missing",
                "The organization or the e-mail address of this order is not verified.",
            )
            .detail("Finish the data verification and the e-mail verification first."),
            Self::AlreadyIssued => ApiError::new(
                StatusCode::CONFLICT,
                "already-issued",
                "This order has its certificate, and needs no other key.",
            )
            .detail("Open the certificate; it can be installed on the card from there."),
            Self::NoCertificate => ApiError::new(
                StatusCode::CONFLICT,
                "certificate-missing",
                "This order has no certificate yet that could be put on a card.",
            )
            .detail("Activate the certificate first."),
            Self::Task(fault) => ApiError::invalid(vec![FieldProblem {
                field: fault.field().to_owned(),
                code: "not-accepted".to_owned(),
                message: fault.to_string(),
            }]),
            Self::TooMany { wait } => ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-jobs",
                "The card bridge was asked too often.",
            )
            .detail(format!("You can try again in {}.", in_words(*wait)))
            .retry_after(*wait),
            Self::Certificate(error) => error.as_problem(),
            Self::Storage(error) => error.as_problem(),
        }
    }
}

impl AsProblem for ClaimError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::Gone => {
                ApiError::new(StatusCode::NOT_FOUND, "job-gone", "There is no job for this token any more.")
                    .detail("A token works once, and for five minutes. Begin again on the page.")
            }
            Self::Storage(error) => error.as_problem(),
        }
    }
}

impl AsProblem for ReportError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::Over => ApiError::new(StatusCode::UNAUTHORIZED, "job-over", "This job is over.")
                .detail("Nobody waits for its outcome any more. Begin again on the page."),
            Self::OtherOutcome => ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "other-outcome",
                "This is not an outcome of the task of this job.",
            )
            .detail("Report what came out of the task that was taken."),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
