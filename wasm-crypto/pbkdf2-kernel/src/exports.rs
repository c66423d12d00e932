//! What the host sees: four digests for each lane in memory, and the function that iterates. One thread, one instance, no
//! imports. The host overwrites the memory after use; nothing secret lies elsewhere in it.

use crate::sha256::{Digest, compress_digest, xor};
use core::{arch::wasm32::u32x4, cell::UnsafeCell};

/// Digests that the host and the kernel give each other: eight words each, and of each word one for each lane.
#[repr(C)]
struct Exchange {
    /// SHA-256 after the password XOR ipad.
    inner: Digest,
    /// SHA-256 after the password XOR opad.
    outer: Digest,
    /// What the last iteration gave.
    last: Digest,
    /// The XOR of what all gave.
    sum: Digest,
}

/// All that lives from one call to the next.
struct Shared(UnsafeCell<Exchange>);

// SAFETY: a module without shared memory has one thread.
unsafe impl Sync for Shared {}

const ZERO: Digest = [u32x4(0, 0, 0, 0); 8];
static EXCHANGE: Shared =
    Shared(UnsafeCell::new(Exchange { inner: ZERO, outer: ZERO, last: ZERO, sum: ZERO }));

/// Where the host writes and reads.
#[unsafe(no_mangle)]
extern "C" fn exchange() -> *const u32 {
    EXCHANGE.0.get().cast()
}

/// Makes so many more iterations in all lanes.
#[unsafe(no_mangle)]
extern "C" fn iterate(count: u32) {
    // SAFETY: one thread, and the host calls one function at a time.
    let Exchange { inner, outer, last, sum } = unsafe { &mut *EXCHANGE.0.get() };
    for _ in 0..count {
        compress_digest(inner, last);
        compress_digest(outer, last);
        xor(sum, last);
    }
}
