//! `/pki`: what certificates point at, for every program that verifies one. Plain HTTP is enough: all of it is signed.

use super::{
    certificates::PKIX_CERT,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
};
use crate::{
    authority::revocation_list::{self, RevocationListError},
    state::AppState,
};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// RFC 2585 §4.2.
const PKIX_CRL: &str = "application/pkix-crl";

/// A CA certificate never changes under its address. Our choice: a day, in case an authority is founded anew.
const CERTIFICATE_CACHING: &str = "public, max-age=86400";

/// Our choice: a revocation is seen an hour later at most.
const CRL_CACHING: &str = "public, max-age=3600";

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(root_certificate))
        .routes(routes!(root_crl))
        .routes(routes!(issuing_certificate))
        .routes(routes!(issuing_crl))
}

/// The root's certificate.
#[utoipa::path(
    get,
    path = "/pki/root.cer",
    responses((status = 200, description = "DER", body = Vec<u8>, content_type = PKIX_CERT))
)]
async fn root_certificate(State(state): State<AppState>) -> Response {
    answer(PKIX_CERT, CERTIFICATE_CACHING, state.authority().root().certificate_der().to_vec())
}

/// The root's list of revoked CA certificates.
#[utoipa::path(
    get,
    path = "/pki/root.crl",
    responses((status = 200, description = "DER", body = Vec<u8>, content_type = PKIX_CRL))
)]
async fn root_crl(State(state): State<AppState>) -> Response {
    answer(PKIX_CRL, CRL_CACHING, state.authority().root_crl_der().to_vec())
}

/// The issuing CA's certificate.
#[utoipa::path(
    get,
    path = "/pki/issuing.cer",
    responses((status = 200, description = "DER", body = Vec<u8>, content_type = PKIX_CERT))
)]
async fn issuing_certificate(State(state): State<AppState>) -> Response {
    answer(PKIX_CERT, CERTIFICATE_CACHING, state.authority().issuer().certificate_der().to_vec())
}

/// The issuing CA's list of revoked certificates, at most 24 hours old.
#[utoipa::path(
    get,
    path = "/pki/issuing.crl",
    responses((status = 200, description = "DER", body = Vec<u8>, content_type = PKIX_CRL), OtherwiseProblem)
)]
async fn issuing_crl(State(state): State<AppState>) -> Result<Response, ApiError> {
    Ok(answer(PKIX_CRL, CRL_CACHING, revocation_list::current(&state).await?.der))
}

fn answer(media_type: &'static str, caching: &'static str, content: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, caching)], content).into_response()
}

impl AsProblem for RevocationListError {
    fn as_problem(&self) -> ApiError {
        tracing::error!(error = ?self, "there is no CRL to show");
        ApiError::internal()
    }
}
