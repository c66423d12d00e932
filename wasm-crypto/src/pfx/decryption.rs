//! What passwords open of a PFX: the integrity check, the safes, and the keys in them, each by itself.

use super::{
    OpenPfxError, Part, Protected,
    mac::Mac,
    opening::{Keyring, Left},
    structure::{self, Bag, BagValue, Encrypted, Safe, Structure},
    work,
};
use crate::{
    password_based_encryption::{Encryption, EncryptionError, Password, derive_cipher_keys},
    pbkdf2::{Pbkdf2, Secret},
};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// The longest of the forms in which a private key stands in a bag begins so: a version, which is 0 or 1. RFC 5958 §2.
const KEY_VERSIONS: [[u8; 3]; 2] = [[0x02, 0x01, 0], [0x02, 0x01, 1]];

/// A PFX as far as it was opened.
#[derive(Debug)]
pub(super) struct Decrypted {
    /// Why nothing says that the file was not changed; none where its MAC is right, or where it has none.
    pub(super) integrity: Option<OpenPfxError>,
    /// All bags, those of safes that did not open left out, each with the private key that was decrypted from it.
    pub(super) bags: Vec<(Bag, Option<Secret>)>,
    /// Safes that did not open, and why.
    pub(super) closed_safes: Vec<OpenPfxError>,
    /// Keys that did not open, with the place of their bag.
    pub(super) closed_keys: Vec<(usize, OpenPfxError)>,
}

/// What is encrypted, and what became of it.
struct Attempt<'a> {
    encrypted: &'a Encrypted,
    is_key: bool,
    outcome: Outcome,
}

enum Outcome {
    Opened(Secret),
    /// No password opened it yet.
    Closed,
    /// No password will.
    Refused(OpenPfxError),
}

impl<'a> Attempt<'a> {
    fn new(encrypted: &'a Encrypted, is_key: bool) -> Self {
        let part = if is_key { Part::Key } else { Part::Safes };
        let outcome = match &encrypted.encryption {
            Err(error) => Outcome::Refused((*error).into()),
            Ok(encryption) if !is_whole_blocks(encryption, &encrypted.ciphertext) => {
                Outcome::Refused(OpenPfxError::Damaged { part })
            }
            Ok(_) => Outcome::Closed,
        };
        Self { encrypted, is_key, outcome }
    }

    fn encryption(&self) -> Option<&'a Encryption> {
        matches!(self.outcome, Outcome::Closed).then_some(self.encrypted.encryption.as_ref().ok()?)
    }

    /// A wrong password shows only in what comes out.
    fn is_plaintext(&self, plaintext: &[u8]) -> bool {
        if self.is_key {
            return KEY_VERSIONS.iter().any(|version| structure::begins_with(plaintext, version));
        }
        structure::bags(plaintext).is_ok() || structure::is_sequence(plaintext)
    }
}

/// What no encryption gives, no password opens. RFC 8018 §6.1.1.
fn is_whole_blocks(encryption: &Encryption, ciphertext: &[u8]) -> bool {
    !ciphertext.is_empty() && ciphertext.len().is_multiple_of(encryption.cipher().block_bytes())
}

/// The MAC and what became of it.
struct Integrity<'a> {
    structure: &'a Structure,
    mac: Option<&'a Mac>,
    is_right: bool,
}

impl Structure {
    /// Opens what the passwords open.
    ///
    /// # Errors
    /// When they open nothing at all, or it takes too long.
    pub(super) async fn decrypt(
        self,
        keyring: &Keyring<'_>,
        pbkdf2: &impl Pbkdf2,
    ) -> Result<Decrypted, OpenPfxError> {
        self.check_iterations()?;
        let mut work = self.work();
        keyring.effort.check(work)?;
        let mut outer: Vec<Attempt<'_>> = self.encrypted().collect();
        let mac = self.mac.as_ref().and_then(|mac| mac.as_ref().ok());
        let mut integrity = Integrity { structure: &self, mac, is_right: false };
        let was_closed = mac.is_some() || outer.iter().any(|attempt| attempt.encryption().is_some());
        keyring
            .try_each(async |password| {
                open(&mut outer, Some(&mut integrity), password, pbkdf2).await?;
                let is_open = integrity.is_settled() && outer.iter().all(|one| one.encryption().is_none());
                Ok(if is_open { Left::Nothing } else { Left::Something })
            })
            .await?;
        let is_right = integrity.is_right;
        let is_open = |attempt: &Attempt<'_>| matches!(attempt.outcome, Outcome::Opened(_));
        let has_opened = is_right || outer.iter().any(is_open);
        if was_closed && !has_opened {
            let damaged = self.damaged_part().map(|part| OpenPfxError::Damaged { part });
            return Err(damaged.unwrap_or(OpenPfxError::WrongPassword));
        }
        let outcomes: Vec<Outcome> = outer.into_iter().map(|attempt| attempt.outcome).collect();
        let mut decrypted = self.into_decrypted(outcomes, is_right);
        decrypted.open_inner_keys(keyring, &mut work, pbkdf2).await?;
        Ok(decrypted)
    }

