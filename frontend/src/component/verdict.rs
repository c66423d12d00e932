//! The live verdict on a pasted request.

use super::{
    button::Button,
    notice::{Tone, note, notice, paragraph},
    summary_list::{rich_row, row},
};
use crate::{
    browser::words::grouped,
    crypto::messages::{Difference, RequestedExtension, WrongRequest},
    wizard::activation::CheckedRequest,
};
use yew::prelude::*;

/// How much of a line is shown on each side of what is wrong in it. Our choice: it fits the narrowest screen.
const SHOWN_AROUND_CHARACTERS: usize = 24;

/// What is known about the text in the field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Judgement {
    Nothing,
    Checking,
    Correct(CheckedRequest),
    /// With the place in the text, when it has one.
    Wrong(WrongRequest, Option<Excerpt>),
    /// A private key was there, and is wiped.
    PrivateKey {
        /// A sentence about its kind, once it is known.
        kind: Option<String>,
    },
    /// The crypto module failed; why.
    Failed(String),
}

/// What is wrong in a line of the text, and what stands before and after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    before: String,
    marked: String,
    after: String,
}

impl Excerpt {
    /// The place in this text; none when the verdict names none, or the text has no such line. Without a column the whole
    /// line is marked.
    pub(crate) fn of(text: &str, wrong: &WrongRequest) -> Option<Self> {
        let line = text.split('\n').nth(wrong.line?.checked_sub(1)?)?.trim_end_matches('\r');
        let characters: Vec<char> = line.chars().collect();
        let Some(index) = wrong.column.and_then(|column| column.checked_sub(1)) else {
            let marked = characters.iter().take(SHOWN_AROUND_CHARACTERS).collect();
            return Some(Self { before: String::new(), marked, after: String::new() });
        };
        let (before, rest) = characters.split_at_checked(index)?;
        let (marked, after) = rest.split_first().map_or_else(
            || ("(end of the line)".to_owned(), rest),
            |(first, after)| {
                (if first.is_whitespace() { "(space)".to_owned() } else { first.to_string() }, after)
            },
        );
        let before = before.iter().skip(before.len().saturating_sub(SHOWN_AROUND_CHARACTERS)).collect();
        Some(Self { before, marked, after: after.iter().take(SHOWN_AROUND_CHARACTERS).collect() })
    }
}

/// Read out politely: the region is always there, only its content changes. `onmend` takes the mended text.
pub(crate) fn verdict_view(judgement: &Judgement, onmend: &Callback<String>) -> Html {
    html! { <div role="status" class="verdict">{ content(judgement, onmend) }</div> }
}

fn content(judgement: &Judgement, onmend: &Callback<String>) -> Html {
    match judgement {
        Judgement::Nothing => Html::default(),
        Judgement::Checking => html! { <p class="quiet">{ "Checking…" }</p> },
        Judgement::Correct(request) => correct(request),
        Judgement::Wrong(wrong, excerpt) => {
            notice(Tone::Danger, wrong.message.clone(), what_to_do(wrong, excerpt.as_ref(), onmend))
        }
        Judgement::PrivateKey { kind } => notice(
            Tone::Danger,
            "That was a private key. We wiped it from the field and sent nothing.",
            html! { <>
                if let Some(kind) = kind { <p>{ kind }</p> }
                <p>{ "A private key belongs in no web page. Treat this one as given away: make a new key pair, and paste only the request (CSR) for it." }</p>
            </> },
        ),
        Judgement::Failed(why) => {
            notice(Tone::Danger, "The request could not be checked", paragraph(why.clone()))
        }
    }
}

fn what_to_do(wrong: &WrongRequest, excerpt: Option<&Excerpt>, onmend: &Callback<String>) -> Html {
    html! {
        <>
            <p>{ &wrong.remedy }</p>
            if let Some(place) = place(wrong) {
                <p class="quiet">{ place }
                    if let Some(Excerpt { before, marked, after }) = excerpt {
                        { " " }<code>{ before }<mark>{ marked }</mark>{ after }</code>
                    }
                </p>
            }
            if let Some(mend) = &wrong.mend {
                <Button onclick={onmend.reform({ let text = mend.text.clone(); move |()| text.clone() })}>{ &mend.label }</Button>
            }
        </>
    }
}

fn correct(request: &CheckedRequest) -> Html {
    let subject = if request.subject.is_empty() { "(empty)" } else { &request.subject };
    let attributes = request.subject_attributes.iter().map(|(label, value)| {
        html! { <li>{ format!("{label}: ") }<strong>{ value }</strong></li> }
    });
    let subject = if request.subject_attributes.is_empty() {
        html! { { subject } }
    } else {
        html! { <ul class="plain">{ for attributes }</ul> }
    };
    html! {
        <>
            { notice(Tone::Success, "Correct", html! { <><dl class="summary">
                { rich_row("Subject in the request", subject) }
                { row("Key", request.key_algorithm.clone()) }
                { row("Signature", request.signature.clone()) }
                { rich_row("Public key, SHA-256", html! { <code>{ grouped(&request.public_key_sha256) }</code> }) }
                if !request.requested_extensions.is_empty() {
                    { rich_row("The request asks for", extensions(&request.requested_extensions)) }
                }
            </dl>
                <p class="quiet">{ what_is_taken(&request.ignored_parts) }</p>
                { for request.warnings.iter().map(|warning| html! { <p>{ warning }</p> }) }</> }) }
            if !request.differences.is_empty() { { differences(&request.differences) } }
        </>
    }
}

