//! `/api/certificates`: what a customer sees of issued certificates.

use super::{
    documents::attachment,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
    session::Customer,
};
use crate::{
    id::CertificateId,
    products,
    state::AppState,
    storage::{
        self, StorageError,
        account::Account,
        issuance::{IssuedCertificate, Reservation},
    },
};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use pki::certificate::CertificateError;
use protocol::{Certificate, CertificateSummary};
use utoipa_axum::{router::OpenApiRouter, routes};

/// RFC 8555 §9.1.
const PEM_CHAIN: &str = "application/pem-certificate-chain";

/// RFC 2585 §4.1.
pub(super) const PKIX_CERT: &str = "application/pkix-cert";

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(download_pem))
        .routes(routes!(download_der))
        .routes(routes!(download_chain))
}

/// The account's certificates, newest first.
#[utoipa::path(
    get,
    path = "/api/certificates",
    security(("session" = [])),
    responses((status = 200, body = Vec<CertificateSummary>), OtherwiseProblem)
)]
async fn list(
    State(state): State<AppState>,
    Customer(customer): Customer,
) -> Result<Json<Vec<CertificateSummary>>, ApiError> {
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    let issued = storage::issuance::list_owned(&mut connection, &customer.id).await?;
    Ok(Json(issued.iter().map(|issued| summarize(&issued.reservation)).collect()))
}

/// One certificate with all that its page shows.
#[utoipa::path(
    get,
    path = "/api/certificates/{id}",
    params(("id" = String, Path, description = "The certificate's id")),
    security(("session" = [])),
    responses((status = 200, body = Certificate), OtherwiseProblem)
)]
async fn show(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Path(id): Path<CertificateId>,
) -> Result<Json<Certificate>, ApiError> {
    let issued = lookup(&state, &customer, &id).await?;
    Ok(Json(describe(&state, &issued)?))
}

/// The certificate as PEM.
#[utoipa::path(
    get,
    path = "/api/certificates/{id}/certificate.pem",
    params(("id" = String, Path, description = "The certificate's id")),
    security(("session" = [])),
    responses((status = 200, description = "A file", body = String, content_type = PEM_CHAIN), OtherwiseProblem)
)]
async fn download_pem(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Path(id): Path<CertificateId>,
) -> Result<Response, ApiError> {
    let issued = lookup(&state, &customer, &id).await?;
    Ok(file(&issued, ".pem", PEM_CHAIN, read(&issued)?.to_pem()))
}

/// The certificate as DER.
#[utoipa::path(
    get,
    path = "/api/certificates/{id}/certificate.der",
    params(("id" = String, Path, description = "The certificate's id")),
    security(("session" = [])),
    responses((status = 200, description = "A file", body = Vec<u8>, content_type = PKIX_CERT), OtherwiseProblem)
)]
async fn download_der(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Path(id): Path<CertificateId>,
) -> Result<Response, ApiError> {
    let issued = lookup(&state, &customer, &id).await?;
    Ok(file(&issued, ".cer", PKIX_CERT, issued.certificate.clone()))
}

/// The certificates above it as PEM, issuing CA first, root last.
#[utoipa::path(
    get,
    path = "/api/certificates/{id}/chain.pem",
    params(("id" = String, Path, description = "The certificate's id")),
    security(("session" = [])),
    responses((status = 200, description = "A file", body = String, content_type = PEM_CHAIN), OtherwiseProblem)
)]
async fn download_chain(
    State(state): State<AppState>,
    Customer(customer): Customer,
    Path(id): Path<CertificateId>,
) -> Result<Response, ApiError> {
    let issued = lookup(&state, &customer, &id).await?;
    Ok(file(&issued, "-chain.pem", PEM_CHAIN, state.authority().chain_pem().concat()))
}

/// The customer's certificate; that of another is not there.
async fn lookup(
    state: &AppState,
    customer: &Account,
    id: &CertificateId,
) -> Result<IssuedCertificate, ApiError> {
    let mut connection = state.store().pool().acquire().await.map_err(StorageError::from)?;
    storage::issuance::lookup_owned(&mut connection, id, &customer.id).await?.ok_or_else(ApiError::not_found)
}

fn read(issued: &IssuedCertificate) -> Result<pki::certificate::Certificate, CertificateError> {
    pki::certificate::Certificate::from_der(&issued.certificate)
}

impl AsProblem for CertificateError {
    fn as_problem(&self) -> ApiError {
        tracing::error!(error = ?self, "a stored certificate cannot be read");
        ApiError::internal()
    }
}

fn file(
    issued: &IssuedCertificate,
    ending: &str,
    media_type: &'static str,
    content: impl IntoResponse,
) -> Response {
    let Reservation { mailbox, not_after, .. } = &issued.reservation;
    let name = format!("{mailbox}_{}{ending}", not_after.date());
    let headers =
        [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, attachment(&name))];
    (headers, content).into_response()
}

fn summarize(reservation: &Reservation) -> CertificateSummary {
    CertificateSummary {
        id: reservation.certificate_id.to_string(),
        order_id: reservation.order_id.to_string(),
        mailbox: reservation.mailbox.clone(),
        organization: reservation.organization.clone(),
        serial_number: reservation.serial_number.clone(),
        not_before: reservation.not_before,
        not_after: reservation.not_after,
    }
}

/// As the API says it.
pub(super) fn describe(
    state: &AppState,
    issued: &IssuedCertificate,
) -> Result<Certificate, CertificateError> {
    let certificate = read(issued)?;
    let product = products::lookup(&issued.product_id);
    Ok(Certificate {
        summary: summarize(&issued.reservation),
        product_name: product.map_or_else(|| issued.product_id.clone(), |product| product.name),
        subject: certificate.subject_attributes(),
        issuer: certificate.issuer_text(),
        key_algorithm: certificate.key_algorithm().to_string(),
        key_origin: issued.reservation.key_origin,
        public_key_sha256: issued.reservation.spki_sha256.clone(),
        fingerprint_sha256: certificate.fingerprint_sha256(),
        pem: certificate.to_pem(),
        chain_pem: state.authority().chain_pem(),
    })
}