    /// Those that can be decrypted before others are.
    fn encrypted(&self) -> impl Iterator<Item = Attempt<'_>> {
        self.safes.iter().flat_map(|safe| match safe {
            Safe::Plain(bags) => {
                bags.iter().filter_map(Bag::encrypted).map(|key| Attempt::new(key, true)).collect()
            }
            Safe::Encrypted(encrypted) => vec![Attempt::new(encrypted, false)],
            Safe::Unsupported(_) | Safe::Unreadable(_) => Vec::new(),
        })
    }

    /// A part that is not as it should be.
    fn damaged_part(&self) -> Option<Part> {
        self.safes.iter().find_map(|safe| match safe {
            Safe::Unreadable(part) => Some(*part),
            Safe::Plain(bags) => bags.iter().find_map(|bag| match bag.value {
                BagValue::Unreadable(part) => Some(part),
                _ => None,
            }),
            Safe::Encrypted(_) | Safe::Unsupported(_) => None,
        })
    }

    /// Refuses what would keep the worker busy whatever the password is.
    fn check_iterations(&self) -> Result<(), OpenPfxError> {
        let mac = self.mac.iter().filter_map(|mac| mac.as_ref().err());
        let encryptions = self.all_encrypted().filter_map(|encrypted| encrypted.encryption.as_ref().err());
        mac.chain(encryptions).try_for_each(|error| work::check_iterations(*error))
    }

    /// What all derivations that stand outside take.
    pub(super) fn work(&self) -> Duration {
        let mac = self.mac.iter().flatten().map(Mac::work);
        let all = self.all_encrypted().map(Encrypted::work);
        mac.chain(all).fold(Duration::ZERO, Duration::saturating_add)
    }

    fn into_decrypted(self, outcomes: Vec<Outcome>, is_right: bool) -> Decrypted {
        let integrity = match &self.mac {
            _ if is_right => None,
            None => None,
            Some(Err(EncryptionError::Malformed)) => Some(OpenPfxError::Damaged { part: Part::Mac }),
            Some(Err(error)) => Some((*error).into()),
            Some(Ok(_)) => Some(OpenPfxError::SecondPassword { protects: Protected::IntegrityCheck }),
        };
        // Where nothing inside opens, the keys are no exception.
        let is_anything_open = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Opened(_)));
        let has_safe = self.safes.iter().any(|safe| matches!(safe, Safe::Encrypted(_)));
        let of_keys = if is_anything_open || !has_safe { Protected::Key } else { Protected::Contents };
        let mut outcomes = outcomes.into_iter();
        let mut decrypted =
            Decrypted { integrity, bags: Vec::new(), closed_safes: Vec::new(), closed_keys: Vec::new() };
        for safe in self.safes {
            match safe {
                Safe::Unsupported(oid) => decrypted
                    .closed_safes
                    .push(oid.map_or(OpenPfxError::UnknownSafe, |oid| EncryptionError::from(oid).into())),
                Safe::Unreadable(part) => decrypted.closed_safes.push(OpenPfxError::Damaged { part }),
                Safe::Plain(bags) => bags.into_iter().for_each(|bag| {
                    let outcome = bag.encrypted().and_then(|_| outcomes.next());
                    decrypted.add(bag, outcome, of_keys);
                }),
                Safe::Encrypted(_) => decrypted.add_safe(outcomes.next()),
            }
        }
        decrypted
    }
}

impl Decrypted {
    fn add(&mut self, bag: Bag, outcome: Option<Outcome>, protects: Protected) {
        let place = self.bags.len();
        let plaintext = match outcome.map(|outcome| outcome.into_result(protects)) {
            None => None,
            Some(Ok(plaintext)) => Some(plaintext),
            Some(Err(error)) => {
                self.closed_keys.push((place, error));
                None
            }
        };
        self.bags.push((bag, plaintext));
    }

