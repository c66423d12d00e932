//! The root's own CRL: what it says about the issuing CA.

use super::{
    AuthorityError, ROOT_CERTIFICATE, ROOT_CRL, ROOT_KEY, key::SigningKey, open_key, passphrase::Passphrase,
    read, read_certificate,
};
use crate::durable;
use der::Decode;
use pki::{
    authority::Issuer,
    crl::{RevocationList, Scope},
};
use protocol::Timestamp;
use std::{path::Path, time::Duration};

/// A CRL about CAs may be relied on for at most twelve months (S/MIME BR §4.9.7); a few days less, so that no leap
/// year counts.
const LIFETIME: Duration = Duration::from_hours(360 * 24);

/// A list older than this is signed anew at the next start. Our choice: half of its life, so that a server that is
/// started twice a year never shows an outdated one.
const RENEW_AFTER: Duration = Duration::from_hours(180 * 24);

/// The list as of `at`: the root has revoked nothing. Its number is the time, which grows without being stored
/// (RFC 5280 §5.2.3).
pub(super) fn sign(root: &Issuer, key: &SigningKey, at: Timestamp) -> Result<Vec<u8>, AuthorityError> {
    let list = RevocationList {
        scope: Scope::Authorities,
        number: at.unix_seconds(),
        this_update: at.unix_seconds(),
        next_update: at.plus(LIFETIME).unix_seconds(),
    };
    Ok(list.sign(root, key)?)
}

/// Signs the list anew where it is half a year old; only then is the root's key opened.
pub(super) fn renew_if_old(
    authority: &Path,
    passphrase: &Passphrase,
    at: Timestamp,
) -> Result<(), AuthorityError> {
    let file = authority.join(ROOT_CRL);
    if is_fresh(&read(&file)?, at) {
        return Ok(());
    }
    let root = read_certificate(authority, ROOT_CERTIFICATE)?;
    let key = open_key(authority, ROOT_KEY, passphrase)?;
    let crl = sign(&root, &key, at)?;
    durable::replace(&file, &crl).map_err(|source| AuthorityError::Unwritable { file, source })
}

/// A list that cannot be read is not fresh.
fn is_fresh(crl: &[u8], at: Timestamp) -> bool {
    let Ok(crl) = x509_cert::crl::CertificateList::<x509_cert::certificate::Rfc5280>::from_der(crl) else {
        return false;
    };
    let signed_at = crl.tbs_cert_list.this_update.to_unix_duration().as_secs();
    Timestamp::from_unix_seconds(signed_at).is_ok_and(|signed_at| at < signed_at.plus(RENEW_AFTER))
}
