//! The Tools, signed out: each does its work, and nothing leaves the browser.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use tests::{
    browser::Browser,
    stage::{Setting, Stage, journey},
};

const PASSWORD: &str = "amber-lantern-42";
/// As Windows types it, and as it is written into a file: composed.
const WITH_ACCENTS: &str = "Za\u{17C}\u{F3}\u{142}\u{107}-Ωпароль";
/// The same as macOS may type it: decomposed.
const DECOMPOSED: &str = "Zaz\u{307}o\u{301}\u{142}c\u{301}-Ωпароль";
const ADDRESS: &str = "anna@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_makes_a_key_and_a_request_and_checks_them() -> Result<()> {
    journey(Setting::Demonstration, "tools-requests", async |stage| {
        let visitor = visitor_at_the_tools(stage).await?;
        let files = Files::new(stage);
        makes_a_request(&visitor, &files).await?;
        checks_the_request(&visitor, &files).await?;
        a_private_key_in_the_checker_is_wiped(&visitor, &files).await?;
        matches_key_and_request(&visitor, &files).await?;
        a_key_for_no_mail_certificate_is_made_with_a_warning(&visitor).await?;
        nothing_was_sent(&visitor).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_makes_inspects_and_converts_a_pfx() -> Result<()> {
    journey(Setting::Demonstration, "tools-pfx", async |stage| {
        let visitor = visitor_at_the_tools(stage).await?;
        let files = Files::new(stage);
        files.make_certificates()?;
        reads_a_chain(&visitor, &files).await?;
        makes_a_pfx(&visitor, &files).await?;
        makes_a_pfx_under_a_password_with_accents(&visitor, &files).await?;
        opens_it_in_both_spellings(&visitor, &files).await?;
        inspects_and_converts(&visitor, &files).await?;
        certificate_and_pfx_match(&visitor, &files).await?;
        a_second_password_is_asked_for(&visitor).await?;
        a_long_wait_is_asked_about_and_can_be_ended(&visitor).await?;
        nothing_was_sent(&visitor).await
    })
    .await
}

/// By the link that a visitor finds on the first page.
async fn visitor_at_the_tools(stage: &Stage) -> Result<Arc<Browser>> {
    let visitor = stage.browser("visitor").await?;
    visitor.goto("/").await?;
    visitor.at("Sign in").await?;
    visitor.press("Tools").await?;
    visitor.at("Tools").await?;
    // The page has asked for its own files and who is signed in; from here on it has no reason to ask for anything.
    visitor.forget_requests().await?;
    Ok(visitor)
}

async fn opens(visitor: &Browser, tool: &str) -> Result<()> {
    visitor.press("Tools").await?;
    visitor.heading("Tools").await?;
    visitor.press(tool).await?;
    visitor.at(tool).await
}

/// All that was asked for are the page's own files: the modules of its workers, and what it handed over itself.
async fn nothing_was_sent(visitor: &Browser) -> Result<()> {
    let requests = visitor.requests().await?;
    let foreign: Vec<&String> = requests.iter().filter(|request| !is_own_file(request)).collect();
    ensure!(foreign.is_empty(), "the Tools made requests: {foreign:?}");
    ensure!(
        requests.iter().any(|request| request.contains("tool-worker")),
        "no worker was seen: the log of requests does not work"
    );
    Ok(())
}

fn is_own_file(request: &str) -> bool {
    let Some((address, body)) = request.strip_prefix("GET ").and_then(|rest| rest.split_once(' ')) else {
        return false;
    };
    let is_worker = ["/tool-worker", "/examiner-worker"].iter().any(|name| address.contains(name));
    body.is_empty() && !address.contains('?') && (is_worker || address.starts_with("blob:"))
}

async fn makes_a_request(visitor: &Browser, files: &Files) -> Result<()> {
    opens(visitor, "CSR generator").await?;
    visitor.fill("E-mail addresses (optional)", "anna@").await?;
    visitor.mark("I have saved the passphrase").await?;
    let passphrase = visitor.value("Passphrase").await?;
    fs::write(files.path("passphrase"), &passphrase)?;
    visitor.press("Generate key pair and CSR").await?;
    visitor.see("There is a problem").await?;
    visitor.see("cannot stand in a certificate").await?;
    visitor.examine("CSR generator, wrong address").await?;

    visitor.fill("E-mail addresses (optional)", ADDRESS).await?;
    visitor.press("Generate key pair and CSR").await?;
    visitor.at("Your key pair and CSR are ready").await?;
    visitor.see("Prime search").await?;
    visitor.press("Download private key").await?;
    let key = visitor.takes_download("-private-key.pem", &files.path("key.pem")).await?;
    ensure!(key == format!("{ADDRESS}-private-key.pem"), "the key is called {key}");
    visitor.press("Download CSR").await?;
    let request = visitor.takes_download(".csr", &files.path("request.csr")).await?;
    ensure!(request == format!("{ADDRESS}.csr"), "the request is called {request}");

    let said = files.openssl(&["req", "-in", "request.csr", "-verify", "-noout", "-text"])?;
    ensure!(said.contains("email:anna@example.com"), "the request says: {said}");
    let of_request = files.openssl(&["req", "-in", "request.csr", "-noout", "-pubkey"])?;
    let of_key = files.openssl(&["pkey", "-in", "key.pem", "-passin", "file:passphrase", "-pubout"])?;
    ensure!(of_request == of_key, "request and key do not belong together");
    Ok(())
}

async fn checks_the_request(visitor: &Browser, files: &Files) -> Result<()> {
    opens(visitor, "CSR checker").await?;
    visitor.paste("CSR", &files.read("request.csr")?).await?;
    visitor.see("Correct").await?;
    visitor.see("RSA 2048").await?;
    visitor.examine("CSR checker, correct").await
}

async fn a_private_key_in_the_checker_is_wiped(visitor: &Browser, files: &Files) -> Result<()> {
    visitor.paste("CSR", &files.read("key.pem")?).await?;
    visitor.see("That was a private key").await?;
    ensure!(visitor.value("CSR").await?.is_empty(), "the private key is still in the field");
    opens(visitor, "Certificate viewer").await?;
    visitor.paste("Certificate", &files.read("key.pem")?).await?;
    visitor.see("This is a private key, not a certificate").await?;
    visitor.see("We wiped it from the field and sent nothing.").await?;
    ensure!(visitor.value("Certificate").await?.is_empty(), "the private key is still in the field");
    visitor.examine("Certificate viewer, private key").await
}

async fn matches_key_and_request(visitor: &Browser, files: &Files) -> Result<()> {
    opens(visitor, "Key match").await?;
    visitor.paste("First", &files.read("request.csr")?).await?;
    visitor.see("Request").await?;
    visitor.attach("Second, as a file", &files.path("key.pem")).await?;
    visitor.see("The private key is encrypted").await?;
    visitor.examine("Key match, passphrase").await?;
    visitor.fill("Password of the second", "another one").await?;
    visitor.press("Open").await?;
    visitor.see("does not open").await?;
    visitor.fill("Password of the second", &files.read("passphrase")?).await?;
    visitor.press("Open").await?;
    visitor.see("Same key").await?;
    visitor.examine("Key match, same key").await
}

async fn a_key_for_no_mail_certificate_is_made_with_a_warning(visitor: &Browser) -> Result<()> {
    opens(visitor, "CSR generator").await?;
    visitor.select("Key algorithm and key length", "Ed25519").await?;
    visitor.see("We make no certificates for Ed25519").await?;
    visitor.fill("Passphrase", PASSWORD).await?;
    visitor.press("Generate key pair and CSR").await?;
    visitor.at("Your key pair and CSR are ready").await?;
    visitor.see("Few mail programs").await
}

async fn reads_a_chain(visitor: &Browser, files: &Files) -> Result<()> {
    opens(visitor, "Certificate viewer").await?;
    visitor.paste("Certificate", &files.read("chain.pem")?).await?;
    for text in
        [ADDRESS, "It is still valid, for", "e-mail protection", "There are 2 certificates here", "Test Root"]
    {
        visitor.see(text).await?;
    }
    visitor.examine("Certificate viewer, chain").await?;
    visitor.attach("Certificate, as a file", &files.path("leaf.der")).await?;
    visitor.see("leaf.der").await?;
    visitor.see("Certificate").await?;
    visitor.paste("Certificate", "hello").await?;
    visitor.see("This is not a certificate").await
}

async fn makes_a_pfx(visitor: &Browser, files: &Files) -> Result<()> {
    opens(visitor, "PFX generator").await?;
    visitor.fill("Password of the PFX file", PASSWORD).await?;
    visitor.press("Create PFX").await?;
    visitor.see("Paste the private key, or choose its file").await?;
    visitor.examine("PFX generator, nothing given").await?;

    visitor.paste("Private key", &files.read("leaf.key")?).await?;
    visitor.attach("Certificate and chain, as a file", &files.path("root.pem")).await?;
    visitor.fill("Password of the PFX file", PASSWORD).await?;
    visitor.press("Create PFX").await?;
    visitor.see("None of these certificates is for this private key").await?;

    // The root first: any order will do.
    visitor
        .paste("Certificate and chain", &[files.read("root.pem")?, files.read("leaf.pem")?].concat())
        .await?;
    visitor.mark("Apple Mail, iPhone or iPad").await?;
    visitor.see("Recommended: Apple, Android 13 and older").await?;
    visitor.press("Create PFX").await?;
    visitor.see("The PFX file is made and checked").await?;
    ensure!(visitor.value("Private key").await?.is_empty(), "the private key is still in the field");
    visitor.examine("PFX generator, made").await?;
    let name = visitor.takes_download(".p12", &files.path("made.p12")).await?;
    ensure!(name.starts_with(&format!("{ADDRESS}_20")), "the PFX is called {name}");
    let said = files.opens_pfx("made.p12", PASSWORD)?;
    ensure!(said.contains("pbeWithSHA1And3-KeyTripleDES-CBC"), "the PFX is made otherwise: {said}");
    Ok(())
}

/// With a notice beside the field that stops nobody.
async fn makes_a_pfx_under_a_password_with_accents(visitor: &Browser, files: &Files) -> Result<()> {
    const FIELD: &str = "Password of the PFX file";
    const NOTICE: &str = "Some programs cannot open a file";
    opens(visitor, "PFX generator").await?;
    visitor.paste("Private key", &files.read("leaf.key")?).await?;
    visitor.paste("Certificate and chain", &files.read("chain.pem")?).await?;
    visitor.paste(FIELD, "lantern 🦊 river 🔑").await?;
    visitor.see("Many programs cannot open a file").await?;
    visitor.press("Generate a passphrase").await?;
    visitor.see("I have saved the passphrase").await?;
    ensure!(
        !visitor.text().await?.contains("cannot open a file"),
        "the notice stays when its reason is gone"
    );
    visitor.paste(FIELD, DECOMPOSED).await?;
    visitor.see(NOTICE).await?;
    let description = visitor.description(FIELD).await?;
    ensure!(description.contains(NOTICE), "a screen reader says of the field: {description}");
    visitor.examine("PFX generator, password with accents").await?;
    visitor.press("Create PFX").await?;
    visitor.see("The PFX file is made and checked").await?;
    visitor.takes_download(".p12", &files.path("accents.p12")).await?;
    files.opens_pfx("accents.p12", WITH_ACCENTS)?;
    ensure!(files.opens_pfx("accents.p12", DECOMPOSED).is_err(), "the password was not composed");
    Ok(())
}

async fn opens_it_in_both_spellings(visitor: &Browser, files: &Files) -> Result<()> {
    opens(visitor, "PFX inspector").await?;
    for password in [WITH_ACCENTS, DECOMPOSED] {
        visitor.attach("PFX file", &files.path("accents.p12")).await?;
        visitor.see("How it is made").await?;
        visitor.paste("Password of the PFX file", password).await?;
        visitor.press("Open").await?;
        visitor.see("The file is open").await?;
        visitor.see("Some programs cannot open a file").await?;
    }
    // Another program took the password as macOS typed it.
    files.openssl(&[
        "pkcs12",
        "-export",
        "-inkey",
        "leaf.key",
        "-in",
        "leaf.pem",
        "-passout",
        &format!("pass:{DECOMPOSED}"),
        "-out",
        "decomposed.p12",
    ])?;
    visitor.attach("PFX file", &files.path("decomposed.p12")).await?;
    visitor.see("How it is made").await?;
    visitor.paste("Password of the PFX file", DECOMPOSED).await?;
    visitor.press("Open").await?;
    visitor.see("The file is open").await
}

async fn inspects_and_converts(visitor: &Browser, files: &Files) -> Result<()> {
    files.openssl(&[
        "pkcs12",
        "-export",
        "-legacy",
        "-inkey",
        "leaf.key",
        "-in",
        "leaf.pem",
        "-passout",
        &format!("pass:{PASSWORD}"),
        "-out",
        "foreign.p12",
    ])?;
    opens(visitor, "PFX inspector").await?;
    visitor.attach("PFX file", &files.path("foreign.p12")).await?;
    visitor.see("none of our presets").await?;
    visitor.see("RC2").await?;
    visitor.examine("PFX inspector, closed").await?;
    visitor.fill("Password of the PFX file", "another one").await?;
    visitor.press("Open").await?;
    visitor.see("This password does not open the file").await?;
    visitor.fill("Password of the PFX file", PASSWORD).await?;
    visitor.press("Open").await?;
    visitor.see("The file is open").await?;
    visitor.see("belongs to the certificate").await?;
    visitor.examine("PFX inspector, open").await?;

    visitor.paste("Certificates to add (optional)", &files.read("root.pem")?).await?;
    visitor.press("Create the new PFX").await?;
    visitor.see("The PFX file is made and checked").await?;
    visitor.takes_download(".p12", &files.path("converted.p12")).await?;
    let said = files.opens_pfx("converted.p12", PASSWORD)?;
    ensure!(
        said.contains("AES-256-CBC") && said.contains("Test Root"),
        "the new PFX is made otherwise: {said}"
    );
    Ok(())
}

async fn certificate_and_pfx_match(visitor: &Browser, files: &Files) -> Result<()> {
    opens(visitor, "Key match").await?;
    visitor.paste("First", &files.read("root.pem")?).await?;
    visitor.attach("Second, as a file", &files.path("converted.p12")).await?;
    visitor.see("This is a PFX").await?;
    visitor.fill("Password of the second", PASSWORD).await?;
    visitor.press("Open").await?;
    visitor.see("Different keys").await?;
    visitor.paste("First", &files.read("leaf.pem")?).await?;
    visitor.see("Same key").await
}

/// The files of a journey, and OpenSSL among them.
struct Files {
    folder: PathBuf,
}

impl Files {
    fn new(stage: &Stage) -> Self {
        Self { folder: stage.signet.folder().to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn read(&self, name: &str) -> Result<String> {
        fs::read_to_string(self.path(name)).with_context(|| format!("cannot read {name}"))
    }

    /// Runs OpenSSL in the folder and gives all that it said.
    fn openssl(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("openssl").args(arguments).current_dir(&self.folder).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "openssl {arguments:?}: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn opens_pfx(&self, name: &str, password: &str) -> Result<String> {
        let mut openssl = Command::new("openssl");
        openssl
            .args(["pkcs12", "-info", "-nodes", "-legacy", "-in", name, "-passin"])
            .arg(format!("pass:{password}"));
        let output = openssl.current_dir(&self.folder).output()?;
        let said =
            [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        ensure!(output.status.success(), "openssl does not open {name}: {said}");
        Ok(said)
    }

    /// A root, a mail certificate below it, and both in one file.
    fn make_certificates(&self) -> Result<()> {
        let extensions = "subjectAltName=email:anna@example.com\nextendedKeyUsage=emailProtection\n";
        fs::write(self.path("extensions"), extensions)?;
        self.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/O=Signet Tests/CN=Test Root",
            "-days",
            "90",
            "-keyout",
            "root.key",
            "-out",
            "root.pem",
        ])?;
        self.openssl(&[
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=Anna Nowak",
            "-keyout",
            "leaf.key",
            "-out",
            "leaf.csr",
        ])?;
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            "leaf.csr",
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-days",
            "60",
            "-extfile",
            "extensions",
            "-out",
            "leaf.pem",
        ])?;
        self.openssl(&["x509", "-in", "leaf.pem", "-outform", "DER", "-out", "leaf.der"])?;
        let chain = [self.read("leaf.pem")?, self.read("root.pem")?].concat();
        Ok(fs::write(self.path("chain.pem"), chain)?)
    }
}

#[test]
fn a_request_of_a_page_is_told_from_its_own_files() {
    for own in ["GET http://localhost:1/tool-worker_bg.wasm ", "GET blob:http://localhost:1/1 "] {
        assert!(is_own_file(own), "{own}");
    }
    for foreign in [
        "POST http://localhost:1/tool-worker_bg.wasm ",
        "GET http://localhost:1/tool-worker_bg.wasm?key=1 ",
        "GET http://localhost:1/api/session ",
        "GET http://localhost:1/tool-worker_bg.wasm body",
    ] {
        assert!(!is_own_file(foreign), "{foreign}");
    }
}

async fn a_second_password_is_asked_for(visitor: &Browser) -> Result<()> {
    const SECOND: &str = "Second password (optional)";
    opens(visitor, "PFX inspector").await?;
    visitor.attach("PFX file", &vector("two-passwords-mac-and-contents.p12")).await?;
    visitor.see("How it is made").await?;
    visitor.fill("Password of the PFX file", "mac password 1").await?;
    visitor.press("Open").await?;
    visitor.see("The file has a second password").await?;
    visitor.examine("PFX inspector, second password").await?;
    visitor.fill(SECOND, "correct horse 1").await?;
    visitor.press("Open").await?;
    visitor.see("The file is open").await?;
    visitor.see("belongs to the certificate").await
}

async fn a_long_wait_is_asked_about_and_can_be_ended(visitor: &Browser) -> Result<()> {
    opens(visitor, "PFX inspector").await?;
    visitor.attach("PFX file", &vector("four-times-5000000-iterations.p12")).await?;
    visitor.see("How it is made").await?;
    visitor.fill("Password of the PFX file", "correct horse 1").await?;
    visitor.press("Open").await?;
    visitor.see("This file takes long to open").await?;
    visitor.examine("PFX inspector, a long wait").await?;
    visitor.press("Open it").await?;
    visitor.see("The keys are being derived from the password").await?;
    visitor.press("Cancel").await?;
    visitor.see("This PFX has none of our presets").await
}

/// A file of `tests/vectors/pfx`.
fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/pfx").join(name)
}
