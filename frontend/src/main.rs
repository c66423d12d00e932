//! The page.

fn main() {
    frontend::run();
}
