//! Who asks: the person behind the cookie, and the customer that the request names.

use super::problem::{ApiError, AsProblem};
use crate::{
    access::{self, Caller, Permission, Resource},
    account,
    id::CustomerId,
    secret::{Secret, SecretHash},
    state::AppState,
    storage::{self, StorageError, account::Account},
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, StatusCode, request::Parts},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use std::time::Duration;

/// `__Host-` makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2).
pub(super) const COOKIE: &str = "__Host-signet";

/// The cookie with the token of a session, without its age.
pub(super) fn cookie(token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token)).path("/").secure(true).http_only(true).same_site(SameSite::Strict).build()
}

/// Names the customer that the request is for, by its id. Without it, the person's first.
const ACTS_FOR: HeaderName = HeaderName::from_static("x-signet-customer");

/// How often the use of a session is written down.
const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// Why nobody is known to ask.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallerError {
    /// No cookie, or the session has ended.
    #[error("no open session")]
    SignedOut,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AsProblem for CallerError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::SignedOut => {
                ApiError::new(StatusCode::UNAUTHORIZED, "not-signed-in", "You are not signed in.")
                    .detail("Ask for a new sign-in link. What you have saved is kept.")
            }
            Self::Storage(error) => error.as_problem(),
        }
    }
}

/// The token that the request's cookie carries.
pub(super) fn token_of(headers: &HeaderMap) -> Option<SecretHash> {
    let cookies = CookieJar::from_headers(headers);
    Some(Secret::from_text(cookies.get(COOKIE)?.value())?.hash())
}

/// The person whose session the request belongs to.
async fn account_of(headers: &HeaderMap, state: &AppState) -> Result<Option<Account>, StorageError> {
    let Some(token) = token_of(headers) else { return Ok(None) };
    let session = storage::session::lookup(&mut *state.read().await?, &token).await?;
    let now = state.clock().now();
    let open = session.filter(|session| {
        session.account.suspended_at.is_none()
            && !account::session_has_ended(session.created_at, session.last_used_at, now)
    });
    let Some(session) = open else { return Ok(None) };
    if now >= session.last_used_at.plus(TOUCH_INTERVAL) {
        let touched = state
            .write(async move |transaction, environment| {
                storage::session::touch(transaction, &token, environment.now()).await
            })
            .await;
        // Who only reads is answered also while nothing can be written.
        if let Err(error) = touched {
            tracing::warn!(%error, "the use of a session was not noted");
        }
    }
    Ok(Some(session.account))
}

/// Who asks, and for which customer; `None` when nobody is signed in.
pub(super) async fn caller_of(headers: &HeaderMap, state: &AppState) -> Result<Option<Caller>, StorageError> {
    let Some(account) = account_of(headers, state).await? else { return Ok(None) };
    let wanted = headers.get(ACTS_FOR).and_then(|id| id.to_str().ok());
    let wanted = wanted.map(|id| CustomerId::from(id.to_owned()));
    Caller::load(&mut *state.read().await?, account, wanted.as_ref()).await.map(Some)
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(caller_of(&parts.headers, state).await?.ok_or(CallerError::SignedOut)?)
    }
}

/// Refuses as if there were nothing, where the caller may not do this with something of the server's own.
pub(super) fn require(caller: &Caller, permission: Permission) -> Result<(), ApiError> {
    if access::may(caller, permission, &Resource::Server) { Ok(()) } else { Err(ApiError::not_found()) }
}

/// Refuses as if there were nothing, where the caller may not do this for the customer that is acted for.
pub(super) fn require_for_customer(caller: &Caller, permission: Permission) -> Result<(), ApiError> {
    match caller.customer() {
        Some(customer) if access::may(caller, permission, &Resource::OfCustomer(customer)) => Ok(()),
        _ => Err(ApiError::not_found()),
    }
}
