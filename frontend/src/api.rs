//! The server, as functions: one for each route of the HTTP API, one way to fail.

mod advice;

pub(crate) use advice::Advice;

use gloo_net::http::{Request, RequestBuilder, Response};
use js_sys::encode_uri_component;
use protocol::{
    ActivationRequest, Approval, CardJobRequest, CardJobTicket, Certificate, ChallengeToken, Document,
    InboxMessage, MailboxChallenge, MailboxRequest, Order, OrderRequest, OrganizationEvidence, Page, Problem,
    Product, Refusal, RegisterEntry, Session, SessionRequest, SignInRequest, UseMailbox, UseOrganization,
    Verification,
};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;
use wasm_bindgen::JsValue;
use web_sys::File;

use crate::wizard::{
    FieldError,
    data::{RegisterQuery, number_type_code},
};

/// Proves to the server that the request comes from a page of its own: another origin cannot set it.
pub(crate) const SAME_SITE_HEADER: (&str, &str) = ("X-Signet", "1");

/// A request that did not give what it was for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub(crate) enum ApiError {
    /// No answer at all.
    #[error("the server cannot be reached")]
    Unreachable,
    /// An answer that is neither what was asked for nor a problem document.
    #[error("the server's answer cannot be read, status {status}")]
    Unreadable { status: u16 },
    /// The server says what is wrong.
    #[error("{}", .0.title)]
    Problem(Problem),
}

impl ApiError {
    /// Nobody is signed in, or the session has ended.
    pub(crate) fn is_signed_out(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 401)
    }

    /// There is no such thing, or it belongs to somebody else.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 404)
    }

    /// The last part of the problem's type.
    pub(crate) fn slug(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(problem.slug()),
            Self::Unreachable | Self::Unreadable { .. } => None,
        }
    }

    /// What is wrong with single fields.
    pub(crate) fn field_errors(&self) -> Vec<FieldError> {
        match self {
            Self::Problem(problem) => problem.fields.iter().map(FieldError::from).collect(),
            Self::Unreachable | Self::Unreadable { .. } => Vec::new(),
        }
    }
}

/// Where the server offers something under this order.
pub(crate) fn document_url(order_id: &str, document_id: &str) -> String {
    format!("/api/orders/{order_id}/documents/{document_id}")
}

/// Where the server offers a certificate as a file, such as `certificate.pem`.
pub(crate) fn certificate_file_url(certificate_id: &str, file: &str) -> String {
    format!("/api/certificates/{certificate_id}/{file}")
}

pub(crate) async fn session() -> Result<Session, ApiError> {
    get("/api/session").await
}

pub(crate) async fn ask_for_sign_in_link(request: SignInRequest) -> Result<(), ApiError> {
    send(Request::post("/api/sign-in-links"), &request).await.map(drop)
}

pub(crate) async fn sign_in(token: String) -> Result<Session, ApiError> {
    read(&send(Request::post("/api/session"), &SessionRequest { token }).await?)
}

pub(crate) async fn sign_out() -> Result<(), ApiError> {
    send_nothing(Request::delete("/api/session")).await.map(drop)
}

pub(crate) async fn products() -> Result<Vec<Product>, ApiError> {
    get("/api/products").await
}

pub(crate) async fn place_order(request: OrderRequest) -> Result<Order, ApiError> {
    read(&send(Request::post("/api/orders"), &request).await?)
}

pub(crate) async fn order(order_id: String) -> Result<Order, ApiError> {
    get(&format!("/api/orders/{order_id}")).await
}

pub(crate) async fn search_register(query: RegisterQuery) -> Result<Vec<RegisterEntry>, ApiError> {
    let mut url = format!(
        "/api/register?registration_number_type={}&registration_number={}",
        number_type_code(query.registration_number_type),
        encode_uri_component(&query.registration_number),
    );
    if !query.country.is_empty() {
        url.push_str("&country=");
        url.push_str(&query.country);
    }
    get(&url).await
}

pub(crate) async fn add_document(order_id: &str, file: &File) -> Result<Document, ApiError> {
    let name = encode_uri_component(&file.name());
    let request = Request::post(&format!("/api/orders/{order_id}/documents?name={name}"))
        .header("Content-Type", "application/octet-stream");
    read(&exchange(request, Some(JsValue::from(file))).await?)
}

pub(crate) async fn save_organization(
    order_id: &str,
    evidence: &OrganizationEvidence,
) -> Result<Order, ApiError> {
    read(&send(Request::put(&format!("/api/orders/{order_id}/organization")), evidence).await?)
}

pub(crate) async fn use_organization(order_id: &str, request: &UseOrganization) -> Result<Order, ApiError> {
    read(&send(Request::put(&format!("/api/orders/{order_id}/verified-organization")), request).await?)
}

pub(crate) async fn use_mailbox(order_id: &str, request: &UseMailbox) -> Result<Order, ApiError> {
    read(&send(Request::put(&format!("/api/orders/{order_id}/verified-mailbox")), request).await?)
}

pub(crate) async fn verification(order_id: String) -> Result<Verification, ApiError> {
    get(&format!("/api/verifications/{order_id}")).await
}

pub(crate) async fn approve(order_id: &str, approval: &Approval) -> Result<Verification, ApiError> {
    read(&send(Request::post(&format!("/api/verifications/{order_id}/approval")), approval).await?)
}

