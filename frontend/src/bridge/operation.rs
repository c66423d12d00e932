//! An operation on a card: begun at the bridge or left at the server, followed and cancelled at either in one way.

use super::{Access, answer, news_after, post, url};
use crate::api::{self, ApiError, SAME_SITE_HEADER, answer_of, read};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use gloo_net::http::{Request, RequestBuilder};
use protocol::{CardJobRequest, CardTask, OperationRequest, OperationState};
use web_sys::AbortSignal;

/// The random bytes of an id. As many as a key of AES-256: nobody guesses another page's.
const ID_BYTES: usize = 32;

/// Where an operation is followed.
#[derive(Clone, Debug)]
pub(crate) enum Channel {
    Loopback(Access),
    Relay,
}

impl Channel {
    /// Has the bridge begin, and gives the operation's id.
    ///
    /// # Errors
    /// The bridge does something else, or does not let this page in.
    pub(crate) async fn begin(access: &Access, task: CardTask) -> Result<String, ApiError> {
        let id = new_id();
        let request = access.authorized(Request::post(&url(access.port, "operations")));
        post(request, &OperationRequest { id: id.clone(), task }).await?;
        Ok(id)
    }

    /// Leaves the task at the server; gives the operation's id and the address that starts the bridge.
    ///
    /// # Errors
    /// The server does not take it.
    pub(crate) async fn leave(order_id: &str, task: CardTask) -> Result<(String, String), ApiError> {
        let ticket =
            api::place_card_job(&CardJobRequest { order_id: order_id.to_owned(), task }).result().await?;
        Ok((ticket.id, ticket.url))
    }

    /// Where an operation stands, and the revision of it, as soon as it is not what was `seen`.
    ///
    /// # Errors
    /// Nobody answers, or nobody knows the operation any more.
    pub(crate) async fn follow(
        &self,
        id: &str,
        seen: Option<u64>,
        signal: &AbortSignal,
    ) -> Result<(u64, OperationState), ApiError> {
        let request = self.authorized(Request::get(&(self.url(id) + &news_after(seen))));
        let operation: answer::Operation = read(&answer_of(request.abort_signal(Some(signal)), None).await?)?;
        let revision = operation.revision;
        operation.state().map(|state| (revision, state)).ok_or(ApiError::Unreadable { status: 200 })
    }

    /// Ends an operation in the middle.
    ///
    /// # Errors
    /// Nobody answers, or nobody knows the operation any more.
    pub(crate) async fn cancel(&self, id: &str) -> Result<(), ApiError> {
        let request = self.authorized(Request::delete(&self.url(id)));
        answer_of(request.header("Content-Type", "application/json"), None).await.map(drop)
    }

    fn url(&self, id: &str) -> String {
        match self {
            Self::Loopback(access) => url(access.port, "operations/") + id,
            Self::Relay => format!("/api/card-jobs/{id}"),
        }
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        let (name, value) = SAME_SITE_HEADER;
        match self {
            Self::Loopback(access) => access.authorized(request),
            Self::Relay => request.header(name, value),
        }
    }
}

pub(super) fn new_id() -> String {
    let mut id = [0; ID_BYTES];
    fill(&mut id);
    BASE64_URL_SAFE_NO_PAD.encode(id)
}

/// Six digits that two windows show and a person compares. The last of them are a little rarer than the first, by less
/// than one in a thousand: nobody gains by that.
pub(crate) fn new_code() -> String {
    let mut bytes = [0; 4];
    fill(&mut bytes);
    format!("{:06}", u32::from_le_bytes(bytes) % 1_000_000)
}

fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("a browser has a random source");
}
