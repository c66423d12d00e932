//! What `signet` does besides serving: one file for each word after it.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod database;
pub(crate) mod init;
pub(crate) mod jobs;
