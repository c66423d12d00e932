use serde::{Deserialize, Serialize};

/// An error as `application/problem+json` (RFC 9457 §3.1).
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable and relative, `/problems/<slug>`: what a program compares.
    #[serde(rename = "type")]
    pub kind: String,
    /// One sentence for a person: what happened.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What to do next, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields of the request that are wrong, in the order of the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

impl Problem {
    /// The last part of `type`.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.kind.rsplit('/').next().unwrap_or_default()
    }
}

/// What is wrong with one field, in words that stand beside it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// The field's JSON name.
    pub field: String,
    /// Stable: what a program compares.
    pub code: String,
    /// One sentence that says what to enter.
    pub message: String,
}
