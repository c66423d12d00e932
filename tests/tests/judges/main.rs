//! The judges themselves: each accepts what OpenSSL makes rightly, and refuses what is wrong in its field.

mod authority;

use anyhow::Result;
use authority::{Authority, Flaw};
use tests::judges::{self, java, nss, openssl, pkilint, python};

const MAILBOX: &str = "anna.nowak@example.com";
const PASSWORD: &str = "amber-lantern-42";

/// The judge said no, and said so about this.
fn refuses(outcome: Result<()>, about: &str) {
    let error = format!("{:?}", outcome.expect_err("the judge must refuse"));
    assert!(error.contains(about), "refused for another reason: {error}");
}

#[test]
fn every_judge_accepts_a_right_rsa_certificate_and_its_pfx() -> Result<()> {
    let issued = Authority::new()?.issue("rsa:2048", MAILBOX, Flaw::None)?;
    judges::judge_certificate(&issued.evidence)?;
    judges::judge_pfx(&issued.evidence, &issued.pfx(PASSWORD)?, PASSWORD)
}

#[test]
fn every_judge_accepts_a_right_elliptic_curve_certificate_and_its_pfx() -> Result<()> {
    let issued = Authority::new()?.issue("P-256", MAILBOX, Flaw::None)?;
    judges::judge_certificate(&issued.evidence)?;
    judges::judge_pfx(&issued.evidence, &issued.pfx(PASSWORD)?, PASSWORD)
}

#[test]
fn openssl_refuses_a_certificate_for_another_address() -> Result<()> {
    let mut issued = Authority::new()?.issue("P-256", MAILBOX, Flaw::None)?;
    "eve@example.com".clone_into(&mut issued.evidence.mailbox);
    refuses(openssl::verifies_for_signing(&issued.evidence), "email address mismatch");
    Ok(())
}

#[test]
fn pkilint_refuses_a_certificate_without_an_organization_identifier() -> Result<()> {
    let issued = Authority::new()?.issue("P-256", MAILBOX, Flaw::NoOrganizationIdentifier)?;
    refuses(pkilint::finds_nothing(&issued.evidence.leaf()), "Missing required attribute: 2.5.4.97");
    Ok(())
}

#[test]
fn nss_and_openssl_refuse_a_certificate_that_is_not_for_mail() -> Result<()> {
    let issued = Authority::new()?.issue("P-256", MAILBOX, Flaw::NotForMail)?;
    refuses(nss::accepts_for_signing_and_receiving(&issued.evidence), "Certificate type not approved");
    refuses(openssl::verifies_for_signing(&issued.evidence), "unsuitable certificate purpose");
    Ok(())
}

#[test]
fn every_judge_of_pfx_files_refuses_a_wrong_password() -> Result<()> {
    let issued = Authority::new()?.issue("P-256", MAILBOX, Flaw::None)?;
    let pfx = issued.pfx(PASSWORD)?;
    refuses(openssl::opens_pfx(&issued.evidence, &pfx, "wrong"), "invalid password");
    refuses(nss::opens_pfx(&pfx, "wrong"), "SEC_ERROR_BAD_PASSWORD");
    refuses(java::opens_pfx(&pfx, "wrong"), "password was incorrect");
    refuses(python::opens_pfx(&pfx, "wrong"), "Invalid password");
    Ok(())
}

#[test]
fn openssl_refuses_a_pfx_with_the_key_of_another_certificate() -> Result<()> {
    let authority = Authority::new()?;
    let mine = authority.issue("P-256", MAILBOX, Flaw::None)?;
    let other = authority.issue("P-256", MAILBOX, Flaw::None)?;
    refuses(openssl::opens_pfx(&mine.evidence, &other.pfx(PASSWORD)?, PASSWORD), "is not the certificate's");
    Ok(())
}
