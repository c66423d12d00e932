//! Server processes that share one PostgreSQL database; on SQLite there is one, and the same must hold.

use crate::{
    client::{Person, Server},
    crash::Signet,
    csr::CustomerKey,
};
use protocol::Certificate;
use serde_json::json;
use tokio::task::JoinSet;

const CALLERS: usize = 50;

/// All servers of one database.
struct Servers {
    processes: Vec<Signet>,
}

impl Servers {
    async fn start() -> Self {
        let first = Signet::new().await;
        let second = first.beside();
        let mut processes: Vec<Signet> = [Some(first), second].into_iter().flatten().collect();
        for process in &mut processes {
            process.start(None);
        }
        Self { processes }
    }

    /// The server that a caller of this number asks.
    fn of(&self, number: usize) -> Server {
        self.processes[number % self.processes.len()].server()
    }

    fn verify_audit(&self) -> String {
        self.processes[0].verify_audit(None)
    }
}

/// How often each status was answered.
fn with_status(statuses: &[u16], status: u16) -> usize {
    statuses.iter().filter(|answered| **answered == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_activations_at_once_one_makes_the_certificate() {
    let servers = Servers::start().await;
    let customer = Person::sign_in(&servers.of(0), crate::crash::CUSTOMER).await;
    let specialist = Person::sign_in(&servers.of(0), crate::crash::SPECIALIST).await;
    let order = customer.prepare_order(&specialist, "anna@example.com").await.id;
    let mut asking = JoinSet::new();
    for number in 0..CALLERS {
        let person = Person { server: servers.of(number), ..customer.clone() };
        let order = order.clone();
        asking.spawn(async move {
            let answer = person.activate(&order, &CustomerKey::generate().csr()).await;
            (answer.status, answer.status == 201)
        });
    }
    let statuses: Vec<u16> = asking.join_all().await.into_iter().map(|(status, _)| status).collect();
    assert_eq!((with_status(&statuses, 201), with_status(&statuses, 409)), (1, CALLERS - 1), "{statuses:?}");
    let certificates = customer.certificates().await;
    assert_eq!(certificates.len(), 1);
    let _: Certificate = customer.certificate(&certificates[0].id).await;
    servers.verify_audit();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_links_at_once_to_one_address_five_are_sent() {
    let servers = Servers::start().await;
    let mut asking = JoinSet::new();
    for number in 0..CALLERS {
        let server = servers.of(number);
        asking.spawn(async move {
            let body = json!({"email": "visitor@example.com"});
            server.send("POST", "/api/sign-in-links", "", Some(&body)).await.unwrap().status
        });
    }
    let statuses = asking.join_all().await;
    assert_eq!((with_status(&statuses, 202), with_status(&statuses, 429)), (5, CALLERS - 5), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_chain_of_fifty_writers_at_once_has_no_gap_and_no_fork() {
    let servers = Servers::start().await;
    let customer = Person::sign_in(&servers.of(0), crate::crash::CUSTOMER).await;
    let before = servers.verify_audit();
    let mut asking = JoinSet::new();
    for number in 0..CALLERS {
        let person = Person { server: servers.of(number), ..customer.clone() };
        asking.spawn(async move {
            for order in 0..4 {
                person.place_order(&format!("{number} {order}")).await;
            }
        });
    }
    asking.join_all().await;
    servers.processes[0].verify_audit(Some(&before));
    let placed = r#"SELECT COUNT(*) FROM audit WHERE event LIKE '%"action":"order-placed"%'"#;
    assert_eq!(servers.processes[0].database.count(placed).await, 200);
}
