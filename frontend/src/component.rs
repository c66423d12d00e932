//! The parts that pages are made of. They know how to look and behave, never what they are used for.

pub(crate) mod button;
pub(crate) mod choice;
pub(crate) mod copy_button;
pub(crate) mod error_summary;
pub(crate) mod failure;
pub(crate) mod field;
pub(crate) mod file_drop;
pub(crate) mod heading;
pub(crate) mod icon;
pub(crate) mod key_progress;
pub(crate) mod material;
pub(crate) mod new_passphrase;
pub(crate) mod notice;
pub(crate) mod preset_choice;
pub(crate) mod progress;
pub(crate) mod report;
pub(crate) mod request_field;
pub(crate) mod save_step;
pub(crate) mod secret_field;
pub(crate) mod status;
pub(crate) mod step_indicator;
pub(crate) mod summary_list;
pub(crate) mod verdict;
