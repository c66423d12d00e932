//! The list of certificates, and of orders on their way to one.

use super::order_steps::{NextStep, next_step};
use crate::{
    app::use_session,
    browser::words::date,
    component::{button::Emphasis, heading::PageHeading},
    listing::{Listed as _, use_list},
    navigation::Link,
    permissions::may_order,
    route::Route,
};
use protocol::{CertificateSummary, Order, Role};
use std::rc::Rc;
use yew::prelude::*;

/// The certificates of the customer, newest first.
#[component]
pub(crate) fn Certificates() -> Html {
    let session = use_session();
    let list = use_list::<CertificateSummary>();
    let orders = use_list::<Order>();
    let mut on_their_way = orders.items();
    on_their_way.retain(|order| order.certificate_id.is_none());
    list.view(|certificates, show_more| {
        html! {
            <>
                <PageHeading title="Certificates" />
                if certificates.is_empty() {
                    <p class="lead">{ "You have no certificate yet." }</p>
                } else {
                    { table(certificates) }
                }
                { show_more }
                if !on_their_way.is_empty() {
                    <h2>{ "On their way" }</h2>
                    <ul class="rows">{ for on_their_way.iter().map(|order| waiting_row(order, session.roles())) }</ul>
                }
                if orders.goes_on() {
                    <p><Link to={Route::Dashboard}>{ "All orders are on the dashboard" }</Link></p>
                }
                if certificates.is_empty() && on_their_way.is_empty() && may_order(session.roles()) {
                    <Link to={Route::Shop} class={Emphasis::Primary.classes()}>{ "Go to the shop" }</Link>
                }
            </>
        }
    })
}

fn table(certificates: &[Rc<CertificateSummary>]) -> Html {
    let rows = certificates.iter().map(|certificate| {
        html! {
            <tr key={certificate.id.clone()}>
                <th scope="row">
                    <Link to={Route::Certificate { certificate_id: certificate.id.clone() }}
                        id={certificate.element_id()}>{ &certificate.mailbox }</Link>
                </th>
                <td data-label="Organization">{ &certificate.organization }</td>
                <td data-label="Valid from">{ date(certificate.not_before) }</td>
                <td data-label="Valid until">{ date(certificate.not_after) }</td>
            </tr>
        }
    });
    html! {
        <table class="table">
            <caption class="visually-hidden">{ "Your certificates" }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "E-mail address" }</th>
                    <th scope="col">{ "Organization" }</th>
                    <th scope="col">{ "Valid from" }</th>
                    <th scope="col">{ "Valid until" }</th>
                </tr>
            </thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}

fn waiting_row(order: &Order, roles: &[Role]) -> Html {
    let title_id = format!("waiting-{}", order.id);
    html! {
        <li key={order.id.clone()} class="rows__row">
            <div id={title_id.clone()}>
                <Link to={Route::Order { order_id: order.id.clone() }}>
                    { order.mailbox.clone().unwrap_or_else(|| order.product.name.clone()) }
                </Link>
                <p class="quiet">{ format!("Ordered on {}", date(order.ordered_at)) }</p>
            </div>
            { match next_step(order, roles) {
                NextStep::Do(label, route) => html! {
                    <Link to={route} class={Emphasis::Secondary.classes()} aria_describedby={title_id}>{ label }</Link>
                },
                NextStep::Wait(why) => html! { <span class="quiet">{ why }</span> },
            } }
        </li>
    }
}
