//! Opens a PFX of any writer.

use super::{Contents, Effort, OpenPfxError, OpenedPfx, Opening, opening::Keyring, structure::Structure};
use crate::{password_based_encryption::Password, pbkdf2::Pbkdf2};

/// Opens a PFX and takes the first key with its certificate.
///
/// # Errors
/// Why it does not open, or what is missing in it. Where only a part of the file does not open, that is no error, unless it is the
/// integrity check, or the key.
pub async fn open<'a>(
    pfx: &[u8],
    opening: impl Into<Opening<'a>>,
    pbkdf2: &impl Pbkdf2,
) -> Result<OpenedPfx, OpenPfxError> {
    read(pfx, opening, pbkdf2).await?.into_entry()
}

/// As [`open`], with what the password remembers of the file's writing.
pub(super) async fn open_with(
    pfx: &[u8],
    password: &Password,
    pbkdf2: &impl Pbkdf2,
) -> Result<OpenedPfx, OpenPfxError> {
    let keyring = Keyring { typed: vec![password], now: None, effort: Effort::Extended };
    read_structure(Structure::from_bytes(pfx)?, &keyring, pbkdf2).await?.into_entry()
}

/// Opens a PFX: also one with several keys, with none, or of which only a part opens.
///
/// # Errors
/// Why nothing opens.
pub async fn read<'a>(
    pfx: &[u8],
    opening: impl Into<Opening<'a>>,
    pbkdf2: &impl Pbkdf2,
) -> Result<Contents, OpenPfxError> {
    opening.into().read(Structure::find(pfx)?, pbkdf2).await
}

impl Opening<'_> {
    pub(super) async fn read(
        &self,
        structure: Structure,
        pbkdf2: &impl Pbkdf2,
    ) -> Result<Contents, OpenPfxError> {
        let passwords = self.passwords.to_passwords();
        let keyring = Keyring { typed: passwords.iter().collect(), now: self.now, effort: self.effort };
        read_structure(structure, &keyring, pbkdf2).await
    }
}

async fn read_structure(
    structure: Structure,
    keyring: &Keyring<'_>,
    pbkdf2: &impl Pbkdf2,
) -> Result<Contents, OpenPfxError> {
    let decrypted = structure.decrypt(keyring, pbkdf2).await?;
    Ok(Contents::new(decrypted, keyring.now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        password_based_encryption::Encryption,
        pbkdf2::Portable,
        pfx::{
            Part, Preset, Protected, Unread, UnreadPart,
            mac::Mac,
            structure::{Bag, BagValue, Encrypted, Safe},
        },
    };
    use getrandom::{SysRng, rand_core::UnwrapErr};

    fn read(structure: Structure) -> Result<Contents, OpenPfxError> {
        let password = Password::new("password");
        let keyring = Keyring { typed: vec![&password], now: None, effort: Effort::Brief };
        pollster::block_on(read_structure(structure, &keyring, &Portable))
    }

    fn unread(part: UnreadPart, reason: OpenPfxError) -> Vec<Unread> {
        vec![Unread { part, friendly_name: String::new(), reason }]
    }

    /// With a MAC that is right, or with none.
    fn structure(safes: Vec<Safe>, has_mac: bool) -> Structure {
        let mac = Mac::generate(Preset::Modern, 1, &mut UnwrapErr(SysRng));
        let mac_value = mac.compute(&Password::new("password"), None, b"").unwrap();
        let mac = has_mac.then_some(Ok(mac));
        Structure { is_ber: false, mac, mac_value, authenticated_safe: Vec::new(), safes }
    }

    fn encrypted_safe(ciphertext_bytes: usize) -> Vec<Safe> {
        let encryption = Ok(Encryption::generate_aes_256(1, &mut UnwrapErr(SysRng)));
        vec![Safe::Encrypted(Encrypted { encryption, ciphertext: vec![0; ciphertext_bytes] })]
    }

    #[test]
    fn what_no_password_decrypts_is_damaged_where_the_mac_is_right() {
        let contents = read(structure(encrypted_safe(15), true)).unwrap();
        let damaged = OpenPfxError::Damaged { part: Part::Safes };
        assert_eq!(contents.unread, unread(UnreadPart::Safe, damaged));
        assert_eq!(contents.into_entry().err(), Some(damaged));
    }

    #[test]
    fn what_does_not_decrypt_under_the_password_of_the_mac_has_another() {
        let contents = read(structure(encrypted_safe(16), true)).unwrap();
        let second = OpenPfxError::SecondPassword { protects: Protected::Contents };
        assert_eq!(contents.unread, unread(UnreadPart::Safe, second));
        assert_eq!(read(structure(encrypted_safe(16), false)).err(), Some(OpenPfxError::WrongPassword));
    }

    #[test]
    fn nonsense_in_place_of_a_certificate_is_listed() {
        for has_mac in [true, false] {
            let value = BagValue::Certificate(b"nonsense".to_vec());
            let bag = Bag { value, friendly_name: String::new(), local_key_id: Vec::new() };
            let contents = read(structure(vec![Safe::Plain(vec![bag])], has_mac)).unwrap();
            let damaged = OpenPfxError::Damaged { part: Part::Certificate };
            assert_eq!(contents.unread, unread(UnreadPart::Certificate, damaged));
        }
    }

    #[test]
    fn where_nothing_is_encrypted_a_wrong_mac_is_a_wrong_password() {
        assert!(read(structure(Vec::new(), true)).is_ok());
        let mut changed = structure(Vec::new(), true);
        changed.mac_value.fill(0);
        assert_eq!(read(changed).err(), Some(OpenPfxError::WrongPassword));
    }
}
