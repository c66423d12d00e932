//! What a person reads when a request fails: what happened, and what to do next.

use super::ApiError;

/// One sentence that says what happened, and one that says what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advice {
    pub(crate) what: String,
    pub(crate) next: String,
}

impl Advice {
    fn new(what: &str, next: &str) -> Self {
        Self { what: what.to_owned(), next: next.to_owned() }
    }
}

impl From<&ApiError> for Advice {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::Unreachable => Self::new(
                "The server cannot be reached.",
                "Check your connection and try again. What you entered is still here.",
            ),
            ApiError::Unreadable { .. } => Self::new(
                "The server gave an answer that this page cannot read.",
                "Reload the page. If it happens again, try later.",
            ),
            ApiError::Problem(problem) => match known(problem.slug()) {
                Some((what, next)) => Self::new(what, next),
                None => Self::new(
                    &problem.title,
                    problem.detail.as_deref().unwrap_or("Try again. If it happens again, try later."),
                ),
            },
        }
    }
}

/// The sentences for the problems that we know more about than the server: where on the page to go next.
/// A slug that is not here is told in the server's own words.
fn known(slug: &str) -> Option<(&'static str, &'static str)> {
    let advice = match slug {
        "link-used" => ("This link was used already.", "A link works once. Ask for a new one."),
        "link-expired" => ("This link has expired.", "Ask for a new one."),
        "link-superseded" => (
            "A newer message was sent, so this link does not work any more.",
            "Use the link in the newest message.",
        ),
        "link-unknown" => (
            "This link is not known here.",
            "Copy the whole address from the message, or ask for a new link.",
        ),
        "already-verified" => {
            ("This step is verified already.", "Nothing more to do here. Go back to the order.")
        }
        "organization-not-verified" => (
            "The organization is not verified any more: its time has run out meanwhile.",
            "Provide the data, so that it is verified again. Nothing that you entered is lost.",
        ),
        "mailbox-not-verified" => (
            "The address is not verified any more: its time has run out meanwhile.",
            "Provide an e-mail address, the same or another one: we send a message to it.",
        ),
        "claim-changed" => (
            "The data do not wait for this decision any more: somebody decided, or the customer changed them.",
            "Reload the page to see which.",
        ),
        "steps-missing" => (
            "The certificate cannot be activated yet.",
            "First the organization's data and the e-mail address must both be verified.",
        ),
        "other-key" => (
            "This order already has a certificate for another key.",
            "Open the order to see its certificate. For another key, order another certificate.",
        ),
        "not-signed-in" => {
            ("You are not signed in any more.", "Sign in again. What you entered is still here.")
        }
        "not-found" => ("There is nothing here, or it is not yours.", "Go back to the dashboard."),
        "cross-site" => ("The server did not accept the request.", "Reload the page and try again."),
        _ => return None,
    };
    Some(advice)
}

#[cfg(test)]
mod tests {
    use super::{Advice, known};
    use crate::api::ApiError;
    use protocol::Problem;

    fn problem(slug: &str) -> ApiError {
        ApiError::Problem(Problem {
            kind: format!("/problems/{slug}"),
            title: "The server's title.".to_owned(),
            status: 409,
            detail: Some("The server's advice.".to_owned()),
            fields: Vec::new(),
        })
    }

    #[test]
    fn a_known_slug_has_one_sentence_and_one_next_step() {
        for slug in [
            "link-used",
            "link-expired",
            "link-superseded",
            "link-unknown",
            "already-verified",
            "organization-not-verified",
            "mailbox-not-verified",
            "claim-changed",
            "steps-missing",
            "other-key",
            "not-signed-in",
            "not-found",
            "cross-site",
        ] {
            let advice = Advice::from(&problem(slug));
            assert_eq!(known(slug), Some((advice.what.as_str(), advice.next.as_str())), "{slug}");
            assert!(advice.what.ends_with('.') && advice.next.ends_with('.'), "{slug}");
        }
    }

    #[test]
    fn an_unknown_slug_is_told_in_the_servers_words_and_never_shown_itself() {
        let advice = Advice::from(&problem("request-signature-invalid"));
        assert_eq!(advice.what, "The server's title.");
        assert_eq!(advice.next, "The server's advice.");
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_told_without_blame() {
        assert!(Advice::from(&ApiError::Unreachable).next.contains("connection"));
    }
}
