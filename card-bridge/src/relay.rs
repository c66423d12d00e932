//! Jobs that a server holds for this person, where the page cannot reach the bridge itself.

use crate::{
    clock,
    configuration::Configuration,
    job::Job,
    operation::{Operations, StartError},
    origin::Origin,
    supervisor::Worker,
    token,
};
use protocol::{CardJob, CardJobClaim, CardJobReceipt, OperationRequest, OperationState};
use reqwest::{
    Client, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use std::time::Duration;

/// What every change at the server carries: no form of another site can send it.
const CHANGE_HEADER: HeaderName = HeaderName::from_static("x-signet");
/// A server answers within this time, or is asked again. Our choice.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// The server hears from the bridge at least so often, and takes it for gone when it does not.
const HEARTBEAT: Duration = Duration::from_secs(8);
/// A server that has not answered for so long has given the job up, and a person is not asked for it any more. It waits so long
/// for a sign of the bridge, too.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// Between two attempts to tell the server how it ended.
const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// How long the end is told again to a server that does not answer. Our choice.
const LAST_REPORT_TIMEOUT: Duration = Duration::from_mins(3);

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The server is not on the list.
    #[error("{0} is not among the `servers` of the configuration")]
    ServerNotListed(Origin),
    /// The address was used before, or is too old.
    #[error("the job was taken before, or nobody waits for it any more; begin again in the page")]
    JobGone,
    /// The server does not answer, or not in a way that is understood.
    #[error("the server cannot be reached")]
    Server(#[from] reqwest::Error),
    /// The operation cannot be begun.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The system has no random numbers.
    #[error("the system has no random numbers")]
    Random(#[from] getrandom::Error),
}

/// Takes the job of this token from the server, does it, and reports until its end.
///
/// # Errors
/// When the server is not listed, does not answer, or has no such job.
pub async fn perform(
    configuration: &Configuration,
    server: &Origin,
    token: String,
) -> Result<(), RelayError> {
    if !configuration.servers.contains(server) {
        tell_refusal(server).await;
        return Err(RelayError::ServerNotListed(server.clone()));
    }
    let relay = Relay::new(server)?;
    let job = relay.claim(token).await?;
    let operations = Operations::default();
    let request = OperationRequest { id: token::generate()?, task: job.task };
    let asker = format!("{}, signed in at {server},", job.account);
    let mut operation = operations.start(server, asker, request)?;
    let mut answered = clock::now();
    while !operation.state.is_final() {
        let report = relay.report(&job.report_token, &operation.state).await;
        if report == Report::Taken {
            answered = clock::now();
        }
        if is_given_up(&report, &operation.state, answered.elapsed()) {
            operations.cancel(server, &operation.id);
        }
        let next = operations.follow(server, &operation.id, operation.revision, HEARTBEAT).await;
        // It was begun here, so it is found.
        operation = next.unwrap_or(operation);
    }
    relay.report_end(&job.report_token, &operation.state).await
}

/// Whether nobody waits for the operation any more. A key that the card is making is worth some patience with a silent server: it
/// is told when that is back.
fn is_given_up(report: &Report, state: &OperationState, silence: Duration) -> bool {
    match report {
        Report::Taken => false,
        Report::Unwanted => true,
        Report::Lost => state.waits_for_somebody() && silence > SILENCE_TIMEOUT,
    }
}

/// In a window of its own, which a worker shows.
async fn tell_refusal(server: &Origin) {
    if let Ok(mut worker) = Worker::start(&Job::RefuseServer { server: server.clone() }).await {
        // It says nothing, and ends when the window is closed.
        let _closed = worker.next().await;
    }
}

/// What a report came to.
#[derive(Debug, PartialEq, Eq)]
enum Report {
    Taken,
    /// The page gave up, or the server knows nothing of the job.
    Unwanted,
    /// The server does not answer now.
    Lost,
}

struct Relay {
    client: Client,
    api: String,
}

impl Relay {
    fn new(server: &Origin) -> Result<Self, RelayError> {
        let client = Client::builder()
            .https_only(true)
            .timeout(REQUEST_TIMEOUT)
            .redirect(redirect::Policy::none())
            .default_headers(HeaderMap::from_iter([(CHANGE_HEADER, HeaderValue::from_static("1"))]))
            .build()?;
        Ok(Self { client, api: format!("{server}/api/card-jobs") })
    }

    async fn claim(&self, token: String) -> Result<CardJob, RelayError> {
        let response =
            self.client.post(format!("{}/claim", self.api)).json(&CardJobClaim { token }).send().await?;
        if response.status().is_client_error() {
            return Err(RelayError::JobGone);
        }
        Ok(response.error_for_status()?.json().await?)
    }

    async fn report(&self, token: &str, state: &OperationState) -> Report {
        let request = self.client.post(format!("{}/report", self.api)).bearer_auth(token).json(state);
        let Ok(response) = request.send().await else { return Report::Lost };
        match response.status() {
            StatusCode::OK => match response.json::<CardJobReceipt>().await {
                Ok(receipt) if receipt.cancelled => Report::Unwanted,
                Ok(_) => Report::Taken,
                Err(_) => Report::Lost,
            },
            status if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => Report::Unwanted,
            _ => Report::Lost,
        }
    }

    /// The page waits for the end, and a request that a card signed is worth some patience.
    async fn report_end(&self, token: &str, state: &OperationState) -> Result<(), RelayError> {
        let deadline = clock::now() + LAST_REPORT_TIMEOUT;
        while self.report(token, state).await == Report::Lost {
            if clock::now() > deadline {
                return Err(RelayError::JobGone);
            }
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::CardWork;

    #[test]
    fn a_person_is_not_asked_for_a_server_that_is_gone_and_a_key_is_not_lost_for_it() {
        let making = OperationState::Working { work: CardWork::GeneratingKeyPair };
        let long = SILENCE_TIMEOUT + Duration::from_secs(1);
        assert!(is_given_up(&Report::Lost, &OperationState::WaitingForPerson, long));
        assert!(!is_given_up(&Report::Lost, &OperationState::WaitingForPerson, SILENCE_TIMEOUT));
        assert!(!is_given_up(&Report::Lost, &making, long));
        assert!(is_given_up(&Report::Unwanted, &making, Duration::ZERO));
        assert!(!is_given_up(&Report::Taken, &OperationState::WaitingForPerson, long));
    }
}
