//! What columns hold: moments, ids, JSON with a version.

use super::StorageError;
use crate::id::{
    AccountId, CardJobId, CertificateId, ClaimId, CustomerId, DocumentId, DomainId, JobId, MailboxId,
    MessageId, OrderId, OrganizationId, PartnerId,
};
use protocol::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

/// A moment, as seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Timestamp);

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

impl<DB: Database> Type<DB> for Moment
where
    i64: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        i64::type_info()
    }

    fn compatible(other: &DB::TypeInfo) -> bool {
        i64::compatible(other)
    }
}

impl<'q, DB: Database> Encode<'q, DB> for Moment
where
    i64: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        i64::try_from(self.0.unix_seconds())?.encode_by_ref(buffer)
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Moment
where
    i64: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let seconds = u64::try_from(i64::decode(value)?)?;
        Ok(Self(Timestamp::from_unix_seconds(seconds)?))
    }
}

/// Which of these values the word in a column stands for.
///
/// # Errors
/// For none of them: a later version wrote it, or the database was changed by hand.
pub(super) fn of_word<T: Copy, const N: usize>(
    values: [T; N],
    word_of: impl Fn(T) -> &'static str,
    word: &str,
    column: &'static str,
) -> Result<T, StorageError> {
    let value = values.into_iter().find(|value| word_of(*value) == word);
    value.ok_or(StorageError::Unreadable { column })
}

/// A value as JSON. The version stands in the column, so that a later one can read what this one wrote.
#[derive(Debug)]
pub(super) struct Json<T>(pub(super) T);

/// The only version so far.
const JSON_VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    value: T,
}

impl<DB: Database, T> Type<DB> for Json<T>
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        String::type_info()
    }

    fn compatible(other: &DB::TypeInfo) -> bool {
        String::compatible(other)
    }
}

impl<'q, DB: Database, T: Serialize> Encode<'q, DB> for Json<T>
where
    String: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let text = serde_json::to_string(&Versioned { version: JSON_VERSION, value: &self.0 })?;
        text.encode_by_ref(buffer)
    }
}

impl<'r, DB: Database, T: DeserializeOwned> Decode<'r, DB> for Json<T>
where
    String: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let versioned: Versioned<T> = serde_json::from_str(&String::decode(value)?)?;
        if versioned.version != JSON_VERSION {
            return Err(format!("JSON of the version {}", versioned.version).into());
        }
        Ok(Self(versioned.value))
    }
}

/// Ids are text.
macro_rules! ids {
    ($($id:ident),+) => { $(
        impl<DB: Database> Type<DB> for $id
        where
            String: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                String::type_info()
            }

            fn compatible(other: &DB::TypeInfo) -> bool {
                String::compatible(other)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $id
        where
            String: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.as_str().to_owned().encode_by_ref(buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $id
        where
            String: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(String::decode(value)?.into())
            }
        }
    )+ };
}

ids!(
    AccountId,
    CardJobId,
    CertificateId,
    ClaimId,
    CustomerId,
    DocumentId,
    DomainId,
    JobId,
    MailboxId,
    MessageId,
    OrderId,
    OrganizationId,
    PartnerId
);
