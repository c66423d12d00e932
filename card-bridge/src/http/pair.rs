//! `POST /v1/pair`.

use super::{Bridge, gate, problem::Refusal};
use crate::{
    clock,
    job::{Job, Line},
    origin::Origin,
    supervisor::Worker,
};
use axum::{Json, extract::State};
use protocol::{PairRequest, Pairing};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Semaphore, time::Instant};

const CODE_DIGITS: usize = 6;
/// How often one origin may ask within [`ATTEMPTS_WINDOW`]. Our choice.
const ATTEMPTS: usize = 5;
const ATTEMPTS_WINDOW: Duration = Duration::from_mins(10);

/// One window at a time, and for each origin not too many.
#[derive(Clone, Debug)]
pub(super) struct Attempts {
    window: Arc<Semaphore>,
    made: Arc<Mutex<HashMap<Origin, Vec<Instant>>>>,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { window: Arc::new(Semaphore::new(1)), made: Arc::default() }
    }
}

impl Attempts {
    fn count(&self, origin: &Origin, now: Instant) -> Result<(), Refusal> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        for attempts in made.values_mut() {
            attempts.retain(|attempt| now.duration_since(*attempt) < ATTEMPTS_WINDOW);
        }
        made.retain(|_, attempts| !attempts.is_empty());
        let attempts = made.entry(origin.clone()).or_default();
        if attempts.len() >= ATTEMPTS {
            return Err(Refusal::PairingTooOften);
        }
        attempts.push(now);
        Ok(())
    }
}

/// Asks the person. When the page goes away in the meantime, the window does too.
pub(super) async fn pair(
    State(bridge): State<Bridge>,
    gate::From(origin): gate::From,
    Json(request): Json<PairRequest>,
) -> Result<Json<Pairing>, Refusal> {
    let is_code = request.code.len() == CODE_DIGITS && request.code.bytes().all(|byte| byte.is_ascii_digit());
    if !is_code {
        return Err(Refusal::Unreadable);
    }
    let _only_window = bridge.pairing.window.try_acquire().or(Err(Refusal::PairingBusy))?;
    bridge.pairing.count(&origin, clock::now())?;
    let job = Job::ConfirmPairing { origin: origin.clone(), code: request.code };
    let mut worker = Worker::start(&job).await.or(Err(Refusal::PromptUnavailable))?;
    let answer = worker.next().await;
    worker.end().await;
    match answer {
        Some(Line::Confirmed(true)) => {}
        Some(Line::Confirmed(false)) => return Err(Refusal::PairingRefused),
        _ => return Err(Refusal::PromptUnavailable),
    }
    Ok(Json(Pairing { token: bridge.pairings.add(&origin)? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_origin_that_asks_too_often_waits() {
        let attempts = Attempts::default();
        let (one, other) = (origin("https://signet.example"), origin("https://other.example"));
        let start = clock::now();
        for _ in 0..ATTEMPTS {
            assert_eq!(attempts.count(&one, start), Ok(()));
        }
        assert_eq!(attempts.count(&one, start), Err(Refusal::PairingTooOften));
        assert_eq!(attempts.count(&other, start), Ok(()));
        assert_eq!(attempts.count(&one, start + ATTEMPTS_WINDOW), Ok(()));
    }

    fn origin(text: &str) -> Origin {
        Origin::parse(text).expect("an origin")
    }
}
