//! Who may use which route: each one asked by everybody. The table here is printed into docs/access.md.

use crate::{
    client::Person,
    csr::CustomerKey,
    request::{answer, request},
    stage::{CUSTOMER, OTHER_CUSTOMER, SPECIALIST, Stage},
};
use pki::mailbox::Mailbox;
use serde_json::{Value, json};
use server::{
    access::{Permission, Role},
    account::{self, Position},
    clock::Clock,
    storage::{MemberRole, PartnerRole, StaffRole},
};

/// What a route asks for.
#[derive(Clone, Copy, Debug)]
enum Needs {
    /// Nothing.
    Nothing,
    /// A session.
    Session,
    /// A permission, for something of a customer, or of the server's own.
    Permission(Permission),
}

/// One route, what it asks for, and the status that those get who have it.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// As in the description of the API.
    pub(crate) template: &'static str,
    needs: Needs,
    status: u16,
}

const fn open(method: &'static str, template: &'static str, status: u16) -> Route {
    Route { method, template, needs: Needs::Nothing, status }
}

const fn route(method: &'static str, template: &'static str, permission: Permission, status: u16) -> Route {
    Route { method, template, needs: Needs::Permission(permission), status }
}

/// Every route. An order in these requests is fresh, so that some are refused for its state even to who may use them.
pub(crate) const ROUTES: &[Route] = &[
    open("GET", "/api/health", 204),
    open("GET", "/api/openapi.json", 200),
    open("GET", "/api/session", 200),
    open("POST", "/api/session", 404),
    Route { method: "DELETE", template: "/api/session", needs: Needs::Session, status: 204 },
    open("POST", "/api/sign-in-links", 202),
    open("GET", "/api/products", 200),
    open("GET", "/api/inbox", 200),
    route("POST", "/api/orders", Permission::PlaceOrder, 201),
    route("GET", "/api/orders", Permission::ReadOrders, 200),
    route("GET", "/api/orders/{id}", Permission::ReadOrders, 200),
    route("GET", "/api/register", Permission::SearchRegister, 200),
    route("GET", "/api/organizations", Permission::ProvideData, 200),
    route("GET", "/api/mailboxes", Permission::NameMailbox, 200),
    route("PUT", "/api/orders/{id}/organization", Permission::ProvideData, 200),
    route("PUT", "/api/orders/{id}/verified-organization", Permission::ProvideData, 409),
    route("POST", "/api/orders/{id}/documents", Permission::ProvideData, 201),
    route("GET", "/api/orders/{id}/documents/{document_id}", Permission::ReadDocuments, 200),
    route("PUT", "/api/orders/{id}/mailbox", Permission::NameMailbox, 200),
    route("PUT", "/api/orders/{id}/verified-mailbox", Permission::NameMailbox, 409),
    route("POST", "/api/orders/{id}/mailbox/challenge", Permission::NameMailbox, 200),
    route("POST", "/api/orders/{id}/activation", Permission::Activate, 409),
    open("POST", "/api/mailbox-challenges/inspect", 404),
    open("POST", "/api/mailbox-challenges/confirm", 404),
    route("GET", "/api/verifications", Permission::ReadVerifications, 200),
    route("GET", "/api/verifications/{order_id}", Permission::ReadVerifications, 200),
    route("POST", "/api/verifications/{order_id}/approval", Permission::Decide, 409),
    route("POST", "/api/verifications/{order_id}/refusal", Permission::Decide, 409),
    route("GET", "/api/certificates", Permission::ReadCertificates, 200),
    route("GET", "/api/certificates/{id}", Permission::ReadCertificates, 200),
    route("GET", "/api/certificates/{id}/certificate.pem", Permission::ReadCertificates, 200),
    route("GET", "/api/certificates/{id}/certificate.der", Permission::ReadCertificates, 200),
    route("GET", "/api/certificates/{id}/chain.pem", Permission::ReadCertificates, 200),
    route("POST", "/api/card-jobs", Permission::Activate, 409),
    // A job belongs to the person who made it: here nobody did.
    Route { method: "GET", template: "/api/card-jobs/{id}", needs: Needs::Session, status: 404 },
    Route { method: "DELETE", template: "/api/card-jobs/{id}", needs: Needs::Session, status: 404 },
    open("POST", "/api/card-jobs/claim", 404),
    open("POST", "/api/card-jobs/report", 401),
    route("GET", "/api/jobs", Permission::ReadJobs, 200),
    route("POST", "/api/jobs/{id}/run", Permission::RunJobs, 204),
    open("GET", "/pki/root.cer", 200),
    open("GET", "/pki/root.crl", 200),
    open("GET", "/pki/issuing.cer", 200),
    open("GET", "/pki/issuing.crl", 200),
];

