//! The application behind the rules of ISO/IEC 7816-4 for long commands and long answers: it wants whole commands and gives
//! whole answers, where a reader may send and fetch them in parts.

use iso7816::{
    Instruction, Status,
    command::{Command, CommandView},
};
use opcard::{Card as Application, Options};

use crate::{keystore::Client, reader::Card};

/// As long as the longest that the application announces.
const LONGEST_BYTES: usize = 7_609;
/// What the answer to a short command has room for.
const SHORT_ANSWER_BYTES: usize = 256;
/// For software under test, by the `OpenPGP` card specification 3.4 §4.2.1.
const MANUFACTURER: [u8; 2] = [0xFF, 0xFE];
const SUCCESS: [u8; 2] = [0x90, 0x00];
/// How an answer begins its end when there is more of it.
const MORE: u8 = 0x61;

/// The card as its reader sees it.
pub struct Answers<'a> {
    application: Application<Client<'a>>,
    /// What has come of a command whose end has not.
    begun: Option<Box<Command<LONGEST_BYTES>>>,
    /// What the reader has not fetched yet.
    unfetched: Vec<u8>,
}

impl<'a> Answers<'a> {
    pub fn new(client: Client<'a>, serial: u32) -> Self {
        let mut options = Options::default();
        options.manufacturer = MANUFACTURER;
        options.serial = serial.to_be_bytes();
        // Nobody is there to press it.
        options.button_available = false;
        Self { application: Application::new(client, options), begun: None, unfetched: Vec::new() }
    }

    fn respond(&mut self, command: CommandView<'_>) -> Result<Vec<u8>, Status> {
        if command.instruction() == Instruction::GetResponse {
            return Ok(self.fetch(command.expected(), command.extended));
        }
        let whole = self.collect(command)?;
        if command.class().chain().not_the_last() {
            self.begun = Some(whole);
            return Ok(SUCCESS.to_vec());
        }
        let mut answer = heapless::Vec::<u8, LONGEST_BYTES>::new();
        self.application.handle(whole.as_view(), &mut answer)?;
        self.unfetched = answer.to_vec();
        Ok(self.fetch(command.expected(), command.extended))
    }

    /// The command with what came before it.
    fn collect(&mut self, command: CommandView<'_>) -> Result<Box<Command<LONGEST_BYTES>>, Status> {
        if let Some(mut begun) = self.begun.take() {
            begun.extend_from_command_view(command).map_err(|_| Status::NotEnoughMemory)?;
            return Ok(begun);
        }
        command.to_owned().map(Box::new).map_err(|_| Status::WrongLength)
    }

    /// The next part of the answer. To an extended command it is all of it, whatever was expected: `OpenSC` says 256 and never
    /// asks for the rest.
    fn fetch(&mut self, expected: usize, extended: bool) -> Vec<u8> {
        let most = match expected {
            _ if extended => LONGEST_BYTES,
            0 => SHORT_ANSWER_BYTES,
            expected => expected,
        };
        let rest = self.unfetched.split_off(self.unfetched.len().min(most));
        let mut part = std::mem::replace(&mut self.unfetched, rest);
        match u8::try_from(self.unfetched.len()) {
            Ok(0) => part.extend(SUCCESS),
            left => part.extend([MORE, left.unwrap_or(u8::MAX)]),
        }
        part
    }
}

impl Card for Answers<'_> {
    fn reset(&mut self) {
        self.begun = None;
        self.unfetched.clear();
        self.application.reset();
    }

    fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        let answer = match CommandView::try_from(command) {
            Ok(command) => self.respond(command),
            Err(_) => Err(Status::WrongLength),
        };
        answer.unwrap_or_else(|status| <[u8; 2]>::from(status).to_vec())
    }
}
