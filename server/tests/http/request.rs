//! Requests that a well-behaved page would not send.

use crate::{client::Answer, stage::Stage};
use axum::{
    body::Body,
    http::{Request, request::Builder},
};
use http_body_util::BodyExt;
use server::http;
use tower::ServiceExt;

/// A request that carries what ours do; the test changes the rest.
pub(crate) fn request(method: &str, path: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("x-signet", "1")
        .header("content-type", "application/json")
}

/// A request with nothing but its method and path.
pub(crate) fn bare(method: &str, path: &str) -> Builder {
    Request::builder().method(method).uri(path)
}

/// What the server answers to it.
pub(crate) async fn answer(stage: &Stage, request: Builder, body: impl Into<Body>) -> Answer {
    let request = request.body(body.into()).unwrap();
    let Ok(response) = http::router(stage.state.clone()).oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}
