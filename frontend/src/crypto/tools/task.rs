//! What the worker does for a tool. No browser is needed for it, so it is tested natively.

use super::{Problem, ToolAnswer, ToolTask, certificates, new_request};
use getrandom::rand_core::CryptoRng;
use wasm_crypto::{KeyProgress, pbkdf2::Pbkdf2};

/// Does it.
///
/// # Errors
/// What is wrong with the input.
pub(in crate::crypto) async fn perform(
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
    }
}
