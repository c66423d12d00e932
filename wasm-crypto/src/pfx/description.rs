//! What a PFX is made of, told without its password.

use super::{
    OpenPfxError, Preset,
    mac::Mac,
    readers::readers,
    structure::{Bag, BagValue, Encrypted, Safe, Structure},
    work,
};
use crate::{
    password_based_encryption::{Cipher, Encryption, EncryptionError},
    pbkdf2::Prf,
};
use std::{fmt, time::Duration};

/// A PFX from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// Which preset it has, with any number of iterations.
    pub preset: Option<Preset>,
    /// Not in DER, as the standard asks, but in BER: Firefox, Thunderbird and some Microsoft programs write so.
    pub is_ber: bool,
    /// How each safe is encrypted, in the file's order: usually one with certificates. None: it is not.
    pub safes: Vec<Option<Protection>>,
    /// How each key that stands in a plain safe is encrypted. None: it is not, and anybody can read it.
    pub keys: Vec<Option<Protection>>,
    /// How changes are noticed. None: they are not.
    pub mac: Option<Protection>,
    /// Programs that will refuse the file, as far as is known. Of what is not read here nothing is known but
    /// [`Self::not_read`].
    pub refused_by: Vec<Refusal>,
    /// Parts whose encryption or integrity check is not read here.
    pub not_read: Vec<NotRead>,
    /// How long it takes to open the file on a small computer: at least one second.
    pub estimated_seconds: u64,
}

/// A part that is not read here, whatever the password is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotRead {
    /// For people, such as `the private key`.
    pub part: &'static str,
    /// For people, such as `RC4 with 128 bits`.
    pub scheme: String,
    /// Programs that read it, for people. None where we know of none.
    pub read_by: Option<&'static str>,
}

/// How a part is encrypted or authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Protection {
    /// For people, such as `AES-256, key by PBKDF2 with HMAC-SHA256`.
    pub scheme: String,
    /// How often the derivation goes round. None when the scheme is not known.
    pub iterations: Option<u32>,
    /// How long the salt is. None when the scheme is not known.
    pub salt_bytes: Option<usize>,
}

impl fmt::Display for Protection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.scheme)?;
        match (self.iterations, self.salt_bytes) {
            (Some(iterations), Some(bytes)) => {
                write!(formatter, ", {iterations} iterations, salt of {bytes} bytes")
            }
            _ => Ok(()),
        }
    }
}

/// A program that does not open a file, and why. What it says is often "wrong password".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For people.
    pub program: &'static str,
    /// For people.
    pub reason: &'static str,
}

/// Tells what a PFX is made of.
///
/// # Errors
/// When it is none, or cannot be read even from outside.
pub fn describe(pfx: &[u8]) -> Result<Description, OpenPfxError> {
    Ok(Structure::find(pfx)?.describe())
}

impl Structure {
    pub(super) fn describe(&self) -> Description {
        let safe = |safe: &Safe| match safe {
            Safe::Plain(_) => None,
            Safe::Encrypted(encrypted) => Some(protection(encrypted)),
            Safe::Unsupported(Some(oid)) => Some(unknown(EncryptionError::from(*oid))),
            Safe::Unsupported(None) | Safe::Unreadable(_) => Some(unknown(EncryptionError::Malformed)),
        };
        let key = |value: &BagValue| match value {
            BagValue::EncryptedKey(encrypted) => Some(Some(protection(encrypted))),
            BagValue::Key(_) => Some(None),
            BagValue::Certificate(_) | BagValue::Other | BagValue::Unreadable(_) => None,
        };
        let plain_bags = self.plain_bags();
        Description {
            preset: Preset::ALL.into_iter().find(|preset| self.is_of(*preset)),
            is_ber: self.is_ber,
            safes: self.safes.iter().map(safe).collect(),
            keys: plain_bags.filter_map(|bag| key(&bag.value)).collect(),
            mac: self.mac.as_ref().map(|mac| match mac {
                Ok(mac) => mac.protection(),
                Err(error) => unknown(*error),
            }),
            refused_by: self.refusals(),
            not_read: self.not_read(),
            estimated_seconds: work::rounded_up(self.work().saturating_add(self.key_tests())),
        }
    }

