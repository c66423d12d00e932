//! A private key, its certificate and the chain, in one file for mail programs.

use super::{
    all_tools,
    asking::unix_now,
    attempt::{Attempt, refuse, submit, use_attempt},
    made_file::made_file,
    stays_here, tool_heading,
};
use crate::{
    component::{
        button::{Button, Emphasis, Readiness},
        error_summary::ErrorSummary,
        field::Need,
        icon::{Picture, icon},
        material::{Material, MaterialField, use_material},
        new_passphrase::{NewPassphrase, NewPassphraseField, PASSPHRASE, Running, use_new_passphrase},
        preset_choice::{PresetChoice, PresetFields},
        secret_field::{SecretField, SecretInput, Visibility, use_secret},
    },
    crypto::{
        CryptoWorker,
        tools::{About, Content, MakePfx, Problem, ToolTask},
    },
    route::Tool,
};
use yew::prelude::*;

const PRIVATE_KEY: &str = "private_key";
const KEY_PASSPHRASE: &str = "key_passphrase";
const CERTIFICATES: &str = "certificates";

/// The form, and below it the file.
#[component]
pub(super) fn PfxGenerator() -> Html {
    let worker: Running = use_mut_ref(|| None);
    let password = use_new_passphrase(&worker, CryptoWorker::spawn_with_tools);
    let (private_key, certificates) = (use_material(), use_material());
    let key_passphrase = use_secret(Visibility::Hidden);
    let preset = use_state(PresetChoice::default);
    let attempt = use_attempt();
    let onsubmit = {
        let (private_key, certificates, key_passphrase) =
            (private_key.clone(), certificates.clone(), key_passphrase.clone());
        let (password, preset, attempt) = (password.clone(), preset.clone(), attempt.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let problems = password.problems();
            if !problems.is_empty() {
                return refuse(&attempt, problems);
            }
            let task = task(&private_key, &certificates, &key_passphrase, &password, &preset);
            let (private_key, key_passphrase) = (private_key.clone(), key_passphrase.clone());
            submit(&attempt, task, field_of, move |_| {
                private_key.wipe();
                key_passphrase.wipe();
            });
        })
    };
    let Attempt { errors, number, going_on, answer } = (*attempt).clone();
    html! {
        <>
            <ErrorSummary errors={errors.clone()} attempt={number} />
            { tool_heading(Tool::PfxGenerator, errors.len()) }
            <form novalidate=true {onsubmit}>
                <div class="card">
                    <MaterialField id={PRIVATE_KEY} label="Private key" material={private_key} errors={errors.clone()}
                        accept=".pem,.key,.p8,.der,.txt" hint="PEM or DER, with or without a passphrase. It is wiped from this page when the file is made." />
                    <SecretField id={KEY_PASSPHRASE} label="Passphrase of the private key" input={key_passphrase}
                        need={Need::Optional} autocomplete="off" errors={errors.clone()} hint="Only when the key is encrypted." />
                </div>
                <div class="card">
                    <MaterialField id={CERTIFICATES} label="Certificate and chain" material={certificates} errors={errors.clone()}
                        accept=".pem,.cer,.crt,.der,.p7b,.txt" hint="The certificate and those above it, in any order. Without the chain some programs cannot use the file." />
                </div>
                <PresetFields choice={preset} />
                <div class="card">
                    <NewPassphraseField passphrase={password} label="Password of the PFX file" errors={errors.clone()}
                        hint="The mail program asks for it. Use the one we made, or type your own: at least 8 characters." />
                </div>
                <div class="actions">
                    <Button emphasis={Emphasis::Primary} readiness={Readiness::busy_while(going_on)}>
                        { icon(Picture::Download) }{ "Create PFX" }
                    </Button>
                </div>
            </form>
            <div role="status" class="findings">
                if going_on { <p class="quiet">{ "The file is being made and checked." }</p> }
                { made_file(answer.as_deref()) }
            </div>
            { stays_here() }
            { all_tools() }
        </>
    }
}

fn task(
    private_key: &Material,
    certificates: &Material,
    key_passphrase: &SecretInput,
    password: &NewPassphrase,
    preset: &PresetChoice,
) -> impl Future<Output = Result<ToolTask, Problem>> + use<> {
    let (private_key, certificates) = (private_key.clone(), certificates.clone());
    let passphrase = Some(key_passphrase.secret()).filter(|passphrase| !passphrase.is_empty());
    let (password, preset) = (password.secret(), preset.preset().id().to_owned());
    async move {
        let private_key =
            content(&private_key, About::Input, "Paste the private key, or choose its file.").await?;
        let certificates =
            content(&certificates, About::Certificates, "Paste the certificate, or choose its file.").await?;
        let now = unix_now();
        Ok(ToolTask::MakePfx(MakePfx { private_key, passphrase, certificates, password, preset, now }))
    }
}

async fn content(material: &Material, about: About, missing: &str) -> Result<Content, Problem> {
    let content = material.content().await.map_err(|problem| Problem::new(about, problem.message()))?;
    if content.as_bytes().trim_ascii().is_empty() {
        return Err(Problem::new(about, missing));
    }
    Ok(content)
}

fn field_of(problem: &Problem) -> &'static str {
    match problem.about {
        About::Certificates => CERTIFICATES,
        About::Password => KEY_PASSPHRASE,
        About::NewPassword => PASSPHRASE,
        _ => PRIVATE_KEY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_lands_on_a_field_of_the_form() {
        for (about, field) in [
            (About::Input, PRIVATE_KEY),
            (About::Password, KEY_PASSPHRASE),
            (About::Certificates, CERTIFICATES),
            (About::NewPassword, PASSPHRASE),
            (About::Nothing, PRIVATE_KEY),
        ] {
            assert_eq!(field_of(&Problem::new(about, "")), field);
        }
    }
}
