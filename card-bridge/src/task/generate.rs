//! A new key pair, and a request that the card signs.

use super::Performance;
use super::login::{LoggedIn, Purpose, impossible, log_in};
use super::person::card_line;
use crate::card::inventory::InsertedCard;
use crate::card::key::{self, PublicKeyOnCard};
use crate::card::signer::CardSigner;
use crate::card::token::Token;
use crate::driver::{Template, Who};
use crate::problem::Failure;
use crate::prompt::Confirmation;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::Session;
use cryptoki::types::Ulong;
use der::Encode;
use pki::key_policy::KeyAlgorithm;
use pki::mailbox::Mailbox;
use pki::request::BuildError;
use protocol::{CardOutcome, CardProblemCode as Code, CardWork};
use std::error::Error;

/// The PEM label of a request (RFC 7468 §7).
const PEM_LABEL: &str = "CERTIFICATE REQUEST";
/// The length of a new key's id. Our choice: random, so that no second writing is needed once the key is known, and long
/// enough that none comes twice.
const KEY_ID_BYTES: usize = 16;
/// The exponent that is in use everywhere (S/MIME BR §6.1.6), big-endian.
const RSA_EXPONENT: [u8; 3] = [1, 0, 1];

/// Where a new key goes.
struct Place {
    id: Vec<u8>,
    /// Whether a key without a certificate is there, which the person gave up.
    occupied: bool,
}

impl Performance<'_> {
    pub(super) fn generate(
        &mut self,
        inserted: &InsertedCard,
        algorithm: KeyAlgorithm,
        mailbox: &Mailbox,
    ) -> Result<CardOutcome, Failure> {
        let token = inserted.token.as_ref().ok_or(Code::ModuleMissing)?;
        let place = self.place(inserted, token)?;
        let session = token.open()?;
        let request =
            self.person.request(&format!("make a key pair ({algorithm}) for {mailbox} on your card"));
        let who = token.driver().generates;
        let login = log_in(&mut self.person, &session, inserted, token, Purpose { who, request: &request })?;
        self.person.sees(CardWork::GeneratingKeyPair);
        if place.occupied {
            clear(&session, &place.id)?;
        }
        let public_key = make_key_pair(&session, token, algorithm, &place.id, mailbox)?;
        let made = match (who, public_key) {
            // Who is logged in as the user signs as well.
            (Who::User, Some(key)) if key.algorithm == algorithm => {
                self.request(&session, inserted, &key, mailbox, Some(login))
            }
            // Some modules do not know a key that they just made, and read it when they are started again.
            _ => {
                drop(login);
                drop(session);
                let after = self.look_again(inserted)?;
                let is_new = |key: &&PublicKeyOnCard| key.id == place.id && key.algorithm == algorithm;
                let key = after.keys.iter().find(is_new).ok_or(Code::KeyRefused)?;
                self.request(&open(&after)?, &after, key, mailbox, None)
            }
        };
        made.map_err(after_key)
    }

    /// A request for a key that was made before.
    pub(super) fn reuse(
        &mut self,
        inserted: &InsertedCard,
        public_key_sha256: &str,
        mailbox: &Mailbox,
    ) -> Result<CardOutcome, Failure> {
        let public_key = inserted.key(public_key_sha256).ok_or(Code::KeyNotOnCard)?;
        if inserted.certificates_for(public_key).next().is_some() {
            return Err(Code::KeyInUse.into());
        }
        self.request(&open(inserted)?, inserted, public_key, mailbox, None)
    }

    fn request(
        &mut self,
        session: &Session,
        inserted: &InsertedCard,
        public_key: &PublicKeyOnCard,
        mailbox: &Mailbox,
        login: Option<LoggedIn<'_>>,
    ) -> Result<CardOutcome, Failure> {
        let token = inserted.token.as_ref().ok_or(Code::ModuleMissing)?;
        let _login = if let Some(login) = login {
            login
        } else {
            let wish = format!("sign a certificate request for {mailbox} with the key on your card");
            let purpose = Purpose { who: Who::User, request: &self.person.request(&wish) };
            log_in(&mut self.person, session, inserted, token, purpose)?
        };
        self.person.sees(CardWork::SigningRequest);
        let signer = CardSigner::new(session, public_key)?;
        let request = pki::request::build(mailbox, &signer).map_err(|error| build_failure(&error))?;
        Ok(CardOutcome::Request {
            csr_pem: pki::pem::encode(PEM_LABEL, &request),
            public_key_sha256: public_key.sha256(),
            algorithm: public_key.algorithm.id().to_owned(),
            card_name: inserted.card.name.clone(),
        })
    }

    /// A free id; on a card with places for keys a free place, or one that the person gives up.
    fn place(&mut self, inserted: &InsertedCard, token: &Token) -> Result<Place, Failure> {
        let places = &token.driver().key_ids;
        if places.is_empty() {
            return Ok(Place { id: random_id()?, occupied: false });
        }
        let key_at = |id: &[u8]| inserted.keys.iter().find(|key| key.id == id);
        if let Some(free) = places.iter().find(|id| key_at(id.as_bytes()).is_none()) {
            return Ok(Place { id: free.as_bytes().to_vec(), occupied: false });
        }
        let is_unused = |key: &&PublicKeyOnCard| inserted.certificates_for(key).next().is_none();
        let unused = places.iter().filter_map(|id| key_at(id.as_bytes())).find(is_unused);
        let Some(unused) = unused else {
            return Err(impossible(token, Code::CardFull));
        };
        if self.person.agrees(&replacement(inserted, unused))? {
            Ok(Place { id: unused.id.clone(), occupied: true })
        } else {
            Err(Code::Cancelled.into())
        }
    }
}

