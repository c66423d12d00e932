//! A form whose work is done by the worker: what is wrong, and whether it goes on.

use crate::{
    crypto::{
        CryptoWorker,
        tools::{Problem, ToolAnswer, ToolTask},
    },
    wizard::FieldError,
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Where a form stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Attempt {
    pub(super) errors: Vec<FieldError>,
    /// Grows with each submission.
    pub(super) number: u32,
    pub(super) going_on: bool,
    pub(super) answer: Option<Rc<ToolAnswer>>,
}

/// A form that was not submitted yet.
#[hook]
pub(super) fn use_attempt() -> UseStateHandle<Attempt> {
    use_state(Attempt::default)
}

/// Shows what to mend.
pub(super) fn refuse(attempt: &UseStateHandle<Attempt>, errors: Vec<FieldError>) {
    attempt.set(Attempt { errors, number: attempt.number.wrapping_add(1), ..Attempt::default() });
}

/// Asks a worker that ends with the answer; a problem is shown beside the field that `field_of` names.
pub(super) fn submit(
    attempt: &UseStateHandle<Attempt>,
    task: impl Future<Output = Result<ToolTask, Problem>> + 'static,
    field_of: fn(&Problem) -> &'static str,
    done: impl FnOnce(&ToolAnswer) + 'static,
) {
    if attempt.going_on {
        return;
    }
    let number = attempt.number.wrapping_add(1);
    attempt.set(Attempt { number, going_on: true, ..Attempt::default() });
    let setter = attempt.setter();
    spawn_local(async move {
        let answer = match task.await {
            Ok(task) => ask(task).await,
            Err(problem) => Err(problem),
        };
        setter.set(match answer {
            Ok(answer) => {
                done(&answer);
                Attempt { number, answer: Some(Rc::new(answer)), ..Attempt::default() }
            }
            Err(problem) => {
                let errors = vec![FieldError::new(field_of(&problem), problem.message)];
                Attempt { errors, number: number.wrapping_add(1), ..Attempt::default() }
            }
        });
    });
}

async fn ask(task: ToolTask) -> Result<ToolAnswer, Problem> {
    let worker = CryptoWorker::spawn_with_tools()?;
    worker.use_tool(&task, None).await
}
