//! Whole journeys through the release binary, in real browsers, with real mail.

mod mail_outage;
mod two_customers;
