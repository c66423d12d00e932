//! Every address of the application, as a value. Pure: knows neither history nor components.

/// A step of the data or e-mail verification wizard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VerificationStep {
    /// Whether something verified is used; where there is nothing, the form.
    Start,
    /// What is verified, before it is used.
    Verified,
    /// What the person provides.
    Form,
    /// What was entered, before it is saved.
    Summary,
    /// What happens now.
    Saved,
}

/// A step of the activation wizard, in the order of the wizard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ActivationStep {
    /// What stands in the certificate.
    CertificateData,
    /// Where the key pair is made.
    GenerationMethod,
    /// The key pair is made, or a request pasted.
    KeyPair,
    /// In its place: a card makes the key pair.
    CardKeyPair,
    /// All of it, before it is submitted.
    Summary,
    /// The certificate is there.
    Submitted,
}

/// One of the Tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    CsrGenerator,
    CsrChecker,
    PfxGenerator,
    PfxInspector,
    CertificateViewer,
    KeyMatch,
}

/// A part of the application that is loaded by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Module {
    Application,
    Toolbox,
    StaffPages,
    CardPages,
}

/// An address of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Dashboard,
    SignIn,
    SignInLink {
        token: String,
    },
    Shop,
    Order {
        order_id: String,
    },
    Data {
        order_id: String,
        step: VerificationStep,
    },
    Email {
        order_id: String,
        step: VerificationStep,
    },
    Activation {
        order_id: String,
        step: ActivationStep,
    },
    Certificates,
    Certificate {
        certificate_id: String,
    },
    /// Puts the certificate onto a smart card.
    Install {
        certificate_id: String,
    },
    Confirm {
        token: String,
    },
    Verifications,
    Verification {
        order_id: String,
    },
    Inbox,
    Tools,
    Tool(Tool),
    RequiredDocuments,
    Terms,
    NotFound,
}

impl Route {
    /// Reads the path of a URL. What is no address of ours is `NotFound`.
    pub(crate) fn from_path(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        if !segments.iter().copied().all(is_plain) {
            return Self::NotFound;
        }
        match segments.as_slice() {
            [] => Self::Dashboard,
            ["sign-in"] => Self::SignIn,
            ["sign-in", token] => Self::SignInLink { token: (*token).to_owned() },
            ["shop"] => Self::Shop,
            ["orders", order_id] => Self::Order { order_id: (*order_id).to_owned() },
            ["orders", order_id, wizard, step @ ..] if step.len() <= 1 => {
                Self::from_wizard(order_id, wizard, step.first().copied().unwrap_or_default())
            }
            ["certificates"] => Self::Certificates,
            ["certificates", id] => Self::Certificate { certificate_id: (*id).to_owned() },
            ["certificates", id, "card"] => Self::Install { certificate_id: (*id).to_owned() },
            ["confirm", token] => Self::Confirm { token: (*token).to_owned() },
            ["verifications"] => Self::Verifications,
            ["verifications", order_id] => Self::Verification { order_id: (*order_id).to_owned() },
            ["inbox"] => Self::Inbox,
            ["tools"] => Self::Tools,
            ["tools", name] => Tool::from_segment(name).map_or(Self::NotFound, Self::Tool),
            ["required-documents"] => Self::RequiredDocuments,
            ["terms"] => Self::Terms,
            _ => Self::NotFound,
        }
    }

    fn from_wizard(order_id: &str, wizard: &str, step: &str) -> Self {
        let order_id = order_id.to_owned();
        let verification = VerificationStep::from_segment(step);
        match (wizard, step) {
            ("data", _) => verification.map_or(Self::NotFound, |step| Self::Data { order_id, step }),
            ("email", _) => verification.map_or(Self::NotFound, |step| Self::Email { order_id, step }),
            ("activate", "") => Self::Activation { order_id, step: ActivationStep::CertificateData },
            ("activate", "method") => Self::Activation { order_id, step: ActivationStep::GenerationMethod },
            ("activate", "key") => Self::Activation { order_id, step: ActivationStep::KeyPair },
            ("activate", "card") => Self::Activation { order_id, step: ActivationStep::CardKeyPair },
            ("activate", "summary") => Self::Activation { order_id, step: ActivationStep::Summary },
            ("activate", "submitted") => Self::Activation { order_id, step: ActivationStep::Submitted },
            _ => Self::NotFound,
        }
    }

    /// The module that has its page: going to another one loads a page. `static/boot.js` decides alike.
    pub(crate) fn module(&self) -> Module {
        match self {
            Self::Tools | Self::Tool(_) => Module::Toolbox,
            Self::Verifications | Self::Verification { .. } => Module::StaffPages,
            Self::Activation { step: ActivationStep::CardKeyPair, .. } | Self::Install { .. } => {
                Module::CardPages
            }
            _ => Module::Application,
        }
    }