fn extensions(extensions: &[RequestedExtension]) -> Html {
    let lines = extensions.iter().map(|extension| {
        let critical = if extension.critical { " (critical)" } else { "" };
        html! { <li>{ format!("{}{critical}: {}", extension.name, extension.value) }</li> }
    });
    html! { <ul class="plain">{ for lines }</ul> }
}

/// What becomes of the request's parts.
fn what_is_taken(ignored_parts: &[String]) -> String {
    let taken = "Only the public key is taken from the request. The certificate gets the verified data.";
    if ignored_parts.is_empty() {
        return taken.to_owned();
    }
    format!("{taken} Not taken: {}.", ignored_parts.join(", "))
}

/// Good to know and nothing to mend: the certificate says what was verified.
fn differences(differences: &[Difference]) -> Html {
    let lines = differences.iter().map(|Difference { field, in_request, in_certificate }| {
        let certificate = match in_certificate {
            Some(value) => format!("the certificate will say “{value}”"),
            None => "the certificate will not have this field".to_owned(),
        };
        html! { <li>{ format!("{field}: the request says “{in_request}”, {certificate}.") }</li> }
    });
    note(
        Tone::Info,
        html! { <><p>{ "The request says something else than your certificate data. That does no harm." }</p><ul class="plain">{ for lines }</ul></> },
    )
}

fn place(wrong: &WrongRequest) -> Option<String> {
    match (wrong.line, wrong.column, &wrong.path) {
        (Some(line), Some(column), _) => Some(format!("Line {line}, column {column}.")),
        (Some(line), None, _) => Some(format!("Line {line}.")),
        (None, _, Some(path)) => Some(format!("The part that is wrong: {path}.")),
        (None, _, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, place, what_is_taken};
    use crate::crypto::messages::WrongRequest;

    fn wrong(line: Option<usize>, column: Option<usize>) -> WrongRequest {
        WrongRequest {
            code: "base64".to_owned(),
            message: "Wrong.".to_owned(),
            remedy: "Mend it.".to_owned(),
            line,
            column,
            path: None,
            mend: None,
            private_key: false,
        }
    }

    #[test]
    fn a_place_is_told_as_far_as_it_is_known() {
        assert_eq!(place(&wrong(None, Some(3))), None);
        assert_eq!(place(&wrong(Some(2), Some(3))).as_deref(), Some("Line 2, column 3."));
        assert_eq!(place(&wrong(Some(2), None)).as_deref(), Some("Line 2."));
        let in_structure =
            WrongRequest { path: Some("certificationRequestInfo.version".to_owned()), ..wrong(None, None) };
        let told = place(&in_structure);
        assert_eq!(told.as_deref(), Some("The part that is wrong: certificationRequestInfo.version."));
    }

    #[test]
    fn the_wrong_character_is_marked_in_its_line() {
        let excerpt = |line, column| {
            let Excerpt { before, marked, after } =
                Excerpt::of("first\r\nMIIą*BC\n", &wrong(Some(line), column))?;
            Some((before, marked, after))
        };
        let parts =
            |before: &str, marked: &str, after: &str| Some((before.into(), marked.into(), after.into()));
        assert_eq!(excerpt(2, Some(5)), parts("MIIą", "*", "BC"));
        assert_eq!(excerpt(1, Some(6)), parts("first", "(end of the line)", ""));
        assert_eq!(excerpt(1, None), parts("", "first", ""));
        assert_eq!(excerpt(2, Some(99)), None);
        assert_eq!(excerpt(9, Some(1)), None);
        assert_eq!(excerpt(0, Some(0)), None);
    }

    #[test]
    fn a_long_line_is_cut_around_what_is_wrong() {
        let line = format!("{}!{}", "a".repeat(500), "b".repeat(500));
        let excerpt = Excerpt::of(&line, &wrong(Some(1), Some(501))).unwrap();
        assert_eq!((excerpt.before.len(), excerpt.marked.as_str(), excerpt.after.len()), (24, "!", 24));
    }

    #[test]
    fn what_is_not_taken_is_named() {
        let parts = ["Subject".to_owned(), "Key usage".to_owned()];
        assert!(what_is_taken(&parts).ends_with("Not taken: Subject, Key usage."));
        assert!(!what_is_taken(&[]).contains("Not taken"));
    }
}
