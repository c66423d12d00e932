//! The compression function of SHA-256 in four lanes. FIPS 180-4 §6.2.2.

use core::{
    arch::wasm32::{i32x4_add, i32x4_shl, u32x4_shr, u32x4_splat, v128, v128_and, v128_or, v128_xor},
    array,
};

/// Writes the body out for each index: the compiler leaves a loop of sixteen as it is, which is a fifth slower.
macro_rules! unrolled {
    ($index:ident => $body:block) => {
        unrolled!($index in [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15] => $body)
    };
    ($index:ident in [$($value:literal)*] => $body:block) => {
        $({
            let $index: usize = $value;
            $body
        })*
    };
}

/// Eight words, each with a value for each lane.
pub(crate) type Digest = [v128; 8];

/// FIPS 180-4 §4.2.2.
const ROUND_CONSTANTS: [[u32; 16]; 4] = [
    [
        0x428a_2f98,
        0x7137_4491,
        0xb5c0_fbcf,
        0xe9b5_dba5,
        0x3956_c25b,
        0x59f1_11f1,
        0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98,
        0x1283_5b01,
        0x2431_85be,
        0x550c_7dc3,
        0x72be_5d74,
        0x80de_b1fe,
        0x9bdc_06a7,
        0xc19b_f174,
    ],
    [
        0xe49b_69c1,
        0xefbe_4786,
        0x0fc1_9dc6,
        0x240c_a1cc,
        0x2de9_2c6f,
        0x4a74_84aa,
        0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152,
        0xa831_c66d,
        0xb003_27c8,
        0xbf59_7fc7,
        0xc6e0_0bf3,
        0xd5a7_9147,
        0x06ca_6351,
        0x1429_2967,
    ],
    [
        0x27b7_0a85,
        0x2e1b_2138,
        0x4d2c_6dfc,
        0x5338_0d13,
        0x650a_7354,
        0x766a_0abb,
        0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1,
        0xa81a_664b,
        0xc24b_8b70,
        0xc76c_51a3,
        0xd192_e819,
        0xd699_0624,
        0xf40e_3585,
        0x106a_a070,
    ],
    [
        0x19a4_c116,
        0x1e37_6c08,
        0x2748_774c,
        0x34b0_bcb5,
        0x391c_0cb3,
        0x4ed8_aa4a,
        0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee,
        0x78a5_636f,
        0x84c8_7814,
        0x8cc7_0208,
        0x90be_fffa,
        0xa450_6ceb,
        0xbef9_a3f7,
        0xc671_78f2,
    ],
];

/// In bits: the block of the password, and the digest. FIPS 180-4 §5.1.1.
const MESSAGE_BITS: u32 = 512 + 256;

/// Puts in place of the digest that of a message with it at its end, after the block of the password that gave `state`.
///
/// In place, so that nothing secret is put on the stack.
pub(crate) fn compress_digest(state: &Digest, digest: &mut Digest) {
    let mut schedule: [v128; 16] = array::from_fn(|index| match index {
        0..8 => digest[index],
        8 => u32x4_splat(1 << 31),
        15 => u32x4_splat(MESSAGE_BITS),
        _ => u32x4_splat(0),
    });
    let mut working = *state;
    for (index, constants) in ROUND_CONSTANTS.iter().enumerate() {
        if index > 0 {
            extend(&mut schedule);
        }
        unrolled!(step => {
            round(&mut working, i32x4_add(schedule[step], u32x4_splat(constants[step])));
        });
    }
    for ((digest, state), working) in digest.iter_mut().zip(state).zip(working) {
        *digest = i32x4_add(*state, working);
    }
}

pub(crate) fn xor(sum: &mut Digest, digest: &Digest) {
    for (sum, digest) in sum.iter_mut().zip(digest) {
        *sum = v128_xor(*sum, *digest);
    }
}

/// The next sixteen words of the message schedule in place of the last. FIPS 180-4 §6.2.2, step 1.
#[inline]
fn extend(schedule: &mut [v128; 16]) {
    unrolled!(step => {
        let (early, late) = (schedule[(step + 1) % 16], schedule[(step + 14) % 16]);
        let sigma_0 = xor_3(rotate_right::<7>(early), rotate_right::<18>(early), u32x4_shr(early, 3));
        let sigma_1 = xor_3(rotate_right::<17>(late), rotate_right::<19>(late), u32x4_shr(late, 10));
        schedule[step] = add_4(schedule[step], sigma_0, schedule[(step + 9) % 16], sigma_1);
    });
}

/// One round with the sum of the message word and the constant. FIPS 180-4 §6.2.2, step 3.
#[inline]
#[expect(clippy::many_single_char_names, reason = "as in FIPS 180-4")]
fn round(working: &mut Digest, word: v128) {
    let [a, b, c, d, e, f, g, h] = *working;
    let sigma_1 = xor_3(rotate_right::<6>(e), rotate_right::<11>(e), rotate_right::<25>(e));
    let choice = v128_xor(g, v128_and(e, v128_xor(f, g)));
    let first = add_4(h, word, sigma_1, choice);
    let sigma_0 = xor_3(rotate_right::<2>(a), rotate_right::<13>(a), rotate_right::<22>(a));
    // The XOR of a and b is that of b and c in the next round, and computed once.
    let majority = v128_xor(b, v128_and(v128_xor(a, b), v128_xor(b, c)));
    let second = i32x4_add(sigma_0, majority);
    *working = [i32x4_add(first, second), a, b, c, i32x4_add(d, first), e, f, g];
}

#[inline]
fn rotate_right<const BITS: u32>(word: v128) -> v128 {
    v128_or(u32x4_shr(word, BITS), i32x4_shl(word, 32 - BITS))
}

#[inline]
fn xor_3(a: v128, b: v128, c: v128) -> v128 {
    v128_xor(v128_xor(a, b), c)
}

#[inline]
fn add_4(a: v128, b: v128, c: v128, d: v128) -> v128 {
    i32x4_add(i32x4_add(a, b), i32x4_add(c, d))
}
