//! The field for a certification request: pasted, typed, dropped or chosen, and judged while the person looks on.

use super::{
    field::{Frame, Need},
    file_drop::FileDrop,
    verdict::{Excerpt, Judgement, verdict_view},
};
use crate::{
    browser::{document::focus_id, file::read},
    crypto::{
        CryptoError, Examine, ExaminerWorker,
        messages::{ExpectedCertificate, Verdict},
    },
    wizard::{
        FieldError,
        activation::{CSR, CheckedRequest, has_private_key_label},
        message_for,
    },
};
use gloo_timers::callback::Timeout;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlTextAreaElement};
use yew::prelude::*;

const HINT: &str = "It begins with -----BEGIN CERTIFICATE REQUEST-----. Text around it does not matter.";
/// How long the person must rest before typed text is judged.
const REST_MILLISECONDS: u32 = 300;
/// No request is nearly as large. Our choice: a file of another kind is not read into memory.
const FILE_LIMIT_BYTES: f64 = 256.0 * 1024.0;

/// Judges texts, one after another; only the newest one counts.
#[derive(Clone)]
struct Examiner {
    worker: Rc<RefCell<Option<ExaminerWorker>>>,
    timer: Rc<RefCell<Option<Timeout>>>,
    newest: Rc<RefCell<u32>>,
    /// Whether the field is empty because a private key was wiped from it: the warning then stays.
    wiped: Rc<RefCell<bool>>,
    judgement: UseStateSetter<Judgement>,
    /// What a request is compared with.
    expected: Option<ExpectedCertificate>,
    onjudged: Callback<Option<CheckedRequest>>,
    area: NodeRef,
}

impl Examiner {
    /// Takes what is in the field now, after a rest.
    fn typed(&self, rest_milliseconds: u32) {
        let Some(area) = self.area.cast::<HtmlTextAreaElement>() else { return };
        let text = area.value();
        self.onjudged.emit(None);
        self.timer.borrow_mut().take();
        if has_private_key_label(&text) {
            self.wipe(None);
            // Which kind it was is found out where the page's other secrets are: in a worker that ends with its answer.
            return self.examine(text.into_bytes());
        }
        if text.trim().is_empty() {
            self.next_number();
            if !*self.wiped.borrow() {
                self.judgement.set(Judgement::Nothing);
            }
            return;
        }
        *self.wiped.borrow_mut() = false;
        self.judgement.set(Judgement::Checking);
        let examiner = self.clone();
        let timer = Timeout::new(rest_milliseconds, move || examiner.examine(text.into_bytes()));
        *self.timer.borrow_mut() = Some(timer);
    }

    /// Asks the worker.
    fn examine(&self, input: Vec<u8>) {
        let number = self.next_number();
        let text = String::from_utf8(input.clone()).ok();
        let answer = self.ask(input);
        let examiner = self.clone();
        spawn_local(async move {
            let answer = match answer {
                Ok(answer) => answer.await,
                Err(error) => Err(error),
            };
            if *examiner.newest.borrow() == number {
                examiner.conclude(answer, text.as_deref().unwrap_or_default());
            }
        });
    }

    fn ask(
        &self,
        input: Vec<u8>,
    ) -> Result<impl Future<Output = Result<Verdict, CryptoError>> + 'static, CryptoError> {
        let mut worker = self.worker.borrow_mut();
        let running = match worker.take() {
            Some(running) => running,
            None => ExaminerWorker::spawn()?,
        };
        Ok(worker.insert(running).examine(Examine { input, expected: self.expected.clone() }))
    }

    fn conclude(&self, answer: Result<Verdict, CryptoError>, text: &str) {
        match answer {
            Ok(Verdict::Wrong(wrong)) if wrong.private_key => self.wipe(Some(wrong.message)),
            // A label of a private key and no private key under it: the field is empty already.
            Ok(_) if *self.wiped.borrow() => {}
            Ok(Verdict::Correct(request)) => {
                self.onjudged.emit(Some(request.clone()));
                self.judgement.set(Judgement::Correct(request));
            }
            Ok(Verdict::Wrong(wrong)) => {
                let excerpt = Excerpt::of(text, &wrong);
                self.judgement.set(Judgement::Wrong(wrong, excerpt));
            }
            Err(error) => {
                // A worker that failed once fails always: the next text gets a new one.
                self.worker.borrow_mut().take();
                self.judgement.set(Judgement::Failed(error.to_string()));
            }
        }
    }

    /// A private key: away with it, and with the worker that has seen it.
    fn wipe(&self, kind: Option<String>) {
        if let Some(area) = self.area.cast::<HtmlTextAreaElement>() {
            area.set_value("");
        }
        self.next_number();
        *self.wiped.borrow_mut() = true;
        self.worker.borrow_mut().take();
        self.onjudged.emit(None);
        self.judgement.set(Judgement::PrivateKey { kind });
    }

    fn next_number(&self) -> u32 {
        let mut newest = self.newest.borrow_mut();
        *newest = newest.wrapping_add(1);
        *newest
    }
}

