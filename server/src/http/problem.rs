//! Turns errors into `application/problem+json` (RFC 9457). No other file knows that format.

use crate::storage::StorageError;
use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use pki::mailbox::MailboxError;
use protocol::{FieldProblem, Problem};
use std::{any::Any, time::Duration};

const PROBLEM_JSON: &str = "application/problem+json";

/// When to ask a busy server again. Our choice.
const BUSY_RETRY_AFTER: Duration = Duration::from_secs(5);

/// An error as the client sees it.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    slug: String,
    title: String,
    detail: Option<String>,
    fields: Vec<FieldProblem>,
    retry_after: Option<Duration>,
}

/// An error of a resource that knows how a client sees it.
pub(crate) trait AsProblem {
    /// Status, slug and words.
    fn as_problem(&self) -> ApiError;
}

impl<E: AsProblem> From<E> for ApiError {
    fn from(error: E) -> Self {
        error.as_problem()
    }
}

impl ApiError {
    /// `slug` is stable and kebab-case; `title` is one sentence that says what happened.
    pub(crate) fn new(status: StatusCode, slug: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            status,
            slug: slug.into(),
            title: title.into(),
            detail: None,
            fields: Vec::new(),
            retry_after: None,
        }
    }

    /// Says what to do next.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the fields that are wrong, in the order of the form.
    pub(crate) fn fields(mut self, fields: Vec<FieldProblem>) -> Self {
        self.fields = fields;
        self
    }

    /// Says when to try again.
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// There is no such thing, or it belongs to somebody else: both look alike.
    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here.")
            .detail("It may have been removed, or it belongs to another account.")
    }

    /// Fields of the form are wrong.
    pub(crate) fn invalid(fields: Vec<FieldProblem>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-fields", "Some of the data is not right yet.")
            .detail("Correct the fields that are named and send it again.")
            .fields(fields)
    }

    /// The address does not have the parameters that are expected.
    pub(crate) fn invalid_query() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid-query",
            "The address does not have the parameters that are expected here.",
        )
        .detail("See /api/openapi.json for the parameters.")
    }

    /// The server has no place for another request of this kind.
    pub(crate) fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server has too much to do.")
            .detail("Nothing was changed. Try again in a few seconds.")
            .retry_after(BUSY_RETRY_AFTER)
    }

    /// The server failed; the person can only try again.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on the server.")
            .detail("Nothing was changed. Try again in a minute.")
    }
}

impl AsProblem for StorageError {
    fn as_problem(&self) -> ApiError {
        if matches!(self, Self::Busy | Self::Closed | Self::TooSlow) {
            tracing::warn!(error = %self, "a write was refused");
            return ApiError::busy();
        }
        tracing::error!(error = ?self, "storage failed");
        ApiError::internal()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let problem = Problem {
            kind: format!("/problems/{}", self.slug),
            title: self.title,
            status: self.status.as_u16(),
            detail: self.detail,
            fields: self.fields,
        };
        let mut response = (self.status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
        }
        response
    }
}

/// The address in the field `email` is none.
pub(crate) fn invalid_mailbox(error: &MailboxError) -> ApiError {
    let code = match error {
        MailboxError::Empty => "empty",
        _ => "not-accepted",
    };
    ApiError::invalid(vec![FieldProblem {
        field: "email".to_owned(),
        code: code.to_owned(),
        message: error.to_string(),
    }])
}

/// Too many messages were asked for, to one address or by one account.
pub(crate) fn too_many_mails(wait: Duration) -> ApiError {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too-many-mails", "Too many messages were asked for.")
        .detail(format!("Look into the mailbox, also under spam. You can ask again in {}.", in_words(wait)))
        .retry_after(wait)
}

/// How long, to the minute or the hour.
pub(crate) fn in_words(wait: Duration) -> String {
    let (count, unit) = match wait.as_secs().div_ceil(60) {
        minutes @ ..=90 => (minutes, "minute"),
        minutes => (minutes.div_ceil(60), "hour"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Code of ours panicked; the message is on standard error already.
pub(super) fn of_panic(_message: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request ended in a panic");
    ApiError::internal().into_response()
}

/// Makes a problem of every error under `/api` that is none yet: methods that a resource does not have, addresses that
/// are no text, requests that were not answered in time.
pub(super) async fn complete(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api");
    let response = next.run(request).await;
    let status = response.status();
    let is_problem = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == PROBLEM_JSON);
    if !is_api || is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let error = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::new(status, "method-not-allowed", "This resource does not have this method.")
        }
        StatusCode::NOT_FOUND => ApiError::not_found(),
        StatusCode::REQUEST_TIMEOUT => {
            ApiError::new(status, "too-slow", "The request took too long.").detail("Try again.")
        }
        status if status.is_client_error() => {
            ApiError::new(status, "malformed-request", "The request cannot be understood.")
        }
        _ => ApiError::internal(),
    };
    let mut problem = error.into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allow.clone());
    }
    problem
}
