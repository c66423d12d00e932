use super::*;
use crate::{
    key_pair::{KeyPair, KeyPairError, KeyProgress, generate_key_pair, generate_key_pair_with},
    prime_search::prepare_kernel,
    rsa_primes::generate,
};
use crypto_bigint::{
    Limb, NonZero, Resize,
    modular::{BoxedMontyForm, BoxedMontyParams},
};
use getrandom::{SysRng, rand_core::UnwrapErr};
use js_sys::Reflect;
use pki::key_policy::KeyAlgorithm;
use rsa::RsaPrivateKey;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const KERNELS: [Kernel; 2] = [Kernel::RelaxedSimd, Kernel::Simd128];

fn module_of(kernel: Kernel) -> &'static [u8] {
    if kernel == Kernel::RelaxedSimd { RELAXED_SIMD } else { SIMD_128 }
}

fn exports_of(kernel: Kernel) -> Object {
    instantiate(module_of(kernel)).unwrap()
}

/// The exports with one function replaced by one that always gives this answer.
fn with_answer(kernel: Kernel, name: &str, answer: u32) -> Object {
    let replaced = Object::assign(&Object::new(), &exports_of(kernel));
    let function = Function::new_no_args(&format!("return {answer}"));
    Reflect::set(&replaced, &name.into(), &function).unwrap();
    replaced
}

fn generate_with(kernel: Kernel, exports: Object) -> Result<RsaPrivateKey, KeyPairError> {
    let mut simd = Simd::from_exports(kernel, exports).unwrap();
    generate(2048, &mut simd, &mut UnwrapErr(SysRng), &mut |_| ())
}

fn is_fault(kernel: Kernel, result: &Result<RsaPrivateKey, KeyPairError>) -> bool {
    let fault = PrimeSearchError::Fault { kernel };
    matches!(result, Err(KeyPairError::PrimeSearch { source }) if *source == fault)
}

#[wasm_bindgen_test]
fn each_kernel_makes_keys_of_each_size() {
    for kernel in KERNELS {
        for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::Rsa3072, KeyAlgorithm::Rsa4096] {
            let random = &mut UnwrapErr(SysRng);
            let key = generate_key_pair_with(kernel, algorithm, random, &mut |_| ()).unwrap();
            assert_eq!((key.algorithm(), key.made_by()), (algorithm, Some(kernel)));
        }
    }
}

