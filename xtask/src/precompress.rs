//! Brotli siblings of the page's files, so that the server never compresses anything while it serves.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    thread,
};

use anyhow::Context;
use brotli::enc::BrotliEncoderParams;

/// What is worth compressing; pictures and fonts already are.
const COMPRESSIBLE: [&str; 6] = ["css", "html", "js", "json", "svg", "wasm"];

/// How hard to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Quality {
    /// Under a second, a fifth larger: for a start on one's own machine.
    Quick,
    /// As small as it gets: for a release, and for measuring.
    Best,
}

impl Quality {
    /// The level in brotli's own scale, 0 to 11.
    pub(crate) fn level(self) -> i32 {
        match self {
            Self::Quick => 5,
            Self::Best => 11,
        }
    }
}

/// Writes `name.br` beside every compressible file of the folder.
///
/// # Errors
/// When a file cannot be read or written.
pub(crate) fn folder(folder: &Path, quality: Quality) -> anyhow::Result<()> {
    let files = compressible(folder)?;
    thread::scope(|scope| {
        let workers: Vec<_> = files.iter().map(|file| scope.spawn(|| one_file(file, quality))).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// All compressible files under the folder, without their siblings.
///
/// # Errors
/// When a folder cannot be read.
pub(crate) fn compressible(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(compressible(&path)?);
        } else if path.extension().and_then(OsStr::to_str).is_some_and(|e| COMPRESSIBLE.contains(&e)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The file's name with `.br` after it.
pub(crate) fn sibling(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

fn compress(mut bytes: &[u8], quality: Quality) -> anyhow::Result<Vec<u8>> {
    let parameters = BrotliEncoderParams { quality: quality.level(), ..BrotliEncoderParams::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut compressed, &parameters).context("brotli failed")?;
    Ok(compressed)
}

fn one_file(file: &Path, quality: Quality) -> anyhow::Result<()> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let sibling = sibling(file);
    fs::write(&sibling, compress(&bytes, quality)?)
        .with_context(|| format!("cannot write {}", sibling.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_compressible_file_gets_a_sibling_that_unpacks_to_the_same_bytes() {
        let dist = tempfile::tempdir().expect("a folder");
        let script = dist.path().join("snippets/inner.js");
        fs::create_dir(dist.path().join("snippets")).expect("a folder");
        fs::write(&script, "let a = 1;\n".repeat(500)).expect("a file");
        fs::write(dist.path().join("picture.png"), [0x89]).expect("a file");

        folder(dist.path(), Quality::Quick).expect("compression");

        let mut unpacked = Vec::new();
        let packed = fs::read(sibling(&script)).expect("the sibling");
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).expect("decompression");
        assert_eq!(unpacked, fs::read(&script).expect("the file"));
        assert!(packed.len() < unpacked.len() / 10);
        assert!(!sibling(&dist.path().join("picture.png")).exists());
    }
}
