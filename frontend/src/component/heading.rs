//! The heading of a view: takes the focus when the view appears, and names the tab.

use crate::{
    app::use_session,
    browser::document::{focus, scroll_to_top, set_title},
};
use yew::prelude::*;

/// Properties of [`PageHeading`].
#[derive(Properties, PartialEq)]
pub(crate) struct PageHeadingProps {
    pub(crate) title: AttrValue,
    /// A line above the title: where in a whole this view is.
    #[prop_or_default]
    pub(crate) caption: Option<AttrValue>,
    /// How many errors the form below has; the tab says so.
    #[prop_or_default]
    pub(crate) errors: usize,
}

/// The only `h1` of a view.
#[component]
pub(crate) fn PageHeading(props: &PageHeadingProps) -> Html {
    let node = use_node_ref();
    let product = use_session().instance.product_name.clone();
    {
        let node = node.clone();
        use_effect_with((props.title.clone(), props.caption.clone()), move |_| {
            focus(&node);
            scroll_to_top();
        });
    }
    use_effect_with((props.title.clone(), props.errors, product), |(title, errors, product)| {
        let prefix = if *errors > 0 { "Error: " } else { "" };
        set_title(&format!("{prefix}{title} – {product}"));
    });
    html! {
        <div class="heading">
            if let Some(caption) = &props.caption {
                <p class="heading__caption">{ caption }</p>
            }
            <h1 ref={node} tabindex="-1">{ &props.title }</h1>
        </div>
    }
}
