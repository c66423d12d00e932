//! The Tools: what people need around keys, requests and certificates, signed in or not. Nothing of it is sent anywhere.

mod asking;
mod attempt;
mod certificate_viewer;
mod csr_checker;
mod csr_generator;
mod key_match;
mod made_file;
mod pfx_generator;
mod pfx_inspector;

use crate::{
    component::{
        heading::PageHeading,
        icon::{Picture, icon},
        notice::{Tone, note, paragraph},
    },
    navigation::Link,
    page::not_found::not_found,
    route::{Route, Tool},
};
use protocol::Session;
use yew::prelude::*;

/// The line above each tool's heading.
const CAPTION: &str = "Tools";

/// The page of an address of the Tools, whoever looks at it.
pub(crate) fn page_of(route: &Route, _: &Session, _: bool) -> Html {
    match route {
        Route::Tools => html! { <Tools /> },
        Route::Tool(Tool::CsrGenerator) => html! { <csr_generator::CsrGenerator /> },
        Route::Tool(Tool::CsrChecker) => html! { <csr_checker::CsrChecker /> },
        Route::Tool(Tool::CertificateViewer) => html! { <certificate_viewer::CertificateViewer /> },
        Route::Tool(Tool::PfxGenerator) => html! { <pfx_generator::PfxGenerator /> },
        Route::Tool(Tool::PfxInspector) => html! { <pfx_inspector::PfxInspector /> },
        Route::Tool(Tool::KeyMatch) => html! { <key_match::KeyMatch /> },
        _ => not_found(),
    }
}

/// Name, picture and purpose of a tool.
fn words(tool: Tool) -> (&'static str, Picture, &'static str) {
    match tool {
        Tool::CsrGenerator => (
            "CSR generator",
            Picture::Key,
            "Make a key pair and a certificate signing request for any certification authority.",
        ),
        Tool::CsrChecker => (
            "CSR checker",
            Picture::Verification,
            "See whether a request is correct, what is in it, and what to mend.",
        ),
        Tool::PfxGenerator => (
            "PFX generator",
            Picture::Lock,
            "Put a private key, its certificate and the chain into one file that mail programs import.",
        ),
        Tool::PfxInspector => (
            "PFX inspector",
            Picture::Document,
            "See how a PFX is made and why a program refuses it; repair it, or convert it for another program.",
        ),
        Tool::CertificateViewer => (
            "Certificate viewer",
            Picture::Certificate,
            "Read any certificate: whose it is, how long it is valid, and what it may be used for.",
        ),
        Tool::KeyMatch => (
            "Key match",
            Picture::Copy,
            "See whether a private key, request, certificate or PFX belong together.",
        ),
    }
}

/// All tools, to choose from.
#[component]
fn Tools() -> Html {
    let tools = Tool::ALL.into_iter().map(|tool| {
        let (name, picture, line) = words(tool);
        html! {
            <li key={name} class="tool">
                { icon(picture) }
                <div>
                    <h2><Link to={Route::Tool(tool)}>{ name }</Link></h2>
                    <p>{ line }</p>
                </div>
            </li>
        }
    });
    html! {
        <>
            <PageHeading title="Tools" />
            <p class="lead">{ "For keys, requests and certificates of any certification authority. You need no account." }</p>
            <ul class="tools">{ for tools }</ul>
            { stays_here() }
        </>
    }
}

/// The heading of a tool and what it is for.
fn tool_heading(tool: Tool, errors: usize) -> Html {
    let (name, _, line) = words(tool);
    html! {
        <>
            <PageHeading title={name} caption={CAPTION} {errors} />
            <p class="lead">{ line }</p>
        </>
    }
}

/// The promise that the tests hold.
fn stays_here() -> Html {
    note(
        Tone::Info,
        paragraph(
            "All of it happens on this device. Nothing that you paste, choose or make here is sent anywhere, and nothing is kept: when you close the page, it is gone.",
        ),
    )
}

/// The way back to the list, below a tool.
fn all_tools() -> Html {
    html! { <p><Link to={Route::Tools}>{ "All tools" }</Link></p> }
}
