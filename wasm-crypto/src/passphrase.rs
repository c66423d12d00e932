//! Passphrases of recovery files and passwords of PFX files: made here, or chosen by the person and judged here.
//!
//! They are taken as they are spelled. Unicode spells `ż` in two ways, and macOS may type another one than Windows: who
//! takes a passphrase from a person composes it first (NFC, UAX #15 §1.2), where the engine's own tables are.

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

/// A passphrase as [`generate`] spells it, of what was copied from a screen or typed from paper: with blanks around or in
/// it, with no hyphens or those of a word processor, in upper case. None where the text has other characters than such a
/// passphrase, or is spelled so already.
pub fn respelled(typed: &str) -> Option<Zeroizing<String>> {
    let is_between = |character: &char| character.is_whitespace() || is_dash(*character);
    let letters = typed.chars().filter(|character| !is_between(character));
    let mut passphrase = Zeroizing::new(String::with_capacity(GROUPS * (GROUP_CHARACTERS + 1)));
    for (index, letter) in letters.enumerate() {
        let letter = letter.to_ascii_lowercase();
        if index >= GROUPS * GROUP_CHARACTERS || !ALPHABET.iter().any(|known| char::from(*known) == letter) {
            return None;
        }
        if index > 0 && index.is_multiple_of(GROUP_CHARACTERS) {
            passphrase.push('-');
        }
        passphrase.push(letter);
    }
    let is_whole = passphrase.len() == GROUPS * (GROUP_CHARACTERS + 1) - 1;
    (is_whole && passphrase.as_str() != typed).then_some(passphrase)
}

/// Hyphens and what programs make of them. Unicode §6.2, table 6-3.
fn is_dash(character: char) -> bool {
    matches!(character, '-' | '\u{AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
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
    /// It has a line break or another control character.
    #[error(
        "The passphrase has a line break, a tab or another character that cannot be typed into a password field. \
         Remove it."
    )]
    ControlCharacter,
    /// It begins or ends with a space, of whatever width.
    #[error(
        "The passphrase begins or ends with a space, which is easily lost when it is copied. Remove the space."
    )]
    OuterSpace,
}

/// Judges a passphrase that a person chose. What [`warning`] tells is no reason not to accept it.
///
/// # Errors
/// The first reason for not accepting it.
pub fn check(passphrase: &str) -> Result<(), PassphraseProblem> {
    if passphrase.is_empty() {
        return Err(PassphraseProblem::Empty);
    }
    if passphrase.contains(is_control) {
        return Err(PassphraseProblem::ControlCharacter);
    }
    if passphrase.starts_with(is_space) || passphrase.ends_with(is_space) {
        return Err(PassphraseProblem::OuterSpace);
    }
    match passphrase.chars().count() {
        0..MINIMUM_CHARACTERS => Err(PassphraseProblem::TooShort),
        MINIMUM_CHARACTERS..=MAXIMUM_CHARACTERS => Ok(()),
        _ => Err(PassphraseProblem::TooLong),
    }
}

/// Control characters, and what breaks a line without being one. Unicode §23.1 and §5.8.
fn is_control(character: char) -> bool {
    matches!(character, '\0'..='\x1F' | '\x7F'..='\u{9F}' | '\u{2028}' | '\u{2029}')
}

/// Characters of the category `Zs`. Unicode §6.2, table 6-2.
fn is_space(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}'
    )
}

/// What a person should know of a passphrase that is accepted. Which program refuses what: `docs/importers.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PassphraseWarning {
    /// It has a character outside `0x20..=0x7E`.
    NotAscii,
    /// It has one outside the Basic Multilingual Plane, which not every program can spell in the UTF-16 of a PFX.
    BeyondBmp,
}

impl PassphraseWarning {
    /// Stable, for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAscii => "not-ascii",
            Self::BeyondBmp => "beyond-bmp",
        }
    }

    /// For people: who does not open the file, and what to do.
    pub fn message(self) -> &'static str {
        match self {
            Self::NotAscii => {
                "Some programs cannot open a file whose passphrase has accents or letters of other alphabets: Java, \
                 node-forge, Kleopatra (gpgsm). If you do not know which program will open it, use letters a to z, \
                 digits and punctuation."
            }
            Self::BeyondBmp => {
                "Many programs cannot open a file whose passphrase has emoji or rare characters: Java, node-forge, \
                 Kleopatra (gpgsm), programs in Go. Better use letters a to z, digits and punctuation."
            }
        }
    }
}

