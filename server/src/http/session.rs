//! Who asks: the session behind the cookie.

use super::problem::{ApiError, AsProblem};
use crate::{
    account::{SESSION_IDLE, SESSION_LIFETIME},
    secret::{Secret, SecretHash},
    state::AppState,
    storage::{self, StorageError, account::Account},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use protocol::{Role, Timestamp};
use std::time::Duration;

/// `__Host-` makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2).
pub(super) const COOKIE: &str = "__Host-signet";

/// How often the use of a session is written down.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// A signed-in person of any role.
#[derive(Debug)]
pub(crate) struct SignedIn(pub(crate) Account);

/// A signed-in customer. For other roles the resource does not exist.
#[derive(Debug)]
pub(crate) struct Customer(pub(crate) Account);

/// A signed-in validation specialist. For other roles the resource does not exist.
#[derive(Debug)]
pub(crate) struct Specialist(pub(crate) Account);

/// Why nobody is known to ask.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    /// No cookie, or the session has ended.
    #[error("no open session")]
    SignedOut,
    /// The role may not see this resource.
    #[error("another role")]
    OtherRole,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AsProblem for SessionError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::SignedOut => {
                ApiError::new(StatusCode::UNAUTHORIZED, "not-signed-in", "You are not signed in.")
                    .detail("Ask for a new sign-in link. What you have saved is kept.")
            }
            Self::OtherRole => ApiError::not_found(),
            Self::Storage(error) => error.as_problem(),
        }
    }
}

/// The token that the request's cookie carries.
pub(super) fn token_of(headers: &HeaderMap) -> Option<SecretHash> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .and_then(|(_, token)| Secret::from_text(token))
        .map(|secret| secret.hash())
}

/// Whether a session that was opened and last used at these moments has ended.
fn has_ended(created_at: Timestamp, last_used_at: Timestamp, now: Timestamp) -> bool {
    now >= last_used_at.plus(SESSION_IDLE) || now >= created_at.plus(SESSION_LIFETIME)
}

/// The person whose session the request belongs to.
pub(super) async fn account_of(
    headers: &HeaderMap,
    state: &AppState,
) -> Result<Option<Account>, StorageError> {
    let Some(token) = token_of(headers) else { return Ok(None) };
    let mut connection = state.store().pool().acquire().await?;
    let Some(session) = storage::session::lookup(&mut connection, &token).await? else { return Ok(None) };
    let now = state.clock().now();
    if has_ended(session.created_at, session.last_used_at, now) {
        return Ok(None);
    }
    if now >= session.last_used_at.plus(TOUCH_INTERVAL) {
        storage::session::touch(&mut connection, &token, now).await?;
    }
    Ok(Some(session.account))
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let account = account_of(&parts.headers, state).await?.ok_or(SessionError::SignedOut)?;
        Ok(Self(account))
    }
}

impl FromRequestParts<AppState> for Customer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        match SignedIn::from_request_parts(parts, state).await?.0 {
            account if account.role == Role::Customer => Ok(Self(account)),
            _ => Err(SessionError::OtherRole.into()),
        }
    }
}

impl FromRequestParts<AppState> for Specialist {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        match SignedIn::from_request_parts(parts, state).await?.0 {
            account if account.role == Role::ValidationSpecialist => Ok(Self(account)),
            _ => Err(SessionError::OtherRole.into()),
        }
    }
}
