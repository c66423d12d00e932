//! PFX files: what they are made of and what is inside, made and made anew.

use super::{
    About, ConvertPfx, MadeFile, MakePfx, PfxReport, Problem, Report, ReportTone, Row, Section, Value,
    certificates::{problem as certificate_problem, validity},
    private_key, sentence,
};
use crate::crypto::TypedSecret;
use getrandom::rand_core::CryptoRng;
use pki::certificate::description::{Description as Certificate, Moment, NoCertificate, find_certificates};
use wasm_crypto::{
    passphrase,
    pbkdf2::Pbkdf2,
    pfx::{self, Description, OpenPfxError, OpenedPfx, PfxContent, PfxError, Preset, Protection},
};

/// Describes a PFX, and with the right password what is inside.
pub(super) async fn inspect(
    bytes: &[u8],
    password: Option<&TypedSecret>,
    now: u64,
    pbkdf2: &impl Pbkdf2,
) -> Result<PfxReport, Problem> {
    let outside = pfx::describe(bytes).map_err(|error| Problem::new(About::Input, sentence(error)))?;
    let Some(password) = password else { return Ok(closed(&outside, None)) };
    let examined = password.open(
        |error| *error == OpenPfxError::WrongPassword,
        async |password| pfx::examine(bytes, password, pbkdf2).await,
    );
    match examined.await {
        Err(OpenPfxError::WrongPassword) => Ok(closed(&outside, Some(WRONG_PASSWORD.to_owned()))),
        Err(error) => Ok(closed(&outside, Some(sentence(error)))),
        Ok((outside, contents, findings)) => {
            let found = findings.iter().map(|finding| finding.message().to_owned()).collect();
            Ok(opened(&outside, &contents, found, now))
        }
    }
}

const WRONG_PASSWORD: &str = "This password does not open the file, and that is really the password: we can read how the file is made. Check upper and lower case, and spaces at the ends.";

/// What is known without the password.
fn closed(outside: &Description, password_problem: Option<String>) -> PfxReport {
    let (tone, mut sentences) = refusals(outside);
    if let Some(problem) = &password_problem {
        sentences.insert(0, problem.clone());
    }
    PfxReport {
        report: Report {
            tone: if password_problem.is_some() { ReportTone::Bad } else { tone },
            title: title(outside),
            sentences,
            sections: vec![outside_section(outside)],
            has_private_key: false,
        },
        is_open: false,
        preset: outside.preset.map(|preset| preset.id().to_owned()),
        password_problem,
    }
}

fn title(outside: &Description) -> String {
    match outside.preset {
        Some(preset) => format!("This PFX has the preset “{}”", preset.name()),
        None => "This PFX has none of our presets".to_owned(),
    }
}

/// Who will refuse the file, in a sentence each.
fn refusals(outside: &Description) -> (ReportTone, Vec<String>) {
    if outside.refused_by.is_empty() {
        let fine = "Every program that we know of can read a file made this way.".to_owned();
        return (ReportTone::Good, vec![fine]);
    }
    let mut sentences =
        vec!["These programs do not read a file made this way, and most of them say “wrong password” although it is right:".to_owned()];
    sentences
        .extend(outside.refused_by.iter().map(|refusal| format!("{}: {}.", refusal.program, refusal.reason)));
    (ReportTone::Warning, sentences)
}

fn outside_section(outside: &Description) -> Section {
    let lines = |parts: &[Option<Protection>]| {
        let lines = parts
            .iter()
            .map(|part| part.as_ref().map_or_else(|| "not encrypted".to_owned(), Protection::to_string));
        Value::Lines(lines.collect())
    };
    let mut rows = Vec::new();
    if outside.safes.iter().any(Option::is_some) {
        let encrypted: Vec<Option<Protection>> =
            outside.safes.iter().filter(|safe| safe.is_some()).cloned().collect();
        rows.push(Row::new("Certificates", lines(&encrypted)));
    }
    if !outside.keys.is_empty() {
        rows.push(Row::new("Private key", lines(&outside.keys)));
    }
    let mac = outside.mac.as_ref().map_or_else(|| "none".to_owned(), Protection::to_string);
    rows.push(Row::text("Integrity check (MAC)", mac));
    rows.push(Row::text("Encoding", if outside.is_ber { "BER" } else { "DER" }));
    Section { title: "How it is made".to_owned(), is_folded: false, rows }
}

