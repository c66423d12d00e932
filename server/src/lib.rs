//! Verifies organizations and mailboxes, and issues S/MIME certificates.
//!
//! Adapters around `pki`: HTTP in front, SQLite, files, SMTP and registers behind. No code here can hold a
//! subscriber's private key.

pub mod account;
pub mod audit;
pub mod authority;
mod card_job;
pub mod clock;
pub mod data_folder;
pub mod demonstration;
mod document;
pub mod http;
pub mod id;
pub mod issuance;
pub mod known_keys;
pub mod mail;
mod order;
pub mod products;
pub mod random;
mod rate_limit;
pub mod register;
mod secret;
pub mod serve;
pub mod settings;
pub mod state;
pub mod storage;
pub mod verification;
