//! Does what a page asked for: waits for the right card, asks the person for the PIN, works, and looks whether it worked.

use crate::card::Cards;
use crate::card::inventory::InsertedCard;
use crate::driver::Drivers;
use crate::problem::Failure;
use crate::prompt::Prompt;
use choice::{Choice, choose};
use person::Person;
use protocol::{CardOutcome, CardProblem, CardProblemCode as Code, CardTask, CardWork, OperationState};
use std::time::{Duration, Instant};
use work::Work;

mod choice;
mod generate;
mod install;
pub(crate) mod login;
pub(crate) mod person;
mod remove;
mod work;

/// How long a person has to insert a card, or to mend what the report shows. Our choice: as long as it takes to fetch a
/// card from home would be too long for a page that waits.
pub const PATIENCE: Duration = Duration::from_mins(10);
/// Cards that are no hardware make no event when they come, and none does when its PIN is unblocked: how often to look.
/// Our choice: a line turns green soon, and another program is seldom disturbed.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Does a task. `asker` is who asks, for the window: an origin, or an account at an origin.
///
/// It waits up to [`PATIENCE`] for what a person can mend. A key that was made stays on the card whatever happens
/// afterwards, and the next report shows it. No login outlives the call.
///
/// # Errors
/// Why it was not done, in words for the person.
pub fn perform(
    task: &CardTask,
    asker: &str,
    drivers: &Drivers,
    prompt: &mut dyn Prompt,
    progress: &mut dyn FnMut(OperationState),
) -> Result<CardOutcome, CardProblem> {
    perform_within(PATIENCE, task, asker, drivers, prompt, progress)
}

/// As [`perform`], with another time to wait for a card.
///
/// # Errors
/// As [`perform`].
pub fn perform_within(
    patience: Duration,
    task: &CardTask,
    asker: &str,
    drivers: &Drivers,
    prompt: &mut dyn Prompt,
    progress: &mut dyn FnMut(OperationState),
) -> Result<CardOutcome, CardProblem> {
    let person = Person::new(asker, prompt, progress);
    let mut performance = Performance { cards: Cards::new(drivers.clone()), person, service_ran: false };
    Ok(performance.run(task, patience)?)
}

struct Performance<'a> {
    cards: Cards,
    person: Person<'a>,
    /// Whether the smart-card service ran when the card was found.
    service_ran: bool,
}

impl Performance<'_> {
    fn run(&mut self, task: &CardTask, patience: Duration) -> Result<CardOutcome, Failure> {
        let work = Work::parse(task)?;
        self.person.sees(CardWork::Starting);
        let card = self.wait_for_card(&work, patience)?;
        self.do_work(&work, &card).map_err(|failure| self.explain(failure, &card))
    }

    fn do_work(&mut self, work: &Work, card: &InsertedCard) -> Result<CardOutcome, Failure> {
        match work {
            Work::Generate { algorithm, mailbox, .. } => self.generate(card, *algorithm, mailbox),
            Work::Reuse { public_key_sha256, mailbox, .. } => self.reuse(card, public_key_sha256, mailbox),
            Work::Remove { public_key_sha256, .. } => self.remove(card, public_key_sha256),
            Work::Install(certificate) => self.install(card, certificate),
        }
    }

    /// Looks again and again until the right card is ready, and shows the person what is there.
    fn wait_for_card(&mut self, work: &Work, patience: Duration) -> Result<InsertedCard, Failure> {
        let started = now();
        let mut shown = None;
        loop {
            let inventory = self.cards.scan();
            self.service_ran = inventory.service_runs();
            let code = match choose(work, &inventory) {
                Choice::Ready(card) => return Ok(card.clone()),
                Choice::Refused(failure) => return Err(failure),
                Choice::NotYet(code) => code,
            };
            // While a person mends something with another program, the card is that program's.
            self.cards.close();
            let report = inventory.report();
            if shown.as_ref() != Some(&report) {
                self.person.waits_for_card(report.clone());
                shown = Some(report);
            }
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(Failure::new(code));
            }
            self.cards.wait_for_change(LOOK_AGAIN.min(left));
        }
    }

    /// The same card, read anew.
    fn look_again(&mut self, inserted: &InsertedCard) -> Result<InsertedCard, Failure> {
        let inventory = self.cards.scan();
        Ok(inventory.card(&inserted.card.id).cloned().ok_or(Code::CardRemoved)?)
    }

    /// Cards that go report all kinds of faults: looks whether it is still there.
    fn explain(&mut self, failure: Failure, card: &InsertedCard) -> Failure {
        let may_be_gone = matches!(
            failure.code(),
            Code::CardFault | Code::ModuleFailed | Code::KeyNotOnCard | Code::CardRemoved
        );
        if !may_be_gone {
            return failure;
        }
        let inventory = self.cards.scan();
        if inventory.card(&card.card.id).is_some() {
            return failure;
        }
        let has_stopped = self.service_ran && !inventory.service_runs();
        Failure::new(if has_stopped { Code::ReaderServiceStopped } else { Code::CardRemoved })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a person waits; nothing that lasts depends on it"
)]
fn now() -> Instant {
    Instant::now()
}
