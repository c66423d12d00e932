//! Leaves the names of functions out of the WebAssembly that is shipped: they are a third of its bytes.
//!
//! Not `strip = true` in the profile: wasm-bindgen then misses the `target_features` section.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let is = |variable: &str, value: &str| env::var(variable).is_ok_and(|actual| actual == value);
    if is("CARGO_CFG_TARGET_ARCH", "wasm32") && is("PROFILE", "release") {
        for argument in ["--strip-all", "--keep-section=target_features"] {
            println!("cargo:rustc-link-arg-bins={argument}");
        }
    }
}
