//! The PIN: asked for, given to the card once, and forgotten. Never tried again unless the person enters it again.

use super::person::{Person, card_line};
use crate::card::inventory::InsertedCard;
use crate::card::token::{self, Token};
use crate::driver::Who;
use crate::problem::{Failure, describe};
use crate::prompt::{Confirmation, PinQuestion};
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::TokenInfo;
use protocol::{CardPin, CardProblemCode as Code};
use secrecy::{ExposeSecret, SecretString};
use std::ops::RangeInclusive;

/// How often a person may answer. Our choice: cards block a PIN sooner, and those that never do must not ask for ever.
const ANSWERS: usize = 5;
/// The longest PIN where a card does not say. Our choice: more than any window takes.
const MAXIMUM_PIN_BYTES: usize = 255;

/// A session that somebody is logged in to; logs out when it goes.
#[derive(Debug)]
pub(crate) struct LoggedIn<'a> {
    session: &'a Session,
}

impl Drop for LoggedIn<'_> {
    fn drop(&mut self) {
        // A card that is gone has logged out by itself.
        if let Err(error) = self.session.logout() {
            tracing::debug!(%error, "the card does not log out");
        }
    }
}

/// Which PIN is asked for, and what for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose<'a> {
    /// Whose PIN.
    pub(crate) who: Who,
    /// The whole sentence that says who asks for what.
    pub(crate) request: &'a str,
}

/// Asks for the PIN until the card takes it, and forgets it.
///
/// # Errors
/// When the person gives up, the PIN is blocked, or after some answers that were no right PIN.
pub(crate) fn log_in<'a>(
    person: &mut Person<'_>,
    session: &'a Session,
    inserted: &InsertedCard,
    token: &Token,
    purpose: Purpose<'_>,
) -> Result<LoggedIn<'a>, Failure> {
    if pin_state(purpose.who, &token.newest_info()?) == CardPin::MustBeChanged {
        return Err(Code::PinMustBeChanged.into());
    }
    log_in_and_keep_pin(person, session, inserted, token, purpose).map(|(login, _pin)| login)
}

/// As [`log_in`], with the PIN, for who wants to change it, or must; `None` when it was entered on the reader.
///
/// # Errors
/// As [`log_in`].
pub(crate) fn log_in_and_keep_pin<'a>(
    person: &mut Person<'_>,
    session: &'a Session,
    inserted: &InsertedCard,
    token: &Token,
    purpose: Purpose<'_>,
) -> Result<(LoggedIn<'a>, Option<SecretString>), Failure> {
    let user = token::user_type(purpose.who).ok_or_else(|| impossible(token, Code::CardReadOnly))?;
    let mut last = None;
    for _ in 0..ANSWERS {
        let info = token.newest_info()?;
        let state = pin_state(purpose.who, &info);
        check(purpose.who, state, token)?;
        let warning = warning(purpose.who, state, last);
        if let Some(warning) = warning
            && !person.agrees(&confirmation(warning, inserted))?
        {
            return Err(Code::PinCancelled.into());
        }
        let question = question(purpose, inserted, &info, notice(state, last));
        match answer(person, session, user, &info, &question) {
            Ok(pin) => return Ok((LoggedIn { session }, pin)),
            Err(failure) => match failure.code() {
                code @ (Code::PinWrong | Code::PinLength | Code::PinEmpty) => last = Some(code),
                Code::PinBlocked => return Err(blocked(purpose.who, token)),
                _ => return Err(failure),
            },
        }
    }
    Err(last.unwrap_or(Code::PinWrong).into())
}

/// What is left to the card's own program.
pub(crate) fn impossible(token: &Token, code: Code) -> Failure {
    match &token.driver().note {
        Some(note) => Failure::with_advice(code, note.clone()),
        None => Failure::new(code),
    }
}

fn answer(
    person: &mut Person<'_>,
    session: &Session,
    user: UserType,
    info: &TokenInfo,
    question: &PinQuestion,
) -> Result<Option<SecretString>, Failure> {
    if info.protected_authentication_path() {
        if !person.agrees(&on_the_reader(question))? {
            return Err(Code::PinCancelled.into());
        }
        try_once(session, user, None)?;
        return Ok(None);
    }
    let pin = person.enters_pin(question)?;
    check_length(&pin, &question.length)?;
    try_once(session, user, Some(&pin))?;
    Ok(Some(pin))
}

