//! The card bridge: a page asks it over loopback, or through its server, to make a key pair on a smart card and to put the
//! issued certificate beside it. The PIN is typed in a native window and never leaves the process of the one operation.
//!
//! It must not know the server, nor any private key: those stay on the card.

pub mod card;
mod clock;
pub mod configuration;
pub mod driver;
pub mod http;
pub mod install;
pub mod job;
pub mod link;
pub mod operation;
pub mod origin;
pub mod pairing;
pub mod problem;
pub mod profile;
pub mod prompt;
pub mod readers;
pub mod relay;
pub mod serve;
pub mod supervisor;
pub mod task;
pub mod token;
pub mod watch;
pub mod worker;
