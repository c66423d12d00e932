//! Lists in pages: the query that asks for one, and the answer.

use super::problem::{ApiError, AsProblem};
use crate::storage::{Cursor, CursorError, Limit, Page};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::Deserialize;

/// Which page of a list is asked for: `?after=…&limit=…`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) after: Option<Cursor>,
    pub(super) limit: Limit,
}

#[derive(Deserialize)]
struct Parameters {
    after: Option<String>,
    limit: Option<u32>,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Query(Parameters { after, limit }) = Query::from_request_parts(parts, state).await?;
        let after = after.as_deref().map(Cursor::from_text).transpose()?;
        Ok(Self { after, limit: Limit::new(limit) })
    }
}

impl AsProblem for CursorError {
    fn as_problem(&self) -> ApiError {
        ApiError::invalid_query().detail("Take `after` from the answer with the page before, as it is.")
    }
}

/// As the API says it.
pub(super) fn answer<T, U>(page: Page<T>, item: impl FnMut(T) -> U) -> protocol::Page<U> {
    let Page { items, next } = page.map(item);
    protocol::Page { items, next: next.map(Cursor::to_text) }
}
