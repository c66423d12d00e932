//! The iterations of PBKDF2 with HMAC-SHA256, for four blocks at once in the lanes of WebAssembly vectors.
//!
//! Built as a WebAssembly module without imports. The host computes the first iteration of each block, with passwords and
//! salts of any length; what is left is the same for all: two compressions of SHA-256 for each iteration, over a message
//! of one digest. Constant in time: no branch and no address depends on a secret.
//!
//! RFC 8018 §5.2, RFC 2104, FIPS 180-4 §6.2.2.

#![no_std]

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod exports;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod sha256;

/// A trap ends the module; the host sees it and derives by itself.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
