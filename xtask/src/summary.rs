//! What ran, how much of it passed, and how long it took.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    path::Path,
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use crate::command::{announce, shown};

/// Our choice: whoever waits longer stops waiting for the tests.
const LONGEST: Duration = Duration::from_hours(1);

/// How many tests passed and failed, and in which test binaries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    binaries: Vec<Binary>,
}

/// A test binary that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Binary {
    name: String,
    seconds: u64,
}

impl Counts {
    /// A step that is one check as a whole.
    pub(crate) const ONE_PASSED: Self = Self { passed: 1, failed: 0, binaries: Vec::new() };
    const ONE_FAILED: Self = Self { passed: 0, failed: 1, binaries: Vec::new() };

    pub(crate) fn plus(mut self, other: Self) -> Self {
        self.binaries.extend(other.binaries);
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed, ..self }
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

    /// Prints the test binaries and the steps, slowest last, and the sum alone on the last line.
    pub(crate) fn finish(mut self) -> ExitCode {
        self.print_binaries();
        self.rows.sort_by_key(|row| row.seconds);
        println!("\n{:<44} {:>7} {:>7} {:>8}", "step", "passed", "failed", "seconds");
        for Row { name, counts, seconds } in &self.rows {
            println!("{name:<44} {:>7} {:>7} {seconds:>8}", counts.passed, counts.failed);
        }
        let elapsed = self.started.elapsed();
        let sum = self.rows.into_iter().fold(Counts::default(), |sum, row| sum.plus(row.counts));
        println!("{:<44} {:>7} {:>7} {:>8}\n", "all", sum.passed, sum.failed, elapsed.as_secs());
        if let Some(used) = cpu_time_of_children() {
            println!("{} minutes of processor time", used.as_secs() / 60);
        }
        if elapsed > LONGEST {
            let minutes = [elapsed, LONGEST].map(|time| time.as_secs() / 60);
            println!("WARNING: {} minutes, more than the {} that a run may take", minutes[0], minutes[1]);
        }
        println!("{} passed, {} failed", sum.passed, sum.failed);
        if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn print_binaries(&self) {
        let of_step = |row: &Row| {
            let step = row.name;
            row.counts.binaries.clone().into_iter().map(move |binary| (binary, step))
        };
        let mut binaries: Vec<_> = self.rows.iter().flat_map(of_step).collect();
        binaries.sort_by_key(|(binary, _)| binary.seconds);
        println!("\n{:<20} {:<46} {:>8}", "test binary", "step", "seconds");
        for (Binary { name, seconds }, step) in binaries {
            println!("{name:<20} {step:<46} {seconds:>8}");
        }
    }
}

/// The processor time of all processes that this one started and waited for, and of theirs; where Linux tells it.
fn cpu_time_of_children() -> Option<Duration> {
    children_in(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Reads `cutime` and `cstime`, in hundredths of a second. The name of the program, in parentheses, may have spaces.
///
/// Source: proc(5).
fn children_in(stat: &str) -> Option<Duration> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks()? + ticks()?) * 10))
}

/// Runs a test command, shows its output as it comes, and counts the tests in it.
///
/// # Errors
/// When it cannot be started, fails without saying which test failed, or runs no test at all.
pub(crate) fn counted(command: &mut Command) -> anyhow::Result<Counts> {
    println!("    {}", shown(command));
    // One pipe for both keeps the name of a binary, which Cargo writes to standard error, before its tests.
    let (output, input) = io::pipe()?;
    let child = command.stdout(input.try_clone()?).stderr(input).spawn();
    // The ends that the command holds would keep the pipe open.
    command.stdout(Stdio::inherit()).stderr(Stdio::inherit());
    let mut child = child.with_context(|| format!("cannot start {}", shown(command)))?;
    let mut counts = Counts::default();
    let mut running = (binary_name(&command.get_program().to_string_lossy()), Instant::now());
    for line in BufReader::new(output).lines() {
        let line = line.context("the output is not text")?;
        if let Some(name) = started_binary(&line) {
            running = (name, Instant::now());
        }
        if let Some((passed, failed)) = result_line(&line) {
            let binary = Binary { name: running.0.clone(), seconds: running.1.elapsed().as_secs() };
            counts = counts.plus(Counts { passed, failed, binaries: vec![binary] });
        }
        println!("{line}");
    }
    let status = child.wait()?;
    ensure!(status.success() || counts.failed > 0, "{} ended with {status}", shown(command));
    ensure!(counts != Counts::default(), "{} ran no test", shown(command));
    Ok(counts)
}

/// Reads `test result: ok. 3 passed; 0 failed; …`, the line of every Rust test program, also in a browser.
fn result_line(line: &str) -> Option<(u32, u32)> {
    let (_, numbers) = line.split_once("test result: ")?.1.split_once(". ")?;
    let mut parts = numbers.split("; ");
    let mut number = |word: &str| parts.next()?.strip_suffix(word)?.trim().parse().ok();
    Some((number("passed")?, number("failed")?))
}

/// Reads Cargo's `Running tests/http/main.rs (target/debug/deps/http-0123456789abcdef)` and `Doc-tests pki`.
fn started_binary(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(package) = line.strip_prefix("Doc-tests ") {
        return Some(format!("{package} (examples)"));
    }
    let (_, path) = line.strip_prefix("Running ")?.strip_suffix(')')?.split_once(" (")?;
    Some(binary_name(path))
}

/// The name of a test binary without folder and hash.
fn binary_name(path: &str) -> String {
    let name = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
    name.rsplit_once('-').map_or(&*name, |(name, _)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_line_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; finished in 0.01s";
        assert_eq!(result_line(line), Some((12, 3)));
    }

    #[test]
    fn a_test_binary_is_named_without_folder_and_hash() {
        let line = "     Running tests/http/main.rs (target/debug/deps/http-0123456789abcdef)";
        assert_eq!(started_binary(line).as_deref(), Some("http"));
        let line = "     Running unittests src/lib.rs (target/debug/deps/card_bridge-0123456789abcdef)";
        assert_eq!(started_binary(line).as_deref(), Some("card_bridge"));
        assert_eq!(started_binary("   Doc-tests pki").as_deref(), Some("pki (examples)"));
        assert_eq!(started_binary("running 3 tests"), None);
    }

    #[test]
    fn each_test_binary_in_both_streams_is_timed() {
        let script = "echo '     Running tests/http/main.rs (target/debug/deps/http-0123)' >&2
            echo 'test result: ok. 2 passed; 0 failed; 0 ignored'
            echo '   Doc-tests pki' >&2
            echo 'test result: ok. 1 passed; 0 failed; 0 ignored'";
        let counts = counted(Command::new("sh").args(["-c", script])).expect("counts");
        let names: Vec<_> = counts.binaries.iter().map(|binary| binary.name.as_str()).collect();
        assert_eq!((counts.passed, counts.failed, names), (3, 0, vec!["http", "pki (examples)"]));
    }

    #[test]
    fn the_time_of_children_is_read_behind_any_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 9 9 0 0 11 12 250 50 20 0 1 0 5 6 7";
        assert_eq!(children_in(stat), Some(Duration::from_secs(3)));
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
        let counts: Vec<Counts> = summary.rows.iter().map(|row| row.counts.clone()).collect();
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
