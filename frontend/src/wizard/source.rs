//! The first question of two wizards: use what is verified already, or provide something new.

use super::FieldError;

/// The id of the question.
pub(crate) const SOURCE: &str = "source";
/// The value of the choice to provide something new; no id looks like it.
pub(crate) const NEW: &str = "new";

/// Where an organization or an address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It is verified already.
    Verified,
    /// The person provides it.
    New,
}

/// What the `value` of the choice means, which is empty before one is made; or what to fix first.
///
/// # Errors
/// Nothing is chosen, or what is not among the `offered` ids any more: what is `missing`.
pub(crate) fn answer(value: &str, offered: &[&str], missing: &str) -> Result<Source, Vec<FieldError>> {
    match value {
        NEW => Ok(Source::New),
        id if offered.contains(&id) => Ok(Source::Verified),
        _ => Err(vec![FieldError::new(SOURCE, missing)]),
    }
}

#[cfg(test)]
mod tests {
    use super::{NEW, SOURCE, Source, answer};

    #[test]
    fn without_a_choice_the_question_asks_for_one() {
        let errors = answer("", &["a"], "Choose one.").unwrap_err();
        assert_eq!((errors[0].field.as_str(), errors[0].message.as_str()), (SOURCE, "Choose one."));
    }

    #[test]
    fn what_is_verified_is_chosen_by_its_id() {
        assert_eq!(answer("b", &["a", "b"], "Choose one."), Ok(Source::Verified));
    }

    #[test]
    fn what_is_not_offered_any_more_is_no_answer() {
        assert!(answer("b", &["a"], "Choose one.").is_err());
    }

    #[test]
    fn something_new_can_be_chosen_whatever_is_offered() {
        assert_eq!(answer(NEW, &["a"], "Choose one."), Ok(Source::New));
        assert_eq!(answer(NEW, &[], "Choose one."), Ok(Source::New));
    }
}
