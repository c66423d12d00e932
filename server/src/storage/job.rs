//! What the server does later. Who has the lease of a job works on it; when the lease ends, somebody else may.

use super::{
    Connection, Cursor, Limit, Page, StorageError, Transaction,
    column::{Moment, of_word},
};
use crate::id::JobId;
use protocol::Timestamp;
use sqlx::FromRow;

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// Sends one message: its subject.
    Mail,
    /// Signs the issuing CA's list of revoked certificates. At most one waits.
    Crl,
    /// Removes what ended. At most one waits.
    Removal,
}

impl JobKind {
    fn column(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Crl => "crl",
            Self::Removal => "removal",
        }
    }

    fn from_column(text: &str) -> Result<Self, StorageError> {
        of_word([Self::Mail, Self::Crl, Self::Removal], Self::column, text, "job.kind")
    }
}

/// Which of the jobs that are due comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Priority {
    /// The server's own duties: no mail keeps them waiting.
    Duty,
    /// A person waits for it.
    Urgent,
    /// Nobody looks at the clock.
    Normal,
}

impl Priority {
    const ALL: [Self; 3] = [Self::Duty, Self::Urgent, Self::Normal];

    fn column(self) -> i64 {
        match self {
            Self::Duty => 0,
            Self::Urgent => 1,
            Self::Normal => 2,
        }
    }
}

/// A job that is not done.
#[derive(Clone, Debug)]
pub(crate) struct StoredJob {
    pub(crate) id: JobId,
    pub(crate) kind: JobKind,
    /// What it is about.
    pub(crate) subject: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) due_at: Timestamp,
    /// Until when somebody works on it.
    pub(crate) lease_until: Timestamp,
    /// How often it was taken.
    pub(crate) attempts: u32,
    pub(crate) last_error: Option<String>,
    pub(crate) given_up: bool,
}

/// A job that is not written yet.
#[derive(Debug)]
pub(crate) struct NewJob<'a> {
    pub(crate) id: &'a JobId,
    pub(crate) kind: JobKind,
    pub(crate) subject: Option<&'a str>,
    pub(crate) priority: Priority,
    pub(crate) created_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    id: JobId,
    kind: String,
    subject: Option<String>,
    created_at: Moment,
    due_at: Moment,
    lease_until: Moment,
    attempts: i64,
    last_error: Option<String>,
    given_up_at: Option<Moment>,
}

impl TryFrom<Row> for StoredJob {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, Self::Error> {
        Ok(Self {
            id: row.id,
            kind: JobKind::from_column(&row.kind)?,
            subject: row.subject,
            created_at: row.created_at.into(),
            due_at: row.due_at.into(),
            lease_until: row.lease_until.into(),
            attempts: u32::try_from(row.attempts)
                .map_err(|_negative| StorageError::Unreadable { column: "job.attempts" })?,
            last_error: row.last_error,
            given_up: row.given_up_at.is_some(),
        })
    }
}

/// Adds a job. Where one of a recurring kind waits already, that one is due at the earlier of both moments.
pub(crate) async fn insert(transaction: &mut Transaction, job: &NewJob<'_>) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO job (id, kind, subject, priority, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind) WHERE done_at IS NULL AND given_up_at IS NULL AND kind IN ('crl', 'removal')
             DO UPDATE SET due_at = excluded.due_at, lease_until = 0 WHERE job.due_at > excluded.due_at",
        )
        .bind(job.id)
        .bind(job.kind.column())
        .bind(job.subject)
        .bind(job.priority.column())
        .bind(Moment(job.created_at))
        .bind(Moment(job.due_at))
        .execute()
        .await?;
    transaction.note_job();
    Ok(())
}

