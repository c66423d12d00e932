//! An `OpenPGP` card in software, in a reader of pcscd's.
//!
//!     virtual-card --store FOLDER [--serial CAFE] [--port 35963]
//!
//! This process is the card while it is in the reader: it says `inserted` and answers until it is killed, which is what
//! pulling a card is like, or its standard input ends. What the card keeps is in the folder, and there when it is inserted
//! again.

mod answers;
mod backends;
mod keystore;
mod reader;

use std::{
    env, io,
    path::{Path, PathBuf},
    process, thread,
};

use anyhow::{Context, bail};

use crate::{answers::Answers, reader::Reader};

/// Where vpcd listens for the card of its first reader.
const PORT: u16 = 35_963;

struct Arguments {
    store: PathBuf,
    serial: u32,
    port: u16,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let (mut store, mut serial, mut port) = (None, 0xCAFE, PORT);
        while let Some(word) = words.next() {
            let value = words.next().with_context(|| format!("{word} has no value"))?;
            match word.as_str() {
                "--store" => store = Some(PathBuf::from(value)),
                "--serial" => serial = u32::from_str_radix(&value, 16).context("the serial number")?,
                "--port" => port = value.parse().context("the port")?,
                _ => bail!("{word} is no option"),
            }
        }
        Ok(Self { store: store.context("--store is missing")?, serial, port })
    }
}

fn main() -> anyhow::Result<()> {
    let Arguments { store, serial, port } = Arguments::parse(env::args().skip(1))?;
    ends_with_its_input();
    keystore::with_client(&store, |client| is_in_reader(Answers::new(client, serial), port, &store))
}

fn is_in_reader(mut card: impl reader::Card, port: u16, store: &Path) -> anyhow::Result<()> {
    let mut reader = Reader::connect(port)?;
    println!("inserted {}", store.display());
    loop {
        reader.serve(&mut card)?;
    }
}

/// Whoever started this process holds the other end: the card does not stay in the reader after them.
fn ends_with_its_input() {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        process::exit(0);
    });
}
