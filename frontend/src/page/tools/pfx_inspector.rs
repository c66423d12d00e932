//! A PFX, without and with its password; and the same content in another one.

use super::{
    all_tools,
    asking::{Asking, Standing, unix_now, use_asking},
    attempt::{Attempt, submit, use_attempt},
    made_file::made_file,
    stays_here, tool_heading,
};
use crate::{
    component::{
        button::{Button, Emphasis, Readiness},
        error_summary::ErrorSummary,
        field::Need,
        icon::{Picture, icon},
        material::{Forms, MaterialChange, MaterialField, use_material},
        notice::{Tone, note, notice, paragraph},
        preset_choice::{PresetChoice, PresetFields},
        progress::ProgressView,
        report::report_view,
        secret_field::{Purpose, SecretField, SecretInput, Visibility, use_secret},
    },
    crypto::{
        TypedSecret,
        tools::{
            About, Content, ConvertPfx, InspectPfx, Patience, PfxReport, Problem, SecondPassword, ToolAnswer,
            ToolTask,
        },
    },
    route::Tool,
    wizard::FieldError,
};
use yew::prelude::*;

const PFX: &str = "pfx";
const PASSWORD: &str = "pfx_password";
const SECOND_PASSWORD: &str = "pfx_second_password";
const NEW_PASSWORD: &str = "new_password";
const CERTIFICATES: &str = "certificates";
/// The button that opens the file.
const OPEN: &str = "open_pfx";

/// The file, what is known of it, its passwords, and the way to another one.
#[component]
pub(super) fn PfxInspector() -> Html {
    let asking = use_asking();
    let passwords =
        Passwords { first: use_secret(Visibility::Hidden), second: use_secret(Visibility::Hidden) };
    // The seconds that the person said yes to.
    let accepted_seconds = use_state(|| None::<u64>);
    let onchange = {
        let (asking, passwords, accepted_seconds) =
            (asking.clone(), passwords.clone(), accepted_seconds.setter());
        Callback::from(move |change: MaterialChange| {
            passwords.wipe();
            accepted_seconds.set(None);
            asking.changed(change, |pfx| task(pfx, Vec::new(), Patience::Short));
        })
    };
    let open = {
        let (asking, passwords, accepted_seconds) =
            (asking.clone(), passwords.clone(), accepted_seconds.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let secrets = passwords.secrets();
            accepted_seconds.set(None);
            asking.ask(None, move |pfx| task(pfx, secrets, Patience::Short));
        })
    };
    let (report, problem) = match &*asking.standing {
        Standing::Answered(answer) => match &**answer {
            ToolAnswer::Pfx(report) => (Some(report), None),
            _ => (None, None),
        },
        Standing::Refused(problem) => (None, Some(problem)),
        Standing::Nothing | Standing::GoingOn => (None, None),
    };
    let errors = report.map(errors).unwrap_or_default();
    // Once it is open the password is known to be the file's own, and the next file's unless there is a new one.
    let is_open = report.is_some_and(|report| report.is_open);
    let purpose = if is_open { Purpose::Protects } else { Purpose::Opens };
    let has_file = !matches!(*asking.standing, Standing::Nothing) && problem.is_none();
    let needs_second =
        passwords.has_second() || report.is_some_and(|report| report.second_password.is_some());
    // While a long wait goes on, that is said with how long it takes.
    let is_read = accepted_seconds.is_none() && matches!(*asking.standing, Standing::GoingOn);
    html! {
        <>
            { tool_heading(Tool::PfxInspector, errors.len()) }
            <div class="card">
                <MaterialField id={PFX} label="PFX file" material={asking.material.clone()} forms={Forms::FileOnly} {onchange}
                    accept=".p12,.pfx,.mobileconfig,.json,.txt"
                    hint="Drop the file here or choose it: .p12, .pfx, or a file with one inside." />
                <form novalidate=true onsubmit={open} hidden={!has_file}>
                    <SecretField id={PASSWORD} label="Password of the PFX file" input={passwords.first.clone()} {purpose}
                        autocomplete="off" errors={errors.clone()} hint="To see what is inside. Without it you see how the file is made." />
                    <div hidden={!needs_second}>
                        <SecretField id={SECOND_PASSWORD} label="Second password" input={passwords.second.clone()} need={Need::Optional}
                            autocomplete="off" errors={errors.clone()}
                            hint="A part of this file does not open with the password above. Some programs give the contents, or the private key, one of its own." />
                    </div>
                    <Button id={OPEN}>{ "Open" }</Button>
                </form>
            </div>
            <LongWait asking={asking.clone()} passwords={passwords.clone()} accepted={accepted_seconds} />
            <div role="status" class="findings">{ findings(report, problem, is_read) }</div>
            if is_open {
                <Convert asking={asking.clone()} {passwords} />
            }
            { stays_here() }
            { all_tools() }
        </>
    }
}

