//! The live view of readers and cards: kept fresh by short-lived workers, for as long as a page looks at it.

use crate::{
    clock,
    job::{Job, Line},
    operation::{LONGEST_WAIT, Operations},
    supervisor::Worker,
};
use protocol::{CardReport, ReaderState};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle, time::Instant};

/// Between two looks. Our choice: a line turns green within two seconds, and nothing is loaded more often than needed.
const PAUSE: Duration = Duration::from_millis(1500);
/// A module that does not answer is given up. Our choice.
const LOOK_TIMEOUT: Duration = Duration::from_secs(20);
/// Nobody looks any more. Our choice: longer than a long poll and the pause after it.
const LOOKED_AT: Duration = Duration::from_secs(40);

/// What is there, and who keeps it fresh.
#[derive(Clone, Debug)]
pub struct CardWatch {
    report: watch::Sender<CardReport>,
    looked_at: watch::Sender<Instant>,
    looker: Arc<Mutex<Option<JoinHandle<()>>>>,
    operations: Operations,
}

impl CardWatch {
    /// Looks only while no operation runs: that one has the card.
    #[must_use]
    pub fn new(operations: Operations) -> Self {
        let nothing = CardReport { revision: 0, readers: ReaderState::Missing, cards: Vec::new() };
        Self {
            report: watch::channel(nothing).0,
            looked_at: watch::channel(clock::now()).0,
            looker: Arc::default(),
            operations,
        }
    }

    /// What is there, as soon as its revision is not `seen`, or after the wait. Revision 0 is no look at all, and is
    /// waited for.
    pub async fn follow(&self, seen: u64, wait: Duration) -> CardReport {
        self.looked_at.send_replace(clock::now());
        self.keep_looking();
        let mut report = self.report.subscribe();
        let changed = report.wait_for(|report| report.revision != seen && report.revision != 0);
        // Too late: the newest is the answer.
        drop(tokio::time::timeout(wait.min(LONGEST_WAIT), changed).await);
        self.looked_at.send_replace(clock::now());
        report.borrow().clone()
    }

    fn keep_looking(&self) {
        let mut looker = self.looker.lock().unwrap_or_else(PoisonError::into_inner);
        if looker.as_ref().is_none_or(JoinHandle::is_finished) {
            *looker = Some(tokio::spawn(look_while_somebody_does(self.clone())));
        }
    }
}

async fn look_while_somebody_does(watch: CardWatch) {
    while watch.looked_at.borrow().elapsed() < LOOKED_AT {
        if !watch.operations.is_running()
            && let Some(seen) = look().await
        {
            watch.report.send_if_modified(|report| {
                let is_news =
                    report.revision == 0 || report.readers != seen.readers || report.cards != seen.cards;
                if is_news {
                    let revision = report.revision.saturating_add(1);
                    *report = CardReport { revision, ..seen };
                }
                is_news
            });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One look, in a worker of its own: it sees what has changed since the module was loaded last, and takes no harm.
async fn look() -> Option<CardReport> {
    let mut worker = Worker::start(&Job::Look).await.ok()?;
    let answer = tokio::time::timeout(LOOK_TIMEOUT, worker.next()).await;
    worker.end().await;
    match answer {
        Ok(Some(Line::Report(report))) => Some(report),
        _ => None,
    }
}
