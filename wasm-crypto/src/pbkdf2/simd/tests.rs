use super::*;
use getrandom::{
    SysRng,
    rand_core::{Rng, UnwrapErr},
};
use js_sys::{Reflect, Uint8Array};
use std::{
    pin::pin,
    rc::Rc,
    task::{Context, Waker},
};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

fn sha_256(salt: &[u8], iterations: u32, key_bytes: usize) -> Derivation<'_> {
    Derivation { prf: Prf::HmacSha256, salt, iterations, key_bytes }
}

fn hex(key: &[u8]) -> String {
    key.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The exports with `iterate` replaced by a function with this body.
fn with_iterate(body: &str) -> Object {
    let replaced = Object::assign(&Object::new(), &instantiate(MODULE).unwrap());
    Reflect::set(&replaced, &"iterate".into(), &Function::new_with_args("count", body)).unwrap();
    replaced
}

fn random_bytes(longest: u32) -> Vec<u8> {
    let mut random = UnwrapErr(SysRng);
    let length = usize::try_from(random.next_u32() % (longest + 1)).unwrap();
    let mut bytes = vec![0; length];
    random.fill_bytes(&mut bytes);
    bytes
}

#[wasm_bindgen_test]
async fn the_published_vectors_come_out() {
    // RFC 7914 §11.
    let once = derive(b"passwd", &[sha_256(b"salt", 1, 64)]).await.unwrap();
    assert_eq!(
        hex(&once[0]),
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc\
         49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
    );
    let often = derive(b"Password", &[sha_256(b"NaCl", 80_000, 64)]).await.unwrap();
    assert_eq!(
        hex(&often[0]),
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56\
         a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
    );
}

#[wasm_bindgen_test]
async fn keys_are_those_of_the_portable_derivation() {
    let mut random = UnwrapErr(SysRng);
    for count in [1, 2, 3, 4, 9].repeat(20) {
        let password = random_bytes(130);
        let salts: Vec<_> = (0..count).map(|_| random_bytes(70)).collect();
        let derivations: Vec<_> = salts
            .iter()
            .map(|salt| {
                let key_bytes = usize::try_from(random.next_u32() % 100).unwrap();
                let derivation = sha_256(salt, random.next_u32() % 50, key_bytes);
                let prf = if random.next_u32().is_multiple_of(8) { Prf::HmacSha512 } else { derivation.prf };
                Derivation { prf, ..derivation }
            })
            .collect();
        let keys = derive(&password, &derivations).await.unwrap();
        assert_eq!(
            keys,
            Portable.derive(&password, &derivations).await,
            "{password:02x?} {derivations:02x?}"
        );
    }
}

#[wasm_bindgen_test]
async fn lanes_that_end_within_a_slice_and_after_it_do_not_mix() {
    let counts = [1, SLICE_ITERATIONS - 1, SLICE_ITERATIONS + 1, 2 * SLICE_ITERATIONS, 7, SLICE_ITERATIONS];
    let derivations = counts.map(|iterations| sha_256(b"salt", iterations, 40));
    let keys = derive(b"password", &derivations).await.unwrap();
    assert_eq!(keys, Portable.derive(b"password", &derivations).await);
}

#[wasm_bindgen_test]
fn lanes_are_used_where_they_are_faster() {
    assert!(!pays(&[]));
    assert!(!pays(&[sha_256(b"salt", 600_000, 32)]));
    assert!(!pays(&[sha_256(b"salt", 600_000, 32), sha_256(b"salt", 1000, 32)]));
    assert!(pays(&[sha_256(b"salt", 600_000, 33)]));
    assert!(pays(&[sha_256(b"salt", 600_000, 32), sha_256(b"salt", 600_000, 16)]));
    assert!(!pays(&[Prf::HmacSha1; 4].map(|prf| Derivation { prf, ..sha_256(b"salt", 1000, 32) })));
}

#[wasm_bindgen_test]
async fn a_kernel_that_traps_leaves_the_work_to_the_portable_derivation() {
    let derivations = [sha_256(b"salt", 10, 64), sha_256(b"pepper", 20, 16)];
    READY.set(Some(Kernel::from_exports(&with_iterate("throw new Error()")).unwrap()));
    assert!(derive(b"password", &derivations).await.is_err());
    // It is not taken again.
    assert!(READY.take().is_none());
    READY.set(Some(Kernel::from_exports(&with_iterate("throw new Error()")).unwrap()));
    let keys = Simd.derive(b"password", &derivations).await;
    assert_eq!(keys, Portable.derive(b"password", &derivations).await);
}

#[wasm_bindgen_test]
fn a_kernel_that_does_nothing_is_not_taken() {
    let idle = Kernel::from_exports(&with_iterate("")).unwrap();
    assert_eq!(idle.passes_known_answers(), Ok(false));
    let whole = Kernel::from_exports(&instantiate(MODULE).unwrap()).unwrap();
    assert_eq!(whole.passes_known_answers(), Ok(true));
}

#[wasm_bindgen_test]
fn a_kernel_with_one_wrong_instruction_is_not_taken() {
    // Subtraction for addition, and or for exclusive or.
    let mutations: [(&[u8], &[u8]); 2] =
        [(&[0xfd, 0xae, 0x01], &[0xfd, 0xb1, 0x01]), (&[0xfd, 0x51], &[0xfd, 0x50])];
    for (right, wrong) in mutations {
        let places: Vec<usize> =
            (0..MODULE.len()).filter(|place| MODULE[*place..].starts_with(right)).collect();
        assert!(places.len() > 100, "{}", places.len());
        for place in places {
            let mut mutated = MODULE.to_vec();
            mutated[place..place + wrong.len()].copy_from_slice(wrong);
            let kernel = Kernel::from_exports(&instantiate(&mutated).unwrap()).unwrap();
            assert_eq!(kernel.passes_known_answers(), Ok(false), "at {place}");
        }
    }
}

#[wasm_bindgen_test]
fn nothing_of_a_derivation_stays_in_the_kernels_memory() {
    let exports = instantiate(MODULE).unwrap();
    let memory = embedded_module::memory(&exports).unwrap();
    let contents = || Uint8Array::new(&memory.buffer()).to_vec();
    let before = contents();
    let kernel = Kernel::from_exports(&exports).unwrap();
    let derivations = [sha_256(b"one", 20, 64), sha_256(b"two", 30, 64)];
    let blocks = (1..=2).flat_map(|number| {
        derivations.iter().enumerate().map(move |(key, derivation)| Block { key, number, derivation })
    });
    let mut keys = vec![Zeroizing::new(vec![0; 64]); 2];
    let mut lanes = Lanes::new(&kernel, b"password", blocks.collect());
    while lanes.advance(&mut keys).unwrap().is_some() {}
    assert_ne!(contents(), before);
    kernel.wipe();
    // All of it, the stack too.
    assert!(contents() == before);
}

#[wasm_bindgen_test]
fn a_derivation_that_is_given_up_leaves_nothing_in_the_kernels_memory() {
    let kernel = Kernel::new().unwrap();
    let exchange = kernel.exchange.clone();
    READY.set(Some(kernel));
    {
        let derivations = [sha_256(b"salt", 10 * SLICE_ITERATIONS, 32)];
        let mut underway = pin!(derive(b"password", &derivations));
        assert!(underway.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(exchange.to_vec().iter().any(|word| *word != 0));
    }
    assert_eq!(exchange.to_vec(), [0; 128]);
}

#[wasm_bindgen_test]
async fn two_derivations_at_the_same_time_do_not_mix_and_let_others_work() {
    let keys = Rc::new(RefCell::new(Vec::new()));
    for salt in [b"one", b"two"] {
        let keys = Rc::clone(&keys);
        spawn_local(async move {
            let derivations = [sha_256(salt, 20 * SLICE_ITERATIONS, 32)];
            let key = derive(b"password", &derivations).await.unwrap();
            keys.borrow_mut().push((salt, key));
        });
    }
    // Both have begun, and neither has ended when this message has come back.
    pause().await.unwrap();
    assert!(keys.borrow().is_empty());
    while keys.borrow().len() < 2 {
        pause().await.unwrap();
    }
    for (salt, key) in keys.take() {
        let derivations = [sha_256(salt, 20 * SLICE_ITERATIONS, 32)];
        assert_eq!(key, Portable.derive(b"password", &derivations).await);
    }
}
