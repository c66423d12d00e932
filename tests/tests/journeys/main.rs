//! Whole journeys through the release binary, in real browsers, with real mail.

mod demonstration;
mod in_this_browser;
mod key_at_rest;
mod key_generation;
mod mail_outage;
mod memory_scan;
mod pasted_request;
mod refused_data;
mod second_order;
mod tools;
mod tools_by_keyboard;
mod two_customers;
mod verified;
mod verified_until;
mod wizard_navigation;
