//! A request on its way, and its answer. Whatever it holds, the way is the same, so that it is in the program once.

use super::{ApiError, SAME_SITE_HEADER};
use gloo_net::http::{RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use std::{any::Any, pin::Pin, rc::Rc};
use wasm_bindgen::JsValue;

/// A successful answer.
#[derive(Debug)]
pub(crate) struct Answer {
    status: u16,
    text: String,
}

#[cfg(test)]
impl Answer {
    /// An answer with this text, for tests.
    pub(crate) fn of(status: u16, text: &str) -> Self {
        Self { status, text: text.to_owned() }
    }
}

/// Something that is on its way.
pub(crate) type Coming<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

/// A request, and how its answer is read.
pub(crate) struct Call<T> {
    answer: Coming<Answer>,
    read: Read<T>,
}

/// Reads what an answer holds.
pub(crate) type Read<T> = fn(&Answer) -> Result<T, ApiError>;

impl<T> Call<T> {
    /// A call whose answer is read in a way of its own.
    pub(super) fn read_by(answer: Coming<Answer>, read: Read<T>) -> Self {
        Self { answer, read }
    }

    /// What is on its way, and how it will be read.
    pub(crate) fn into_parts(self) -> (Coming<Answer>, Read<T>) {
        (self.answer, self.read)
    }

    /// What the answer holds.
    ///
    /// # Errors
    /// No answer, one that is no success, or one that holds something else.
    pub(crate) async fn result(self) -> Result<T, ApiError> {
        (self.read)(&self.answer.await?)
    }
}

impl<T: DeserializeOwned> Call<T> {
    pub(super) fn reading(answer: Coming<Answer>) -> Self {
        Self { answer, read }
    }
}

impl Call<()> {
    /// A call of which nobody wants to know more than that it succeeded.
    pub(super) fn ignoring(answer: Coming<Answer>) -> Self {
        Self { answer, read: |_| Ok(()) }
    }
}

impl<T: 'static> Call<T> {
    /// What the answer holds, without its type.
    pub(crate) fn untyped(self) -> Coming<Rc<dyn Any>> {
        let read = self.read;
        untyped(self.answer, Box::new(move |answer| Ok(Rc::new(read(answer)?))))
    }
}

type ReadUntyped = Box<dyn FnOnce(&Answer) -> Result<Rc<dyn Any>, ApiError>>;

fn untyped(answer: Coming<Answer>, read: ReadUntyped) -> Coming<Rc<dyn Any>> {
    Box::pin(async move { read(&answer.await?) })
}

/// What an answer holds.
///
/// # Errors
/// It holds something else.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    parse(&answer.text).ok_or(ApiError::Unreadable { status: answer.status })
}

/// JSON of one type, read by one and the same code whoever asks: it is long.
#[inline(never)]
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

pub(super) fn send<T: Serialize>(request: RequestBuilder, body: &T) -> Coming<Answer> {
    // Our own types have string keys only, so they are always JSON.
    let body = serde_json::to_string(body).unwrap_or_default();
    ask(request.header("Content-Type", "application/json"), Some(JsValue::from(body)))
}

pub(super) fn send_nothing(request: RequestBuilder) -> Coming<Answer> {
    ask(request.header("Content-Type", "application/json"), None)
}

pub(super) fn ask(request: RequestBuilder, body: Option<JsValue>) -> Coming<Answer> {
    let (name, value) = SAME_SITE_HEADER;
    Box::pin(answer_of(request.header(name, value).header("Accept", "application/json"), body))
}

/// Sends a request to any server.
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
    match parse(&answer.text) {
        Some(problem) => ApiError::Problem(problem),
        None => ApiError::Unreadable { status: answer.status },
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, ApiError, failure};

    #[test]
    fn a_problem_document_becomes_a_problem_with_its_slug_and_fields() {
        let error = failure(&Answer::of(
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
        assert_eq!(
            failure(&Answer::of(502, "<html>Bad gateway</html>")),
            ApiError::Unreadable { status: 502 }
        );
    }
}
