//! Any certificate, read while the person looks on.

use super::{
    all_tools,
    asking::{Standing, unix_now, use_asking},
    stays_here, tool_heading,
};
use crate::{
    component::{
        material::{MaterialChange, MaterialField},
        notice::{Tone, note},
        report::report_view,
    },
    crypto::tools::{ToolAnswer, ToolTask},
    route::Tool,
};
use yew::prelude::*;

/// Field and findings.
#[component]
pub(super) fn CertificateViewer() -> Html {
    let asking = use_asking();
    let onchange = {
        let asking = asking.clone();
        Callback::from(move |change: MaterialChange| {
            asking.changed(change, |input| ToolTask::Certificates { input, now: unix_now() });
        })
    };
    let findings = match &*asking.standing {
        Standing::Nothing => Html::default(),
        Standing::GoingOn => html! { <p class="quiet">{ "Reading…" }</p> },
        Standing::Refused(problem) => note(
            Tone::Danger,
            html! {
                <>
                    <p>{ &problem.message }</p>
                    if problem.is_private { <p>{ "We wiped it from the field and sent nothing." }</p> }
                </>
            },
        ),
        Standing::Answered(answer) => match &**answer {
            ToolAnswer::Report(report) => report_view(report),
            _ => Html::default(),
        },
    };
    html! {
        <>
            { tool_heading(Tool::CertificateViewer, 0) }
            <div class="card">
                <MaterialField id="certificate" label="Certificate" material={asking.material.clone()} {onchange}
                    accept=".pem,.cer,.crt,.der,.p7b,.p7c,.txt"
                    hint="It begins with -----BEGIN CERTIFICATE-----. Several one after another are read too." />
            </div>
            <div role="status" class="findings">{ findings }</div>
            { stays_here() }
            { all_tools() }
        </>
    }
}
