//! RSA keys: sizes, exponents, and the ways in which faulty programs made them (S/MIME BR §6.1.5, §6.1.6).

use super::{KeyAlgorithm, KeyRejection, MINIMUM_RSA_EXPONENT, SMALL_FACTOR_LIMIT, fermat, roca};
use der::asn1::{AnyRef, UintRef};
use der::{Decode, SliceReader, Tag, Tagged};
use rsa::pkcs1::RsaPublicKeyRef;

/// Longest RSA exponent. Our choice: Windows reads no more than 32 bits.
const MAXIMUM_EXPONENT_BYTES: usize = 4;

/// Judges an `RSAPublicKey` (RFC 8017 §A.1.1).
pub(super) fn judge(subject_public_key: &[u8]) -> Result<KeyAlgorithm, KeyRejection> {
    let key =
        RsaPublicKeyRef::from_der(subject_public_key).map_err(|_damage| undecodable(subject_public_key))?;
    let bits = bit_length(&key.modulus);
    let algorithm = match bits {
        0..2048 => return Err(KeyRejection::ModulusTooShort { bits }),
        2048 => KeyAlgorithm::Rsa2048,
        3072 => KeyAlgorithm::Rsa3072,
        4096 => KeyAlgorithm::Rsa4096,
        4097.. => return Err(KeyRejection::ModulusTooLong { bits }),
        _ if !bits.is_multiple_of(8) => return Err(KeyRejection::ModulusSizeNotBytes { bits }),
        _ => return Err(KeyRejection::ModulusSizeUnusual { bits }),
    };
    judge_exponent(key.public_exponent.as_bytes())?;
    judge_modulus(key.modulus.as_bytes())?;
    Ok(algorithm)
}

/// What is wrong with a key that does not decode: a negative number, or anything else.
fn undecodable(subject_public_key: &[u8]) -> KeyRejection {
    let numbers = || -> der::Result<[AnyRef<'_>; 2]> {
        let sequence = AnyRef::from_der(subject_public_key)?;
        let mut reader = SliceReader::new(sequence.value())?;
        Ok([AnyRef::decode(&mut reader)?, AnyRef::decode(&mut reader)?])
    };
    let is_negative = |number: &AnyRef<'_>| {
        number.tag() == Tag::Integer && number.value().first().is_some_and(|byte| byte & 0x80 != 0)
    };
    match numbers() {
        Ok(numbers) if numbers.iter().any(is_negative) => KeyRejection::NumberNegative,
        _ => KeyRejection::Undecodable,
    }
}

/// The cheapest look comes first.
fn judge_modulus(modulus: &[u8]) -> Result<(), KeyRejection> {
    if let Some(factor) = small_factor(modulus) {
        return Err(KeyRejection::ModulusSmallFactor { factor });
    }
    if roca::has_fingerprint(modulus) {
        return Err(KeyRejection::Roca);
    }
    if fermat::finds_factors(modulus) {
        return Err(KeyRejection::PrimesTooClose);
    }
    Ok(())
}

fn bit_length(number: &UintRef<'_>) -> usize {
    let bytes = number.as_bytes();
    let leading_zeros = bytes.first().map_or(0, |byte| byte.leading_zeros());
    bytes.len().saturating_mul(8).saturating_sub(usize::try_from(leading_zeros).unwrap_or_default())
}

fn judge_exponent(bytes: &[u8]) -> Result<(), KeyRejection> {
    if bytes.last().is_none_or(|byte| byte & 1 == 0) {
        return Err(KeyRejection::ExponentEven);
    }
    if bytes.len() > MAXIMUM_EXPONENT_BYTES {
        return Err(KeyRejection::ExponentTooLarge);
    }
    let exponent = bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    if exponent < MINIMUM_RSA_EXPONENT {
        return Err(KeyRejection::ExponentTooSmall { exponent });
    }
    Ok(())
}

/// The primes that a modulus is divided by, the smallest first.
pub(super) const SMALL_PRIMES: [u32; 133] = small_primes();

/// How many of them are tried with one division of the modulus: the product of three is below 2^32.
const AT_ONCE: usize = 3;

