//! Certificates in words.

use super::{About, Problem, Report, ReportTone, Row, Section, Value};
use pki::certificate::description::{
    Description, ExtensionDescription, Moment, NoCertificate, find_certificates,
};

const SECONDS_PER_DAY: u64 = 86_400;
/// From how many days on an end of validity is worth a warning. Our choice: time enough to get another one.
const SOON_DAYS: u64 = 30;

/// Most certificates that are shown. Our choice: a chain has five at most, the roots of a browser 150.
const SHOWN_CERTIFICATES: usize = 200;

/// Describes the certificates of a text or a file.
pub(super) fn describe(input: &[u8], now: u64) -> Result<Report, Problem> {
    let bundle = find_certificates(input).map_err(problem)?;
    let total = bundle.certificates.len();
    let shown = bundle.certificates.iter().take(SHOWN_CERTIFICATES);
    let descriptions: Vec<Description> = shown.filter_map(|der| Description::from_der(der).ok()).collect();
    let first = descriptions.first().ok_or_else(|| problem(NoCertificate::Damaged))?;
    let (tone, validity) = validity(first, now);
    let mut sentences = vec![validity];
    if total > SHOWN_CERTIFICATES {
        sentences.push(format!(
            "There are {total} certificates here. The first {SHOWN_CERTIFICATES} are shown; put the others into a file of their own to see them."
        ));
    } else if total > 1 {
        sentences.push(format!("There are {total} certificates here. The first is described first."));
    }
    if bundle.has_private_key {
        sentences.push(
            "A private key stood beside it. We wiped the field and sent nothing; keep that key to yourself."
                .to_owned(),
        );
    }
    Ok(Report {
        tone,
        title: first.title(),
        sentences,
        sections: descriptions
            .iter()
            .enumerate()
            .flat_map(|(place, certificate)| sections(certificate, place, descriptions.len()))
            .collect(),
        has_private_key: bundle.has_private_key,
    })
}

/// What there is instead of a certificate.
pub(super) fn problem(error: NoCertificate) -> Problem {
    Problem { is_private: error.is_private(), ..Problem::new(About::Input, error.to_string()) }
}

/// Whether it is valid now, in a sentence.
pub(super) fn validity(certificate: &Description, now: u64) -> (ReportTone, String) {
    let (Moment::At(not_before), Moment::At(not_after)) = (&certificate.not_before, &certificate.not_after)
    else {
        return (ReportTone::Bad, "Its dates cannot be read, so that no program accepts it.".to_owned());
    };
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    if not_after < not_before {
        return (ReportTone::Bad, "It ends before it begins, so that no program accepts it.".to_owned());
    }
    if now < *not_before {
        return (
            ReportTone::Warning,
            format!("It is not valid yet: it begins in {}.", days(not_before.abs_diff(now))),
        );
    }
    if now > *not_after {
        return (
            ReportTone::Bad,
            format!("It is no longer valid: it ended {} ago.", days(now.abs_diff(*not_after))),
        );
    }
    let left = not_after.abs_diff(now);
    if left < SOON_DAYS * SECONDS_PER_DAY {
        return (
            ReportTone::Warning,
            format!("It is still valid, for {}. Get the next one in time.", days(left)),
        );
    }
    (ReportTone::Good, format!("It is still valid, for {}.", days(left)))
}

fn days(seconds: u64) -> String {
    match seconds / SECONDS_PER_DAY {
        0 => "less than a day".to_owned(),
        1 => "one day".to_owned(),
        days => format!("{days} days"),
    }
}

