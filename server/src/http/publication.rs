//! `/pki`: what certificates point at, for every program that verifies one. Plain HTTP is enough: all of it is signed.

use super::{certificates::PKIX_CERT, openapi::OtherwiseProblem, problem::ApiError};
use crate::{authority::revocation_list, state::AppState};
use axum::{
    extract::State,
    http::{StatusCode, header},
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

/// The issuing CA's list of revoked certificates, signed anew every 24 hours.
#[utoipa::path(
    get,
    path = "/pki/issuing.crl",
    responses((status = 200, description = "DER", body = Vec<u8>, content_type = PKIX_CRL), OtherwiseProblem)
)]
async fn issuing_crl(State(state): State<AppState>) -> Result<Response, ApiError> {
    let current = revocation_list::current(&mut *state.read().await?, state.clock().now()).await?;
    let crl = current.ok_or_else(|| {
        tracing::error!("there is no CRL that counts");
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "crl-missing",
            "There is no list of revoked certificates that counts now.",
        )
        .detail("The server signs one as soon as it can.")
    })?;
    Ok(answer(PKIX_CRL, CRL_CACHING, crl.der))
}

fn answer(media_type: &'static str, caching: &'static str, content: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, caching)], content).into_response()
}