#[expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "the compiler evaluates it, and would refuse an overflow and an index that is not there"
)]
const fn small_primes() -> [u32; 133] {
    let mut primes = [0; 133];
    let (mut count, mut number) = (0, 2);
    while number < SMALL_FACTOR_LIMIT {
        let mut index = 0;
        while index < count && number % primes[index] != 0 {
            index += 1;
        }
        if index == count {
            primes[count] = number;
            count += 1;
        }
        number += 1;
    }
    primes
}

/// The smallest divisor below [`SMALL_FACTOR_LIMIT`], which is always a prime.
fn small_factor(modulus: &[u8]) -> Option<u32> {
    SMALL_PRIMES.chunks(AT_ONCE).find_map(|primes| {
        let rest = remainder(modulus, primes.iter().fold(1, |product, prime| product.wrapping_mul(*prime)));
        primes.iter().copied().find(|prime| rest.is_multiple_of(*prime))
    })
}

/// The remainder of a big-endian number; of a division by zero, zero.
pub(super) fn remainder(number: &[u8], divisor: u32) -> u32 {
    let divisor = u64::from(divisor);
    let (words, bytes) = number.as_chunks();
    let rest = words.iter().try_fold(0_u64, |rest, word| {
        (rest << u32::BITS | u64::from(u32::from_be_bytes(*word))).checked_rem(divisor)
    });
    let rest = bytes.iter().try_fold(rest.unwrap_or_default(), |rest, byte| {
        (rest << u8::BITS | u64::from(*byte)).checked_rem(divisor)
    });
    rest.and_then(|rest| u32::try_from(rest).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponent_is_odd_and_between_65537_and_32_bits() {
        assert_eq!(judge_exponent(&[1, 0, 1]), Ok(()));
        assert_eq!(judge_exponent(&[0xff, 0xff, 0xff, 0xff]), Ok(()));
        assert_eq!(judge_exponent(&[1, 0, 0, 0, 1]), Err(KeyRejection::ExponentTooLarge));
        assert_eq!(judge_exponent(&[1, 0, 0]), Err(KeyRejection::ExponentEven));
        assert_eq!(judge_exponent(&[]), Err(KeyRejection::ExponentEven));
        assert_eq!(judge_exponent(&[3]), Err(KeyRejection::ExponentTooSmall { exponent: 3 }));
        assert_eq!(judge_exponent(&[0xff, 0xff]), Err(KeyRejection::ExponentTooSmall { exponent: 65_535 }));
    }

    #[test]
    fn a_small_factor_is_found_up_to_the_limit() {
        assert_eq!(small_factor(&[6]), Some(2));
        for prime in SMALL_PRIMES {
            assert_eq!(small_factor(&(prime * 757).to_be_bytes()), Some(prime));
            assert_eq!(small_factor(&(prime * 751).to_be_bytes()), Some(prime));
        }
        // 751 × 757, then 757 × 761: the first prime past the limit.
        assert_eq!(small_factor(&568_507_u32.to_be_bytes()), Some(751));
        assert_eq!(small_factor(&576_077_u32.to_be_bytes()), None);
    }

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        assert_eq!(bit_length(&UintRef::new(&[0x80; 256]).unwrap()), 2048);
        assert_eq!(bit_length(&UintRef::new(&[0x7f; 256]).unwrap()), 2047);
        assert_eq!(bit_length(&UintRef::new(&[0]).unwrap()), 0);
    }

    #[test]
    fn a_remainder_is_that_of_the_whole_number() {
        assert_eq!(remainder(&[0xff; 9], 65_537), 255);
        assert_eq!(remainder(&u128::MAX.to_be_bytes(), 1_000_000_007), 279_632_276);
        assert_eq!(remainder(&[1, 2, 3, 4, 5, 6], 1_000_003), 833_002);
        assert_eq!(remainder(&[1, 2, 3], 0), 0);
    }

    #[test]
    fn a_negative_number_is_told_from_other_damage() {
        assert_eq!(judge(b"\x30\x06\x02\x01\x80\x02\x01\x03"), Err(KeyRejection::NumberNegative));
        assert_eq!(judge(b"\x30\x06\x02\x01\x05\x02\x01\xfd"), Err(KeyRejection::NumberNegative));
        assert_eq!(judge(b"\x30\x06\x02\x01\x05\x04\x01\xfd"), Err(KeyRejection::Undecodable));
        assert_eq!(judge(b""), Err(KeyRejection::Undecodable));
    }
}
