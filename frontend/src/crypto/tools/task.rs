//! What the worker does for a tool. No browser is needed for it, so it is tested natively.

use super::{Content, Problem, ToolAnswer, ToolTask, certificates, identity, new_request, pfx};
use crate::crypto::{
    CryptoError,
    messages::{Answer, Task, decode, encode},
    task,
};
use getrandom::rand_core::CryptoRng;
use wasm_crypto::{KeyProgress, pbkdf2::Pbkdf2};

/// Does a task of a tool, and everything that [`task::perform`] does.
///
/// # Errors
/// Why it could not be done; what is wrong with the input of a tool stands in its answer.
pub async fn perform(
    task: Task,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<Answer, CryptoError> {
    match task {
        Task::Tool(task) => perform_encoded(&task, random, pbkdf2, progress).await.map(Answer::Tool),
        other => task::perform(other, random, pbkdf2, progress).await,
    }
}

/// From message to message.
async fn perform_encoded(
    task: &Content,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<Content, CryptoError> {
    let task = decode(task.as_bytes()).or(Err(CryptoError::DifferentVersions))?;
    let answer = use_tool(task, random, pbkdf2, progress).await;
    encode(&answer).map(Content::from).or(Err(CryptoError::DifferentVersions))
}

async fn use_tool(
    task: ToolTask,
    random: &mut impl CryptoRng,
    pbkdf2: &impl Pbkdf2,
    progress: &mut dyn FnMut(KeyProgress),
) -> Result<ToolAnswer, Problem> {
    match task {
        ToolTask::NewRequest(request) => {
            new_request::make(&request, random, pbkdf2, progress).await.map(ToolAnswer::NewRequest)
        }
        ToolTask::Certificates { input, now } => {
            certificates::describe(input.as_bytes(), now).map(ToolAnswer::Report)
        }
        ToolTask::InspectPfx { pfx, password, now } => {
            pfx::inspect(pfx.as_bytes(), password.as_ref(), now, pbkdf2).await.map(ToolAnswer::Pfx)
        }
        ToolTask::MakePfx(request) => pfx::make(&request, random, pbkdf2).await.map(ToolAnswer::File),
        ToolTask::ConvertPfx(request) => pfx::convert(&request, random, pbkdf2).await.map(ToolAnswer::File),
        ToolTask::Identify { input, password } => {
            identity::identify(input.as_bytes(), password.as_ref(), pbkdf2).await.map(ToolAnswer::Identity)
        }
    }
}
