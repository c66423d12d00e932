//! The page for an address where nothing is.

use crate::{
    component::{button::Emphasis, heading::PageHeading},
    navigation::Link,
    route::Route,
};
use yew::prelude::*;

/// Says that nothing is here, and where to go.
pub(crate) fn not_found() -> Html {
    html! {
        <>
            <PageHeading title="Page not found" />
            <p class="lead">{ "There is nothing at this address, or it belongs to somebody else." }</p>
            <p>{ "If you typed the address, check it. If you followed a link, it may be incomplete." }</p>
            <Link to={Route::Dashboard} class={Emphasis::Primary.classes()}>{ "Go to the dashboard" }</Link>
        </>
    }
}

/// For who is signed in and has a role without pages, such as an operator.
pub(crate) fn no_pages() -> Html {
    html! {
        <>
            <PageHeading title="Nothing to do here" />
            <p class="lead">{ "You are signed in, but your role has no pages." }</p>
            <p>{ "Operators use the command " }<code>{ "signet jobs" }</code>{ " on the server. If you expected orders or certificates, ask whoever runs it." }</p>
        </>
    }
}