    fn add_safe(&mut self, outcome: Option<Outcome>) {
        let plaintext = outcome.unwrap_or(Outcome::Closed).into_result(Protected::Contents);
        match plaintext.and_then(|plaintext| structure::bags(&plaintext)) {
            Ok(bags) => self.bags.extend(bags.into_iter().map(|bag| (bag, None))),
            Err(error) => self.closed_safes.push(error),
        }
    }

    /// Keys that are encrypted once more inside an encrypted safe.
    async fn open_inner_keys(
        &mut self,
        keyring: &Keyring<'_>,
        work: &mut Duration,
        pbkdf2: &impl Pbkdf2,
    ) -> Result<(), OpenPfxError> {
        let is_tried = |place: usize, plaintext: &Option<Secret>| {
            plaintext.is_some() || self.closed_keys.iter().any(|(closed, _)| *closed == place)
        };
        let inner = self.bags.iter().enumerate().filter_map(|(place, (bag, plaintext))| {
            let encrypted = bag.encrypted().filter(|_| !is_tried(place, plaintext))?;
            Some((place, Attempt::new(encrypted, true)))
        });
        let (places, mut attempts): (Vec<usize>, Vec<Attempt<'_>>) = inner.unzip();
        for attempt in &attempts {
            attempt
                .encrypted
                .encryption
                .as_ref()
                .map_or_else(|error| work::check_iterations(*error), |_| Ok(()))?;
            *work = work.saturating_add(attempt.encrypted.work());
        }
        keyring.effort.check(*work)?;
        keyring
            .try_each(async |password| {
                open(&mut attempts, None, password, pbkdf2).await?;
                let is_open = attempts.iter().all(|attempt| attempt.encryption().is_none());
                Ok(if is_open { Left::Nothing } else { Left::Something })
            })
            .await?;
        let outcomes: Vec<Outcome> = attempts.into_iter().map(|attempt| attempt.outcome).collect();
        for (place, outcome) in places.into_iter().zip(outcomes) {
            match (outcome.into_result(Protected::Key), self.bags.get_mut(place)) {
                (Ok(private_key), Some((_, plaintext))) => *plaintext = Some(private_key),
                (Err(error), _) => self.closed_keys.push((place, error)),
                (Ok(_), None) => {}
            }
        }
        Ok(())
    }
}

impl Outcome {
    fn into_result(self, protects: Protected) -> Result<Secret, OpenPfxError> {
        match self {
            Self::Opened(plaintext) => Ok(plaintext),
            Self::Closed => Err(OpenPfxError::SecondPassword { protects }),
            Self::Refused(error) => Err(error),
        }
    }
}

impl Integrity<'_> {
    fn is_settled(&self) -> bool {
        self.is_right || self.mac.is_none()
    }

    fn unsettled(&self) -> Option<&Mac> {
        self.mac.filter(|_| !self.is_right)
    }
}

/// Tries a password on all that is still closed, their keys derived side by side.
async fn open(
    attempts: &mut [Attempt<'_>],
    integrity: Option<&mut Integrity<'_>>,
    password: &Password,
    pbkdf2: &impl Pbkdf2,
) -> Result<(), OpenPfxError> {
    let encryptions: Vec<&Encryption> = attempts.iter().filter_map(Attempt::encryption).collect();
    let mac = integrity.as_ref().and_then(|integrity| integrity.unsettled());
    let derivation = mac.and_then(Mac::derivation);
    let (keys, mac_key) = derive_cipher_keys(&encryptions, derivation, password, pbkdf2).await?;
    if let Some(integrity) = integrity
        && let Some(mac) = integrity.unsettled()
    {
        let expected = mac.compute(password, mac_key, &integrity.structure.authenticated_safe)?;
        integrity.is_right = bool::from(expected.ct_eq(&integrity.structure.mac_value));
    }
    let closed = attempts.iter_mut().filter(|attempt| attempt.encryption().is_some());
    for (attempt, key) in closed.zip(&keys) {
        let Some(encryption) = attempt.encryption() else { continue };
        if let Ok(plaintext) = encryption.decrypt(key, &attempt.encrypted.ciphertext)
            && attempt.is_plaintext(&plaintext)
        {
            attempt.outcome = Outcome::Opened(plaintext);
        }
    }
    Ok(())
}

impl Bag {
    pub(super) fn encrypted(&self) -> Option<&Encrypted> {
        match &self.value {
            BagValue::EncryptedKey(encrypted) => Some(encrypted),
            _ => None,
        }
    }
}
