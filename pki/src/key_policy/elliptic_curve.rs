//! Elliptic-curve keys (S/MIME BR §6.1.5, §6.1.6).

use super::{KeyAlgorithm, KeyRejection, names};
use der::asn1::ObjectIdentifier;

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
    let on_curve = point.first() == Some(&UNCOMPRESSED_POINT)
        && match algorithm {
            KeyAlgorithm::EcP384 => p384::PublicKey::from_sec1_bytes(point).is_ok(),
            _ => p256::PublicKey::from_sec1_bytes(point).is_ok(),
        };
    if on_curve { Ok(algorithm) } else { Err(KeyRejection::PointNotOnCurve) }
}
