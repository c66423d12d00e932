//! The status of a step: icon and words, never colour alone.

use super::icon::{Picture, icon};
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

/// A status as a small label.
pub(crate) fn status_tag(status: StepStatus) -> Html {
    let (class, picture) = match status {
        StepStatus::AwaitingData => ("tag tag--todo", Picture::Pencil),
        StepStatus::InVerification => ("tag tag--waiting", Picture::Clock),
        StepStatus::Verified => ("tag tag--done", Picture::Check),
        StepStatus::NotAvailable => ("tag tag--off", Picture::Lock),
    };
    html! { <span {class}>{ icon(picture) }{ status_text(status) }</span> }
}
