//! The card bridge: a page asks it over loopback, or through its server, to make a key pair on a smart card and to put the
//! issued certificate beside it. The PIN is typed in a native window and never leaves the process of the one operation.
//!
//! It must not know the server, nor any private key: those stay on the card.

pub mod prompt;
