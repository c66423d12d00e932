//! A page's connection to the card bridge, as a hook.

use super::session::Session;
use crate::wizard::card::{BridgeLink, CardAction, CardState, Transport};
use protocol::CardTask;
use std::rc::Rc;
use yew::prelude::*;

impl Reducible for CardState {
    type Action = CardAction;

    fn reduce(self: Rc<Self>, action: CardAction) -> Rc<Self> {
        Rc::new(Self::reduce(Rc::unwrap_or_clone(self), action))
    }
}

/// The connection. It asks nothing before the person does, in this tab, and ends with the page.
#[derive(Clone)]
pub(super) struct CardBridge {
    pub(super) state: UseReducerHandle<CardState>,
    session: Rc<Session>,
}

impl PartialEq for CardBridge {
    // A page has one session.
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

/// A connection that was not asked for yet. Tasks are for this order.
#[hook]
pub(super) fn use_card_bridge(order_id: &str) -> CardBridge {
    let state = use_reducer_eq(CardState::default);
    let session = {
        let state = state.dispatcher();
        use_memo(order_id.to_owned(), |order_id| Session::new(order_id.clone(), state))
    };
    let started = Rc::clone(&session);
    use_effect_with((), move |()| {
        started.resume();
        move || started.end()
    });
    CardBridge { state, session }
}

impl CardBridge {
    /// Looks for the bridge, and keeps the connection.
    pub(super) fn connect(&self) {
        self.session.connect();
    }

    /// Goes the other way.
    pub(super) fn switch_to(&self, transport: Transport) {
        self.session.switch_to(transport);
    }

    /// Whether a task gets to the bridge.
    pub(super) fn is_reachable(&self) -> bool {
        self.state.transport == Transport::Relay || self.state.link == BridgeLink::Connected
    }

    /// Does something with a card, when nothing else is being done.
    pub(super) fn perform(&self, task: CardTask) {
        if !self.state.is_busy() {
            self.session.perform(task, self.state.transport);
        }
    }

    /// Gives up what is being done.
    pub(super) fn cancel(&self) {
        self.session.cancel();
    }
}
