//! The inside of a worker process: one job, then the end. The PIN is in this process only.

use crate::{
    card,
    configuration::{Configuration, ConfigurationError},
    driver::Drivers,
    job::{Job, Line},
    origin::Origin,
    problem,
    prompt::{Confirmation, Native, Prompt, PromptError},
    task,
};
use protocol::{CardProblemCode, OperationState};
use std::{
    fs::{self, File, TryLockError},
    io::{self, BufRead, Write},
    thread,
    time::Duration,
};

/// Longer together than a bridge takes to hear from its server that the page has given up.
const LOCK_ATTEMPTS: usize = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Why a worker ends without doing its job.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkerError {
    /// What came is no job.
    #[error("the job cannot be read")]
    Job(#[from] serde_json::Error),
    /// The one who asked is gone.
    #[error("nobody listens")]
    Gone(#[from] io::Error),
    /// There is no place for what must be remembered.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The process cannot be made safe for a PIN.
    #[error("this process cannot be protected")]
    #[cfg(unix)]
    Protection(#[from] nix::errno::Errno),
}

/// Reads a job from standard input, does it, and writes its lines to standard output.
///
/// # Errors
/// When there is no job, or nobody to answer to.
pub fn run(configuration: &Configuration) -> Result<(), WorkerError> {
    protect()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let job: Job = serde_json::from_str(&line)?;
    // After the job, standard input is a tether: it breaks when the bridge ends, however it ends.
    thread::spawn(|| {
        let _broken = io::copy(&mut io::stdin().lock(), &mut io::sink());
        end_all();
    });
    perform(&job, configuration, &mut io::stdout())
}

fn perform(job: &Job, configuration: &Configuration, output: &mut impl Write) -> Result<(), WorkerError> {
    let drivers = Drivers::new(&configuration.modules);
    let mut prompt = Native::new(configuration);
    match job {
        Job::Look => say(output, &Line::Report(card::report(&drivers))),
        Job::ConfirmPairing { origin, code } => match confirm_pairing(&mut prompt, origin, code) {
            Ok(agreed) => say(output, &Line::Confirmed(agreed)),
            // No line at all says that there was no window.
            Err(PromptError::Unavailable) => Ok(()),
            Err(_) => say(output, &Line::Confirmed(false)),
        },
        Job::RefuseServer { server } => {
            // Where no window can be shown there is nobody to tell.
            let _told = prompt.confirm(&refusal(server));
            Ok(())
        }
        Job::Perform { asker, task } => {
            let Some(_alone) = alone(configuration)? else {
                let problem = problem::describe(CardProblemCode::Busy);
                return say(output, &Line::State(OperationState::Failed { problem }));
            };
            let mut nobody = Ok(());
            let mut progress = |state| nobody = say(output, &Line::State(state));
            let outcome = task::perform(task, asker, &drivers, &mut prompt, &mut progress);
            nobody?;
            let last = match outcome {
                Ok(outcome) => OperationState::Done { outcome },
                Err(problem) => OperationState::Failed { problem },
            };
            say(output, &Line::State(last))
        }
    }
}

/// One task at a time on this computer, whether its page came over loopback or through its server. A page that begins anew
/// waits for what it gave up to end. The system lets go of the lock however the process ends.
fn alone(configuration: &Configuration) -> Result<Option<File>, WorkerError> {
    let state = configuration.state_folder()?;
    fs::create_dir_all(&state)?;
    let file = File::create(state.join("card-in-use"))?;
    for _ in 0..LOCK_ATTEMPTS {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn say(output: &mut impl Write, line: &Line) -> Result<(), WorkerError> {
    let json = serde_json::to_string(line)?;
    // First ends what a module may have written there.
    output.write_all(format!("\n{json}\n").as_bytes())?;
    Ok(output.flush()?)
}

fn confirm_pairing(prompt: &mut dyn Prompt, origin: &Origin, code: &str) -> Result<bool, PromptError> {
    prompt.confirm(&Confirmation {
        text: format!(
            "{origin} wants to make keys on your smart cards and put certificates on them.\n\n\
             The page shows the number  {code}\n\n\
             Allow it only when you see this number there. You will be asked for your PIN each time."
        ),
        agree: "Allow",
        refuse: "Do not allow",
    })
}

fn refusal(server: &Origin) -> Confirmation {
    Confirmation {
        text: format!(
            "{server} asked the card bridge to use your smart card.\n\nThe card bridge does not work for this server, \
             and did nothing. If you expected it to, ask your administrator to add the server to its configuration."
        ),
        agree: "OK",
        refuse: "Close",
    }
}

/// Keeps the PIN out of core dumps, and from the debuggers of other programs of this person.
///
/// # Errors
/// When the system does not do that.
#[cfg(target_os = "linux")]
pub fn protect() -> Result<(), WorkerError> {
    use nix::sys::{prctl, resource};
    prctl::set_dumpable(false)?;
    Ok(resource::setrlimit(resource::Resource::RLIMIT_CORE, 0, 0)?)
}

/// Other systems keep the memory of a program from other programs, and make no core dumps on their own.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn protect() -> Result<(), WorkerError> {
    Ok(())
}

/// Ends this process and the window that it may have opened.
fn end_all() {
    #[cfg(unix)]
    {
        // The worker leads a group of its own; a signal to it cannot fail.
        let own = nix::unistd::getpgrp();
        let _ended = nix::sys::signal::killpg(own, nix::sys::signal::Signal::SIGKILL);
    }
    #[cfg(not(unix))]
    std::process::abort();
}
