use der::DateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr, time::Duration};

/// A moment in UTC, to the second; in JSON an RFC 3339 string such as `2026-11-22T15:41:12Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(DateTime);

/// Not a moment from 1970 to 9999 in the form `YYYY-MM-DDTHH:MM:SSZ`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampError;

impl fmt::Display for TimestampError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a time in the form YYYY-MM-DDTHH:MM:SSZ")
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// The moment so many seconds after 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// A moment after the year 9999.
    pub fn from_unix_seconds(seconds: u64) -> Result<Self, TimestampError> {
        DateTime::from_unix_duration(Duration::from_secs(seconds))
            .map(Self)
            .map_err(|_out_of_range| TimestampError)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_seconds(self) -> u64 {
        self.0.unix_duration().as_secs()
    }

    /// The moment `duration` later; the last second of the year 9999 where it would be past it.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_unix_seconds(self.unix_seconds().saturating_add(duration.as_secs()))
            .unwrap_or(Self(DateTime::INFINITY))
    }

    /// The moment `duration` earlier; the first of 1970 where it would be before it.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_unix_seconds(self.unix_seconds().saturating_sub(duration.as_secs())).unwrap_or(self)
    }

    /// The calendar date, `YYYY-MM-DD`.
    #[must_use]
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        text.parse().map(Self).map_err(|_syntax| TimestampError)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::Timestamp;
    use std::time::Duration;

    #[test]
    fn json_is_rfc_3339_and_reads_back() {
        let moment = Timestamp::from_unix_seconds(1_795_362_072).unwrap();
        assert_eq!(serde_json::to_string(&moment).unwrap(), "\"2026-11-22T15:41:12Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>("\"2026-11-22T15:41:12Z\"").unwrap(), moment);
        assert_eq!(moment.date(), "2026-11-22");
    }

    #[test]
    fn a_later_moment_is_greater_and_the_end_of_time_is_not_passed() {
        let moment = Timestamp::from_unix_seconds(0).unwrap();
        assert!(moment.plus(Duration::from_secs(1)) > moment);
        assert_eq!(moment.plus(Duration::MAX).date(), "9999-12-31");
    }
}
