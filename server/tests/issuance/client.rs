//! People who use the HTTP API of a server.

use axum::{Router, body::Body, http};
use http_body_util::BodyExt;
use protocol::{Certificate, CertificateSummary, InboxMessage, Order, Page, Problem};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower::ServiceExt;

/// Where requests go.
#[derive(Clone, Debug)]
pub(crate) enum Server {
    /// To a router in this process.
    InProcess(Router),
    /// To a process that listens at this origin.
    Process { client: reqwest::Client, origin: String },
}

/// The server went away before it answered.
#[derive(Debug)]
pub(crate) struct Gone;

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {}", String::from_utf8_lossy(&self.body)))
    }

    /// The JSON of an answer that must have this status.
    pub(crate) fn expect<T: DeserializeOwned>(&self, status: u16) -> T {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The slug of a problem that must have this status.
    pub(crate) fn slug(&self, status: u16) -> String {
        self.expect::<Problem>(status).slug().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("our headers are ASCII"))
    }
}

impl Server {
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Gone> {
        let headers = [("x-signet", "1"), ("content-type", "application/json"), ("cookie", cookie)];
        let body = body.map(Value::to_string).unwrap_or_default();
        match self {
            Self::InProcess(router) => {
                let request = headers
                    .into_iter()
                    .fold(http::Request::builder().method(method).uri(path), |request, (name, value)| {
                        request.header(name, value)
                    })
                    .body(Body::from(body))
                    .expect("the request is well-formed");
                let Ok(response) = router.clone().oneshot(request).await;
                let (parts, body) = response.into_parts();
                let body = body.collect().await.map_err(|_closed| Gone)?.to_bytes().to_vec();
                Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
            }
            Self::Process { client, origin } => {
                let method = method.parse().expect("the method has a name");
                let request = headers
                    .into_iter()
                    .fold(client.request(method, format!("{origin}{path}")), |request, (name, value)| {
                        request.header(name, value)
                    })
                    .body(body);
                let response = request.send().await.map_err(|_closed| Gone)?;
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let body = response.bytes().await.map_err(|_closed| Gone)?.to_vec();
                Ok(Answer { status, headers, body })
            }
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "", None).await.expect("the server answers")
    }

    /// The messages to this address, newest first.
    pub(crate) async fn mail_to(&self, address: &str) -> Vec<InboxMessage> {
        let messages: Vec<InboxMessage> = self.get("/api/inbox").await.expect(200);
        messages.into_iter().filter(|message| message.to == address).collect()
    }

    /// The value at the end of the link in the newest message to this address.
    async fn mailed_token(&self, address: &str, path: &str) -> String {
        let messages = self.mail_to(address).await;
        let newest = messages.first().unwrap_or_else(|| panic!("no mail to {address}"));
        let (_, rest) =
            newest.text.split_once(path).unwrap_or_else(|| panic!("no {path} in {}", newest.text));
        rest.split_whitespace().next().expect("a link has an end").to_owned()
    }
}

/// Somebody with an open session.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) server: Server,
    pub(crate) cookie: String,
}

impl Person {
    pub(crate) async fn sign_in(server: &Server, email: &str) -> Self {
        let asked = server.send("POST", "/api/sign-in-links", "", Some(&json!({"email": email}))).await;
        assert_eq!(asked.expect("the server answers").status, 202);
        let token = server.mailed_token(email, "/sign-in/").await;
        let opened = server.send("POST", "/api/session", "", Some(&json!({"token": token}))).await;
        let opened = opened.expect("the server answers");
        assert_eq!(opened.status, 200, "{}", String::from_utf8_lossy(&opened.body));
        let cookie = opened.header("set-cookie").split(';').next().expect("a cookie has a value");
        Self { server: server.clone(), cookie: cookie.to_owned() }
    }

    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Gone> {
        self.server.send(method, path, &self.cookie, body).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.try_send(method, path, body).await.expect("the server answers")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub(crate) async fn place_order(&self, key: &str) -> Order {
        let request = json!({"product_id": "smime-organization-365", "idempotency_key": key});
        self.send("POST", "/api/orders", Some(&request)).await.expect(201)
    }

    pub(crate) async fn order(&self, id: &str) -> Order {
        self.get(&format!("/api/orders/{id}")).await.expect(200)
    }

    /// Step 1, the customer's part.
    pub(crate) async fn submit_organization(&self, order: &str) -> Order {
        let evidence = json!({
            "data": organization(),
            "verification": {
                "method": "register",
                "registration_number_type": "NTR",
                "registration_number": "0000712345",
            },
        });
        self.send("PUT", &format!("/api/orders/{order}/organization"), Some(&evidence)).await.expect(200)
    }

    /// Step 1, the validation specialist's part.
    pub(crate) async fn approve_organization(&self, order: &Order) {
        let submitted_at = order.claim.as_ref().expect("the organization was submitted").submitted_at;
        let approval = json!({"data": organization(), "submitted_at": submitted_at});
        let path = format!("/api/verifications/{}/approval", order.id);
        let approved: Value = self.send("POST", &path, Some(&approval)).await.expect(200);
        assert_eq!(approved["status"], "verified");
    }

    /// Step 2, both halves.
    pub(crate) async fn verify_mailbox(&self, order: &str, mailbox: &str) {
        let path = format!("/api/orders/{order}/mailbox");
        self.send("PUT", &path, Some(&json!({"email": mailbox}))).await.expect::<Order>(200);
        let token = self.server.mailed_token(mailbox, "/confirm/").await;
        let confirm = json!({"token": token});
        let confirmed: Value =
            self.send("POST", "/api/mailbox-challenges/confirm", Some(&confirm)).await.expect(200);
        assert_eq!(confirmed["state"], "confirmed");
    }

    /// Step 3.
    pub(crate) async fn try_activate(&self, order: &str, csr: &str) -> Result<Answer, Gone> {
        self.try_send("POST", &format!("/api/orders/{order}/activation"), Some(&activation(csr))).await
    }

    pub(crate) async fn activate(&self, order: &str, csr: &str) -> Answer {
        self.try_activate(order, csr).await.expect("the server answers")
    }

    pub(crate) async fn certificate(&self, id: &str) -> Certificate {
        self.get(&format!("/api/certificates/{id}")).await.expect(200)
    }

    /// The certificates that the person sees, the newest of them.
    pub(crate) async fn certificates(&self) -> Vec<CertificateSummary> {
        self.get("/api/certificates").await.expect::<Page<CertificateSummary>>(200).items
    }

    /// Places an order and takes it through steps 1 and 2.
    pub(crate) async fn prepare_order(&self, specialist: &Self, mailbox: &str) -> Order {
        let order = self.place_order(mailbox).await;
        let order = self.submit_organization(&order.id).await;
        specialist.approve_organization(&order).await;
        self.verify_mailbox(&order.id, mailbox).await;
        order
    }
}

/// The organization of every order, as the demonstration register knows it.
pub(crate) fn organization() -> Value {
    json!({
        "organization": "Bursztyn Logistyka Sp. z o.o.",
        "country": "PL",
        "state_or_province": "Pomorskie",
        "locality": "Gdańsk",
        "organization_identifier": "NTRPL-0000712345",
    })
}

/// What the page sends in step 3.
pub(crate) fn activation(csr: &str) -> Value {
    json!({
        "csr": csr,
        "subject": {
            "common_name": "organization", "locality": true, "state_or_province": true, "country": true,
        },
        "key_origin": "csr",
        "terms_accepted": true,
    })
}
