//! The form that makes a PFX.

use crate::{
    browser::download::download,
    component::{
        button::{Button, Emphasis, Readiness},
        choice::Checkbox,
        error_summary::ErrorSummary,
        icon::{Picture, icon},
        preset_choice::{PresetChoice, PresetFields},
        secret_field::{Purpose, SecretField, SecretInput, Visibility, use_secret},
    },
    crypto::{
        CryptoError, CryptoWorker, TypedSecret,
        messages::{Secret, WritePfx},
        tools::Content,
    },
    wizard::FieldError,
};
use protocol::Certificate;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use wasm_crypto::{
    passphrase,
    pfx::{Preset, file_name},
};
use yew::prelude::*;

const PASSPHRASE: &str = "key_passphrase";
const PASSWORD: &str = "pfx_password";
const PFX_MEDIA_TYPE: &str = "application/x-pkcs12";

/// Properties of [`PfxForm`].
#[derive(Properties, PartialEq, Clone)]
pub(super) struct PfxFormProps {
    pub(super) certificate: Certificate,
    pub(super) key_file: Rc<Content>,
    /// Takes the name of the file that was made.
    pub(super) onmade: Callback<AttrValue>,
}

/// Which password protects the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Password {
    SameAsPassphrase,
    ItsOwn,
}

/// Errors, how often it was tried, and whether it goes on now.
#[derive(Clone, Debug, Default, PartialEq)]
struct Attempt {
    errors: Vec<FieldError>,
    number: u32,
    going_on: bool,
}

/// Where the secrets are typed, and how far the making of the file is.
#[derive(Clone)]
struct Maker {
    passphrase: SecretInput,
    password: SecretInput,
    attempt: UseStateHandle<Attempt>,
}

impl Maker {
    /// Makes the file and hands it over, unless one is being made.
    fn submit(&self, props: &PfxFormProps, password: Password, preset: Preset) {
        if self.attempt.going_on {
            return;
        }
        let number = self.attempt.number.wrapping_add(1);
        let (passphrase, pfx_password) = match secrets(&self.passphrase, &self.password, password) {
            Ok(secrets) => secrets,
            Err(error) => return self.attempt.set(Attempt { errors: vec![error], number, going_on: false }),
        };
        self.attempt.set(Attempt { errors: Vec::new(), number, going_on: true });
        let request = request_of(&props.certificate, &props.key_file, passphrase, pfx_password, preset);
        let summary = &props.certificate.summary;
        let name = file_name(&summary.mailbox, summary.not_after.unix_seconds());
        let (maker, onmade) = (self.clone(), props.onmade.clone());
        spawn_local(async move {
            let errors = match write(request, &name).await {
                Ok(()) => {
                    maker.passphrase.wipe();
                    maker.password.wipe();
                    onmade.emit(name.into());
                    Vec::new()
                }
                Err(error) => vec![FieldError::new(PASSPHRASE, error.to_string())],
            };
            maker.attempt.set(Attempt { errors, number: number.wrapping_add(1), going_on: false });
        });
    }
}

/// Passphrase, where the file is used, password.
#[component]
pub(super) fn PfxForm(props: &PfxFormProps) -> Html {
    let maker = Maker {
        passphrase: use_secret(Visibility::Hidden),
        password: use_secret(Visibility::Shown),
        attempt: use_state(Attempt::default),
    };
    let password = use_state(|| Password::SameAsPassphrase);
    let choice = use_state(PresetChoice::default);
    let onsubmit = {
        let (maker, props, password, preset) = (maker.clone(), props.clone(), *password, choice.preset());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            maker.submit(&props, password, preset);
        })
    };
    let onpassword = {
        let password = password.setter();
        Callback::from(move |same| {
            password.set(if same { Password::SameAsPassphrase } else { Password::ItsOwn });
        })
    };
    let purpose = match *password {
        Password::SameAsPassphrase => Purpose::Protects,
        Password::ItsOwn => Purpose::Opens,
    };
    let Attempt { errors, number, going_on } = (*maker.attempt).clone();
    html! {
        <form novalidate=true {onsubmit}>
            <ErrorSummary errors={errors.clone()} attempt={number} />
            // Tells a password manager whose passphrase this is.
            <input type="text" autocomplete="username" value={props.certificate.summary.mailbox.clone()} readonly=true hidden=true />
            <SecretField id={PASSPHRASE} label="Passphrase of the key" input={maker.passphrase.clone()} errors={errors.clone()}
                {purpose} autocomplete="current-password"
                hint="The one that you saved when the key was made." />
            <PresetFields {choice} />
            <Checkbox id="same_password" marked={*password == Password::SameAsPassphrase} onchange={onpassword}>
                { "Protect the file with the same passphrase" }
            </Checkbox>
            if *password == Password::ItsOwn {
                <SecretField id={PASSWORD} label="Password of the PFX file" input={maker.password.clone()} {errors}
                    purpose={Purpose::Protects} autocomplete="new-password"
                    hint="The mail program asks for it when you import the file. At least 8 characters." />
            }
            <Button emphasis={Emphasis::Primary} readiness={Readiness::busy_while(going_on)}>
                { icon(Picture::Download) }{ "Create PFX" }
            </Button>
            <p role="status">{ if going_on { "The file is being made and checked. This takes a few seconds." } else { "" } }</p>
        </form>
    }
}

/// Passphrase and PFX password, or the first thing to mend.
fn secrets(
    passphrase: &SecretInput,
    own_password: &SecretInput,
    password: Password,
) -> Result<(TypedSecret, Secret), FieldError> {
    let passphrase = passphrase.secret();
    if passphrase.is_empty() {
        return Err(FieldError::new(PASSPHRASE, "Enter the passphrase of the key."));
    }
    let (field, password) = match password {
        Password::SameAsPassphrase => (PASSPHRASE, passphrase.composed().clone()),
        Password::ItsOwn => (PASSWORD, own_password.secret().composed().clone()),
    };
    match passphrase::check(password.as_str().unwrap_or_default()) {
        Ok(()) => Ok((passphrase, password)),
        Err(problem) => Err(FieldError::new(field, problem.to_string())),
    }
}

fn request_of(
    certificate: &Certificate,
    key_file: &Content,
    passphrase: TypedSecret,
    pfx_password: Secret,
    preset: Preset,
) -> WritePfx {
    WritePfx {
        recovery_file: key_file.clone(),
        public_key_sha256: certificate.public_key_sha256.clone(),
        passphrase,
        friendly_name: certificate.summary.mailbox.clone(),
        leaf_pem: certificate.pem.clone(),
        chain_pem: certificate.chain_pem.clone(),
        pfx_password,
        preset,
    }
}

/// Makes the file in a worker that ends with it, and hands it over.
async fn write(request: WritePfx, name: &str) -> Result<(), CryptoError> {
    let pfx = match CryptoWorker::spawn()?.write_pfx(request.clone()).await {
        Err(CryptoError::ForTheTools) => CryptoWorker::spawn_with_tools()?.write_pfx(request).await?,
        written => written?,
    };
    download(name, PFX_MEDIA_TYPE, &pfx).or(Err(CryptoError::PfxNotMade))
}
