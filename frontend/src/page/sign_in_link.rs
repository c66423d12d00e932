//! The page behind a sign-in link. Opening it does nothing: a scanner of links must not sign in.

use crate::{
    api,
    app::use_session,
    component::{
        button::{Button, Emphasis},
        failure::notice_of,
        heading::PageHeading,
    },
    navigation::{Link, use_navigator},
    route::Route,
    submission::use_submission,
};
use yew::prelude::*;

/// Properties of [`SignInLink`].
#[derive(Properties, PartialEq)]
pub(crate) struct SignInLinkProps {
    /// The value in the link.
    pub(crate) token: AttrValue,
}

/// Signs in by a button.
#[component]
pub(crate) fn SignInLink(props: &SignInLinkProps) -> Html {
    let (session, navigator, submission) = (use_session(), use_navigator(), use_submission());
    let onclick = {
        let (submission, token) = (submission.clone(), props.token.clone());
        Callback::from(move |()| {
            let (put, navigator) = (session.put.clone(), navigator.clone());
            submission.run(api::sign_in(token.to_string()), move |session| {
                put.emit(session);
                // The link is used: the back button must not lead to it.
                navigator.replace(Route::Dashboard);
            });
        })
    };
    let is_dead =
        submission.failure().and_then(|error| error.slug()).is_some_and(|slug| slug.starts_with("link-"));
    html! {
        <div class="alone">
            { notice_of(submission.failure()) }
            <PageHeading title="Sign in" />
            if is_dead {
                <Link to={Route::SignIn} class={Emphasis::Primary.classes()}>{ "Ask for a new link" }</Link>
            } else {
                <p class="lead">{ "Press the button to sign in on this device." }</p>
                <div class="card">
                    <Button emphasis={Emphasis::Primary} readiness={submission.readiness()} {onclick}>{ "Sign in" }</Button>
                    <p class="quiet">{ "If you did not ask for this link, close this page. Nothing happens then." }</p>
                </div>
            }
        </div>
    }
}
