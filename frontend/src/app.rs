//! The root: who is signed in, and which page an address shows.

use crate::{
    api,
    component::failure::failure,
    loading::{Content, use_loaded},
    navigation::{Navigator, use_history, use_navigator},
    page,
    permissions::{may_activate, may_order, may_read_verifications},
    route::Route,
    shell::Shell,
};
use protocol::{Account, Instance, Role, Session};
use std::rc::Rc;
use yew::prelude::*;

/// The session, and how to change it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SessionContext {
    session: Rc<Session>,
    /// Puts in the session that the server gave.
    pub(crate) put: Callback<Session>,
    /// The server does not know the session any more: the person has to sign in again.
    pub(crate) end: Callback<()>,
}

impl SessionContext {
    /// What the person may do; nothing without an account.
    pub(crate) fn roles(&self) -> &[Role] {
        self.session.account.as_ref().map(|account| account.roles.as_slice()).unwrap_or_default()
    }
}

impl std::ops::Deref for SessionContext {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

/// The session, in any component below the root.
#[hook]
pub(crate) fn use_session() -> SessionContext {
    use_context::<SessionContext>().expect("every component is below the root, which gives a session")
}

/// Properties of [`App`].
#[derive(Properties)]
pub(crate) struct AppProps {
    /// The pages of one of the two modules; the other module has its own, and the linker leaves them out here.
    pub(crate) pages: fn(&Route, &Session, bool) -> Html,
    /// Whether its pages are shown without an answer of the server.
    pub(crate) offline: bool,
}

impl PartialEq for AppProps {
    // There is one value in a program.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The whole application, or the Tools.
#[component]
pub(crate) fn App(props: &AppProps) -> Html {
    let navigator = use_history();
    let loaded = use_loaded(api::session);
    let has_ended = use_state(|| false);
    let (session, body) = match &loaded.content {
        Content::Loading | Content::Failed(_) if props.offline => {
            (None, (props.pages)(navigator.route(), &nobody(), false))
        }
        Content::Loading => (None, html! { <p class="loading" role="status">{ "Loading…" }</p> }),
        Content::Failed(error) => (None, failure(error, &loaded.reload)),
        Content::Ready(session) => {
            (Some(Rc::clone(session)), (props.pages)(navigator.route(), session, *has_ended))
        }
    };
    let session = session.unwrap_or_else(|| Rc::new(nobody()));
    let end = {
        let (put, has_ended, instance) = (loaded.put.clone(), has_ended.setter(), session.instance.clone());
        Callback::from(move |()| {
            has_ended.set(true);
            put.emit(Session { account: None, instance: instance.clone() });
        })
    };
    let put = {
        let (put, has_ended) = (loaded.put.clone(), has_ended.setter());
        Callback::from(move |session| {
            has_ended.set(false);
            put.emit(session);
        })
    };
    let context = SessionContext { session, put, end };
    html! {
        <ContextProvider<Navigator> context={navigator}>
            <ContextProvider<SessionContext> {context}>
                <Shell>{ body }</Shell>
            </ContextProvider<SessionContext>>
        </ContextProvider<Navigator>>
    }
}

/// What is known before the server has answered.
fn nobody() -> Session {
    Session {
        account: None,
        instance: Instance {
            product_name: "Certificates".to_owned(),
            demonstration: false,
            inbox: false,
            register_examples: Vec::new(),
            card_bridge_download: None,
        },
    }
}

/// The pages of the application without the Tools.
pub(crate) fn page_of(route: &Route, session: &Session, session_ended: bool) -> Html {
    match route {
        Route::SignInLink { token } => html! { <page::sign_in_link::SignInLink token={token.clone()} /> },
        Route::Confirm { token } => html! { <page::confirm::Confirm token={token.clone()} /> },
        Route::RequiredDocuments => page::required_documents::required_documents(),
        Route::Terms => page::terms::terms(&session.instance),
        Route::Inbox if session.instance.inbox => html! { <page::inbox::Inbox /> },
        Route::NotFound | Route::Inbox | Route::Tools | Route::Tool(_) | Route::Install { .. } => {
            page::not_found::not_found()
        }
        _ => match &session.account {
            None => html! { <page::sign_in::SignIn {session_ended} /> },
            Some(account) => page_of_account(route, account),
        },
    }
}

/// The pages of a customer, and where the staff finds its own.
fn page_of_account(route: &Route, account: &Account) -> Html {
    let (of_customer, of_staff) = (account.is_of_a_customer(), may_read_verifications(&account.roles));
    match route {
        // The staff begins with the queue, who acts for a customer with its dashboard.
        Route::Dashboard | Route::SignIn if of_staff && !of_customer => html! { <ToTheQueue /> },
        _ if of_customer => customer_page(route, &account.roles),
        Route::Dashboard | Route::SignIn => page::not_found::no_pages(),
        _ => page::not_found::not_found(),
    }
}

fn customer_page(route: &Route, roles: &[Role]) -> Html {
    match route {
        Route::Shop | Route::Data { .. } if !may_order(roles) => page::not_found::not_found(),
        Route::Activation { .. } if !may_activate(roles) => page::not_found::not_found(),
        Route::Dashboard | Route::SignIn => html! { <page::dashboard::Dashboard /> },
        Route::Shop => html! { <page::shop::Shop /> },
        Route::Order { order_id } => html! { <page::order::OrderPage order_id={order_id.clone()} /> },
        Route::Data { order_id, step } => {
            html! { <page::data_verification::DataVerification order_id={order_id.clone()} step={*step} /> }
        }
        Route::Email { order_id, step } => {
            html! { <page::email_verification::EmailVerification order_id={order_id.clone()} step={*step} /> }
        }
        Route::Activation { order_id, step } => {
            html! { <page::activation::Activation order_id={order_id.clone()} step={*step} /> }
        }
        Route::Certificates => html! { <page::certificates::Certificates /> },
        Route::Certificate { certificate_id } => {
            html! { <page::certificate::CertificatePage certificate_id={certificate_id.clone()} /> }
        }
        _ => page::not_found::not_found(),
    }
}

/// Goes on to the pages of the staff, which are another module.
#[component]
fn ToTheQueue() -> Html {
    let navigator = use_navigator();
    use_effect_with((), move |()| navigator.replace(Route::Verifications));
    html! { <p class="loading" role="status">{ "Loading…" }</p> }
}
