//! Requests to the bridge, written by hand: no client library would send the wrong ones.

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::process::PATIENCE;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: String,
    body: String,
}

impl Request {
    /// A request without a header.
    pub fn new(method: &str, path: &str) -> Self {
        Self { line: format!("{method} {path} HTTP/1.1"), headers: Vec::new(), body: Vec::new() }
    }

    /// With this header, beside others of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without the headers of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(present, _)| !present.eq_ignore_ascii_case(name));
        self
    }

    /// With this header in place of others of the same name.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).header(name, value)
    }

    /// With this body, as JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string().into_bytes()).with("Content-Type", "application/json")
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// As it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
        let (headers, length) = (headers.collect::<Vec<_>>().concat(), self.body.len());
        let head = format!("{}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n", self.line);
        [head.as_bytes(), &self.body].concat()
    }

    /// Sends it to a port of this machine, and waits for the answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn send(&self, address: &str, port: u16) -> anyhow::Result<Answer> {
        let mut stream = TcpStream::connect((address, port)).await.context("the bridge is not there")?;
        // It may answer before it has read everything, and hang up.
        let _ = stream.write_all(&self.bytes()).await;
        let mut answer = Vec::new();
        let read = timeout(PATIENCE * 2, stream.read_to_end(&mut answer)).await;
        let read = read.with_context(|| format!("{} is not answered", self.line))?;
        ensure!(read.is_ok() || !answer.is_empty(), "{} is not answered: {read:?}", self.line);
        Answer::parse(&String::from_utf8(answer)?).with_context(|| format!("the answer to {}", self.line))
    }
}

impl Answer {
    /// Reads what came over the wire.
    ///
    /// # Errors
    /// When it is no answer.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let (headers, body) = text.split_once("\r\n\r\n").with_context(|| format!("no answer: {text:?}"))?;
        let status = headers.split(' ').nth(1).context("no status")?.parse()?;
        Ok(Self { status, headers: headers.to_owned(), body: body.to_owned() })
    }

    /// The value of a header that stands there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.lines().skip(1).filter_map(|line| {
            let (present, value) = line.split_once(':')?;
            present.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        values.next().filter(|_| values.next().is_none())
    }

    /// The body, which must be JSON.
    ///
    /// # Errors
    /// When it is not.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("no JSON: {} {:?}", self.status, self.body))
    }

    /// The last word of the problem's address, such as `not-paired`; empty when it is no problem.
    pub fn problem(&self) -> String {
        let kind = self.json().ok().and_then(|problem| problem["type"].as_str().map(str::to_owned));
        kind.unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.body
    }
}
