//! How the page gets on with its worker, whatever the worker does. The workers here are small scripts that behave in
//! one way each; the real one is tested with the whole system.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test fails by them; clippy knows only #[test]")]

use frontend::crypto::{
    CryptoError, CryptoWorker, GenerateKey, KeyAlgorithm, KeyProgress, Secret,
    messages::{Answer, FromWorker, Job, Task, encode},
};
use js_sys::Array;
use serde::Serialize;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, BlobPropertyBag, Url};

wasm_bindgen_test_configure!(run_in_browser);

/// `say` sends a message as the real worker does, for the job with this id. An id below 128 is one byte: the first of
/// what the page sent, the second of an answer.
const PRELUDE: &str = "
    const say = (message, id) => {
        const bytes = Uint8Array.from(message);
        if (id !== undefined) bytes[1] = id;
        postMessage(bytes, [bytes.buffer]);
    };
    const idOf = (event) => event.data[0];
";

/// An encoded message as an array of JavaScript.
fn array(message: &impl Serialize) -> String {
    format!("{:?}", *encode(message).unwrap())
}

fn ready() -> String {
    format!("say({});", array(&FromWorker::<Answer>::Ready))
}

fn done(outcome: Result<Answer, CryptoError>) -> String {
    array(&FromWorker::Done { id: 0, outcome })
}

fn progress(progress: KeyProgress) -> String {
    array(&FromWorker::<Answer>::Progress { id: 0, progress })
}

fn answer_passphrase() -> String {
    let passphrase = done(Ok(Answer::Passphrase("hi".to_owned().into())));
    format!("onmessage = (event) => say({passphrase}, idOf(event)); {}", ready())
}

fn worker(script: &str) -> CryptoWorker {
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let text = Array::of1(&JsValue::from(format!("{PRELUDE}{script}")));
    let blob = Blob::new_with_str_sequence_and_options(&text, &options).unwrap();
    CryptoWorker::spawn_from(&Url::create_object_url_with_blob(&blob).unwrap()).unwrap()
}

fn any_key() -> GenerateKey {
    let (algorithm, mailbox) = (KeyAlgorithm::EcP256, "anna@example.com".to_owned());
    GenerateKey { algorithm, mailbox, passphrase: Secret::from("correct horse".to_owned()) }
}

async fn ask_for_passphrase(worker: &CryptoWorker) -> Result<String, CryptoError> {
    let passphrase = worker.generate_passphrase().await?;
    Ok(passphrase.as_str().unwrap_or_default().to_owned())
}

#[wasm_bindgen_test]
async fn a_job_that_is_sent_before_the_worker_is_ready_is_answered() {
    let slow = format!("await new Promise((resolve) => setTimeout(resolve, 200)); {}", answer_passphrase());
    let worker = worker(&slow);
    let (first, second) = (worker.generate_passphrase(), worker.generate_passphrase());
    assert_eq!(second.await.unwrap().as_str(), Some("hi"));
    assert_eq!(first.await.unwrap().as_str(), Some("hi"));
    assert_eq!(ask_for_passphrase(&worker).await, Ok("hi".into()));
}

#[wasm_bindgen_test]
async fn a_script_that_is_not_there_is_said_to_be_missing_now_and_later() {
    let worker = CryptoWorker::spawn_from("/no-such-worker.js").unwrap();
    assert_eq!(ask_for_passphrase(&worker).await, Err(CryptoError::NotLoaded));
    assert_eq!(ask_for_passphrase(&worker).await, Err(CryptoError::NotLoaded));
}

#[wasm_bindgen_test]
async fn a_module_that_cannot_be_loaded_is_said_to_be_missing() {
    let worker = worker("await import('/no-such-module.js');");
    assert_eq!(ask_for_passphrase(&worker).await, Err(CryptoError::NotLoaded));
}

#[wasm_bindgen_test]
async fn a_worker_that_crashes_ends_all_jobs() {
    let worker = worker(&format!("onmessage = () => {{ throw new Error('unreachable'); }}; {}", ready()));
    let (first, second) = (worker.generate_passphrase(), worker.generate(any_key(), |_| ()));
    assert_eq!(first.await.err(), Some(CryptoError::Crashed));
    assert_eq!(second.await.err(), Some(CryptoError::Crashed));
}

#[wasm_bindgen_test]
async fn dropping_the_worker_ends_a_job_in_the_middle_of_its_work() {
    let busy = worker(&format!("onmessage = () => {{ for (;;); }}; {}", ready()));
    let job = busy.generate(any_key(), |_| ());
    drop(busy);
    assert_eq!(job.await.err(), Some(CryptoError::Cancelled));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_not_understood_means_another_version() {
    let another_answer = format!("{} onmessage = () => say([7]);", ready());
    let longer = "say([0, 0]);";
    for script in ["say([9]);", "say([]);", "postMessage('text');", longer, &another_answer] {
        let worker = worker(script);
        assert_eq!(ask_for_passphrase(&worker).await, Err(CryptoError::DifferentVersions), "{script}");
    }
}

#[wasm_bindgen_test]
async fn an_answer_to_something_else_means_another_version() {
    let worker = worker(&answer_passphrase());
    assert_eq!(worker.generate(any_key(), |_| ()).await.err(), Some(CryptoError::DifferentVersions));
}

#[wasm_bindgen_test]
async fn progress_and_errors_of_a_job_reach_who_asked() {
    let script = format!(
        "onmessage = (event) => {{
            const id = idOf(event);
            const asked = {asked};
            asked[0] = id;
            if (event.data.join() !== asked.join()) throw new Error('another task');
            say({searching}, id);
            say({checking}, id + 1);
            say({refused}, id);
        }};
        {ready}",
        asked = array(&Job { id: 0, task: Task::Generate(any_key()) }),
        searching = progress(KeyProgress::SearchingFirstPrime { candidates: 41 }),
        checking = progress(KeyProgress::Checking),
        refused = done(Err(CryptoError::NoRandomness)),
        ready = ready(),
    );
    let worker = worker(&script);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let job = {
        let seen = Rc::clone(&seen);
        worker.generate(any_key(), move |progress| seen.borrow_mut().push(progress))
    };
    assert_eq!(job.await.err(), Some(CryptoError::NoRandomness));
    assert_eq!(*seen.borrow(), [KeyProgress::SearchingFirstPrime { candidates: 41 }]);
}
