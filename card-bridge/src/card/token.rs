//! A token in a slot: what it says of itself, and what is on it.

use super::key::{self, CardCertificate, PublicKeyOnCard};
use crate::driver::{Driver, Drivers, Who};
use cryptoki::context::Pkcs11;
use cryptoki::error::Error;
use cryptoki::mechanism::MechanismType;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use pki::key_policy::KeyAlgorithm;
use protocol::CardPin;
use std::path::Path;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pkcs11: Pkcs11,
    slot: Slot,
    info: TokenInfo,
    reader: String,
    driver: Arc<Driver>,
}

impl Token {
    pub(super) fn read(pkcs11: &Pkcs11, module: &Path, slot: Slot) -> Option<Self> {
        let info = pkcs11.get_token_info(slot).ok()?;
        let reader = pkcs11.get_slot_info(slot).ok()?.slot_description().to_owned();
        let driver = Drivers::of_token(module, &info)?;
        Some(Self { pkcs11: pkcs11.clone(), slot, info, reader, driver })
    }

    pub(crate) fn driver(&self) -> &Arc<Driver> {
        &self.driver
    }

    pub(crate) fn info(&self) -> &TokenInfo {
        &self.info
    }

    pub(crate) fn reader(&self) -> &str {
        &self.reader
    }

    pub(crate) fn pkcs11(&self) -> &Pkcs11 {
        &self.pkcs11
    }

    pub(crate) fn slot(&self) -> Slot {
        self.slot
    }

    /// Its label without the name of the slot, which some modules append.
    pub(crate) fn name(&self) -> &str {
        let label = self.info.label();
        let name = match &self.driver.slot {
            Some(_) => label.split(" (").next().unwrap_or(label),
            None => label,
        };
        if name.is_empty() { &self.driver.name } else { name }
    }

    /// Whether it is the slot of its card that counts.
    pub(super) fn counts(&self) -> bool {
        self.driver.slot.as_ref().is_none_or(|slot| self.info.label().ends_with(slot.as_str()))
    }

    /// Whether both are slots of one card.
    pub(super) fn is_same_card(&self, other: &Self) -> bool {
        let text = |token: &Self| {
            let info = &token.info;
            [&token.reader, info.serial_number(), info.manufacturer_id(), info.model()].map(str::to_owned)
        };
        Arc::ptr_eq(&self.driver, &other.driver)
            && !self.info.serial_number().is_empty()
            && text(self) == text(other)
    }

    /// What the card says of its PIN by now; wrong ones change it.
    pub(crate) fn newest_info(&self) -> Result<TokenInfo, Error> {
        self.pkcs11.get_token_info(self.slot)
    }

    /// A session that may write. Nobody is logged in.
    pub(crate) fn open(&self) -> Result<Session, Error> {
        self.pkcs11.open_rw_session(self.slot)
    }

    /// The key pairs that can be seen without a PIN, and the certificates.
    pub(crate) fn public_objects(&self) -> Result<(Vec<PublicKeyOnCard>, Vec<CardCertificate>), Error> {
        let session = self.pkcs11.open_ro_session(self.slot)?;
        Ok((key::public_keys(&session)?, key::certificates(&session)?))
    }

    /// The algorithms that the card makes keys for and signs with, of those that certificates are made for.
    pub(crate) fn algorithms(&self) -> Vec<KeyAlgorithm> {
        if self.driver.generates == Who::Nobody {
            return Vec::new();
        }
        // Each is asked for by itself: a list is full of mechanisms that nobody here knows.
        let info = |mechanism| self.pkcs11.get_mechanism_info(self.slot, mechanism).ok();
        let sizes = |generates, signs| {
            let is_there = info(signs).is_some_and(|info| info.sign());
            info(generates).filter(|_| is_there).map(|info| info.min_key_size()..=info.max_key_size())
        };
        let rsa = sizes(MechanismType::RSA_PKCS_KEY_PAIR_GEN, MechanismType::RSA_PKCS);
        let elliptic_curve = sizes(MechanismType::ECC_KEY_PAIR_GEN, MechanismType::ECDSA);
        let makes = |algorithm: KeyAlgorithm| {
            let (sizes, bits) = match algorithm {
                KeyAlgorithm::Rsa2048 => (&rsa, 2048),
                KeyAlgorithm::Rsa3072 => (&rsa, 3072),
                KeyAlgorithm::Rsa4096 => (&rsa, 4096),
                KeyAlgorithm::EcP256 => (&elliptic_curve, 256),
                KeyAlgorithm::EcP384 => (&elliptic_curve, 384),
                KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => return false,
            };
            sizes.as_ref().is_some_and(|sizes| sizes.contains(&bits))
        };
        KeyAlgorithm::FOR_CERTIFICATES.into_iter().filter(|algorithm| makes(*algorithm)).collect()
    }
}

/// What a token says of the PIN of its user.
///
/// PKCS #11 v3.1 §3.2.
pub(crate) fn pin(info: &TokenInfo) -> CardPin {
    if info.user_pin_locked() {
        CardPin::Blocked
    } else if !info.user_pin_initialized() {
        CardPin::NotSet
    } else if info.user_pin_to_be_changed() {
        CardPin::MustBeChanged
    } else if info.user_pin_final_try() {
        CardPin::LastTry
    } else if info.user_pin_count_low() {
        CardPin::FewTriesLeft
    } else {
        CardPin::Ready
    }
}

/// What a token says of its admin PIN.
pub(crate) fn admin_pin(info: &TokenInfo) -> CardPin {
    if info.so_pin_locked() {
        CardPin::Blocked
    } else if info.so_pin_to_be_changed() {
        CardPin::MustBeChanged
    } else if info.so_pin_final_try() {
        CardPin::LastTry
    } else if info.so_pin_count_low() {
        CardPin::FewTriesLeft
    } else {
        CardPin::Ready
    }
}

/// As whom one logs in; `None` where PKCS #11 cannot.
pub(crate) fn user_type(who: Who) -> Option<UserType> {
    match who {
        Who::User => Some(UserType::User),
        Who::So => Some(UserType::So),
        Who::Nobody => None,
    }
}
