//! What stands on a page while its content is not there, or cannot come.

use super::{
    button::{Button, Emphasis},
    heading::PageHeading,
    notice::{Notice, Tone},
};
use crate::{
    api::{Advice, ApiError},
    loading::{Content, Loaded},
    page::{not_found::NotFound, sign_in::SignIn},
};
use yew::prelude::*;

/// The content when it is there; otherwise what takes its place.
pub(crate) fn view<T>(loaded: &Loaded<T>, ready: impl FnOnce(&T) -> Html) -> Html {
    match &loaded.content {
        Content::Loading => html! { <p class="loading" role="status">{ "Loading…" }</p> },
        Content::Ready(content) => ready(content),
        Content::Failed(error) if error.is_signed_out() => html! { <SignIn session_ended=true /> },
        Content::Failed(error) if error.is_not_found() => html! { <NotFound /> },
        Content::Failed(error) => html! { <Failure error={error.clone()} retry={loaded.reload.clone()} /> },
    }
}

/// Properties of [`Failure`].
#[derive(Properties, PartialEq)]
pub(crate) struct FailureProps {
    pub(crate) error: ApiError,
    pub(crate) retry: Callback<()>,
}

/// A whole page that says what failed.
#[component]
pub(crate) fn Failure(props: &FailureProps) -> Html {
    let advice = Advice::from(&props.error);
    html! {
        <>
            <PageHeading title="This page cannot be shown" />
            <p class="lead">{ advice.what }</p>
            <p>{ advice.next }</p>
            <Button emphasis={Emphasis::Primary} onclick={props.retry.clone()}>{ "Try again" }</Button>
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
    html! { <Notice tone={Tone::Danger} title={advice.what} role="alert"><p>{ advice.next }</p></Notice> }
}
