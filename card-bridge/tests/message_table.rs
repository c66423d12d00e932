//! `docs/cards.md` says what the code says: it is written by this test, and compared with each run.

use card_bridge::driver::{self, Driver, Who};
use card_bridge::problem;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// Set to any value, this variable has the page written anew.
const WRITE: &str = "SIGNET_WRITE_CARDS";
const HEAD: &str = "# Cards and what the card bridge says of them

This page is written by `card-bridge/tests/message_table.rs` from the table of cards (`card-bridge/src/drivers.toml`) and the sentences
of the bridge (`card-bridge/src/problem/table.rs`).

## Cards

A card needs a reader that this computer knows (PC/SC), and the program of its maker or OpenSC, in which the bridge looks for the PKCS #11
module. Another module is named by its absolute path in the settings of the bridge. \"PIN\" is the one for everyday use; the admin PIN
is also called PUK or SO PIN. What a card cannot do through the bridge, its maker's program does.

| card | a new key needs | a certificate needs | removing a key needs | `init` sets it up | `pin unblock` sets a new PIN |
|---|---|---|---|---|---|
";
const MESSAGES: &str = "
## Messages

| code | what happened | what to do |
|---|---|---|
";

fn needs(who: Who) -> &'static str {
    match who {
        Who::User => "PIN",
        Who::So => "admin PIN, then PIN",
        Who::Nobody => "its maker's program",
    }
}

/// A request is signed with the PIN; nothing is signed here.
fn needs_alone(who: Who) -> &'static str {
    if who == Who::So { "admin PIN" } else { needs(who) }
}

fn yes(can: bool) -> &'static str {
    if can { "yes" } else { "no" }
}

/// The last two kinds have one name for a person.
fn name(driver: &Driver) -> &str {
    match driver.id.as_str() {
        "opensc" => "another card that OpenSC knows",
        "other" => "a card of another module",
        _ => &driver.name,
    }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let mut write = |line: std::fmt::Arguments<'_>| page.write_fmt(line).expect("text takes all");
    for driver in driver::all() {
        let [key, certificate, removal] = [
            needs(driver.generates),
            needs_alone(driver.writes_certificate),
            needs_alone(driver.removes_key),
        ];
        let (init, unblock) = (yes(driver.initialises), yes(driver.unblocks));
        let name = name(driver);
        write(format_args!("| {name} | {key} | {certificate} | {removal} | {init} | {unblock} |\n"));
    }
    for driver in driver::all() {
        if let Some(note) = &driver.note {
            write(format_args!("\n{}: {note}\n", name(driver)));
        }
    }
    write(format_args!("{MESSAGES}"));
    for problem in problem::all() {
        let code = serde_json::to_value(problem.code).expect("a code");
        let code = code.as_str().expect("a text");
        write(format_args!("| `{code}` | {} | {} |\n", problem.title, problem.advice));
    }
    page
}

#[test]
fn the_page_of_cards_says_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cards.md");
    let page = page();
    if env::var_os(WRITE).is_some() {
        fs::write(&path, &page).expect("the page is written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/cards.md is stale: run this test once with {WRITE}=1");
}
