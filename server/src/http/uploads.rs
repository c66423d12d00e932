//! How many documents are in memory at once.

use super::problem::ApiError;
use axum::{extract::FromRequestParts, http::request::Parts};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Our choice: eight documents of 10 MiB fit beside everything else into 256 MB.
const PLACES: usize = 8;

/// How long an upload waits for a place. Our choice: shorter than proxies wait for an answer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The places for documents in memory; a clone is the same. To be an extension of each upload.
#[derive(Clone, Debug)]
pub(super) struct UploadPlaces {
    places: Arc<Semaphore>,
    longest_wait: Duration,
}

impl UploadPlaces {
    fn new(places: usize, longest_wait: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), longest_wait }
    }
}

impl Default for UploadPlaces {
    fn default() -> Self {
        Self::new(PLACES, LONGEST_WAIT)
    }
}

/// Leave to read a document into memory. Has to stand before the body among the arguments of a handler, and after the
/// caller: a stranger takes no place.
#[derive(Debug)]
pub(super) struct UploadPlace(
    #[expect(dead_code, reason = "free again when it is dropped")] OwnedSemaphorePermit,
);

impl<S: Send + Sync> FromRequestParts<S> for UploadPlace {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let UploadPlaces { places, longest_wait } =
            parts.extensions.get().cloned().expect("each upload has the places as an extension");
        match timeout(longest_wait, places.acquire_owned()).await {
            Ok(place) => Ok(Self(place.expect("nobody closes the semaphore"))),
            Err(_elapsed) => {
                tracing::warn!("an upload was refused: too many wait");
                Err(ApiError::busy())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{UploadPlace, UploadPlaces};
    use crate::http::problem::ApiError;
    use axum::{
        extract::{FromRequestParts, Request},
        http::StatusCode,
        response::IntoResponse,
    };
    use std::time::Duration;

    async fn ask(places: &UploadPlaces) -> Result<UploadPlace, ApiError> {
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.extensions.insert(places.clone());
        UploadPlace::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn an_upload_waits_for_a_place_and_is_refused_when_none_comes() {
        let places = UploadPlaces::new(2, Duration::from_millis(50));
        let (first, _second) = (ask(&places).await.unwrap(), ask(&places).await.unwrap());
        let refused = ask(&places).await.unwrap_err().into_response();
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key("retry-after"));
        drop(first);
        ask(&places).await.unwrap();
    }

    #[tokio::test]
    async fn an_upload_that_waits_goes_on_when_another_ends() {
        let places = UploadPlaces::new(1, Duration::from_mins(1));
        let first = ask(&places).await.unwrap();
        let (second, ()) = tokio::join!(ask(&places), async {
            tokio::task::yield_now().await;
            drop(first);
        });
        second.unwrap();
    }
}
