//! Writes PFX files with test certificates into a folder, for a look with other programs:
//! `cargo run -p wasm-crypto --example write_pfx -- FOLDER < PLAN`
//!
//! Each line of the plan is one file: its name, the key, the preset, how many certificates of the chain go in, the
//! friendly name and the password, with tabs between them. Beside the files come the certificates of each key:
//! `rsa-2048.0.cer` is its own, then those above it, root last.

#[path = "../src/test_authority.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "made for the tests, whose names and keys are known to be right"
)]
mod test_authority;

use getrandom::{SysRng, rand_core::UnwrapErr};
use pki::key_policy::KeyAlgorithm;
use pollster::block_on;
use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    io::{Read, stdin},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};
use test_authority::{Chain, certify_with_serial_number};
use wasm_crypto::{
    KeyPair, generate_key_pair,
    pbkdf2::Portable,
    pfx::{self, PfxContent, Preset},
};

type Failure = Box<dyn Error + Send + Sync>;

/// A key and its certificates.
struct Entry {
    key: KeyPair,
    chain: Chain,
}

/// One file to write.
#[derive(Clone, Copy)]
struct Line<'a> {
    file: &'a str,
    key: &'a str,
    preset: Preset,
    chain_certificates: usize,
    friendly_name: &'a str,
    password: &'a str,
}

fn main() -> Result<(), Failure> {
    let folder = env::args_os().nth(1).map(PathBuf::from).ok_or("name a folder")?;
    fs::create_dir_all(&folder)?;
    let mut plan = String::new();
    stdin().read_to_string(&mut plan)?;
    let lines = plan.lines().map(Line::parse).collect::<Result<Vec<_>, _>>()?;

    // RSA, as our certification authority is: node-forge reads no other certificates.
    let (root, issuing) = (generate(KeyAlgorithm::Rsa4096)?, generate(KeyAlgorithm::Rsa4096)?);
    let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
    for (serial_number, line) in (1_u8..).zip(&lines) {
        if !entries.contains_key(line.key) {
            let key = generate(KeyAlgorithm::from_id(line.key).ok_or("there is no such key")?)?;
            let chain = certify_with_serial_number([serial_number; 16], &key.public_key()?, &root, &issuing);
            let entry = Entry { key, chain };
            entry.write_certificates(line.key, &folder)?;
            entries.insert(line.key, entry);
        }
    }
    write_all(&lines, &entries, &folder)
}

fn generate(algorithm: KeyAlgorithm) -> Result<KeyPair, Failure> {
    Ok(generate_key_pair(algorithm, &mut UnwrapErr(SysRng), &mut |_| ())?)
}

/// Writes all files, on as many threads as there are processors.
fn write_all(lines: &[Line<'_>], entries: &BTreeMap<&str, Entry>, folder: &Path) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), Failure> {
        while let Some(line) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
            let entry = entries.get(line.key).ok_or("a key was not made")?;
            let file = line.write(entry).map_err(|refusal| format!("{}: {refusal}", line.file))?;
            fs::write(folder.join(line.file), file)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a thread panicked".into())))
    })
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Result<Self, Failure> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [file, key, preset, chain, friendly_name, password] = fields[..] else {
            return Err(format!("{} fields instead of 6 in: {line}", fields.len()).into());
        };
        let preset = Preset::from_id(preset).ok_or_else(|| format!("there is no preset {preset}"))?;
        Ok(Self { file, key, preset, chain_certificates: chain.parse()?, friendly_name, password })
    }

    fn write(&self, entry: &Entry) -> Result<Vec<u8>, pfx::PfxError> {
        let chain_der = &entry.chain.chain_der;
        let content = PfxContent {
            key: &entry.key,
            leaf_der: &entry.chain.leaf_der,
            chain_der: chain_der.get(..self.chain_certificates).unwrap_or(chain_der),
            friendly_name: self.friendly_name,
        };
        let mut random = UnwrapErr(SysRng);
        block_on(pfx::write(&content, self.password, self.preset, &mut random, &Portable))
    }
}

impl Entry {
    fn write_certificates(&self, key: &str, folder: &Path) -> Result<(), Failure> {
        let chain = [&self.chain.leaf_der].into_iter().chain(&self.chain.chain_der);
        for (number, certificate) in chain.enumerate() {
            fs::write(folder.join(format!("{key}.{number}.cer")), certificate)?;
        }
        Ok(())
    }
}