/// Where the passwords of the present file are.
#[derive(Clone, PartialEq)]
struct Passwords {
    first: SecretInput,
    /// Empty unless the file has two.
    second: SecretInput,
}

impl Passwords {
    fn wipe(&self) {
        self.first.wipe();
        self.second.wipe();
    }

    fn has_second(&self) -> bool {
        !self.second.secret().is_empty()
    }

    fn second(&self) -> Option<TypedSecret> {
        Some(self.second.secret()).filter(|second| !second.is_empty())
    }

    fn secrets(&self) -> Vec<TypedSecret> {
        std::iter::once(self.first.secret()).chain(self.second()).collect()
    }
}

fn task(pfx: Content, passwords: Vec<TypedSecret>, patience: Patience) -> ToolTask {
    ToolTask::InspectPfx(InspectPfx { pfx, passwords, patience, now: unix_now() })
}

/// What is wrong with the passwords.
fn errors(report: &PfxReport) -> Vec<FieldError> {
    let first = report.password_problem.clone().map(|message| FieldError::new(PASSWORD, message));
    let second = match &report.second_password {
        Some(SecondPassword::Rejected(message)) => Some(FieldError::new(SECOND_PASSWORD, message.clone())),
        Some(SecondPassword::Needed | SecondPassword::Opened) | None => None,
    };
    first.into_iter().chain(second).collect()
}

#[derive(Properties, PartialEq)]
struct LongWaitProps {
    asking: Asking,
    passwords: Passwords,
    accepted: UseStateHandle<Option<u64>>,
}

/// The question whether to open a file that takes long; and then how long it has taken, with a way to end it.
#[component]
fn LongWait(props: &LongWaitProps) -> Html {
    let LongWaitProps { asking, passwords, accepted } = props;
    let takes_seconds = match &*asking.standing {
        Standing::Answered(answer) => match &**answer {
            ToolAnswer::Pfx(report) => report.takes_seconds,
            _ => None,
        },
        _ => None,
    };
    let go_on = {
        let (asking, passwords, accepted) = (asking.clone(), passwords.clone(), accepted.setter());
        Callback::from(move |()| {
            let secrets = passwords.secrets();
            accepted.set(takes_seconds);
            asking.ask(None, move |pfx| task(pfx, secrets, Patience::Long));
        })
    };
    let cancel = {
        let (asking, accepted) = (asking.clone(), accepted.setter());
        Callback::from(move |()| {
            asking.cancel();
            accepted.set(None);
            asking.ask(None, |pfx| task(pfx, Vec::new(), Patience::Short));
        })
    };
    let going_on = accepted.is_some() && matches!(*asking.standing, Standing::GoingOn);
    let seconds = accepted.unwrap_or_default();
    html! {
        <>
            if let Some(seconds) = takes_seconds {
                { notice(
                    Tone::Warning,
                    "This file takes long to open",
                    html! {
                        <>
                            <p>{ format!("To open it takes about {seconds} seconds on a small computer, because the file asks for very much computing. You can end it at any time.") }</p>
                            <p class="actions"><Button onclick={go_on}>{ "Open it" }</Button></p>
                        </>
                    },
                ) }
            }
            <ProgressView {going_on} label="Opening the file" said="The file is being opened." phase="The keys are being derived from the password."
                hint={format!("About {seconds} seconds on a small computer.")} begun_by={OPEN} {cancel} />
        </>
    }
}

