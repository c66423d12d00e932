//! The live verdict on a pasted request.

use super::{
    notice::{Tone, notice, paragraph},
    summary_list::{rich_row, row},
};
use crate::{browser::words::grouped, crypto::messages::WrongRequest, wizard::activation::CheckedRequest};
use yew::prelude::*;

/// What is known about the text in the field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Judgement {
    Nothing,
    Checking,
    Correct(CheckedRequest),
    Wrong(WrongRequest),
    /// A private key was there, and is wiped.
    PrivateKey,
    /// The crypto module failed; why.
    Failed(String),
}

/// Read out politely: the region is always there, only its content changes.
pub(crate) fn verdict_view(judgement: &Judgement) -> Html {
    html! { <div role="status" class="verdict">{ content(judgement) }</div> }
}

fn content(judgement: &Judgement) -> Html {
    match judgement {
        Judgement::Nothing => Html::default(),
        Judgement::Checking => html! { <p class="quiet">{ "Checking…" }</p> },
        Judgement::Correct(request) => correct(request),
        Judgement::Wrong(wrong) => html! {
            { notice(Tone::Danger, wrong.message.clone(), html! { <><p>{ &wrong.remedy }</p>
                if let Some(place) = place(wrong) { <p class="quiet">{ place }</p> }</> }) }
        },
        Judgement::PrivateKey => notice(
            Tone::Danger,
            "That was a private key. We wiped it from the field and sent nothing.",
            paragraph(
                "A private key belongs in no web page. Treat this one as given away: make a new key pair, and paste only the request (CSR) for it.",
            ),
        ),
        Judgement::Failed(why) => {
            notice(Tone::Danger, "The request could not be checked", paragraph(why.clone()))
        }
    }
}

fn correct(request: &CheckedRequest) -> Html {
    let subject = if request.subject.is_empty() { "(empty)" } else { &request.subject };
    html! {
        { notice(Tone::Success, "Correct", html! { <><dl class="summary">
            { row("Subject in the request", subject.to_owned()) }
            { row("Key", request.key_algorithm.clone()) }
            { row("Signature", request.signature.clone()) }
            { rich_row("Public key, SHA-256", html! { <code>{ grouped(&request.public_key_sha256) }</code> }) }
        </dl>
            <p class="quiet">{ "Only the public key is taken from the request. The certificate gets the verified data." }</p>
            { for request.warnings.iter().map(|warning| html! { <p>{ warning }</p> }) }</> }) }
    }
}

fn place(wrong: &WrongRequest) -> Option<String> {
    let line = wrong.line?;
    Some(match wrong.column {
        Some(column) => format!("Line {line}, column {column}."),
        None => format!("Line {line}."),
    })
}

#[cfg(test)]
mod tests {
    use super::place;
    use crate::crypto::messages::WrongRequest;

    #[test]
    fn a_place_is_told_as_far_as_it_is_known() {
        let mut wrong = WrongRequest {
            code: "base64".to_owned(),
            message: "Wrong.".to_owned(),
            remedy: "Mend it.".to_owned(),
            line: None,
            column: Some(3),
            path: None,
            mend: None,
            private_key: false,
        };
        assert_eq!(place(&wrong), None);
        wrong.line = Some(2);
        assert_eq!(place(&wrong).as_deref(), Some("Line 2, column 3."));
        wrong.column = None;
        assert_eq!(place(&wrong).as_deref(), Some("Line 2."));
    }
}