fn replacement(inserted: &InsertedCard, key: &PublicKeyOnCard) -> Confirmation {
    Confirmation {
        text: format!(
            "The card {} has a key ({}) without a certificate in the only place for one.\n\nA new key takes its place, and the old one cannot be brought back: what was encrypted for it cannot be read any more.",
            card_line(&inserted.card),
            key.algorithm
        ),
        agree: "Replace the key",
        refuse: "Keep it",
    }
}

/// Takes away what is in the way of a new key with this id.
fn clear(session: &Session, id: &[u8]) -> Result<(), Failure> {
    for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
        for object in key::find(session, class, Some(id))? {
            session.destroy_object(object)?;
        }
    }
    Ok(())
}

fn make_key_pair(
    session: &Session,
    token: &Token,
    algorithm: KeyAlgorithm,
    id: &[u8],
    mailbox: &Mailbox,
) -> Result<Option<PublicKeyOnCard>, Failure> {
    let template = token.driver().template;
    let label = format!("Signet {mailbox}").into_bytes();
    let shared = [Attribute::Token(true), Attribute::Id(id.to_vec()), Attribute::Label(label)];
    let (mechanism, mut public) = kind(algorithm)?;
    public.extend(shared.clone());
    public.extend(public_uses(template, algorithm));
    let mut private = shared.to_vec();
    private.extend([Attribute::Private(true), Attribute::Sensitive(true), Attribute::Extractable(false)]);
    private.extend(private_uses(template, algorithm));
    let (public_key, _private_key) = session.generate_key_pair(&mechanism, &public, &private)?;
    Ok(key::read_public_key(session, public_key))
}

/// Who gives up now has a key already.
fn after_key(failure: Failure) -> Failure {
    match failure.code() {
        code @ (Code::PinCancelled | Code::PinTimedOut) => Failure::with_advice(
            code,
            "The key is made and stays on the card. Start again when you have the PIN at hand: the key will be offered to you.",
        ),
        _ => failure,
    }
}

fn open(inserted: &InsertedCard) -> Result<Session, Failure> {
    Ok(inserted.token.as_ref().ok_or(Code::ModuleMissing)?.open()?)
}

fn kind(algorithm: KeyAlgorithm) -> Result<(Mechanism<'static>, Vec<Attribute>), Failure> {
    let rsa = |bits| {
        let attributes =
            vec![Attribute::ModulusBits(Ulong::new(bits)), Attribute::PublicExponent(RSA_EXPONENT.to_vec())];
        (Mechanism::RsaPkcsKeyPairGen, attributes)
    };
    let elliptic_curve = |curve: der::asn1::ObjectIdentifier| {
        let parameters = curve.to_der().or(Err(Code::AlgorithmUnsupported))?;
        Ok((Mechanism::EccKeyPairGen, vec![Attribute::EcParams(parameters)]))
    };
    match algorithm {
        KeyAlgorithm::Rsa2048 => Ok(rsa(2048)),
        KeyAlgorithm::Rsa3072 => Ok(rsa(3072)),
        KeyAlgorithm::Rsa4096 => Ok(rsa(4096)),
        KeyAlgorithm::EcP256 => elliptic_curve(const_oid::db::rfc5912::SECP_256_R_1),
        KeyAlgorithm::EcP384 => elliptic_curve(const_oid::db::rfc5912::SECP_384_R_1),
        KeyAlgorithm::EcP521 | KeyAlgorithm::Ed25519 => Err(Code::AlgorithmUnsupported.into()),
    }
}

/// The public key can be read without a PIN: it is found again when the work broke off.
fn public_uses(template: Template, algorithm: KeyAlgorithm) -> Vec<Attribute> {
    match template {
        Template::Minimal => vec![Attribute::Verify(true)],
        Template::Full if algorithm.is_rsa() => {
            vec![
                Attribute::Private(false),
                Attribute::Verify(true),
                Attribute::Encrypt(true),
                Attribute::Wrap(true),
            ]
        }
        Template::Full => vec![Attribute::Private(false), Attribute::Verify(true)],
    }
}

/// Mail that was encrypted for the key is read with it: unwrapped with RSA, agreed on with an elliptic curve.
fn private_uses(template: Template, algorithm: KeyAlgorithm) -> Vec<Attribute> {
    match template {
        Template::Minimal => vec![Attribute::Sign(true)],
        Template::Full if algorithm.is_rsa() => {
            vec![Attribute::Sign(true), Attribute::Decrypt(true), Attribute::Unwrap(true)]
        }
        Template::Full => vec![Attribute::Sign(true), Attribute::Derive(true)],
    }
}

fn random_id() -> Result<Vec<u8>, Failure> {
    let mut id = [0; KEY_ID_BYTES];
    getrandom::fill(&mut id).or(Err(Code::CardFault))?;
    Ok(id.to_vec())
}

/// The card's own reason, where it has one; else what it made is not accepted.
fn build_failure(error: &BuildError) -> Failure {
    let reason = error.source().and_then(|source| source.downcast_ref::<Failure>()).cloned();
    reason.unwrap_or_else(|| Failure::new(Code::KeyRefused))
}
