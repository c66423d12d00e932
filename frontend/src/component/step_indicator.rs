//! Where in a wizard the person is.

use super::icon::{Icon, Picture};
use std::cmp::Ordering;
use yew::prelude::*;

/// Properties of [`StepIndicator`].
#[derive(Properties, PartialEq)]
pub(crate) struct StepIndicatorProps {
    /// The names of the steps.
    pub(crate) steps: &'static [&'static str],
    /// The index of the present one; the number of steps when all are done.
    pub(crate) present: usize,
}

/// All steps of a wizard as a list; each says whether it is completed.
#[component]
pub(crate) fn StepIndicator(props: &StepIndicatorProps) -> Html {
    let steps = props.steps.iter().enumerate().map(|(index, name)| {
        let (class, said) = match index.cmp(&props.present) {
            Ordering::Less => ("steps__step steps__step--done", "Completed: "),
            Ordering::Equal => ("steps__step steps__step--present", ""),
            Ordering::Greater => ("steps__step", "Not completed: "),
        };
        html! {
            <li key={*name} {class} aria-current={(index == props.present).then_some("step")}>
                <span class="steps__mark" aria-hidden="true">
                    if index < props.present { <Icon picture={Picture::Check} /> } else { { index + 1 } }
                </span>
                <span class="steps__name"><span class="visually-hidden">{ said }</span>{ *name }</span>
            </li>
        }
    });
    html! { <ol class="steps" aria-label="Steps">{ for steps }</ol> }
}
