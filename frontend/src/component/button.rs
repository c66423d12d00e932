//! Buttons.

use yew::prelude::*;

/// How much a button stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Emphasis {
    /// The one thing to do next on a view.
    Primary,
    #[default]
    Secondary,
    /// Looks like a link.
    Quiet,
    /// Takes something away.
    Danger,
}

impl Emphasis {
    /// The classes of a button or of a link that looks like one.
    pub(crate) fn classes(self) -> Classes {
        match self {
            Self::Primary => classes!("button", "button--primary"),
            Self::Secondary => classes!("button"),
            Self::Quiet => classes!("button", "button--quiet"),
            Self::Danger => classes!("button", "button--danger"),
        }
    }
}

/// Whether a button can be used now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Readiness {
    #[default]
    Ready,
    /// What it started is still going on.
    Busy,
}

impl Readiness {
    /// Busy while something goes on.
    pub(crate) fn busy_while(going_on: bool) -> Self {
        if going_on { Self::Busy } else { Self::Ready }
    }
}

/// Properties of [`Button`].
#[derive(Properties, PartialEq)]
pub(crate) struct ButtonProps {
    #[prop_or_default]
    pub(crate) emphasis: Emphasis,
    #[prop_or_default]
    pub(crate) readiness: Readiness,
    /// Where the focus can be sent.
    #[prop_or_default]
    pub(crate) id: Option<AttrValue>,
    /// What it does; without it the button submits its form.
    #[prop_or_default]
    pub(crate) onclick: Option<Callback<()>>,
    /// The id of what says more about it.
    #[prop_or_default]
    pub(crate) describedby: Option<AttrValue>,
    pub(crate) children: Html,
}

/// A button. While busy it keeps the focus and does nothing, so that a second click does not act twice.
#[component]
pub(crate) fn Button(props: &ButtonProps) -> Html {
    let busy = props.readiness == Readiness::Busy;
    let kind = if props.onclick.is_some() { "button" } else { "submit" };
    let onclick = {
        let action = props.onclick.clone();
        Callback::from(move |event: MouseEvent| {
            if busy {
                event.prevent_default();
            } else if let Some(action) = &action {
                action.emit(());
            }
        })
    };
    html! {
        <button type={kind} id={props.id.clone()} class={props.emphasis.classes()} aria-disabled={busy.then_some("true")}
            aria-describedby={props.describedby.clone()} {onclick}>
            { props.children.clone() }
        </button>
    }
}
