//! Names and values, such as what was entered or what stands in a certificate.

use crate::{navigation::Link, route::Route};
use yew::prelude::*;

/// Properties of [`SummaryList`].
#[derive(Properties, PartialEq)]
pub(crate) struct SummaryListProps {
    /// Rows made by [`row`].
    pub(crate) children: Html,
}

/// A list of names and values.
#[component]
pub(crate) fn SummaryList(props: &SummaryListProps) -> Html {
    html! { <dl class="summary">{ props.children.clone() }</dl> }
}

/// A name and its value.
pub(crate) fn row(name: impl Into<AttrValue>, value: impl Into<AttrValue>) -> Html {
    let (name, value) = (name.into(), value.into());
    html! { <div class="summary__row"><dt>{ name }</dt><dd>{ value }</dd></div> }
}

/// A name and a value that is more than text.
pub(crate) fn rich_row(name: impl Into<AttrValue>, value: Html) -> Html {
    let name = name.into();
    html! { <div class="summary__row"><dt>{ name }</dt><dd>{ value }</dd></div> }
}

/// Properties of [`SummarySection`].
#[derive(Properties, PartialEq)]
pub(crate) struct SummarySectionProps {
    pub(crate) title: AttrValue,
    /// Where it can be edited.
    pub(crate) edit: Route,
    /// Rows made by [`row`].
    pub(crate) children: Html,
}

/// A part of what was entered, with a link to edit it.
#[component]
pub(crate) fn SummarySection(props: &SummarySectionProps) -> Html {
    html! {
        <section class="summary-section">
            <div class="summary-section__head">
                <h2>{ &props.title }</h2>
                <Link to={props.edit.clone()}>
                    { "Edit" }<span class="visually-hidden">{ format!(" {}", props.title.to_lowercase()) }</span>
                </Link>
            </div>
            <SummaryList>{ props.children.clone() }</SummaryList>
        </section>
    }
}
