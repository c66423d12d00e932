//! The card bridge: who may use it and for what, what it says when something is wrong, and whole journeys with cards.
//!
//! Each test has the machine for itself while it runs: the bridge's ports and the smart-card service are one for all.

mod by_keyboard;
mod closed_tab;
mod each_moment;
mod gate;
mod interruptions;
mod journeys;
mod keys;
mod long_work;
mod odd_cards;
mod packaging;
mod pins;
mod public_page;
mod recovery;
mod secrecy;
mod windows;
