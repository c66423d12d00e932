//! Names and values, such as what was entered or what stands in a certificate: rows of a `dl` with class `summary`.

use crate::{navigation::Link, route::Route};
use yew::prelude::*;

/// A name and its value.
pub(crate) fn row(name: impl Into<AttrValue>, value: impl Into<AttrValue>) -> Html {
    let value: AttrValue = value.into();
    rich_row(name, html! { { value } })
}

/// A name and a value that is more than text.
pub(crate) fn rich_row(name: impl Into<AttrValue>, value: Html) -> Html {
    let name: AttrValue = name.into();
    html! { <div class="summary__row"><dt>{ name }</dt><dd>{ value }</dd></div> }
}

/// A part of what was entered, with a link to edit it.
pub(crate) fn summary_section(title: &'static str, edit: &Route, rows: Html) -> Html {
    html! {
        <section class="summary-section">
            <div class="summary-section__head">
                <h2>{ title }</h2>
                <Link to={edit.clone()}>
                    { "Edit" }<span class="visually-hidden">{ format!(" {}", title.to_lowercase()) }</span>
                </Link>
            </div>
            <dl class="summary">{ rows }</dl>
        </section>
    }
}
