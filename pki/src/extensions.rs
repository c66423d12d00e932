//! The extensions that certificates and CRLs here have.

use crate::key_policy::PublicKey;
use crate::mailbox::Mailbox;
use crate::profile::HttpUrl;
use const_oid::db::rfc5280::{ID_AD_CA_ISSUERS, ID_KP_EMAIL_PROTECTION};
use der::asn1::{Ia5String, ObjectIdentifier, OctetString};
use der::flagset::FlagSet;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints,
    CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension};
use x509_cert::name::Name;

/// Extensions in the order in which they were added. Criticality is the one of RFC 5280.
#[derive(Default)]
pub(crate) struct ExtensionList(Vec<Extension>);

impl ExtensionList {
    /// The list.
    pub(crate) fn into_inner(self) -> Vec<Extension> {
        self.0
    }

    /// Any extension.
    pub(crate) fn add(mut self, extension: impl ToExtension<Error = der::Error>) -> der::Result<Self> {
        // Where criticality depends on the subject, the extension brings its own.
        self.0.push(extension.to_extension(&Name::default(), &[])?);
        Ok(self)
    }

    /// RFC 5280 §4.2.1.1: the key identifier only (S/MIME BR §7.1.2.3).
    pub(crate) fn authority_key_identifier(self, key_identifier: &[u8]) -> der::Result<Self> {
        let key_identifier = Some(OctetString::new(key_identifier)?);
        self.add(&AuthorityKeyIdentifier { key_identifier, ..Default::default() })
    }

    /// RFC 5280 §4.2.1.2.
    pub(crate) fn subject_key_identifier(self, key: &PublicKey) -> der::Result<Self> {
        self.add(&SubjectKeyIdentifier(OctetString::new(key.key_identifier())?))
    }

    /// RFC 5280 §4.2.1.3, critical.
    pub(crate) fn key_usage(self, usages: impl Into<FlagSet<KeyUsages>>) -> der::Result<Self> {
        self.add(&KeyUsage(usages.into()))
    }

    /// RFC 5280 §4.2.1.12: protection of e-mail and nothing else.
    pub(crate) fn email_protection(self) -> der::Result<Self> {
        self.add(&ExtendedKeyUsage(vec![ID_KP_EMAIL_PROTECTION]))
    }

    /// RFC 5280 §4.2.1.9, critical: a CA with that many CAs below it.
    pub(crate) fn authority(self, path_length: Option<u8>) -> der::Result<Self> {
        self.add(&BasicConstraints { ca: true, path_len_constraint: path_length })
    }

    /// RFC 5280 §4.2.1.4, without qualifiers.
    pub(crate) fn policies(
        self,
        identifiers: impl IntoIterator<Item = ObjectIdentifier>,
    ) -> der::Result<Self> {
        let policy = |policy_identifier| PolicyInformation { policy_identifier, policy_qualifiers: None };
        self.add(&CertificatePolicies(identifiers.into_iter().map(policy).collect()))
    }

    /// RFC 5280 §4.2.1.6; not critical, because no subject here is empty.
    pub(crate) fn rfc822_name(self, mailbox: &Mailbox) -> der::Result<Self> {
        let names = vec![GeneralName::Rfc822Name(Ia5String::new(mailbox.as_str())?)];
        self.add((false, &SubjectAltName(names)))
    }

    /// RFC 5280 §4.2.1.13.
    pub(crate) fn crl_distribution_point(self, url: &HttpUrl) -> der::Result<Self> {
        let full_name = DistributionPointName::FullName(vec![uri(url)?]);
        self.add(&CrlDistributionPoints(vec![DistributionPoint {
            distribution_point: Some(full_name),
            reasons: None,
            crl_issuer: None,
        }]))
    }

    /// RFC 5280 §4.2.2.1: where the issuer's certificate is.
    pub(crate) fn issuer_certificate(self, url: &HttpUrl) -> der::Result<Self> {
        self.add(&AuthorityInfoAccessSyntax(vec![AccessDescription {
            access_method: ID_AD_CA_ISSUERS,
            access_location: uri(url)?,
        }]))
    }
}

fn uri(url: &HttpUrl) -> der::Result<GeneralName> {
    Ia5String::new(url.as_str()).map(GeneralName::UniformResourceIdentifier)
}
