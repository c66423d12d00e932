//! The two other judges, both behind one Python program.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};
use tests::judges::program;

/// How to start the program.
pub(crate) struct Others(Command);

impl Others {
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(program("python")?);
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/judges/judge_requests.py"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Ok(Self(command))
    }

    /// Whether OpenSSL and the package accept each input.
    pub(crate) fn ask<'a>(&mut self, inputs: impl Iterator<Item = &'a [u8]>) -> Result<Vec<[bool; 2]>> {
        let mut questions = Vec::new();
        let mut count = 0;
        for input in inputs {
            questions.extend(u32::try_from(input.len())?.to_be_bytes());
            questions.extend(input);
            count += 1;
        }
        let mut process = self.0.spawn().with_context(|| format!("cannot start {:?}", self.0))?;
        let mut stdin = process.stdin.take().context("no standard input")?;
        let writer = thread::spawn(move || stdin.write_all(&questions));
        let stdout = process.stdout.take().context("no standard output")?;
        let answers =
            BufReader::new(stdout).lines().map(|line| read_answer(&line?)).collect::<Result<Vec<_>>>()?;
        ensure!(process.wait()?.success(), "the program of the judges failed");
        writer.join().ok().context("the writer failed")??;
        ensure!(answers.len() == count, "{} answers to {count} questions", answers.len());
        Ok(answers)
    }
}

fn read_answer(line: &str) -> Result<[bool; 2]> {
    let answers: Vec<bool> = line.split(' ').map(|word| word == "accepts").collect();
    answers.try_into().ok().with_context(|| format!("two answers, not {line:?}"))
}
