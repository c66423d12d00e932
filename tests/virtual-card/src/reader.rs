//! The reader: vpcd's protocol. Messages either way are a length, two bytes with the high one first, and so many bytes.
//! A message of one byte is for the reader's own purposes, any other a command for the card.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
};

use anyhow::Context;
use rustix::net::sockopt::set_tcp_quickack;

const POWER_OFF: u8 = 0;
const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const ANSWER_TO_RESET: u8 = 4;

/// T=1, extended lengths, and the historical bytes of an `OpenPGP` card; the last byte is the exclusive or of all others but
/// the first. ISO/IEC 7816-3 §8.2.
const ANSWER_TO_RESET_BYTES: [u8; 21] = [
    0x3B, 0xDA, 0x18, 0xFF, 0x81, 0xB1, 0xFE, 0x75, 0x1F, 0x03, 0x00, 0x31, 0xF5, 0x73, 0xC0, 0x01, 0x60,
    0x00, 0x90, 0x00, 0x1C,
];

/// What is in the reader.
pub trait Card {
    /// Power was cut, or the reader asks for a fresh start.
    fn reset(&mut self);
    /// Does as it was told, and answers.
    fn answer(&mut self, command: &[u8]) -> Vec<u8>;
}

/// The reader that the card is in.
pub struct Reader(TcpStream);

impl Reader {
    /// Inserts the card.
    ///
    /// # Errors
    /// When no reader listens on this port.
    pub fn connect(port: u16) -> anyhow::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("there is no reader")?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Waits for a message and does what it says.
    ///
    /// # Errors
    /// When the reader is gone.
    pub fn serve(&mut self, card: &mut impl Card) -> anyhow::Result<()> {
        let message = self.receive().context("the reader is gone")?;
        match message.as_slice() {
            [POWER_ON] => {}
            [POWER_OFF | RESET] => card.reset(),
            [ANSWER_TO_RESET] => self.send(&ANSWER_TO_RESET_BYTES)?,
            command => self.send(&card.answer(command))?,
        }
        Ok(())
    }

    fn receive(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.fill(&mut length)?;
        let mut message = vec![0; u16::from_be_bytes(length).into()];
        self.fill(&mut message)?;
        Ok(message)
    }

    /// vpcd writes length and message by themselves, and waits with the second until the first is acknowledged: 40 ms, unless
    /// that is asked for at once. The system forgets it with each acknowledgement.
    fn fill(&mut self, bytes: &mut [u8]) -> anyhow::Result<()> {
        set_tcp_quickack(&self.0, true)?;
        Ok(self.0.read_exact(bytes)?)
    }

    fn send(&mut self, message: &[u8]) -> anyhow::Result<()> {
        let length = u16::try_from(message.len()).context("an answer is too long")?;
        let message = [&length.to_be_bytes(), message].concat();
        Ok(self.0.write_all(&message)?)
    }
}