/// The lists of a customer; who belongs to none has none, whatever the role.
const OWN_LISTS: [&str; 4] = ["/api/orders", "/api/certificates", "/api/organizations", "/api/mailboxes"];

/// Whose the order of the requests is to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// Of the customer that the person acts for, and the person holds it where holders count.
    Own,
    /// Of another customer, or of another holder.
    Other,
    /// The person belongs to no customer.
    None,
}

/// Somebody who asks.
struct Actor {
    name: &'static str,
    role: Option<Role>,
    relation: Relation,
    person: Option<Person>,
    signed_out: bool,
}

impl Actor {
    /// The status that this route answers to them.
    fn expected(&self, route: &Route) -> u16 {
        let signed_in = self.person.is_some() && !self.signed_out;
        let permission = match route.needs {
            Needs::Nothing => return route.status,
            Needs::Session if signed_in => return route.status,
            _ if !signed_in => return 401,
            Needs::Permission(permission) => permission,
            Needs::Session => return 401,
        };
        let may = self.role.is_some_and(|role| permission.roles().contains(&role));
        let is_list = OWN_LISTS.contains(&route.template);
        let needs_no_order = is_list || route.template == "/api/register" || is_of_the_server(route);
        let reaches = match self.relation {
            Relation::Own => true,
            Relation::Other => needs_no_order,
            Relation::None => !is_list,
        };
        if may && reaches { route.status } else { 404 }
    }
}

fn is_of_the_server(route: &Route) -> bool {
    route.template.starts_with("/api/jobs") || route.template.starts_with("/api/verifications")
}

/// A customer's order with a document, submitted data and a mailbox; and one with a certificate.
struct Scene {
    stage: Stage,
    order_id: String,
    document_id: String,
    certificate_id: String,
    job_id: String,
    actors: Vec<Actor>,
}

const HOLDER: &str = "holder@example.com";

fn at_the_customer(role: MemberRole) -> Position {
    Position::Customer { of: Some(Mailbox::parse(CUSTOMER).unwrap()), role }
}

fn at_a_partner(name: &str, role: PartnerRole, acts_for: &str) -> Position {
    Position::Partner { name: name.to_owned(), role, acts_for: Some(Mailbox::parse(acts_for).unwrap()) }
}

impl Scene {
    async fn new() -> Self {
        let stage = Stage::new().await;
        let owner = stage.sign_in(CUSTOMER).await;
        let specialist = stage.sign_in(SPECIALIST).await;
        let order_id = owner.place_order("key").await.id;
        owner.submit_organization(&order_id).await;
        let mailbox = json!({"email": "mailbox@example.com"});
        owner.send("PUT", &format!("/api/orders/{order_id}/mailbox"), Some(&mailbox)).await;
        let path = format!("/api/orders/{order_id}/documents?name=extract.pdf");
        let upload = request("POST", &path).header("cookie", &owner.cookie);
        let document: protocol::Document = answer(&stage, upload, "%PDF-1.7 first").await.expect(201);
        stage.add(HOLDER, at_the_customer(MemberRole::Holder)).await;
        let ready = owner.prepare_order(&specialist, "issued@example.com").await.id;
        stage
            .execute(
                "UPDATE orders SET holder_id = (SELECT id FROM account WHERE email = 'holder@example.com')",
            )
            .await;
        let holder = stage.sign_in(HOLDER).await;
        let issued = holder.activate(&ready, &CustomerKey::generate().csr()).await;
        let certificate_id = issued.expect::<protocol::Certificate>(201).summary.id;
        stage.run_jobs().await;
        let waiting = stage.texts("SELECT id FROM job WHERE kind = 'removal' AND done_at IS NULL");
        let job_id = waiting.await.remove(0);
        let actors = actors(&stage).await;
        Self { stage, order_id, document_id: document.id, certificate_id, job_id, actors }
    }

