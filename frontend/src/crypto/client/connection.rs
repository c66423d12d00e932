//! The page's end of the conversation with a worker: jobs, answers, and what becomes of both when the worker fails.

use crate::crypto::{
    CryptoError,
    messages::{FromWorker, Job, decode, encode},
};
use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::RefCell, collections::HashMap, fmt, rc::Rc};
use wasm_bindgen::prelude::*;
use wasm_crypto::KeyProgress;
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Takes the progress of a job.
pub(super) type OnProgress = Rc<dyn Fn(KeyProgress)>;

/// A running worker whose answers are of type `A`.
///
/// Dropping it ends it at once, in the middle of whatever it does: that is Cancel. The futures it gave do not keep it
/// alive; they then end with [`CryptoError::Cancelled`].
pub(super) struct Connection<A> {
    worker: Worker,
    jobs: Rc<RefCell<Jobs<A>>>,
    // The browser calls these two as long as the worker lives.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl<A> fmt::Debug for Connection<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl<A: DeserializeOwned + 'static> Connection<A> {
    /// Starts the worker. Returns at once: jobs wait until the module is loaded.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses. That the file is missing shows in the first job.
    pub(super) fn spawn(script_url: &str) -> Result<Self, CryptoError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(script_url, &options).or(Err(CryptoError::NotStarted))?;
        let jobs = Rc::new(RefCell::new(Jobs::default()));
        let on_message = {
            let (jobs, worker) = (Rc::clone(&jobs), worker.clone());
            Closure::new(move |event: MessageEvent| receive(&jobs, &worker, &event))
        };
        let on_error = {
            let jobs = Rc::clone(&jobs);
            // Not `ErrorEvent`: a script that cannot be loaded sends a plain `Event`.
            Closure::new(move |event: Event| {
                let failure = if event.has_type::<ErrorEvent>() && jobs.borrow().is_ready() {
                    CryptoError::Crashed
                } else {
                    CryptoError::NotLoaded
                };
                Jobs::fail(&jobs, &failure);
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, jobs, _on_message: on_message, _on_error: on_error })
    }

    /// Sends a task; the answer comes in its own time.
    ///
    /// # Errors
    /// What the worker says, or that it failed.
    pub(super) fn ask<T: Serialize>(
        &self,
        task: T,
        on_progress: Option<OnProgress>,
    ) -> impl Future<Output = Result<A, CryptoError>> + use<T, A> {
        let outcome = Jobs::start(&self.jobs, &self.worker, task, on_progress);
        // The sender is gone when the worker was dropped.
        async move { outcome?.await.unwrap_or(Err(CryptoError::Cancelled)) }
    }
}

impl<A> Drop for Connection<A> {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
        self.jobs.borrow_mut().running.clear();
    }
}

/// What the worker was asked for and has not answered.
struct Jobs<A> {
    last_id: u32,
    running: HashMap<u32, Running<A>>,
    state: State,
}

// Not derived: that would ask for `A: Default`.
impl<A> Default for Jobs<A> {
    fn default() -> Self {
        Self { last_id: 0, running: HashMap::new(), state: State::Loading(Vec::new()) }
    }
}

struct Running<A> {
    outcome: oneshot::Sender<Result<A, CryptoError>>,
    on_progress: Option<OnProgress>,
}

/// How far the worker itself is.
enum State {
    /// What is sent now would be lost: it waits here.
    Loading(Vec<Uint8Array>),
    Ready,
    Failed(CryptoError),
}

impl<A> Jobs<A> {
    fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready)
    }

    fn start(
        jobs: &RefCell<Self>,
        worker: &Worker,
        task: impl Serialize,
        on_progress: Option<OnProgress>,
    ) -> Result<oneshot::Receiver<Result<A, CryptoError>>, CryptoError> {
        let jobs = &mut *jobs.borrow_mut();
        let id = jobs.last_id.wrapping_add(1);
        jobs.last_id = id;
        let bytes = encode(&Job { id, task }).or(Err(CryptoError::DifferentVersions))?;
        let message = Uint8Array::from(bytes.as_slice());
        match &mut jobs.state {
            State::Loading(waiting) => waiting.push(message),
            State::Ready => post(worker, &message)?,
            State::Failed(failure) => return Err(failure.clone()),
        }
        let (outcome, receiver) = oneshot::channel();
        jobs.running.insert(id, Running { outcome, on_progress });
        Ok(receiver)
    }

    /// Ends all jobs, and all that will be asked for.
    fn fail(jobs: &RefCell<Self>, failure: &CryptoError) {
        let running = {
            let jobs = &mut *jobs.borrow_mut();
            jobs.state = State::Failed(failure.clone());
            std::mem::take(&mut jobs.running)
        };
        for (_, job) in running {
            // Nobody may be waiting any more.
            drop(job.outcome.send(Err(failure.clone())));
        }
    }
}

/// Sends a message and its memory with it.
fn post(worker: &Worker, message: &Uint8Array) -> Result<(), CryptoError> {
    worker.post_message_with_transfer(message, &Array::of1(&message.buffer())).or(Err(CryptoError::Crashed))
}

fn receive<A: DeserializeOwned>(jobs: &RefCell<Jobs<A>>, worker: &Worker, event: &MessageEvent) {
    let message = event.data().dyn_into::<Uint8Array>().ok().and_then(|array| {
        let bytes = zeroize::Zeroizing::new(array.to_vec());
        array.fill(0, 0, array.length());
        decode(&bytes).ok()
    });
    match message {
        Some(FromWorker::Ready) => {
            let waiting = std::mem::replace(&mut jobs.borrow_mut().state, State::Ready);
            let State::Loading(waiting) = waiting else { return };
            if waiting.iter().try_for_each(|message| post(worker, message)).is_err() {
                Jobs::fail(jobs, &CryptoError::Crashed);
            }
        }
        Some(FromWorker::Progress { id, progress }) => {
            // Called after the borrow has ended: the page may ask for another job in it.
            let on_progress = jobs.borrow().running.get(&id).and_then(|job| job.on_progress.clone());
            if let Some(on_progress) = on_progress {
                on_progress(progress);
            }
        }
        Some(FromWorker::Done { id, outcome }) => {
            let job = jobs.borrow_mut().running.remove(&id);
            if let Some(job) = job {
                // Nobody may be waiting any more.
                drop(job.outcome.send(outcome));
            }
        }
        None => Jobs::fail(jobs, &CryptoError::DifferentVersions),
    }
}
