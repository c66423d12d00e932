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
