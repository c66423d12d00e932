//! Where in a wizard the person is.

use super::icon::{Picture, icon};
use std::cmp::Ordering;
use yew::prelude::*;

/// All steps of a wizard as a list; each says whether it is completed. `present` is the index of the present one, or
/// the number of steps when all are done.
pub(crate) fn step_indicator(steps: &'static [&'static str], present: usize) -> Html {
    let steps = steps.iter().enumerate().map(|(index, name)| {
        let (class, said) = match index.cmp(&present) {
            Ordering::Less => ("steps__step steps__step--done", "Completed: "),
            Ordering::Equal => ("steps__step steps__step--present", ""),
            Ordering::Greater => ("steps__step", "Not completed: "),
        };
        html! {
            <li key={*name} {class} aria-current={(index == present).then_some("step")}>
                <span class="steps__mark" aria-hidden="true">
                    if index < present { { icon(Picture::Check) } } else { { index + 1 } }
                </span>
                <span class="steps__name"><span class="visually-hidden">{ said }</span>{ *name }</span>
            </li>
        }
    });
    html! { <ol class="steps" aria-label="Steps">{ for steps }</ol> }
}
