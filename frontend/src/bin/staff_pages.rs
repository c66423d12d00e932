//! What the staff of the certification authority does: a module of its own, loaded for its addresses only.

fn main() {
    frontend::run_staff_pages();
}
