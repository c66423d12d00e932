//! The rules, each with its code and where it stands.

/// A rule of the lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The bytes are not a `TBSCertificate` in DER.
    Undecodable,
    /// The version is not 3.
    Version,
    /// The serial number is zero or negative.
    SerialNumberNotPositive,
    /// The serial number has more than 20 octets.
    SerialNumberTooLong,
    /// The serial number cannot have 64 random bits.
    SerialNumberTooShort,
    /// The signature algorithm is not the one of the issuer's key, in its exact encoding.
    SignatureAlgorithm,
    /// The issuer's name is not the subject of the CA certificate, byte for byte.
    IssuerName,
    /// A unique identifier of issuer or subject is there.
    UniqueId,
    /// The key is not one that the policy accepts.
    Key,
    /// The key is the issuer's own.
    KeyOfIssuer,
    /// A time is not `UTCTime` until 2049 or `GeneralizedTime` after.
    TimeEncoding,
    /// The validity ends before it begins.
    ValidityNegative,
    /// The validity is longer than 824 days.
    ValidityTooLong,
    /// The validity is not inside the issuer's.
    ValidityOutsideIssuer,
    /// The validity begins more than 48 hours from the moment of issuance.
    NotBeforeShifted,
    /// The validity has ended before issuance.
    AlreadyExpired,
    /// The subject is not a distinguished name of texts.
    SubjectUndecodable,
    /// A relative distinguished name has several attributes.
    SubjectSeveralInOneRdn,
    /// `organizationName` or `organizationIdentifier` is missing.
    SubjectAttributeMissing,
    /// An attribute is there that the profile does not have.
    SubjectAttributeProhibited,
    /// An attribute is there twice.
    SubjectAttributeRepeated,
    /// A value has not the string type of its attribute.
    SubjectAttributeEncoding,
    /// A value is longer than its upper bound.
    SubjectAttributeTooLong,
    /// A value has no letter and no digit.
    SubjectAttributePlaceholder,
    /// A value has control characters, or spaces around it.
    SubjectAttributeCharacters,
    /// A value has a character written as HTML.
    SubjectAttributeHtml,
    /// The country is not one of ISO 3166-1.
    Country,
    /// A locality, state or province stands without its country.
    PlaceWithoutCountry,
    /// The `organizationIdentifier` breaks the syntax of its scheme.
    OrganizationIdentifier,
    /// The `organizationIdentifier` names another country than the subject.
    OrganizationIdentifierCountry,
    /// The common name is neither the organization's name nor an address of `subjectAltName`.
    CommonNameSource,
    /// The subject's address is not in `subjectAltName`, byte for byte.
    SubjectAddressNotInAltName,
    /// An extension of the profile is missing.
    ExtensionMissing,
    /// An extension is there twice.
    ExtensionRepeated,
    /// An extension is there that the profile does not have.
    ExtensionProhibited,
    /// An extension is critical or not, against the profile.
    ExtensionCritical,
    /// The value of an extension cannot be read.
    ExtensionUndecodable,
    /// The `authorityKeyIdentifier` is not the issuer's `subjectKeyIdentifier`.
    AuthorityKeyIdentifier,
    /// The `authorityKeyIdentifier` has more than a key identifier.
    AuthorityKeyIdentifierForm,
    /// The `subjectKeyIdentifier` is not the SHA-1 of the key.
    SubjectKeyIdentifier,
    /// The key usage is not signature with key encipherment (RSA) or key agreement (EC).
    KeyUsage,
    /// The extended key usage is not `emailProtection` alone.
    ExtendedKeyUsage,
    /// The policy is not organization-validated strict, alone.
    Policy,
    /// The policy has a qualifier.
    PolicyQualifier,
    /// `subjectAltName` has a name that is not an `rfc822Name`.
    AltNameType,
    /// An `rfc822Name` is not an address in plain form.
    AltNameAddress,
    /// An address stands twice in `subjectAltName`.
    AltNameRepeated,
    /// `subjectAltName` has no `rfc822Name`.
    AltNameWithoutAddress,
    /// A CRL distribution point is not an http URL alone.
    CrlDistributionPoint,
    /// `authorityInfoAccess` is not `caIssuers` with an http URL.
    AuthorityInfoAccess,
    /// `basicConstraints` says more than: not a CA.
    BasicConstraints,
}

