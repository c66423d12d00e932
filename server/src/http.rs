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
    router
        .fallback(page::serve)
        .layer(middleware::from_fn_with_state(limits, limits::guard))
        .layer(middleware::from_fn_with_state(state.clone(), cross_site::refuse))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(middleware::from_fn(problem::complete))
        .layer(middleware::from_fn_with_state(state.clone(), headers::add))
        .with_state(state)
}
