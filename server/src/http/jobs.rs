//! `/api/jobs`: what the server does later, for the operator.

use super::{caller, list, openapi::OtherwiseProblem, problem::ApiError};
use crate::{
    access::{Caller, Permission},
    audit::{self, Event},
    id::JobId,
    jobs,
    state::AppState,
    storage::{self, StorageError},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{Job, Page};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(run))
}

/// The jobs that are not done, oldest first.
#[utoipa::path(
    get,
    path = "/api/jobs",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "At most 200")
    ),
    security(("session" = [])),
    responses((status = 200, body = Page<Job>), OtherwiseProblem)
)]
async fn show(
    State(state): State<AppState>,
    caller: Caller,
    asked: list::Asked,
) -> Result<Json<Page<Job>>, ApiError> {
    caller::require(&caller, Permission::ReadJobs)?;
    let now = state.clock().now();
    let page = storage::job::page(&mut *state.read().await?, asked.after, asked.limit).await?;
    Ok(Json(list::answer(page, |job| jobs::view(job, now))))
}

/// Has a job tried at once, also one that was given up.
#[utoipa::path(
    post,
    path = "/api/jobs/{id}/run",
    params(("id" = String, Path, description = "The job's id")),
    security(("session" = [])),
    responses((status = 204, description = "It is tried now"), OtherwiseProblem)
)]
async fn run(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<JobId>,
) -> Result<StatusCode, ApiError> {
    caller::require(&caller, Permission::RunJobs)?;
    let account_id = caller.account.id;
    let found = state
        .write(async move |transaction, environment| {
            let now = environment.now();
            let found = storage::job::run_again(transaction, &id, now).await?;
            if found {
                audit::append(transaction, now, &Event::JobRunAgain { job_id: id, account_id }).await?;
            }
            Ok::<_, StorageError>(found)
        })
        .await?;
    state.wake_jobs();
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}