/// What a person should know of a passphrase before a file is written under it.
pub fn warning(passphrase: &str) -> Option<PassphraseWarning> {
    match passphrase.chars().max()? {
        ..='\x7E' => None,
        ..='\u{FFFF}' => Some(PassphraseWarning::NotAscii),
        _ => Some(PassphraseWarning::BeyondBmp),
    }
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
    fn a_generated_passphrase_is_known_however_it_was_typed() {
        let passphrase = "h7kqn-2xw9d-mf4tz-8vbep";
        for typed in [
            "h7kqn-2xw9d-mf4tz-8vbep ",
            " h7kqn-2xw9d-mf4tz-8vbep\r\n",
            "H7KQN-2XW9D-MF4TZ-8VBEP",
            "h7kqn 2xw9d mf4tz 8vbep",
            "h7kqn2xw9dmf4tz8vbep",
            "h7kqn \u{2013} 2xw9d\u{2011}mf4tz\u{A0}-8vbep",
        ] {
            assert_eq!(respelled(typed).unwrap().as_str(), passphrase, "{typed:?}");
        }
        let other_words =
            ["", passphrase, "h7kqn-2xw9d-mf4tz", "h7kqn-2xw9d-mf4tz-8vbep-x", "correct horse 1"];
        for other in other_words.into_iter().chain(["l7kqn 2xw9d mf4tz 8vbep", "ż7kqn 2xw9d mf4tz 8vbep"]) {
            assert_eq!(respelled(other), None, "{other:?}");
        }
        let made = generate(&mut UnwrapErr(SysRng));
        assert_eq!(respelled(&format!("{} ", made.to_uppercase())), Some(made));
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
            ("żółw 🐢!", PassphraseProblem::TooShort),
            ("tab\tinside", PassphraseProblem::ControlCharacter),
            (" space before", PassphraseProblem::OuterSpace),
            ("space after ", PassphraseProblem::OuterSpace),
            ("no-break space after\u{A0}", PassphraseProblem::OuterSpace),
            ("\u{3000}wide space before", PassphraseProblem::OuterSpace),
        ] {
            assert_eq!(check(passphrase), Err(problem), "{passphrase:?}");
        }
    }

    #[test]
    fn every_control_character_and_line_break_is_refused_and_their_neighbours_are_not() {
        let is_refused = |character: char| {
            check(&format!("inside{character}inside")) == Err(PassphraseProblem::ControlCharacter)
        };
        let refused: Vec<u32> =
            (0..=0x1_0000_u32).filter(|number| char::from_u32(*number).is_some_and(is_refused)).collect();
        let expected: Vec<u32> = (0..=0x1F).chain(0x7F..=0x9F).chain(0x2028..=0x2029).collect();
        assert_eq!(refused, expected);
    }

    #[test]
    fn what_counts_as_a_space_at_an_end_is_what_unicode_calls_one() {
        for character in ('\0'..=char::MAX).filter(|character| !is_control(*character)) {
            assert_eq!(is_space(character), character.is_whitespace(), "{character:?}");
        }
    }

    #[test]
    fn spaces_inside_quotes_and_backslashes_are_accepted() {
        for passphrase in
            ["six words are long enough here", "\"quoted\" \\ back", "12345678", &"a".repeat(128)]
        {
            assert_eq!(check(passphrase), Ok(()), "{passphrase:?}");
            assert_eq!(warning(passphrase), None, "{passphrase:?}");
        }
    }

    #[test]
    fn other_alphabets_and_emoji_are_accepted_with_a_warning_and_counted_by_character() {
        for (passphrase, expected) in [
            ("Zażółć gęślą jaźń", PassphraseWarning::NotAscii),
            ("Καλημέρα κόσμε", PassphraseWarning::NotAscii),
            ("пароль с пробелами", PassphraseWarning::NotAscii),
            ("eight\u{A0}or more", PassphraseWarning::NotAscii),
            ("the last of the plane \u{FFFD}", PassphraseWarning::NotAscii),
            ("lantern 🦊 ż river", PassphraseWarning::BeyondBmp),
            (&"🔑".repeat(8), PassphraseWarning::BeyondBmp),
            (&"🔑".repeat(128), PassphraseWarning::BeyondBmp),
        ] {
            assert_eq!(check(passphrase), Ok(()), "{passphrase:?}");
            assert_eq!(warning(passphrase), Some(expected), "{passphrase:?}");
        }
        assert_eq!(check(&"🔑".repeat(129)), Err(PassphraseProblem::TooLong));
        assert_eq!(warning(""), None);
    }

    #[test]
    fn a_warning_names_the_programs_and_a_way_out() {
        for warning in [PassphraseWarning::NotAscii, PassphraseWarning::BeyondBmp] {
            for word in ["Java", "node-forge", "Kleopatra", "letters a to z"] {
                assert!(warning.message().contains(word), "{warning:?}: {word}");
            }
        }
    }
}
