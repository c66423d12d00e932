//! The presets, and which one fits where the file goes.

use crate::{
    password_based_encryption::{Cipher, Encryption},
    pbkdf2::Prf,
};
use rand_core::CryptoRng;

/// How a PFX is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Preset {
    /// PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC, HMAC-SHA256 over it: Windows 10 and later, Outlook, Thunderbird,
    /// Linux, Java.
    #[default]
    Modern,
    /// Triple DES and HMAC-SHA1: weak, so it needs a long password, and read by every program: Apple Mail, iPhone,
    /// Android up to 13, Windows Server 2016, Kleopatra.
    Compatible,
    /// As Modern, with PBMAC1 (RFC 9879) over it: all of it by algorithms that FIPS 140 allows. Few programs read it.
    Pbmac1,
}

impl Preset {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Modern, Self::Compatible, Self::Pbmac1];

    /// Stable, for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Modern => "modern",
            Self::Compatible => "compatible",
            Self::Pbmac1 => "pbmac1",
        }
    }

    /// None for another word.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.id() == id)
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Modern => "Modern",
            Self::Compatible => "Apple, Android 13 and older, Windows Server 2016",
            Self::Pbmac1 => "PBMAC1",
        }
    }

    /// What a person should know before choosing it.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Modern => {
                "AES-256. Opens in Windows 10 and 11, Outlook, Thunderbird, Linux and Java. Apple devices, older \
                 Android and Windows Server 2016 refuse it and say that the password is wrong."
            }
            Self::Compatible => {
                "Triple DES. Opens in every program, but is weak: whoever gets the file can try passwords quickly. \
                 Use a long password, best the generated one, and delete the file when it is installed."
            }
            Self::Pbmac1 => {
                "As Modern, with the newer integrity check of RFC 9879, for rules that demand it (FIPS). Opens only in \
                 Thunderbird 153, OpenSSL 3.4 and Java 26, or later."
            }
        }
    }

    /// Whether it is shown only to a person who asks for more.
    pub fn is_advanced(self) -> bool {
        self == Self::Pbmac1
    }

    /// The preset that opens everywhere the person named, and why. With no answer: as for [`Use::Other`].
    pub fn recommended_for(uses: &[Use]) -> Recommendation {
        let preset =
            if uses.iter().any(|place| place.needs_compatible()) { Self::Compatible } else { Self::Modern };
        let decisive = uses.iter().find(|place| place.needs_compatible()).or_else(|| uses.first());
        Recommendation { preset, reason: decisive.copied().unwrap_or_default().reason() }
    }

    /// That of the certificates and that of the key, with new salts.
    pub(super) fn generate_encryptions(
        self,
        iterations: u32,
        random: &mut impl CryptoRng,
    ) -> [Encryption; 2] {
        [(); 2].map(|()| match self {
            Self::Modern | Self::Pbmac1 => Encryption::generate_aes_256(iterations, random),
            Self::Compatible => Encryption::generate_triple_des(iterations, random),
        })
    }

    /// Whether it encrypts so, whatever the salt and the iterations.
    pub(super) fn encrypts_by(self, encryption: &Encryption) -> bool {
        match (self, encryption) {
            (Self::Modern | Self::Pbmac1, Encryption::Pbes2 { prf, cipher, .. }) => {
                (*prf, *cipher) == (Prf::HmacSha256, Cipher::Aes256)
            }
            (Self::Compatible, Encryption::Pkcs12 { cipher, .. }) => *cipher == Cipher::TripleDes,
            _ => false,
        }
    }
}

/// A person's answer to "where will you use it?".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Use {
    /// Outlook or Windows itself, from Windows 10 and Server 2019.
    Windows,
    /// Windows Server 2016, and Windows before version 1709.
    OldWindows,
    /// Thunderbird, and Firefox.
    Thunderbird,
    /// Apple Mail, iPhone, iPad.
    Apple,
    /// Android 14 and later.
    Android,
    /// Android 13 and older.
    OldAndroid,
    /// Gmail for work, where an administrator or the person uploads the file.
    Gmail,
    /// Kleopatra and gpgsm.
    Kleopatra,
    /// Anything else, or not known yet.
    #[default]
    Other,
}

impl Use {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Windows,
        Self::Thunderbird,
        Self::Apple,
        Self::Android,
        Self::Gmail,
        Self::Kleopatra,
        Self::OldWindows,
        Self::OldAndroid,
        Self::Other,
    ];

    /// Stable, for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::OldWindows => "windows-server-2016",
            Self::Thunderbird => "thunderbird",
            Self::Apple => "apple",
            Self::Android => "android",
            Self::OldAndroid => "android-13",
            Self::Gmail => "gmail",
            Self::Kleopatra => "kleopatra",
            Self::Other => "other",
        }
    }

    /// None for another word.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.id() == id)
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Windows => "Windows 10, Windows 11 or Outlook",
            Self::OldWindows => "Windows Server 2016 or older",
            Self::Thunderbird => "Thunderbird",
            Self::Apple => "Apple Mail, iPhone or iPad",
            Self::Android => "Android 14 or later",
            Self::OldAndroid => "Android 13 or older",
            Self::Gmail => "Gmail",
            Self::Kleopatra => "Kleopatra or gpgsm",
            Self::Other => "Something else, or not known yet",
        }
    }

    fn needs_compatible(self) -> bool {
        matches!(self, Self::OldWindows | Self::Apple | Self::OldAndroid | Self::Kleopatra)
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Windows => "Windows reads AES-256 since version 1709, and so does Outlook.",
            Self::OldWindows => {
                "Windows Server 2016 and older cannot read AES-256 and call the password wrong."
            }
            Self::Thunderbird => "Thunderbird reads AES-256.",
            Self::Apple => "Apple devices often refuse AES-256 files and call the password wrong.",
            Self::Android => {
                "Recent Android reads AES-256; if yours calls the password wrong, make the other kind."
            }
            Self::OldAndroid => "Android up to 13 cannot read AES-256 and calls the password wrong.",
            Self::Gmail => "Gmail reads AES-256, and wants the chain inside, which the file has.",
            Self::Kleopatra => {
                "gpgsm 2.2, which Kleopatra uses, cannot read AES-256; keys on curves it cannot import at all."
            }
            Self::Other => {
                "AES-256 is the strong choice; if a program calls the password wrong, make the other kind."
            }
        }
    }
}

