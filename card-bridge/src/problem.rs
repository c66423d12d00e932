//! What went wrong, for a program and for a person: one sentence what happened, and what to do next.

use crate::prompt::PromptError;
use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};
use protocol::{CardProblem, CardProblemCode as Code};
use std::fmt;

mod table;

/// Why a task ended without what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: Code,
    advice: Option<String>,
}

impl Failure {
    /// With the usual advice.
    pub fn new(code: Code) -> Self {
        Self { code, advice: None }
    }

    /// With advice for this card, instead of the usual one.
    pub fn with_advice(code: Code, advice: impl Into<String>) -> Self {
        Self { code, advice: Some(advice.into()) }
    }

    /// What a program compares.
    pub fn code(&self) -> Code {
        self.code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(table::title(self.code))
    }
}

impl std::error::Error for Failure {}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<Failure> for CardProblem {
    fn from(failure: Failure) -> Self {
        let problem = describe(failure.code);
        Self { advice: failure.advice.unwrap_or(problem.advice), ..problem }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // Names a function and a code of PKCS #11, never what it was called with.
        tracing::debug!(%error, "the module reports a fault");
        Self::new(code(&error))
    }
}

impl From<PromptError> for Failure {
    fn from(error: PromptError) -> Self {
        Self::new(match error {
            PromptError::Cancelled => Code::PinCancelled,
            PromptError::TimedOut => Code::PinTimedOut,
            PromptError::Unavailable => Code::PromptUnavailable,
        })
    }
}

/// All problems, with the usual advice.
pub fn all() -> impl Iterator<Item = CardProblem> {
    table::ALL.into_iter().map(describe)
}

/// A code in words.
pub fn describe(code: Code) -> CardProblem {
    CardProblem { code, title: table::title(code).to_owned(), advice: table::advice(code).to_owned() }
}

/// What a fault of a module means to a person.
///
/// PKCS #11 v3.1 §5.1.
pub fn code(error: &Error) -> Code {
    match error {
        Error::Pkcs11(RvError::FunctionNotSupported, Function::GenerateKeyPair | Function::SignInit) => {
            Code::AlgorithmUnsupported
        }
        Error::Pkcs11(value, function) => match code_of_return_value(*value) {
            // OpenSC says so when the admin PIN is needed for what the PIN was entered for.
            Code::PinLength if !takes_pin(*function) => Code::CardReadOnly,
            code => code,
        },
        Error::LibraryLoading(_) | Error::MissingSymbol(_) => Code::ModuleMissing,
        Error::NullFunctionPointer | Error::NotSupported => Code::ModuleFailed,
        _ => Code::CardFault,
    }
}

fn takes_pin(function: Function) -> bool {
    matches!(function, Function::Login | Function::InitPIN | Function::SetPIN | Function::InitToken)
}

