//! Sign-in, orders and verification through the HTTP API: each test has a fresh database, a clock that stands still and
//! random bytes that repeat.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, the panic is the report")]

#[path = "../issuance/client.rs"]
#[expect(dead_code, reason = "shared with the tests of the issuance, which use the rest")]
mod client;
#[path = "../issuance/csr.rs"]
#[expect(dead_code, reason = "shared with the tests of the issuance, which use the rest")]
mod csr;
#[path = "../issuance/database.rs"]
#[expect(dead_code, reason = "shared with the tests of the issuance, which use the rest")]
mod database;
#[path = "../issuance/stage.rs"]
#[expect(dead_code, reason = "shared with the tests of the issuance, which use the rest")]
mod stage;

mod access;
mod card_jobs;
mod command_line;
mod contract;
mod documents;
#[cfg(target_os = "linux")]
mod full_disk;
mod guards;
mod jobs;
mod mailbox;
mod orders;
mod organization;
mod outbox;
mod pages;
mod register;
mod request;
mod reuse;
mod sign_in;
mod smtp_sink;
