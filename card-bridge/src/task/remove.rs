//! Takes a key pair off a card that nobody needs.

use super::Performance;
use super::login::{Purpose, log_in};
use crate::card::inventory::InsertedCard;
use crate::card::key;
use crate::problem::Failure;
use cryptoki::object::ObjectClass;
use protocol::{CardOutcome, CardProblemCode as Code, CardWork};

impl Performance<'_> {
    pub(super) fn remove(
        &mut self,
        inserted: &InsertedCard,
        public_key_sha256: &str,
    ) -> Result<CardOutcome, Failure> {
        let token = inserted.token.as_ref().ok_or(Code::ModuleMissing)?;
        let public_key = inserted.key(public_key_sha256).ok_or(Code::KeyNotOnCard)?;
        if inserted.certificates_for(public_key).next().is_some() {
            return Err(Code::KeyInUse.into());
        }
        let session = token.open()?;
        let wish =
            format!("remove a key pair ({}) that has no certificate from your card", public_key.algorithm);
        let purpose = Purpose { who: token.driver().removes_key, request: &self.person.request(&wish) };
        let login = log_in(&mut self.person, &session, inserted, token, purpose)?;
        self.person.sees(CardWork::RemovingKeyPair);
        let private_keys = key::find(&session, ObjectClass::PRIVATE_KEY, Some(&public_key.id))?;
        let public_keys = key::find(&session, ObjectClass::PUBLIC_KEY, Some(&public_key.id))?;
        // Two pairs with one id cannot be told apart.
        if private_keys.len() > 1 || public_keys.len() > 1 {
            return Err(Code::CardReadOnly.into());
        }
        for object in private_keys.into_iter().chain(public_keys) {
            session.destroy_object(object)?;
        }
        drop(login);
        drop(session);
        let after = self.look_again(inserted)?;
        match after.key(public_key_sha256) {
            None => Ok(CardOutcome::Removed { card_name: inserted.card.name.clone() }),
            Some(_) => Err(Code::CardReadOnly.into()),
        }
    }
}
