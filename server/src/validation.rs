//! What must be proved before a certificate is issued: the organization, and the control of the mailbox. What is proved
//! belongs to a customer, and serves every order of that customer until its time is over.
//!
//! A verified thing is a type that only the file that verified it can make, loaded in the transaction that uses it.

pub mod domain;
pub mod mailbox;
pub mod organization;

pub use mailbox::VerifiedMailbox;
pub use organization::VerifiedOrganization;
