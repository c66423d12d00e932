//! What a person may want to know about a request that is correct.

/// Something that changes nothing, and may surprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The request holds a challenge password.
    ChallengePassword,
    /// The request asks for extensions, which are not used.
    ExtensionsIgnored,
    /// The request names a subject, which is not used.
    SubjectIgnored,
}

impl Warning {
    /// All.
    pub const ALL: [Self; 3] = [Self::ChallengePassword, Self::ExtensionsIgnored, Self::SubjectIgnored];

    /// Its stable code in kebab-case.
    pub fn code(self) -> &'static str {
        match self {
            Self::ChallengePassword => "challenge-password",
            Self::ExtensionsIgnored => "extensions-ignored",
            Self::SubjectIgnored => "subject-ignored",
        }
    }

    /// What the person may want to know, as a sentence.
    pub fn message(self) -> &'static str {
        match self {
            Self::ChallengePassword => {
                "The request holds a challenge password. It is not used here; anybody who has the request can read it."
            }
            Self::ExtensionsIgnored => {
                "The request asks for certificate extensions. They are not used: the certificate follows its own profile."
            }
            Self::SubjectIgnored => {
                "The names in the request are not used: the certificate names the verified organization and address."
            }
        }
    }
}