/// What is inside, and what is wrong with it.
fn opened(outside: &Description, contents: &pfx::Contents, findings: Vec<String>, now: u64) -> PfxReport {
    let mut sentences = findings;
    let mut tone = if sentences.is_empty() { ReportTone::Good } else { ReportTone::Warning };
    let mut sections: Vec<Section> = Vec::new();
    for entry in &contents.entries {
        if let Ok(leaf) = Certificate::from_der(&entry.leaf_der) {
            let (worse, sentence) = validity(&leaf, now);
            if worse != ReportTone::Good {
                tone = if tone == ReportTone::Bad { tone } else { worse };
            }
            sentences.push(format!("{}: {sentence}", leaf.title()));
        }
        sections.push(entry_section(entry));
    }
    if contents.entries.is_empty() {
        tone = ReportTone::Bad;
        sentences.insert(
            0,
            "There is no private key with its certificate inside, so that no mail program can use it."
                .to_owned(),
        );
        sections.push(Section {
            title: "What is inside".to_owned(),
            is_folded: false,
            rows: vec![
                Row::text(
                    "Private keys without a certificate",
                    contents.keys_without_certificate.len().to_string(),
                ),
                Row::new("Certificates", Value::Lines(titles(&contents.certificates_der))),
            ],
        });
    }
    sections.push(outside_section(outside));
    let (_, refusals) = refusals(outside);
    sections.push(Section {
        title: "Which programs read it".to_owned(),
        is_folded: true,
        rows: vec![Row::new("Programs", Value::Lines(refusals))],
    });
    let title =
        if tone == ReportTone::Good { "The file is open, and as it should be" } else { "The file is open" };
    PfxReport {
        report: Report { tone, title: title.to_owned(), sentences, sections, has_private_key: false },
        is_open: !contents.entries.is_empty(),
        preset: outside.preset.map(|preset| preset.id().to_owned()),
        password_problem: None,
    }
}

fn entry_section(entry: &OpenedPfx) -> Section {
    let mut rows = Vec::new();
    if !entry.friendly_name.is_empty() {
        rows.push(Row::text("Name of the entry", entry.friendly_name.clone()));
    }
    rows.extend([
        Row::text("Private key", format!("{}, belongs to the certificate", entry.key.algorithm())),
        Row::new("Certificate", Value::Lines(titles(std::slice::from_ref(&entry.leaf_der)))),
    ]);
    if let Ok(leaf) = Certificate::from_der(&entry.leaf_der) {
        for (name, moment) in [("Valid from", &leaf.not_before), ("Valid until", &leaf.not_after)] {
            if let Moment::At(seconds) = moment {
                rows.push(Row::new(name, Value::Moment(*seconds)));
            }
        }
    }
    let chain = if entry.chain_der.is_empty() { vec!["none".to_owned()] } else { titles(&entry.chain_der) };
    rows.push(Row::new("Chain, from the issuer up", Value::Lines(chain)));
    rows.push(Row::new("Public key, SHA-256", Value::Hex(entry.key.spki_sha256_hex())));
    Section { title: "What is inside".to_owned(), is_folded: false, rows }
}

fn titles(certificates: &[Vec<u8>]) -> Vec<String> {
    let title = |der: &Vec<u8>| {
        Certificate::from_der(der).map_or_else(|_| "unreadable".to_owned(), |read| read.title())
    };
    certificates.iter().map(title).collect()
}

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
    let (leaf_der, chain_der) = ordered(&key.spki_sha256_hex(), certificates)?;
    let leaf = Certificate::from_der(&leaf_der)
        .map_err(|_undecodable| certificate_problem(NoCertificate::Damaged))?;
    let name = leaf.mailboxes.first().cloned().unwrap_or_else(|| leaf.title());
    let content = PfxContent { key: &key, leaf_der: &leaf_der, chain_der: &chain_der, friendly_name: &name };
    let bytes = pfx::write(&content, password, preset(&wanted.preset)?, random, pbkdf2)
        .await
        .map_err(write_problem)?;
    made(bytes, password, pbkdf2).await
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
    let pfx = wanted.pfx.as_bytes();
    let converted = wanted.password.open(
        |error| matches!(error, PfxError::Source(OpenPfxError::WrongPassword)),
        async |password| {
            pfx::convert(pfx, password, new_password, preset, &added, &mut *random, pbkdf2).await
        },
    );
    let bytes = converted.await.map_err(write_problem)?;
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
        sections: vec![entry_section(&opened)],
        has_private_key: false,
    };
    Ok(MadeFile { name, content: bytes, report })
}

/// The certificate of the key, and those above it up to the root; what is of no use is left out.
fn ordered(spki_sha256: &str, certificates: Vec<Vec<u8>>) -> Result<(Vec<u8>, Vec<Vec<u8>>), Problem> {
    let mut rest: Vec<(Vec<u8>, Certificate)> = certificates
        .into_iter()
        .filter_map(|der| Certificate::from_der(&der).ok().map(|certificate| (der, certificate)))
        .collect();
    let place = rest.iter().position(|(_, certificate)| certificate.key.spki_sha256 == spki_sha256);
    let Some(place) = place else {
        return Err(Problem::new(
            About::Certificates,
            "None of these certificates is for this private key. Look for the certificate that was made for it, or for the other key; Key match tells which belong together.",
        ));
    };
    let (leaf_der, mut last) = rest.swap_remove(place);
    let mut chain_der = Vec::new();
    while !last.is_self_issued {
        let Some(place) = rest.iter().position(|(_, above)| above.subject == last.issuer) else { break };
        let (der, above) = rest.swap_remove(place);
        chain_der.push(der);
        last = above;
    }
    Ok((leaf_der, chain_der))
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
