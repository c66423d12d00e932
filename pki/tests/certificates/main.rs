//! Certificates from the root down to the subscriber, the lint with a failing certificate for each rule, and CRLs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot prepare its case has failed")]

mod authority;
mod crl;
mod issuance;
mod keys;
mod lint;
mod request;
mod tree;
mod world;
