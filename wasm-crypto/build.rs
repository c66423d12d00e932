//! Builds the kernels, for a browser only: `rustc` for each, because each is a module of its own with its own
//! instructions, which Cargo cannot say.

use std::{env, error::Error, path::Path, process::Command};

struct Kernel {
    folder: &'static str,
    crate_name: &'static str,
    file_name: &'static str,
    features: &'static str,
}

const KERNELS: [Kernel; 3] = [
    Kernel {
        folder: "prime-kernel",
        crate_name: "prime_kernel",
        file_name: "relaxed-simd.wasm",
        features: "+simd128,+relaxed-simd",
    },
    Kernel {
        folder: "prime-kernel",
        crate_name: "prime_kernel",
        file_name: "simd128.wasm",
        features: "+simd128",
    },
    Kernel {
        folder: "pbkdf2-kernel",
        crate_name: "pbkdf2_kernel",
        file_name: "pbkdf2.wasm",
        features: "+simd128",
    },
];
/// The powers of a number that an exponentiation needs, 38 KB of the longest, and as much again.
const STACK_BYTES: u32 = 96 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    for kernel in &KERNELS {
        println!("cargo::rerun-if-changed={}/src", kernel.folder);
    }
    if env::var("CARGO_CFG_TARGET_ARCH")? != "wasm32" {
        return Ok(());
    }
    let (rustc, out) = (env::var("RUSTC")?, env::var("OUT_DIR")?);
    for Kernel { folder, crate_name, file_name, features } in KERNELS {
        let status = Command::new(&rustc)
            .args(["--crate-name", crate_name, "--crate-type", "cdylib", "--edition", "2024"])
            .args(["--target", "wasm32-unknown-unknown", "-C", &format!("target-feature={features}")])
            .args(["-C", "opt-level=3", "-C", "codegen-units=1", "-C", "lto=fat", "-C", "panic=abort"])
            .args(["-C", "strip=symbols", "-C", "link-arg=--stack-first"])
            .args(["-C", &format!("link-arg=-zstack-size={STACK_BYTES}")])
            .arg("-o")
            .arg(Path::new(&out).join(file_name))
            .arg(format!("{folder}/src/lib.rs"))
            .status()?;
        if !status.success() {
            return Err(format!("cannot build {file_name}").into());
        }
    }
    Ok(())
}
