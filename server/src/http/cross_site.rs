//! Refuses what another site may have made the browser send.

use super::problem::ApiError;
use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Another site cannot add this header without asking the server first, and the server never agrees
/// (Fetch standard, "CORS-preflight request").
const HEADER: &str = "x-signet";

/// Lets a request that changes something pass only with our header, and with no origin but our own.
pub(super) async fn refuse(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !is_ours(request.headers(), &state.settings().public_url) {
        return ApiError::new(
            StatusCode::FORBIDDEN,
            "cross-site",
            "The request did not come from our own page.",
        )
        .detail(format!("Open {} and do it there.", state.settings().public_url))
        .into_response();
    }
    next.run(request).await
}

fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    let has_header = headers.get(HEADER).is_some_and(|value| value == "1");
    let origin_fits = headers.get_all(header::ORIGIN).iter().all(|origin| origin == public_url);
    has_header && origin_fits
}
