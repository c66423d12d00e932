//! What must be proved before a certificate is issued: the organization, and the control of the mailbox.
//!
//! A verified thing is a type that only the file that verified it can make.

pub mod mailbox;
pub mod organization;

pub use mailbox::VerifiedMailbox;
pub use organization::VerifiedOrganization;
