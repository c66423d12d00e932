//! What an operator does with the program `signet` itself: moving between databases, backing up, restoring. Where
//! `SIGNET_TEST_POSTGRES` holds the address of a PostgreSQL server's administrator, PostgreSQL is tested as well.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, the panic is the report")]

mod backup;
mod copy;
mod filled;
mod postgres;
mod program;
