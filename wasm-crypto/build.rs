//! Builds the prime kernels, for a browser only: `rustc` for each, because each is a module of its own with its own
//! instructions, which Cargo cannot say.

use std::{env, error::Error, path::Path, process::Command};

/// File name, target features.
const KERNELS: [(&str, &str); 2] =
    [("relaxed-simd.wasm", "+simd128,+relaxed-simd"), ("simd128.wasm", "+simd128")];
/// Sixteen powers of a number, and as much again.
const STACK_BYTES: u32 = 1 << 16;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=prime-kernel/src");
    if env::var("CARGO_CFG_TARGET_ARCH")? != "wasm32" {
        return Ok(());
    }
    let (rustc, folder) = (env::var("RUSTC")?, env::var("OUT_DIR")?);
    for (file_name, features) in KERNELS {
        let status = Command::new(&rustc)
            .args(["--crate-name", "prime_kernel", "--crate-type", "cdylib", "--edition", "2024"])
            .args(["--target", "wasm32-unknown-unknown", "-C", &format!("target-feature={features}")])
            .args(["-C", "opt-level=3", "-C", "codegen-units=1", "-C", "lto=fat", "-C", "panic=abort"])
            .args(["-C", "strip=symbols", "-C", "link-arg=--stack-first"])
            .args(["-C", &format!("link-arg=-zstack-size={STACK_BYTES}")])
            .arg("-o")
            .arg(Path::new(&folder).join(file_name))
            .arg("prime-kernel/src/lib.rs")
            .status()?;
        if !status.success() {
            return Err(format!("cannot build {file_name}").into());
        }
    }
    Ok(())
}
