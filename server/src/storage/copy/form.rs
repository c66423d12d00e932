//! How a row is written down: the text format of PostgreSQL's COPY, PostgreSQL 15 documentation, COPY, "Text Format". A row is
//! a line, its columns are separated by tabs; `\N` is NULL, bytes are `\\x` and lower-case hex.

use crate::{
    id::hex,
    storage::{
        copy::CopyError,
        tables::{Column, Kind, Table},
    },
};

/// Characters that stand behind a backslash as another one.
const ESCAPES: [(u8, u8); 7] =
    [(8, b'b'), (b'\t', b't'), (b'\n', b'n'), (11, b'v'), (12, b'f'), (b'\r', b'r'), (b'\\', b'\\')];

/// What NULL is written as.
const NULL: &[u8] = br"\N";

/// What bytes begin with: a backslash, doubled as in every text, and an x.
const BYTES: &[u8] = br"\\x";

/// What one column of a row holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A table's columns, in the order in which they are written.
#[derive(Debug)]
pub(super) struct Form {
    table: &'static Table,
    columns: Vec<Column>,
}

impl Form {
    pub(super) fn new(table: &'static Table, columns: Vec<Column>) -> Self {
        Self { table, columns }
    }

    pub(super) fn table(&self) -> &'static str {
        self.table.name
    }

    pub(super) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Whether the database gives each new row a number.
    pub(super) fn counts_itself(&self) -> bool {
        self.table.name != "audit" && self.table.key == ["sequence"]
    }

    /// The columns' names, as SQL.
    pub(super) fn names(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        names.join(", ")
    }

    /// Reads all rows, in an order that both databases have. A copy is not moved, whatever becomes of its source.
    pub(super) fn select(&self, collation: &str) -> String {
        let columns: Vec<_> = self
            .columns
            .iter()
            .map(|column| match (self.table.name, column.name.as_str()) {
                ("installation", "moved_at") => "NULL AS \"moved_at\"".to_owned(),
                (_, name) => format!("\"{name}\""),
            })
            .collect();
        let keys: Vec<_> = self.table.key.iter().map(|key| self.sorted(key, collation)).collect();
        format!("SELECT {} FROM \"{}\" ORDER BY {}", columns.join(", "), self.table.name, keys.join(", "))
    }

    /// Text is compared byte for byte.
    fn sorted(&self, key: &str, collation: &str) -> String {
        let is_text = self.columns.iter().any(|column| column.name == key && column.kind == Kind::Text);
        if is_text { format!("\"{key}\" COLLATE {collation}") } else { format!("\"{key}\"") }
    }

    /// A row as a line, its end included.
    pub(super) fn line(&self, row: &[Value]) -> Result<Vec<u8>, CopyError> {
        let mut line = Vec::new();
        for (position, (column, value)) in self.columns.iter().zip(row).enumerate() {
            if position > 0 {
                line.push(b'\t');
            }
            if matches!(value, Value::Text(text) if text.contains('\0')) {
                return Err(CopyError::Nul { table: self.table.name, column: column.name.clone() });
            }
            value.write(&mut line);
        }
        line.push(b'\n');
        Ok(line)
    }

    /// The row of a line without its end; `None` where it is none of this table.
    pub(super) fn row(&self, line: &[u8]) -> Option<Vec<Value>> {
        let fields: Vec<_> = line.split(|byte| *byte == b'\t').collect();
        if fields.len() != self.columns.len() {
            return None;
        }
        self.columns.iter().zip(fields).map(|(column, field)| Value::read(field, column.kind)).collect()
    }
}

impl Value {
    fn write(&self, line: &mut Vec<u8>) {
        match self {
            Self::Null => line.extend(NULL),
            Self::Integer(number) => line.extend(number.to_string().bytes()),
            Self::Bytes(bytes) => {
                line.extend(BYTES);
                line.extend(hex(bytes).bytes());
            }
            Self::Text(text) => {
                for byte in text.bytes() {
                    match ESCAPES.iter().find(|(character, _)| *character == byte) {
                        Some((_, escape)) => line.extend([b'\\', *escape]),
                        None => line.push(byte),
                    }
                }
            }
        }
    }

    fn read(field: &[u8], kind: Kind) -> Option<Self> {
        if field == NULL {
            return Some(Self::Null);
        }
        match kind {
            Kind::Integer => std::str::from_utf8(field).ok()?.parse().ok().map(Self::Integer),
            Kind::Bytes => bytes_from_hex(field.strip_prefix(BYTES)?).map(Self::Bytes),
            Kind::Text => String::from_utf8(unescaped(field)?).ok().map(Self::Text),
        }
    }
}

fn unescaped(field: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(field.len());
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        if *byte == b'\\' {
            let escape = bytes.next()?;
            let (character, _) = ESCAPES.iter().find(|(_, known)| known == escape)?;
            text.push(*character);
        } else {
            text.push(*byte);
        }
    }
    Some(text)
}

fn bytes_from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{Form, Value};
    use crate::storage::{
        copy::CopyError,
        tables::{Column, Kind, Table},
    };
    use proptest::prelude::*;

    static TABLE: Table = Table { name: "table", key: &["text"] };

    fn form() -> Form {
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        Form::new(
            &TABLE,
            vec![column("text", Kind::Text), column("bytes", Kind::Bytes), column("number", Kind::Integer)],
        )
    }

    fn or_null(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        prop_oneof![1 => Just(Value::Null), 9 => value]
    }

    proptest! {
        #[test]
        fn a_row_reads_back_from_its_line(
            bytes in or_null(any::<Vec<u8>>().prop_map(Value::Bytes)),
            number in or_null(any::<i64>().prop_map(Value::Integer)),
            text in or_null("[\u{1}-\u{20}\\\\Nx\u{7f}-\u{2ff}]{0,12}".prop_map(Value::Text)),
        ) {
            let row = [text, bytes, number];
            let line = form().line(&row).unwrap();
            let (end, line) = line.split_last().unwrap();
            prop_assert_eq!(*end, b'\n');
            prop_assert!(!line.contains(&b'\n'));
            prop_assert_eq!(form().row(line).unwrap(), row);
        }
    }

    #[test]
    fn a_line_is_what_postgresql_writes() {
        let row = [Value::Text("a\tb\\N\u{b}ż".to_owned()), Value::Bytes(vec![0, 0xab]), Value::Integer(-7)];
        assert_eq!(form().line(&row).unwrap(), "a\\tb\\\\N\\vż\t\\\\x00ab\t-7\n".as_bytes());
        let nothing = [Value::Text(String::new()), Value::Null, Value::Null];
        assert_eq!(form().line(&nothing).unwrap(), b"\t\\N\t\\N\n");
    }

    #[test]
    fn a_text_with_a_nul_is_refused_by_its_column() {
        let row = [Value::Text("a\0b".to_owned()), Value::Null, Value::Null];
        let error = form().line(&row).unwrap_err();
        assert!(matches!(&error, CopyError::Nul { table: "table", column } if column == "text"), "{error}");
    }

    #[test]
    fn a_line_of_another_form_is_no_row() {
        for line in
            ["", "a\t\\\\x00", "a\t\\\\x0\t1", "a\t00\t1", "a\t\\\\x\tone", "\\q\t\\\\x\t1", "a\tb\t\\\\x\t1"]
        {
            assert_eq!(form().row(line.as_bytes()), None, "{line}");
        }
    }
}
