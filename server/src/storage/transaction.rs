use super::Connection;
use std::ops::{Deref, DerefMut};

/// What an act writes through. No other act runs at the same time, on this server or on another one of the same database, and
/// none of what is written is seen before all of it is durable: whoever has a `Transaction` may read, decide and write.
#[derive(Debug)]
pub(crate) struct Transaction {
    connection: Connection,
    wrote_job: bool,
}

impl Transaction {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, wrote_job: false }
    }

    pub(super) fn note_job(&mut self) {
        self.wrote_job = true;
    }

    /// Whether a job was written since this was last asked.
    pub(crate) fn take_wrote_job(&mut self) -> bool {
        std::mem::take(&mut self.wrote_job)
    }

    pub(super) fn into_connection(self) -> Connection {
        self.connection
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}
