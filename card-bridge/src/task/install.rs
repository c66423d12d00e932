//! Writes a certificate beside its key.

use super::Performance;
use super::login::{Purpose, log_in};
use super::work::NewCertificate;
use crate::card::inventory::InsertedCard;
use crate::card::key::{self, PublicKeyOnCard};
use crate::driver::Who;
use crate::problem::Failure;
use cryptoki::error::Error;
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use pki::key_policy::spki_sha256_hex;
use protocol::{CardOutcome, CardProblemCode as Code, CardWork};

impl Performance<'_> {
    pub(super) fn install(
        &mut self,
        inserted: &InsertedCard,
        certificate: &NewCertificate,
    ) -> Result<CardOutcome, Failure> {
        let token = inserted.token.as_ref().ok_or(Code::ModuleMissing)?;
        let public_key = inserted.key(&spki_sha256_hex(&certificate.spki)).ok_or(Code::KeyNotOnCard)?;
        let installed = CardOutcome::Installed { card_name: inserted.card.name.clone() };
        if is_alone(inserted, public_key, certificate) {
            return Ok(installed);
        }
        let session = token.open()?;
        let who = token.driver().writes_certificate;
        let request = self.person.request("write the certificate for the key on your card onto it");
        let login = log_in(&mut self.person, &session, inserted, token, Purpose { who, request: &request })?;
        self.person.sees(CardWork::WritingCertificate);
        // Only its user sees a private key.
        if who == Who::User && key::find(&session, ObjectClass::PRIVATE_KEY, Some(&public_key.id))?.is_empty()
        {
            return Err(Code::KeyNotOnCard.into());
        }
        if token.driver().key_ids.is_empty() {
            // The old one goes when the new one is there.
            write(&session, public_key, certificate)?;
            remove_others(&session, public_key, Some(certificate))?;
        } else {
            // One place takes one certificate.
            remove_others(&session, public_key, None)?;
            write(&session, public_key, certificate)?;
        }
        drop(login);
        drop(session);
        let after = self.look_again(inserted)?;
        if is_alone(&after, public_key, certificate) { Ok(installed) } else { Err(Code::CardFault.into()) }
    }
}

/// Whether this certificate, and no other, is beside the key.
fn is_alone(inserted: &InsertedCard, public_key: &PublicKeyOnCard, certificate: &NewCertificate) -> bool {
    let mut beside = inserted.certificates.iter().filter(|other| other.id == public_key.id).peekable();
    beside.peek().is_some() && beside.all(|other| other.der == certificate.der)
}

fn write(session: &Session, public_key: &PublicKeyOnCard, certificate: &NewCertificate) -> Result<(), Error> {
    let is_there = key::certificates(session)?
        .iter()
        .any(|other| other.id == public_key.id && other.der == certificate.der);
    if is_there {
        return Ok(());
    }
    let keys = key::find(session, ObjectClass::PUBLIC_KEY, Some(&public_key.id))?;
    let mut template = vec![
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Id(public_key.id.clone()),
        Attribute::Subject(certificate.subject.clone()),
        Attribute::Issuer(certificate.issuer.clone()),
        Attribute::SerialNumber(certificate.serial_number.clone()),
        Attribute::Value(certificate.der.clone()),
    ];
    template.extend(keys.first().and_then(|key| label(session, *key)));
    session.create_object(&template)?;
    Ok(())
}

/// The label of the key: mail programs show both under one name.
fn label(session: &Session, object: ObjectHandle) -> Option<Attribute> {
    session.get_attributes(object, &[AttributeType::Label]).ok()?.pop()
}

/// Removes the certificates with the key's id, but the one to keep.
fn remove_others(
    session: &Session,
    public_key: &PublicKeyOnCard,
    kept: Option<&NewCertificate>,
) -> Result<(), Error> {
    for other in key::certificates(session)? {
        if other.id == public_key.id && kept.is_none_or(|kept| kept.der != other.der) {
            session.destroy_object(other.object)?;
        }
    }
    Ok(())
}
