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
        notice::{Tone, note, paragraph},
        preset_choice::{PresetChoice, PresetFields},
        report::report_view,
        secret_field::{Purpose, SecretField, SecretInput, Visibility, use_secret},
    },
    crypto::tools::{About, ConvertPfx, PfxReport, Problem, ToolAnswer, ToolTask},
    route::Tool,
    wizard::FieldError,
};
use yew::prelude::*;

const PFX: &str = "pfx";
const PASSWORD: &str = "pfx_password";
const NEW_PASSWORD: &str = "new_password";
const CERTIFICATES: &str = "certificates";

/// The file, what is known of it, its password, and the way to another one.
#[component]
pub(super) fn PfxInspector() -> Html {
    let asking = use_asking();
    let password = use_secret(Visibility::Hidden);
    let onchange = {
        let (asking, password) = (asking.clone(), password.clone());
        Callback::from(move |change: MaterialChange| {
            password.wipe();
            asking.changed(change, |pfx| ToolTask::InspectPfx { pfx, password: None, now: unix_now() });
        })
    };
    let open = {
        let (asking, password) = (asking.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let secret = Some(password.secret());
            asking.ask(None, move |pfx| ToolTask::InspectPfx { pfx, password: secret, now: unix_now() });
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
    let wrong_password = report.and_then(|report| report.password_problem.clone());
    let errors: Vec<FieldError> =
        wrong_password.into_iter().map(|message| FieldError::new(PASSWORD, message)).collect();
    // Once it is open the password is known to be the file's own, and the next file's unless there is a new one.
    let is_open = report.is_some_and(|report| report.is_open);
    let purpose = if is_open { Purpose::Protects } else { Purpose::Opens };
    let has_file = !matches!(*asking.standing, Standing::Nothing) && problem.is_none();
    html! {
        <>
            { tool_heading(Tool::PfxInspector, errors.len()) }
            <div class="card">
                <MaterialField id={PFX} label="PFX file" material={asking.material.clone()} forms={Forms::FileOnly} {onchange}
                    accept=".p12,.pfx" hint="Drop the file here or choose it: .p12 or .pfx." />
                <form novalidate=true onsubmit={open} hidden={!has_file}>
                    <SecretField id={PASSWORD} label="Password of the PFX file" input={password.clone()} {purpose}
                        autocomplete="off" errors={errors.clone()} hint="To see what is inside. Without it you see how the file is made." />
                    <Button>{ "Open" }</Button>
                </form>
            </div>
            <div role="status" class="findings">{ findings(report, problem, &asking) }</div>
            if is_open {
                <Convert asking={asking.clone()} {password} />
            }
            { stays_here() }
            { all_tools() }
        </>
    }
}

fn findings(report: Option<&PfxReport>, problem: Option<&Problem>, asking: &Asking) -> Html {
    match (report, problem) {
        (Some(report), _) => report_view(&report.report),
        (None, Some(problem)) => note(Tone::Danger, paragraph(problem.message.clone())),
        (None, None) if matches!(*asking.standing, Standing::GoingOn) => {
            html! { <p class="quiet">{ "Reading…" }</p> }
        }
        (None, None) => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct ConvertProps {
    asking: Asking,
    /// Where the password of the present file is.
    password: SecretInput,
}

/// The same key and certificates in another file.
#[component]
fn Convert(props: &ConvertProps) -> Html {
    let new_password = use_secret(Visibility::Hidden);
    let certificates = use_material();
    let preset = use_state(PresetChoice::default);
    let attempt = use_attempt();
    let onsubmit = {
        let (asking, password) = (props.asking.clone(), props.password.clone());
        let (certificates, new_password, preset, attempt) =
            (certificates.clone(), new_password.clone(), preset.clone(), attempt.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (pfx, added) = (asking.material.clone(), certificates.clone());
            let (secret, new_secret) = (password.secret(), new_password.secret());
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
                    certificates: added.content().await.map_err(unread(About::Certificates))?,
                    new_password: new_secret,
                    preset,
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
