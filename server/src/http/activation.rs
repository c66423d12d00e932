//! `/api/orders/{id}/activation`: step 3 of an order, the issuance of its certificate.

use super::{
    body::Body,
    certificates,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem},
};
use crate::{
    access::Caller,
    clock::ClockError,
    failpoint::Failpoint,
    id::OrderId,
    issuance::{self, Activated, Activation, ActivationError, FinishError, Outcome, ReservationError},
    jobs,
    state::AppState,
    storage::certificate::StoredCertificate,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use pki::{
    request::{self, Defect},
    subject::{SubjectError, SubjectField},
};
use protocol::{ActivationRequest, Certificate, FieldProblem};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(activate))
}

/// Issues the certificate of an order. Only the public key of the request is used. Sent again with the same key, the
/// answer is the same certificate; an order never has two.
#[utoipa::path(
    post,
    path = "/api/orders/{id}/activation",
    params(("id" = String, Path, description = "The order's id")),
    security(("session" = [])),
    request_body = ActivationRequest,
    responses(
        (status = 201, description = "Issued", body = Certificate),
        (status = 200, description = "Issued before for this key", body = Certificate),
        OtherwiseProblem
    )
)]
async fn activate(
    State(state): State<AppState>,
    caller: Caller,
    Path(order): Path<OrderId>,
    Body(body): Body<ActivationRequest>,
) -> Result<(StatusCode, Json<Certificate>), ApiError> {
    if !body.terms_accepted {
        return Err(terms_not_accepted());
    }
    let request = request::examine_with(body.csr.as_bytes(), state.known_keys())?;
    let activation = Activation {
        order,
        caller,
        public_key: request.public_key().clone(),
        subject: body.subject,
        key_origin: body.key_origin,
    };
    let (status, issued) = match issue(&state, activation).await? {
        Activated::Now(issued) => (StatusCode::CREATED, issued),
        Activated::Before(issued) => (StatusCode::OK, issued),
    };
    Ok((status, Json(certificates::describe(&state, &issued)?)))
}

/// Issues the certificate of an order, or finds the one that it has.
///
/// In a task of its own: a customer who goes away drops the request and all that it waits for, and what is reserved must
/// have its certificate nevertheless.
async fn issue(state: &AppState, activation: Activation) -> Result<Activated, ActivationError> {
    let state = state.clone();
    tokio::spawn(async move { take_steps(&state, activation).await }).await?
}

async fn take_steps(state: &AppState, activation: Activation) -> Result<Activated, ActivationError> {
    let key = activation.public_key.sha256_hex();
    let signer = state.clone();
    let outcome = state
        .write(async move |transaction, environment| {
            issuance::reserve(transaction, environment, signer.authority().issuer(), &activation).await
        })
        .await?;
    let is_new = matches!(outcome, Outcome::New(_));
    if is_new {
        Failpoint::Reserved.pass();
    }
    // Another key is refused only after the earlier one has its certificate: no crash leaves a reservation that
    // nobody finishes.
    let issued = match outcome {
        Outcome::New(reservation) | Outcome::Found(StoredCertificate::Reserved(reservation)) => {
            jobs::finish(state, reservation).await?
        }
        Outcome::Found(StoredCertificate::Issued(issued)) => issued,
    };
    if issued.reservation.spki_sha256 != key {
        return Err(ActivationError::OtherKey);
    }
    Ok(if is_new { Activated::Now(issued) } else { Activated::Before(issued) })
}

fn terms_not_accepted() -> ApiError {
    ApiError::invalid(vec![FieldProblem {
        field: "terms_accepted".to_owned(),
        code: "required".to_owned(),
        message: "Accept the subscriber's terms to have the certificate issued.".to_owned(),
    }])
}

impl AsProblem for Defect {
    fn as_problem(&self) -> ApiError {
        ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, format!("request-{}", self.code()), self.message())
            .detail(self.remedy())
    }
}

impl AsProblem for ActivationError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::Reservation(error) => error.as_problem(),
            Self::OtherKey => ApiError::new(
                StatusCode::CONFLICT,
                "other-key",
                "The certificate of this order was issued for another key.",
            )
            .detail(
                "An order has one certificate. Use the key that it was issued for, or order another one.",
            ),
            Self::Finish(error) => error.as_problem(),
            Self::Storage(error) => error.as_problem(),
            Self::Ended(error) => {
                tracing::error!(?error, "an activation ended without an answer");
                ApiError::internal()
            }
        }
    }
}

impl AsProblem for ReservationError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::UnknownOrder => ApiError::not_found(),
            Self::Clock(error) => error.as_problem(),
            Self::StepsMissing => ApiError::new(
                StatusCode::CONFLICT,
                "steps-missing",
                "The organization or the e-mail address of this order is not verified.",
            )
            .detail("Finish the data verification and the e-mail verification first."),
            Self::Subject(errors) => ApiError::invalid(errors.iter().map(subject_problem).collect()),
            Self::Prepare(error) => {
                tracing::error!(?error, "a certificate was not prepared");
                ApiError::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "certificate-refused",
                    "The certificate would break a rule of S/MIME certificates, so it was not issued.",
                )
                .detail("Choose other fields, or tell us: the verified data need to be corrected.")
            }
            Self::UnknownProduct | Self::Validity(_) | Self::Configuration(_) => {
                tracing::error!(error = ?self, "nothing was reserved");
                ApiError::internal()
            }
            Self::Storage(error) => error.as_problem(),
        }
    }
}

impl AsProblem for ClockError {
    fn as_problem(&self) -> ApiError {
        tracing::error!(error = %self, "nothing is signed");
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "clock-wrong",
            "The server's clock is wrong, so it signs nothing.",
        )
        .detail("Nothing was changed. The people who run the server have to set its clock; try again later.")
    }
}

impl AsProblem for FinishError {
    fn as_problem(&self) -> ApiError {
        tracing::error!(error = ?self, "a reserved certificate was not finished");
        ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "not-finished",
            "Your certificate is reserved, but the server could not finish it.",
        )
        .detail("Nothing is lost. Send the same request again in a minute: the same certificate will be finished.")
    }
}

fn subject_problem(error: &SubjectError) -> FieldProblem {
    let field = match error.field {
        SubjectField::Country => "country",
        SubjectField::StateOrProvince => "state_or_province",
        SubjectField::Locality => "locality",
        SubjectField::Organization => "organization",
        SubjectField::OrganizationIdentifier => "organization_identifier",
        SubjectField::CommonName => "common_name",
        SubjectField::Mailbox => "mailbox",
    };
    FieldProblem {
        field: field.to_owned(),
        code: "not-accepted".to_owned(),
        message: format!("{}: {}", error.field.label(), error.reason),
    }
}
