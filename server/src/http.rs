//! The HTTP side: one file for each resource. Here is only how they are put together.

pub(crate) mod body;
pub(crate) mod problem;
pub(crate) mod session;

use crate::state::AppState;
use utoipa_axum::router::OpenApiRouter;

/// All routes.
pub fn router(state: AppState) -> axum::Router {
    let (router, _document) = OpenApiRouter::<AppState>::new().split_for_parts();
    router.with_state(state)
}
