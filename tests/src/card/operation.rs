//! What a page does with the bridge over loopback, without a browser.

use std::{fs::File, io::Read, time::Duration};

use anyhow::{Context, bail, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    bridge::{PORT, host},
    http::{Answer, Request},
};
use crate::process::PATIENCE;

/// How long a key pair may take in software. RSA 4096 on the virtual card takes up to a minute.
const KEY_PAIR_PATIENCE: Duration = Duration::from_secs(150);

/// A page that is paired.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its origin.
    pub origin: String,
    /// What it got when it was paired.
    pub token: String,
}

impl Page {
    /// A page of this origin with this token.
    pub fn new(origin: &str, token: &str) -> Self {
        Self { origin: origin.to_owned(), token: token.to_owned() }
    }

    /// A request as the page makes it.
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, path)
            .header("Host", &host())
            .header("Origin", &self.origin)
            .header("Authorization", &format!("Bearer {}", self.token))
    }

    /// What the bridge answers to it.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.request("GET", path).send("127.0.0.1", PORT).await
    }

    /// The readers and cards, as soon as they are as asked for.
    ///
    /// # Errors
    /// When they never are, with how they are.
    pub async fn sees_cards(&self, wanted: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let mut last = Value::Null;
        let found = timeout(PATIENCE, async {
            let mut seen = 0;
            loop {
                let answer = self.get(&format!("/v1/cards?seen={seen}&wait=5")).await?;
                ensure!(answer.status == 200, "{}: {}", answer.status, answer.body());
                last = answer.json()?;
                if wanted(&last) {
                    return anyhow::Ok(());
                }
                seen = last["revision"].as_u64().context("a report without a revision")?;
            }
        });
        match found.await {
            Ok(found) => found.map(|()| last),
            Err(_) => bail!("the cards stay as they are: {last}"),
        }
    }

    /// What the bridge answers to the wish for this task.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn asks_for(&self, id: &str, task: &Value) -> anyhow::Result<Answer> {
        let request = self.request("POST", "/v1/operations").json(&json!({"id": id, "task": task}));
        request.send("127.0.0.1", PORT).await
    }

    /// Begins an operation.
    ///
    /// # Errors
    /// When the bridge refuses.
    pub async fn begins(&self, task: &Value) -> anyhow::Result<Running> {
        let id = random_id()?;
        let answer = self.asks_for(&id, task).await?;
        ensure!(answer.status == 201, "{task} is answered with {}: {}", answer.status, answer.body());
        Ok(Running { page: self.clone(), id })
    }

    /// Makes an operation, and gives what came out.
    ///
    /// # Errors
    /// When it fails.
    pub async fn does(&self, task: &Value) -> anyhow::Result<Value> {
        self.begins(task).await?.succeeds().await
    }
}

/// An operation that was begun.
#[derive(Clone, Debug)]
pub struct Running {
    page: Page,
    /// Its id.
    pub id: String,
}

impl Running {
    /// Where it stands now, or as soon as another revision is there.
    ///
    /// # Errors
    /// When the bridge does not tell.
    pub async fn stands(&self, seen: u64) -> anyhow::Result<Value> {
        let answer = self.page.get(&format!("/v1/operations/{}?seen={seen}&wait=5", self.id)).await?;
        ensure!(answer.status == 200, "the operation is answered with {}: {}", answer.status, answer.body());
        answer.json()
    }

    /// Waits until it is in this state, or has passed it by and ended.
    ///
    /// # Errors
    /// When it never is.
    pub async fn until(&self, state: &str) -> anyhow::Result<Value> {
        let mut last = Value::Null;
        let reached = timeout(KEY_PAIR_PATIENCE, async {
            let mut seen = 0;
            loop {
                last = self.stands(seen).await?;
                seen = last["revision"].as_u64().context("an operation without a revision")?;
                if last["state"] == state {
                    return anyhow::Ok(());
                }
                let is_final = last["state"] == "done" || last["state"] == "failed";
                ensure!(!is_final, "it ended before it was {state}: {last}");
            }
        });
        match reached.await {
            Ok(reached) => reached.map(|()| last),
            Err(_) => bail!("it is not {state}, but {last}"),
        }
    }

    /// Waits until it works at this, such as `generating-key-pair`.
    ///
    /// # Errors
    /// When it never does.
    pub async fn until_at(&self, work: &str) -> anyhow::Result<()> {
        let mut seen = 0;
        let reached = timeout(PATIENCE, async {
            loop {
                let last = self.stands(seen).await?;
                seen = last["revision"].as_u64().context("an operation without a revision")?;
                if last["work"] == work {
                    return anyhow::Ok(());
                }
                let is_final = last["state"] == "done" || last["state"] == "failed";
                ensure!(!is_final, "it ended before it was at {work}: {last}");
            }
        });
        reached.await.with_context(|| format!("it is never at {work}"))?
    }

    /// Waits for its success, and gives what came out.
    ///
    /// # Errors
    /// When it fails.
    pub async fn succeeds(&self) -> anyhow::Result<Value> {
        let mut end = self.until("done").await?;
        Ok(end["outcome"].take())
    }

    /// Waits for its failure, and gives the code. What a person reads must be there, too.
    ///
    /// # Errors
    /// When it succeeds, or says nothing to a person.
    pub async fn fails(&self) -> anyhow::Result<String> {
        let end = self.until("failed").await?;
        let problem = &end["problem"];
        for text in ["title", "advice"] {
            let said = problem[text].as_str().unwrap_or_default();
            ensure!(said.len() > 10, "the {text} of {problem} is no sentence");
        }
        Ok(problem["code"].as_str().context("a problem without a code")?.to_owned())
    }

    /// The page gives it up.
    ///
    /// # Errors
    /// When the bridge does not answer.
    pub async fn cancels(&self) -> anyhow::Result<Answer> {
        let path = format!("/v1/operations/{}", self.id);
        self.page.request("DELETE", &path).send("127.0.0.1", PORT).await
    }
}

/// 256 random bits, as a page makes them.
///
/// # Errors
/// When the system has none.
pub fn random_id() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The wish for a key pair.
pub fn generate(algorithm: &str) -> Value {
    json!({"kind": "generate", "card": null, "algorithm": algorithm, "mailbox": "anna@example.com"})
}
