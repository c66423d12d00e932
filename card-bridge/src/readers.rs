//! Readers and the cards in them, as the system's smart-card service (PC/SC) sees them: who came, who went.
//!
//! It never speaks with a card, so it disturbs nobody who does.

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState as Status, Scope, State};
use std::ffi::CString;
use std::time::Duration;

/// How long to wait before the service is looked for again. Our choice: a person does not notice it.
const SERVICE_PAUSE: Duration = Duration::from_millis(250);

/// What comes, comes in several events: how long to wait for the last of them. Our choice.
const SETTLING_PAUSE: Duration = Duration::from_millis(100);
/// Whether the service says when a reader comes. That of macOS does not know the name that asks for it.
const ANNOUNCES_READERS: bool = cfg!(not(target_os = "macos"));

/// A reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Its name, as other programs show it.
    pub name: String,
    /// The answer to reset of the card in it; empty when the card does not answer.
    pub atr: Option<Vec<u8>>,
    /// Whether another program keeps the card to itself.
    pub exclusive: bool,
}

/// What the service sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readers {
    /// It does not run.
    ServiceStopped,
    /// These; there may be none.
    Connected(Vec<Reader>),
}

/// Follows readers and cards. Survives the end of the service, and finds it again when it is back.
pub struct Watch {
    context: Option<Context>,
    statuses: Vec<Status>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Watch").field("connected", &self.context.is_some()).finish_non_exhaustive()
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch {
    /// Sees nothing before [`Watch::look`].
    pub fn new() -> Self {
        Self { context: None, statuses: Vec::new() }
    }

    /// What is there now; [`Watch::wait_for_change`] waits for something else from here on.
    pub fn look(&mut self) -> Readers {
        match self.refresh() {
            Ok(()) => {}
            // Windows runs the service only while a reader is connected.
            Err(Error::NoService | Error::ServiceStopped) if cfg!(windows) => {
                self.forget();
                return Readers::Connected(Vec::new());
            }
            Err(_) => {
                self.forget();
                return Readers::ServiceStopped;
            }
        }
        let readers = self.statuses.iter().filter(|status| status.name() != PNP_NOTIFICATION());
        Readers::Connected(readers.map(reader).collect())
    }

    /// Waits until a reader or a card comes or goes, or the service does, and says whether that happened in time.
    pub fn wait_for_change(&mut self, timeout: Duration) -> bool {
        let Some(context) = &self.context else {
            return self.wait_for_service(timeout);
        };
        if self.statuses.is_empty() {
            std::thread::sleep(timeout);
            return false;
        }
        match context.get_status_change(timeout, &mut self.statuses) {
            Err(Error::Timeout) => return false,
            Ok(()) => {}
            // The service ended, or a reader went while it was asked for.
            Err(_) => self.forget(),
        }
        std::thread::sleep(SETTLING_PAUSE);
        true
    }

    fn wait_for_service(&mut self, timeout: Duration) -> bool {
        let mut left = timeout;
        loop {
            let pause = left.min(SERVICE_PAUSE);
            std::thread::sleep(pause);
            left = left.saturating_sub(pause);
            if let Ok(context) = Context::establish(Scope::User) {
                self.context = Some(context);
                return true;
            }
            if left.is_zero() {
                return false;
            }
        }
    }

    fn refresh(&mut self) -> Result<(), Error> {
        let valid = self.context.take().filter(|context| context.is_valid().is_ok());
        let context = if let Some(context) = valid {
            context
        } else {
            self.statuses.clear();
            Context::establish(Scope::User)?
        };
        let names = match context.list_readers_owned() {
            Err(Error::NoReadersAvailable) => Vec::new(),
            names => names?,
        };
        self.follow(names);
        if !self.statuses.is_empty() {
            match context.get_status_change(Duration::ZERO, &mut self.statuses) {
                Ok(()) | Err(Error::Timeout) => {}
                Err(error) => return Err(error),
            }
        }
        self.statuses.iter_mut().for_each(Status::sync_current_state);
        self.context = Some(context);
        Ok(())
    }

    /// Keeps what is known of the readers that are still there, and adds the new ones.
    fn follow(&mut self, names: Vec<CString>) {
        let is_there = |status: &Status| {
            status.name() == PNP_NOTIFICATION() || names.iter().any(|name| name.as_c_str() == status.name())
        };
        self.statuses.retain(is_there);
        let announcement = ANNOUNCES_READERS.then(|| PNP_NOTIFICATION().to_owned());
        for name in announcement.into_iter().chain(names) {
            if !self.statuses.iter().any(|status| status.name() == name.as_c_str()) {
                self.statuses.push(Status::new(name, State::UNAWARE));
            }
        }
    }

    fn forget(&mut self) {
        self.context = None;
        self.statuses.clear();
    }
}

fn reader(status: &Status) -> Reader {
    let state = status.event_state();
    Reader {
        name: status.name().to_string_lossy().into_owned(),
        atr: state.contains(State::PRESENT).then(|| status.atr().to_vec()),
        exclusive: state.contains(State::EXCLUSIVE),
    }
}
