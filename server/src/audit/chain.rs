use crate::storage::audit::Record;
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// SHA-256 of a record and of everything before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; Self::BYTES]);

impl Hash {
    const BYTES: usize = 32;
    /// Stands before the first record.
    pub const GENESIS: Self = Self([0; Self::BYTES]);

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = HashError;

    fn try_from(bytes: &[u8]) -> Result<Self, HashError> {
        bytes.try_into().map(Self).map_err(|_length| HashError)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&crate::id::hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        if text.len() != 2 * Self::BYTES || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(HashError);
        }
        let mut bytes = [0; Self::BYTES];
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_not_ascii| HashError)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_not_hex| HashError)?;
        }
        Ok(Self(bytes))
    }
}

/// Not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 in hexadecimal: 64 digits are expected")]
pub struct HashError;

/// What is wrong with the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuditDefect {
    /// A record is missing, or one was put in.
    #[error("the record after {after} has the number {actual}: a record is missing or was put in")]
    Gap {
        /// The last number that is in order.
        after: u64,
        /// What stands there instead of the next number.
        actual: i64,
    },
    /// The record follows another one than the record before it.
    #[error(
        "record {sequence} does not follow the record before it: records were removed, swapped or rewritten"
    )]
    Detached {
        /// The record's number.
        sequence: i64,
    },
    /// The record's text, time or number is not what was hashed.
    #[error("record {sequence} was changed after it was written")]
    Changed {
        /// The record's number.
        sequence: i64,
    },
    /// The head that was noted earlier is not in the log.
    #[error(
        "the log's {records} records hold together, but none has the hash {head}: the end was cut off, or this is another log"
    )]
    HeadMissing {
        /// The head.
        head: Hash,
        /// How many records there are.
        records: u64,
    },
}

/// Number and time are digits only, so the text has one reading whatever the event holds.
fn compute_hash(sequence: i64, at: i64, event: &str, previous: Hash) -> Hash {
    let text = format!(r#"{{"at":{at},"event":{event},"sequence":{sequence}}}"#);
    Hash(Sha256::new().chain_update(previous.0).chain_update(text).finalize().into())
}

/// The end of a chain up to which everything is proved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    last: i64,
    head: Hash,
}

impl Chain {
    pub(super) fn empty() -> Self {
        Self { last: 0, head: Hash::GENESIS }
    }

    /// The chain whose last record has this number and hash.
    pub(super) fn at(last: i64, head: Hash) -> Self {
        Self { last, head }
    }

    pub(super) fn records(self) -> u64 {
        u64::try_from(self.last).unwrap_or_default()
    }

    pub(super) fn head(self) -> Hash {
        self.head
    }

    /// The next record.
    pub(super) fn extend(self, at: u64, event: String) -> Record {
        let sequence = self.last.saturating_add(1);
        let at = i64::try_from(at).unwrap_or(i64::MAX);
        let hash = compute_hash(sequence, at, &event, self.head);
        Record {
            sequence,
            at,
            event,
            previous_hash: self.head.as_bytes().to_vec(),
            hash: hash.as_bytes().to_vec(),
        }
    }

    /// The chain that ends with `record`.
    pub(super) fn follow(self, record: &Record) -> Result<Self, AuditDefect> {
        let sequence = record.sequence;
        if self.last.checked_add(1) != Some(sequence) {
            return Err(AuditDefect::Gap { after: self.records(), actual: sequence });
        }
        if record.previous_hash != self.head.as_bytes() {
            return Err(AuditDefect::Detached { sequence });
        }
        let head = compute_hash(sequence, record.at, &record.event, self.head);
        if record.hash != head.as_bytes() {
            return Err(AuditDefect::Changed { sequence });
        }
        Ok(Self { last: sequence, head })
    }
}

#[cfg(test)]
mod tests {
    use super::{AuditDefect, Chain, Hash, Record, compute_hash};
    use std::collections::hash_map::DefaultHasher;
    use std::hash::{Hash as _, Hasher};

    fn log(records: u64) -> Vec<Record> {
        let mut chain = Chain::empty();
        (0..records)
            .map(|position| {
                let record =
                    chain.extend(1_795_362_072 + position, format!(r#"{{"action":"test-{position}"}}"#));
                chain = chain.follow(&record).unwrap();
                record
            })
            .collect()
    }

    fn walk(records: &[Record]) -> Result<Chain, AuditDefect> {
        records.iter().try_fold(Chain::empty(), Chain::follow)
    }

    /// Numbers that look random and are the same in every run.
    fn pick(seed: usize, purpose: &str, below: usize) -> usize {
        let mut hasher = DefaultHasher::new();
        (seed, purpose).hash(&mut hasher);
        usize::try_from(hasher.finish() % u64::try_from(below).unwrap()).unwrap()
    }

    fn flip(bytes: &mut [u8], seed: usize) {
        let position = pick(seed, "byte", bytes.len());
        bytes[position] ^= 1 << pick(seed, "bit", 8);
    }

    /// One mutation of a copy, which never only cuts off the end.
    fn mutate(original: &[Record], seed: usize) -> Vec<Record> {
        let mut records = original.to_vec();
        let victim = pick(seed, "victim", records.len());
        let inner = pick(seed, "inner", records.len() - 1);
        match seed % 8 {
            0 => {
                let mut text = records[victim].event.clone().into_bytes();
                let position = pick(seed, "character", text.len());
                text[position] = if text[position] == b'x' { b'y' } else { b'x' };
                records[victim].event = String::from_utf8(text).unwrap();
            }
            1 => records[victim].at ^= 1 << pick(seed, "bit", 40),
            2 => flip(&mut records[victim].hash, seed),
            3 => flip(&mut records[victim].previous_hash, seed),
            4 => drop(records.remove(inner)),
            5 => records.swap(inner, inner + 1),
            6 => records.insert(victim, records[inner].clone()),
            _ => {
                // The forger knows the rule and mends the record's own hash.
                let mut forged = records[inner].clone();
                forged.event.push(' ');
                let previous = Hash::try_from(forged.previous_hash.as_slice()).unwrap();
                forged.hash =
                    compute_hash(forged.sequence, forged.at, &forged.event, previous).as_bytes().to_vec();
                records[inner] = forged;
            }
        }
        records
    }

    #[test]
    fn each_of_a_thousand_mutations_is_found() {
        let original = log(60);
        assert_eq!(walk(&original).unwrap().records(), 60);
        for seed in 0..1_000 {
            let mutated = mutate(&original, seed);
            assert_ne!(mutated, original, "mutation {seed} changes something");
            assert!(walk(&mutated).is_err(), "mutation {seed} is found");
        }
    }

    #[test]
    fn the_first_record_that_is_wrong_is_named() {
        let original = log(5);
        let mut changed = original.clone();
        changed[2].at += 1;
        assert_eq!(walk(&changed).unwrap_err(), AuditDefect::Changed { sequence: 3 });
        let mut missing = original.clone();
        missing.remove(1);
        assert_eq!(walk(&missing).unwrap_err(), AuditDefect::Gap { after: 1, actual: 3 });
        let mut detached = original;
        detached[3].previous_hash[0] ^= 1;
        assert_eq!(walk(&detached).unwrap_err(), AuditDefect::Detached { sequence: 4 });
    }

    #[test]
    fn a_hash_reads_back_from_its_text_and_nothing_else_does() {
        let head = walk(&log(3)).unwrap().head();
        assert_eq!(head.to_string().parse::<Hash>().unwrap(), head);
        for wrong in ["", "00", "zz", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert!(wrong.parse::<Hash>().is_err(), "{wrong}");
        }
    }
}
