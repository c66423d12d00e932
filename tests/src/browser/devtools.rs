//! A way to `DevTools` of its own, for what comes as events: chromedriver hands none of them on.
//!
//! Chrome `DevTools` Protocol, <https://chromedevtools.github.io/devtools-protocol/>.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use thirtyfour::WebDriver;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::process::PATIENCE;

/// A connection to one tab.
#[derive(Debug)]
pub(super) struct DevTools {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_id: u64,
    /// What came while an answer was awaited, in order: method and parameters.
    events: Vec<Value>,
}

impl DevTools {
    /// Connects to the tab that the driver is at.
    ///
    /// # Errors
    /// When the browser does not let anybody in.
    pub(super) async fn connect(driver: &WebDriver) -> anyhow::Result<Self> {
        let chromium = driver.handle().capabilities().get("goog:chromeOptions").cloned().unwrap_or_default();
        let address = chromium["debuggerAddress"].as_str().context("chromedriver tells no address")?;
        // What WebDriver calls a window, DevTools calls a target; both by the same name.
        let url = format!("ws://{address}/devtools/page/{}", driver.window().await?);
        let (socket, _) = connect_async(&url).await.with_context(|| format!("no way to {url}"))?;
        Ok(Self { socket, last_id: 0, events: Vec::new() })
    }

    /// Calls a method and waits for its answer.
    ///
    /// # Errors
    /// When it fails, or does not come.
    pub(super) async fn call(&mut self, method: &str, parameters: Value) -> anyhow::Result<Value> {
        self.last_id += 1;
        let call = json!({"id": self.last_id, "method": method, "params": parameters});
        self.socket.send(Message::text(call.to_string())).await?;
        loop {
            let mut message = self.receive().await.with_context(|| format!("{method} is not answered"))?;
            if message["id"] != self.last_id {
                self.events.push(message);
            } else if message["error"].is_null() {
                return Ok(message["result"].take());
            } else {
                bail!("{method}: {}", message["error"]);
            }
        }
    }

    /// The parameters of the next event of this kind, which may have come already.
    ///
    /// # Errors
    /// When it does not come.
    pub(super) async fn event(&mut self, method: &str) -> anyhow::Result<Value> {
        loop {
            if let Some(index) = self.events.iter().position(|event| event["method"] == method) {
                return Ok(self.events.remove(index)["params"].take());
            }
            let message = self.receive().await.with_context(|| format!("{method} does not come"))?;
            self.events.push(message);
        }
    }

    /// The parameters of all events of this kind that have come.
    pub(super) fn events_so_far(&mut self, method: &str) -> Vec<Value> {
        let (wanted, others) = self.events.drain(..).partition(|event| event["method"] == method);
        self.events = others;
        let wanted: Vec<Value> = wanted;
        wanted.into_iter().map(|mut event| event["params"].take()).collect()
    }

    async fn receive(&mut self) -> anyhow::Result<Value> {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.context("DevTools is silent")?;
            if let Message::Text(text) = message.context("DevTools has hung up")?? {
                return Ok(serde_json::from_str(&text)?);
            }
        }
    }
}
