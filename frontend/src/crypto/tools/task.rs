//! What the worker does for a tool. No browser is needed for it, so it is tested natively.

use super::{Content, Problem, ToolAnswer, ToolTask, certificates, identity, new_request, pfx, pfx_file};
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
        ToolTask::InspectPfx(request) => pfx::inspect(&request, pbkdf2).await.map(ToolAnswer::Pfx),
        ToolTask::MakePfx(request) => pfx_file::make(&request, random, pbkdf2).await.map(ToolAnswer::File),
        ToolTask::ConvertPfx(request) => {
            pfx_file::convert(&request, random, pbkdf2).await.map(ToolAnswer::File)
        }
        ToolTask::Identify { input, password } => {
            identity::identify(input.as_bytes(), password.as_ref(), pbkdf2).await.map(ToolAnswer::Identity)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{
        TypedSecret,
        tools::{About, ConvertPfx, InspectPfx, Patience},
    };
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use wasm_crypto::{pbkdf2::Portable, pfx};

    /// Written under [`COMPOSED`].
    const PFX: &[u8] = include_bytes!("../../../../tests/vectors/pfx/openssl-unicode-password.p12");
    const PRIVATE_KEY: &[u8] =
        include_bytes!("../../../../tests/vectors/private-keys/ec-pbes2-unicode-passphrase.pem");
    const COMPOSED: &str = "Za\u{17C}\u{F3}\u{142}\u{107}-Ωпароль";
    const DECOMPOSED: &str = "Zaz\u{307}o\u{301}\u{142}c\u{301}-Ωпароль";

    fn use_tool(task: ToolTask) -> Result<ToolAnswer, Problem> {
        pollster::block_on(super::use_tool(task, &mut UnwrapErr(SysRng), &Portable, &mut |_| ()))
    }

    fn content(bytes: &[u8]) -> Content {
        bytes.to_vec().into()
    }

    fn decomposed() -> TypedSecret {
        TypedSecret::new(DECOMPOSED.to_owned(), |_| COMPOSED.to_owned())
    }

    #[test]
    fn a_file_opens_with_its_password_in_another_spelling() {
        let password = Some(decomposed());
        let inspected = use_tool(ToolTask::InspectPfx(InspectPfx {
            pfx: content(PFX),
            passwords: password.iter().cloned().collect(),
            patience: Patience::Short,
            now: 0,
        }));
        let Ok(ToolAnswer::Pfx(report)) = inspected else { panic!("{inspected:?}") };
        assert!(report.is_open, "{:?}", report.password_problem);
        for (input, kind) in [(PFX, "PFX"), (PRIVATE_KEY, "Private key")] {
            let found = use_tool(ToolTask::Identify { input: content(input), password: password.clone() });
            let Ok(ToolAnswer::Identity(identity)) = found else { panic!("{found:?}") };
            assert_eq!(identity.kind, kind);
        }
    }

    #[test]
    fn a_password_that_is_wrong_in_both_spellings_is_called_wrong() {
        let wrong = || Some(TypedSecret::new(format!("{DECOMPOSED}!"), |_| format!("{COMPOSED}!")));
        for input in [PFX, PRIVATE_KEY] {
            let found = use_tool(ToolTask::Identify { input: content(input), password: wrong() });
            assert_eq!(found.unwrap_err().about, About::Password);
        }
    }

    #[test]
    fn what_keeps_its_password_is_written_anew_under_the_composed_spelling() {
        let task = ConvertPfx {
            pfx: content(PFX),
            password: decomposed(),
            second_password: None,
            certificates: Content::default(),
            new_password: None,
            preset: "compatible".to_owned(),
            now: 0,
        };
        let converted = use_tool(ToolTask::ConvertPfx(task));
        let Ok(ToolAnswer::File(made)) = converted else { panic!("{converted:?}") };
        let opens = |password| pollster::block_on(pfx::open(&made.content, password, &Portable)).is_ok();
        assert!(opens(COMPOSED) && !opens(DECOMPOSED));
    }
}