    fn path(&self, route: &Route) -> String {
        let id = match route.template {
            template if template.starts_with("/api/certificates") => &self.certificate_id,
            template if template.starts_with("/api/jobs") => &self.job_id,
            _ => &self.order_id,
        };
        let path = route
            .template
            .replace("{order_id}", &self.order_id)
            .replace("{document_id}", &self.document_id)
            .replace("{id}", id);
        match (route.method, route.template) {
            (_, "/api/register") => {
                format!("{path}?registration_number_type=NTR&registration_number=0000712345&country=PL")
            }
            ("POST", "/api/orders/{id}/documents") => format!("{path}?name=second.pdf"),
            _ => path,
        }
    }

    async fn status(&self, route: &Route, actor: &Actor) -> u16 {
        let cookie = actor.person.as_ref().map_or("", |person| person.cookie.as_str());
        let sent = request(route.method, &self.path(route)).header("cookie", cookie);
        let content = match (route.method, route.template) {
            ("POST", "/api/orders/{id}/documents") => format!("%PDF-1.7 of {}", actor.name),
            _ => body(route, &self.order_id, actor.name).to_string(),
        };
        answer(&self.stage, sent, content).await.status
    }
}

async fn actors(stage: &Stage) -> Vec<Actor> {
    let partner = |role| at_a_partner("Partner", role, CUSTOMER);
    let other_partner = at_a_partner("Other partner", PartnerRole::Administrator, OTHER_CUSTOMER);
    let staff = Position::Staff;
    let people: [(&str, Option<Position>, Role, Relation); 11] = [
        (
            "administrator",
            Some(at_the_customer(MemberRole::Administrator)),
            Role::CustomerAdministrator,
            Relation::Own,
        ),
        ("holder", None, Role::CustomerHolder, Relation::Own),
        ("other-holder", Some(at_the_customer(MemberRole::Holder)), Role::CustomerHolder, Relation::Other),
        ("other.customer", None, Role::CustomerAdministrator, Relation::Other),
        (
            "partner-administrator",
            Some(partner(PartnerRole::Administrator)),
            Role::PartnerAdministrator,
            Relation::Own,
        ),
        ("partner-member", Some(partner(PartnerRole::Member)), Role::PartnerMember, Relation::Own),
        ("other-partner", Some(other_partner), Role::PartnerAdministrator, Relation::Other),
        ("specialist", None, Role::ValidationSpecialist, Relation::None),
        ("operator", Some(staff(StaffRole::Operator)), Role::Operator, Relation::None),
        ("auditor", Some(staff(StaffRole::Auditor)), Role::Auditor, Relation::None),
        (
            "suspended",
            Some(at_the_customer(MemberRole::Administrator)),
            Role::CustomerAdministrator,
            Relation::Own,
        ),
    ];
    let anonymous =
        Actor { name: "anonymous", role: None, relation: Relation::None, person: None, signed_out: true };
    let mut actors = vec![anonymous];
    for (name, position, role, relation) in people {
        let email = format!("{name}@example.com");
        if let Some(position) = position {
            stage.add(&email, position).await;
        }
        let person = Some(stage.sign_in(&email).await);
        let signed_out = name == "suspended";
        if signed_out {
            let mailbox = Mailbox::parse(&email).unwrap();
            account::suspend_in(&stage.store, stage.clock.now(), mailbox).await.unwrap();
        }
        actors.push(Actor { name, role: Some(role), relation, person, signed_out });
    }
    actors
}

