//! The connection at work: looks for the bridge, keeps the report fresh, follows one operation.

use crate::{
    api::{Advice, ApiError},
    bridge::{self, Access, Channel, Loopback, new_abort, new_code, permission},
    browser::{
        document::open_program,
        draft::{self, Wizard},
    },
    wizard::card::{BridgeLink, CardAction, CardState, Permission, Transport},
};
use gloo_timers::future::TimeoutFuture;
use protocol::CardTask;
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    cmp::Ordering,
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal};
use yew::UseReducerDispatcher;

/// How long until a bridge that was not there is looked for again. Our choice: a third of the time in which a person
/// may expect the page to notice it.
const RETRY_MILLISECONDS: u32 = 1_000;

/// One page's connection.
pub(super) struct Session {
    order_id: String,
    state: UseReducerDispatcher<CardState>,
    /// Ends the search for the bridge, or the connection that came of it.
    search: RefCell<Option<AbortController>>,
    /// What the bridge allows, while it is there.
    access: RefCell<Option<Access>>,
    operation: RefCell<Option<Followed>>,
    /// The page is gone.
    ended: Cell<bool>,
}

/// An operation that goes on. The tab keeps it, so that a page that is loaded again follows it further.
#[derive(Clone, Serialize, Deserialize)]
struct Operation {
    transport: Transport,
    id: String,
}

/// An operation that is followed.
#[derive(Clone)]
struct Followed {
    operation: Operation,
    /// Ends the following, not the operation.
    abort: AbortController,
}

/// What comes after an attempt to reach the bridge.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Again,
    /// Only when the person asks for it.
    Stop,
}

impl Session {
    pub(super) fn new(order_id: String, state: UseReducerDispatcher<CardState>) -> Self {
        Self {
            order_id,
            state,
            search: RefCell::default(),
            access: RefCell::default(),
            operation: RefCell::default(),
            ended: Cell::default(),
        }
    }

    /// Ends with the page. An operation that nobody looks at any more ends too, and with it the window for the PIN.
    pub(super) fn end(self: &Rc<Self>) {
        self.ended.set(true);
        self.cancel();
        self.stop_search();
    }

    pub(super) fn switch_to(self: &Rc<Self>, transport: Transport) {
        self.stop_search();
        self.state.dispatch(CardAction::Use(transport));
        if transport == Transport::Loopback {
            self.connect();
        }
    }

    fn stop_search(&self) {
        self.access.take();
        if let Some(search) = self.search.take() {
            search.abort();
        }
    }

    /// Looks for the bridge until it is found, again when it is lost, and anew when it was looked for already.
    pub(super) fn connect(self: &Rc<Self>) {
        self.stop_search();
        let abort = new_abort();
        let signal = abort.signal();
        *self.search.borrow_mut() = Some(abort);
        let session = Rc::clone(self);
        spawn_local(async move {
            session.link(&signal, BridgeLink::Looking(permission::query().await));
            while session.reach(&signal).await == Next::Again && !signal.aborted() {
                TimeoutFuture::new(RETRY_MILLISECONDS).await;
            }
        });
    }

    /// One attempt: ends when the bridge is lost, or when it is clear why there is none.
    async fn reach(&self, signal: &AbortSignal) -> Next {
        let permission = permission::query().await;
        let found = if permission == Permission::Denied { None } else { bridge::find(permission).await };
        let Some(found) = found else {
            let permission = permission::query().await;
            self.link(signal, BridgeLink::NotFound(permission));
            return if permission == Permission::Prompt { Next::Stop } else { Next::Again };
        };
        match found.api {
            Ordering::Less => self.link(signal, BridgeLink::TooOld),
            Ordering::Greater => self.link(signal, BridgeLink::TooNew),
            Ordering::Equal => return self.stay(&found, signal).await,
        }
        Next::Again
    }

    /// With a bridge of the right version: gets in, and stays as long as it answers.
    async fn stay(&self, found: &Loopback, signal: &AbortSignal) -> Next {
        let access = match found.access() {
            Some(access) => access,
            None => match self.pair(found, signal).await {
                Ok(access) => access,
                Err(next) => return next,
            },
        };
        *self.access.borrow_mut() = Some(access.clone());
        let mut seen = None;
        let error = loop {
            match access.cards(seen, signal).await {
                Ok(report) => {
                    seen = Some(report.revision);
                    self.tell(signal, CardAction::Report(report));
                }
                Err(error) => break error,
            }
        };
        if !signal.aborted() {
            self.access.take();
        }
        // A pairing that is not known any more is made anew; not at once, though, where the person has just taken it back.
        if error == ApiError::Unreachable || (seen.is_none() && bridge::is_unpaired(&error)) {
            self.link(signal, BridgeLink::Looking(Permission::Granted));
            return Next::Again;
        }
        self.refused(&error, signal)
    }

