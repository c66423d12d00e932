use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Names the mailbox of step 2; a message with a link goes there.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxRequest {
    /// The address.
    pub email: String,
}

/// A verified mailbox that any order of the same holder at the same customer may use.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedMailbox {
    /// The mailbox's id.
    pub id: String,
    /// Byte for byte as certificates have it.
    pub email: String,
    /// From this moment on it must be verified again (S/MIME BR §4.2.1).
    pub verified_until: Timestamp,
}

/// Uses a verified mailbox for an order, instead of a new message.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseMailbox {
    /// [`VerifiedMailbox::id`].
    pub mailbox_id: String,
}

/// The random value of a verification link (S/MIME BR §3.2.2.2).
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeToken {
    /// The value from the link.
    pub token: String,
}

impl std::fmt::Debug for ChallengeToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ChallengeToken")
    }
}

/// What a verification link can still do.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChallengeState {
    /// Waits for the button.
    Open,
    /// The mailbox is verified by it.
    Confirmed,
    /// A newer link was sent, or the address was changed.
    Superseded,
    /// Older than 24 hours.
    Expired,
}

/// What the page behind a verification link shows.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxChallenge {
    /// The address to confirm.
    pub mailbox: String,
    /// What was ordered for it.
    pub product_name: String,
    /// What the link can still do.
    pub state: ChallengeState,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A message that the demonstration shows instead of sending it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxMessage {
    /// The message's id.
    pub id: String,
    /// To whom.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// When it was written.
    pub written_at: Timestamp,
}
