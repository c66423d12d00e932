//! PFX files that the Tools make: of a key and its certificates, and of another PFX.

use super::{
    About, ConvertPfx, MadeFile, MakePfx, Problem, Report, ReportTone, Row, Value,
    certificates::problem as certificate_problem,
    pfx::{EntryParts, entry_section, titles_with_number},
    private_key, sentence,
};
use crate::crypto::TypedSecret;
use getrandom::rand_core::CryptoRng;
use pki::certificate::description::{Description as Certificate, Moment, NoCertificate, find_certificates};
use wasm_crypto::{
    passphrase,
    pbkdf2::Pbkdf2,
    pfx::{self, CertificatePath, Effort, Opening, Passwords, PfxContent, PfxError, Preset},
};

/// Makes a PFX of a key, its certificate and what is above it, whatever order they come in.
pub(super) async fn make(
    wanted: &MakePfx,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<MadeFile, Problem> {
    let password = wanted.password.as_str().unwrap_or_default();
    passphrase::check(password).map_err(|problem| Problem::new(About::NewPassword, problem.to_string()))?;
    let certificates = find_certificates(wanted.certificates.as_bytes())
        .map_err(|error| Problem { about: About::Certificates, ..certificate_problem(error) })?
        .certificates;
    let key = private_key::read(wanted.private_key.as_bytes(), wanted.passphrase.as_ref(), pbkdf2).await?;
    let path = CertificatePath::find(key.spki_der(), &certificates, Some(wanted.now));
    let CertificatePath { leaf_der, chain_der, other_leaves_der } = path.ok_or_else(|| {
        Problem::new(
            About::Certificates,
            "None of these certificates is for this private key. Look for the certificate that was made for it, or for the other key; Key match tells which belong together.",
        )
    })?;
    let leaf = Certificate::from_der(&leaf_der)
        .map_err(|_undecodable| certificate_problem(NoCertificate::Damaged))?;
    let name = leaf.mailboxes.first().cloned().unwrap_or_else(|| leaf.title());
    let content = PfxContent { key: &key, leaf_der: &leaf_der, chain_der: &chain_der, friendly_name: &name };
    let bytes = pfx::write(&content, password, preset(&wanted.preset)?, random, pbkdf2)
        .await
        .map_err(write_problem)?;
    let mut made = made(bytes, password, pbkdf2).await?;
    if !other_leaves_der.is_empty() {
        tell_of_others(&mut made.report, &other_leaves_der);
    }
    Ok(made)
}

/// That a certificate was chosen is said, as it may be another than the person meant.
fn tell_of_others(report: &mut Report, other_leaves_der: &[Vec<u8>]) {
    report.tone = ReportTone::Warning;
    report.sentences.push(format!(
        "There are {} certificates for this private key. In the file is one that is valid now, and of those the one that ends last; where none is, the last one. The others are left out. To put another one into the file, give only that one.",
        other_leaves_der.len().saturating_add(1)
    ));
    if let Some(section) = report.sections.first_mut() {
        section.rows.push(Row::new("Left out", Value::Lines(titles_with_number(other_leaves_der))));
    }
}

/// Makes another PFX of one.
pub(super) async fn convert(
    wanted: &ConvertPfx,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
) -> Result<MadeFile, Problem> {
    let new_password = wanted.new_password.as_ref().unwrap_or_else(|| wanted.password.composed());
    let new_password = new_password.as_str().unwrap_or_default();
    let added = match find_certificates(wanted.certificates.as_bytes()) {
        Ok(bundle) => bundle.certificates,
        Err(NoCertificate::Empty) => Vec::new(),
        Err(error) => return Err(Problem { about: About::Certificates, ..certificate_problem(error) }),
    };
    let preset = preset(&wanted.preset)?;
    let passwords: Passwords<'_> = [Some(&wanted.password), wanted.second_password.as_ref()]
        .into_iter()
        .flatten()
        .flat_map(TypedSecret::spellings)
        .collect();
    // Whoever comes here has opened the file before.
    let opening = Opening { now: Some(wanted.now), effort: Effort::Extended, ..Opening::new(passwords) };
    let pfx = wanted.pfx.as_bytes();
    let bytes = pfx::convert(pfx, opening, new_password, preset, &added, random, pbkdf2)
        .await
        .map_err(write_problem)?;
    made(bytes, new_password, pbkdf2).await
}

fn preset(id: &str) -> Result<Preset, Problem> {
    Preset::from_id(id).ok_or_else(|| Problem::new(About::Nothing, "Choose an encryption."))
}

/// The file with its name, described from what is really in it.
async fn made(bytes: Vec<u8>, password: &str, pbkdf2: &impl Pbkdf2) -> Result<MadeFile, Problem> {
    let opened = pfx::open(&bytes, password, pbkdf2)
        .await
        .map_err(|error| Problem::new(About::Nothing, sentence(error)))?;
    let leaf = Certificate::from_der(&opened.leaf_der)
        .map_err(|_undecodable| certificate_problem(NoCertificate::Damaged))?;
    let mailbox = leaf.mailboxes.first().cloned().unwrap_or_else(|| leaf.title());
    let not_after = match leaf.not_after {
        Moment::At(seconds) => u64::try_from(seconds).unwrap_or_default(),
        Moment::Unreadable(_) => u64::MAX,
    };
    let name = pfx::file_name(&mailbox, not_after);
    let mut sentences = vec![format!("You find {name} where your browser puts downloads.")];
    let mut tone = ReportTone::Good;
    if opened.chain_der.is_empty() && !leaf.is_self_issued {
        tone = ReportTone::Warning;
        sentences.push("The chain is not in it: the certificate of the issuer was not there. Outlook and Gmail want it; get it from your certification authority and make the file again.".to_owned());
    }
    let report = Report {
        tone,
        title: "The PFX file is made and checked".to_owned(),
        sentences,
        sections: vec![entry_section(&EntryParts {
            key: format!("{}, belongs to the certificate", opened.key.algorithm()),
            spki_sha256: opened.key.spki_sha256_hex(),
            leaf_der: &opened.leaf_der,
            chain_der: &opened.chain_der,
            other_leaves_der: &[],
            friendly_name: &opened.friendly_name,
        })],
        has_private_key: false,
    };
    Ok(MadeFile { name, content: bytes, report })
}

fn write_problem(error: PfxError) -> Problem {
    match error {
        PfxError::Password(problem) => Problem::new(About::NewPassword, problem.to_string()),
        PfxError::Source(error) => Problem::new(About::Password, sentence(error)),
        PfxError::Certificate { source } => Problem::new(
            About::Certificates,
            format!(
                "A certificate cannot be put into the file: {source}. Only RSA of 2048 to 4096 bits, P-256 and P-384 are."
            ),
        ),
        PfxError::OtherKey => Problem::new(About::Certificates, "The certificate is for another key."),
        PfxError::BrokenChain => Problem::new(
            About::Certificates,
            "The chain has a gap. Add the certificate that is missing, or leave the others out.",
        ),
        _ => Problem::new(About::Nothing, "The file did not pass its check and was thrown away. Try again."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tools::Content;
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use wasm_crypto::pbkdf2::Portable;

    /// 2026-12-01.
    const NOW: u64 = 1_796_083_200;

    fn make(certificates: &str) -> MadeFile {
        let file = |name: &str| -> Content {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/pfx");
            std::fs::read(std::path::Path::new(folder).join(name)).unwrap().into()
        };
        let wanted = MakePfx {
            private_key: file("rekeyed-ca-key.pem"),
            passphrase: None,
            certificates: file(certificates),
            password: "a new long password".to_owned().into(),
            preset: "compatible".to_owned(),
            now: NOW,
        };
        pollster::block_on(super::make(&wanted, &mut UnwrapErr(SysRng), &Portable)).unwrap()
    }

    fn serial_numbers(made: &MadeFile) -> Vec<String> {
        let opened = pollster::block_on(pfx::open(&made.content, "a new long password", &Portable)).unwrap();
        let all = std::iter::once(opened.leaf_der).chain(opened.chain_der);
        all.map(|der| Certificate::from_der(&der).unwrap().serial_number).collect()
    }

    #[test]
    fn f01_a_made_file_holds_the_ca_that_signed() {
        assert_eq!(serial_numbers(&make("rekeyed-ca-chain.pem")), ["0a", "03", "01"]);
    }

    #[test]
    fn f02_of_several_certificates_the_valid_one_is_taken_and_that_is_said() {
        let made = make("renewed-certificates.pem");
        assert_eq!(serial_numbers(&made)[0], "0a");
        assert_eq!(made.report.tone, ReportTone::Warning);
        assert!(made.report.sentences.iter().any(|sentence| sentence.contains("2 certificates")));
        let left_out = made.report.sections[0].rows.iter().find(|row| row.name == "Left out").unwrap();
        let Value::Lines(lines) = &left_out.value else { panic!("{left_out:?}") };
        assert!(lines[0].ends_with("serial number 09"), "{lines:?}");
    }
}
