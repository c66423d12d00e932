//! The real windows of a Linux desktop, each once: a person compares the six digits and types the PIN.

use anyhow::{Context, Result, ensure};
use tests::card::{
    bridge::{Bridge, Settings, Window},
    operation::{Page, generate},
    screen::Screen,
    soft_hsm::SoftHsm,
};

const ORIGIN: &str = "https://signet.example";
const PIN: &str = "2580-1470";
const PINENTRIES: [&str; 3] = ["/usr/bin/pinentry-qt", "/usr/bin/pinentry-gtk-2", "/usr/bin/pinentry-gnome3"];

#[tokio::test(flavor = "multi_thread")]
async fn pinentry_qt() -> Result<()> {
    asks(Window::Found, &[], AGREE_IN_PINENTRY).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pinentry_gtk_2() -> Result<()> {
    asks(Window::Pinentry("/usr/bin/pinentry-gtk-2".into()), &[], AGREE_IN_PINENTRY).await
}

#[tokio::test(flavor = "multi_thread")]
async fn zenity_where_there_is_no_pinentry() -> Result<()> {
    asks(Window::Found, &PINENTRIES, AGREE).await
}

#[tokio::test(flavor = "multi_thread")]
async fn kdialog_where_there_is_nothing_else() -> Result<()> {
    asks(Window::Found, &[&PINENTRIES[..], &["/usr/bin/zenity"]].concat(), AGREE).await
}

/// What agrees to a question: whoever only presses Enter in a pinentry does not.
const AGREE_IN_PINENTRY: &[&str] = &["Tab", "space"];
const AGREE: &[&str] = &["Return"];

async fn asks(window: Window, hidden: &[&str], agree: &[&str]) -> Result<()> {
    let screen = Screen::start().await?;
    let (_soft_hsm, token) = SoftHsm::with_token("anna", PIN)?;
    let environment = vec![("DISPLAY", screen.name.clone().into())];
    let hidden = hidden.iter().map(|&program| program.to_owned()).collect();
    let settings =
        Settings { tokens: vec![token.clone()], window, hidden, environment, ..Settings::default() };
    let bridge = Bridge::start(settings).await?;

    let (answer, allowed) = tokio::join!(bridge.asked_to_pair(ORIGIN), async {
        screen.awaits_window().await?;
        screen.presses(agree).await
    });
    allowed.context("the question")?;
    let answer = answer?;
    ensure!(answer.status == 200, "the pairing is answered with {}: {}", answer.status, answer.body());
    let page = Page::new(ORIGIN, answer.json()?["token"].as_str().context("no token")?);

    let making = page.begins(&generate("p-256")).await?;
    making.until("waiting-for-person").await?;
    if let Err(error) = screen.awaits_window().await {
        return Err(error.context(format!("it is {}; {}", making.stands(0).await?, bridge.log())));
    }
    screen.types(PIN).await?;
    making.succeeds().await?;
    ensure!(token.objects("privkey")?.len() == 1, "no key is there");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_window_can_be_shown_the_page_is_told() -> Result<()> {
    let environment = vec![("DISPLAY", ":4711".into()), ("WAYLAND_DISPLAY", "".into())];
    let bridge =
        Bridge::start(Settings { window: Window::Found, environment, ..Settings::default() }).await?;
    let answer = bridge.asked_to_pair(ORIGIN).await?;
    ensure!(answer.problem() == "prompt-unavailable", "{}: {}", answer.status, answer.body());
    Ok(())
}
