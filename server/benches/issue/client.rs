//! People who use the HTTP API, each request over a connection that is kept.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody who may have signed in. A clone is the same person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    client: Client,
    origin: Arc<str>,
    /// Empty before signing in.
    cookie: Arc<str>,
}

impl Person {
    /// Somebody who has not signed in.
    pub(crate) fn visitor(origin: &str) -> Result<Self> {
        let client = Client::builder().no_proxy().tcp_nodelay(true).timeout(PATIENCE).build()?;
        Ok(Self { client, origin: origin.into(), cookie: "".into() })
    }

    /// Signs in with the link that is mailed.
    pub(crate) async fn sign_in(&self, email: &str) -> Result<Self> {
        self.send(Method::POST, "/api/sign-in-links", json!({"email": email}).to_string()).await?;
        let token = self.mailed("/sign-in/").await?.remove(email).context("no sign-in link came")?;
        let opened = self.send(Method::POST, "/api/session", json!({"token": token}).to_string()).await?;
        let cookie = opened.headers().get(header::SET_COOKIE).context("no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or(cookie).into();
        Ok(Self { cookie, ..self.clone() })
    }

    /// The value at the end of the link with this path that was last mailed to each address.
    pub(crate) async fn mailed(&self, path: &str) -> Result<HashMap<String, String>> {
        let inbox: Value = self.send(Method::GET, "/api/inbox", String::new()).await?.json().await?;
        let mut tokens = HashMap::new();
        for message in inbox.as_array().context("the inbox is no list")? {
            let (to, text) = (message["to"].as_str(), message["text"].as_str());
            let (to, text) = to.zip(text).context("a message has no text")?;
            let link = text.split_once(path).and_then(|(_, rest)| rest.split_whitespace().next());
            if let Some(token) = link {
                // The newest come first.
                tokens.entry(to.to_owned()).or_insert_with(|| token.to_owned());
            }
        }
        Ok(tokens)
    }

    /// Sends JSON and gives the JSON of the answer.
    pub(crate) async fn exchange(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        Ok(self.send(method, path, body.to_string()).await?.json().await?)
    }

    /// Sends JSON; an answer that is no success is an error.
    pub(crate) async fn send(&self, method: Method, path: &str, body: String) -> Result<Response> {
        let request = self
            .client
            .request(method, format!("{}{path}", self.origin))
            .header("x-signet", "1")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &*self.cookie)
            .body(body);
        let answer = request.send().await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let status = answer.status();
        anyhow::bail!("{path} answered {status}: {}", answer.text().await?)
    }

    /// As [`Self::send`], when something must be made by it. Reads the answer to its end.
    pub(crate) async fn make(&self, path: &str, body: String) -> Result<()> {
        let answer = self.send(Method::POST, path, body).await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        ensure!(
            status == StatusCode::CREATED,
            "{path} answered {status}: {}",
            String::from_utf8_lossy(&body)
        );
        Ok(())
    }
}
