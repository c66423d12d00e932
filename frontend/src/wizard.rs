//! The three wizards, the question that two of them begin with, and what is known of the card bridge, as pure state,
//! action and reduce. Nothing here knows the browser, the network or Yew, and nothing here ever holds a secret: a draft
//! is kept in the tab's session storage.

pub(crate) mod activation;
pub(crate) mod card;
pub(crate) mod data;
pub(crate) mod email;
pub(crate) mod source;

use protocol::FieldProblem;

/// What is wrong with one field of a form, in words that stand beside it and in the error summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// The id of the field's element, equal to the field's JSON name.
    pub(crate) field: String,
    /// One sentence that says what to enter.
    pub(crate) message: String,
}

impl FieldError {
    /// An error of the field with this id.
    pub(crate) fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

impl From<&FieldProblem> for FieldError {
    /// The server names nested fields with a path (`data.country`); a form's element has the last part as its id.
    fn from(problem: &FieldProblem) -> Self {
        let field = problem.field.rsplit(['.', '/']).next().unwrap_or_default();
        Self::new(field, problem.message.clone())
    }
}

/// The message for one field, where it has one.
pub(crate) fn message_for(errors: &[FieldError], field: &str) -> Option<String> {
    errors.iter().find(|error| error.field == field).map(|error| error.message.clone())
}

#[cfg(test)]
mod tests {
    use super::{FieldError, message_for};
    use protocol::FieldProblem;

    #[test]
    fn a_nested_field_of_the_server_lands_on_the_element_of_the_form() {
        let problem = FieldProblem {
            field: "data.country".to_owned(),
            code: "unknown".to_owned(),
            message: "Choose a country.".to_owned(),
        };
        let errors = [FieldError::from(&problem)];
        assert_eq!(message_for(&errors, "country").as_deref(), Some("Choose a country."));
        assert_eq!(message_for(&errors, "locality"), None);
    }
}
