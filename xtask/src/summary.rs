//! What ran, how much of it passed, and how long it took.

use std::{
    io::{BufRead, BufReader},
    process::{Command, ExitCode, Stdio},
    thread,
    time::Instant,
};

use anyhow::{Context, ensure};

use crate::command::{announce, shown};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl Counts {
    /// A step that is one check as a whole.
    pub(crate) const ONE_PASSED: Self = Self { passed: 1, failed: 0 };
    const ONE_FAILED: Self = Self { passed: 0, failed: 1 };

    fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// The steps so far, and since when.
#[derive(Debug)]
pub(crate) struct Summary {
    rows: Vec<Row>,
    started: Instant,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    counts: Counts,
    seconds: u64,
}

impl Row {
    /// Runs the step.
    fn of(name: &'static str, step: impl FnOnce() -> anyhow::Result<Counts>) -> Self {
        let started = Instant::now();
        let counts = step().unwrap_or_else(|error| {
            println!("FAILED: {name}: {error:#}");
            Counts::ONE_FAILED
        });
        Self { name, counts, seconds: started.elapsed().as_secs() }
    }
}

impl Summary {
    /// Without steps yet; the time runs from now.
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new(), started: Instant::now() }
    }

    /// Runs a step and keeps its result; a step that fails does not keep the next ones from running.
    pub(crate) fn step(&mut self, name: &'static str, step: impl FnOnce() -> anyhow::Result<Counts>) -> bool {
        announce(name);
        let row = Row::of(name, step);
        let passed = row.counts.failed == 0;
        self.rows.push(row);
        passed
    }

    /// Runs steps at the same time: those that wait beside those that compute. What they print is mixed line by line.
    pub(crate) fn steps_side_by_side<const STEPS: usize>(
        &mut self,
        steps: [(&'static str, &(dyn Fn() -> anyhow::Result<Counts> + Sync)); STEPS],
    ) {
        announce(&steps.map(|(name, _)| name).join(", side by side: "));
        let rows = thread::scope(|scope| {
            let running = steps.map(|(name, step)| (name, scope.spawn(move || Row::of(name, step))));
            running
                .map(|(name, row)| row.join().unwrap_or(Row { name, counts: Counts::ONE_FAILED, seconds: 0 }))
        });
        self.rows.extend(rows);
    }

    /// Prints the table, and the sum alone on the last line.
    pub(crate) fn finish(self) -> ExitCode {
        println!("\n{:<44} {:>7} {:>7} {:>8}", "step", "passed", "failed", "seconds");
        for Row { name, counts, seconds } in &self.rows {
            println!("{name:<44} {:>7} {:>7} {seconds:>8}", counts.passed, counts.failed);
        }
        let seconds = self.started.elapsed().as_secs();
        let sum = self.rows.iter().fold(Counts::default(), |sum, row| sum.plus(row.counts));
        println!("{:<44} {:>7} {:>7} {seconds:>8}\n", "all", sum.passed, sum.failed);
        println!("{} passed, {} failed", sum.passed, sum.failed);
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Runs a test command, shows its output as it comes, and counts the tests in it.
///
/// # Errors
/// When it cannot be started, fails without saying which test failed, or runs no test at all.
pub(crate) fn counted(command: &mut Command) -> anyhow::Result<Counts> {
    println!("    {}", shown(command));
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {}", shown(command)))?;
    let output = child.stdout.take().context("the output is not piped")?;
    let mut counts = Counts::default();
    for line in BufReader::new(output).lines() {
        let line = line.context("the output is not text")?;
        counts = counts.plus(result_line(&line).unwrap_or_default());
        println!("{line}");
    }
    let status = child.wait()?;
    ensure!(status.success() || counts.failed > 0, "{} ended with {status}", shown(command));
    ensure!(counts != Counts::default(), "{} ran no test", shown(command));
    Ok(counts)
}

/// Reads `test result: ok. 3 passed; 0 failed; …`, the line of every Rust test program, also in a browser.
fn result_line(line: &str) -> Option<Counts> {
    let (_, numbers) = line.split_once("test result: ")?.1.split_once(". ")?;
    let mut parts = numbers.split("; ");
    let mut number = |word: &str| parts.next()?.strip_suffix(word)?.trim().parse().ok();
    Some(Counts { passed: number("passed")?, failed: number("failed")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_line_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; finished in 0.01s";
        assert_eq!(result_line(line), Some(Counts { passed: 12, failed: 3 }));
    }

    #[test]
    fn other_lines_are_not_counted() {
        assert_eq!(result_line("test pem::tests::reads ... ok"), None);
        assert_eq!(result_line("test result: "), None);
    }

    #[test]
    fn a_command_that_fails_without_a_failed_test_is_an_error() {
        assert!(counted(&mut Command::new("false")).is_err());
    }

    #[test]
    fn a_command_without_any_test_is_an_error() {
        assert!(counted(&mut Command::new("true")).is_err());
    }

    #[test]
    fn a_summary_without_a_failure_is_a_success() {
        let mut summary = Summary::new();
        summary.step("good", || Ok(Counts::ONE_PASSED));
        assert_eq!(summary.finish(), ExitCode::SUCCESS);
    }

    #[test]
    fn steps_side_by_side_run_at_the_same_time_and_each_is_counted() {
        let both = std::sync::Barrier::new(2);
        let meets = || {
            both.wait();
            Ok(Counts::ONE_PASSED)
        };
        let fails = || {
            both.wait();
            anyhow::bail!("on purpose")
        };
        let mut summary = Summary::new();
        summary.steps_side_by_side([("meets", &meets), ("fails", &fails)]);
        let counts: Vec<Counts> = summary.rows.iter().map(|row| row.counts).collect();
        assert_eq!(counts, [Counts::ONE_PASSED, Counts::ONE_FAILED]);
    }

    #[test]
    fn a_failed_step_fails_the_summary() {
        let mut summary = Summary::new();
        assert!(summary.step("good", || Ok(Counts::ONE_PASSED)));
        assert!(!summary.step("bad", || anyhow::bail!("on purpose")));
        assert_eq!(summary.finish(), ExitCode::FAILURE);
    }
}
