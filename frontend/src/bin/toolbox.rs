//! The Tools: a module of its own, loaded for their addresses only.

fn main() {
    frontend::run_tools();
}
