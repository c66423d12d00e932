//! What is wrong with a request, as problem+json (RFC 9457).

use crate::pairing::PairingError;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::Problem;

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    WrongHost,
    OriginNotAllowed,
    OtherPerson,
    NotPaired,
    NotJson,
    Unreadable,
    PairingBusy,
    PairingRefused,
    PairingTooOften,
    PromptUnavailable,
    Busy,
    Replayed,
    NotFound,
    MethodNotAllowed,
    Storage,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::WrongHost => StatusCode::MISDIRECTED_REQUEST,
            Self::OriginNotAllowed | Self::OtherPerson | Self::PairingRefused => StatusCode::FORBIDDEN,
            Self::NotPaired => StatusCode::UNAUTHORIZED,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::PairingBusy | Self::Busy | Self::Replayed => StatusCode::CONFLICT,
            Self::PairingTooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::PromptUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Storage => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::WrongHost => "wrong-host",
            Self::OriginNotAllowed => "origin-not-allowed",
            Self::OtherPerson => "other-person",
            Self::NotPaired => "not-paired",
            Self::NotJson => "not-json",
            Self::Unreadable => "unreadable",
            Self::PairingBusy => "pairing-busy",
            Self::PairingRefused => "pairing-refused",
            Self::PairingTooOften => "pairing-too-often",
            Self::PromptUnavailable => "prompt-unavailable",
            Self::Busy => "busy",
            Self::Replayed => "replayed",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Storage => "storage",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::WrongHost => "This is not the host's address.",
            Self::OriginNotAllowed => "This site may not use the card bridge.",
            Self::OtherPerson => "The card bridge belongs to another person of this computer.",
            Self::NotPaired => "This site is not paired with the card bridge.",
            Self::NotJson => "Only application/json is read.",
            Self::Unreadable => "The request cannot be read.",
            Self::PairingBusy => "The card bridge is asking about a site already.",
            Self::PairingRefused => "The site was not allowed to use the card bridge.",
            Self::PairingTooOften => "The site asked too often.",
            Self::PromptUnavailable => "The card bridge cannot open a window on this computer.",
            Self::Busy => "The card is in use by another tab or window.",
            Self::Replayed => "This was asked for before.",
            Self::NotFound => "There is nothing here.",
            Self::MethodNotAllowed => "This cannot be done here.",
            Self::Storage => "The card bridge cannot read or keep its pairings.",
        }
    }

    /// What a person can do about it.
    fn advice(self) -> Option<&'static str> {
        match self {
            Self::OriginNotAllowed => Some(
                "Open the site over https. An administrator may have limited which sites can use the bridge.",
            ),
            Self::NotPaired => Some("Pair it, and compare the six digits."),
            Self::PairingBusy => Some("Answer its window first, then try again."),
            Self::PairingRefused => Some("If that was a mistake, pair again, and choose Allow."),
            Self::PairingTooOften => Some("Wait ten minutes, then try again."),
            Self::PromptUnavailable => Some("Install pinentry-qt, pinentry-gtk2 or zenity, then try again."),
            Self::Busy => Some("Finish or cancel what was begun there, then try again."),
            Self::Replayed => Some("Begin anew in the page."),
            Self::Storage => Some("Its log says which file; see that your home folder can be written."),
            Self::WrongHost
            | Self::OtherPerson
            | Self::NotJson
            | Self::Unreadable
            | Self::NotFound
            | Self::MethodNotAllowed => None,
        }
    }
}

impl From<PairingError> for Refusal {
    fn from(error: PairingError) -> Self {
        tracing::error!(%error, "the pairings are out of reach");
        Self::Storage
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = Problem {
            kind: format!("/problems/{}", self.slug()),
            title: self.title().to_owned(),
            status: self.status().as_u16(),
            detail: self.advice().map(str::to_owned),
            fields: Vec::new(),
        };
        let mut response = (self.status(), Json(problem)).into_response();
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
        response
    }
}

pub(super) async fn not_found() -> Refusal {
    std::future::ready(Refusal::NotFound).await
}

pub(super) async fn method_not_allowed() -> Refusal {
    std::future::ready(Refusal::MethodNotAllowed).await
}