/// While anybody is logged in, any PIN passes: logs out first, so that the card looks at this one.
fn try_once(session: &Session, user: UserType, pin: Option<&SecretString>) -> Result<(), Error> {
    match session.login(user, pin) {
        Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn | RvError::UserAnotherAlreadyLoggedIn, _)) => {
            session.logout()?;
            session.login(user, pin)
        }
        result => result,
    }
}

/// What the card would refuse anyway costs no try.
pub(crate) fn check_length(pin: &SecretString, length: &RangeInclusive<usize>) -> Result<(), Failure> {
    match pin.expose_secret().len() {
        0 => Err(Code::PinEmpty.into()),
        bytes if !length.contains(&bytes) => Err(Code::PinLength.into()),
        _ => Ok(()),
    }
}

/// The lengths that a token takes; all, when what it says makes no sense.
pub(crate) fn pin_length(info: &TokenInfo) -> RangeInclusive<usize> {
    match (info.min_pin_length(), info.max_pin_length()) {
        (minimum, maximum) if (1..=MAXIMUM_PIN_BYTES).contains(&maximum) && minimum <= maximum => {
            minimum..=maximum
        }
        _ => 0..=MAXIMUM_PIN_BYTES,
    }
}

fn pin_state(who: Who, info: &TokenInfo) -> CardPin {
    if who == Who::So { token::admin_pin(info) } else { token::pin(info) }
}

fn check(who: Who, state: CardPin, token: &Token) -> Result<(), Failure> {
    match state {
        CardPin::Blocked => Err(blocked(who, token)),
        CardPin::NotSet => Err(Code::PinNotSet.into()),
        CardPin::Ready
        | CardPin::FewTriesLeft
        | CardPin::LastTry
        | CardPin::MustBeChanged
        | CardPin::Unknown => Ok(()),
    }
}

fn blocked(who: Who, token: &Token) -> Failure {
    match who {
        Who::So => Failure::with_advice(
            Code::PinBlocked,
            "It is the admin PIN that is blocked, and nothing on the card unblocks that one. Ask who gave you the card.",
        ),
        _ if token.driver().unblocks => Failure::new(Code::PinBlocked),
        _ => impossible(token, Code::PinBlocked),
    }
}

fn question(
    purpose: Purpose<'_>,
    inserted: &InsertedCard,
    info: &TokenInfo,
    notice: Option<String>,
) -> PinQuestion {
    let which = match purpose.who {
        Who::So => "Enter the admin PIN of the card, not the PIN for everyday use.",
        _ => "Enter the PIN of the card.",
    };
    PinQuestion {
        action: format!("{}\n\n{which}", purpose.request),
        card: card_line(&inserted.card),
        notice,
        length: pin_length(info),
    }
}

/// What went wrong with the last answer, and how many are left, as far as the card says.
fn notice(state: CardPin, last: Option<Code>) -> Option<String> {
    let fault = last.map(|code| describe(code).title);
    let left = match (state, last) {
        (CardPin::LastTry, _) => Some("One try is left: another wrong PIN blocks it."),
        (CardPin::FewTriesLeft, Some(Code::PinWrong)) => Some("The card blocks it after a few more."),
        (CardPin::FewTriesLeft, _) => Some("A wrong PIN was entered since the last right one."),
        _ => None,
    };
    let sentences: Vec<String> = fault.into_iter().chain(left.map(str::to_owned)).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

/// What a person must know and agree to before the next try; `None` when a wrong one does no harm yet.
fn warning(who: Who, state: CardPin, last: Option<Code>) -> Option<&'static str> {
    match (who, state, last) {
        (Who::So, CardPin::LastTry, _) => Some(
            "One try is left for the admin PIN. If it is wrong, the admin PIN is blocked, and nothing unblocks it.",
        ),
        (_, CardPin::LastTry, _) => Some(
            "One try is left for the PIN. If it is wrong, the PIN is blocked, and only the PUK (admin PIN) unblocks it.",
        ),
        // Many cards count the admin PIN's tries, and say nothing of it.
        (Who::So, CardPin::Ready, Some(Code::PinWrong)) => Some(
            "The admin PIN was wrong. The card does not say how many tries are left; after three in all most cards block it, and nothing unblocks it.",
        ),
        _ => None,
    }
}

fn confirmation(warning: &str, inserted: &InsertedCard) -> Confirmation {
    Confirmation {
        text: format!("{}\n\n{warning}\n\nGo on only if you are sure of it.", card_line(&inserted.card)),
        agree: "Enter it",
        refuse: "Cancel",
    }
}

