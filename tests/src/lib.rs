//! Whole-system tests: the release binary as a person and their mail program meet it.
//!
//! A [`stage::Stage`] is a fresh server with a real mail server beside it and as many browsers as a journey has
//! people; the [`judges`] are programs that others wrote. Nothing here imports a crate of the product: what the
//! tests know, they know from outside.

pub mod browser;
pub mod card;
pub mod clock;
pub mod judges;
pub mod mail;
pub mod marks;
pub mod person;
pub mod postgres;
pub mod process;
pub mod register;
pub mod secure_site;
pub mod signet;
pub mod specialist;
pub mod stage;
