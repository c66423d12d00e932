//! Prime search for RSA keys in the two lanes of a WebAssembly vector: sieve, Fermat test, Miller–Rabin test; and the two
//! powers of a signature.
//!
//! Built twice as a WebAssembly module without imports, because validation is per module: with fused multiply-add of
//! relaxed SIMD (`fused`), and with plain SIMD (`integer`). The host writes numbers and random bytes into the memory,
//! calls a function and reads the answer. Nothing here decides that a number is good enough for a key: the host proves
//! each prime again with other code.
//!
//! | arithmetic | radix | digits of a 1024-, 1536-, 2048-bit number | needs |
//! |---|---|---|---|
//! | `fused` | 2^51, signed, in f64 | 22, 32, 42 | relaxed SIMD on hardware with fused multiply-add |
//! | `integer` | 2^28, unsigned, in u32 | 38, 56, 76 | SIMD |
//!
//! Not constant in time: the table of powers is read at an index that the exponent gives, and tests end early. Who could
//! see that would have to watch this one search from inside the same machine; see docs/threat-model.md.

#![no_std]
#![cfg_attr(
    not(any(test, all(target_arch = "wasm32", target_feature = "simd128"))),
    expect(dead_code, reason = "elsewhere only the portable part is checked")
)]

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod exports;
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
mod fused;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(target_feature = "relaxed-simd")))]
mod integer;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod montgomery;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod power;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod primality;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod sieve;
mod words;

#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
use fused as arithmetic;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128", not(target_feature = "relaxed-simd")))]
use integer as arithmetic;

/// A trap ends the module; the host sees it and takes another search.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
