//! What is around every page: banner, top bar, navigation, foot.

use crate::{
    api,
    app::use_session,
    component::icon::{Picture, icon, seal},
    navigation::{Link, use_navigator},
    permissions::{may_order, may_read_verifications},
    route::Route,
    submission::use_submission,
};
use protocol::{Account, Instance, Session};
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
            if session.instance.demonstration { { demonstration_banner(&session.instance) } }
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
                if let Some(account) = &session.account { <Navigation account={account.clone()} /> }
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
fn demonstration_banner(instance: &Instance) -> Html {
    html! {
        <section class="demonstration" aria-label="Demonstration">
            <p>
                <strong>{ "Demonstration." }</strong>
                { " Certificates made here are worthless: nobody trusts them, and the organizations are invented." }
            </p>
            if instance.inbox { <Link to={Route::Inbox}>{ "Inbox" }</Link> }
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
    account: Account,
}

#[component]
fn Navigation(props: &NavigationProps) -> Html {
    let navigator = use_navigator();
    let section = match section_of(navigator.route()) {
        // The dashboard of who is only of the staff is the queue.
        Some(Route::Dashboard) if !props.account.is_of_a_customer() => Some(Route::Verifications),
        section => section,
    };
    let links = entries_for(&props.account).into_iter().map(|(route, name, picture)| {
        let current = (section.as_ref() == Some(&route)).then_some("page");
        html! {
            <li key={name}>
                <Link to={route} class="nav__link" aria_current={current.map(AttrValue::from)}>
                    { icon(picture) }{ name }
                </Link>
            </li>
        }
    });
    html! { <nav class="nav" aria-label="Main"><ul>{ for links }</ul></nav> }
}

/// What the person has pages of: those of a customer, those of the staff, or both.
fn entries_for(account: &Account) -> Vec<(Route, &'static str, Picture)> {
    let mut entries = Vec::new();
    if account.is_of_a_customer() {
        entries.push((Route::Dashboard, "Dashboard", Picture::Dashboard));
        entries.push((Route::Certificates, "Certificates", Picture::Certificate));
        if may_order(&account.roles) {
            entries.push((Route::Shop, "Shop", Picture::Shop));
        }
    }
    if may_read_verifications(&account.roles) {
        entries.push((Route::Verifications, "Verifications", Picture::Verification));
    }
    entries.push((Route::Tools, "Tools", Picture::Tools));
    entries
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
    use super::{entries_for, section_of};
    use crate::route::{Route, VerificationStep};
    use protocol::{Account, Customer, Role};

    fn names_for(roles: &[Role], of_customer: bool) -> Vec<&'static str> {
        let customer = Customer { id: "c".to_owned(), name: "Example".to_owned() };
        let account = Account {
            id: "a".to_owned(),
            email: "ada@example.com".to_owned(),
            roles: roles.to_vec(),
            acts_for: of_customer.then_some(customer),
        };
        entries_for(&account).into_iter().map(|(_, name, _)| name).collect()
    }

    #[test]
    fn the_navigation_has_the_pages_of_each_side_that_the_person_is_on() {
        let administrator = [Role::CustomerAdministrator];
        assert_eq!(names_for(&administrator, true), ["Dashboard", "Certificates", "Shop", "Tools"]);
        assert_eq!(names_for(&[Role::CustomerHolder], true), ["Dashboard", "Certificates", "Tools"]);
        assert_eq!(names_for(&[Role::ValidationSpecialist], false), ["Verifications", "Tools"]);
        assert_eq!(names_for(&[Role::Auditor], false), ["Verifications", "Tools"]);
        let both = [Role::CustomerAdministrator, Role::ValidationSpecialist];
        assert_eq!(names_for(&both, true), ["Dashboard", "Certificates", "Shop", "Verifications", "Tools"]);
    }

    #[test]
    fn a_wizard_belongs_to_the_dashboard() {
        let route = Route::Data { order_id: "1".to_owned(), step: VerificationStep::Summary };
        assert_eq!(section_of(&route), Some(Route::Dashboard));
        assert_eq!(section_of(&Route::Terms), None);
    }
}
