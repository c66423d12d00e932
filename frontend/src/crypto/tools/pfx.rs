//! What a PFX is made of, and what is inside.

use super::{
    InspectPfx, Patience, PfxReport, Problem, Report, ReportTone, Row, SecondPassword, Section, Value,
    certificates::validity, sentence,
};
use crate::crypto::{TypedSecret, tools::About};
use pki::certificate::description::{Description as Certificate, Moment};
use std::collections::BTreeMap;
use wasm_crypto::{
    pbkdf2::Pbkdf2,
    pfx::{
        self, Contents, Description, Effort, Entry, OpenPfxError, Opening, Passwords, Protection, Unread,
        UnreadPart,
    },
};

/// So many keys, and parts that are not read, are described. Our choice: more is no page that anybody reads.
const SHOWN: usize = 20;

/// Describes a PFX, and with the right passwords what is inside.
pub(super) async fn inspect(wanted: &InspectPfx, pbkdf2: &impl Pbkdf2) -> Result<PfxReport, Problem> {
    let bytes = wanted.pfx.as_bytes();
    let outside = pfx::describe(bytes).map_err(|error| Problem::new(About::Input, sentence(error)))?;
    if wanted.passwords.is_empty() {
        return Ok(closed(&outside, None));
    }
    let passwords: Passwords<'_> = wanted.passwords.iter().flat_map(TypedSecret::spellings).collect();
    let effort = match wanted.patience {
        Patience::Short => Effort::Brief,
        Patience::Long => Effort::Extended,
    };
    let opening = Opening { now: Some(wanted.now), effort, ..Opening::new(passwords) };
    match pfx::examine(bytes, opening, pbkdf2).await {
        Err(OpenPfxError::WrongPassword) => Ok(closed(&outside, Some(WRONG_PASSWORD.to_owned()))),
        Err(OpenPfxError::TakesLong { seconds }) => {
            Ok(PfxReport { takes_seconds: Some(seconds), ..closed(&outside, None) })
        }
        Err(error) => Ok(closed(&outside, Some(sentence(error)))),
        Ok(examined) => {
            let second = second_password(&examined.contents, wanted.passwords.len());
            Ok(PfxReport { second_password: second, ..opened(&examined, wanted.now) })
        }
    }
}

/// Whether a second password is needed, or was.
fn second_password(contents: &Contents, given: usize) -> Option<SecondPassword> {
    let missing = contents.unread.iter().find(|unread| is_of_second_password(unread));
    match (missing, given) {
        (Some(_), 1) => Some(SecondPassword::Needed),
        (Some(_), _) => Some(SecondPassword::Rejected(
            "This password does not open it either. Check upper and lower case, and spaces at the ends."
                .to_owned(),
        )),
        (None, 1) => None,
        (None, _) => Some(SecondPassword::Opened),
    }
}

