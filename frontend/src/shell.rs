//! What is around every page: banner, top bar, navigation, foot.

use crate::{
    api,
    app::use_session,
    component::icon::{Picture, icon, seal},
    navigation::{Link, use_navigator},
    route::Route,
    submission::use_submission,
};
use protocol::{Account, Role, Session};
use yew::prelude::*;

/// Properties of [`Shell`].
#[derive(Properties, PartialEq)]
pub(crate) struct ShellProps {
    /// The page.
    pub(crate) children: Html,
}

/// The frame of the application.
#[component]
pub(crate) fn Shell(props: &ShellProps) -> Html {
    let session = use_session();
    let frame = if session.account.is_some() { "frame" } else { "frame frame--alone" };
    html! {
        <>
            <a class="skip" href="#content">{ "Skip to content" }</a>
            if session.instance.demonstration { <DemonstrationBanner /> }
            <header class="top">
                <Link to={Route::Dashboard} class="brand">
                    { seal() }<span class="brand__name">{ &session.instance.product_name }</span>
                </Link>
                if let Some(account) = &session.account {
                    <AccountCorner account={account.clone()} />
                } else {
                    <Link to={Route::Tools} class="top__link">{ "Tools" }</Link>
                }
            </header>
            <div class={frame}>
                if let Some(account) = &session.account { <Navigation role={account.role} /> }
                <main id="content" tabindex="-1">{ props.children.clone() }</main>
            </div>
            <footer class="foot">
                <ul>
                    <li><Link to={Route::Tools}>{ "Tools" }</Link></li>
                    <li><Link to={Route::Terms}>{ "Subscriber terms" }</Link></li>
                    <li><Link to={Route::RequiredDocuments}>{ "Required documents" }</Link></li>
                    <li><a href="/pki/root.cer" download="root.cer">{ "Root certificate" }</a></li>
                    <li><a href="/pki/issuing.cer" download="issuing.cer">{ "Issuing certificate" }</a></li>
                </ul>
            </footer>
        </>
    }
}

/// Says on every page that nothing here is worth anything.
#[component]
fn DemonstrationBanner() -> Html {
    let session = use_session();
    html! {
        <section class="demonstration" aria-label="Demonstration">
            <p>
                <strong>{ "Demonstration." }</strong>
                { " Certificates made here are worthless: nobody trusts them, and the organizations are invented." }
            </p>
            if session.instance.inbox { <Link to={Route::Inbox}>{ "Inbox" }</Link> }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct AccountCornerProps {
    account: Account,
}

#[component]
fn AccountCorner(props: &AccountCornerProps) -> Html {
    let (session, navigator, submission) = (use_session(), use_navigator(), use_submission());
    let onclick = {
        let submission = submission.clone();
        Callback::from(move |_: MouseEvent| {
            let (session, navigator) = (session.clone(), navigator.clone());
            submission.run(api::sign_out(), move |()| {
                session.put.emit(Session { account: None, instance: session.instance.clone() });
                navigator.push(Route::SignIn);
            });
        })
    };
    let failed = submission.failure().is_some();
    html! {
        <section class="account" aria-label="Account">
            <span class="account__address">{ &props.account.email }</span>
            <button type="button" class="button button--small" {onclick}>{ "Sign out" }</button>
            if failed { <span role="alert">{ "You are still signed in. Try again." }</span> }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct NavigationProps {
    role: Role,
}

#[component]
fn Navigation(props: &NavigationProps) -> Html {
    let navigator = use_navigator();
    let entries: &[(Route, &str, Picture)] = match props.role {
        Role::Customer => &[
            (Route::Dashboard, "Dashboard", Picture::Dashboard),
            (Route::Certificates, "Certificates", Picture::Certificate),
            (Route::Shop, "Shop", Picture::Shop),
            (Route::Tools, "Tools", Picture::Tools),
        ],
        Role::ValidationSpecialist => &[
            (Route::Verifications, "Verifications", Picture::Verification),
            (Route::Tools, "Tools", Picture::Tools),
        ],
    };
    let section = match (section_of(navigator.route()), props.role) {
        // The specialist's dashboard is the queue.
        (Some(Route::Dashboard), Role::ValidationSpecialist) => Some(Route::Verifications),
        (section, _) => section,
    };
    let links = entries.iter().map(|(route, name, picture)| {
        let current = (section.as_ref() == Some(route)).then_some("page");
        html! {
            <li key={*name}>
                <Link to={route.clone()} class="nav__link" aria_current={current.map(AttrValue::from)}>
                    { icon(*picture) }{ *name }
                </Link>
            </li>
        }
    });
    html! { <nav class="nav" aria-label="Main"><ul>{ for links }</ul></nav> }
}

/// The entry of the navigation that a route belongs to.
fn section_of(route: &Route) -> Option<Route> {
    match route {
        Route::Dashboard
        | Route::SignIn
        | Route::Order { .. }
        | Route::Data { .. }
        | Route::Email { .. }
        | Route::Activation { .. } => Some(Route::Dashboard),
        Route::Shop => Some(Route::Shop),
        Route::Certificates | Route::Certificate { .. } | Route::Install { .. } => Some(Route::Certificates),
        Route::Verifications | Route::Verification { .. } => Some(Route::Verifications),
        Route::Tools | Route::Tool(_) => Some(Route::Tools),
        Route::SignInLink { .. }
        | Route::Confirm { .. }
        | Route::Inbox
        | Route::RequiredDocuments
        | Route::Terms
        | Route::NotFound => None,
    }
}

#[cfg(test)]
mod tests {
    use super::section_of;
    use crate::route::{DataStep, Route};

    #[test]
    fn a_wizard_belongs_to_the_dashboard() {
        let route = Route::Data { order_id: "1".to_owned(), step: DataStep::Summary };
        assert_eq!(section_of(&route), Some(Route::Dashboard));
        assert_eq!(section_of(&Route::Terms), None);
    }
}
