use serde::{Deserialize, Serialize};

/// Asks for a sign-in link by e-mail. The answer never tells whether an account exists.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// Where the link is sent.
    pub email: String,
}

/// Opens a session with the value of a sign-in link.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// The value from the link.
    pub token: String,
}

impl std::fmt::Debug for SessionRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SessionRequest")
    }
}

/// What a person may do.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Orders certificates, provides data, activates.
    Customer,
    /// Reads evidence, approves or refuses organization data.
    ValidationSpecialist,
}

/// A signed-in person.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's id.
    pub id: String,
    /// The address that signs in.
    pub email: String,
    /// What the person may do.
    pub role: Role,
}

/// What this server is, the same for everybody.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// The product's name, from the configuration.
    pub product_name: String,
    /// Whether this is a demonstration: its certificates are worthless, and every page says so.
    pub demonstration: bool,
    /// Whether outgoing mail is shown at `/inbox`.
    pub inbox: bool,
    /// Organizations to try the search of the register with; only a demonstration's register has any.
    #[serde(default)]
    pub register_examples: Vec<RegisterExample>,
    /// Where people get the card bridge; without it no page offers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_bridge_download: Option<String>,
}

/// An organization that the demonstration's register knows, and the number that finds it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterExample {
    /// The legal name.
    pub organization: String,
    /// Its Legal Entity Identifier.
    pub lei: String,
}

/// The answer to `GET /api/session`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The person, when signed in.
    pub account: Option<Account>,
    /// The server.
    pub instance: Instance,
}
