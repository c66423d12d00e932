//! Cards as PKCS #11 modules and the smart-card service show them: found, named, described without a PIN.
//!
//! What is done with a card on a person's behalf is in [`crate::task`].

use crate::driver::Drivers;
use crate::readers::Watch;
use inventory::Inventory;
use module::Module;
use protocol::CardReport;
use std::time::Duration;

pub(crate) mod inventory;
pub(crate) mod key;
mod module;
pub(crate) mod public_key;
pub(crate) mod signer;
pub(crate) mod token;

/// What is there now, without asking for a PIN. The revision is 0: who hands the report on counts.
///
/// Loads the modules of the card's makers into this process, and a fault of theirs ends it: call it in a process of its
/// own. While one process works on a card, no other should look: some cards forget a login when somebody else asks them.
pub fn report(drivers: &Drivers) -> CardReport {
    Cards::new(drivers.clone()).scan().report()
}

/// The cards of this computer.
#[derive(Debug)]
pub(crate) struct Cards {
    drivers: Drivers,
    modules: Vec<Module>,
    watch: Watch,
}

impl Cards {
    /// Loads nothing yet.
    pub(crate) fn new(drivers: Drivers) -> Self {
        Self { drivers, modules: Vec::new(), watch: Watch::new() }
    }

    /// Waits until a reader or a card comes or goes, at most so long, and says whether that happened. Cards that are no
    /// hardware make no event: look again after each second or so.
    pub(crate) fn wait_for_change(&mut self, timeout: Duration) -> bool {
        self.watch.wait_for_change(timeout)
    }

    /// Looks at everything anew. Modules keep stale news of cards that went, so each is initialised again. The tokens can
    /// be used until the next scan, or [`Cards::close`].
    pub(crate) fn scan(&mut self) -> Inventory {
        self.load_modules();
        let readers = self.watch.look();
        let tokens = self.modules.iter_mut().flat_map(|module| match module.restart() {
            Ok(()) => module.tokens(),
            Err(error) => {
                tracing::debug!(%error, module = %module.path().display(), "a module does not start");
                Vec::new()
            }
        });
        Inventory::new(tokens.collect(), &readers)
    }

    /// Ends all sessions, and lets other programs have the cards.
    pub(crate) fn close(&mut self) {
        self.modules.iter_mut().for_each(Module::stop);
    }

    /// A module may be installed while a person waits for it.
    fn load_modules(&mut self) {
        for path in self.drivers.installed_modules() {
            if self.modules.iter().any(|module| module.path() == path) {
                continue;
            }
            match Module::load(path.clone()) {
                Ok(module) => self.modules.push(module),
                Err(error) => {
                    tracing::debug!(%error, module = %path.display(), "a module cannot be loaded");
                }
            }
        }
    }
}
