//! Connections over a real network: slow clients, many clients, floods through a proxy, and the end of the server.

#![expect(clippy::unwrap_used, reason = "in a test, the panic is the report")]

mod client;
mod connections;
mod program;
