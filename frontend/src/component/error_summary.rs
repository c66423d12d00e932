//! The list of everything wrong in a form, above it. It takes the focus whenever the form was submitted in vain.

use crate::{
    browser::document::{focus, focus_id},
    wizard::FieldError,
};
use yew::prelude::*;

/// Properties of [`ErrorSummary`].
#[derive(Properties, PartialEq)]
pub(crate) struct ErrorSummaryProps {
    pub(crate) errors: Vec<FieldError>,
    /// Grows with each submission, so that the same errors take the focus again.
    pub(crate) attempt: u32,
}

/// Links to each field that is wrong; nothing when there is none.
#[component]
pub(crate) fn ErrorSummary(props: &ErrorSummaryProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((props.attempt, props.errors.is_empty()), move |(_, nothing_wrong)| {
            if !nothing_wrong {
                focus(&node);
            }
        });
    }
    if props.errors.is_empty() {
        return Html::default();
    }
    let links = props.errors.iter().map(|error| {
        let field = error.field.clone();
        let onclick = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            focus_id(&field);
        });
        html! { <li key={error.field.clone()}><a href={format!("#{}", error.field)} {onclick}>{ &error.message }</a></li> }
    });
    html! {
        <div class="notice notice--danger" role="alert" aria-labelledby="error-summary-title" tabindex="-1" ref={node}>
            <div>
                <h2 id="error-summary-title" class="notice__title">{ "There is a problem" }</h2>
                <ul class="plain">{ for links }</ul>
            </div>
        </div>
    }
}
