//! The npm package as somebody meets it who installs it: in Node, with three bundlers, in a browser.
//!
//! It needs the built package and the tools from npm; `cargo xtask test` makes both and says where they are.

mod bundlers;
mod pains;
mod project;
mod readme;
mod type_declarations;
mod verdicts;
