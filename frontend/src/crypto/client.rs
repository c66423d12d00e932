mod connection;

use super::{
    CryptoError,
    messages::{Answer, Examine, GenerateKey, GeneratedKey, Secret, Task, Verdict, WritePfx},
};
use connection::Connection;
use std::rc::Rc;
use wasm_crypto::KeyProgress;

/// Where the workers' scripts are served: trunk's loaders for the three binaries. `static/boot.js` allows these.
const CRYPTO_WORKER_URL: &str = "/crypto-worker_loader.js";
const EXAMINER_WORKER_URL: &str = "/examiner-worker_loader.js";
const TOOL_WORKER_URL: &str = "/tool-worker_loader.js";

/// The running module that judges requests. Dropping it ends it at once.
#[derive(Debug)]
pub struct ExaminerWorker(Connection<Verdict>);

impl ExaminerWorker {
    /// Starts it. Returns at once: what is asked waits until the module is loaded.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses. That the file is missing shows in the first verdict.
    pub fn spawn() -> Result<Self, CryptoError> {
        Self::spawn_from(EXAMINER_WORKER_URL)
    }

    /// As [`ExaminerWorker::spawn`], with the script from elsewhere.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses.
    pub fn spawn_from(script_url: &str) -> Result<Self, CryptoError> {
        Connection::spawn(script_url).map(Self)
    }

    /// Judges a pasted certification request.
    ///
    /// # Errors
    /// Only that the module failed: a wrong request is a [`Verdict`].
    pub fn examine(&self, task: Examine) -> impl Future<Output = Result<Verdict, CryptoError>> + use<> {
        self.0.ask(task, None)
    }
}

/// The running module that makes keys and files. Dropping it ends it at once, in the middle of whatever it does: that
/// is Cancel, and what clears its memory.
#[derive(Debug)]
pub struct CryptoWorker(Connection<Answer>);

impl CryptoWorker {
    /// Starts it. Returns at once: jobs wait until the module is loaded.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses. That the file is missing shows in the first job.
    pub fn spawn() -> Result<Self, CryptoError> {
        Self::spawn_from(CRYPTO_WORKER_URL)
    }

    /// As [`CryptoWorker::spawn`], with a larger module that can also do what the Tools ask for.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses.
    pub fn spawn_with_tools() -> Result<Self, CryptoError> {
        Self::spawn_from(TOOL_WORKER_URL)
    }

    /// As [`CryptoWorker::spawn`], with the script from elsewhere.
    ///
    /// # Errors
    /// [`CryptoError::NotStarted`] when the browser refuses.
    pub fn spawn_from(script_url: &str) -> Result<Self, CryptoError> {
        Connection::spawn(script_url).map(Self)
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

    /// Compiles and tests what searches for primes, so that a key that is asked for later begins at once.
    ///
    /// # Errors
    /// That the module failed.
    pub fn prepare(&self) -> impl Future<Output = Result<(), CryptoError>> + use<> {
        self.ask(Task::Prepare, None, |answer| match answer {
            Answer::Prepared => Some(()),
            _ => None,
        })
    }

    /// Asks for anything, and takes what `expected` finds in the answer.
    ///
    /// # Errors
    /// What the worker says, that it failed, or that it answered something else.
    pub(super) fn ask<T: 'static>(
        &self,
        task: Task,
        on_progress: Option<Rc<dyn Fn(KeyProgress)>>,
        expected: fn(Answer) -> Option<T>,
    ) -> impl Future<Output = Result<T, CryptoError>> + use<T> {
        let answer = self.0.ask(task, on_progress);
        async move { expected(answer.await?).ok_or(CryptoError::DifferentVersions) }
    }
}
