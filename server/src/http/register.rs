//! `/api/register`: a search for an organization by its number.

use super::{
    caller,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
};
use crate::{
    access::{Caller, Permission},
    register::{NumberError, RegisterError, RegistrationNumber},
    state::AppState,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use protocol::{FieldProblem, RegisterEntry, RegistrationNumberType};
use serde::Deserialize;
use std::time::Duration;
use utoipa_axum::{router::OpenApiRouter, routes};

/// When to ask a register again that gave no answer. Our choice.
const RETRY_AFTER: Duration = Duration::from_mins(1);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search))
}

#[derive(Deserialize)]
struct Search {
    registration_number_type: RegistrationNumberType,
    registration_number: String,
    #[serde(default)]
    country: String,
}

/// The organizations that a register has under this number.
#[utoipa::path(
    get,
    path = "/api/register",
    params(
        ("registration_number_type" = RegistrationNumberType, Query, description = "Which kind of number"),
        ("registration_number" = String, Query, description = "The number, as a person writes it"),
        ("country" = Option<String>, Query, description = "ISO 3166-1 alpha-2; an LEI needs none")
    ),
    security(("session" = [])),
    responses((status = 200, body = Vec<RegisterEntry>), OtherwiseProblem)
)]
async fn search(
    State(state): State<AppState>,
    caller: Caller,
    search: Result<Query<Search>, QueryRejection>,
) -> Result<Json<Vec<RegisterEntry>>, ApiError> {
    caller::require(&caller, Permission::SearchRegister)?;
    let Query(search) = search?;
    let number = RegistrationNumber::parse(
        search.registration_number_type,
        &search.registration_number,
        &search.country,
    )?;
    Ok(Json(state.register().lookup(&number).await?))
}

impl AsProblem for QueryRejection {
    fn as_problem(&self) -> ApiError {
        ApiError::invalid_query()
    }
}

impl AsProblem for NumberError {
    fn as_problem(&self) -> ApiError {
        let field = match self {
            Self::Country(_) => "country",
            _ => "registration_number",
        };
        ApiError::invalid(vec![FieldProblem {
            field: field.to_owned(),
            code: "not-accepted".to_owned(),
            message: self.to_string(),
        }])
    }
}

impl AsProblem for RegisterError {
    fn as_problem(&self) -> ApiError {
        if let Self::NotSearchable = self {
            return ApiError::invalid(vec![FieldProblem {
                field: "registration_number_type".to_owned(),
                code: "not-searchable".to_owned(),
                message:
                    "The register is not searched by numbers of this type. Choose another, or add a document."
                        .to_owned(),
            }]);
        }
        tracing::warn!(error = %self, "the register gave no answer");
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "register-unavailable",
            "The register does not answer now.",
        )
        .detail("Try again in a minute, or add a document instead.")
        .retry_after(RETRY_AFTER)
    }
}