fn on_the_reader(question: &PinQuestion) -> Confirmation {
    let notice = question.notice.as_ref().map(|notice| format!("\n\n{notice}")).unwrap_or_default();
    Confirmation {
        text: format!(
            "{}\n\n{}{notice}\n\nChoose Continue, then enter it on the keys of the reader.",
            question.action, question.card
        ),
        agree: "Continue",
        refuse: "Cancel",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cryptoki::context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11};
    use std::path::Path;
    use std::process::Command;

    const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

    /// The module finds its tokens by the environment: the test starts itself again in one that has a token.
    #[test]
    fn a_wrong_pin_is_refused_also_while_somebody_is_logged_in() {
        const INNER: &str = "SIGNET_TEST_TOKEN";
        if std::env::var_os(INNER).is_some() {
            return second_login();
        }
        assert!(
            Path::new(MODULE).exists(),
            "the package softhsm2 is missing: `cargo xtask test` installs it"
        );
        let folder = tempfile::tempdir().expect("a folder");
        let settings = folder.path().join("softhsm2.conf");
        let tokens = format!("directories.tokendir = {}\n", folder.path().display());
        std::fs::write(&settings, tokens).expect("a file");
        let mut tool = Command::new("softhsm2-util");
        tool.args(["--init-token", "--free", "--label", "card", "--so-pin", "87654321", "--pin", "1234"]);
        assert!(tool.env("SOFTHSM2_CONF", &settings).output().expect("the tool starts").status.success());
        let mut inner = Command::new(std::env::current_exe().expect("this program"));
        let name = std::thread::current().name().expect("the test's name").to_owned();
        inner.args(["--exact", &name]).env(INNER, "1").env("SOFTHSM2_CONF", &settings);
        let output = inner.output().expect("this program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    fn second_login() {
        let pkcs11 = Pkcs11::new(MODULE).expect("the module is loaded");
        pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).expect("it starts");
        let slot = pkcs11.get_slots_with_initialized_token().expect("slots").remove(0);
        let (first, second) = (pkcs11.open_rw_session(slot), pkcs11.open_rw_session(slot));
        let (first, second) = (first.expect("a session"), second.expect("a session"));
        let (right, wrong) = (SecretString::from("1234"), SecretString::from("4321"));
        first.login(UserType::User, Some(&right)).expect("the right PIN");
        let trap = second.login(UserType::User, Some(&wrong));
        assert!(
            matches!(trap, Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, Function::Login))),
            "{trap:?}"
        );
        let refused = try_once(&second, UserType::User, Some(&wrong));
        assert!(matches!(refused, Err(Error::Pkcs11(RvError::PinIncorrect, _))), "{refused:?}");
        first.login(UserType::User, Some(&right)).expect("nobody is logged in");
        try_once(&second, UserType::User, Some(&right)).expect("the right PIN");
    }

    #[test]
    fn what_the_card_would_refuse_does_not_get_to_it() {
        let code =
            |pin: &str| check_length(&SecretString::from(pin), &(4..=8)).err().map(|failure| failure.code());
        assert_eq!(code(""), Some(Code::PinEmpty));
        assert_eq!(code("123"), Some(Code::PinLength));
        assert_eq!(code("123456789"), Some(Code::PinLength));
        assert_eq!(code("1234"), None);
    }

    #[test]
    fn a_wrong_pin_is_told_with_the_tries_that_are_left() {
        let told = |state, last| notice(state, last);
        assert_eq!(told(CardPin::Ready, None), None);
        assert_eq!(
            told(CardPin::LastTry, Some(Code::PinWrong)).as_deref(),
            Some("The PIN was wrong. One try is left: another wrong PIN blocks it.")
        );
        assert_eq!(
            told(CardPin::FewTriesLeft, None).as_deref(),
            Some("A wrong PIN was entered since the last right one.")
        );
        assert_eq!(told(CardPin::Ready, Some(Code::PinEmpty)).as_deref(), Some("No PIN was entered."));
    }

    #[test]
    fn a_person_is_asked_before_a_try_that_may_block_and_only_then() {
        let asks = |who, state, last| warning(who, state, last).is_some();
        assert!(asks(Who::User, CardPin::LastTry, None));
        assert!(asks(Who::So, CardPin::LastTry, None));
        assert!(!asks(Who::User, CardPin::FewTriesLeft, Some(Code::PinWrong)));
        // A card that counts, and one that does not say.
        assert!(!asks(Who::So, CardPin::FewTriesLeft, Some(Code::PinWrong)));
        assert!(asks(Who::So, CardPin::Ready, Some(Code::PinWrong)));
        assert!(!asks(Who::So, CardPin::Ready, None));
    }
}