pub(crate) async fn refuse(order_id: &str, refusal: &Refusal) -> Result<Verification, ApiError> {
    read(&send(Request::post(&format!("/api/verifications/{order_id}/refusal")), refusal).await?)
}

pub(crate) async fn save_mailbox(order_id: &str, request: &MailboxRequest) -> Result<Order, ApiError> {
    read(&send(Request::put(&format!("/api/orders/{order_id}/mailbox")), request).await?)
}

pub(crate) async fn send_challenge_again(order_id: &str) -> Result<Order, ApiError> {
    read(&send_nothing(Request::post(&format!("/api/orders/{order_id}/mailbox/challenge"))).await?)
}

pub(crate) async fn inspect_challenge(token: String) -> Result<MailboxChallenge, ApiError> {
    read(&send(Request::post("/api/mailbox-challenges/inspect"), &ChallengeToken { token }).await?)
}

pub(crate) async fn confirm_challenge(token: String) -> Result<MailboxChallenge, ApiError> {
    read(&send(Request::post("/api/mailbox-challenges/confirm"), &ChallengeToken { token }).await?)
}

pub(crate) async fn activate(order_id: &str, request: &ActivationRequest) -> Result<Certificate, ApiError> {
    read(&send(Request::post(&format!("/api/orders/{order_id}/activation")), request).await?)
}

pub(crate) async fn certificate(certificate_id: String) -> Result<Certificate, ApiError> {
    get(&format!("/api/certificates/{certificate_id}")).await
}

pub(crate) async fn place_card_job(request: &CardJobRequest) -> Result<CardJobTicket, ApiError> {
    read(&send(Request::post("/api/card-jobs"), request).await?)
}

pub(crate) async fn inbox() -> Result<Vec<InboxMessage>, ApiError> {
    get("/api/inbox").await
}

/// A part of the list at this path: its beginning, or what follows [`Page::next`].
pub(crate) async fn page<T: DeserializeOwned>(path: &str, after: Option<&str>) -> Result<Page<T>, ApiError> {
    match after {
        None => get(path).await,
        Some(after) => get(&format!("{path}?after={}", encode_uri_component(after))).await,
    }
}

async fn get<T: DeserializeOwned>(url: &str) -> Result<T, ApiError> {
    read(&exchange(Request::get(url), None).await?)
}

async fn send<T: Serialize>(request: RequestBuilder, body: &T) -> Result<Answer, ApiError> {
    // Our own types have string keys only, so they are always JSON.
    let body = serde_json::to_string(body).or(Err(ApiError::Unreadable { status: 0 }))?;
    exchange(request.header("Content-Type", "application/json"), Some(JsValue::from(body))).await
}

async fn send_nothing(request: RequestBuilder) -> Result<Answer, ApiError> {
    exchange(request.header("Content-Type", "application/json"), None).await
}

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    status: u16,
    text: String,
}

/// What an answer holds.
///
/// # Errors
/// It holds something else.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    serde_json::from_str(&answer.text).or(Err(ApiError::Unreadable { status: answer.status }))
}

async fn exchange(request: RequestBuilder, body: Option<JsValue>) -> Result<Answer, ApiError> {
    let (name, value) = SAME_SITE_HEADER;
    answer_of(request.header(name, value).header("Accept", "application/json"), body).await
}

/// The part that is the same for every type and every server, so that it is in the program once.
///
/// # Errors
/// No answer, or one that is no success.
pub(crate) async fn answer_of(request: RequestBuilder, body: Option<JsValue>) -> Result<Answer, ApiError> {
    let request = match body {
        Some(body) => request.body(body),
        None => request.build(),
    };
    let response = request.or(Err(ApiError::Unreachable))?.send().await.or(Err(ApiError::Unreachable))?;
    let answer = text_of(&response).await?;
    if response.ok() { Ok(answer) } else { Err(failure(&answer)) }
}

async fn text_of(response: &Response) -> Result<Answer, ApiError> {
    let status = response.status();
    let text = response.text().await.or(Err(ApiError::Unreachable))?;
    Ok(Answer { status, text })
}

fn failure(answer: &Answer) -> ApiError {
    match serde_json::from_str(&answer.text) {
        Ok(problem) => ApiError::Problem(problem),
        Err(_) => ApiError::Unreadable { status: answer.status },
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, ApiError, failure};

    fn answer(status: u16, text: &str) -> Answer {
        Answer { status, text: text.to_owned() }
    }

    #[test]
    fn a_problem_document_becomes_a_problem_with_its_slug_and_fields() {
        let error = failure(&answer(
            422,
            r#"{"type":"/problems/invalid","title":"Wrong.","status":422,
                "fields":[{"field":"email","code":"empty","message":"Enter an address."}]}"#,
        ));
        assert_eq!(error.slug(), Some("invalid"));
        assert_eq!(error.field_errors()[0].field, "email");
        assert!(!error.is_not_found() && !error.is_signed_out());
    }

    #[test]
    fn a_page_of_a_proxy_in_between_is_unreadable_and_not_shown() {
        assert_eq!(failure(&answer(502, "<html>Bad gateway</html>")), ApiError::Unreadable { status: 502 });
    }
}
