//! A private key on a curve, as programs write it: `ECPrivateKey`, RFC 5915 §3.

use der::{
    AnyRef, Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{BitStringRef, ObjectIdentifier},
    oid::AssociatedOid,
};
use p256::elliptic_curve::{
    Curve, FieldBytes, FieldBytesSize, SecretKey,
    sec1::{ModulusSize, Sec1Point, ValidatePublicKey},
};
use zeroize::Zeroizing;

/// Tag numbers in `ECPrivateKey`.
const PARAMETERS: u32 = 0;
const PUBLIC_KEY: u32 = 1;

/// The private key, if curve and public key are those that stand beside it, where they do.
pub(super) fn secret_key<C>(der: &[u8]) -> Option<SecretKey<C>>
where
    C: AssociatedOid + Curve + ValidatePublicKey,
    FieldBytesSize<C>: ModulusSize,
{
    let (sequence, _) = AnyRef::from_der_partial(der).ok()?;
    let mut reader = SliceReader::new(sequence.value()).ok()?;
    let (_version, private_key): (AnyRef<'_>, AnyRef<'_>) = (reader.decode().ok()?, reader.decode().ok()?);
    let secret_key = (sequence.tag() == Tag::Sequence && private_key.tag() == Tag::OctetString)
        .then(|| scalar::<C>(private_key.value()))
        .flatten()
        .and_then(|scalar| SecretKey::<C>::from_bytes(&scalar).ok())?;
    // Whatever else there is shows that the bytes were changed: RFC 5915 has no other field.
    while !reader.is_finished() {
        let field: AnyRef<'_> = reader.decode().ok()?;
        let Tag::ContextSpecific { number, .. } = field.tag() else { return None };
        match number.value() {
            PARAMETERS => is_of_curve::<C>(field.value()).then_some(())?,
            PUBLIC_KEY => {
                let public_key = BitStringRef::from_der(field.value()).ok()?;
                let point = Sec1Point::<C>::from_bytes(public_key.as_bytes()?).ok()?;
                C::validate_public_key(&secret_key, &point).ok()?;
            }
            _ => return None,
        }
    }
    Some(secret_key)
}

/// Parameters that are spelled out are left alone: the key's algorithm names the curve.
fn is_of_curve<C: AssociatedOid>(parameters: &[u8]) -> bool {
    match AnyRef::from_der(parameters) {
        Ok(parameters) if parameters.tag() == Tag::ObjectIdentifier => {
            parameters.decode_as::<ObjectIdentifier>().is_ok_and(|curve| curve == C::OID)
        }
        Ok(parameters) => parameters.tag() == Tag::Sequence,
        Err(_) => false,
    }
}

/// The number at the length of the curve's order. RFC 5915 §3 wants it at that length; some programs write it as an ASN.1
/// INTEGER is written, with a zero in front or without those that begin it.
fn scalar<C: Curve>(octets: &[u8]) -> Option<Zeroizing<FieldBytes<C>>> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let significant = octets.get(zeros..)?;
    let mut scalar = Zeroizing::new(FieldBytes::<C>::default());
    if significant.len() > scalar.len() {
        return None;
    }
    scalar.iter_mut().rev().zip(significant.iter().rev()).for_each(|(to, from)| *to = *from);
    Some(scalar)
}
