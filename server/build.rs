//! Says when the server must be built again although none of its sources changed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    // A release binary has the page inside; a debug binary reads it from the folder while it runs.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed=../dist");
    }
}
