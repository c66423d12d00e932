use crate::id::{
    AccountId, CertificateId, ClaimId, CustomerId, DocumentId, JobId, MailboxId, OrderId, OrganizationId,
    PartnerId,
};
use serde::Serialize;
use serde_json::Value;

/// What happened. The JSON names are part of the hashed records: a variant is added, never renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are ids and lower-case hex hashes, named for what they identify")]
#[non_exhaustive]
pub enum Event {
    /// The root and the issuing CA were made.
    AuthorityCreated { root_sha256: String, issuing_sha256: String },
    /// An account exists from now on.
    AccountCreated { account_id: AccountId },
    /// A person got a role at the CA itself.
    StaffRoleGiven { account_id: AccountId, role: &'static str },
    /// A person may do nothing from now on.
    AccountSuspended { account_id: AccountId },
    /// A person who was suspended may again.
    AccountResumed { account_id: AccountId },
    /// A customer exists from now on.
    CustomerCreated { customer_id: CustomerId },
    /// A person got a role at a customer.
    MemberAdded { customer_id: CustomerId, account_id: AccountId, role: &'static str },
    /// A partner exists from now on.
    PartnerCreated { partner_id: PartnerId },
    /// A person got a role at a partner.
    PartnerMemberAdded { partner_id: PartnerId, account_id: AccountId, role: &'static str },
    /// A partner acts for a customer from now on.
    PartnerCustomerAdded { partner_id: PartnerId, customer_id: CustomerId },
    /// A person signed in.
    SignedIn { account_id: AccountId },
    /// A customer ordered.
    OrderPlaced { order_id: OrderId, customer_id: CustomerId, account_id: AccountId, product_id: String },
    /// A customer added a document.
    DocumentAdded {
        order_id: OrderId,
        organization_id: OrganizationId,
        document_id: DocumentId,
        sha256: String,
    },
    /// A customer submitted organization data.
    ClaimSubmitted { order_id: OrderId, organization_id: OrganizationId, claim_id: ClaimId },
    /// A validation specialist approved organization data.
    ClaimApproved { order_id: OrderId, claim_id: ClaimId, account_id: AccountId },
    /// A validation specialist refused organization data.
    ClaimRefused { order_id: OrderId, claim_id: ClaimId, account_id: AccountId },
    /// An order uses an organization that was verified before.
    OrganizationUsed { order_id: OrderId, organization_id: OrganizationId, account_id: AccountId },
    /// A message with a random value went to a mailbox; values sent there before ended.
    MailboxChallengeSent { order_id: OrderId, mailbox_id: MailboxId },
    /// The random value came back.
    MailboxConfirmed { order_id: OrderId, mailbox_id: MailboxId },
    /// An order uses a mailbox that was verified before.
    MailboxUsed { order_id: OrderId, mailbox_id: MailboxId, account_id: AccountId },
    /// The to-be-signed bytes passed the lint and are stored: from now on this order has this serial number.
    CertificateReserved {
        order_id: OrderId,
        certificate_id: CertificateId,
        serial_number: String,
        tbs_sha256: String,
    },
    /// The certificate over exactly those bytes is stored.
    CertificateIssued {
        order_id: OrderId,
        certificate_id: CertificateId,
        serial_number: String,
        certificate_sha256: String,
    },
    /// The issuing CA signed a list of revoked certificates.
    CrlSigned { number: u64, crl_sha256: String },
    /// A person had a job run again.
    JobRunAgain { job_id: JobId, account_id: AccountId },
}

impl Event {
    /// JSON without spaces, members sorted by name: one event has one encoding (RFC 8785 §3.2).
    pub(super) fn canonical_json(&self) -> String {
        let value = serde_json::to_value(self).expect("an event is strings and numbers under string keys");
        let mut text = String::new();
        write_canonical(&value, &mut text);
        text
    }
}

/// Sorts members itself: whether `serde_json` does depends on a feature that any crate may switch on.
fn write_canonical(value: &Value, text: &mut String) {
    let Value::Object(members) = value else {
        text.push_str(&value.to_string());
        return;
    };
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_key(|(name, _)| name.as_str());
    text.push('{');
    for (position, (name, member)) in members.into_iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        text.push_str(&Value::from(name.as_str()).to_string());
        text.push(':');
        write_canonical(member, text);
    }
    text.push('}');
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn an_event_is_written_with_sorted_members_and_no_spaces() {
        let event = Event::OrderPlaced {
            order_id: String::from("o1").into(),
            customer_id: String::from("c1").into(),
            account_id: String::from("a1").into(),
            product_id: "smime \"365\"\n".into(),
        };
        assert_eq!(
            event.canonical_json(),
            r#"{"account_id":"a1","action":"order-placed","customer_id":"c1","order_id":"o1","product_id":"smime \"365\"\n"}"#
        );
    }
}
