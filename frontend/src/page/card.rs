//! What is done with a smart card: a key pair for an order, and its certificate. A module of its own, loaded for these
//! two pages only.

mod checklist;
mod connection;
mod install;
mod key_pair;
mod link;
mod progress;
mod session;

use crate::{
    page::not_found::not_found,
    page::sign_in::SignIn,
    route::{ActivationStep, Route},
};
use connection::{CardBridge, use_card_bridge};
use install::InstallPage;
use key_pair::CardKeyPair;
use protocol::Session;
use yew::prelude::*;

/// The pages of this module.
pub(crate) fn page_of(route: &Route, session: &Session, session_ended: bool) -> Html {
    match route {
        _ if session.account.is_none() => html! { <SignIn {session_ended} /> },
        Route::Activation { order_id, step: ActivationStep::CardKeyPair } => {
            html! { <CardKeyPair order_id={order_id.clone()} /> }
        }
        Route::Install { certificate_id } => {
            html! { <InstallPage certificate_id={certificate_id.clone()} /> }
        }
        _ => not_found(),
    }
}