/// Takes the job that comes first of those that are due and that nobody has, until `lease_until`.
pub(crate) async fn take(
    transaction: &mut Transaction,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Option<StoredJob>, StorageError> {
    for priority in Priority::ALL {
        let taken = take_of(transaction, priority, now, lease_until).await?;
        if taken.is_some() {
            return Ok(taken);
        }
    }
    Ok(None)
}

/// One statement for each priority, so that the index leads to the first that is due.
async fn take_of(
    transaction: &mut Transaction,
    priority: Priority,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Option<StoredJob>, StorageError> {
    // The condition on the lease stands twice, so that two writers could not take one job even if there were two.
    let row: Option<Row> = transaction
        .query(
            "UPDATE job SET lease_until = $2, attempts = attempts + 1
             WHERE sequence = (SELECT sequence FROM job
                               WHERE done_at IS NULL AND given_up_at IS NULL AND priority = $3 AND due_at <= $1
                                   AND lease_until <= $1
                               ORDER BY due_at, sequence LIMIT 1)
                 AND lease_until <= $1
             RETURNING sequence, id, kind, subject, created_at, due_at, lease_until, attempts, last_error, given_up_at",
        )
        .bind(Moment(now))
        .bind(Moment(lease_until))
        .bind(priority.column())
        .fetch_optional()
        .await?;
    row.map(TryInto::try_into).transpose()
}

/// Notes that the job is done: whether it did. Who lost the lease in the meantime changes nothing.
pub(crate) async fn finish(
    transaction: &mut Transaction,
    job: &StoredJob,
    at: Timestamp,
) -> Result<bool, StorageError> {
    let rows = transaction
        .query(
            "UPDATE job SET done_at = $1, last_error = NULL WHERE id = $2 AND attempts = $3 AND done_at IS NULL",
        )
        .bind(Moment(at))
        .bind(&job.id)
        .bind(i64::from(job.attempts))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// What becomes of a job that was tried in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// It is tried again.
    At(Timestamp),
    /// It is not, until somebody runs it again.
    Never(Timestamp),
}

/// Notes an attempt in vain: whether it did. Who lost the lease in the meantime changes nothing.
pub(crate) async fn fail(
    transaction: &mut Transaction,
    job: &StoredJob,
    error: &str,
    retry: Retry,
) -> Result<bool, StorageError> {
    let (due_at, given_up_at) = match retry {
        Retry::At(at) => (at, None),
        Retry::Never(at) => (at, Some(Moment(at))),
    };
    let rows = transaction
        .query(
            "UPDATE job SET last_error = $1, due_at = $2, given_up_at = $3, lease_until = 0
             WHERE id = $4 AND attempts = $5 AND done_at IS NULL",
        )
        .bind(error)
        .bind(Moment(due_at))
        .bind(given_up_at)
        .bind(&job.id)
        .bind(i64::from(job.attempts))
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Removes the jobs about this subject that are not done.
pub(crate) async fn remove_about(transaction: &mut Transaction, subject: &str) -> Result<(), StorageError> {
    transaction
        .query("DELETE FROM job WHERE subject = $1 AND done_at IS NULL")
        .bind(subject)
        .execute()
        .await?;
    Ok(())
}

/// Has a job tried at once, also one that was given up: whether there is one with this id that is not done.
pub(crate) async fn run_again(
    transaction: &mut Transaction,
    id: &JobId,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let rows = transaction
        .query("UPDATE job SET due_at = $1, given_up_at = NULL WHERE id = $2 AND done_at IS NULL")
        .bind(Moment(now))
        .bind(id)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// The jobs that are not done, oldest first.
pub(crate) async fn page(
    connection: &mut Connection,
    after: Option<Cursor>,
    limit: Limit,
) -> Result<Page<StoredJob>, StorageError> {
    let rows: Vec<Row> = connection
        .query(
            "SELECT sequence, id, kind, subject, created_at, due_at, lease_until, attempts, last_error, given_up_at
             FROM job WHERE done_at IS NULL AND sequence > $1 ORDER BY sequence LIMIT $2",
        )
        .bind(after.map_or(0, |after| after.sequence))
        .bind(limit.with_the_next())
        .fetch_all()
        .await?;
    let Page { items, next } = Page::of(rows, limit, |row| Cursor::of_sequence(row.sequence));
    Ok(Page { items: items.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?, next })
}

/// Removes at most `limit` of the jobs that were done before `moment`.
pub(crate) async fn remove_done_before(
    transaction: &mut Transaction,
    moment: Timestamp,
    limit: u32,
) -> Result<u64, StorageError> {
    transaction
        .query(
            "DELETE FROM job
             WHERE sequence IN (SELECT sequence FROM job WHERE done_at < $1 ORDER BY done_at LIMIT $2)",
        )
        .bind(Moment(moment))
        .bind(i64::from(limit))
        .execute()
        .await
}

/// Removes at most `limit` of the jobs that were given up before `moment`; gives what they were about.
pub(crate) async fn remove_given_up_before(
    transaction: &mut Transaction,
    moment: Timestamp,
    limit: u32,
) -> Result<Vec<String>, StorageError> {
    let rows: Vec<(Option<String>,)> = transaction
        .query(
            "DELETE FROM job
             WHERE sequence IN (SELECT sequence FROM job WHERE given_up_at < $1 ORDER BY given_up_at LIMIT $2)
             RETURNING subject",
        )
        .bind(Moment(moment))
        .bind(i64::from(limit))
        .fetch_all()
        .await?;
    Ok(rows.into_iter().filter_map(|(subject,)| subject).collect())
}

/// Brings forward what a clock that ran ahead put off, or leased, for longer than until `latest`.
pub(crate) async fn bring_forward(
    transaction: &mut Transaction,
    now: Timestamp,
    latest: Timestamp,
) -> Result<(), StorageError> {
    for priority in Priority::ALL {
        transaction
            .query(
                "UPDATE job SET due_at = $1, lease_until = 0
                 WHERE done_at IS NULL AND given_up_at IS NULL AND priority = $3 AND due_at > $2",
            )
            .bind(Moment(now))
            .bind(Moment(latest))
            .bind(priority.column())
            .execute()
            .await?;
    }
    Ok(())
}
