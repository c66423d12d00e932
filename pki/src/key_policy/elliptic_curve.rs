//! Elliptic-curve keys (S/MIME BR §6.1.5, §6.1.6).

use super::{KeyAlgorithm, KeyRejection, names};
use der::asn1::ObjectIdentifier;
use p256::NistP256;
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytes, PublicKey, point::AffineCoordinates};
use p384::NistP384;

const P_256: ObjectIdentifier = const_oid::db::rfc5912::SECP_256_R_1;
const P_384: ObjectIdentifier = const_oid::db::rfc5912::SECP_384_R_1;
const P_521: ObjectIdentifier = const_oid::db::rfc5912::SECP_521_R_1;

/// First byte of a point with both coordinates (SEC 1 §2.3.3).
const UNCOMPRESSED_POINT: u8 = 4;
/// The point at infinity (SEC 1 §2.3.3).
const POINT_AT_INFINITY: [u8; 1] = [0];

/// A named curve and a point with both coordinates on it (RFC 5480 §2).
pub(super) fn judge(parameters: Option<der::AnyRef<'_>>, point: &[u8]) -> Result<KeyAlgorithm, KeyRejection> {
    let parameters = parameters.ok_or(KeyRejection::Undecodable)?;
    if der::Tagged::tag(&parameters) == der::Tag::Sequence {
        return Err(KeyRejection::CurveParametersExplicit);
    }
    let curve = parameters.decode_as::<ObjectIdentifier>().or(Err(KeyRejection::Undecodable))?;
    let algorithm = match curve {
        P_256 => KeyAlgorithm::EcP256,
        P_384 => KeyAlgorithm::EcP384,
        P_521 => return Err(KeyRejection::NotForMail { algorithm: KeyAlgorithm::EcP521 }),
        other => return Err(KeyRejection::CurveUnsupported { name: names::curve(other) }),
    };
    if matches!(point.first(), Some(2 | 3)) {
        return Err(KeyRejection::PointCompressed);
    }
    if point == POINT_AT_INFINITY {
        return Err(KeyRejection::PointAtInfinity);
    }
    let on_curve = match algorithm {
        KeyAlgorithm::EcP384 => public_key::<NistP384>(point).is_some(),
        _ => public_key::<NistP256>(point).is_some(),
    };
    if on_curve { Ok(algorithm) } else { Err(KeyRejection::PointNotOnCurve) }
}

/// The key with this point, which has both coordinates and is on the curve (SEC 1 §2.3.4).
///
/// `PublicKey::from_sec1_bytes` also takes compressed points, and brings a square root of each field for them.
pub(crate) fn public_key<C>(point: &[u8]) -> Option<PublicKey<C>>
where
    C: CurveArithmetic,
    AffinePoint<C>: AffineCoordinates<FieldRepr = FieldBytes<C>>,
{
    let coordinates = point.strip_prefix(&[UNCOMPRESSED_POINT])?;
    let (x, y) = coordinates.split_at_checked(coordinates.len().div_ceil(2))?;
    let point = AffinePoint::<C>::from_coordinates(x.try_into().ok()?, y.try_into().ok()?);
    PublicKey::from_affine(point.into_option()?).ok()
}