#[wasm_bindgen_test]
fn the_fastest_kernel_is_taken() {
    assert_eq!(prepare_kernel(), Kernel::RelaxedSimd);
    let key = generate_key_pair(KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap();
    assert_eq!(key.made_by(), Some(Kernel::RelaxedSimd));
}

#[wasm_bindgen_test]
fn progress_is_told_after_each_pair_of_candidates() {
    for kernel in KERNELS {
        let mut seen = Vec::new();
        let random = &mut UnwrapErr(SysRng);
        generate_key_pair_with(kernel, KeyAlgorithm::Rsa2048, random, &mut |progress| seen.push(progress))
            .unwrap();
        assert_eq!(seen.first(), Some(&KeyProgress::SearchingFirstPrime { candidates: 2 }));
        assert!(seen.contains(&KeyProgress::SearchingSecondPrime { candidates: 2 }));
        assert_eq!(seen.last(), Some(&KeyProgress::Checking));
    }
}

/// The odd primes below the limit (Eratosthenes).
fn odd_primes(limit: usize) -> Vec<usize> {
    let mut is_composite = vec![false; limit];
    let mut primes = Vec::new();
    for number in (3..limit).step_by(2) {
        if !is_composite[number] {
            primes.push(number);
            let square = number.checked_mul(number).unwrap_or(limit);
            (square..limit).step_by(number).for_each(|multiple| is_composite[multiple] = true);
        }
    }
    primes
}

#[wasm_bindgen_test]
fn the_sieve_leaves_the_numbers_without_a_small_factor_and_no_others() {
    const WINDOW: usize = 1 << 13;
    for (words, limit) in [(32, 1 << 19), (48, 1 << 20), (64, 1 << 21)] {
        let primes = odd_primes(limit);
        let bits = words * u32::BITS;
        let random = random_bytes(words, &mut UnwrapErr(SysRng)).to_vec();
        let largest = vec![0xff; random.len()];
        for mut start in [random, largest] {
            start[0] |= 1;
            let number = BoxedUint::from_le_slice(&start, bits).unwrap();
            let mut expected = vec![true; WINDOW];
            for prime in &primes {
                let divisor = NonZero::new(Limb(u32::try_from(*prime).unwrap())).unwrap();
                let remainder = usize::try_from(number.rem_limb(divisor).0).unwrap();
                let first = half_distance(*prime, remainder);
                (first..WINDOW).step_by(*prime).for_each(|index| expected[index] = false);
                if *prime == 65_537 {
                    let first = half_distance(*prime, (remainder + prime - 1) % prime);
                    (first..WINDOW).step_by(*prime).for_each(|index| expected[index] = false);
                }
            }
            let expected: Vec<u16> =
                (0..).zip(&expected).filter_map(|(index, is)| is.then_some(index)).collect();
            for kernel in KERNELS {
                let simd = Simd::from_exports(kernel, exports_of(kernel)).unwrap();
                simd.write(0, &start);
                let count = number_of_survivors(&simd, words);
                let bytes = simd.read(SURVIVORS_OFFSET, count * 2);
                let found: Vec<u16> =
                    bytes.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
                assert_eq!(found, expected, "{kernel}, {words} words");
            }
        }
    }
}

/// How many twos lead from a number with this remainder to a multiple of the prime.
fn half_distance(prime: usize, remainder: usize) -> usize {
    let distance = (prime - remainder) % prime;
    if distance.is_multiple_of(2) { distance / 2 } else { usize::midpoint(distance, prime) }
}

fn number_of_survivors(simd: &Simd, words: u32) -> u32 {
    number(&simd.sieve.call1(&JsValue::UNDEFINED, &words.into()).unwrap()).unwrap()
}

#[wasm_bindgen_test]
fn a_kernel_that_takes_every_number_for_a_prime_gives_no_key() {
    for kernel in KERNELS {
        let exports = with_answer(kernel, "fermat", 3);
        Reflect::set(&exports, &"miller_rabin".into(), &Function::new_no_args("return 1")).unwrap();
        assert!(is_fault(kernel, &generate_with(kernel, exports)));
    }
}

#[wasm_bindgen_test]
fn a_kernel_that_takes_no_number_for_a_prime_gives_up() {
    for kernel in KERNELS {
        assert!(is_fault(kernel, &generate_with(kernel, with_answer(kernel, "fermat", 0))));
        assert!(is_fault(kernel, &generate_with(kernel, with_answer(kernel, "miller_rabin", 0))));
        assert!(is_fault(kernel, &generate_with(kernel, with_answer(kernel, "sieve", 0))));
    }
}

#[wasm_bindgen_test]
fn a_key_is_made_by_the_portable_search_when_the_kernel_fails() {
    let exports = with_answer(Kernel::RelaxedSimd, "fermat", 0);
    READY.set(Some(Simd::from_exports(Kernel::RelaxedSimd, exports).unwrap()));
    let key = generate_key_pair(KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng), &mut |_| ()).unwrap();
    assert_eq!(key.made_by(), Some(Kernel::Portable));
    READY.set(None);
}

#[wasm_bindgen_test]
fn a_kernel_that_traps_is_a_fault() {
    for kernel in KERNELS {
        for name in ["sieve", "fermat", "candidate", "miller_rabin", "wipe"] {
            let exports = with_answer(kernel, name, 0);
            Reflect::set(&exports, &name.into(), &Function::new_no_args("throw new Error()")).unwrap();
            assert!(is_fault(kernel, &generate_with(kernel, exports)), "{name}");
        }
    }
}

#[wasm_bindgen_test]
fn a_candidate_that_changes_after_its_test_gives_no_key() {
    for kernel in KERNELS {
        let simd = Simd::from_exports(kernel, exports_of(kernel)).unwrap();
        let bits = NonZeroU32::new(1024).unwrap();
        let random = &mut UnwrapErr(SysRng);
        let prime = simd.search(bits, random, &mut |_| ()).unwrap().unwrap();
        // One bit in the middle of the number that is still in the kernel's memory.
        let byte = simd.exchange.get_index(CANDIDATE_OFFSET + 60);
        simd.exchange.set_index(CANDIDATE_OFFSET + 60, byte ^ 0x10);
        let changed = simd.read_candidate(32, bits).unwrap();
        assert_ne!(changed, prime);
        let exports = Object::assign(&Object::new(), &simd.exports);
        Reflect::set(&exports, &"candidate".into(), &flipping(&simd)).unwrap();
        assert!(is_fault(kernel, &generate_with_known_tests(kernel, exports)));
    }
}