    fn plain_bags(&self) -> impl Iterator<Item = &Bag> {
        self.safes.iter().flat_map(|safe| match safe {
            Safe::Plain(bags) => bags.as_slice(),
            Safe::Encrypted(_) | Safe::Unsupported(_) | Safe::Unreadable(_) => &[],
        })
    }

    /// Of the keys that can be seen from outside.
    fn key_tests(&self) -> Duration {
        let tests = self.plain_bags().map(|bag| match &bag.value {
            BagValue::EncryptedKey(encrypted) => work::key_test(encrypted.ciphertext.len()),
            BagValue::Key(key) => work::key_test(key.len()),
            _ => Duration::ZERO,
        });
        tests.fold(Duration::ZERO, Duration::saturating_add).min(work::KEY_TESTS)
    }

    fn not_read(&self) -> Vec<NotRead> {
        let of = |part: &'static str, error: &EncryptionError| NotRead {
            part,
            scheme: unknown(*error).scheme,
            read_by: match error {
                EncryptionError::Unsupported(scheme) => readers(*scheme),
                _ => None,
            },
        };
        let safe = |safe: &Safe| match safe {
            Safe::Encrypted(Encrypted { encryption: Err(error), .. }) => Some(of("a safe", error)),
            Safe::Unsupported(Some(oid)) => Some(of("a safe", &EncryptionError::from(*oid))),
            Safe::Unsupported(None) | Safe::Encrypted(_) | Safe::Plain(_) | Safe::Unreadable(_) => None,
        };
        let key = |bag: &Bag| match &bag.value {
            BagValue::EncryptedKey(Encrypted { encryption: Err(error), .. }) => {
                Some(of("a private key", error))
            }
            _ => None,
        };
        let mac = self.mac.iter().filter_map(|mac| mac.as_ref().err());
        let mut not_read: Vec<NotRead> = mac.map(|error| of("the integrity check", error)).collect();
        not_read.extend(self.safes.iter().filter_map(safe).chain(self.plain_bags().filter_map(key)));
        not_read.dedup();
        not_read
    }

    fn encryptions(&self) -> Vec<&Encryption> {
        self.all_encrypted().filter_map(|encrypted| encrypted.encryption.as_ref().ok()).collect()
    }

    pub(super) fn all_encrypted(&self) -> impl Iterator<Item = &Encrypted> {
        self.safes.iter().flat_map(|safe| match safe {
            Safe::Plain(bags) => bags.iter().filter_map(Bag::encrypted).collect(),
            Safe::Encrypted(encrypted) => vec![encrypted],
            Safe::Unsupported(_) | Safe::Unreadable(_) => Vec::new(),
        })
    }

    fn is_of(&self, preset: Preset) -> bool {
        let mac = match &self.mac {
            Some(Ok(Mac::Pkcs12 { hmac: Prf::HmacSha256, .. })) => preset == Preset::Modern,
            Some(Ok(Mac::Pkcs12 { hmac: Prf::HmacSha1, .. })) => preset == Preset::Compatible,
            Some(Ok(Mac::Pbmac1 { .. })) => preset == Preset::Pbmac1,
            _ => false,
        };
        let mut encrypted = self.all_encrypted().peekable();
        mac && encrypted.peek().is_some()
            && encrypted.all(|encrypted| {
                encrypted.encryption.as_ref().is_ok_and(|encryption| preset.encrypts_by(encryption))
            })
    }

    pub(super) fn has_cipher(&self, cipher: Cipher) -> bool {
        self.encryptions().iter().any(|encryption| encryption.cipher() == cipher)
    }

    pub(super) fn has_plain_key(&self) -> bool {
        self.plain_bags().any(|bag| matches!(bag.value, BagValue::Key(_)))
    }

    pub(super) fn most_iterations(&self) -> u32 {
        let mac = self.mac.iter().flatten().map(Mac::iterations);
        self.encryptions().iter().map(|encryption| encryption.iterations()).chain(mac).max().unwrap_or(0)
    }

    pub(super) fn fewest_iterations(&self) -> u32 {
        self.encryptions().iter().map(|encryption| encryption.iterations()).min().unwrap_or(u32::MAX)
    }

    /// From what was seen with the programs, or is said by their makers: docs/pfx.md.
    fn refusals(&self) -> Vec<Refusal> {
        let encryptions = self.encryptions();
        let has_pbes2 = encryptions.iter().any(|encryption| matches!(encryption, Encryption::Pbes2 { .. }));
        let mac = self.mac.as_ref().and_then(|mac| mac.as_ref().ok());
        let has_pbmac1 = matches!(mac, Some(Mac::Pbmac1 { .. }));
        let mut refusals = Vec::new();
        let mut add = |applies: bool, program, reason| {
            if applies {
                refusals.push(Refusal { program, reason });
            }
        };
        let modern = "cannot read AES with PBKDF2";
        add(has_pbes2, "Apple Mail, iPhone and iPad (many versions)", modern);
        add(has_pbes2, "Android 13 and older", modern);
        add(has_pbes2, "Windows Server 2016 and older", modern);
        add(has_pbes2, "Kleopatra and gpgsm 2.2", modern);
        let pbmac1 = "cannot read PBMAC1";
        add(has_pbmac1, "Windows, Apple and Android", pbmac1);
        add(has_pbmac1, "OpenSSL before 3.4 and Java before 26", pbmac1);
        add(
            self.has_cipher(Cipher::Rc2With40Bits) || self.has_cipher(Cipher::Rc2),
            "OpenSSL 3 without -legacy, and Node",
            "do not read RC2, which is broken",
        );
        let is_slow = self.most_iterations() > 600_000;
        add(is_slow, "Windows", "does no more than 600,000 iterations");
        add(self.mac.is_none(), "Thunderbird, Firefox, Windows and Node", "want an integrity check");
        add(self.has_plain_key(), "Java", "finds no key that is not encrypted");
        refusals
    }
}

