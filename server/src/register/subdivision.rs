use std::{collections::HashMap, sync::LazyLock};

/// ISO 3166-2 code to name, for the countries where the first customers are.
static NAMES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("subdivisions.json")).expect("a test reads the names that are built in")
});

/// The name of a state or province, such as `Mazowieckie` for `PL-14`. For other countries it is not known here, and
/// the person enters it.
pub(super) fn lookup(code: &str) -> Option<&'static str> {
    NAMES.get(code).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::lookup;

    #[test]
    fn a_code_has_its_name_and_another_has_none() {
        assert_eq!(lookup("PL-14"), Some("Mazowieckie"));
        assert_eq!(lookup("US-OR"), Some("Oregon"));
        assert_eq!(lookup("XX-1"), None);
    }
}
