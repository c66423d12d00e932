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

/// What a person may do, on which side. One person may have several roles.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Orders for a customer, provides its data, sees all its certificates.
    CustomerAdministrator,
    /// Proves a mailbox, makes a key and activates; sees the own certificates only.
    CustomerHolder,
    /// Manages a partner, and does what its members do.
    PartnerAdministrator,
    /// Orders for the partner's customers and provides their data.
    PartnerMember,
    /// Decides on organizations.
    ValidationSpecialist,
    /// Runs the server: accounts, jobs, settings.
    Operator,
    /// Reads everything and changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CustomerAdministrator,
        Self::CustomerHolder,
        Self::PartnerAdministrator,
        Self::PartnerMember,
        Self::ValidationSpecialist,
        Self::Operator,
        Self::Auditor,
    ];
}

/// A company, or a person, that certificates are for.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The customer's id.
    pub id: String,
    /// The name that people call it by.
    pub name: String,
}

/// A signed-in person.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's id.
    pub id: String,
    /// The address that signs in.
    pub email: String,
    /// What the person may do: for the customer that is acted for, and as staff of the CA.
    pub roles: Vec<Role>,
    /// The customer that the person acts for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts_for: Option<Customer>,
}

impl Account {
    /// Whether the person orders, or has orders, for a customer.
    #[must_use]
    pub fn is_of_a_customer(&self) -> bool {
        self.acts_for.is_some()
    }

    /// Whether the person has this role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
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
