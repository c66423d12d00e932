//! The verdict on a request, as in the wizard.

use super::{all_tools, stays_here, tool_heading};
use crate::{
    component::request_field::RequestField,
    navigation::Link,
    route::{Route, Tool},
    wizard::activation::CheckedRequest,
};
use yew::prelude::*;

/// Field and verdict.
#[component]
pub(super) fn CsrChecker() -> Html {
    let onjudged = Callback::from(|_: Option<CheckedRequest>| ());
    html! {
        <>
            { tool_heading(Tool::CsrChecker, 0) }
            <RequestField {onjudged} />
            <p>
                { "You have no request yet? " }
                <Link to={Route::Tool(Tool::CsrGenerator)}>{ "Make one with the CSR generator" }</Link>{ "." }
            </p>
            { stays_here() }
            { all_tools() }
        </>
    }
}
