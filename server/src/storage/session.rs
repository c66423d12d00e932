//! Open sessions.

use super::{
    Connection, StorageError, Transaction,
    account::{self, Account},
    column::Moment,
};
use crate::{id::AccountId, secret::SecretHash};
use protocol::Timestamp;

/// An open session.
#[derive(Debug)]
pub(crate) struct StoredSession {
    pub(crate) account: Account,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Timestamp,
}

/// The columns of an account, and when the session was opened and last used.
type Row = (AccountId, String, Option<String>, Option<Moment>, Moment, Moment);

/// The session of this token, however old.
pub(crate) async fn lookup(
    connection: &mut Connection,
    token: &SecretHash,
) -> Result<Option<StoredSession>, StorageError> {
    let row: Option<Row> = connection
        .query(
            "SELECT account.id, account.email, account.staff_role, account.suspended_at, session.created_at,
                    session.last_used_at
             FROM session JOIN account ON account.id = session.account_id WHERE session.token_hash = $1",
        )
        .bind(token.as_bytes())
        .fetch_optional()
        .await?;
    row.map(|(id, email, staff_role, suspended_at, created_at, last_used_at)| {
        Ok(StoredSession {
            account: account::from_row((id, email, staff_role, suspended_at))?,
            created_at: created_at.into(),
            last_used_at: last_used_at.into(),
        })
    })
    .transpose()
}

/// Opens a session.
pub(crate) async fn insert(
    transaction: &mut Transaction,
    token: &SecretHash,
    account: &AccountId,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query(
            "INSERT INTO session (token_hash, account_id, created_at, last_used_at) VALUES ($1, $2, $3, $3)",
        )
        .bind(token.as_bytes())
        .bind(account)
        .bind(Moment(at))
        .change_one("session")
        .await
}

/// Notes that the session was used; nothing where it has ended.
pub(crate) async fn touch(
    transaction: &mut Transaction,
    token: &SecretHash,
    at: Timestamp,
) -> Result<(), StorageError> {
    transaction
        .query("UPDATE session SET last_used_at = $1 WHERE token_hash = $2")
        .bind(Moment(at))
        .bind(token.as_bytes())
        .execute()
        .await?;
    Ok(())
}

/// Ends the session; nothing where it has ended.
pub(crate) async fn remove(transaction: &mut Transaction, token: &SecretHash) -> Result<(), StorageError> {
    transaction.query("DELETE FROM session WHERE token_hash = $1").bind(token.as_bytes()).execute().await?;
    Ok(())
}

/// Ends all sessions of the account.
pub(crate) async fn remove_of_account(
    transaction: &mut Transaction,
    account: &AccountId,
) -> Result<(), StorageError> {
    transaction.query("DELETE FROM session WHERE account_id = $1").bind(account).execute().await?;
    Ok(())
}

/// Removes the sessions that were last used before `idle_since` or opened before `opened_since`.
pub(crate) async fn remove_ended(
    transaction: &mut Transaction,
    idle_since: Timestamp,
    opened_since: Timestamp,
) -> Result<u64, StorageError> {
    let idle = transaction
        .query("DELETE FROM session WHERE last_used_at < $1")
        .bind(Moment(idle_since))
        .execute()
        .await?;
    let old = transaction
        .query("DELETE FROM session WHERE created_at < $1")
        .bind(Moment(opened_since))
        .execute()
        .await?;
    Ok(idle.saturating_add(old))
}
