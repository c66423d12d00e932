//! Mail domains of customers: their type, for what will prove one. Nothing does yet, and no page shows one.

use crate::id::{CustomerId, DomainId};
use protocol::Timestamp;

/// A mail domain of a customer. Once proved, its mailboxes need no message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Names the domain in references, for ever.
    pub id: DomainId,
    /// Whose it is.
    pub customer_id: CustomerId,
    /// Lower case, A-labels (RFC 5890 §2.3.2.1).
    pub name: String,
    /// When its control was last proved.
    pub proved_at: Option<Timestamp>,
}
