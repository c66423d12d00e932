//! The description of the API, made from the code.

use super::problem::ApiError;
use crate::state::AppState;
use axum::{
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use protocol::Problem;
use std::{collections::BTreeMap, sync::LazyLock};
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        Content, Ref, RefOr, Response, ResponseBuilder,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(OpenApi)]
#[openapi(
    info(title = "Signet", description = "Orders, verification and S/MIME certificates. \
        A request that changes something carries the header `X-Signet: 1`. \
        A person who acts for several customers names one with `X-Signet-Customer`."),
    components(schemas(Problem)),
    modifiers(&SessionCookie, &ReportToken)
)]
struct Skeleton;

struct SessionCookie;

impl Modify for SessionCookie {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let cookie = ApiKeyValue::new(super::caller::COOKIE);
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

struct ReportToken;

impl Modify for ReportToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("report-token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// What the description says besides the routes.
pub(super) fn skeleton() -> utoipa::openapi::OpenApi {
    Skeleton::openapi()
}

/// In descriptions: every other answer is a problem (RFC 9457).
pub(super) struct OtherwiseProblem;

impl IntoResponses for OtherwiseProblem {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let problem = ResponseBuilder::new()
            .description("What is wrong, and what to do next")
            .content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem"))))
            .build();
        BTreeMap::from([("default".to_owned(), problem.into())])
    }
}

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(show))
}

/// Whether the server answers and reaches its database.
#[utoipa::path(get, path = "/api/health", responses((status = 204, description = "It does"), OtherwiseProblem))]
async fn health(State(state): State<AppState>) -> Result<StatusCode, ApiError> {
    state.store().check().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Made once: the code does not change while the server runs.
static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| super::document().to_json().expect("the description of the API is JSON"));

/// This description.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json"))
)]
async fn show() -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, "application/json")], &DOCUMENT)
}