#[hook]
fn use_examiner(props: &RequestFieldProps, judgement: &UseStateHandle<Judgement>) -> Examiner {
    Examiner {
        worker: use_mut_ref(|| None),
        timer: use_mut_ref(|| None),
        newest: use_mut_ref(|| 0),
        wiped: use_mut_ref(|| false),
        judgement: judgement.setter(),
        expected: props.expected.clone(),
        onjudged: props.onjudged.clone(),
        area: use_node_ref(),
    }
}

/// Properties of [`RequestField`].
#[derive(Properties, PartialEq)]
pub(crate) struct RequestFieldProps {
    /// The correct request that stands in the field when it appears.
    #[prop_or_default]
    pub(crate) initial: Option<CheckedRequest>,
    /// What was chosen for the certificate, to compare the request with.
    #[prop_or_default]
    pub(crate) expected: Option<ExpectedCertificate>,
    /// Takes the request when it is found correct, and none as soon as it is not.
    pub(crate) onjudged: Callback<Option<CheckedRequest>>,
    #[prop_or_default]
    pub(crate) errors: Vec<FieldError>,
}

/// Field, file and verdict. What is typed stays in the element; a private key is wiped from it.
#[component]
pub(crate) fn RequestField(props: &RequestFieldProps) -> Html {
    let judgement = {
        let known = props.initial.clone();
        use_state(move || known.map_or(Judgement::Nothing, Judgement::Correct))
    };
    let examiner = use_examiner(props, &judgement);
    // What stood there at first; what is typed later stays in the element.
    let initial = {
        let known = props.initial.as_ref().map(|request| request.csr_pem.clone());
        use_memo((), move |()| known.unwrap_or_default())
    };
    let oninput = take_text(&examiner);
    let error = message_for(&props.errors, CSR);
    let frame =
        Frame { id: CSR, label: "CSR", hint: Some(HINT), error: error.as_deref(), need: Need::Required };
    html! {
        <div class="card">
            { frame.around(html! {
                <textarea id={CSR} class="mono" rows="10" required=true spellcheck="false" autocomplete="off"
                    autocapitalize="none" defaultvalue={(*initial).clone()} ref={examiner.area.clone()}
                    aria-describedby={frame.described_by()} aria-invalid={frame.invalid()} {oninput} />
            }) }
            <FileDrop id="csr_file" label="Or a file with the request" accept=".csr,.pem,.der,.p10,.req,.txt"
                hint="Drop a file here or choose one: PEM or DER." onfile={take_file(&examiner)} />
            { verdict_view(&judgement, &take_mended(&examiner)) }
        </div>
    }
}

/// What is pasted or dropped is judged at once, what is typed after a rest.
fn take_text(examiner: &Examiner) -> Callback<InputEvent> {
    let examiner = examiner.clone();
    Callback::from(move |event: InputEvent| {
        let at_once = matches!(event.input_type().as_str(), "insertFromPaste" | "insertFromDrop");
        examiner.typed(if at_once { 0 } else { REST_MILLISECONDS });
    })
}

/// The mended text takes the place of the wrong one, and is judged as if pasted.
fn take_mended(examiner: &Examiner) -> Callback<String> {
    let examiner = examiner.clone();
    Callback::from(move |text: String| {
        if let Some(area) = examiner.area.cast::<HtmlTextAreaElement>() {
            area.set_value(&text);
            examiner.typed(0);
            // The button that was pressed is about to go.
            focus_id(CSR);
        }
    })
}

/// Text from a file goes into the field, as if pasted; DER is judged as it is.
fn take_file(examiner: &Examiner) -> Callback<File> {
    let examiner = examiner.clone();
    Callback::from(move |file: File| {
        let examiner = examiner.clone();
        if file.size() > FILE_LIMIT_BYTES {
            let why = "The file is far too large for a request. Choose the file that begins with BEGIN CERTIFICATE REQUEST.";
            return examiner.judgement.set(Judgement::Failed(why.to_owned()));
        }
        spawn_local(async move {
            let Ok(content) = read(&file).await else {
                let why = "The file could not be read. Choose it again.";
                return examiner.judgement.set(Judgement::Failed(why.to_owned()));
            };
            let text =
                std::str::from_utf8(&content).ok().filter(|text| text.contains("-----")).unwrap_or_default();
            if let Some(area) = examiner.area.cast::<HtmlTextAreaElement>() {
                area.set_value(text);
            }
            if text.is_empty() {
                *examiner.wiped.borrow_mut() = false;
                examiner.onjudged.emit(None);
                examiner.judgement.set(Judgement::Checking);
                examiner.examine(content);
            } else {
                examiner.typed(0);
            }
        });
    })
}
