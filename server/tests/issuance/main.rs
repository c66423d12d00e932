//! From a verified order to one certificate: through the HTTP API of a server in this process, with a clock and random
//! bytes that the test decides, and of a server process that the test kills.

mod activation;
mod authority;
mod client;
#[cfg(unix)]
mod crash;
mod csr;
mod publication;
mod recovery;
mod stage;
