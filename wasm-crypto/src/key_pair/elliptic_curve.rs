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
    let fields = Fields::from_der(der)?;
    if fields.curve.is_some_and(|curve| curve != C::OID) {
        return None;
    }
    let secret_key = SecretKey::<C>::from_bytes(&*scalar::<C>(fields.private_key)?).ok()?;
    if let Some(public_key) = fields.public_key {
        let point = Sec1Point::<C>::from_bytes(public_key).ok()?;
        C::validate_public_key(&secret_key, &point).ok()?;
    }
    Some(secret_key)
}

/// What stands in the structure.
struct Fields<'a> {
    private_key: &'a [u8],
    /// None also where its parameters are spelled out: the key's algorithm names the curve.
    curve: Option<ObjectIdentifier>,
    public_key: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn from_der(der: &'a [u8]) -> Option<Self> {
        let (sequence, _) = AnyRef::from_der_partial(der).ok()?;
        let mut reader = SliceReader::new(sequence.value()).ok()?;
        let (_version, private_key): (AnyRef<'a>, AnyRef<'a>) =
            (reader.decode().ok()?, reader.decode().ok()?);
        let is_key = sequence.tag() == Tag::Sequence && private_key.tag() == Tag::OctetString;
        is_key.then_some(())?;
        let mut fields = Self { private_key: private_key.value(), curve: None, public_key: None };
        // Whatever else there is shows that the bytes were changed: RFC 5915 has no other field.
        while !reader.is_finished() {
            let field: AnyRef<'a> = reader.decode().ok()?;
            let Tag::ContextSpecific { number, .. } = field.tag() else { return None };
            let content = AnyRef::from_der(field.value()).ok()?;
            match (number.value(), content.tag()) {
                (PARAMETERS, Tag::Sequence) => {}
                (PARAMETERS, Tag::ObjectIdentifier) => fields.curve = Some(content.decode_as().ok()?),
                (PUBLIC_KEY, Tag::BitString) => {
                    fields.public_key = Some(content.decode_as::<BitStringRef<'a>>().ok()?.as_bytes()?);
                }
                _ => return None,
            }
        }
        Some(fields)
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
