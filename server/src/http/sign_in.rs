//! `/api/session` and `/api/sign-in-links`: who is signed in, and how one becomes so.

use super::{
    body::Body,
    caller,
    openapi::OtherwiseProblem,
    problem::{ApiError, AsProblem, invalid_mailbox, too_many_mails},
};
use crate::{
    access::Caller,
    account::{self, SESSION_LIFETIME, SendLinkError, SignInError},
    settings::MailDelivery,
    state::AppState,
    storage::{self, installation::Purpose},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use axum_extra::extract::cookie::CookieJar;
use pki::mailbox::Mailbox;
use protocol::{Instance, Session, SessionRequest, SignInRequest};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show, open, end)).routes(routes!(send_link))
}

fn view(state: &AppState, caller: Option<&Caller>) -> Session {
    Session {
        account: caller.map(Caller::to_protocol),
        instance: Instance {
            product_name: state.settings().product_name.clone(),
            demonstration: state.settings().purpose == Purpose::Demonstration,
            inbox: state.settings().mail == MailDelivery::Inbox,
            register_examples: state.register().examples(),
            card_bridge_download: state.settings().card_bridge_download.clone(),
        },
    }
}

/// Who is signed in, and what this server is.
#[utoipa::path(get, path = "/api/session", responses((status = 200, body = Session), OtherwiseProblem))]
async fn show(State(state): State<AppState>, headers: HeaderMap) -> Result<Json<Session>, ApiError> {
    let caller = caller::caller_of(&headers, &state).await?;
    Ok(Json(view(&state, caller.as_ref())))
}

/// Opens a session with the value of a sign-in link.
#[utoipa::path(
    post,
    path = "/api/session",
    request_body = SessionRequest,
    responses((status = 200, body = Session), OtherwiseProblem)
)]
async fn open(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(request): Body<SessionRequest>,
) -> Result<(CookieJar, Json<Session>), ApiError> {
    let previous = caller::token_of(&headers);
    let (account, token) = state
        .write(async move |transaction, environment| {
            account::sign_in(transaction, environment, &request.token, previous.as_ref()).await
        })
        .await?;
    let caller = Caller::load(&mut *state.read().await?, account, None).await?;
    let mut cookie = caller::cookie(token.to_text());
    cookie.set_max_age(Some(SESSION_LIFETIME.try_into().expect("hours are a duration of a cookie")));
    Ok((CookieJar::new().add(cookie), Json(view(&state, Some(&caller)))))
}

impl AsProblem for SignInError {
    fn as_problem(&self) -> ApiError {
        let again = "Ask for a new sign-in link; it takes a minute.";
        match self {
            Self::Unknown => {
                ApiError::new(StatusCode::NOT_FOUND, "link-unknown", "This sign-in link is not one of ours.")
                    .detail("Check that the whole link was copied, or ask for a new one.")
            }
            Self::Used => ApiError::new(StatusCode::GONE, "link-used", "This sign-in link was used already.")
                .detail(again),
            Self::Expired => {
                ApiError::new(StatusCode::GONE, "link-expired", "This sign-in link is too old.").detail(again)
            }
            Self::Suspended => {
                ApiError::new(StatusCode::FORBIDDEN, "account-suspended", "This account is suspended.")
                    .detail("Ask the people who run this server. What was saved is kept.")
            }
            Self::Storage(error) => error.as_problem(),
        }
    }
}

/// Ends the session.
#[utoipa::path(
    delete,
    path = "/api/session",
    security(("session" = [])),
    responses((status = 204, description = "Signed out"), OtherwiseProblem)
)]
async fn end(
    State(state): State<AppState>,
    _caller: Caller,
    headers: HeaderMap,
) -> Result<(StatusCode, CookieJar), ApiError> {
    if let Some(token) = caller::token_of(&headers) {
        state.write(async move |transaction, _| storage::session::remove(transaction, &token).await).await?;
    }
    let removed = CookieJar::from_headers(&headers).remove(caller::cookie(String::new()));
    Ok((StatusCode::NO_CONTENT, removed))
}

/// Mails a sign-in link. The answer is the same whether or not there is an account.
#[utoipa::path(
    post,
    path = "/api/sign-in-links",
    request_body = SignInRequest,
    responses((status = 202, description = "A message is on its way"), OtherwiseProblem)
)]
async fn send_link(
    State(state): State<AppState>,
    Body(request): Body<SignInRequest>,
) -> Result<StatusCode, ApiError> {
    let mailbox = Mailbox::parse(&request.email).map_err(|error| invalid_mailbox(&error))?;
    state
        .write(async move |transaction, environment| {
            account::send_sign_in_link(transaction, environment, &mailbox).await
        })
        .await?;
    Ok(StatusCode::ACCEPTED)
}

impl AsProblem for SendLinkError {
    fn as_problem(&self) -> ApiError {
        match self {
            Self::TooMany { wait } => too_many_mails(*wait),
            Self::Storage(error) => error.as_problem(),
        }
    }
}
