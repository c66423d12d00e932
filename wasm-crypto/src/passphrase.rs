//! Passphrases of recovery files and passwords of PFX files: made here, or chosen by the person and judged here.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Small letters and digits without `l`, `o`, `0` and `1`: what a person reads out or copies from paper cannot be
/// taken for another character.
const ALPHABET: [u8; 32] = *b"23456789abcdefghijkmnpqrstuvwxyz";

/// Characters in a group, each worth five bits. Our choice: five can be read out in one breath.
const GROUP_CHARACTERS: usize = 5;

/// Groups in a passphrase. Four are 100 bits: out of reach of guessing even in the PFX preset whose key derivation
/// is one round of SHA-1 per iteration.
const GROUPS: usize = 4;

/// The shortest that is accepted from a person. NIST SP 800-63B-4 §3.1.1.2 has eight as the least.
pub const MINIMUM_CHARACTERS: usize = 8;

/// The longest that is accepted. Our choice: NIST SP 800-63B-4 §3.1.1.2 asks to allow at least 64.
pub const MAXIMUM_CHARACTERS: usize = 128;

/// Makes a passphrase of 100 random bits, such as `h7kqn-2xw9d-mf4tz-8vbep`.
pub fn generate(random: &mut impl CryptoRng) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0_u8; GROUPS * GROUP_CHARACTERS]);
    random.fill_bytes(bytes.as_mut_slice());
    let mut passphrase = Zeroizing::new(String::with_capacity(GROUPS * (GROUP_CHARACTERS + 1)));
    for group in bytes.chunks(GROUP_CHARACTERS) {
        if !passphrase.is_empty() {
            passphrase.push('-');
        }
        passphrase.extend(group.iter().map(|byte| letter(*byte)));
    }
    passphrase
}

/// The letter for the low five bits: 256 is a multiple of 32, so all letters are equally likely.
fn letter(byte: u8) -> char {
    ALPHABET.get(usize::from(byte & 0b1_1111)).copied().map_or_else(char::default, char::from)
}

/// Why a passphrase is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseProblem {
    /// There is none.
    #[error("Enter a passphrase: without one, anybody who finds the file has the key.")]
    Empty,
    /// It has fewer than [`MINIMUM_CHARACTERS`].
    #[error("The passphrase is too short. Use at least 8 characters; several words are best.")]
    TooShort,
    /// It has more than [`MAXIMUM_CHARACTERS`].
    #[error("The passphrase is too long. Use at most 128 characters.")]
    TooLong,
    /// It has a character outside `0x20..=0x7E`.
    #[error(
        "The passphrase has a character outside the English alphabet (accents, other scripts, emoji). Several programs \
         read those differently and then refuse the file. Use letters a to z, digits, spaces and punctuation."
    )]
    NotPrintableAscii,
    /// It begins or ends with a space.
    #[error(
        "The passphrase begins or ends with a space, which is easily lost when it is copied. Remove the space."
    )]
    OuterSpace,
}

/// Judges a passphrase that a person chose.
///
/// Printable ASCII only: Java refuses anything else in a PFX, gpgsm and node-forge lose it.
///
/// # Errors
/// The first reason for not accepting it.
pub fn check(passphrase: &str) -> Result<(), PassphraseProblem> {
    if passphrase.is_empty() {
        return Err(PassphraseProblem::Empty);
    }
    if !passphrase.bytes().all(|byte| matches!(byte, 0x20..=0x7E)) {
        return Err(PassphraseProblem::NotPrintableAscii);
    }
    if passphrase.starts_with(' ') || passphrase.ends_with(' ') {
        return Err(PassphraseProblem::OuterSpace);
    }
    if passphrase.len() < MINIMUM_CHARACTERS {
        return Err(PassphraseProblem::TooShort);
    }
    if passphrase.len() > MAXIMUM_CHARACTERS {
        return Err(PassphraseProblem::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use std::collections::HashSet;

    #[test]
    fn a_generated_passphrase_has_four_groups_of_five_letters_and_is_accepted() {
        let passphrase = generate(&mut UnwrapErr(SysRng));
        let groups: Vec<&str> = passphrase.split('-').collect();
        assert_eq!(groups.len(), 4);
        assert!(groups.iter().all(|group| group.len() == 5));
        assert!(groups.concat().bytes().all(|byte| ALPHABET.contains(&byte)));
        assert_eq!(check(&passphrase), Ok(()));
    }

    #[test]
    fn every_letter_stands_for_eight_of_the_256_bytes() {
        let mut counts = [0_u16; 128];
        for byte in 0..=u8::MAX {
            counts[usize::try_from(u32::from(letter(byte))).unwrap()] += 1;
        }
        assert!(ALPHABET.iter().all(|letter| counts[usize::from(*letter)] == 8));
    }

    #[test]
    fn the_alphabet_has_32_letters_and_no_look_alikes() {
        assert_eq!(ALPHABET.iter().collect::<HashSet<_>>().len(), 32);
        assert!(b"01lo".iter().all(|look_alike| !ALPHABET.contains(look_alike)));
    }

    #[test]
    fn the_same_passphrase_is_not_made_twice() {
        let made: HashSet<String> = (0..1000).map(|_| generate(&mut UnwrapErr(SysRng)).to_string()).collect();
        assert_eq!(made.len(), 1000);
    }

    #[test]
    fn a_passphrase_is_refused_with_its_reason() {
        let long = "a".repeat(MAXIMUM_CHARACTERS + 1);
        for (passphrase, problem) in [
            ("", PassphraseProblem::Empty),
            ("1234567", PassphraseProblem::TooShort),
            (long.as_str(), PassphraseProblem::TooLong),
            ("zażółć gęślą", PassphraseProblem::NotPrintableAscii),
            ("tab\tinside", PassphraseProblem::NotPrintableAscii),
            ("delete\u{7F}inside", PassphraseProblem::NotPrintableAscii),
            (" space before", PassphraseProblem::OuterSpace),
            ("space after ", PassphraseProblem::OuterSpace),
        ] {
            assert_eq!(check(passphrase), Err(problem), "{passphrase:?}");
        }
    }

    #[test]
    fn spaces_inside_quotes_and_backslashes_are_accepted() {
        for passphrase in
            ["six words are long enough here", "\"quoted\" \\ back", "12345678", &"a".repeat(128)]
        {
            assert_eq!(check(passphrase), Ok(()), "{passphrase:?}");
        }
    }
}
