//! Two things side by side: is it the same key?

use super::{
    all_tools,
    asking::{Asking, Standing, use_asking},
    stays_here, tool_heading,
};
use crate::{
    component::{
        button::Button,
        material::{MaterialChange, MaterialField},
        notice::{Tone, note, notice, paragraph},
        report::rows_view,
        secret_field::{SecretField, Visibility, use_secret},
    },
    crypto::tools::{About, Identity, Problem, Row, ToolAnswer, ToolTask, Value},
    route::Tool,
    wizard::FieldError,
};
use yew::prelude::*;

/// Both sides and the answer.
#[component]
pub(super) fn KeyMatch() -> Html {
    let (first, second) = (use_asking(), use_asking());
    html! {
        <>
            { tool_heading(Tool::KeyMatch, 0) }
            <div class="side-by-side">
                <Side id="first" title="First" asking={first.clone()} />
                <Side id="second" title="Second" asking={second.clone()} />
            </div>
            <div role="status">{ comparison(identity(&first.standing), identity(&second.standing)) }</div>
            { stays_here() }
            { all_tools() }
        </>
    }
}

fn identity(standing: &Standing) -> Option<&Identity> {
    match standing {
        Standing::Answered(answer) => match &**answer {
            ToolAnswer::Identity(identity) => Some(identity),
            _ => None,
        },
        _ => None,
    }
}

fn comparison(first: Option<&Identity>, second: Option<&Identity>) -> Html {
    let (Some(first), Some(second)) = (first, second) else { return Html::default() };
    let (one, other) = (first.kind.to_lowercase(), second.kind.to_lowercase());
    if first.spki_sha256 == second.spki_sha256 {
        notice(
            Tone::Success,
            "Same key",
            paragraph(format!("The {one} and the {other} belong together: they have the same public key.")),
        )
    } else {
        notice(
            Tone::Danger,
            "Different keys",
            paragraph(format!(
                "The {one} and the {other} do not belong together. Look for the key that was made for this certificate or request; no program can make it anew."
            )),
        )
    }
}

#[derive(Properties, PartialEq)]
struct SideProps {
    id: AttrValue,
    title: AttrValue,
    asking: Asking,
}

/// The field, the password where one is needed, and whose key it is.
#[component]
fn Side(props: &SideProps) -> Html {
    let SideProps { id, title, asking } = props;
    let password = use_secret(Visibility::Hidden);
    let password_id = format!("{id}_password");
    let onchange = {
        let (asking, password) = (asking.clone(), password.clone());
        Callback::from(move |change: MaterialChange| {
            password.wipe();
            asking.changed(change, |input| ToolTask::Identify { input, password: None });
        })
    };
    let open = {
        let (asking, password) = (asking.clone(), password.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let secret = Some(password.secret());
            asking.ask(None, move |input| ToolTask::Identify { input, password: secret });
        })
    };
    let needs_password =
        matches!(&*asking.standing, Standing::Refused(Problem { about: About::Password, .. }));
    let errors = match &*asking.standing {
        Standing::Refused(problem) if needs_password => {
            vec![FieldError::new(&password_id, problem.message.clone())]
        }
        _ => Vec::new(),
    };
    html! {
        <section class="card" aria-label={title.clone()}>
            <MaterialField id={id.clone()} label={title.clone()} material={asking.material.clone()} {onchange}
                accept=".pem,.key,.p8,.csr,.p10,.cer,.crt,.der,.p12,.pfx,.pub,.txt"
                hint="A private key, a PFX, a request, a certificate or a public key." />
            <form novalidate=true onsubmit={open} hidden={!needs_password}>
                <SecretField id={password_id} label={format!("Password of the {}", title.to_lowercase())} input={password}
                    autocomplete="off" {errors} />
                <Button>{ "Open" }</Button>
            </form>
            <div role="status" class="findings">{ standing_view(&asking.standing) }</div>
        </section>
    }
}

fn standing_view(standing: &Standing) -> Html {
    match standing {
        Standing::GoingOn => html! { <p class="quiet">{ "Reading…" }</p> },
        // The latter is said beside the password.
        Standing::Nothing | Standing::Refused(Problem { about: About::Password, .. }) => Html::default(),
        Standing::Refused(problem) => html! {
            <>
                { note(Tone::Danger, paragraph(problem.message.clone())) }
                if problem.is_private {
                    <p class="quiet">{ "It holds a private key, so we took it out of the field." }</p>
                }
            </>
        },
        Standing::Answered(answer) => match &**answer {
            ToolAnswer::Identity(identity) => html! {
                <>
                    { rows_view(&[
                        Row::text("What it is", identity.kind.clone()),
                        Row::text("Key", identity.key.clone()),
                        Row::new("Public key, SHA-256", Value::Hex(identity.spki_sha256.clone())),
                    ]) }
                    if identity.is_private {
                        <p class="quiet">{ "It holds a private key, so we took it out of the field." }</p>
                    }
                </>
            },
            _ => Html::default(),
        },
    }
}
