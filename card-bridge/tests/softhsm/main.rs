//! What a page can ask for, done by the real program on tokens of SoftHSM, with windows that answer by themselves.
//!
//! Each test has tokens of its own: the module reads in its environment where they are, and runs in the bridge's worker.

mod certificates;
mod keys;
mod pins;
mod stage;
mod upkeep;
mod waiting;
