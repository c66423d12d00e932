//! Whether files have changed since something was made of them.

use std::{
    ffi::OsStr,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use anyhow::Context;

/// What does not go into the thing that is made: tests, and what cargo builds beside a package.
const LEFT_OUT: [&str; 2] = ["tests", "target"];

/// A hash over names and contents of all inputs, files or folders below this one. Not over times: a checkout that goes back
/// and forth changes those. Nor over where the checkout is.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn of(root: &Path, inputs: &[&str]) -> anyhow::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        input.hash(&mut hasher);
        add(&root.join(input), &mut hasher)?;
    }
    Ok(hasher.finish())
}

fn add(path: &Path, hasher: &mut DefaultHasher) -> anyhow::Result<()> {
    path.file_name().hash(hasher);
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut children =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        children.sort();
        return children
            .iter()
            .filter(|child| !LEFT_OUT.iter().any(|name| child.file_name() == Some(OsStr::new(name))))
            .try_for_each(|child| add(child, hasher));
    }
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))?.hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_changes_with_contents_and_names_but_not_with_tests_nor_with_the_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let hash_of = |name: &str| of(&folder.path().join(name), &["src"]).expect("a fingerprint");
        let sources = folder.path().join("here/src");
        fs::create_dir_all(&sources).expect("a folder");
        fs::write(sources.join("lib.rs"), "a").expect("a file");
        let first = hash_of("here");

        fs::create_dir(sources.join("tests")).expect("a folder");
        fs::write(sources.join("tests/some.rs"), "t").expect("a file");
        assert_eq!(hash_of("here"), first);

        fs::rename(folder.path().join("here"), folder.path().join("there")).expect("a move");
        assert_eq!(hash_of("there"), first);

        let sources = folder.path().join("there/src");
        fs::write(sources.join("lib.rs"), "b").expect("a file");
        let changed = hash_of("there");
        assert_ne!(changed, first);

        fs::rename(sources.join("lib.rs"), sources.join("main.rs")).expect("a move");
        assert_ne!(hash_of("there"), changed);
    }
}
