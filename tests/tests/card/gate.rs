//! Who may ask the bridge for anything: the checklist of reports on such programs, a test each.

use std::{collections::BTreeSet, process::Command};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use tests::{
    card::{
        bridge::{Bridge, PORT, Settings, host},
        http::{Answer, Request},
        operation::{generate, random_id},
        pinentry::{self, NO, YES},
        soft_hsm::SoftHsm,
    },
    process::ends,
};

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";

/// A request of a page at this origin, without a token.
fn from(origin: &str, method: &str, path: &str) -> Request {
    Request::new(method, path).header("Host", &host()).header("Origin", origin)
}

async fn send(request: &Request) -> Result<Answer> {
    request.send("127.0.0.1", PORT).await
}

fn is_refused(answer: &Answer, status: u16, problem: &str) -> Result<()> {
    let got = (answer.status, answer.problem());
    ensure!(got == (status, problem.to_owned()), "it is {got:?} instead of {status} {problem}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_a_page_learns_the_version_and_nothing_else() -> Result<()> {
    let _bridge = Bridge::start(Settings::default()).await?;
    let hello = send(&from(ORIGIN, "GET", "/v1/hello")).await?;
    ensure!(hello.status == 200, "{}", hello.body());
    let said = hello.json()?;
    let keys: BTreeSet<_> = said.as_object().context("no object")?.keys().map(String::as_str).collect();
    let keys: Vec<_> = keys.into_iter().collect();
    ensure!(keys == ["api", "product", "proofs", "version"], "it tells {keys:?}");
    ensure!(said["product"] == "signet-card-bridge" && said["api"] == json!([1]), "it says {said}");
    ensure!(said["proofs"] == json!([]), "it proves something unasked: {said}");
    for (method, path) in [
        ("GET", "/v1/cards"),
        ("POST", "/v1/operations"),
        ("GET", "/v1/operations/x"),
        ("DELETE", "/v1/operations/x"),
    ] {
        let request = from(ORIGIN, method, path).json(&json!({}));
        is_refused(&send(&request).await?, 401, "not-paired").with_context(|| format!("{method} {path}"))?;
        let request = request.header("Authorization", "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        is_refused(&send(&request).await?, 401, "not-paired").with_context(|| format!("{method} {path}"))?;
    }
    is_refused(&send(&from(ORIGIN, "GET", "/")).await?, 404, "not-found")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_forbids_what_an_answer_can_forbid_and_names_one_origin() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let hello = from(ORIGIN, "GET", "/v1/hello");
    let preflight = from(ORIGIN, "OPTIONS", "/v1/operations")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization, content-type");
    let cards = page.request("GET", "/v1/cards");
    for request in [hello.clone(), preflight, cards, page.request("GET", "/v1/nothing")] {
        let answer = send(&request).await?;
        for (name, value) in [
            ("Access-Control-Allow-Origin", ORIGIN),
            ("Vary", "Origin"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ] {
            ensure!(answer.header(name) == Some(value), "{name} of {request:?} is {:?}", answer.header(name));
        }
        for name in ["Access-Control-Allow-Credentials", "Set-Cookie"] {
            ensure!(answer.header(name).is_none(), "the answer to {request:?} has {name}");
        }
    }
    let refused = send(&hello.with("Origin", "http://signet.example")).await?;
    ensure!(
        refused.header("Access-Control-Allow-Origin").is_none(),
        "a refused origin is allowed to read why"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_origin_is_exactly_one_that_is_allowed() -> Result<()> {
    let origins = vec![ORIGIN.to_owned(), "https://signet.example:8443".to_owned()];
    let bridge = Bridge::start(Settings { origins, ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    ensure!(page.get("/v1/cards").await?.status == 200, "the page itself is refused");
    for origin in [
        "https://evil.example",
        "https://signet.example.evil.example",
        "https://evilsignet.example",
        "https://sub.signet.example",
        "http://signet.example",
        "https://signet.example:443",
        "https://signet.example:444",
        "https://signet.example/",
        "https://SIGNET.example",
        "https://signet.example https://evil.example",
        "http://localhost",
        "http://127.0.0.1:28461",
        "file://",
        "null",
        "",
    ] {
        for (method, path) in
            [("GET", "/v1/hello"), ("GET", "/v1/cards"), ("POST", "/v1/pair"), ("OPTIONS", "/v1/pair")]
        {
            let request = page.request(method, path).with("Origin", origin).json(&json!({"code": "314159"}));
            is_refused(&send(&request).await?, 403, "origin-not-allowed")
                .with_context(|| format!("{method} {path} from {origin:?}"))?;
        }
    }
    let hello = from(ORIGIN, "GET", "/v1/hello");
    for request in [hello.clone().without("Origin"), hello.header("Origin", ORIGIN)] {
        is_refused(&send(&request).await?, 403, "origin-not-allowed")
            .with_context(|| format!("{request:?}"))?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_list_any_secure_origin_may_ask_to_be_paired_and_no_other() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    for origin in ["http://signet.example", "http://192.168.1.2", "null", "file://", "ftp://signet.example"] {
        is_refused(&bridge.asked_to_pair(origin).await?, 403, "origin-not-allowed").context(origin)?;
    }
    ensure!(bridge.pinentry.was_told()?.is_empty(), "somebody was asked");
    bridge.pairs("https://another.example").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_name_that_somebody_pointed_at_this_computer_is_refused() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    for ours in [host(), format!("localhost:{PORT}")] {
        let answer = send(&page.request("GET", "/v1/cards").with("Host", &ours)).await?;
        ensure!(answer.status == 200, "{ours} is answered with {}", answer.status);
    }
    for other in [
        "evil.example",
        "evil.example:28461",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:28462",
        "127.0.0.1:80",
        "0.0.0.0:28461",
        "localhost.:28461",
        "127.0.0.1:28461.evil.example",
        "",
    ] {
        let answer = send(&page.request("GET", "/v1/cards").with("Host", other)).await?;
        is_refused(&answer, 421, "wrong-host").with_context(|| format!("{other:?}"))?;
    }
    let twice = page.request("GET", "/v1/cards").header("Host", "evil.example");
    let answer = send(&twice).await?;
    ensure!(answer.status == 421 || answer.status == 400, "two hosts are answered with {}", answer.status);
    let none = send(&page.request("GET", "/v1/cards").without("Host")).await?;
    ensure!(none.status == 421 || none.status == 400, "no host is answered with {}", none.status);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_this_computer_reaches_it() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let process = bridge.process().await?;
    let output = Command::new("ss").args(["-ltnHp"]).output().context("there is no ss")?;
    let table = String::from_utf8(output.stdout)?;
    let own = format!("pid={process},");
    let mut addresses: Vec<_> = table
        .lines()
        .filter(|line| line.contains(&own))
        .filter_map(|line| line.split_whitespace().nth(3))
        .collect();
    addresses.sort_unstable();
    let ipv6 = format!("[::1]:{PORT}");
    ensure!(addresses == [host().as_str(), ipv6.as_str()], "it listens on {addresses:?}: {table}");
    let hello = from(ORIGIN, "GET", "/v1/hello").with("Host", &ipv6);
    ensure!(hello.send("::1", PORT).await?.status == 200, "it does not answer on ::1");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_for_its_own_origin_only_and_is_kept_as_a_hash() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let other = bridge.pairs("https://other.example").await?;
    ensure!(
        page.token.len() == 43 && page.token != other.token,
        "256 bits are 43 characters: {}",
        page.token
    );
    for (token, origin) in [(&page.token, &other.origin), (&other.token, &page.origin)] {
        let request = page.request("GET", "/v1/cards");
        let request = request.with("Authorization", &format!("Bearer {token}")).with("Origin", origin);
        is_refused(&send(&request).await?, 401, "not-paired")?;
    }
    for wrong in [
        format!("Bearer {}", page.token.replace(char::is_alphanumeric, "A")),
        format!("Basic {}", page.token),
        page.token.clone(),
    ] {
        let request = page.request("GET", "/v1/cards").with("Authorization", &wrong);
        is_refused(&send(&request).await?, 401, "not-paired").with_context(|| wrong)?;
    }

    bridge.kill().await?;
    bridge.start_again().await?;
    ensure!(page.get("/v1/cards").await?.status == 200, "the pairing is forgotten");
    for entry in std::fs::read_dir(bridge.folder().join("state"))? {
        let file = entry?.path();
        let kept = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
        ensure!(!kept.contains(&page.token), "{} has the token", file.display());
    }
    ensure!(bridge.run(&["pair", "list"]).await?.contains(ORIGIN), "the pairing is not listed");
    bridge.run(&["pair", "remove", ORIGIN]).await?;
    is_refused(&page.get("/v1/cards").await?, 401, "not-paired")?;
    ensure!(other.get("/v1/cards").await?.status == 200, "the other pairing is gone, too");
    Ok(())
}

/// Another person's program may have the port first; a page must not give it the token.
#[tokio::test(flavor = "multi_thread")]
async fn the_bridge_proves_itself_to_the_origin_that_it_was_paired_with() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let proofs = async |origin: &str, challenge: &str| -> Result<Vec<String>> {
        let hello = send(&from(origin, "GET", &format!("/v1/hello?challenge={challenge}"))).await?;
        Ok(serde_json::from_value(hello.json()?["proofs"].clone())?)
    };
    let (one, other) = (random_id()?, random_id()?);
    ensure!(proofs(ORIGIN, &one).await?.is_empty(), "it proves a pairing that is not there");
    let page = bridge.pairs(ORIGIN).await?;
    let expected = |challenge: &str| {
        let kept = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&page.token));
        vec![BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(kept + challenge))]
    };
    for challenge in [&one, &other] {
        ensure!(proofs(ORIGIN, challenge).await? == expected(challenge), "the page would not know it");
    }
    ensure!(proofs("https://other.example", &one).await?.is_empty(), "it proves itself to another origin");
    let request = from(ORIGIN, "GET", "/v1/hello?challenge=short");
    is_refused(&send(&request).await?, 400, "unreadable")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pairing_needs_a_person_who_sees_origin_and_code() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    bridge.pairs(ORIGIN).await?;
    let said = bridge.pinentry.was_told()?;
    ensure!(said.contains(ORIGIN), "the window does not name the site: {said}");
    ensure!(said.contains("314159") || said.contains("314 159"), "the window does not show the code: {said}");

    for answer in [NO, pinentry::CANCEL, pinentry::TIMEOUT] {
        bridge.pinentry.will_answer(&[answer])?;
        let refused = bridge.asked_to_pair("https://other.example").await?;
        is_refused(&refused, 403, "pairing-refused").context(answer)?;
    }
    bridge.pinentry.will_answer(&[pinentry::CRASH])?;
    is_refused(&bridge.asked_to_pair("https://other.example").await?, 503, "prompt-unavailable")?;
    for code in ["31415", "3141592", "31415a", "٣١٤١٥٩", ""] {
        let request = from(ORIGIN, "POST", "/v1/pair").json(&json!({"code": code}));
        is_refused(&send(&request).await?, 400, "unreadable").context(code)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_pairing_window_at_a_time_and_not_too_many() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    // Nobody answers.
    let first = tokio::spawn(async {
        send(&from(ORIGIN, "POST", "/v1/pair").json(&json!({"code": "314159"}))).await
    });
    let window = bridge.pinentry.waits().await?;
    is_refused(&bridge.asked_to_pair("https://other.example").await?, 409, "pairing-busy")?;
    // The page goes away, and with it the window.
    first.abort();
    ends(window).await?;

    bridge.pinentry.will_answer(&[NO; 9])?;
    let mut answers = Vec::new();
    for _ in 0..9 {
        answers.push(bridge.asked_to_pair(ORIGIN).await?.status);
    }
    ensure!(answers.contains(&403), "no window was shown: {answers:?}");
    ensure!(answers.last() == Some(&429), "nine windows were shown: {answers:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_of_a_sensible_size_and_shape_is_read() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token], ..Settings::default() }).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let post = |path: &str| page.request("POST", path);
    let good = json!({"id": random_id()?, "task": generate("p-256")});
    // A form of another site can send these without asking the browser.
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
    {
        let request = post("/v1/operations").body(good.to_string().into_bytes());
        let answer = send(&request.clone().with("Content-Type", media_type)).await?;
        ensure!(answer.status == 415, "{media_type} is answered with {}", answer.status);
        ensure!(send(&request).await?.status == 415, "no type at all is answered");
    }
    let task = |task: serde_json::Value| Ok::<_, anyhow::Error>(json!({"id": random_id()?, "task": task}));
    for wrong in [
        json!({}),
        json!({"id": "short", "task": generate("p-256")}),
        json!({"id": "../../../../../../../../../../etc/passwd00000", "task": generate("p-256")}),
        json!({"id": random_id()?, "task": generate("p-256"), "module": "/tmp/evil.so"}),
        task(json!({"kind": "sign", "digest": "00"}))?,
        task(
            json!({"kind": "generate", "algorithm": "p-256", "mailbox": "a@b.c", "card": null, "module": "/tmp/evil.so"}),
        )?,
        task(json!({"kind": "install", "certificate_pem": "x", "path": "/etc/passwd"}))?,
    ] {
        let answer = send(&post("/v1/operations").json(&wrong)).await?;
        ensure!([400, 422].contains(&answer.status), "{wrong} is answered with {}", answer.status);
    }
    let big =
        json!({"id": random_id()?, "task": {"kind": "install", "certificate_pem": "A".repeat(1 << 20)}});
    let answer = send(&post("/v1/operations").json(&big)).await?;
    ensure!(answer.status == 413, "a megabyte is answered with {}", answer.status);
    ensure!(bridge.pinentry.unasked()?.is_empty(), "nothing was scripted");
    ensure!(!bridge.pinentry.was_told()?.contains("GETPIN"), "a PIN was asked for");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_and_a_replayed_operation_are_refused() -> Result<()> {
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let bridge = Bridge::start(Settings { tokens: vec![token], ..Settings::default() }).await?;
    let (page, other) = (bridge.pairs(ORIGIN).await?, bridge.pairs("https://other.example").await?);
    bridge.pinentry.will_answer(&[])?;
    let first = page.begins(&generate("p-256")).await?;
    let window = bridge.pinentry.waits().await?;
    for tab in [&page, &other] {
        is_refused(&tab.asks_for(&random_id()?, &generate("p-256")).await?, 409, "busy")?;
    }
    // What is one site's does not exist for another.
    let path = format!("/v1/operations/{}", first.id);
    is_refused(&other.get(&path).await?, 404, "not-found")?;
    is_refused(&send(&other.request("DELETE", &path)).await?, 404, "not-found")?;
    ensure!(first.stands(0).await?["state"] == "waiting-for-person", "somebody else's tab ended it");

    ensure!(first.cancels().await?.status == 204, "it cannot be cancelled");
    ensure!(first.fails().await? == "cancelled", "it was not cancelled");
    ends(window).await?;
    is_refused(&page.asks_for(&first.id, &generate("p-256")).await?, 409, "replayed")?;

    bridge.pinentry.will_answer(&[PIN])?;
    page.does(&generate("p-256")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_person_of_the_machine_is_refused_even_with_the_token() -> Result<()> {
    let bridge = Bridge::start(Settings::default()).await?;
    let page = bridge.pairs(ORIGIN).await?;
    let as_person = |person: &str, request: &Request| {
        let bytes = request.bytes();
        let script = format!("exec 3<>/dev/tcp/127.0.0.1/{PORT}; cat >&3; cat <&3");
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={person}"), "--clear-groups", "bash", "-c", &script]);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().context("there is no setpriv")?;
        std::io::Write::write_all(&mut child.stdin.take().context("no input")?, &bytes)?;
        Answer::parse(&String::from_utf8(child.wait_with_output()?.stdout)?)
    };
    let cards = page.request("GET", "/v1/cards");
    ensure!(as_person("root", &cards)?.status == 200, "the very person is refused");
    let hello = from(ORIGIN, "GET", "/v1/hello");
    for request in [cards, hello, from(ORIGIN, "POST", "/v1/pair").json(&json!({"code": "314159"}))] {
        is_refused(&as_person("nobody", &request)?, 403, "other-person")?;
    }
    ensure!(bridge.pinentry.unasked()? == Vec::<String>::new(), "{YES} was used up by the pairing");
    Ok(())
}
