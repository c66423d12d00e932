//! The first question of two wizards: use what is verified already, or provide something new.

use super::FieldError;
use serde::{Deserialize, Serialize};

/// The id of the question.
pub(crate) const SOURCE: &str = "source";
/// The value of the choice to provide something new; no id looks like it.
pub(crate) const NEW: &str = "new";

/// Where an organization or an address comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Source {
    /// It is verified, and has this id.
    Verified(String),
    /// The person provides it.
    New,
}

/// What is chosen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceDraft {
    source: Option<Source>,
}

/// What a person does at the question, or what happens to the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SourceAction {
    /// Chooses by the value of the choice.
    Choose(String),
    /// The time of what was chosen has run out: something new has to be provided.
    RunOut,
}

impl SourceDraft {
    /// The state after the action.
    pub(crate) fn reduce(mut self, action: SourceAction) -> Self {
        self.source = Some(match action {
            SourceAction::Choose(value) if value != NEW => Source::Verified(value),
            SourceAction::Choose(_) | SourceAction::RunOut => Source::New,
        });
        self
    }

    /// The value of the choice; empty where there is none yet.
    pub(crate) fn value(&self) -> &str {
        match &self.source {
            Some(Source::Verified(id)) => id,
            Some(Source::New) => NEW,
            None => "",
        }
    }

    /// The answer, or what to fix first.
    ///
    /// # Errors
    /// Nothing is chosen, or what is not among the `offered` ids any more.
    pub(crate) fn answer(&self, offered: &[&str], missing: &str) -> Result<Source, Vec<FieldError>> {
        match &self.source {
            Some(Source::Verified(id)) if !offered.contains(&id.as_str()) => {}
            Some(source) => return Ok(source.clone()),
            None => {}
        }
        Err(vec![FieldError::new(SOURCE, missing)])
    }
}

#[cfg(test)]
mod tests {
    use super::{NEW, SOURCE, Source, SourceAction, SourceDraft};

    fn after(action: SourceAction) -> SourceDraft {
        SourceDraft::default().reduce(action)
    }

    #[test]
    fn without_a_choice_the_question_asks_for_one() {
        let draft = SourceDraft::default();
        assert_eq!(draft.value(), "");
        let errors = draft.answer(&["a"], "Choose one.").unwrap_err();
        assert_eq!((errors[0].field.as_str(), errors[0].message.as_str()), (SOURCE, "Choose one."));
    }

    #[test]
    fn what_is_verified_is_chosen_by_its_id() {
        let draft = after(SourceAction::Choose("b".to_owned()));
        assert_eq!(draft.value(), "b");
        assert_eq!(draft.answer(&["a", "b"], "Choose one."), Ok(Source::Verified("b".to_owned())));
    }

    #[test]
    fn what_is_not_offered_any_more_is_no_answer() {
        let draft = after(SourceAction::Choose("b".to_owned()));
        assert!(draft.answer(&["a"], "Choose one.").is_err());
    }

    #[test]
    fn something_new_can_be_chosen_whatever_is_offered() {
        let draft = after(SourceAction::Choose(NEW.to_owned()));
        assert_eq!(draft.value(), NEW);
        assert_eq!(draft.answer(&[], "Choose one."), Ok(Source::New));
    }

    #[test]
    fn when_its_time_has_run_out_something_new_takes_the_place_of_what_was_chosen() {
        let draft = after(SourceAction::Choose("b".to_owned())).reduce(SourceAction::RunOut);
        assert_eq!(draft.answer(&["b"], "Choose one."), Ok(Source::New));
    }
}
