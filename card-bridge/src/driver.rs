//! The kinds of cards that the bridge knows, as data: which module speaks with them, who may do what, where keys go.
//!
//! It knows nothing of sessions and slots: those are in [`crate::card`].

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

pub use pattern::{AtrPattern, PatternError, TokenPattern};

mod pattern;

static TABLE: LazyLock<Vec<Arc<Driver>>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("drivers.toml")).expect("the table is read in a test");
    table.driver.into_iter().map(Arc::new).collect()
});

/// Who must be logged in for something.
///
/// PKCS #11 v3.1 §5.6.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The person with the PIN.
    User,
    /// The person with the admin PIN (security officer).
    So,
    /// PKCS #11 cannot do it on this card.
    Nobody,
}

/// Which attributes a new key is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// All that S/MIME needs is asked for: signing, and reading what was encrypted for the key.
    Full,
    /// Only what protects the key: the card fixes what it is for.
    Minimal,
}

/// One kind of card.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Driver {
    /// Its stable name, such as `openpgp`.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// The answers to reset of its cards.
    #[serde(default)]
    pub atrs: Vec<AtrPattern>,
    /// How its tokens are recognized; without it all tokens of its modules are.
    pub token: Option<TokenPattern>,
    /// The modules that speak with it.
    #[serde(default)]
    pub modules: ModulePaths,
    /// Who makes a key pair.
    pub generates: Who,
    /// Who writes a certificate.
    pub writes_certificate: Who,
    /// Who removes a key pair.
    pub removes_key: Who,
    /// Whether PKCS #11 can make the profile.
    pub initialises: bool,
    /// Whether PKCS #11 can set a new PIN with the admin PIN.
    pub unblocks: bool,
    /// The places for keys; when empty any id is one.
    #[serde(default)]
    pub key_ids: Vec<KeyId>,
    /// The attributes of a new key.
    pub template: Template,
    /// Of a card with several slots, the end of the label of the one that counts.
    pub slot: Option<String>,
    /// Whether the module always shows a token that is not initialised.
    #[serde(default)]
    pub free_slot: bool,
    /// What a person is told when the card cannot do what was asked for.
    pub note: Option<String>,
}

impl Driver {
    /// Whether it is for cards with this answer to reset.
    pub fn knows_atr(&self, atr: &[u8]) -> bool {
        self.atrs.iter().any(|pattern| pattern.matches(atr))
    }
}

/// The paths of a module, by operating system.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModulePaths {
    /// Linux and other Unix systems.
    #[serde(default)]
    pub linux: Vec<PathBuf>,
    /// macOS.
    #[serde(default)]
    pub macos: Vec<PathBuf>,
    /// Windows.
    #[serde(default)]
    pub windows: Vec<PathBuf>,
}

impl ModulePaths {
    /// Those of this system.
    pub fn here(&self) -> &[PathBuf] {
        if cfg!(windows) {
            &self.windows
        } else if cfg!(target_os = "macos") {
            &self.macos
        } else {
            &self.linux
        }
    }
}

/// A value of `CKA_ID`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KeyId(Vec<u8>);

impl KeyId {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for KeyId {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        pattern::bytes(&text).map(Self)
    }
}

/// All kinds of cards that the bridge knows, in the order in which they are looked for.
pub fn all() -> impl Iterator<Item = &'static Driver> {
    TABLE.iter().map(AsRef::as_ref)
}

/// The kinds of cards together with the modules of the person's own.
#[derive(Clone, Debug)]
pub struct Drivers {
    own_modules: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    driver: Vec<Driver>,
}

impl Drivers {
    /// The built-in kinds, and further modules by absolute path. Which file a relative path names depends on where the
    /// bridge was started: such a one is left out.
    pub fn new(own_modules: &[PathBuf]) -> Self {
        let own_modules = own_modules.iter().filter(|path| path.is_absolute()).cloned();
        Self { own_modules: own_modules.collect() }
    }

