//! Reads JSON bodies, and answers a problem where the body is not what it should be.

use super::problem::{ApiError, AsProblem};
use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
};
use serde::de::DeserializeOwned;

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let Json(value) = Json::<T>::from_request(request, state).await?;
        Ok(Self(value))
    }
}

impl AsProblem for JsonRejection {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::JsonDataError(_) => ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-body",
                "The request does not have the fields that are expected here.",
            )
            .detail("See /api/openapi.json for the fields."),
            Self::MissingJsonContentType(_) => ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "The request must be of the type application/json.",
            ),
            rejection if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The request is larger than what is accepted here.",
            ),
            _ => ApiError::new(StatusCode::BAD_REQUEST, "malformed-json", "The request is not valid JSON."),
        }
    }
}
