//! What the staff of the certification authority does: the queue of claims, and the decision on one. A module of its own,
//! loaded for the addresses under `/verifications` only.

mod verification;
mod verifications;

use crate::{
    page::{not_found::not_found, sign_in::SignIn},
    permissions::may_read_verifications,
    route::Route,
};
use protocol::Session;
use verification::VerificationPage;
use verifications::Verifications;
use yew::prelude::*;

/// The pages of this module.
pub(crate) fn page_of(route: &Route, session: &Session, session_ended: bool) -> Html {
    match (route, &session.account) {
        (_, None) => html! { <SignIn {session_ended} /> },
        (_, Some(account)) if !may_read_verifications(&account.roles) => not_found(),
        (Route::Verifications, _) => html! { <Verifications /> },
        (Route::Verification { order_id }, _) => {
            html! { <VerificationPage order_id={order_id.clone()} /> }
        }
        _ => not_found(),
    }
}
