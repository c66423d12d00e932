//! The one writer of a server. Acts wait in a queue; those that wait together are committed together, each in a savepoint of
//! its own, and answered after the commit. An act that fails takes back what it wrote and nothing else.
//!
//! Rules that no type holds: an act does SQL only (no signing, no mail, no file: all others wait behind it), and what it reads
//! of earlier acts of its group is told to nobody before the commit, as they fall together.
//!
//! A failure of the group itself (its beginning, a savepoint, its commit) leaves the connection in an unknown state: all its
//! acts are answered with an error, and the next group gets a new connection. So a full disk ends nothing for ever.

use super::{StorageError, Transaction, databases::Writing};
use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    thread,
    time::Duration,
};
use tokio::{
    runtime,
    sync::{mpsc, oneshot, watch},
};

/// Acts that may wait; one more is refused at once, which is kinder than a wait without end. Our choice.
const QUEUE_ACTS: usize = 1024;

/// Acts of one group. Our choice: above it a group gains little, and its first act waits longer.
const GROUP_ACTS: usize = 64;

/// The longest that the acts of a group may take. Our choice: a thousand times what they need, and longer than the wait for the
/// lock of other servers. The commit has no limit: given up in the middle, nobody would know whether it happened.
const GROUP_TIME: Duration = Duration::from_secs(30);

/// Where acts are put. A clone is the same writer.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Box<dyn Act>>,
    stop: watch::Sender<bool>,
    ended: watch::Receiver<bool>,
}

impl Writer {
    /// Starts the writer's thread. It has a thread of its own so that an act may be any future, sendable or not.
    pub(super) fn start(writing: Writing) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel(QUEUE_ACTS);
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = watch::channel(false);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("writer".to_owned()).spawn(move || {
            runtime.block_on(run(writing, waiting, stopped));
            end.send_replace(true);
        })?;
        Ok(Self { queue, stop, ended })
    }

    /// Runs the act in the next group. Who asked may go: the act is done nevertheless.
    pub(super) async fn write<T, E>(
        &self,
        act: impl AsyncFnOnce(&mut Transaction) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let pending: Box<dyn Act> = Box::new(Pending { act: Some(act), outcome: None, answer });
        self.queue.try_send(pending).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StorageError::Busy,
            mpsc::error::TrySendError::Closed(_) => StorageError::Closed,
        })?;
        answered.await.map_err(|_writer_ended| StorageError::Closed)?
    }

    /// Has the acts that wait done, takes no others, and waits for the end.
    pub(super) async fn close(&self) {
        self.stop.send_replace(true);
        // An error means that the thread is gone, which is what is waited for.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
    }
}

async fn run(writing: Writing, mut queue: mpsc::Receiver<Box<dyn Act>>, mut stopped: watch::Receiver<bool>) {
    let mut group = Vec::with_capacity(GROUP_ACTS);
    loop {
        let acts = tokio::select! {
            acts = queue.recv_many(&mut group, GROUP_ACTS) => acts,
            _ = stopped.wait_for(|stopped| *stopped), if !queue.is_closed() => {
                queue.close();
                continue;
            }
        };
        if acts == 0 {
            break;
        }
        let committed = commit(&writing, &mut group).await.map_err(Arc::new);
        for act in group.drain(..) {
            act.answer(&committed);
        }
    }
    writing.close().await;
}

/// One transaction with all acts of the group that did not fail.
async fn commit(writing: &Writing, group: &mut [Box<dyn Act>]) -> Result<(), StorageError> {
    let mut transaction = Discarding::new(Transaction::new(writing.connection().await?));
    match tokio::time::timeout(GROUP_TIME, run_all(writing, transaction.get(), group)).await {
        Ok(ran) => ran?,
        Err(_elapsed) => return Err(StorageError::TooSlow),
    }
    writing.commit(transaction.get()).await?;
    transaction.keep();
    Ok(())
}

async fn run_all(
    writing: &Writing,
    transaction: &mut Transaction,
    group: &mut [Box<dyn Act>],
) -> Result<(), StorageError> {
    writing.begin(transaction).await?;
    for act in group {
        writing.savepoint(transaction).await?;
        match act.run(transaction).await {
            Ran::Keep => writing.release(transaction).await?,
            Ran::TakeBack => writing.roll_back_to_savepoint(transaction).await?,
            Ran::Panicked => return Err(StorageError::Panicked),
        }
    }
    Ok(())
}

/// A transaction whose connection is closed, not used again, unless it is said to be sound: also where it is given up half way,
/// as an open one would hold the lock of all servers.
struct Discarding(Option<Transaction>);

impl Discarding {
    fn new(transaction: Transaction) -> Self {
        Self(Some(transaction))
    }

    fn get(&mut self) -> &mut Transaction {
        self.0.as_mut().expect("it is taken only at the end")
    }

    fn keep(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Discarding {
    fn drop(&mut self) {
        if let Some(transaction) = self.0.take() {
            transaction.into_connection().discard();
        }
    }
}

/// How an act ended.
enum Ran {
    Keep,
    TakeBack,
    Panicked,
}

/// An act without its types.
trait Act: Send {
    fn run<'a>(&'a mut self, transaction: &'a mut Transaction) -> Pin<Box<dyn Future<Output = Ran> + 'a>>;

    /// Tells who asked. Nobody hears of anything that is not committed.
    fn answer(self: Box<Self>, committed: &Result<(), Arc<StorageError>>);
}

struct Pending<F, T, E> {
    act: Option<F>,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Act for Pending<F, T, E>
where
    F: AsyncFnOnce(&mut Transaction) -> Result<T, E> + Send,
    T: Send,
    E: From<StorageError> + Send,
{
    fn run<'a>(&'a mut self, transaction: &'a mut Transaction) -> Pin<Box<dyn Future<Output = Ran> + 'a>> {
        Box::pin(async move {
            let act = self.act.take().expect("an act runs once");
            match catch_panic(act(transaction)).await {
                Ok(outcome) => match self.outcome.insert(outcome) {
                    Ok(_) => Ran::Keep,
                    Err(_) => Ran::TakeBack,
                },
                Err(_payload) => Ran::Panicked,
            }
        })
    }

    fn answer(self: Box<Self>, committed: &Result<(), Arc<StorageError>>) {
        let answer = match (self.outcome, committed) {
            (Some(outcome), Ok(())) => outcome,
            // A refusal too: it may rest on what an earlier act of the group wrote, which is not there now.
            (_, Err(error)) => Err(StorageError::NotCommitted(Arc::clone(error)).into()),
            (None, Ok(())) => Err(StorageError::Closed.into()),
        };
        // An error means that who asked has gone.
        let _ = self.answer.send(answer);
    }
}

/// What the future gives, or what it panicked with: one act that panics must not end the writer.
async fn catch_panic<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(payload) => Poll::Ready(Err(payload)),
    })
    .await
}
