//! `GET /v1/cards`.

use super::{Bridge, gate::Paired};
use axum::{
    Json,
    extract::{Query, State},
};
use protocol::CardReport;
use serde::Deserialize;
use std::time::Duration;

/// What the page has seen, and how long it waits for more.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Following {
    pub(super) seen: u64,
    /// Seconds.
    wait: u64,
}

impl Following {
    pub(super) fn wait(&self) -> Duration {
        Duration::from_secs(self.wait)
    }
}

pub(super) async fn cards(
    State(bridge): State<Bridge>,
    Paired(_origin): Paired,
    Query(following): Query<Following>,
) -> Json<CardReport> {
    Json(bridge.cards.follow(following.seen, following.wait()).await)
}
