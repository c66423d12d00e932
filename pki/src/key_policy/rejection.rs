//! Why a public key is not accepted, in the words of a person.

use super::KeyAlgorithm;

/// Why the policy does not accept a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRejection {
    /// The structure is damaged.
    #[error("The public key inside cannot be read.")]
    Undecodable,
    /// An RSA key whose algorithm identifier has other parameters than NULL.
    #[error("The public key inside is not encoded as the standard says.")]
    ParametersNotNull,
    /// Not RSA and not an elliptic curve.
    #[error("The key is {}; certificates can be made for RSA and elliptic-curve keys only.", .name.unwrap_or("of an unknown kind"))]
    AlgorithmUnsupported {
        /// What it is, when known.
        name: Option<&'static str>,
    },
    /// A curve other than P-256 and P-384.
    #[error("The key uses {}; only P-256 and P-384 are accepted.", .name.unwrap_or("an unknown curve"))]
    CurveUnsupported {
        /// Which, when known.
        name: Option<&'static str>,
    },
    /// A good key that S/MIME BR §6.1.5 allows, and that linters and mail programs refuse all the same.
    #[error(
        "The key is {algorithm}: the rules for mail certificates allow it, but certificate checkers and most mail programs refuse it."
    )]
    NotForMail {
        /// P-521 or Ed25519.
        algorithm: KeyAlgorithm,
    },
    /// Curve parameters written out instead of the curve's name: a way to smuggle in a weak curve (CVE-2020-0601).
    #[error("The key spells out the numbers of its curve instead of naming the curve.")]
    CurveParametersExplicit,
    /// Fewer than 2048 bits.
    #[error("The RSA key has {bits} bits, which is too weak; 2048 are the least.")]
    ModulusTooShort {
        /// How many.
        bits: usize,
    },
    /// More than 4096 bits.
    #[error("The RSA key has {bits} bits; many mail programs accept no more than 4096.")]
    ModulusTooLong {
        /// How many.
        bits: usize,
    },
    /// A number of bits that is no multiple of 8 (S/MIME BR §6.1.5).
    #[error("The RSA key has {bits} bits, which is no multiple of 8.")]
    ModulusSizeNotBytes {
        /// How many.
        bits: usize,
    },
    /// Between 2048 and 4096 bits, but none of the three usual sizes.
    #[error("The RSA key has {bits} bits; the sizes 2048, 3072 and 4096 are accepted.")]
    ModulusSizeUnusual {
        /// How many.
        bits: usize,
    },
    /// Divisible by a prime below [`super::SMALL_FACTOR_LIMIT`]: not a product of two large primes.
    #[error("The RSA key is broken: its modulus is divisible by {factor}.")]
    ModulusSmallFactor {
        /// By which.
        factor: u32,
    },
    /// Its primes are close to each other, and so found at once.
    #[error(
        "The RSA key is broken: its two primes are so close to each other that anybody can work them out."
    )]
    PrimesTooClose,
    /// Made by a chip with the faulty library of Infineon (ROCA, CVE-2017-15361).
    #[error("The RSA key was made by a faulty chip, and its private key can be worked out from it (ROCA).")]
    Roca,
    /// Its private half was published.
    #[error(
        "The private half of this key was published, for example in a standard or with a program: anybody can use it."
    )]
    Published,
    /// A number that is negative.
    #[error("The public key inside has a negative number.")]
    NumberNegative,
    /// An even exponent does not work at all.
    #[error("The RSA key is broken: its exponent is an even number.")]
    ExponentEven,
    /// Less than [`super::MINIMUM_RSA_EXPONENT`].
    #[error("The exponent of the RSA key is {exponent}, which is too small; 65537 is the usual one.")]
    ExponentTooSmall {
        /// Which.
        exponent: u64,
    },
    /// More than 32 bits.
    #[error("The exponent of the RSA key is larger than mail programs accept; 65537 is the usual one.")]
    ExponentTooLarge,
    /// A point with one coordinate only.
    #[error("The elliptic-curve key is written in compressed form, which many mail programs cannot read.")]
    PointCompressed,
    /// The point at infinity, which is no key (SEC 1 §3.2.2.1).
    #[error("The elliptic-curve key is broken: it is the point at infinity.")]
    PointAtInfinity,
    /// A point that is not on its curve.
    #[error("The elliptic-curve key is broken: its point is not on the curve.")]
    PointNotOnCurve,
}
