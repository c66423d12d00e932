//! `/api/products`: what the shop sells.

use crate::{products, state::AppState};
use axum::Json;
use protocol::Product;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Everything on sale.
#[utoipa::path(get, path = "/api/products", responses((status = 200, body = Vec<Product>)))]
async fn list() -> Json<Vec<Product>> {
    Json(products::all())
}
