//! Whether the programs that people have open the PFX files that Signet writes: each key, each preset, each kind of
//! password; and whether each refuses a wrong password and a changed file.
//!
//! `refusals.tsv` says what each importer refuses and why. A difference in either direction fails.

mod command_line;
mod files;
mod foreign;
mod forgery;
mod importer;
mod page;
mod pem;
mod question;
mod refusals;

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use files::{Case, Files, WORDS};
use importer::Importer;
use question::{Answer, Opened};
use refusals::{Refusal, refusals, unseen_changes};
use tests::judges::java;

/// Asks one importer about every file, and compares with the table.
fn opens_what_the_table_says(importer: Importer) -> Result<()> {
    let files = Files::written()?;
    let version = importer.version()?;
    let known: Vec<_> = refusals()?.into_iter().filter(|row| row.applies_to(importer, &version)).collect();
    let genuine = files.cases.iter().map(|case| files.question_for(importer, case));
    let forged = files.forgeries.iter().map(|forgery| forgery.question.clone());
    let questions: Vec<_> = genuine.chain(forged).collect();
    let mut answers = importer.open(&questions)?.into_iter();

    let row_of =
        |case: &Case| known.iter().position(|row| row.covers(case.preset, case.key, case.password.id));

    let mut differences = Vec::new();
    let mut used = BTreeSet::new();
    for (case, answer) in files.cases.iter().zip(answers.by_ref()) {
        let row = row_of(case);
        used.extend(row);
        let expected = row.and_then(|row| known.get(row));
        differences.extend(
            difference(importer, files, case, expected, &answer).map(|what| format!("{}: {what}", case.file)),
        );
    }
    let unused = known.iter().enumerate().filter(|(row, _)| !used.contains(row));
    differences.extend(unused.map(|(_, row)| format!("nothing is refused for this: {row:?}")));
    differences.extend(unnoticed_changes(importer, files, answers)?);
    differences.extend(foreign::differences(&files.exports_of(importer, |case| row_of(case).is_none()))?);
    if differences.is_empty() {
        return Ok(());
    }
    bail!("{} {version} does not do what the table says:\n{}", importer.name(), differences.join("\n"))
}

/// What is other than expected about one file.
fn difference(
    importer: Importer,
    files: &Files,
    case: &Case,
    expected: Option<&Refusal>,
    answer: &Answer,
) -> Option<String> {
    match (answer, expected) {
        (Answer::Refused { refused }, None) => Some(format!("refused: {refused}")),
        (Answer::Refused { refused }, Some(row)) => {
            let is_known = row.sayings().any(|saying| refused.contains(saying));
            (!is_known).then(|| format!("refused, but not as {row:?} says: {refused}"))
        }
        (Answer::Opened(_), Some(row)) => Some(format!("opened, and should not: {}", row.because)),
        (Answer::Opened(opened), None) => lacks(importer, files, case, opened),
    }
}

/// What did not come out of a file, or came out otherwise.
fn lacks(importer: Importer, files: &Files, case: &Case, opened: &Opened) -> Option<String> {
    let inside: BTreeSet<&String> = files.certificates(case.key, case.chain).iter().collect();
    let came_out: BTreeSet<&String> = opened.certificates.iter().collect();
    if came_out != inside || opened.certificates.len() != inside.len() {
        return Some(format!("{} certificates came out, {} are inside", came_out.len(), inside.len()));
    }
    if !opened.key_fits {
        return Some("the private key did not come out, or is not the certificate's".to_owned());
    }
    let name = importer.shown(case.friendly_name);
    let shown = opened.friendly_name.as_ref()?;
    (*shown != name).then(|| format!("the friendly name is {shown:?} instead of {name:?}"))
}

/// The forgeries that were opened and should not have been.
fn unnoticed_changes(
    importer: Importer,
    files: &Files,
    answers: impl Iterator<Item = Answer>,
) -> Result<Vec<String>> {
    let known = unseen_changes()?;
    let mut differences = Vec::new();
    for (forgery, answer) in files.forgeries.iter().zip(answers) {
        let passes = known.iter().any(|row| row.covers(importer, forgery));
        let what = format!("{} {} {}", forgery.key, forgery.preset, forgery.change);
        // Whether a change that no MAC shows is seen elsewhere depends on the random bytes that it falls on.
        if matches!(answer, Answer::Opened(_)) && !passes {
            differences.push(format!("{what}: opened"));
        }
    }
    Ok(differences)
}

#[test]
fn openssl_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::OpenSsl)
}

#[test]
fn nss_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::Nss)
}

#[test]
fn the_nss_of_thunderbird_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::ThunderbirdNss)
}

#[test]
fn thunderbird_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::Thunderbird)
}

#[test]
fn gnutls_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::GnuTls)
}

#[test]
fn java_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::Java)
}

#[test]
fn keytool_itself_lists_the_chain_and_copies_the_key() -> Result<()> {
    let files = Files::written()?;
    for file in ["rsa-2048 modern words.p12", "p-256 compatible words.p12"] {
        java::opens_pfx(&files.path(file), WORDS.text)?;
    }
    Ok(())
}

#[test]
fn bouncy_castle_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::BouncyCastle)
}

#[test]
fn cryptography_of_python_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::Cryptography)
}

#[test]
fn the_tls_of_node_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::NodeTls)
}

#[test]
fn node_forge_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::NodeForge)
}

#[test]
fn gpgsm_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::Gpgsm)
}

#[test]
fn the_frozen_package_of_go_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::GoFrozen)
}

#[test]
fn go_pkcs12_opens_what_the_table_says() -> Result<()> {
    opens_what_the_table_says(Importer::GoPkcs12)
}
