//! The lint before issuance.
use crate::authority::Issuer;
/// A rule that to-be-signed bytes break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    code: &'static str,
    citation: &'static str,
}
impl Finding {
    /// Stable, such as `validity-too-long`.
    pub fn code(&self) -> &'static str {
        self.code
    }
    /// Where the rule stands.
    pub fn citation(&self) -> &'static str {
        self.citation
    }
}
impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({})", self.code, self.citation)
    }
}
/// Reads to-be-signed bytes and names each rule that they break. `at` is the moment of preparation, Unix time.
pub fn lint(tbs: &[u8], issuer: &Issuer, at: u64) -> Vec<Finding> {
    let _ = issuer;
    todo!("{tbs:?} {at}")
}