impl Rule {
    /// All rules.
    pub const ALL: &[Self] = &[
        Self::Undecodable,
        Self::Version,
        Self::SerialNumberNotPositive,
        Self::SerialNumberTooLong,
        Self::SerialNumberTooShort,
        Self::SignatureAlgorithm,
        Self::IssuerName,
        Self::UniqueId,
        Self::Key,
        Self::KeyOfIssuer,
        Self::TimeEncoding,
        Self::ValidityNegative,
        Self::ValidityTooLong,
        Self::ValidityOutsideIssuer,
        Self::NotBeforeShifted,
        Self::AlreadyExpired,
        Self::SubjectUndecodable,
        Self::SubjectSeveralInOneRdn,
        Self::SubjectAttributeMissing,
        Self::SubjectAttributeProhibited,
        Self::SubjectAttributeRepeated,
        Self::SubjectAttributeEncoding,
        Self::SubjectAttributeTooLong,
        Self::SubjectAttributePlaceholder,
        Self::SubjectAttributeCharacters,
        Self::SubjectAttributeHtml,
        Self::Country,
        Self::PlaceWithoutCountry,
        Self::OrganizationIdentifier,
        Self::OrganizationIdentifierCountry,
        Self::CommonNameSource,
        Self::SubjectAddressNotInAltName,
        Self::ExtensionMissing,
        Self::ExtensionRepeated,
        Self::ExtensionProhibited,
        Self::ExtensionCritical,
        Self::ExtensionUndecodable,
        Self::AuthorityKeyIdentifier,
        Self::AuthorityKeyIdentifierForm,
        Self::SubjectKeyIdentifier,
        Self::KeyUsage,
        Self::ExtendedKeyUsage,
        Self::Policy,
        Self::PolicyQualifier,
        Self::AltNameType,
        Self::AltNameAddress,
        Self::AltNameRepeated,
        Self::AltNameWithoutAddress,
        Self::CrlDistributionPoint,
        Self::AuthorityInfoAccess,
        Self::BasicConstraints,
    ];

