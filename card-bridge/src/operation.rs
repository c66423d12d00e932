//! The operations that pages asked for: one at a time, each in a worker, each id good for once.

use crate::{
    clock,
    job::{Job, Line},
    origin::Origin,
    problem,
    supervisor::Worker,
};
use protocol::{CardProblemCode, CardWork, Operation, OperationRequest, OperationState};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// A card that makes an RSA 4096 key may take minutes (the guide: "up to a few minutes"). Our choice: three times as much.
const GENERATION_TIMEOUT: Duration = Duration::from_mins(15);
/// Anything else that a card does takes seconds. Our choice.
const WORK_TIMEOUT: Duration = Duration::from_mins(5);
/// Nobody follows the operation: the page is gone. Longer than a long poll takes. Our choice.
const FOLLOWER_TIMEOUT: Duration = Duration::from_mins(1);
/// The connection of who followed it broke in the middle: the tab was closed, or loads the page again and comes back at
/// once. Our choice.
const RETURN_TIMEOUT: Duration = Duration::from_secs(5);
/// How often that is looked at.
const TICK: Duration = Duration::from_secs(1);
/// The longest that [`Operations::follow`] waits. Our choice: below what proxies and browsers cut.
pub const LONGEST_WAIT: Duration = Duration::from_secs(25);

/// Why an operation is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another one is running.
    #[error("another operation is running")]
    Busy,
    /// The id was used before.
    #[error("the operation was asked for before")]
    Replayed,
}

/// The operation that runs or ran last, and the ids of all.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    used_ids: HashSet<String>,
    newest: Option<Entry>,
}

#[derive(Debug)]
struct Entry {
    origin: Origin,
    operation: watch::Receiver<Operation>,
    /// Set to end it.
    cancel: watch::Sender<bool>,
    followed: watch::Sender<Followed>,
}

/// When somebody last followed an operation, and whether they were cut off.
#[derive(Clone, Copy, Debug)]
struct Followed {
    at: Instant,
    cut_off: bool,
}

impl Followed {
    fn now(cut_off: bool) -> Self {
        Self { at: clock::now(), cut_off }
    }

    /// Whether whoever did it is gone.
    fn is_over(self) -> bool {
        self.at.elapsed() > if self.cut_off { RETURN_TIMEOUT } else { FOLLOWER_TIMEOUT }
    }
}

/// Somebody who follows an operation now. Dropped before the answer, they were cut off.
struct Follower {
    followed: watch::Sender<Followed>,
    is_answered: bool,
}

impl Follower {
    fn begin(followed: watch::Sender<Followed>) -> Self {
        followed.send_replace(Followed::now(false));
        Self { followed, is_answered: false }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.followed.send_replace(Followed::now(!self.is_answered));
    }
}

impl Operations {
    /// Begins one for this origin; the window names the asker.
    ///
    /// # Errors
    /// When another one runs, or the id is not new.
    pub fn start(
        &self,
        origin: &Origin,
        asker: String,
        request: OperationRequest,
    ) -> Result<Operation, StartError> {
        let mut inner = self.lock();
        if inner.used_ids.contains(&request.id) {
            return Err(StartError::Replayed);
        }
        if inner.newest.as_ref().is_some_and(|entry| !entry.operation.borrow().state.is_final()) {
            return Err(StartError::Busy);
        }
        inner.used_ids.insert(request.id.clone());
        let first = Operation {
            id: request.id,
            revision: 1,
            state: OperationState::Working { work: CardWork::Starting },
        };
        let (sender, operation) = watch::channel(first.clone());
        let (cancel, cancelled) = watch::channel(false);
        let (followed, last_followed) = watch::channel(Followed::now(false));
        inner.newest = Some(Entry { origin: origin.clone(), operation, cancel, followed });
        let job = Job::Perform { asker, task: request.task };
        tokio::spawn(run(job, Progress { sender }, cancelled, last_followed));
        Ok(first)
    }

    /// Where an operation of this origin stands, as soon as its revision is not `seen`, or after the wait.
    pub async fn follow(&self, origin: &Origin, id: &str, seen: u64, wait: Duration) -> Option<Operation> {
        let (mut operation, followed) =
            self.find(origin, id, |entry| (entry.operation.clone(), entry.followed.clone()))?;
        let mut follower = Follower::begin(followed);
        let changed = operation.wait_for(|operation| operation.revision != seen);
        // Too late, or ended: the newest state is the answer.
        drop(tokio::time::timeout(wait.min(LONGEST_WAIT), changed).await);
        follower.is_answered = true;
        Some(operation.borrow().clone())
    }

    /// Ends an operation of this origin; `false` when there is none of this id.
    pub fn cancel(&self, origin: &Origin, id: &str) -> bool {
        self.find(origin, id, |entry| entry.cancel.send_replace(true)).is_some()
    }

    /// Whether one is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.lock().newest.as_ref().is_some_and(|entry| !entry.operation.borrow().state.is_final())
    }

    fn find<T>(&self, origin: &Origin, id: &str, take: impl FnOnce(&Entry) -> T) -> Option<T> {
        let inner = self.lock();
        let entry = inner.newest.as_ref()?;
        (entry.origin == *origin && entry.operation.borrow().id == id).then(|| take(entry))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the states of an operation go.
struct Progress {
    sender: watch::Sender<Operation>,
}

impl Progress {
    fn state(&self) -> OperationState {
        self.sender.borrow().state.clone()
    }

    fn set(&self, state: OperationState) {
        self.sender.send_modify(|operation| {
            operation.revision = operation.revision.saturating_add(1);
            operation.state = state;
        });
    }
}

/// Runs the job of an operation until it is final, cancelled, left alone or taking too long.
async fn run(
    job: Job,
    progress: Progress,
    mut cancelled: watch::Receiver<bool>,
    followed: watch::Receiver<Followed>,
) {
    let Ok(mut worker) = Worker::start(&job).await else {
        return progress.set(failed(CardProblemCode::BridgeEnded));
    };
    let mut state_since = clock::now();
    let last = loop {
        tokio::select! {
            line = worker.next() => match line {
                Some(Line::State(state)) => {
                    state_since = clock::now();
                    if state.is_final() {
                        break state;
                    }
                    progress.set(state);
                }
                Some(_) => {}
                None => break failed(CardProblemCode::ModuleFailed),
            },
            _ = cancelled.wait_for(|cancelled| *cancelled) => break failed(CardProblemCode::Cancelled),
            () = tokio::time::sleep(TICK) => {
                let state = progress.state();
                if time_limit(&state).is_some_and(|limit| state_since.elapsed() > limit) {
                    break failed(CardProblemCode::ModuleFailed);
                }
                let is_alone = followed.borrow().is_over();
                if is_alone && state.waits_for_somebody() {
                    break failed(CardProblemCode::Cancelled);
                }
            }
        }
    };
    // First ended, then said: whoever reads the last state finds the card free.
    worker.end().await;
    progress.set(last);
}

fn failed(code: CardProblemCode) -> OperationState {
    OperationState::Failed { problem: problem::describe(code) }
}

/// How long a state may last; the worker itself ends its windows and its waiting for a card.
fn time_limit(state: &OperationState) -> Option<Duration> {
    match state {
        OperationState::Working { work: CardWork::GeneratingKeyPair } => Some(GENERATION_TIMEOUT),
        OperationState::Working { .. } => Some(WORK_TIMEOUT),
        _ => None,
    }
}