    /// The modules that are installed: of each kind the first that exists, then those of the person's own.
    pub(crate) fn installed_modules(&self) -> Vec<PathBuf> {
        let of_kinds = TABLE.iter().filter_map(|driver| installed(driver));
        let mut modules: Vec<PathBuf> = Vec::new();
        for module in of_kinds.chain(self.own_modules.iter().map(PathBuf::as_path)) {
            // Two names of one file are one module, which cannot be initialised twice.
            if let Ok(module) = module.canonicalize()
                && !modules.contains(&module)
            {
                modules.push(module);
            }
        }
        modules
    }

    /// The kind that a token of this module is.
    pub(crate) fn of_token(module: &Path, token: &cryptoki::slot::TokenInfo) -> Option<Arc<Driver>> {
        let is_own = |driver: &Driver| {
            installed(driver).and_then(|path| path.canonicalize().ok()).is_some_and(|path| path == module)
        };
        let fits = |driver: &Driver| match &driver.token {
            Some(pattern) => pattern.matches(token),
            None => is_own(driver),
        };
        TABLE.iter().find(|driver| fits(driver)).cloned()
    }

    /// The kind of a card with this answer to reset.
    pub(crate) fn of_atr(atr: &[u8]) -> Option<&'static Driver> {
        all().find(|driver| driver.knows_atr(atr))
    }
}

/// The module of a kind that is on this computer.
pub(crate) fn installed(driver: &Driver) -> Option<&Path> {
    driver.modules.here().iter().map(PathBuf::as_path).find(|path| path.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_each_kind_has_a_name_of_its_own() {
        let ids: Vec<String> = TABLE.iter().map(|driver| driver.id.clone()).collect();
        assert_eq!(ids, ["softhsm", "kryoptic", "openpgp", "piv", "certum", "opensc", "other"]);
    }

    #[test]
    fn each_module_of_the_table_has_an_absolute_path() {
        for driver in &*TABLE {
            for path in driver.modules.linux.iter().chain(&driver.modules.macos) {
                assert!(path.starts_with("/"), "{path:?}");
            }
            for path in &driver.modules.windows {
                assert!(path.to_string_lossy().starts_with("C:\\"), "{path:?}");
            }
        }
    }

    #[test]
    fn a_module_of_ones_own_counts_only_with_an_absolute_path() {
        let relative = PathBuf::from("../card-bridge/Cargo.toml");
        let absolute = relative.canonicalize().expect("this crate has a manifest");
        let modules = Drivers::new(&[relative, absolute.clone()]).installed_modules();
        assert_eq!(
            modules.iter().filter(|module| module.ends_with("Cargo.toml")).collect::<Vec<_>>(),
            [&absolute]
        );
        assert!(!Drivers::new(&["../card-bridge/Cargo.toml".into()]).installed_modules().contains(&absolute));
    }

    #[test]
    fn the_last_kind_takes_what_no_other_takes() {
        let last = TABLE.last().expect("the table has entries");
        assert_eq!(last.token, Some(TokenPattern::default()));
    }

    #[test]
    fn cards_are_known_by_their_answer_to_reset() {
        let cases = [
            ("3B7F9600008031805843657274756D3031829000", Some("certum")),
            ("3BDD96FF8131FE4580595F5374645F496E697481059B", Some("certum")),
            ("3BDA18FF81B1FE751F030031F573C001600090001C", Some("openpgp")),
            ("3BDA11FF81B1FE551F0300318473800180009000E4", Some("openpgp")),
            ("3BFD1300008131FE158073C021C057597562694B657940", Some("openpgp")),
            ("3B6800000073C84013009000", None),
        ];
        for (atr, expected) in cases {
            let atr = pattern::bytes(atr).expect("hex");
            assert_eq!(Drivers::of_atr(&atr).map(|driver| driver.id.as_str()), expected);
        }
    }
}