fn protection(encrypted: &Encrypted) -> Protection {
    match &encrypted.encryption {
        Err(error) => unknown(*error),
        Ok(encryption) => {
            let derivation = match encryption {
                Encryption::Pbes2 { prf, .. } => format!("PBKDF2 with {}", prf.name()),
                Encryption::Pkcs12 { .. } => "the derivation of PKCS #12 with SHA-1".to_owned(),
            };
            Protection {
                scheme: format!("{}, key by {derivation}", encryption.cipher().name()),
                iterations: Some(encryption.iterations()),
                salt_bytes: Some(encryption.salt().len()),
            }
        }
    }
}

fn unknown(error: EncryptionError) -> Protection {
    let scheme = match error {
        EncryptionError::Unsupported(scheme) => scheme.to_string(),
        EncryptionError::Iterations { iterations } => {
            format!("{iterations} iterations, which is out of range")
        }
        EncryptionError::Malformed | EncryptionError::Undecryptable => "parameters that make no sense".into(),
    };
    Protection { scheme, iterations: None, salt_bytes: None }
}

impl Mac {
    fn protection(&self) -> Protection {
        let hmac = self.hmac().name();
        let scheme = match self {
            Self::Pkcs12 { .. } => format!("{hmac}, key by the derivation of PKCS #12"),
            Self::Pbmac1 { kdf, .. } => format!("PBMAC1 with {hmac}, key by PBKDF2 with {}", kdf.prf.name()),
        };
        let (iterations, salt_bytes) = (Some(self.iterations()), Some(self.salt().len()));
        Protection { scheme, iterations, salt_bytes }
    }
}
