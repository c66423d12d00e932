//! The card bridge, over loopback or through the server. Nothing here asks anything by itself: the page does, after the
//! person has asked for it.

mod answer;
mod operation;
pub(crate) mod permission;
mod proof;
mod token;

pub(crate) use operation::{Channel, new_code};

use crate::{
    api::{ApiError, answer_of, read},
    wizard::card::Permission,
};
use answer::Hello;
use gloo_net::http::{Request, RequestBuilder};
use gloo_timers::callback::Timeout;
use protocol::{CARD_BRIDGE_API, CARD_BRIDGE_PORTS, CARD_BRIDGE_PRODUCT, CardReport, PairRequest, Pairing};
use std::cmp::Ordering;
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal};

/// How long the bridge may take to say hello. It says it at once; another program on its port may say nothing.
const HELLO_MILLISECONDS: u32 = 1_500;
/// How long the bridge waits for news before it answers that there are none.
const WAIT_SECONDS: u32 = 20;

/// A bridge that answered on a port of this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loopback {
    port: u16,
    /// Its API beside the one that this page knows.
    pub(crate) api: Ordering,
    challenge: String,
    proofs: Vec<String>,
}

/// Looks for the bridge.
pub(crate) async fn find(permission: Permission) -> Option<Loopback> {
    for port in CARD_BRIDGE_PORTS {
        let abort = new_abort();
        let challenge = operation::new_id();
        let hello = url(port, "hello") + "?challenge=" + &challenge;
        let request = Request::get(&hello).abort_signal(Some(&abort.signal()));
        // Not while the browser asks: the request waits for the answer, and so do we.
        let limit = (permission != Permission::Prompt)
            .then(|| Timeout::new(HELLO_MILLISECONDS, move || abort.abort()));
        let answer = answer_of(request, None).await;
        drop(limit);
        if permission == Permission::Prompt && permission::query().await != Permission::Granted {
            // Closed, or answered with no. The other port would only have it asked again.
            return None;
        }
        let Ok(answer) = answer else { continue };
        let Ok(hello) = read::<Hello>(&answer) else { continue };
        if hello.product == CARD_BRIDGE_PRODUCT {
            let api = hello.compared_with(CARD_BRIDGE_API);
            return Some(Loopback { port, api, challenge, proofs: hello.proofs });
        }
    }
    None
}

impl Loopback {
    /// Asks to be let in; the person decides in the bridge's window. What was allowed is kept.
    ///
    /// # Errors
    /// The person did not allow it, or the bridge did not ask.
    pub(crate) async fn pair(&self, code: String, signal: &AbortSignal) -> Result<Access, ApiError> {
        let request = Request::post(&url(self.port, "pair")).abort_signal(Some(signal));
        let pairing: Pairing = read(&post(request, &PairRequest { code }).await?)?;
        token::keep(&pairing.token);
        Ok(Access { port: self.port, token: pairing.token })
    }

    /// What was allowed before, when it is the bridge that allowed it.
    pub(crate) fn access(&self) -> Option<Access> {
        let token = token::load()?;
        let is_known = self.proofs.contains(&proof::of(&token, &self.challenge));
        is_known.then_some(Access { port: self.port, token })
    }
}

/// A bridge that lets this page in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Access {
    port: u16,
    token: String,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Access").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Access {
    /// What is in the readers, as soon as it is not what was `seen`.
    ///
    /// # Errors
    /// The bridge is gone, or does not let this page in any more.
    pub(crate) async fn cards(
        &self,
        seen: Option<u64>,
        signal: &AbortSignal,
    ) -> Result<CardReport, ApiError> {
        let request = self.authorized(Request::get(&(url(self.port, "cards") + &news_after(seen))));
        let answer = answer_of(request.abort_signal(Some(signal)), None).await;
        if answer.as_ref().is_err_and(is_unpaired) {
            token::forget();
        }
        read(&answer?)
    }

    fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("Authorization", &format!("Bearer {}", self.token))
    }
}

/// Whether the bridge does not let this page in.
pub(crate) fn is_unpaired(error: &ApiError) -> bool {
    matches!(error, ApiError::Problem(problem) if matches!(problem.status, 401 | 403))
}

/// What ends a request in the middle.
pub(crate) fn new_abort() -> AbortController {
    AbortController::new().expect("every browser with WebAssembly has it")
}

fn url(port: u16, what: &str) -> String {
    format!("http://127.0.0.1:{port}/v1/{what}")
}

/// The query that waits for something newer; at first, for nothing.
fn news_after(seen: Option<u64>) -> String {
    seen.map(|seen| format!("?seen={seen}&wait={WAIT_SECONDS}")).unwrap_or_default()
}

async fn post<T: serde::Serialize>(
    request: RequestBuilder,
    body: &T,
) -> Result<crate::api::Answer, ApiError> {
    // Our own types have string keys only, so they are always JSON.
    let body = serde_json::to_string(body).or(Err(ApiError::Unreadable { status: 0 }))?;
    answer_of(request.header("Content-Type", "application/json"), Some(JsValue::from(body))).await
}
