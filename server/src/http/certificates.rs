//! `/api/certificates`: what a customer sees of issued certificates.

use super::{
    caller,
    documents::attachment,
    list,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
};
use crate::{
    access::{self, Caller, Permission, Resource},
    id::CertificateId,
    products,
    state::AppState,
    storage::{
        self,
        certificate::{IssuedCertificate, Reservation},
    },
};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use pki::certificate::CertificateError;
use protocol::{Certificate, CertificateSummary, Page};
use utoipa_axum::{router::OpenApiRouter, routes};

/// RFC 8555 §9.1.
const PEM_CHAIN: &str = "application/pem-certificate-chain";

/// RFC 2585 §4.1.
pub(super) const PKIX_CERT: &str = "application/pkix-cert";

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show_list))
        .routes(routes!(show))
        .routes(routes!(download_pem))
        .routes(routes!(download_der))
        .routes(routes!(download_chain))
}

/// The certificates that the caller may see, of the customer that is acted for, newest first.
#[utoipa::path(
    get,
    path = "/api/certificates",
    params(
        ("after" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "At most 200")
    ),
    security(("session" = [])),
    responses((status = 200, body = Page<CertificateSummary>), OtherwiseProblem)
)]
async fn show_list(
    State(state): State<AppState>,
    caller: Caller,
    list::Asked { after, limit }: list::Asked,
) -> Result<Json<Page<CertificateSummary>>, ApiError> {
    caller::require_for_customer(&caller, Permission::ReadCertificates)?;
    let customer = caller.customer().ok_or_else(ApiError::not_found)?;
    let mut reader = state.read().await?;
    let page = if caller.sees_all_of_the_customer() {
        storage::certificate::page_of_customer(&mut reader, customer, after, limit).await?
    } else {
        storage::certificate::page_of_holder(&mut reader, customer, &caller.account.id, after, limit).await?
    };
    Ok(Json(list::answer(page, |issued| summarize(&issued.reservation))))
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
    caller: Caller,
    Path(id): Path<CertificateId>,
) -> Result<Json<Certificate>, ApiError> {
    let issued = lookup(&state, &caller, &id).await?;
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
    caller: Caller,
    Path(id): Path<CertificateId>,
) -> Result<Response, ApiError> {
    let issued = lookup(&state, &caller, &id).await?;
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
    caller: Caller,
    Path(id): Path<CertificateId>,
) -> Result<Response, ApiError> {
    let issued = lookup(&state, &caller, &id).await?;
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
    caller: Caller,
    Path(id): Path<CertificateId>,
) -> Result<Response, ApiError> {
    let issued = lookup(&state, &caller, &id).await?;
    Ok(file(&issued, "-chain.pem", PEM_CHAIN, state.authority().chain_pem().concat()))
}

/// The certificate, when the caller may see it.
async fn lookup(
    state: &AppState,
    caller: &Caller,
    id: &CertificateId,
) -> Result<IssuedCertificate, ApiError> {
    let issued = storage::certificate::lookup_issued(&mut *state.read().await?, id).await?;
    let permitted = issued.filter(|issued| {
        let Reservation { customer_id, holder_id, .. } = &issued.reservation;
        access::may(caller, Permission::ReadCertificates, &Resource::OfHolder(customer_id, holder_id))
    });
    permitted.ok_or_else(ApiError::not_found)
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
        id: reservation.id.to_string(),
        order_id: reservation.order_id.to_string(),
        replaces: reservation.replaces.as_ref().map(ToString::to_string),
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