/// A function that writes the candidate and then flips one of its bits.
fn flipping(simd: &Simd) -> Function {
    let body = "const written = candidate(words, index); exchange[316] ^= 16; return written";
    Function::new_with_args("candidate, exchange, words, index", body)
        .bind2(&JsValue::UNDEFINED, &simd.candidate, &simd.exchange)
        .unchecked_into()
}

/// The tests say yes to everything that the Fermat test let through.
fn generate_with_known_tests(kernel: Kernel, exports: Object) -> Result<RsaPrivateKey, KeyPairError> {
    Reflect::set(&exports, &"miller_rabin".into(), &Function::new_no_args("return 1")).unwrap();
    generate_with(kernel, exports)
}

#[wasm_bindgen_test]
fn the_rounds_tell_a_composite_number_in_either_lane() {
    for (kernel, bits) in KERNELS.into_iter().flat_map(|kernel| [1024, 1536, 2048].map(|bits| (kernel, bits)))
    {
        let mut simd = Simd::from_exports(kernel, exports_of(kernel)).unwrap();
        let random = &mut UnwrapErr(SysRng);
        let prime = simd.find(NonZeroU32::new(bits).unwrap(), random, &mut |_| ()).unwrap();
        // With numbers of any residue modulo powers of two: how often it is halved differs from lane to lane.
        for distance in [0_u8, 2, 4, 6, 8, 14, 16] {
            let other = prime.wrapping_sub(BoxedUint::from(distance));
            let is_prime = distance == 0 || crypto_primes::is_prime(crypto_primes::Flavor::Any, &other);
            assert_eq!(
                simd.passes_rounds([&prime, &other], 2, random),
                Ok(is_prime),
                "{kernel}, {bits} bits"
            );
            assert_eq!(
                simd.passes_rounds([&other, &prime], 2, random),
                Ok(is_prime),
                "{kernel}, {bits} bits"
            );
        }
    }
}

/// A random number of so many bits, the highest set.
fn random_number(bits: u32) -> BoxedUint {
    let mut bytes = random_bytes(bits / u32::BITS, &mut UnwrapErr(SysRng));
    *bytes.last_mut().unwrap() |= 0x80;
    BoxedUint::from_le_slice(&bytes, bits).unwrap()
}

fn random_odd_number(bits: u32) -> Odd<BoxedUint> {
    let number = random_number(bits);
    Odd::new(if number.bit_vartime(0) { number } else { number.wrapping_add(BoxedUint::one()) }).unwrap()
}

#[wasm_bindgen_test]
fn powers_are_those_of_big_number_arithmetic_and_nothing_of_them_stays() {
    for (kernel, bits) in KERNELS.into_iter().flat_map(|kernel| [1024, 1536, 2048].map(|bits| (kernel, bits)))
    {
        let mut simd = Simd::from_exports(kernel, exports_of(kernel)).unwrap();
        let moduli = [(); 2].map(|()| random_odd_number(bits));
        // The second is much shorter than the first; each lane has its own length.
        let exponents = [random_number(bits), random_number(64).resize(bits)];
        let bases = moduli.each_ref().map(|modulus| random_number(bits).rem(modulus.as_nz_ref()));
        let lanes = [0, 1].map(|lane| Power {
            base: &bases[lane],
            exponent: &exponents[lane],
            modulus: &moduli[lane],
        });
        let powers = simd.powers(lanes).unwrap();
        for (Power { base, exponent, modulus }, power) in lanes.into_iter().zip(&powers) {
            let params = BoxedMontyParams::new(modulus.clone());
            let expected = BoxedMontyForm::new(base.clone(), &params).pow(exponent).retrieve();
            assert_eq!(**power, expected, "{kernel}, {bits} bits");
        }
        let memory = embedded_module::memory(&simd.exports).unwrap();
        let memory = Uint8Array::new(&memory.buffer()).to_vec();
        for secret in [moduli[0].as_ref(), &exponents[0], &bases[0], &powers[0]] {
            // Zeros are everywhere; eight of them in a random number are not.
            for bytes in secret.to_le_bytes().chunks_exact(8) {
                assert!(!memory.windows(8).any(|window| window == bytes), "{kernel}, {bits} bits");
            }
        }
    }
}

/// The key pair that is made when this function of the kernel is replaced by that one.
fn key_pair_with(kernel: Kernel, name: &str, function: &str) -> Result<KeyPair, KeyPairError> {
    let exports = with_answer(kernel, name, 0);
    Reflect::set(&exports, &name.into(), &Function::new_no_args(function)).unwrap();
    READY.set(Some(Simd::from_exports(kernel, exports).unwrap()));
    let key = generate_key_pair_with(kernel, KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng), &mut |_| ());
    READY.set(None);
    key
}

