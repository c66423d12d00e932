//! Ids of stored things: 128 random bits as lower-case hex, one type for each kind of thing.

use crate::random::RandomSource;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

const ID_BYTES: usize = 16;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new id; no two are equal.
            pub fn generate(random: &dyn RandomSource) -> Self {
                let mut bytes = [0; ID_BYTES];
                random.fill(&mut bytes);
                Self(hex(&bytes))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<&$name> for String {
            fn from(id: &$name) -> Self {
                id.0.clone()
            }
        }

        /// Text from outside; that it names a stored thing only the store can tell.
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

id_type! {
    /// Names a person who can sign in.
    AccountId
}
id_type! {
    /// Names a customer: the company, or the person, that certificates are for.
    CustomerId
}
id_type! {
    /// Names a partner: a company whose members act for customers.
    PartnerId
}
id_type! {
    /// Names an order.
    OrderId
}
id_type! {
    /// Names an organization of a customer.
    OrganizationId
}
id_type! {
    /// Names a mailbox of a customer.
    MailboxId
}
id_type! {
    /// Names a mail domain of a customer.
    DomainId
}
id_type! {
    /// Names something that the server does later.
    JobId
}
id_type! {
    /// Names an uploaded document.
    DocumentId
}
id_type! {
    /// Names one submission of organization data.
    ClaimId
}
id_type! {
    /// Names a certificate, from its reservation on.
    CertificateId
}
id_type! {
    /// Names a message in the outbox.
    MessageId
}
id_type! {
    /// Names a job for a card bridge.
    CardJobId
}

/// Lower-case hex without separators.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

/// SHA-256 as lower-case hex.
#[must_use]
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::{OrderId, hex};
    use crate::random::PredictableRandom;

    #[test]
    fn two_ids_differ_and_have_32_hex_digits() {
        let random = PredictableRandom::new(1);
        let first = OrderId::generate(&random);
        assert_ne!(first, OrderId::generate(&random));
        assert_eq!(first.as_str().len(), 32);
        assert!(first.as_str().bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()));
    }

    #[test]
    fn hex_keeps_leading_zeros() {
        assert_eq!(hex(&[0, 1, 0xfe]), "0001fe");
    }
}