/// Whom a person orders for.
fn holder_of(who: &str) -> &'static str {
    match who {
        "other.customer" | "other-partner" => OTHER_CUSTOMER,
        _ => HOLDER,
    }
}

/// A body that the route accepts from who may use it.
fn body(route: &Route, order_id: &str, who: &str) -> Value {
    let later = "2030-01-01T00:00:00Z";
    match (route.method, route.template) {
        ("POST", "/api/session")
        | (
            _,
            "/api/mailbox-challenges/inspect" | "/api/mailbox-challenges/confirm" | "/api/card-jobs/claim",
        ) => {
            json!({"token": "A".repeat(43)})
        }
        ("POST", "/api/card-jobs/report") => json!({"state": "waiting-for-person"}),
        ("POST", "/api/sign-in-links") => json!({"email": format!("visitor.{who}@example.com")}),
        ("POST", "/api/orders") => {
            json!({"product_id": "smime-organization-365", "idempotency_key": "another", "holder": holder_of(who)})
        }
        ("PUT", "/api/orders/{id}/organization") => json!({
            "data": crate::client::organization(),
            "verification": {
                "method": "register", "registration_number_type": "NTR", "registration_number": "0000712345",
            },
        }),
        ("PUT", "/api/orders/{id}/verified-organization") => json!({"organization_id": "0".repeat(32)}),
        ("PUT", "/api/orders/{id}/mailbox") => json!({"email": format!("{who}.mailbox@example.com")}),
        ("PUT", "/api/orders/{id}/verified-mailbox") => json!({"mailbox_id": "0".repeat(32)}),
        (_, "/api/orders/{id}/activation") => crate::client::activation(&CustomerKey::generate().csr()),
        (_, "/api/verifications/{order_id}/approval") => {
            json!({"data": crate::client::organization(), "submitted_at": later})
        }
        ("POST", "/api/card-jobs") => json!({
            "order_id": order_id,
            "task": {"kind": "generate", "algorithm": "rsa-2048", "mailbox": "mailbox@example.com"},
        }),
        (_, "/api/verifications/{order_id}/refusal") => json!({"reason": "Why not", "submitted_at": later}),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn everybody_gets_from_every_route_what_they_may_and_no_more() {
    let scene = Scene::new().await;
    let (last, routes): (Vec<_>, Vec<_>) =
        ROUTES.iter().partition(|route| (route.method, route.template) == ("DELETE", "/api/session"));
    let mut differences = Vec::new();
    for route in routes.into_iter().chain(last) {
        for actor in &scene.actors {
            let (status, expected) = (scene.status(route, actor).await, actor.expected(route));
            if status != expected {
                differences.push(format!(
                    "{} {} answers {status} to {}, not {expected}",
                    route.method, route.template, actor.name
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// What a reader of the table calls a role.
const COLUMNS: [(Role, &str); 7] = [
    (Role::CustomerAdministrator, "customer: administrator"),
    (Role::CustomerHolder, "customer: holder"),
    (Role::PartnerAdministrator, "partner: administrator"),
    (Role::PartnerMember, "partner: member"),
    (Role::ValidationSpecialist, "specialist"),
    (Role::Operator, "operator"),
    (Role::Auditor, "auditor"),
];

/// Whether somebody with this role alone acts for no customer.
fn is_of_the_ca(role: Role) -> bool {
    matches!(role, Role::ValidationSpecialist | Role::Operator | Role::Auditor)
}

/// The page that says who may use which route.
fn page() -> String {
    let mut page = "# Who may use which route\n\n\
        Made from `server/tests/http/access.rs`, which asks every route as everybody; `SIGNET_WRITE_DOCS=1 cargo test -p server --test http \
        access` writes it anew. A customer's and a partner's roles reach what belongs to the customer that is acted for; a holder what \
        is the holder's own. Everything else answers 404, as if it were not there. Who is signed out or suspended gets 401.\n\n"
        .to_owned();
    page.push_str("| route |");
    for (_, name) in COLUMNS {
        page.extend([" ", name, " |"]);
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(COLUMNS.len()));
    for route in ROUTES {
        page.extend(["\n| ", route.method, " ", route.template, " |"]);
        match route.needs {
            Needs::Nothing => page.push_str(&" everybody |".repeat(COLUMNS.len())),
            Needs::Session => page.push_str(&" yes |".repeat(COLUMNS.len())),
            Needs::Permission(permission) => {
                for (role, _) in COLUMNS {
                    let has_list = !is_of_the_ca(role) || !OWN_LISTS.contains(&route.template);
                    let may = permission.roles().contains(&role) && has_list;
                    page.push_str(if may { " yes |" } else { " |" });
                }
            }
        }
    }
    page.push('\n');
    page
}

#[test]
fn the_page_of_docs_has_this_table() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/access.md");
    if std::env::var_os("SIGNET_WRITE_DOCS").is_some() {
        std::fs::write(&file, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), page(), "SIGNET_WRITE_DOCS=1 writes it anew");
}

#[tokio::test]
async fn an_id_that_does_not_exist_and_one_of_somebody_else_are_answered_alike() {
    let stage = Stage::new().await;
    let order = stage.sign_in(CUSTOMER).await.place_order("key").await.id;
    let other = stage.sign_in(OTHER_CUSTOMER).await;
    let foreign = other.get(&format!("/api/orders/{order}")).await;
    let invented = other.get(&format!("/api/orders/{}", "0".repeat(32))).await;
    assert_eq!((foreign.status, foreign.body), (invented.status, invented.body));
}

#[tokio::test]
async fn a_specialist_decides_on_nothing_of_an_own_customer() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let order = customer.place_order("key").await.id;
    let order = customer.submit_organization(&order).await;
    let submitted_at = order.claim.as_ref().unwrap().submitted_at;
    stage.add(SPECIALIST, at_the_customer(MemberRole::Holder)).await;
    let specialist = stage.sign_in(SPECIALIST).await;
    let approval = json!({"data": crate::client::organization(), "submitted_at": submitted_at});
    let path = format!("/api/verifications/{}/approval", order.id);
    assert_eq!(specialist.send("POST", &path, Some(&approval)).await.slug(409), "own-customer");
    let refusal = json!({"reason": "No.", "submitted_at": submitted_at});
    let path = format!("/api/verifications/{}/refusal", order.id);
    assert_eq!(specialist.send("POST", &path, Some(&refusal)).await.slug(409), "own-customer");
}

#[tokio::test]
async fn a_suspended_person_is_signed_out_at_once_and_signs_in_again_when_resumed() {
    let stage = Stage::new().await;
    let customer = stage.sign_in(CUSTOMER).await;
    let (mailbox, now) = (Mailbox::parse(CUSTOMER).unwrap(), stage.clock.now());
    account::suspend_in(&stage.store, now, mailbox.clone()).await.unwrap();
    assert_eq!(customer.get("/api/orders").await.slug(401), "not-signed-in");
    let body = json!({"email": CUSTOMER});
    assert_eq!(stage.server().send("POST", "/api/sign-in-links", "", Some(&body)).await.unwrap().status, 202);
    let mail = &stage.server().mail_to(CUSTOMER).await[0];
    let token = mail.text.split_once("/sign-in/").unwrap().1.split_whitespace().next().unwrap().to_owned();
    let body = json!({"token": token});
    let refused = stage.server().send("POST", "/api/session", "", Some(&body)).await.unwrap();
    assert_eq!(refused.slug(403), "account-suspended");
    account::resume_in(&stage.store, now, mailbox).await.unwrap();
    stage.sign_in(CUSTOMER).await.place_order("key").await;
}
