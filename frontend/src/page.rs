//! One module for each page.

pub(crate) mod activation;
pub(crate) mod card;
pub(crate) mod certificate;
pub(crate) mod certificates;
pub(crate) mod confirm;
pub(crate) mod dashboard;
pub(crate) mod data_verification;
pub(crate) mod email_verification;
pub(crate) mod inbox;
pub(crate) mod not_found;
pub(crate) mod order;
pub(crate) mod order_steps;
pub(crate) mod required_documents;
pub(crate) mod shop;
pub(crate) mod sign_in;
pub(crate) mod sign_in_link;
pub(crate) mod source;
pub(crate) mod staff;
pub(crate) mod terms;
pub(crate) mod tools;