fn findings(report: Option<&PfxReport>, problem: Option<&Problem>, is_read: bool) -> Html {
    match (report, problem) {
        (Some(report), _) => report_view(&report.report),
        (None, Some(problem)) => note(Tone::Danger, paragraph(problem.message.clone())),
        (None, None) if is_read => html! { <p class="quiet">{ "Reading…" }</p> },
        (None, None) => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct ConvertProps {
    asking: Asking,
    passwords: Passwords,
}

/// The same key and certificates in another file.
#[component]
fn Convert(props: &ConvertProps) -> Html {
    let new_password = use_secret(Visibility::Hidden);
    let certificates = use_material();
    let preset = use_state(PresetChoice::default);
    let attempt = use_attempt();
    let onsubmit = {
        let (asking, passwords) = (props.asking.clone(), props.passwords.clone());
        let (certificates, new_password, preset, attempt) =
            (certificates.clone(), new_password.clone(), preset.clone(), attempt.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (pfx, added) = (asking.material.clone(), certificates.clone());
            let (secret, second_password) = (passwords.first.secret(), passwords.second());
            let new_secret = new_password.secret();
            let new_secret = (!new_secret.is_empty()).then(|| new_secret.composed().clone());
            let preset = preset.preset().id().to_owned();
            let task = async move {
                let unread = |about| {
                    move |problem: crate::component::material::MaterialProblem| {
                        Problem::new(about, problem.message())
                    }
                };
                Ok(ToolTask::ConvertPfx(ConvertPfx {
                    pfx: pfx.content().await.map_err(unread(About::Input))?,
                    password: secret,
                    second_password,
                    certificates: added.content().await.map_err(unread(About::Certificates))?,
                    new_password: new_secret,
                    preset,
                    now: unix_now(),
                }))
            };
            let new_password = new_password.clone();
            submit(&attempt, task, field_of, move |_| new_password.wipe());
        })
    };
    let Attempt { errors, number, going_on, answer } = (*attempt).clone();
    html! {
        <section class="stack" aria-labelledby="convert-title">
            <h2 id="convert-title">{ "Repair or convert" }</h2>
            <p>{ "Makes a new file with the same key and certificate, the chain in the right order, encrypted for another program." }</p>
            <ErrorSummary errors={errors.clone()} attempt={number} />
            <form novalidate=true {onsubmit}>
                <PresetFields choice={preset} />
                <div class="card">
                    <MaterialField id={CERTIFICATES} label="Certificates to add" material={certificates} need={Need::Optional}
                        errors={errors.clone()} accept=".pem,.cer,.crt,.der,.p7b,.txt" hint="Where the chain is missing or not whole." />
                    <SecretField id={NEW_PASSWORD} label="New password" input={new_password} purpose={Purpose::Protects} need={Need::Optional}
                        autocomplete="off" {errors} hint="Leave it empty to keep the present one." />
                </div>
                <Button emphasis={Emphasis::Primary} readiness={Readiness::busy_while(going_on)}>
                    { icon(Picture::Download) }{ "Create the new PFX" }
                </Button>
            </form>
            <div role="status" class="findings">
                if going_on { <p class="quiet">{ "The file is being made and checked." }</p> }
                { made_file(answer.as_deref()) }
            </div>
        </section>
    }
}

fn field_of(problem: &Problem) -> &'static str {
    match problem.about {
        About::Certificates => CERTIFICATES,
        About::Password | About::Input => PASSWORD,
        _ => NEW_PASSWORD,
    }
}