    async fn pair(&self, found: &Loopback, signal: &AbortSignal) -> Result<Access, Next> {
        let code = new_code();
        self.link(signal, BridgeLink::Pairing(code.clone()));
        found.pair(code, signal).await.map_err(|error| match error {
            ApiError::Unreachable => Next::Again,
            error => self.refused(&error, signal),
        })
    }

    fn refused(&self, error: &ApiError, signal: &AbortSignal) -> Next {
        let Advice { what, next } = Advice::from(error);
        self.link(signal, BridgeLink::Refused(what, next));
        Next::Stop
    }

    pub(super) fn perform(self: &Rc<Self>, task: CardTask, transport: Transport) {
        self.state.dispatch(CardAction::Begin(None));
        let session = Rc::clone(self);
        spawn_local(async move {
            match session.begin(task, transport).await {
                Ok(id) => {
                    let operation = Operation { transport, id };
                    draft::save(Wizard::CardOperation, &session.order_id, &operation);
                    session.follow(operation).await;
                }
                Err(error) => session.fail(&error),
            }
        });
    }

    async fn begin(&self, task: CardTask, transport: Transport) -> Result<String, ApiError> {
        if transport == Transport::Loopback {
            let access = self.access.borrow().clone().ok_or(ApiError::Unreadable { status: 0 })?;
            return Channel::begin(&access, task).await;
        }
        let (id, starter) = Channel::leave(&self.order_id, task).await?;
        open_program(&starter);
        self.state.dispatch(CardAction::Begin(Some(starter)));
        Ok(id)
    }

    /// Follows what this tab has begun before the page was loaded again.
    pub(super) fn resume(self: &Rc<Self>) {
        let kept = draft::load::<Operation>(Wizard::CardOperation, &self.order_id);
        let Some(operation) = kept else { return };
        self.switch_to(operation.transport);
        self.state.dispatch(CardAction::Begin(None));
        spawn_local(Rc::clone(self).follow(operation));
    }

    async fn follow(self: Rc<Self>, operation: Operation) {
        let abort = new_abort();
        let signal = abort.signal();
        *self.operation.borrow_mut() = Some(Followed { operation: operation.clone(), abort });
        if self.ended.get() {
            return self.cancel();
        }
        let mut seen = None;
        while !signal.aborted() {
            let answer = match self.channel(operation.transport) {
                Some(channel) => channel.follow(&operation.id, seen, &signal).await,
                None => Err(ApiError::Unreachable),
            };
            match answer {
                _ if signal.aborted() => return,
                Ok((revision, state)) => {
                    seen = Some(revision);
                    if state.is_final() {
                        self.conclude();
                        return self.state.dispatch(CardAction::Progress(state));
                    }
                    self.state.dispatch(CardAction::Progress(state));
                }
                // The bridge is looked for meanwhile.
                Err(ApiError::Unreachable) => TimeoutFuture::new(RETRY_MILLISECONDS).await,
                Err(error) => return self.fail(&error),
            }
        }
    }

    /// Gives up the operation that is followed. Where nobody can be told, nobody does it any more.
    pub(super) fn cancel(self: &Rc<Self>) {
        let Some(followed) = self.operation.borrow().clone() else { return };
        let (session, channel) = (Rc::clone(self), self.channel(followed.operation.transport));
        spawn_local(async move {
            let told = match channel {
                Some(channel) => channel.cancel(&followed.operation.id).await,
                None => Err(ApiError::Unreachable),
            };
            if told.is_err() || session.ended.get() {
                followed.abort.abort();
                session.conclude();
                session.state.dispatch(CardAction::Forget);
            }
        });
    }

    fn channel(&self, transport: Transport) -> Option<Channel> {
        match transport {
            Transport::Loopback => self.access.borrow().clone().map(Channel::Loopback),
            Transport::Relay => Some(Channel::Relay),
        }
    }

    /// Nothing is followed any more.
    fn conclude(&self) {
        self.operation.take();
        draft::remove(Wizard::CardOperation, &self.order_id);
    }

    fn fail(&self, error: &ApiError) {
        self.conclude();
        let Advice { what, next } = if error.is_not_found() {
            Advice {
                what: "The card bridge stopped in the middle, or did not come.".to_owned(),
                next: "Try again. A key that the card has made is still on it.".to_owned(),
            }
        } else {
            Advice::from(error)
        };
        self.state.dispatch(CardAction::Fail(what, next));
    }

    fn link(&self, signal: &AbortSignal, link: BridgeLink) {
        self.tell(signal, CardAction::Link(link));
    }

    /// What a search finds that was given up is of no interest.
    fn tell(&self, signal: &AbortSignal, action: CardAction) {
        if !signal.aborted() {
            self.state.dispatch(action);
        }
    }
}
