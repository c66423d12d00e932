//! A key pair and a request, made in the worker and handed over as files.

use super::{all_tools, stays_here, tool_heading};
use crate::{
    browser::download::{download, file_name},
    component::{
        button::{Button, Emphasis},
        copy_button::{CopyButton, Source},
        error_summary::ErrorSummary,
        field::{Need, SelectField, TextField},
        heading::PageHeading,
        icon::{Picture, icon},
        key_progress::{GENERATE, KeyProgressView},
        new_passphrase::{NewPassphrase, NewPassphraseField, PASSPHRASE, Running, use_new_passphrase},
        notice::{Tone, note, notice, paragraph},
        report::rows_view,
    },
    crypto::{
        CryptoWorker,
        tools::{About, NewRequest, Problem, RequestFiles, ToolAnswer, ToolTask},
    },
    route::Tool,
    wizard::FieldError,
};
use pki::key_policy::KeyAlgorithm;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use wasm_crypto::KeyProgress;
use yew::prelude::*;

const MAILBOXES: &str = "mailboxes";
const PRIVATE_KEY_MEDIA_TYPE: &str = "application/pkcs8";
const REQUEST_MEDIA_TYPE: &str = "application/pkcs10";

/// Id of the field, label as the worker knows it, and a hint.
const SUBJECT: [(&str, &str, Option<&str>); 6] = [
    ("common_name", "Common name", Some("Your name, or the name of the organization.")),
    ("organization", "Organization", None),
    ("organization_identifier", "Organization identifier", Some("Such as NTRPL-0000123456.")),
    ("locality", "Locality", None),
    ("state_or_province", "State or province", None),
    ("country", "Country", Some("Two letters, such as PL.")),
];

/// What is typed, but the passphrase.
#[derive(Clone, Debug, PartialEq)]
struct Form {
    algorithm: KeyAlgorithm,
    mailboxes: String,
    subject: [String; SUBJECT.len()],
}

impl Form {
    fn new() -> Self {
        Self {
            algorithm: KeyAlgorithm::Rsa2048,
            mailboxes: String::new(),
            subject: std::array::from_fn(|_| String::new()),
        }
    }