    /// The path that `from_path` reads back to this route.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Dashboard => "/".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::SignInLink { token } => format!("/sign-in/{token}"),
            Self::Shop => "/shop".to_owned(),
            Self::Order { order_id } => format!("/orders/{order_id}"),
            Self::Data { order_id, step } => format!("/orders/{order_id}/data{}", step.segment()),
            Self::Email { order_id, step } => format!("/orders/{order_id}/email{}", step.segment()),
            Self::Activation { order_id, step } => format!("/orders/{order_id}/activate{}", step.segment()),
            Self::Certificates => "/certificates".to_owned(),
            Self::Certificate { certificate_id } => format!("/certificates/{certificate_id}"),
            Self::Install { certificate_id } => format!("/certificates/{certificate_id}/card"),
            Self::Confirm { token } => format!("/confirm/{token}"),
            Self::Verifications => "/verifications".to_owned(),
            Self::Verification { order_id } => format!("/verifications/{order_id}"),
            Self::Inbox => "/inbox".to_owned(),
            Self::Tools => "/tools".to_owned(),
            Self::Tool(tool) => format!("/tools/{}", tool.segment()),
            Self::RequiredDocuments => "/required-documents".to_owned(),
            Self::Terms => "/terms".to_owned(),
            Self::NotFound => "/not-found".to_owned(),
        }
    }
}

impl VerificationStep {
    /// All, in the order in which they follow.
    const ALL: [Self; 5] = [Self::Start, Self::Verified, Self::Form, Self::Summary, Self::Saved];

    fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.segment().trim_start_matches('/') == segment)
    }

    fn segment(self) -> &'static str {
        match self {
            Self::Start => "",
            Self::Verified => "/verified",
            Self::Form => "/form",
            Self::Summary => "/summary",
            Self::Saved => "/saved",
        }
    }
}

impl ActivationStep {
    fn segment(self) -> &'static str {
        match self {
            Self::CertificateData => "",
            Self::GenerationMethod => "/method",
            Self::KeyPair => "/key",
            Self::CardKeyPair => "/card",
            Self::Summary => "/summary",
            Self::Submitted => "/submitted",
        }
    }
}

impl Tool {
    /// All, in the order in which they are listed.
    pub(crate) const ALL: [Self; 6] = [
        Self::CsrGenerator,
        Self::CsrChecker,
        Self::PfxGenerator,
        Self::PfxInspector,
        Self::CertificateViewer,
        Self::KeyMatch,
    ];

    fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.segment() == segment)
    }

    fn segment(self) -> &'static str {
        match self {
            Self::CsrGenerator => "csr-generator",
            Self::CsrChecker => "csr-checker",
            Self::PfxGenerator => "pfx-generator",
            Self::PfxInspector => "pfx-inspector",
            Self::CertificateViewer => "certificate-viewer",
            Self::KeyMatch => "key-match",
        }
    }
}

/// Whether a segment can be an id, a token or a word of ours; such a segment needs no percent-encoding and
/// cannot climb to another path of the server.
fn is_plain(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::{ActivationStep, Module, Route, Tool, VerificationStep};

    fn every_route() -> Vec<Route> {
        let order_id = || "0f3a-b_C".to_owned();
        let mut routes = vec![
            Route::Dashboard,
            Route::SignIn,
            Route::SignInLink { token: "aZ09-_".to_owned() },
            Route::Shop,
            Route::Order { order_id: order_id() },
            Route::Certificates,
            Route::Certificate { certificate_id: "c1".to_owned() },
            Route::Install { certificate_id: "c1".to_owned() },
            Route::Confirm { token: "t".to_owned() },
            Route::Verifications,
            Route::Verification { order_id: order_id() },
            Route::Inbox,
            Route::Tools,
            Route::RequiredDocuments,
            Route::Terms,
            Route::NotFound,
        ];
        routes.extend(Tool::ALL.map(Route::Tool));
        routes.extend(VerificationStep::ALL.map(|step| Route::Data { order_id: order_id(), step }));
        routes.extend(VerificationStep::ALL.map(|step| Route::Email { order_id: order_id(), step }));
        routes.extend(
            [
                ActivationStep::CertificateData,
                ActivationStep::GenerationMethod,
                ActivationStep::KeyPair,
                ActivationStep::CardKeyPair,
                ActivationStep::Summary,
                ActivationStep::Submitted,
            ]
            .map(|step| Route::Activation { order_id: order_id(), step }),
        );
        routes
    }

    #[test]
    fn every_route_reads_back_from_its_own_path() {
        for route in every_route() {
            assert_eq!(Route::from_path(&route.path()), route, "{}", route.path());
        }
    }

    #[test]
    fn the_pages_for_cards_are_what_ends_with_card_and_nothing_else() {
        for route in every_route() {
            assert_eq!(route.module() == Module::CardPages, route.path().ends_with("/card"), "{route:?}");
        }
    }

    #[test]
    fn the_pages_of_the_staff_are_what_is_under_verifications_and_nothing_else() {
        for route in every_route() {
            let is_staffs = route.path().split('/').nth(1) == Some("verifications");
            assert_eq!(route.module() == Module::StaffPages, is_staffs, "{route:?}");
        }
    }

    #[test]
    fn a_slash_at_the_end_changes_nothing() {
        assert_eq!(Route::from_path("/shop/"), Route::Shop);
    }

    #[test]
    fn what_is_no_address_of_ours_is_not_found() {
        for path in [
            "/domains",
            "/tools/else",
            "/orders",
            "/orders/1/data/else",
            "/orders/1/data/summary/more",
            "/sign-in/a/b",
            "/orders/../x",
            "/orders/a%2Fb",
        ] {
            assert_eq!(Route::from_path(path), Route::NotFound, "{path}");
        }
    }
}
