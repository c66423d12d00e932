//! Lists are read in pages: each page begins after the last item of the one before, wherever that stands by now.

use protocol::Timestamp;

/// Items of one page. Our choice.
const PAGE_ITEMS: i64 = 50;

/// The most items that one page may have. Our choice.
const MAXIMUM_PAGE_ITEMS: i64 = 200;

/// How many items a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit(i64);

impl Limit {
    /// As many as were asked for, within 1 and 200; 50 where nothing was said.
    pub(crate) fn new(items: Option<u32>) -> Self {
        Self(items.map_or(PAGE_ITEMS, |items| i64::from(items).clamp(1, MAXIMUM_PAGE_ITEMS)))
    }

    /// One more than are shown: it tells whether others follow.
    pub(super) fn with_the_next(self) -> i64 {
        self.0.saturating_add(1)
    }
}

/// The place of an item in the order of its list. The text of one is opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The moment that the list is sorted by; 0 where it is sorted by its sequence alone.
    pub(super) at: i64,
    pub(super) sequence: i64,
    /// Which part of the list, for lists that have several.
    pub(super) part: i64,
}

/// Not the text of a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the text of a place in a list")]
pub(crate) struct CursorError;

impl Cursor {
    pub(super) fn of_sequence(sequence: i64) -> Self {
        Self { at: 0, sequence, part: 0 }
    }

    pub(super) fn of_moment(at: Timestamp, sequence: i64) -> Self {
        Self { at: i64::try_from(at.unix_seconds()).unwrap_or(i64::MAX), sequence, part: 0 }
    }

    /// As clients keep it.
    pub(crate) fn to_text(self) -> String {
        format!("{}.{}.{}", self.part, self.at, self.sequence)
    }

    /// Reads what [`Self::to_text`] wrote.
    pub(crate) fn from_text(text: &str) -> Result<Self, CursorError> {
        let mut numbers = text.split('.').map(|number| number.parse().map_err(|_no_number| CursorError));
        let mut next = || numbers.next().unwrap_or(Err(CursorError));
        let cursor = Self { part: next()?, at: next()?, sequence: next()? };
        if next().is_ok() { Err(CursorError) } else { Ok(cursor) }
    }
}

/// A part of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Where the next page begins; `None` after the last.
    pub(crate) next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Of rows that were read with one more than the limit.
    pub(super) fn of(mut rows: Vec<T>, limit: Limit, place: impl Fn(&T) -> Cursor) -> Self {
        let shown = usize::try_from(limit.0).unwrap_or(usize::MAX);
        if rows.len() <= shown {
            return Self { items: rows, next: None };
        }
        rows.truncate(shown);
        let next = rows.last().map(place);
        Self { items: rows, next }
    }

    /// Changes each item, in order.
    pub(crate) fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let cursor = Cursor { part: 1, at: 1_795_362_072, sequence: 42 };
        assert_eq!(Cursor::from_text(&cursor.to_text()), Ok(cursor));
        for wrong in ["", "1", "1.2", "1.2.3.4", "a.b.c", "1.2.3;DROP", "9999999999999999999.1.1"] {
            assert!(Cursor::from_text(wrong).is_err(), "{wrong}");
        }
    }
}
