//! Signing in: asks for a link by e-mail.

use crate::{
    api,
    app::use_session,
    component::{
        button::{Button, Emphasis},
        field::TextField,
        heading::PageHeading,
        icon::{Picture, icon},
        notice::{Tone, notice, paragraph},
    },
    navigation::Link,
    route::Route,
    submission::use_submission,
    wizard::email::{EMAIL, EmailDraft},
};
use protocol::{Instance, SignInRequest};
use yew::prelude::*;

/// Properties of [`SignIn`].
#[derive(Properties, PartialEq)]
pub(crate) struct SignInProps {
    /// Whether the person was signed in a moment ago.
    #[prop_or_default]
    pub(crate) session_ended: bool,
}

/// Asks for the address, then says where to look.
#[component]
pub(crate) fn SignIn(props: &SignInProps) -> Html {
    let email = use_state(String::new);
    let sent_to = use_state(|| None::<String>);
    let (session, submission) = (use_session(), use_submission());
    if let Some(address) = &*sent_to {
        let again = {
            let sent_to = sent_to.setter();
            Callback::from(move |()| sent_to.set(None))
        };
        return link_sent(address, again, &session.instance);
    }
    let onsubmit = {
        let (submission, email, sent_to) = (submission.clone(), email.clone(), sent_to.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let sent_to = sent_to.clone();
            match EmailDraft::starting_with(&email).request() {
                Err(errors) => submission.refuse(errors),
                Ok(request) => {
                    let address = request.email.clone();
                    let work = api::ask_for_sign_in_link(&SignInRequest { email: request.email });
                    submission.run(work, move |()| sent_to.set(Some(address)));
                }
            }
        })
    };
    let oninput = {
        let email = email.setter();
        Callback::from(move |text| email.set(text))
    };
    html! {
        <div class="alone">
            if props.session_ended {
                { notice(Tone::Warning, "Your session has ended", paragraph("Sign in again. What you entered in this tab is still here.")) }
            }
            { submission.view() }
            <PageHeading title="Sign in" errors={submission.errors().len()} />
            <p class="lead">{ "We send a link to your e-mail address. There is no password to remember." }</p>
            <form class="card" novalidate=true {onsubmit}>
                <TextField id={EMAIL} label="E-mail address" kind="email" autocomplete="email"
                    value={(*email).clone()} {oninput} errors={submission.errors()}
                    hint="New here? The link makes your account when you use it." />
                <Button emphasis={Emphasis::Primary} readiness={submission.readiness()}>
                    { "Send me a sign-in link" }
                </Button>
            </form>
            <p>
                { "You only want to check a request or a certificate? The " }
                <Link to={Route::Tools}>{ "Tools" }</Link>{ " work without an account." }
            </p>
        </div>
    }
}

fn link_sent(address: &str, again: Callback<()>, instance: &Instance) -> Html {
    html! {
        <div class="alone">
            <PageHeading title="Look at your inbox" />
            <div class="card card--news">
                { icon(Picture::Envelope) }
                <div>
                    <p class="lead">{ "We sent a link to " }<strong>{ address.to_owned() }</strong>{ "." }</p>
                    <p>{ "It works once and for a short time. You can close this page." }</p>
                    if instance.inbox {
                        <Link to={Route::Inbox} class={Emphasis::Primary.classes()}>{ "Open the inbox of this demonstration" }</Link>
                    }
                </div>
            </div>
            <p>
                { "No message after a few minutes? Look in the spam folder, or " }
                <Button emphasis={Emphasis::Quiet} onclick={again}>{ "use another address" }</Button>
                { "." }
            </p>
        </div>
    }
}
