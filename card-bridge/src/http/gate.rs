//! What every request passes first: the right host, a secure origin, this person, JSON; then, for all but the first two
//! routes, the token of a pairing.

use super::{Bridge, peer, problem::Refusal};
use crate::{clock, origin::Origin};
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::net::SocketAddr;

/// What a page may send: a token, and that the body is JSON.
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const ALLOWED_METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");
/// Seconds for which a browser keeps the answer to its preflight. Our choice.
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("600");

/// Lets a request pass, or refuses it. Whatever the answer, it tells the browser what not to do with it.
pub(super) async fn pass(State(bridge): State<Bridge>, mut request: Request, next: Next) -> Response {
    bridge.last_request.send_replace(clock::now());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| *address);
    let origin = match origin(&bridge, request.headers()) {
        Ok(origin) => origin,
        Err(refusal) => return guarded(refusal.into_response()),
    };
    let allowed = HeaderValue::from_str(origin.as_str()).expect("an origin is ASCII");
    let listed = &bridge.configuration.origins;
    let mut response = if !listed.is_empty() && !listed.contains(&origin) {
        Refusal::OriginNotAllowed.into_response()
    } else if !is_of_this_person(peer, bridge.port).await {
        Refusal::OtherPerson.into_response()
    } else if request.method() == Method::OPTIONS {
        preflight()
    } else if is_without_json(&request) {
        Refusal::NotJson.into_response()
    } else {
        request.extensions_mut().insert(origin);
        let response = next.run(request).await;
        bridge.last_request.send_replace(clock::now());
        response
    };
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
    guarded(response)
}

/// Who asks. The browser says so, as long as nobody else calls this computer by a name.
fn origin(bridge: &Bridge, headers: &HeaderMap) -> Result<Origin, Refusal> {
    if !only(headers, &header::HOST).is_some_and(|host| is_ours(host, bridge.port)) {
        return Err(Refusal::WrongHost);
    }
    let origin = only(headers, &header::ORIGIN).and_then(|text| Origin::parse(text).ok());
    origin.ok_or(Refusal::OriginNotAllowed)
}

/// A request without a connection came from nowhere.
async fn is_of_this_person(peer: Option<SocketAddr>, port: u16) -> bool {
    match peer {
        Some(peer) => peer::is_this_person(peer, port).await,
        None => false,
    }
}

/// The value of a header that stands there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// A name that somebody points at this computer is not its name (DNS rebinding).
fn is_ours(host: &str, port: u16) -> bool {
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|name| *host == format!("{name}:{port}"))
}

/// A form of another site can send text, and cannot send JSON without a preflight.
fn is_without_json(request: &Request) -> bool {
    request.method() == Method::POST
        && only(request.headers(), &header::CONTENT_TYPE)
            .is_none_or(|media_type| media_type != "application/json")
}

fn preflight() -> Response {
    (
        StatusCode::NO_CONTENT,
        [
            (header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS),
        ],
    )
        .into_response()
}

fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'"));
    response
}

/// The origin of a request that passed.
pub(super) struct From(pub(super) Origin);

impl FromRequestParts<Bridge> for From {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _bridge: &Bridge) -> Result<Self, Refusal> {
        let origin = parts.extensions.get::<Origin>().cloned();
        std::future::ready(origin.map(Self).ok_or(Refusal::OriginNotAllowed)).await
    }
}

/// The origin of a request that has the token of its pairing.
pub(super) struct Paired(pub(super) Origin);

impl FromRequestParts<Bridge> for Paired {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, bridge: &Bridge) -> Result<Self, Refusal> {
        let From(origin) = From::from_request_parts(parts, bridge).await?;
        let token =
            only(&parts.headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or(Refusal::NotPaired)?;
        if bridge.pairings.verify(&origin, token)? { Ok(Self(origin)) } else { Err(Refusal::NotPaired) }
    }
}
