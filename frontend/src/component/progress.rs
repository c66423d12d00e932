//! What a person sees while something takes its time: a bar, what is going on, the seconds, and a way to stop it.

use super::button::Button;
use crate::browser::document::focus_id;
use gloo_timers::callback::Interval;
use std::cell::RefCell;
use yew::prelude::*;

const CANCEL: &str = "cancel_generation";

/// Properties of [`ProgressView`].
#[derive(Properties, PartialEq)]
pub(crate) struct ProgressViewProps {
    /// Whether it is going on.
    pub(crate) going_on: bool,
    /// The name of the bar.
    pub(crate) label: AttrValue,
    /// What is read out, whenever it changes.
    pub(crate) said: AttrValue,
    /// What is shown, and not read out.
    pub(crate) phase: AttrValue,
    /// How long it takes.
    pub(crate) hint: AttrValue,
    /// The id of the button that began it. It and "Cancel" take each other's place, and with it the focus.
    pub(crate) begun_by: &'static str,
    pub(crate) cancel: Callback<()>,
    /// More below.
    #[prop_or_default]
    pub(crate) children: Html,
}

/// Says what has begun and that it has ended; the seconds between are to be seen, not heard.
#[component]
pub(crate) fn ProgressView(props: &ProgressViewProps) -> Html {
    let seconds = use_state(|| 0_u32);
    let (going_on, begun_by) = (props.going_on, props.begun_by);
    {
        let seconds = seconds.setter();
        use_effect_with(going_on, move |going_on| {
            seconds.set(0);
            let count = RefCell::new(0_u32);
            let timer = going_on.then(|| {
                Interval::new(1_000, move || {
                    *count.borrow_mut() += 1;
                    seconds.set(*count.borrow());
                })
            });
            move || drop(timer)
        });
    }
    {
        let began = use_mut_ref(|| false);
        use_effect_with(going_on, move |going_on| {
            if *going_on {
                *began.borrow_mut() = true;
                focus_id(CANCEL);
            } else if *began.borrow() {
                focus_id(begun_by);
            }
        });
    }
    html! {
        <>
            <p class="visually-hidden" role="status">{ if going_on { &*props.said } else { "" } }</p>
            if going_on {
                <div class="card progress">
                    <progress aria-label={props.label.clone()}></progress>
                    <p aria-hidden="true">{ &props.phase }</p>
                    <p class="progress__time">{ format!("{} s", *seconds) }</p>
                    <p class="quiet">{ &props.hint }</p>
                    { props.children.clone() }
                    <Button id={CANCEL} onclick={props.cancel.clone()}>{ "Cancel" }</Button>
                </div>
            }
        </>
    }
}
