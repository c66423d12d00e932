//! Certificate revocation lists.

use crate::authority::{AuthorityError, Issuer, sign_as};
use crate::extensions::ExtensionList;
use crate::profile::{DAY_SECONDS, time};
use crate::signer::Signer;
use der::asn1::Uint;
use der::{Decode, Encode};
use x509_cert::Version;
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::TbsCertList;
use x509_cert::ext::pkix::CrlNumber;
use x509_cert::name::Name;

/// Whose certificates a list is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Those of subscribers, made by an issuing CA.
    Subscribers,
    /// Those of CAs, made by a root.
    Authorities,
}

impl Scope {
    /// Longest time until the next list, in days: for CAs the standard says twelve months (S/MIME BR §4.9.7).
    pub fn maximum_days(self) -> u64 {
        match self {
            Self::Subscribers => 10,
            Self::Authorities => 365,
        }
    }
}

/// A list to be made: no certificate was revoked yet.
///
/// RFC 5280 §5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// Whose certificates it is about.
    pub scope: Scope,
    /// Its number, larger than that of every list before it.
    pub number: u64,
    /// When it is made, Unix time.
    pub this_update: u64,
    /// When the next one is there at the latest, Unix time.
    pub next_update: u64,
}

impl RevocationList {
    /// Makes the list, DER.
    ///
    /// # Errors
    /// When the dates cannot stand, or the issuer's key does not sign.
    pub fn sign(&self, issuer: &Issuer, signer: &dyn Signer) -> Result<Vec<u8>, CrlError> {
        let seconds = self.next_update.checked_sub(self.this_update).ok_or(CrlError::NextUpdateTooEarly)?;
        if seconds == 0 {
            return Err(CrlError::NextUpdateTooEarly);
        }
        let maximum_days = self.scope.maximum_days();
        if seconds > maximum_days.saturating_mul(DAY_SECONDS) {
            return Err(CrlError::NextUpdateTooLate { maximum_days });
        }
        let extensions = ExtensionList::default()
            .authority_key_identifier(issuer.key_identifier())?
            .add(&CrlNumber(Uint::new(&self.number.to_be_bytes())?))?;
        let tbs_der = TbsCertList::<Rfc5280> {
            version: Version::V2,
            signature: issuer.signature_algorithm().identifier(),
            issuer: Name::from_der(issuer.name_der())?,
            this_update: time(self.this_update)?,
            next_update: Some(time(self.next_update)?),
            revoked_certificates: None,
            crl_extensions: Some(extensions.into_inner()),
        }
        .to_der()?;
        Ok(sign_as(&tbs_der, issuer.public_key(), issuer.signature_algorithm(), signer)?)
    }
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The next list would not be later than this one.
    #[error("the next CRL must be later than this one")]
    NextUpdateTooEarly,
    /// Later than the scope allows.
    #[error("the next CRL must come within {maximum_days} days")]
    NextUpdateTooLate {
        /// [`Scope::maximum_days`].
        maximum_days: u64,
    },
    /// A part cannot be encoded.
    #[error("the CRL cannot be encoded")]
    Encoding(#[from] der::Error),
    /// The issuer's key did not sign, is another one, or its signature is wrong.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
}
