//! The HTTP side: one file for each resource. Here is only how they are put together.

mod activation;
pub(crate) mod body;
mod caller;
mod card_jobs;
mod certificates;
pub mod connections;
mod cross_site;
mod documents;
mod headers;
mod inbox;
mod jobs;
mod limits;
mod list;
mod mailbox;
mod mailbox_challenges;
mod openapi;
mod orders;
mod organization;
mod page;
pub(crate) mod problem;
mod products;
mod publication;
mod register;
mod sign_in;
mod uploads;
mod verifications;

use crate::state::AppState;
use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use limits::Limits;
use std::{sync::Arc, time::Duration};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The largest JSON body. Our choice: several times the largest certification request.
const MAXIMUM_JSON_BYTES: usize = 64 * 1024;

/// A request that takes longer is cut. Our choice: a document of 10 MiB over a slow line, or a slow register.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);

/// Every route with its description.
fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::skeleton())
        .merge(openapi::routes())
        .merge(sign_in::routes())
        .merge(products::routes())
        .merge(orders::routes())
        .merge(register::routes())
        .merge(organization::routes())
        .merge(verifications::routes())
        .merge(mailbox::routes())
        .merge(mailbox_challenges::routes())
        .merge(activation::routes())
        .merge(certificates::routes())
        .merge(card_jobs::routes())
        .merge(jobs::routes())
        .merge(publication::routes())
        .merge(inbox::routes())
        .layer(DefaultBodyLimit::max(MAXIMUM_JSON_BYTES))
        .merge(documents::routes())
}

/// The description of the API, from the code.
#[must_use]
pub fn document() -> OpenApi {
    routes().into_openapi()
}

/// Everything that the server answers.
pub fn router(state: AppState) -> Router {
    let (router, _document) = routes().split_for_parts();
    let limits = Arc::new(Limits::new(state.settings()));
    let router = router
        .fallback(page::serve)
        .layer(middleware::from_fn_with_state(limits, limits::guard))
        .layer(middleware::from_fn_with_state(state.clone(), cross_site::refuse));
    answer_always(router, REQUEST_TIMEOUT)
        .layer(middleware::from_fn_with_state(state.clone(), headers::add))
        .with_state(state)
}

/// Answers also where code of ours panics, or takes longer than it may.
fn answer_always<S: Clone + Send + Sync + 'static>(router: Router<S>, time_limit: Duration) -> Router<S> {
    router
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time_limit))
        .layer(middleware::from_fn(problem::complete))
}

#[cfg(test)]
mod tests {
    use super::answer_always;
    use axum::{Router, body::Body, extract::Request, http::StatusCode, routing::get};
    use http_body_util::BodyExt;
    use std::{future::pending, time::Duration};
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_panic_and_a_request_without_end_are_answered_as_problems() {
        let router: Router = Router::new()
            .route("/api/panic", get(async || -> StatusCode { panic!("on purpose") }))
            .route("/api/endless", get(pending::<StatusCode>));
        let router = answer_always(router, Duration::from_millis(20));
        for (path, status, slug) in [
            ("/api/panic", StatusCode::INTERNAL_SERVER_ERROR, "/problems/internal"),
            ("/api/endless", StatusCode::REQUEST_TIMEOUT, "/problems/too-slow"),
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            let body = response.into_body().collect().await.unwrap().to_bytes();
            assert!(String::from_utf8_lossy(&body).contains(slug), "{path}");
        }
    }
}
