//! Where RSA primes come from: a fast kernel where the engine has one, else a portable search.
//!
//! No search is trusted: [`rsa_primes`](crate::rsa_primes) proves each prime again.

mod portable;
#[cfg(target_arch = "wasm32")]
mod simd;

use crypto_bigint::{BoxedUint, Odd};
use rand_core::CryptoRng;
use std::{fmt, num::NonZeroU32};
use zeroize::Zeroizing;

pub(crate) use portable::{Portable, suits_exponent};

/// 65537. S/MIME BR §6.1.6, FIPS 186-5 §A.1.1, criterion 1.
pub(crate) const PUBLIC_EXPONENT: u32 = 65_537;

/// How RSA primes are searched. All give keys of the same quality; they differ in speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Two candidates at once in f64 with the fused multiply-add of WebAssembly's relaxed SIMD.
    RelaxedSimd,
    /// Two candidates at once in integers with WebAssembly's SIMD.
    Simd128,
    /// One candidate at a time, everywhere.
    Portable,
}

impl Kernel {
    /// All, the fastest first.
    pub const ALL: [Self; 3] = [Self::RelaxedSimd, Self::Simd128, Self::Portable];

    /// Its stable id, such as `relaxed-simd`.
    pub fn id(self) -> &'static str {
        match self {
            Self::RelaxedSimd => "relaxed-simd",
            Self::Simd128 => "simd128",
            Self::Portable => "portable",
        }
    }

    /// The kernel with this stable id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kernel| kernel.id() == id)
    }
}

impl fmt::Display for Kernel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

/// Why a search found no prime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrimeSearchError {
    /// The engine does not have what the kernel needs, or computes otherwise than it must.
    #[error("this engine cannot run the prime search {kernel}")]
    Unavailable {
        /// Which.
        kernel: Kernel,
    },
    /// The search ended without an answer, or with a wrong one.
    #[error("the prime search {kernel} failed")]
    Fault {
        /// Which.
        kernel: Kernel,
    },
}

/// A search for one prime after another.
pub(crate) trait PrimeSearch {
    /// Which it is.
    fn kernel(&self) -> Kernel;

    /// Finds a random number with exactly `bits`, both of its highest bits set, that is not one more than a multiple of
    /// [`PUBLIC_EXPONENT`] and passes a test of primality with a fixed base: of random numbers hardly any but a prime does.
    ///
    /// `tested` is called with the number of candidates so far, after each one or two.
    fn find(
        &mut self,
        bits: NonZeroU32,
        random: &mut dyn CryptoRng,
        tested: &mut dyn FnMut(u32),
    ) -> Result<BoxedUint, PrimeSearchError>;

    /// Whether two numbers that [`PrimeSearch::find`] found, of the same size, pass so many rounds of Miller–Rabin, each
    /// with a random base of its own.
    fn passes_rounds(
        &mut self,
        primes: [&BoxedUint; 2],
        count: usize,
        random: &mut dyn CryptoRng,
    ) -> Result<bool, PrimeSearchError>;

    /// Both powers, each below its modulus, if the kernel computes such and is faster at it than big-number arithmetic. The
    /// bases are below their moduli, and these are of a size of ours.
    fn powers(&mut self, _of: [Power<'_>; 2]) -> Option<[Zeroizing<BoxedUint>; 2]> {
        None
    }
}

/// `base` to the power of `exponent` modulo `modulus`.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(any(test, target_arch = "wasm32")),
    expect(dead_code, reason = "the only search that computes powers is in a browser")
)]
pub(crate) struct Power<'a> {
    pub(crate) base: &'a BoxedUint,
    pub(crate) exponent: &'a BoxedUint,
    pub(crate) modulus: &'a Odd<BoxedUint>,
}

/// Makes the fastest kernel of this engine ready, some milliseconds, and says which it is.
///
/// For a worker to call while nobody waits; the first key pair does it too.
pub fn prepare_kernel() -> Kernel {
    #[cfg(target_arch = "wasm32")]
    for kernel in [Kernel::RelaxedSimd, Kernel::Simd128] {
        if simd::prepare(kernel).is_ok() {
            return kernel;
        }
    }
    Kernel::Portable
}

/// Hands the search of that name to `use_search`.
///
/// # Errors
/// When this engine does not have it.
pub(crate) fn with_search<T>(
    kernel: Kernel,
    use_search: impl FnOnce(&mut dyn PrimeSearch) -> T,
) -> Result<T, PrimeSearchError> {
    match kernel {
        #[cfg(target_arch = "wasm32")]
        Kernel::RelaxedSimd | Kernel::Simd128 => simd::with_search(kernel, use_search),
        #[cfg(not(target_arch = "wasm32"))]
        Kernel::RelaxedSimd | Kernel::Simd128 => Err(PrimeSearchError::Unavailable { kernel }),
        Kernel::Portable => Ok(use_search(&mut Portable::new())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kernel_is_found_by_its_id() {
        for kernel in Kernel::ALL {
            assert_eq!(Kernel::from_id(kernel.id()), Some(kernel));
        }
        assert_eq!(Kernel::from_id("fast"), None);
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    fn outside_a_browser_there_is_the_portable_search_alone() {
        assert_eq!(prepare_kernel(), Kernel::Portable);
        let missing = with_search(Kernel::Simd128, |_| ()).unwrap_err();
        assert_eq!(missing, PrimeSearchError::Unavailable { kernel: Kernel::Simd128 });
    }
}
