//! The rules of S/MIME certificates, public side only.
//!
//! What an address, an organization, a public key, a certification request and a certificate must be, as types that
//! cannot hold anything else. Time and random bytes come in as arguments, signatures come from a [`signer::Signer`];
//! nothing here reads a file, a clock or the network, and nothing knows a subscriber's private key.

#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

pub mod authority;
mod base64;
pub mod ber;
pub mod certificate;
pub mod country;
pub mod crl;
mod element;
mod extension_text;
mod extensions;
mod hex;
pub mod issuance;
pub mod key_policy;
pub mod lint;
pub mod mailbox;
mod name_text;
pub mod oid_text;
pub mod organization_identifier;
pub mod pasted;
pub mod pem;
pub mod profile;
pub mod request;
mod signature;
mod signed;
pub mod signer;
pub mod subject;
mod tbs;
