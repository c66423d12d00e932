//! The status of a step: icon and words, never colour alone.

use super::icon::{Icon, Picture};
use protocol::StepStatus;
use yew::prelude::*;

/// The words of a status.
pub(crate) fn status_text(status: StepStatus) -> &'static str {
    match status {
        StepStatus::AwaitingData => "Awaiting data",
        StepStatus::InVerification => "In verification",
        StepStatus::Verified => "Verified",
        StepStatus::NotAvailable => "Not available yet",
    }
}

/// Properties of [`StatusTag`].
#[derive(Properties, PartialEq)]
pub(crate) struct StatusTagProps {
    pub(crate) status: StepStatus,
}

/// A status as a small label.
#[component]
pub(crate) fn StatusTag(props: &StatusTagProps) -> Html {
    let (class, picture) = match props.status {
        StepStatus::AwaitingData => ("tag--todo", Picture::Pencil),
        StepStatus::InVerification => ("tag--waiting", Picture::Clock),
        StepStatus::Verified => ("tag--done", Picture::Check),
        StepStatus::NotAvailable => ("tag--off", Picture::Lock),
    };
    html! { <span class={classes!("tag", class)}><Icon {picture} />{ status_text(props.status) }</span> }
}