fn code_of_return_value(value: RvError) -> Code {
    match value {
        RvError::PinIncorrect => Code::PinWrong,
        // Characters that the card does not take, or too few of them.
        RvError::PinInvalid | RvError::PinLenRange | RvError::PinTooWeak => Code::PinLength,
        RvError::PinExpired | RvError::NewPinMode => Code::PinMustBeChanged,
        RvError::PinLocked => Code::PinBlocked,
        RvError::UserPinNotInitialized => Code::PinNotSet,
        RvError::Cancel | RvError::FunctionCanceled | RvError::FunctionRejected => Code::PinCancelled,
        RvError::TokenNotPresent
        | RvError::DeviceRemoved
        | RvError::SlotIdInvalid
        | RvError::SessionHandleInvalid
        | RvError::SessionClosed => Code::CardRemoved,
        RvError::TokenNotRecognized => Code::CardUnknown,
        RvError::MechanismInvalid
        | RvError::MechanismParamInvalid
        | RvError::KeySizeRange
        | RvError::CurveNotSupported
        | RvError::DomainParamsInvalid => Code::AlgorithmUnsupported,
        RvError::DeviceMemory => Code::CardFull,
        RvError::FunctionNotSupported
        | RvError::TokenWriteProtected
        | RvError::SessionReadOnly
        | RvError::AttributeReadOnly
        | RvError::ActionProhibited => Code::CardReadOnly,
        RvError::PublicKeyInvalid => Code::KeyRefused,
        RvError::HostMemory
        | RvError::NeedToCreateThreads
        | RvError::CantLock
        | RvError::MutexBad
        | RvError::MutexNotLocked
        | RvError::LibraryLoadFailed
        | RvError::CryptokiNotInitialized
        | RvError::CryptokiAlreadyInitialized => Code::ModuleFailed,
        _ => Code::CardFault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_return_value_of_the_standard_has_a_meaning() {
        let expected = [
            (Code::PinWrong, &[RvError::PinIncorrect][..]),
            (Code::PinLength, &[RvError::PinLenRange, RvError::PinInvalid, RvError::PinTooWeak]),
            (Code::PinMustBeChanged, &[RvError::PinExpired]),
            (Code::PinBlocked, &[RvError::PinLocked]),
            (Code::PinNotSet, &[RvError::UserPinNotInitialized]),
            (Code::PinCancelled, &[RvError::FunctionCanceled, RvError::Cancel]),
            (
                Code::CardRemoved,
                &[RvError::DeviceRemoved, RvError::TokenNotPresent, RvError::SessionHandleInvalid],
            ),
            (Code::CardUnknown, &[RvError::TokenNotRecognized]),
            (
                Code::AlgorithmUnsupported,
                &[RvError::MechanismInvalid, RvError::KeySizeRange, RvError::CurveNotSupported],
            ),
            (Code::CardFull, &[RvError::DeviceMemory]),
            (Code::CardReadOnly, &[RvError::TokenWriteProtected, RvError::SessionReadOnly]),
            (Code::ModuleFailed, &[RvError::HostMemory, RvError::CryptokiNotInitialized]),
            (Code::CardFault, &[RvError::GeneralError, RvError::DeviceError, RvError::FunctionFailed]),
            (Code::CardFault, &[RvError::VendorDefined(0x8000_0001), RvError::UserNotLoggedIn]),
        ];
        for (code, values) in expected {
            for value in values {
                let failure = Failure::from(Error::Pkcs11(*value, Function::Login));
                assert_eq!(failure.code(), code, "{value:?}");
            }
        }
    }

    #[test]
    fn a_fault_with_a_pin_is_one_only_where_a_pin_was_given() {
        let code = |function| code(&Error::Pkcs11(RvError::PinLenRange, function));
        assert_eq!(code(Function::Login), Code::PinLength);
        assert_eq!(code(Function::GenerateKeyPair), Code::CardReadOnly);
    }

    #[test]
    fn what_a_card_cannot_do_at_all_is_said_by_what_was_asked_for() {
        let code = |function| code(&Error::Pkcs11(RvError::FunctionNotSupported, function));
        assert_eq!(code(Function::GenerateKeyPair), Code::AlgorithmUnsupported);
        assert_eq!(code(Function::CreateObject), Code::CardReadOnly);
    }

    #[test]
    fn to_be_logged_in_already_is_never_success_and_never_a_wrong_pin() {
        assert_eq!(code(&Error::Pkcs11(RvError::UserAlreadyLoggedIn, Function::Login)), Code::CardFault);
    }

    #[test]
    fn a_module_that_cannot_be_loaded_is_missing() {
        assert_eq!(code(&Error::MissingSymbol("C_GetFunctionList")), Code::ModuleMissing);
    }

    #[test]
    fn advice_for_a_card_takes_the_place_of_the_usual_one() {
        let problem = CardProblem::from(Failure::with_advice(Code::CardFull, "Do this."));
        assert_eq!(problem.title, describe(Code::CardFull).title);
        assert_eq!(problem.advice, "Do this.");
    }

    #[test]
    fn a_window_that_gave_no_answer_has_its_own_code_for_each_reason() {
        let codes = [PromptError::Cancelled, PromptError::TimedOut, PromptError::Unavailable]
            .map(|error| Failure::from(error).code());
        assert_eq!(codes, [Code::PinCancelled, Code::PinTimedOut, Code::PromptUnavailable]);
    }
}
