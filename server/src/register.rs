//! Registers of organizations: one question, several that can answer it.

mod demonstration;
mod gleif;
mod number;
mod subdivision;

pub use demonstration::DemonstrationRegister;
pub use gleif::{Gleif, GleifError, PUBLIC_BASE_URL as PUBLIC_GLEIF_URL};
pub use number::{NumberError, RegistrationNumber};

use protocol::{RegisterEntry, RegisterExample};
use std::{future::Future, pin::Pin};

/// What a register answers, once it does.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<RegisterEntry>, RegisterError>> + Send + 'a>>;

/// A register that can be searched by number.
pub trait Register: Send + Sync {
    /// The organizations with this number; none is a valid answer.
    fn lookup<'a>(&'a self, number: &'a RegistrationNumber) -> Answer<'a>;

    /// Organizations to try the search with. A register of real organizations names none.
    fn examples(&self) -> Vec<RegisterExample> {
        Vec::new()
    }
}

/// Why a register gave no answer. None of the texts holds what was searched for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// This register is not searched by such numbers.
    #[error("this register is not searched by numbers of this type")]
    NotSearchable,
    /// No connection.
    #[error("the register could not be reached")]
    Unreachable,
    /// No answer in time.
    #[error("the register did not answer in time")]
    Timeout,
    /// The register wants to be asked less often.
    #[error("the register was asked too often")]
    TooManyRequests,
    /// The register answered with an error.
    #[error("the register answered with the status {status}")]
    Status {
        /// HTTP.
        status: u16,
    },
    /// The register answered something that is not as agreed.
    #[error("the register's answer could not be read")]
    Unreadable,
}