    /// Separated by commas, semicolons or blanks.
    fn mailboxes(&self) -> Vec<String> {
        let parts = self
            .mailboxes
            .split(|character: char| character == ',' || character == ';' || character.is_whitespace());
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// Label and value of what is filled in, with the country first, as names are written.
    fn subject(&self) -> Vec<(String, String)> {
        let filled = SUBJECT.iter().zip(&self.subject).rev().filter(|(_, value)| !value.trim().is_empty());
        filled.map(|((_, label, _), value)| ((*label).to_owned(), value.trim().to_owned())).collect()
    }

    fn error_of(&self, problem: Problem) -> FieldError {
        let field = match problem.about {
            About::Mailboxes => MAILBOXES,
            About::NewPassword => PASSPHRASE,
            About::Subject(place) => {
                let subject = self.subject();
                let label = subject.get(place).map(|(label, _)| label.as_str());
                SUBJECT.iter().find(|(_, known, _)| Some(*known) == label).map_or(GENERATE, |(id, ..)| id)
            }
            _ => GENERATE,
        };
        FieldError::new(field, problem.message)
    }
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
enum Making {
    Idle,
    GoingOn { progress: Option<KeyProgress> },
    Made(Rc<RequestFiles>),
}

/// The form, and afterwards the files.
#[component]
pub(super) fn CsrGenerator() -> Html {
    let worker: Running = use_mut_ref(|| None);
    let passphrase = use_new_passphrase(&worker, CryptoWorker::spawn_with_tools);
    let form = use_state(Form::new);
    let making = use_state(|| Making::Idle);
    let errors = use_state(|| (Vec::<FieldError>::new(), 0_u32));
    let onsubmit = {
        let (worker, passphrase, form, making, errors) =
            (Rc::clone(&worker), passphrase.clone(), form.clone(), making.clone(), errors.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if matches!(*making, Making::GoingOn { .. }) {
                return;
            }
            let found = passphrase.problems();
            let wrong = !found.is_empty();
            errors.set((found, errors.1.wrapping_add(1)));
            if !wrong {
                make(&worker, &passphrase, &form, &making, &errors);
            }
        })
    };
    let cancel = {
        let (worker, making) = (Rc::clone(&worker), making.setter());
        Callback::from(move |()| {
            worker.borrow_mut().take();
            making.set(Making::Idle);
        })
    };
    if let Making::Made(files) = &*making {
        let again = {
            let making = making.setter();
            Callback::from(move |()| making.set(Making::Idle))
        };
        let mailbox = form.mailboxes().into_iter().next();
        return html! { <Made files={Rc::clone(files)} name={mailbox.unwrap_or_else(|| "request".to_owned())} {again} /> };
    }
    let (busy, progress) = match *making {
        Making::GoingOn { progress } => (true, progress),
        _ => (false, None),
    };
    html! {
        <>
            <ErrorSummary errors={errors.0.clone()} attempt={errors.1} />
            { tool_heading(Tool::CsrGenerator, errors.0.len()) }
            <form novalidate=true {onsubmit}>
                <div hidden={busy} class="stack">
                    <div class="card">
                        { algorithm_choice(&form) }
                        { name_fields(&form, &errors.0) }
                    </div>
                    <div class="card">
                        <NewPassphraseField {passphrase} errors={errors.0.clone()}
                            hint="It encrypts the private key. Use the one we made, or type your own: at least 8 characters." />
                    </div>
                </div>
                <KeyProgressView going_on={busy} {progress} {cancel} />
                <div class="actions" hidden={busy}>
                    <Button id={GENERATE} emphasis={Emphasis::Primary}>{ "Generate key pair and CSR" }</Button>
                </div>
            </form>
            { stays_here() }
            { all_tools() }
        </>
    }
}

fn algorithm_choice(form: &UseStateHandle<Form>) -> Html {
    let onchange = {
        let form = form.clone();
        Callback::from(move |id: String| {
            if let Some(algorithm) = KeyAlgorithm::from_id(&id) {
                form.set(Form { algorithm, ..(*form).clone() });
            }
        })
    };
    let options: Vec<(AttrValue, AttrValue)> = KeyAlgorithm::ALL
        .into_iter()
        .map(|algorithm| (algorithm.id().into(), algorithm.to_string().into()))
        .collect();
    html! {
        <>
            <SelectField id="algorithm" label="Key algorithm and key length" {options} value={form.algorithm.id()} {onchange}
                hint="RSA 2048 works in every mail program. RSA 4096 takes longest to make. P-256 and P-384 are small and quick, but some older programs do not know them." />
            if !KeyAlgorithm::FOR_CERTIFICATES.contains(&form.algorithm) {
                { note(Tone::Warning, paragraph(format!("We make no certificates for {}: the rules for mail certificates (S/MIME BR) allow it, but the checkers that every certificate must pass, and most mail programs, refuse it.", form.algorithm))) }
            }
        </>
    }
}

fn name_fields(form: &UseStateHandle<Form>, errors: &[FieldError]) -> Html {
    let onmailboxes = {
        let form = form.clone();
        Callback::from(move |mailboxes| form.set(Form { mailboxes, ..(*form).clone() }))
    };
    let fields = SUBJECT.iter().enumerate().map(|(index, (id, label, hint))| {
        let oninput = {
            let form = form.clone();
            Callback::from(move |value| {
                let mut changed = (*form).clone();
                if let Some(field) = changed.subject.get_mut(index) {
                    *field = value;
                }
                form.set(changed);
            })
        };
        html! {
            <TextField key={*id} id={*id} label={*label} need={Need::Optional} hint={hint.map(AttrValue::Static)}
                value={form.subject.get(index).cloned().unwrap_or_default()} {oninput} errors={errors.to_vec()} />
        }
    });
    html! {
        <>
            <TextField id={MAILBOXES} label="E-mail addresses" need={Need::Optional} value={form.mailboxes.clone()}
                oninput={onmailboxes} errors={errors.to_vec()} autocomplete="email"
                hint="For a mail certificate: the address, or several with commas between them." />
            <details>
                <summary>{ "Names in the request" }</summary>
                <p class="quiet">{ "Most authorities take the names from their own verification and ignore these. Leave them empty unless yours asks for them." }</p>
                <div class="stack">{ for fields }</div>
            </details>
        </>
    }
}

/// Asks the worker, which then ends: its memory had the key.
fn make(
    worker: &Running,
    passphrase: &NewPassphrase,
    form: &UseStateHandle<Form>,
    making: &UseStateHandle<Making>,
    errors: &UseStateHandle<(Vec<FieldError>, u32)>,
) {
    let wanted = NewRequest {
        algorithm: form.algorithm,
        subject: form.subject(),
        mailboxes: form.mailboxes(),
        passphrase: passphrase.secret(),
    };
    let setter = making.setter();
    setter.set(Making::GoingOn { progress: None });
    let answer = {
        let running = worker.borrow_mut().take().map_or_else(CryptoWorker::spawn_with_tools, Ok);
        let on_progress = setter.clone();
        running.map(|running| {
            let answer = running.use_tool(
                &ToolTask::NewRequest(wanted),
                Some(Rc::new(move |progress| on_progress.set(Making::GoingOn { progress: Some(progress) }))),
            );
            *worker.borrow_mut() = Some(running);
            answer
        })
    };
    let (worker, passphrase, form, errors) =
        (Rc::clone(worker), passphrase.clone(), form.clone(), errors.clone());
    spawn_local(async move {
        let answer = match answer {
            Ok(answer) => answer.await,
            Err(error) => Err(error.into()),
        };
        match answer {
            Ok(ToolAnswer::NewRequest(files)) => {
                worker.borrow_mut().take();
                passphrase.wipe();
                setter.set(Making::Made(Rc::new(files)));
            }
            // The person pressed Cancel, which has put everything back already.
            Err(problem) if problem.is_cancelled => {}
            Err(problem) => {
                setter.set(Making::Idle);
                errors.set((vec![form.error_of(problem)], errors.1.wrapping_add(2)));
            }
            Ok(_) => setter.set(Making::Idle),
        }
    });
}

#[derive(Properties, PartialEq)]
struct MadeProps {
    files: Rc<RequestFiles>,
    /// What the files are named after.
    name: AttrValue,
    again: Callback<()>,
}

/// The two files, the key first: without it the request is worth nothing.
#[component]
fn Made(props: &MadeProps) -> Html {
    let answer = use_state(|| "");
    let save = |end: &'static str, media_type: &'static str, content: String| {
        let (answer, name) = (answer.setter(), file_name(&props.name, end));
        Callback::from(move |()| {
            answer.set(match download(&name, media_type, content.as_bytes()) {
                Ok(()) => "Downloaded. You find it where your browser puts downloads.",
                Err(_) => "The file could not be made. Try again.",
            });
        })
    };
    let files = &props.files;
    let save_key = save("-private-key.pem", PRIVATE_KEY_MEDIA_TYPE, files.private_key_pem.clone());
    let save_request = save(".csr", REQUEST_MEDIA_TYPE, files.csr_pem.clone());
    html! {
        <>
            <PageHeading title="Your key pair and CSR are ready" caption={super::CAPTION} />
            { notice(Tone::Warning, "Download the private key now", paragraph("It exists on this page only. Keep the file and its passphrase: you need both when the certificate is there.")) }
            <section class="card">
                <h2>{ "Files" }</h2>
                <div class="actions">
                    <Button emphasis={Emphasis::Primary} onclick={save_key}>{ icon(Picture::Download) }{ "Download private key" }</Button>
                    <Button onclick={save_request}>{ icon(Picture::Download) }{ "Download CSR" }</Button>
                </div>
                <p role="status">{ *answer }</p>
            </section>
            <section class="summary-section">
                <h2>{ "Key pair" }</h2>
                { rows_view(&files.rows) }
            </section>
            <section class="summary-section">
                <h2>{ "CSR" }</h2>
                <pre class="pem" tabindex="0" aria-label="CSR">{ &files.csr_pem }</pre>
                <CopyButton source={Source::Text(files.csr_pem.clone().into())} what="CSR" />
            </section>
            <div class="actions"><Button onclick={props.again.clone()}>{ "Make another one" }</Button></div>
            { all_tools() }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn addresses_are_told_apart_however_they_are_separated() {
        let form =
            Form { mailboxes: " a@example.com, b@example.com;c@example.com\n".to_owned(), ..Form::new() };
        assert_eq!(form.mailboxes(), ["a@example.com", "b@example.com", "c@example.com"]);
    }

    #[test]
    fn the_subject_has_what_is_filled_in_and_begins_with_the_country() {
        let mut form = Form::new();
        form.subject[0] = " Anna Nowak ".to_owned();
        form.subject[5] = "PL".to_owned();
        let subject = [("Country", "PL"), ("Common name", "Anna Nowak")];
        assert_eq!(form.subject(), subject.map(|(label, value)| (label.to_owned(), value.to_owned())));
    }
}