    /// Its stable code in kebab-case.
    pub fn code(self) -> &'static str {
        self.entry().0
    }

    /// Where it stands.
    pub fn citation(self) -> &'static str {
        self.entry().1
    }

    #[expect(clippy::too_many_lines, reason = "a table, one line a rule")]
    fn entry(self) -> (&'static str, &'static str) {
        match self {
            Self::Undecodable => ("tbs-undecodable", "RFC 5280 §4.1"),
            Self::Version => ("version", "RFC 5280 §4.1.2.1"),
            Self::SerialNumberNotPositive => ("serial-number-not-positive", "RFC 5280 §4.1.2.2"),
            Self::SerialNumberTooLong => ("serial-number-too-long", "RFC 5280 §4.1.2.2"),
            Self::SerialNumberTooShort => ("serial-number-too-short", "S/MIME BR §7.1"),
            Self::SignatureAlgorithm => ("signature-algorithm", "S/MIME BR §7.1.3.2"),
            Self::IssuerName => ("issuer-name", "S/MIME BR §7.1.4.1"),
            Self::UniqueId => ("unique-id", "RFC 5280 §4.1.2.8"),
            Self::Key => ("key", "S/MIME BR §6.1.5, §6.1.6, §7.1.3.1"),
            Self::KeyOfIssuer => {
                ("key-of-issuer", "Our choice: a CA never certifies its own key for a subscriber")
            }
            Self::TimeEncoding => ("time-encoding", "RFC 5280 §4.1.2.5"),
            Self::ValidityNegative => ("validity-negative", "RFC 5280 §4.1.2.5"),
            Self::ValidityTooLong => ("validity-too-long", "S/MIME BR §6.3.2"),
            Self::ValidityOutsideIssuer => {
                ("validity-outside-issuer", "RFC 5280 §6.1.3, so that no path ends early")
            }
            Self::NotBeforeShifted => ("not-before-shifted", "TLS BR §7.1.2.7, our choice for S/MIME too"),
            Self::AlreadyExpired => ("already-expired", "RFC 5280 §4.1.2.5"),
            Self::SubjectUndecodable => ("subject-undecodable", "RFC 5280 §4.1.2.4"),
            Self::SubjectSeveralInOneRdn => ("subject-several-in-one-rdn", "S/MIME BR §7.1.4.1"),
            Self::SubjectAttributeMissing => ("subject-attribute-missing", "S/MIME BR §7.1.4.2.4"),
            Self::SubjectAttributeProhibited => ("subject-attribute-prohibited", "S/MIME BR §7.1.4.2.4"),
            Self::SubjectAttributeRepeated => ("subject-attribute-repeated", "S/MIME BR §7.1.4.2.2"),
            Self::SubjectAttributeEncoding => ("subject-attribute-encoding", "RFC 5280 §4.1.2.4"),
            Self::SubjectAttributeTooLong => ("subject-attribute-too-long", "RFC 5280 Appendix A.1"),
            Self::SubjectAttributePlaceholder => ("subject-attribute-placeholder", "S/MIME BR §7.1.4.2.2"),
            Self::SubjectAttributeCharacters => {
                ("subject-attribute-characters", "Our choice: what is not seen is not verified")
            }
            Self::SubjectAttributeHtml => ("subject-attribute-html", "S/MIME BR §7.1.4.2.2"),
            Self::Country => ("country", "S/MIME BR §7.1.4.2.2"),
            Self::PlaceWithoutCountry => ("place-without-country", "S/MIME BR §7.1.4.2.2"),
            Self::OrganizationIdentifier => ("organization-identifier", "S/MIME BR §7.1.4.2.2, Appendix A"),
            Self::OrganizationIdentifierCountry => {
                ("organization-identifier-country", "S/MIME BR §7.1.4.2.2")
            }
            Self::CommonNameSource => ("common-name-source", "S/MIME BR §7.1.4.2.2"),
            Self::SubjectAddressNotInAltName => ("subject-address-not-in-alt-name", "S/MIME BR §7.1.4.2.1"),
            Self::ExtensionMissing => ("extension-missing", "S/MIME BR §7.1.2.3"),
            Self::ExtensionRepeated => ("extension-repeated", "RFC 5280 §4.2"),
            Self::ExtensionProhibited => ("extension-prohibited", "S/MIME BR §7.1.2.4"),
            Self::ExtensionCritical => ("extension-critical", "S/MIME BR §7.1.2.3"),
            Self::ExtensionUndecodable => ("extension-undecodable", "RFC 5280 §4.2"),
            Self::AuthorityKeyIdentifier => ("authority-key-identifier", "RFC 5280 §4.2.1.1"),
            Self::AuthorityKeyIdentifierForm => ("authority-key-identifier-form", "S/MIME BR §7.1.2.3"),
            Self::SubjectKeyIdentifier => ("subject-key-identifier", "RFC 5280 §4.2.1.2"),
            Self::KeyUsage => ("key-usage", "S/MIME BR §7.1.2.3"),
            Self::ExtendedKeyUsage => ("extended-key-usage", "S/MIME BR §7.1.2.3"),
            Self::Policy => ("policy", "S/MIME BR §7.1.6.1"),
            Self::PolicyQualifier => ("policy-qualifier", "RFC 5280 §4.2.1.4"),
            Self::AltNameType => ("alt-name-type", "S/MIME BR §7.1.4.2.1"),
            Self::AltNameAddress => ("alt-name-address", "RFC 5280 §4.2.1.6"),
            Self::AltNameRepeated => ("alt-name-repeated", "Our choice: an address stands once"),
            Self::AltNameWithoutAddress => ("alt-name-without-address", "S/MIME BR §7.1.4.2.1"),
            Self::CrlDistributionPoint => ("crl-distribution-point", "S/MIME BR §7.1.2.3"),
            Self::AuthorityInfoAccess => ("authority-info-access", "S/MIME BR §7.1.2.3"),
            Self::BasicConstraints => ("basic-constraints", "S/MIME BR §7.1.2.3"),
        }
    }
}
