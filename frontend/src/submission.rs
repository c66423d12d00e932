//! What became of a form: nothing yet, going on, refused with errors, failed.

use crate::{
    api::{Answer, ApiError, Call, Coming},
    component::{button::Readiness, error_summary::ErrorSummary, failure::notice_of},
    wizard::FieldError,
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Where a form stands.
#[derive(Clone, Debug, Default, PartialEq)]
struct Standing {
    outcome: Outcome,
    /// How often it was submitted.
    attempt: u32,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Outcome {
    #[default]
    Open,
    GoingOn,
    Refused(Vec<FieldError>),
    Failed(ApiError),
}

impl Reducible for Standing {
    type Action = Outcome;

    fn reduce(self: Rc<Self>, outcome: Outcome) -> Rc<Self> {
        let submitted_again = matches!(outcome, Outcome::Refused(_) | Outcome::Failed(_));
        Rc::new(Self { outcome, attempt: self.attempt.wrapping_add(u32::from(submitted_again)) })
    }
}

/// What to do with the answer, once it is there.
type Conclusion = Box<dyn FnOnce()>;
/// Reads the answer first.
type Conclude = Box<dyn FnOnce(&Answer) -> Result<Conclusion, ApiError>>;

/// One form of a page, or one button that asks the server for something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Submission {
    standing: UseReducerHandle<Standing>,
}

/// A form that was not submitted yet.
#[hook]
pub(crate) fn use_submission() -> Submission {
    Submission { standing: use_reducer(Standing::default) }
}

impl Submission {
    /// Shows what to mend.
    pub(crate) fn refuse(&self, errors: Vec<FieldError>) {
        self.standing.dispatch(Outcome::Refused(errors));
    }

    /// Forgets errors: the form is as it should be, or gone.
    pub(crate) fn clear(&self) {
        self.standing.dispatch(Outcome::Open);
    }

    /// Makes the call unless one is going on already, then does `done` with what it gave.
    pub(crate) fn run<T: 'static>(&self, call: Call<T>, done: impl FnOnce(T) + 'static) {
        let (answer, read) = call.into_parts();
        self.run_untyped(
            answer,
            Box::new(move |answer| {
                let value = read(answer)?;
                Ok(Box::new(move || done(value)))
            }),
        );
    }

    /// The part that is the same for every type, so that it is in the program once.
    fn run_untyped(&self, answer: Coming<Answer>, conclude: Conclude) {
        if self.standing.outcome == Outcome::GoingOn {
            return;
        }
        self.standing.dispatch(Outcome::GoingOn);
        let dispatcher = self.standing.dispatcher();
        spawn_local(async move {
            match answer.await.and_then(|answer| conclude(&answer)) {
                Ok(conclude) => {
                    dispatcher.dispatch(Outcome::Open);
                    conclude();
                }
                Err(error) => {
                    let errors = error.field_errors();
                    let refused = !errors.is_empty();
                    dispatcher.dispatch(if refused {
                        Outcome::Refused(errors)
                    } else {
                        Outcome::Failed(error)
                    });
                }
            }
        });
    }

    /// The errors beside the fields.
    pub(crate) fn errors(&self) -> Vec<FieldError> {
        match &self.standing.outcome {
            Outcome::Refused(errors) => errors.clone(),
            Outcome::Open | Outcome::GoingOn | Outcome::Failed(_) => Vec::new(),
        }
    }

    /// Why it failed as a whole.
    pub(crate) fn failure(&self) -> Option<&ApiError> {
        match &self.standing.outcome {
            Outcome::Failed(error) => Some(error),
            Outcome::Open | Outcome::GoingOn | Outcome::Refused(_) => None,
        }
    }

    /// Whether its button can be used.
    pub(crate) fn readiness(&self) -> Readiness {
        Readiness::busy_while(self.standing.outcome == Outcome::GoingOn)
    }

    /// What stands above the form: the error summary, or why it failed.
    pub(crate) fn view(&self) -> Html {
        html! {
            <>
                <ErrorSummary errors={self.errors()} attempt={self.standing.attempt} />
                { notice_of(self.failure()) }
            </>
        }
    }
}
