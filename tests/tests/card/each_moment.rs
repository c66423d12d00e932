//! At each moment of each task the card is stopped, and there the bridge, its worker, the page, the card or the smart-card
//! service goes. As soon as things are well again, the page sees the card as it is, and can begin anew.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tests::{
    card::{
        bridge::Bridge,
        faulty_module::FaultyModule,
        operation::{Page, Running, generate},
        pinentry::YES,
        soft_hsm::SoftHsm,
        token::Token,
        virtual_card::{ADMIN_PIN, CardService, PIN as CARD_PIN, VirtualCard},
    },
    process::ends,
};
use tokio::time::timeout;

use crate::{
    interruptions::{NOTICED_WITHIN, card_is_there, kill, reuses, worker},
    keys::{certificate, installs},
};

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";

/// What goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Bridge,
    Worker,
    Page,
    Patience,
}

const ENDINGS: [Ending; 4] = [Ending::Bridge, Ending::Worker, Ending::Page, Ending::Patience];

/// A page, and a token whose module stops where it is told.
struct Scene {
    bridge: Bridge,
    module: FaultyModule,
    page: Page,
    token: Token,
    _soft_hsm: SoftHsm,
}

impl Scene {
    async fn opens() -> Result<Self> {
        let (soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
        let module = FaultyModule::in_front_of(&token)?;
        let bridge = Bridge::start(module.settings()).await?;
        let page = bridge.pairs(ORIGIN).await?;
        page.sees_cards(card_is_there).await?;
        Ok(Self { bridge, module, page, token, _soft_hsm: soft_hsm })
    }

    async fn does(&self, task: &Value) -> Result<Value> {
        self.bridge.pinentry.will_answer(&[PIN])?;
        self.page.does(task).await
    }

    /// Begins the task, and has this go when the card has stopped there. Afterwards all is well.
    async fn breaks_off(&self, task: &Value, order: &str, ending: Ending) -> Result<()> {
        self.module.is_to(&[order])?;
        self.bridge.pinentry.will_answer(&[PIN])?;
        let running = self.page.begins(task).await?;
        self.module.stops(order).await?;
        match ending {
            Ending::Bridge => {
                let worker = worker(&self.bridge).await?;
                self.bridge.kill().await?;
                ends(worker).await.context("the worker outlives the bridge")?;
                self.module.goes_on()?;
                self.bridge.start_again().await?;
            }
            Ending::Worker => {
                kill(worker(&self.bridge).await?)?;
                self.module.goes_on()?;
                let code = running.fails().await?;
                ensure!(code == "module-failed", "{code}");
            }
            Ending::Page => self.goes_without_page(&running).await?,
            Ending::Patience => {
                running.cancels().await?;
                let ended =
                    timeout(NOTICED_WITHIN, running.fails()).await.context("Cancel takes too long")??;
                ensure!(ended == "cancelled", "{ended}");
                self.module.goes_on()?;
            }
        }
        Ok(())
    }

    /// What the card is at goes on without its page, to its end.
    async fn goes_without_page(&self, running: &Running) -> Result<()> {
        let revision = running.stands(0).await?["revision"].as_u64().context("no revision")?;
        let following = timeout(Duration::from_millis(100), running.stands(revision)).await;
        ensure!(following.is_err(), "it changed by itself");
        self.module.goes_on()?;
        timeout(NOTICED_WITHIN, running.until("done")).await.context("it does not end")?.map(drop)
    }
}

/// The keys without a certificate.
fn unused_keys(report: &Value) -> Vec<Value> {
    let keys = report["cards"][0]["keys"].as_array();
    keys.into_iter().flatten().filter(|key| key["has_certificate"] == false).cloned().collect()
}

/// What the page sees, as soon as it must see it.
async fn sees_soon(page: &Page, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
    let seen = page.sees_cards(|report| card_is_there(report) && wanted(report));
    match timeout(NOTICED_WITHIN, seen).await {
        Ok(seen) => seen,
        Err(_) => bail!("the page still sees {}", page.sees_cards(|_| true).await?),
    }
}

fn removal(key: &Value) -> Value {
    json!({"kind": "remove", "card": null, "public_key_sha256": key["public_key_sha256"]})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_made_is_offered_and_no_half_of_one_is_left() -> Result<()> {
    let scene = Scene::opens().await?;
    let mut removed = Vec::new();
    for (order, is_made) in [
        ("before C_Login", false),
        ("before C_GenerateKeyPair", false),
        ("after C_GenerateKeyPair", true),
        ("before C_Sign", true),
        ("after C_Sign", true),
    ] {
        for ending in ENDINGS {
            let what = || format!("{ending:?} {order}");
            scene.breaks_off(&generate("p-256"), order, ending).await.with_context(what)?;
            let expected = usize::from(is_made || ending == Ending::Page);
            let new = |report: &Value| -> Vec<Value> {
                unused_keys(report).into_iter().filter(|key| !removed.contains(key)).collect()
            };
            let report = sees_soon(&scene.page, |report| new(report).len() == expected);
            let made = new(&report.await.with_context(what)?);
            for key in &made {
                reuses(&scene.bridge, &scene.page, key, PIN).await.with_context(what)?;
                scene.does(&removal(key)).await.with_context(what)?;
            }
            removed.extend(made);
            for kind in ["privkey", "pubkey"] {
                let objects = scene.token.objects(kind)?;
                ensure!(objects.is_empty(), "{}: {objects:?}", what());
            }
        }
    }
    scene.does(&generate("p-256")).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_written_or_not_and_the_old_one_stays_until_then() -> Result<()> {
    let scene = Scene::opens().await?;
    let request = scene.does(&generate("p-256")).await?;
    let folder = tempfile::tempdir()?;
    let mut certificates = [certificate(&request, folder.path())?, certificate(&request, folder.path())?];
    scene.bridge.pinentry.will_answer(&[PIN])?;
    installs(&scene.page, &certificates[0]).await?;
    for order in [
        "before C_Login",
        "before C_CreateObject",
        "after C_CreateObject",
        "before C_DestroyObject",
        "after C_DestroyObject",
    ] {
        for ending in ENDINGS {
            let what = || format!("{ending:?} {order}");
            certificates.reverse();
            let task = json!({"kind": "install", "certificate_pem": certificates[0]});
            scene.breaks_off(&task, order, ending).await.with_context(what)?;
            let certified = |report: &Value| report["cards"][0]["keys"][0]["has_certificate"] == true;
            sees_soon(&scene.page, certified).await.with_context(what)?;
            ensure!(!scene.token.objects("cert")?.is_empty(), "{}: none is left", what());
            // Once more, and it is there alone.
            scene.bridge.pinentry.will_answer(&[PIN])?;
            installs(&scene.page, &certificates[0]).await.with_context(what)?;
            let objects = scene.token.objects("cert")?;
            ensure!(objects.len() == 1, "{}: {objects:?}", what());
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_removed_by_half_can_be_removed_whole() -> Result<()> {
    let scene = Scene::opens().await?;
    for order in ["before C_DestroyObject", "after C_DestroyObject"] {
        for ending in ENDINGS {
            let what = || format!("{ending:?} {order}");
            let request = scene.does(&generate("p-256")).await?;
            let removal = removal(&request);
            scene.breaks_off(&removal, order, ending).await.with_context(what)?;
            let is_there = !scene.token.objects("pubkey")?.is_empty();
            ensure!(is_there || ending == Ending::Page, "{}: nothing is left to try again with", what());
            sees_soon(&scene.page, |report| unused_keys(report).is_empty() != is_there)
                .await
                .with_context(what)?;
            if is_there {
                scene.does(&removal).await.with_context(what)?;
            }
            for kind in ["privkey", "pubkey"] {
                let objects = scene.token.objects(kind)?;
                ensure!(objects.is_empty(), "{}: {objects:?}", what());
            }
        }
    }
    Ok(())
}

/// What goes of a card in a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    Card,
    Service,
}

/// A card in a reader, and a page that sees it.
struct Reader {
    page: Page,
    module: FaultyModule,
    card: VirtualCard,
    service: CardService,
    bridge: Bridge,
}

impl Reader {
    async fn with_card(serial_number: &'static str) -> Result<Self> {
        let card = VirtualCard::new(serial_number)?;
        let module = FaultyModule::in_front_of(&card.token())?;
        let bridge = Bridge::installed(module.settings())?;
        let service = CardService::start(&bridge).await?;
        card.insert().await?;
        bridge.start_again().await?;
        let page = bridge.pairs(ORIGIN).await?;
        page.sees_cards(card_is_there).await?;
        Ok(Self { page, module, card, service, bridge })
    }

    /// Begins the task, loses this when the card has stopped there, and gets it back.
    async fn loses(&self, loss: Loss, task: &Value, answers: &[&str], order: &str) -> Result<()> {
        self.module.is_to(&[order])?;
        self.bridge.pinentry.will_answer(answers)?;
        let lost = self.page.begins(task).await?;
        self.module.stops(order).await?;
        self.goes(loss).await?;
        self.module.goes_on()?;
        let code = lost.fails().await?;
        ensure!(["card-removed", "reader-service-stopped"].contains(&code.as_str()), "{code}");
        self.comes_back(loss).await
    }

    /// The same while the window for the PIN is open: whatever is typed there reaches no card.
    async fn loses_while_asked(&self, loss: Loss, task: &Value) -> Result<()> {
        self.bridge.pinentry.was_told()?;
        self.bridge.pinentry.will_answer(&[])?;
        let lost = self.page.begins(task).await?;
        let window = self.bridge.pinentry.waits().await?;
        self.goes(loss).await?;
        lost.cancels().await?;
        ensure!(lost.fails().await? == "cancelled", "it was not cancelled");
        ends(window).await?;
        self.comes_back(loss).await
    }

    async fn goes(&self, loss: Loss) -> Result<()> {
        match loss {
            Loss::Card => self.card.pull().await,
            Loss::Service => self.service.kill().await,
        }
    }

    async fn comes_back(&self, loss: Loss) -> Result<()> {
        if loss == Loss::Service {
            self.card.pull().await?;
            self.service.start_again().await?;
        }
        self.card.insert().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_or_its_service_may_go_at_any_moment() -> Result<()> {
    let reader = Reader::with_card("CAFE0A").await?;
    let Reader { bridge, page, .. } = &reader;
    for loss in [Loss::Card, Loss::Service] {
        reader.loses_while_asked(loss, &generate("p-256")).await?;
        sees_soon(page, |report| unused_keys(report).is_empty()).await?;
    }
    let mut key = None;
    for order in ["before C_Login", "before C_GenerateKeyPair", "after C_GenerateKeyPair", "before C_Sign"] {
        for loss in [Loss::Card, Loss::Service] {
            let what = || format!("{loss:?} {order}");
            // The only place for a key may have one already, from the round before.
            let answers: &[&str] =
                if key.is_some() { &[YES, ADMIN_PIN, CARD_PIN] } else { &[ADMIN_PIN, CARD_PIN] };
            reader.loses(loss, &generate("p-256"), answers, order).await.with_context(what)?;
            let is_made = ["after C_GenerateKeyPair", "before C_Sign"].contains(&order);
            // The one from before does not count.
            let is_new =
                |report: &Value| unused_keys(report).pop().is_some_and(|new| Some(&new) != key.as_ref());
            let report = sees_soon(page, |report| !is_made || is_new(report));
            key = unused_keys(&report.await.with_context(what)?).pop();
        }
    }
    let key = key.context("no key")?;
    reuses(bridge, page, &key, CARD_PIN).await?;

    let folder = tempfile::tempdir()?;
    bridge.pinentry.will_answer(&[CARD_PIN])?;
    let reuse = json!({"kind": "reuse", "card": null, "public_key_sha256": key["public_key_sha256"], "mailbox": "anna@example.com"});
    let request = page.does(&reuse).await?;
    for order in ["before C_Login", "before C_CreateObject", "after C_CreateObject"] {
        for loss in [Loss::Card, Loss::Service] {
            let what = || format!("{loss:?} {order}");
            let pem = certificate(&request, folder.path())?;
            let task = json!({"kind": "install", "certificate_pem": pem});
            reader.loses(loss, &task, &[ADMIN_PIN], order).await.with_context(what)?;
            sees_soon(page, |_| true).await.with_context(what)?;
            bridge.pinentry.will_answer(&[ADMIN_PIN])?;
            installs(page, &pem).await.with_context(what)?;
        }
    }
    let objects = reader.card.token().objects("cert")?;
    ensure!(objects.len() == 1, "{objects:?}");
    Ok(())
}
