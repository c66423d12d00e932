//! The table of what each importer is known to refuse, and why: `refusals.tsv`.

use anyhow::Context;

use crate::{forgery::Forgery, importer::Importer};

const REFUSALS: &str = include_str!("refusals.tsv");
const UNSEEN: &str = include_str!("unseen_changes.tsv");
/// Stands for every value of a column.
const ANY: &str = "*";
/// Stands for a column that is left empty.
const NONE: &str = "-";

/// One reason why one importer refuses some files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    importer: &'static str,
    preset: &'static str,
    key: &'static str,
    password: &'static str,
    /// The version that opens them.
    before: Option<&'static str>,
    /// Part of what it says, or several with a bar between.
    says: &'static str,
    /// For people.
    pub(crate) because: &'static str,
}

/// One kind of change that one importer does not notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnseenChange {
    pub(crate) importer: &'static str,
    preset: &'static str,
    key: &'static str,
    pub(crate) change: &'static str,
    pub(crate) because: &'static str,
}

/// The rows of a table: not its heading, not its comments.
fn rows<const COLUMNS: usize>(table: &'static str) -> anyhow::Result<Vec<[&'static str; COLUMNS]>> {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            fields.try_into().ok().with_context(|| format!("not {COLUMNS} columns: {line}"))
        })
        .collect()
}

/// All known refusals.
///
/// # Errors
/// When the table cannot be read.
pub(crate) fn refusals() -> anyhow::Result<Vec<Refusal>> {
    let rows = rows::<7>(REFUSALS)?.into_iter();
    Ok(rows
        .map(|[importer, preset, key, password, before, says, because]| {
            let before = (before != NONE).then_some(before);
            Refusal { importer, preset, key, password, before, says, because }
        })
        .collect())
}

/// All changes that are known to pass unseen.
///
/// # Errors
/// When the table cannot be read.
pub(crate) fn unseen_changes() -> anyhow::Result<Vec<UnseenChange>> {
    let rows = rows::<5>(UNSEEN)?.into_iter();
    Ok(rows
        .map(|[importer, preset, key, change, because]| UnseenChange {
            importer,
            preset,
            key,
            change,
            because,
        })
        .collect())
}

impl Refusal {
    /// Whether this importer in this version refuses anything for this reason.
    pub(crate) fn applies_to(&self, importer: Importer, version: &str) -> bool {
        self.importer == importer.id() && self.before.is_none_or(|before| parts(version) < parts(before))
    }

    pub(crate) fn covers(&self, preset: &str, key: &str, password: &str) -> bool {
        fits(self.preset, preset) && fits(self.key, key) && fits(self.password, password)
    }

    /// What it may say.
    pub(crate) fn sayings(&self) -> impl Iterator<Item = &'static str> {
        self.says.split('|')
    }

    /// What is refused, in words.
    pub(crate) fn scope(&self) -> String {
        let scopes = [("preset", self.preset), ("key", self.key), ("password", self.password)];
        let narrow: Vec<String> = scopes
            .iter()
            .filter(|(_, column)| *column != ANY)
            .map(|(what, column)| format!("{what} {}", column.replace(',', ", ")))
            .collect();
        if narrow.is_empty() { "every file".to_owned() } else { narrow.join("; ") }
    }
}

impl UnseenChange {
    pub(crate) fn covers(&self, importer: Importer, forgery: &Forgery) -> bool {
        self.importer == importer.id()
            && fits(self.preset, forgery.preset)
            && fits(self.key, forgery.key)
            && fits(self.change, forgery.change)
    }
}

/// A column holds one value, several with commas between, or any.
fn fits(column: &str, value: &str) -> bool {
    column == ANY || column.split(',').any(|part| part == value)
}

fn parts(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

#[test]
fn versions_are_compared_by_number() {
    assert!(parts("3.0.19") < parts("3.4"));
    assert!(parts("3.10") > parts("3.4"));
    assert!(parts("153.7.0") > parts("26"));
}

#[test]
fn every_row_names_an_importer_that_is_asked() -> anyhow::Result<()> {
    let ids = Importer::ALL.map(Importer::id);
    for importer in
        refusals()?.iter().map(|row| row.importer).chain(unseen_changes()?.iter().map(|row| row.importer))
    {
        assert!(ids.contains(&importer), "nobody asks {importer}");
    }
    Ok(())
}
