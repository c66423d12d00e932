use super::{
    CryptoError,
    messages::{
        Answer, Examine, ExpectedCertificate, FromWorker, GenerateKey, GeneratedKey, Job, Secret, Task,
        Verdict, WritePfx, decode, encode,
    },
};
use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use std::{cell::RefCell, collections::HashMap, fmt, rc::Rc};
use wasm_bindgen::prelude::*;
use wasm_crypto::KeyProgress;
use web_sys::{ErrorEvent, Event, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Where the worker's script is served: trunk's loader for the binary `crypto-worker`.
const WORKER_URL: &str = "/crypto-worker_loader.js";

/// A running crypto module.
///
/// Dropping it ends it at once, in the middle of whatever it does: that is Cancel. The futures it gave do not keep it
/// alive; they then end with [`CryptoError::Cancelled`].
pub struct CryptoWorker {
    worker: Worker,
    jobs: Rc<RefCell<Jobs>>,
    // The browser calls these two as long as the worker lives.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl fmt::Debug for CryptoWorker {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CryptoWorker").finish_non_exhaustive()
    }
}

impl CryptoWorker {
    /// Starts the worker. Returns at once: jobs wait until the module is loaded.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses. That the file is missing shows in the first job.
    pub fn spawn() -> Result<Self, CryptoError> {
        Self::spawn_from(WORKER_URL)
    }

    /// As [`CryptoWorker::spawn`], with the script from elsewhere.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses.
    pub fn spawn_from(script_url: &str) -> Result<Self, CryptoError> {
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
                Jobs::fail(&jobs, failure);
            })
        };
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Self { worker, jobs, _on_message: on_message, _on_error: on_error })
    }

    /// Makes a key pair, its recovery file and its request.
    ///
    /// # Errors
    /// [`CryptoError::InvalidMailbox`], [`CryptoError::InvalidPassphrase`], or that the module failed.
    pub fn generate<F: Fn(KeyProgress) + 'static>(
        &self,
        request: GenerateKey,
        on_progress: F,
    ) -> impl Future<Output = Result<GeneratedKey, CryptoError>> + use<F> {
        self.ask(Task::Generate(request), Some(Rc::new(on_progress)), |answer| match answer {
            Answer::Key(key) => Some(key),
            _ => None,
        })
    }

    /// Judges a pasted certification request.
    ///
    /// # Errors
    /// Only that the module failed: a wrong request is a [`Verdict`].
    pub fn examine(&self, input: Vec<u8>) -> impl Future<Output = Result<Verdict, CryptoError>> + use<> {
        self.examine_against(input, None)
    }

    /// Judges a pasted certification request, and compares it with what was chosen for the certificate.
    ///
    /// # Errors
    /// As [`Self::examine`].
    pub fn examine_against(
        &self,
        input: Vec<u8>,
        expected: Option<ExpectedCertificate>,
    ) -> impl Future<Output = Result<Verdict, CryptoError>> + use<> {
        self.ask(Task::Examine(Examine { input, expected }), None, |answer| match answer {
            Answer::Verdict(verdict) => Some(verdict),
            _ => None,
        })
    }

    /// Writes a PFX, opened again and checked.
    ///
    /// # Errors
    /// What is wrong with the recovery file, its passphrase, the password or a certificate, or that the module failed.
    pub fn write_pfx(&self, request: WritePfx) -> impl Future<Output = Result<Vec<u8>, CryptoError>> + use<> {
        self.ask(Task::WritePfx(request), None, |answer| match answer {
            Answer::Pfx(pfx) => Some(pfx),
            _ => None,
        })
    }

    /// Makes a passphrase.
    ///
    /// # Errors
    /// That the module failed.
    pub fn generate_passphrase(&self) -> impl Future<Output = Result<Secret, CryptoError>> + use<> {
        self.ask(Task::GeneratePassphrase, None, |answer| match answer {
            Answer::Passphrase(passphrase) => Some(passphrase),
            _ => None,
        })
    }

    pub(super) fn ask<T: 'static>(
        &self,
        task: Task,
        on_progress: Option<Rc<dyn Fn(KeyProgress)>>,
        expected: fn(Answer) -> Option<T>,
    ) -> impl Future<Output = Result<T, CryptoError>> + use<T> {
        let outcome = Jobs::start(&self.jobs, &self.worker, task, on_progress);
        async move {
            // The sender is gone when the worker was dropped.
            let answer = outcome?.await.unwrap_or(Err(CryptoError::Cancelled))?;
            expected(answer).ok_or(CryptoError::DifferentVersions)
        }
    }
}

impl Drop for CryptoWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
        self.jobs.borrow_mut().running.clear();
    }
}

/// What the worker was asked for and has not answered.
#[derive(Default)]
struct Jobs {
    last_id: u32,
    running: HashMap<u32, Running>,
    state: State,
}

struct Running {
    outcome: oneshot::Sender<Result<Answer, CryptoError>>,
    on_progress: Option<Rc<dyn Fn(KeyProgress)>>,
}

/// How far the worker itself is.
enum State {
    /// What is sent now would be lost: it waits here.
    Loading(Vec<Uint8Array>),
    Ready,
    Failed(CryptoError),
}

impl Default for State {
    fn default() -> Self {
        Self::Loading(Vec::new())
    }
}

impl Jobs {
    fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready)
    }

    fn start(
        jobs: &RefCell<Self>,
        worker: &Worker,
        task: Task,
        on_progress: Option<Rc<dyn Fn(KeyProgress)>>,
    ) -> Result<oneshot::Receiver<Result<Answer, CryptoError>>, CryptoError> {
        let jobs = &mut *jobs.borrow_mut();
        let id = jobs.last_id.wrapping_add(1);
        jobs.last_id = id;
        let bytes = encode(&Job { id, task }).or(Err(CryptoError::DifferentVersions))?;
        let message = Uint8Array::from(bytes.as_slice());
        match &mut jobs.state {
            State::Loading(waiting) => waiting.push(message),
            State::Ready => post(worker, &message)?,
            State::Failed(failure) => return Err(*failure),
        }
        let (outcome, receiver) = oneshot::channel();
        jobs.running.insert(id, Running { outcome, on_progress });
        Ok(receiver)
    }

    /// Ends all jobs, and all that will be asked for.
    fn fail(jobs: &RefCell<Self>, failure: CryptoError) {
        let running = {
            let jobs = &mut *jobs.borrow_mut();
            jobs.state = State::Failed(failure);
            std::mem::take(&mut jobs.running)
        };
        for (_, job) in running {
            // Nobody may be waiting any more.
            drop(job.outcome.send(Err(failure)));
        }
    }
}

/// Sends a message and its memory with it.
fn post(worker: &Worker, message: &Uint8Array) -> Result<(), CryptoError> {
    worker.post_message_with_transfer(message, &Array::of1(&message.buffer())).or(Err(CryptoError::Crashed))
}

fn receive(jobs: &RefCell<Jobs>, worker: &Worker, event: &MessageEvent) {
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
                Jobs::fail(jobs, CryptoError::Crashed);
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
        None => Jobs::fail(jobs, CryptoError::DifferentVersions),
    }
}