/// A preset and one sentence why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// What to write.
    pub preset: Preset,
    /// For people.
    pub reason: &'static str,
}

/// The longest name that every file system and mail program takes with room for a folder. Our choice.
const FILE_NAME_CHARACTERS: usize = 100;

/// `anna.nowak_example.com_2027-11-01.p12`: who it is for, and until when (seconds since 1970, UTC).
///
/// Letters and digits of ASCII, dot, hyphen and underscore; `@` stays, as no file system minds it.
pub fn file_name(mailbox: &str, not_after: u64) -> String {
    let kept = |character: char| match character {
        '.' | '-' | '_' | '@' | '0'..='9' | 'A'..='Z' | 'a'..='z' => character,
        _ => '_',
    };
    let ending = format!("_{}.p12", day(not_after));
    let room = FILE_NAME_CHARACTERS.saturating_sub(ending.len());
    // A name that begins with a dot is hidden, one that begins with a hyphen an option.
    let name: String = mailbox.trim_start_matches(['.', '-']).chars().map(kept).take(room).collect();
    if name.is_empty() { format!("certificate{ending}") } else { format!("{name}{ending}") }
}

/// The day in UTC as `2027-11-01`.
fn day(seconds: u64) -> String {
    let at = der::DateTime::from_unix_duration(std::time::Duration::from_secs(seconds));
    at.map_or_else(
        |_| "no-expiry".to_owned(),
        |at| format!("{:04}-{:02}-{:02}", at.year(), at.month(), at.day()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_stable_and_lead_back() {
        assert_eq!(Preset::ALL.map(Preset::id), ["modern", "compatible", "pbmac1"]);
        for preset in Preset::ALL {
            assert_eq!(Preset::from_id(preset.id()), Some(preset));
        }
        for place in Use::ALL {
            assert_eq!(Use::from_id(place.id()), Some(place));
        }
        assert_eq!(Preset::from_id("des"), None);
        assert_eq!(Use::from_id("nowhere"), None);
    }

    #[test]
    fn each_preset_and_each_place_has_a_name_of_its_own() {
        assert_eq!(
            Preset::ALL.map(Preset::name),
            ["Modern", "Apple, Android 13 and older, Windows Server 2016", "PBMAC1"]
        );
        let names = Use::ALL.map(Use::name);
        for (index, name) in names.iter().enumerate() {
            assert!(name.chars().next().is_some_and(char::is_uppercase), "{name}");
            assert!(!names[..index].contains(name), "{name}");
        }
    }

    #[test]
    fn one_place_that_reads_only_triple_des_decides() {
        for (uses, expected, word) in [
            (&[][..], Preset::Modern, "strong choice"),
            (&[Use::Windows][..], Preset::Modern, "1709"),
            (&[Use::Gmail, Use::Thunderbird], Preset::Modern, "Gmail"),
            (&[Use::Thunderbird, Use::Apple], Preset::Compatible, "Apple"),
            (&[Use::OldAndroid], Preset::Compatible, "Android up to 13"),
            (&[Use::OldWindows, Use::Apple], Preset::Compatible, "Server 2016"),
            (&[Use::Kleopatra], Preset::Compatible, "gpgsm"),
        ] {
            let recommendation = Preset::recommended_for(uses);
            assert_eq!(recommendation.preset, expected, "{uses:?}");
            assert!(recommendation.reason.contains(word), "{uses:?}: {}", recommendation.reason);
        }
    }

    #[test]
    fn the_preset_with_triple_des_says_that_it_is_weak_and_pbmac1_is_for_experts() {
        assert!(Preset::Compatible.explanation().contains("is weak"));
        assert_eq!(Preset::ALL.map(Preset::is_advanced), [false, false, true]);
    }

    #[test]
    fn a_file_name_has_the_mailbox_and_the_last_day() {
        // 2027-11-01T00:00:00Z.
        let until = 1_825_027_200;
        assert_eq!(file_name("anna.nowak@example.com", until), "anna.nowak@example.com_2027-11-01.p12");
        assert_eq!(file_name("o'neill/../x@example.com", until), "o_neill_.._x@example.com_2027-11-01.p12");
        assert_eq!(
            file_name("żółw@example.com", until),
            "____w@example.com_2027-11-01.p12".replace("____w", "___w")
        );
        assert_eq!(file_name("-rf@example.com", until), "rf@example.com_2027-11-01.p12");
        assert_eq!(file_name("", until), "certificate_2027-11-01.p12");
        let long = file_name(&"a".repeat(300), until);
        assert_eq!(long.len(), 100);
        assert!(long.ends_with("a_2027-11-01.p12") && long.is_ascii());
    }
}
