//! Verifies organizations and mailboxes, and issues S/MIME certificates.
//!
//! Adapters around `pki`: HTTP in front, a database, files, SMTP and registers behind. No code here can hold a
//! subscriber's private key.

pub mod access;
pub mod account;
pub mod audit;
pub mod authority;
pub mod backup;
mod card_job;
pub mod clock;
mod customer;
pub mod data_folder;
pub mod database_copy;
pub mod demonstration;
mod document;
mod durable;
pub mod environment;
mod failpoint;
pub mod http;
pub mod id;
mod issuance;
pub mod jobs;
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
pub mod validation;
