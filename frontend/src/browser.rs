//! The browser, in the few words that the pages need of it.

pub(crate) mod clipboard;
pub(crate) mod document;
pub(crate) mod download;
pub(crate) mod draft;
pub(crate) mod file;
pub(crate) mod lock;
pub(crate) mod words;
