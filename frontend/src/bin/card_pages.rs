//! What is done with a smart card: a module of its own, loaded for its two addresses only.

fn main() {
    frontend::run_card_pages();
}
