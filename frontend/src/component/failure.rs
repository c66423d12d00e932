//! What stands on a page while its content is not there, or cannot come.

use super::{
    button::{Button, Emphasis},
    heading::PageHeading,
    notice::{Tone, notice, paragraph},
};
use crate::{
    api::{Advice, ApiError},
    app::use_session,
    loading::{Content, Loaded},
    page::not_found::not_found,
};
use yew::prelude::*;

/// The content when it is there; otherwise what takes its place.
pub(crate) fn view<T>(loaded: &Loaded<T>, ready: impl FnOnce(&T) -> Html) -> Html {
    match &loaded.content {
        Content::Loading => html! { <p class="loading" role="status">{ "Loading…" }</p> },
        Content::Ready(content) => ready(content),
        Content::Failed(error) if error.is_signed_out() => html! { <SignedOut /> },
        Content::Failed(error) if error.is_not_found() => not_found(),
        Content::Failed(error) => failure(error, &loaded.reload),
    }
}

/// Ends the session, which then shows the page for signing in.
#[component]
fn SignedOut() -> Html {
    let session = use_session();
    use_effect_with((), move |()| session.end.emit(()));
    Html::default()
}

/// A way to sign in again without losing what a wizard has kept.
#[component]
fn SignInAgain() -> Html {
    let session = use_session();
    html! { <Button onclick={session.end.clone()}>{ "Sign in again" }</Button> }
}

/// A whole page that says what failed.
pub(crate) fn failure(error: &ApiError, retry: &Callback<()>) -> Html {
    let advice = Advice::from(error);
    html! {
        <>
            <PageHeading title="This page cannot be shown" />
            <p class="lead">{ advice.what }</p>
            <p>{ advice.next }</p>
            <Button emphasis={Emphasis::Primary} onclick={retry.clone()}>{ "Try again" }</Button>
        </>
    }
}

/// What went wrong with something the person did, above the form; nothing when nothing did.
pub(crate) fn notice_of(error: Option<&ApiError>) -> Html {
    let Some(error) = error else { return Html::default() };
    if !error.field_errors().is_empty() {
        // The error summary tells them one by one.
        return Html::default();
    }
    let advice = Advice::from(error);
    let body = html! {
        <>
            { paragraph(advice.next) }
            if error.is_signed_out() { <SignInAgain /> }
        </>
    };
    html! { <div role="alert">{ notice(Tone::Danger, advice.what, body) }</div> }
}