#[wasm_bindgen_test]
fn a_kernel_whose_powers_are_wrong_gives_no_key() {
    for kernel in KERNELS {
        // It leaves the bases where the powers should be.
        let refused = key_pair_with(kernel, "power", "return 1");
        assert!(matches!(refused, Err(KeyPairError::SelfTest)), "{refused:?}");
    }
}

#[wasm_bindgen_test]
fn without_powers_of_the_kernel_the_signature_is_made_by_big_number_arithmetic() {
    for kernel in KERNELS {
        for function in ["return 0", "throw new Error()"] {
            let key = key_pair_with(kernel, "power", function).unwrap();
            assert_eq!(key.made_by(), Some(kernel));
        }
    }
}

#[wasm_bindgen_test]
fn products_of_the_integer_kernel_are_one_instruction_each() {
    // i64x2.mul, which engines make of three products and five other instructions, and the two i64x2.extmul of u32.
    const LONG: [u8; 3] = [0xfd, 0xd5, 0x01];
    const WIDENING: [[u8; 3]; 2] = [[0xfd, 0xde, 0x01], [0xfd, 0xdf, 0x01]];
    let count = |code: [u8; 3]| SIMD_128.windows(code.len()).filter(|bytes| *bytes == code).count();
    let widening: usize = WIDENING.into_iter().map(count).sum();
    assert!(widening > 5 * count(LONG), "{widening} and {}", count(LONG));
}

#[wasm_bindgen_test]
fn a_kernel_with_one_wrong_instruction_is_not_taken_or_gives_right_keys() {
    // Subtraction for addition of 64-bit lanes, one after another: each is a column sum that goes wrong.
    const ADD: [u8; 3] = [0xfd, 0xce, 0x01];
    const SUBTRACT: [u8; 3] = [0xfd, 0xd1, 0x01];
    for kernel in KERNELS {
        let module = module_of(kernel);
        let places: Vec<usize> =
            (0..module.len()).filter(|place| module[*place..].starts_with(&ADD)).collect();
        assert!(places.len() > 50);
        let mut refused = 0;
        for place in places.iter().step_by(7) {
            let mut mutated = module.to_vec();
            mutated[*place..*place + ADD.len()].copy_from_slice(&SUBTRACT);
            let simd = Simd::from_exports(kernel, instantiate(&mutated).unwrap()).unwrap();
            if simd.passes_known_answers() == Ok(true) {
                // In code for another size than the known answers have.
                if let Ok(key) = generate(2048, &mut { simd }, &mut UnwrapErr(SysRng), &mut |_| ()) {
                    key.validate().unwrap();
                }
            } else {
                refused += 1;
            }
        }
        assert!(refused > 3, "{refused}");
    }
}

#[wasm_bindgen_test]
fn a_multiply_add_that_rounds_twice_is_found_out() {
    let simd =
        Simd::from_exports(Kernel::RelaxedSimd, with_answer(Kernel::RelaxedSimd, "is_usable", 0)).unwrap();
    assert_eq!(simd.passes_known_answers(), Ok(false));
}

#[wasm_bindgen_test]
fn an_engine_that_does_not_know_an_instruction_refuses_the_module() {
    let mut unknown = RELAXED_SIMD.to_vec();
    let place = unknown.windows(3).position(|bytes| bytes == [0xfd, 0x87, 0x02]).unwrap();
    // There is no vector instruction with this number.
    unknown[place + 1..place + 3].copy_from_slice(&[0xff, 0x1f]);
    assert!(instantiate(&unknown).is_err());
}

#[wasm_bindgen_test]
fn nothing_of_a_prime_stays_in_the_kernels_memory() {
    for kernel in KERNELS {
        let mut simd = Simd::from_exports(kernel, exports_of(kernel)).unwrap();
        let bits = NonZeroU32::new(1024).unwrap();
        let random = &mut UnwrapErr(SysRng);
        let [prime, other] = [(); 2].map(|()| simd.find(bits, random, &mut |_| ()).unwrap());
        assert_eq!(simd.passes_rounds([&prime, &other], 1, random), Ok(true));
        let memory = embedded_module::memory(&simd.exports).unwrap();
        let memory = Uint8Array::new(&memory.buffer()).to_vec();
        // Eight bytes of it in a row, wherever they begin; the start of the window shares the higher ones.
        for bytes in prime.to_le_bytes().windows(8) {
            assert!(!memory.windows(8).any(|window| window == bytes), "{bytes:?}");
        }
    }
}