fn is_of_second_password(unread: &Unread) -> bool {
    matches!(unread.reason, OpenPfxError::SecondPassword { .. })
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
        second_password: None,
        takes_seconds: None,
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
    if !outside.not_read.is_empty() {
        return (ReportTone::Bad, not_read(outside));
    }
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

/// What this page does not read, and who does, in a sentence for each scheme.
fn not_read(outside: &Description) -> Vec<String> {
    let mut schemes: BTreeMap<(&str, Option<&str>), Vec<&str>> = BTreeMap::new();
    for part in &outside.not_read {
        let parts = schemes.entry((&part.scheme, part.read_by)).or_default();
        if !parts.contains(&part.part) {
            parts.push(part.part);
        }
    }
    let sentence = |((scheme, read_by), parts): ((&str, Option<&str>), Vec<&str>)| {
        let way_out = match read_by {
            Some(programs) => format!(
                "{programs} read it: open the file in one of them, export it with AES-256, and use the new file."
            ),
            None => "We know of no program that does. Ask whoever made the file for another one.".to_owned(),
        };
        format!("This page does not read {scheme}, which protects {}. {way_out}", parts.join(" and "))
    };
    schemes.into_iter().map(sentence).collect()
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
fn opened(examined: &pfx::Examined, now: u64) -> PfxReport {
    let (outside, contents) = (&examined.description, &examined.contents);
    let mut sentences: Vec<String> = contents.unread.iter().take(SHOWN).map(unread_sentence).collect();
    sentences.extend(examined.findings.iter().map(|finding| finding.message().to_owned()));
    let mut tone = if sentences.is_empty() { ReportTone::Good } else { ReportTone::Warning };
    let mut sections: Vec<Section> = Vec::new();
    for entry in contents.entries.iter().take(SHOWN) {
        if let Ok(leaf) = Certificate::from_der(&entry.leaf_der) {
            let (worse, sentence) = validity(&leaf, now);
            if worse != ReportTone::Good {
                tone = if tone == ReportTone::Bad { tone } else { worse };
            }
            sentences.push(format!("{}: {sentence}", leaf.title()));
        }
        sections.push(listed_section(entry));
    }
    let more = contents.entries.len().saturating_sub(SHOWN);
    if more > 0 {
        sentences.push(format!("There are {more} more keys with their certificates."));
    }
    if contents.entries.is_empty() {
        if !contents.unread.iter().any(is_of_second_password) {
            tone = ReportTone::Bad;
        }
        // Where a part is closed, nobody knows what is in it.
        if contents.unread.is_empty() {
            let none =
                "There is no private key with its certificate inside, so that no mail program can use it.";
            sentences.insert(0, none.to_owned());
        }
        sections.extend(loose_section(contents));
    }
    sections.push(outside_section(outside));
    let (_, refusals) = refusals(outside);
    sections.push(Section {
        title: "Which programs read it".to_owned(),
        is_folded: true,
        rows: vec![Row::new("Programs", Value::Lines(refusals))],
    });
    let report =
        Report { tone, title: title_of_open(contents, tone), sentences, sections, has_private_key: false };
    PfxReport {
        report,
        is_open: can_be_written_anew(contents),
        preset: outside.preset.map(|preset| preset.id().to_owned()),
        password_problem: None,
        second_password: None,
        takes_seconds: None,
    }
}

/// What nothing says is unchanged is shown, and not written anew.
fn can_be_written_anew(contents: &Contents) -> bool {
    let is_unchecked = |unread: &Unread| unread.part == UnreadPart::IntegrityCheck;
    !contents.entries.is_empty() && !contents.unread.iter().any(is_unchecked)
}

fn title_of_open(contents: &Contents, tone: ReportTone) -> String {
    let title = if contents.unread.iter().any(is_of_second_password) {
        "The file has a second password"
    } else if !contents.unread.is_empty() {
        "The file is open, and not all of it can be used"
    } else if tone == ReportTone::Good {
        "The file is open, and as it should be"
    } else {
        "The file is open"
    };
    title.to_owned()
}

/// Which part, and why.
fn unread_sentence(unread: &Unread) -> String {
    let part = match unread.part {
        UnreadPart::IntegrityCheck => "The integrity check",
        UnreadPart::Safe => "Certificates or keys under one encryption",
        UnreadPart::Key => "A private key",
        UnreadPart::Certificate => "A certificate",
        _ => "A part of the file",
    };
    let name = &unread.friendly_name;
    let named = if name.is_empty() { part.to_owned() } else { format!("{part} (“{name}”)") };
    format!("{named}: {}", sentence(unread.reason))
}

/// What is inside where no key has its certificate; nothing where nothing is.
fn loose_section(contents: &Contents) -> Option<Section> {
    let keys = &contents.keys_without_certificate;
    let mut rows = Vec::new();
    if !keys.is_empty() {
        let kinds = keys.iter().take(SHOWN).map(|key| key.algorithm().to_string());
        rows.push(Row::text("Private keys without a certificate", keys.len().to_string()));
        rows.push(Row::new("Their kinds", Value::Lines(kinds.collect())));
    }
    let shown = contents.certificates_der.get(..SHOWN).unwrap_or(&contents.certificates_der);
    if !shown.is_empty() {
        rows.push(Row::new("Certificates", Value::Lines(titles(shown))));
    }
    let more = contents.certificates_der.len().saturating_sub(SHOWN);
    if more > 0 {
        rows.push(Row::text("More certificates", more.to_string()));
    }
    (!rows.is_empty()).then(|| Section { title: "What is inside".to_owned(), is_folded: false, rows })
}

fn listed_section(entry: &Entry) -> Section {
    let algorithm = entry.key.algorithm();
    let key = if entry.key.is_tested() {
        format!("{algorithm}, belongs to the certificate")
    } else {
        format!("{algorithm}, belongs to the certificate (not tested yet: there are many keys)")
    };
    entry_section(&EntryParts {
        key,
        spki_sha256: entry.key.spki_sha256_hex(),
        leaf_der: &entry.leaf_der,
        chain_der: &entry.chain_der,
        other_leaves_der: &entry.other_leaves_der,
        friendly_name: &entry.friendly_name,
    })
}

/// A key with its certificate, as it is shown.
pub(super) struct EntryParts<'a> {
    /// In words.
    pub(super) key: String,
    pub(super) spki_sha256: String,
    pub(super) leaf_der: &'a [u8],
    pub(super) chain_der: &'a [Vec<u8>],
    pub(super) other_leaves_der: &'a [Vec<u8>],
    pub(super) friendly_name: &'a str,
}

/// What is inside.
pub(super) fn entry_section(entry: &EntryParts<'_>) -> Section {
    let mut rows = Vec::new();
    if !entry.friendly_name.is_empty() {
        rows.push(Row::text("Name of the entry", entry.friendly_name));
    }
    rows.push(Row::text("Private key", entry.key.as_str()));
    rows.push(Row::new("Certificate", Value::Lines(vec![title_of(entry.leaf_der)])));
    if let Ok(leaf) = Certificate::from_der(entry.leaf_der) {
        for (name, moment) in [("Valid from", &leaf.not_before), ("Valid until", &leaf.not_after)] {
            if let Moment::At(seconds) = moment {
                rows.push(Row::new(name, Value::Moment(*seconds)));
            }
        }
    }
    let chain = if entry.chain_der.is_empty() { vec!["none".to_owned()] } else { titles(entry.chain_der) };
    rows.push(Row::new("Chain, from the issuer up", Value::Lines(chain)));
    if !entry.other_leaves_der.is_empty() {
        let others = titles_with_number(entry.other_leaves_der);
        rows.push(Row::new("Other certificates of this key", Value::Lines(others)));
    }
    rows.push(Row::new("Public key, SHA-256", Value::Hex(entry.spki_sha256.clone())));
    Section { title: "What is inside".to_owned(), is_folded: false, rows }
}

fn titles(certificates: &[Vec<u8>]) -> Vec<String> {
    certificates.iter().map(|der| title_of(der)).collect()
}

fn title_of(certificate: &[u8]) -> String {
    Certificate::from_der(certificate).map_or_else(|_| "unreadable".to_owned(), |read| read.title())
}

/// Certificates that differ in little but their dates: with the serial number.
pub(super) fn titles_with_number(certificates: &[Vec<u8>]) -> Vec<String> {
    let title = |der: &Vec<u8>| {
        Certificate::from_der(der).map_or_else(
            |_| "unreadable".to_owned(),
            |read| format!("{}, serial number {}", read.title(), read.serial_number),
        )
    };
    certificates.iter().map(title).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tools::Content;
    use wasm_crypto::pbkdf2::Portable;

    /// 2026-12-01.
    const NOW: u64 = 1_796_083_200;

    fn file(name: &str) -> Content {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/pfx");
        std::fs::read(std::path::Path::new(folder).join(name)).unwrap().into()
    }

    fn inspect(name: &str, passwords: &[&str], patience: Patience) -> PfxReport {
        let typed = |password: &&str| TypedSecret::new((*password).to_owned(), str::to_owned);
        let passwords = passwords.iter().map(typed).collect();
        let wanted = InspectPfx { pfx: file(name), passwords, patience, now: NOW };
        pollster::block_on(super::inspect(&wanted, &Portable)).unwrap()
    }

    fn words(report: &PfxReport) -> String {
        report.report.sentences.join(" ")
    }

    #[test]
    fn f03_a_second_password_is_asked_for_and_taken() {
        for (name, first, second) in [
            ("two-passwords-openssl-twopass.p12", "mac password 1", "correct horse 1"),
            ("two-passwords-openssl-twopass.p12", "correct horse 1", "mac password 1"),
            ("key-with-its-own-password-java.p12", "correct horse 1", "key password 1"),
        ] {
            let report = inspect(name, &[first], Patience::Short);
            assert_eq!(report.second_password, Some(SecondPassword::Needed), "{name}");
            assert_eq!((report.is_open, &report.password_problem), (false, &None), "{name}");
            assert!(words(&report).contains("second password"), "{name}: {}", words(&report));
            let wrong = inspect(name, &[first, "another one"], Patience::Short);
            assert!(matches!(wrong.second_password, Some(SecondPassword::Rejected(_))), "{name}");
            let open = inspect(name, &[first, second], Patience::Short);
            assert_eq!((open.is_open, open.second_password), (true, Some(SecondPassword::Opened)), "{name}");
        }
        let wrong = inspect("two-passwords-openssl-twopass.p12", &["another one"], Patience::Short);
        assert_eq!(wrong.password_problem.as_deref(), Some(WRONG_PASSWORD));
    }

    #[test]
    fn f07_no_program_is_promised_where_this_page_reads_nothing() {
        for (name, reader) in [
            ("java-pbes1-md5-des.p12", "Java"),
            ("gnutls-rc4-128.p12", "GnuTLS"),
            ("openssl-mac-ripemd-160.p12", "OpenSSL 3"),
            ("key-length-of-2-gib.p12", "no program"),
        ] {
            let report = inspect(name, &[], Patience::Short);
            let words = words(&report);
            assert!(words.contains("does not read") && words.contains(reader), "{name}: {words}");
            assert!(!words.contains("Every program"), "{name}: {words}");
            assert_eq!(report.report.tone, ReportTone::Bad);
        }
    }

    #[test]
    fn f09_a_refused_key_is_named_beside_what_opens() {
        for (name, word, is_open) in
            [("dsa-key.p12", "DSA", false), ("secp256k1-beside-p-256.p12", "secp256k1", true)]
        {
            let report = inspect(name, &["correct horse 1"], Patience::Short);
            assert!(words(&report).contains(word), "{name}: {}", words(&report));
            assert!(!words(&report).contains("There is no private key"), "{name}");
            assert_eq!(report.is_open, is_open, "{name}");
        }
    }

    #[test]
    fn f32_what_takes_long_is_asked_about() {
        let report = inspect("four-times-5000000-iterations.p12", &["correct horse 1"], Patience::Short);
        assert_eq!(report.takes_seconds, Some(40));
        assert_eq!((report.is_open, report.password_problem), (false, None));
    }
}
