//! Chromium's own trace: what each thread of the page did, and for how long. It is written by the browser itself, not by
//! a script on the page, whose clock stands still while the page does.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::{Browser, devtools::DevTools};

/// Tasks of threads, events that the page handles, and the marks of scripts.
const CATEGORIES: [&str; 5] = [
    "toplevel",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
    "__metadata",
];
/// How Chromium calls the threads that a page and its workers run on.
const MAIN_THREAD: &str = "CrRendererMain";
const WORKER_THREAD: &str = "DedicatedWorker thread";
/// How it calls one turn of a thread's loop: whatever it does in it, nothing else can happen on that thread.
const TASK: &str = "RunTask";

impl Browser {
    /// Begins to record a trace.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn starts_trace(&self) -> anyhow::Result<Recording> {
        let mut devtools = DevTools::connect(&self.driver).await?;
        let what = json!({
            "transferMode": "ReturnAsStream",
            "traceConfig": {"recordMode": "recordAsMuchAsPossible", "includedCategories": CATEGORIES},
        });
        devtools.call("Tracing.start", what).await?;
        Ok(Recording { devtools })
    }
}

/// A trace that is being recorded.
#[derive(Debug)]
pub struct Recording {
    devtools: DevTools,
}

impl Recording {
    /// Ends it, and gives what was recorded.
    ///
    /// # Errors
    /// When the browser does not hand it over, or has lost a part of it.
    pub async fn ends(mut self) -> anyhow::Result<Trace> {
        self.devtools.call("Tracing.end", json!({})).await?;
        let complete = self.devtools.event("Tracing.tracingComplete").await?;
        ensure!(complete["dataLossOccurred"] != true, "the trace has holes");
        let text = self.read(&complete["stream"]).await?;
        let mut trace: Value = serde_json::from_str(&text).context("the trace is no JSON")?;
        match trace["traceEvents"].take() {
            Value::Array(events) => Ok(Trace { events }),
            other => anyhow::bail!("the events of the trace are {other}"),
        }
    }

    async fn read(&mut self, stream: &Value) -> anyhow::Result<String> {
        let mut text = String::new();
        loop {
            let part = self.devtools.call("IO.read", json!({"handle": stream})).await?;
            ensure!(part["base64Encoded"] != true, "the trace is no text");
            text.push_str(part["data"].as_str().context("no data in the stream of the trace")?);
            if part["eof"] == true {
                self.devtools.call("IO.close", json!({"handle": stream})).await?;
                return Ok(text);
            }
        }
    }
}

/// What was recorded.
#[derive(Debug)]
pub struct Trace {
    events: Vec<Value>,
}

/// A moment of a trace, in microseconds of the browser's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// The time from an earlier moment; none when that was later.
    pub fn since(self, earlier: Self) -> Option<Duration> {
        self.0.checked_sub(earlier.0).map(Duration::from_micros)
    }
}

impl Trace {
    /// The longest task of any page's main thread.
    ///
    /// # Errors
    /// When the trace has none.
    pub fn longest_task(&self) -> anyhow::Result<Duration> {
        let threads = self.threads(MAIN_THREAD);
        let tasks = self.named(TASK).filter(|event| threads.contains(&thread(event)));
        let longest = tasks.filter_map(|event| event["dur"].as_u64()).max();
        longest.map(Duration::from_micros).context("the trace has no task of a page")
    }

    /// When the page began to handle the last event of this kind.
    ///
    /// # Errors
    /// When it handled none.
    pub fn last_handled(&self, kind: &str) -> anyhow::Result<Moment> {
        let events = self.named("EventDispatch").filter(|event| event["args"]["data"]["type"] == kind);
        let last = events.filter_map(|event| event["ts"].as_u64()).max();
        last.map(Moment).with_context(|| format!("the trace has no {kind}"))
    }

    /// When a script set this mark.
    ///
    /// # Errors
    /// When none did.
    pub fn marked(&self, name: &str) -> anyhow::Result<Moment> {
        let first = self.named(name).filter_map(|event| event["ts"].as_u64()).min();
        first.map(Moment).with_context(|| format!("the trace has no mark {name:?}"))
    }

    /// When the last task of the page's workers ended.
    ///
    /// # Errors
    /// When the trace has no worker.
    pub fn workers_ended(&self) -> anyhow::Result<Moment> {
        let threads = self.threads(WORKER_THREAD);
        let tasks = self.named(TASK).filter(|event| threads.contains(&thread(event)));
        let ends = tasks.filter_map(|event| event["ts"].as_u64()?.checked_add(event["dur"].as_u64()?));
        ends.max().map(Moment).context("the trace has no worker")
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        self.events.iter().filter(move |event| event["name"] == name)
    }

    /// Process and thread of each thread with this name.
    fn threads(&self, name: &str) -> Vec<(u64, u64)> {
        let named = self.named("thread_name").filter(|event| event["args"]["name"] == name);
        named.map(thread).collect()
    }
}

fn thread(event: &Value) -> (u64, u64) {
    (event["pid"].as_u64().unwrap_or_default(), event["tid"].as_u64().unwrap_or_default())
}
