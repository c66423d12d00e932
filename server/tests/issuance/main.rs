//! From a verified order to one certificate: through the HTTP API of a server in this process, with a clock and random
//! bytes that the test decides, and of a server process that the test kills.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test does not expect fails it at that place")]

mod activation;
mod authority;
mod client;
#[cfg(unix)]
mod crash;
mod csr;
mod database;
mod migration;
mod plans;
mod publication;
mod recovery;
#[cfg(unix)]
mod several_servers;
#[expect(dead_code, reason = "shared with the tests of the other resources, which use the rest")]
mod stage;