/// All about one certificate; what those after the first may be used for is folded in.
fn sections(certificate: &Description, place: usize, total: usize) -> Vec<Section> {
    let (subject, issuer) = names(certificate);
    let mut rows = Vec::new();
    if !certificate.mailboxes.is_empty() {
        rows.push(Row::new("E-mail addresses", Value::Lines(certificate.mailboxes.clone())));
    }
    rows.extend([
        Row::new("Subject", Value::Lines(subject)),
        Row::new("Issuer", Value::Lines(issuer)),
        Row::new("Valid from", moment(&certificate.not_before)),
        Row::new("Valid until", moment(&certificate.not_after)),
        Row::new("Key", Value::Lines(key(certificate))),
        Row::text("Signed with", certificate.signature.clone()),
        Row::new("Serial number", Value::Hex(certificate.serial_number.clone())),
        Row::new("Fingerprint, SHA-256", Value::Hex(certificate.fingerprint_sha256.clone())),
        Row::new("Fingerprint, SHA-1", Value::Hex(certificate.fingerprint_sha1.clone())),
        Row::new("Public key, SHA-256", Value::Hex(certificate.key.spki_sha256.clone())),
    ]);
    // Those without extensions have a row of their own.
    if certificate.version != "3" && !certificate.extensions.is_empty() {
        rows.push(Row::text("Version", certificate.version.clone()));
    }
    let others = certificate.others.iter();
    rows.extend(others.map(|(label, der)| Row::new(label.clone(), Value::Hex(der.clone()))));
    let in_words = certificate.extensions.iter().filter(|extension| !extension.lines.is_empty());
    let extensions =
        in_words.map(|extension| Row::new(label(extension), Value::Lines(extension.lines.clone())));
    let raw = certificate.extensions.iter().map(raw);
    let title = |what: &str| {
        if total > 1 { format!("{what}: {}", certificate.title()) } else { what.to_owned() }
    };
    let mut sections = vec![Section { title: title("Certificate"), is_folded: false, rows }];
    let extensions: Vec<Row> = extensions.collect();
    if !extensions.is_empty() {
        sections.push(Section {
            title: title("What it may be used for"),
            is_folded: place > 0,
            rows: extensions,
        });
    }
    let raw: Vec<Row> = raw.collect();
    if raw.is_empty() {
        rows_without_extensions(certificate, &mut sections);
    } else {
        sections.push(Section {
            title: title("All extensions, as they are encoded"),
            is_folded: true,
            rows: raw,
        });
    }
    sections
}

/// The name of the key, and what is wrong with it.
fn key(certificate: &Description) -> Vec<String> {
    let name = std::iter::once(certificate.key.name.clone());
    name.chain(certificate.key.remarks().iter().cloned()).collect()
}

fn rows_without_extensions(certificate: &Description, sections: &mut [Section]) {
    if let Some(first) = sections.first_mut() {
        first.rows.push(Row::text("Version", format!("{}, without extensions", certificate.version)));
    }
}

/// Label and value in one line each; a root names itself once.
fn names(certificate: &Description) -> (Vec<String>, Vec<String>) {
    let lines = |attributes: &[(String, String)]| {
        let lines = attributes.iter().map(|(label, value)| format!("{label}: {value}"));
        let lines: Vec<String> = lines.collect();
        if lines.is_empty() { vec!["(empty)".to_owned()] } else { lines }
    };
    let issuer = if certificate.is_self_issued {
        vec!["Itself, as a root certificate".to_owned()]
    } else {
        lines(&certificate.issuer)
    };
    (lines(&certificate.subject), issuer)
}

fn moment(moment: &Moment) -> Value {
    match moment {
        Moment::At(seconds) => Value::Moment(*seconds),
        Moment::Unreadable(text) => Value::Lines(vec![format!("{text} (no date that exists)")]),
    }
}

fn label(extension: &ExtensionDescription) -> String {
    if extension.is_critical { format!("{} (critical)", extension.name) } else { extension.name.clone() }
}

fn raw(extension: &ExtensionDescription) -> Row {
    let name = if extension.oid.is_empty() || extension.oid == extension.name {
        label(extension)
    } else {
        format!("{} – {}", label(extension), extension.oid)
    };
    Row::new(name, Value::Hex(extension.der.clone()))
}
