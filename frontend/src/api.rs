//! The server, as functions: one for each route of the HTTP API, one way to fail.

mod advice;
mod call;

pub(crate) use advice::Advice;
pub(crate) use call::{Answer, Call, Coming, Read, answer_of, parse, read};

use call::{ask, send, send_nothing};
use gloo_net::http::Request;
use js_sys::encode_uri_component;
use protocol::{
    ActivationRequest, Approval, CardJobRequest, CardJobTicket, Certificate, ChallengeToken, Document,
    InboxMessage, MailboxChallenge, MailboxRequest, Order, OrderRequest, OrganizationEvidence, Problem,
    Product, Refusal, RegisterEntry, Session, SessionRequest, SignInRequest, UseMailbox, UseOrganization,
    Verification,
};
use serde::de::DeserializeOwned;
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

pub(crate) fn session() -> Call<Session> {
    get("/api/session")
}

pub(crate) fn ask_for_sign_in_link(request: &SignInRequest) -> Call<()> {
    Call::ignoring(send(Request::post("/api/sign-in-links"), request))
}

pub(crate) fn sign_in(token: String) -> Call<Session> {
    Call::reading(send(Request::post("/api/session"), &SessionRequest { token }))
}

pub(crate) fn sign_out() -> Call<()> {
    Call::ignoring(send_nothing(Request::delete("/api/session")))
}

pub(crate) fn products() -> Call<Vec<Product>> {
    get("/api/products")
}

pub(crate) fn place_order(request: &OrderRequest) -> Call<Order> {
    Call::reading(send(Request::post("/api/orders"), request))
}

pub(crate) fn order(order_id: &str) -> Call<Order> {
    get(&format!("/api/orders/{order_id}"))
}

pub(crate) fn search_register(query: &RegisterQuery) -> Call<Vec<RegisterEntry>> {
    let mut url = format!(
        "/api/register?registration_number_type={}&registration_number={}",
        number_type_code(query.registration_number_type),
        encode_uri_component(&query.registration_number),
    );
    if !query.country.is_empty() {
        url.push_str("&country=");
        url.push_str(&query.country);
    }
    get(&url)
}

pub(crate) fn add_document(order_id: &str, file: &File) -> Call<Document> {
    let name = encode_uri_component(&file.name());
    let request = Request::post(&format!("/api/orders/{order_id}/documents?name={name}"))
        .header("Content-Type", "application/octet-stream");
    Call::reading(ask(request, Some(JsValue::from(file))))
}

pub(crate) fn save_organization(order_id: &str, evidence: &OrganizationEvidence) -> Call<Order> {
    Call::reading(send(Request::put(&format!("/api/orders/{order_id}/organization")), evidence))
}

pub(crate) fn use_organization(order_id: &str, request: &UseOrganization) -> Call<Order> {
    Call::reading(send(Request::put(&format!("/api/orders/{order_id}/verified-organization")), request))
}

pub(crate) fn use_mailbox(order_id: &str, request: &UseMailbox) -> Call<Order> {
    Call::reading(send(Request::put(&format!("/api/orders/{order_id}/verified-mailbox")), request))
}

pub(crate) fn verification(order_id: &str) -> Call<Verification> {
    get(&format!("/api/verifications/{order_id}"))
}

pub(crate) fn approve(order_id: &str, approval: &Approval) -> Call<Verification> {
    Call::reading(send(Request::post(&format!("/api/verifications/{order_id}/approval")), approval))
}

pub(crate) fn refuse(order_id: &str, refusal: &Refusal) -> Call<Verification> {
    Call::reading(send(Request::post(&format!("/api/verifications/{order_id}/refusal")), refusal))
}

pub(crate) fn save_mailbox(order_id: &str, request: &MailboxRequest) -> Call<Order> {
    Call::reading(send(Request::put(&format!("/api/orders/{order_id}/mailbox")), request))
}

pub(crate) fn send_challenge_again(order_id: &str) -> Call<Order> {
    Call::reading(send_nothing(Request::post(&format!("/api/orders/{order_id}/mailbox/challenge"))))
}

pub(crate) fn inspect_challenge(token: &str) -> Call<MailboxChallenge> {
    Call::reading(send(
        Request::post("/api/mailbox-challenges/inspect"),
        &ChallengeToken { token: token.to_owned() },
    ))
}

pub(crate) fn confirm_challenge(token: String) -> Call<MailboxChallenge> {
    Call::reading(send(Request::post("/api/mailbox-challenges/confirm"), &ChallengeToken { token }))
}

pub(crate) fn activate(order_id: &str, request: &ActivationRequest) -> Call<Certificate> {
    Call::reading(send(Request::post(&format!("/api/orders/{order_id}/activation")), request))
}

pub(crate) fn certificate(certificate_id: &str) -> Call<Certificate> {
    get(&format!("/api/certificates/{certificate_id}"))
}

pub(crate) fn place_card_job(request: &CardJobRequest) -> Call<CardJobTicket> {
    Call::reading(send(Request::post("/api/card-jobs"), request))
}

pub(crate) fn inbox() -> Call<Vec<InboxMessage>> {
    get("/api/inbox")
}

/// A part of the list at this path, read in this way: its beginning, or what follows [`protocol::Page::next`].
pub(crate) fn part<T>(path: &str, after: Option<&str>, read: Read<T>) -> Call<T> {
    let url = match after {
        None => path.to_owned(),
        Some(after) => format!("{path}?after={}", encode_uri_component(after)),
    };
    Call::read_by(ask(Request::get(&url), None), read)
}

fn get<T: DeserializeOwned>(url: &str) -> Call<T> {
    Call::reading(ask(Request::get(url), None))
}
