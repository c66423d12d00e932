//! The HTTP side, on loopback only.

mod cards;
mod gate;
mod operations;
mod pair;
mod peer;
mod problem;

use crate::{
    clock, configuration::Configuration, link::is_token, operation::Operations, pairing::Pairings,
    watch::CardWatch,
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, State},
    middleware,
    routing::{get, post},
};
use protocol::{CARD_BRIDGE_API, CARD_BRIDGE_PRODUCT, Hello};
use serde::Deserialize;
use std::sync::Arc;
use tokio::{sync::watch, time::Instant};

/// The largest body: a certificate is a few kilobytes. Our choice.
const LARGEST_BODY_BYTES: usize = 64 * 1024;

/// What the requests share.
#[derive(Clone, Debug)]
pub struct Bridge {
    configuration: Arc<Configuration>,
    pairings: Arc<Pairings>,
    pairing: pair::Attempts,
    operations: Operations,
    cards: CardWatch,
    port: u16,
    last_request: watch::Sender<Instant>,
}

impl Bridge {
    /// A bridge that listens on this port.
    #[must_use]
    pub fn new(configuration: Configuration, pairings: Pairings, port: u16) -> Self {
        let operations = Operations::default();
        Self {
            configuration: Arc::new(configuration),
            pairings: Arc::new(pairings),
            pairing: pair::Attempts::default(),
            cards: CardWatch::new(operations.clone()),
            operations,
            port,
            last_request: watch::channel(clock::now()).0,
        }
    }

    /// Waits until nobody has asked for anything for the configured time, and nothing runs.
    pub async fn until_idle(&self) {
        let Some(idle) = self.configuration.idle() else { return std::future::pending().await };
        loop {
            let quiet = self.last_request.borrow().elapsed();
            if quiet >= idle && !self.operations.is_running() {
                return;
            }
            tokio::time::sleep(idle.saturating_sub(quiet).max(std::time::Duration::from_secs(1))).await;
        }
    }
}

/// Everything that the bridge answers.
pub fn router(bridge: Bridge) -> Router {
    Router::new()
        .route("/v1/hello", get(hello))
        .route("/v1/pair", post(pair::pair))
        .route("/v1/cards", get(cards::cards))
        .route("/v1/operations", post(operations::start))
        .route("/v1/operations/{id}", get(operations::follow).delete(operations::cancel))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(DefaultBodyLimit::max(LARGEST_BODY_BYTES))
        .layer(middleware::from_fn_with_state(bridge.clone(), gate::pass))
        .with_state(bridge)
}

#[derive(Debug, Deserialize)]
struct Greeting {
    /// Random, and new each time.
    challenge: Option<String>,
}

/// All that a page learns without a token.
async fn hello(
    State(bridge): State<Bridge>,
    gate::From(origin): gate::From,
    Query(greeting): Query<Greeting>,
) -> Result<Json<Hello>, problem::Refusal> {
    let proofs = match &greeting.challenge {
        Some(challenge) if is_token(challenge) => bridge.pairings.prove(&origin, challenge)?,
        Some(_) => return Err(problem::Refusal::Unreadable),
        None => Vec::new(),
    };
    std::future::ready(Ok(Json(Hello {
        product: CARD_BRIDGE_PRODUCT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        api: vec![CARD_BRIDGE_API],
        proofs,
    })))
    .await
}
