//! One order: its steps, each with what can be done about it, and what was entered.

use super::{
    dashboard::refused,
    order_steps::{is_waiting, order_steps},
};
use crate::{
    api::{self, document_url},
    app::use_session,
    browser::words::{country, date, date_and_time, size},
    component::{
        button::{Button, Emphasis},
        failure::view,
        heading::PageHeading,
        notice::{Tone, note, paragraph},
        summary_list::{rich_row, row},
    },
    loading::{Content, use_loaded_by, use_refresh_while},
    navigation::Link,
    permissions::may_order,
    route::{ActivationStep, Route, VerificationStep},
    submission::use_submission,
};
use protocol::{Document, Instance, Order, OrganizationData, Role, StepStatus};
use yew::prelude::*;

/// Properties of [`OrderPage`].
#[derive(Properties, PartialEq)]
pub(crate) struct OrderPageProps {
    pub(crate) order_id: AttrValue,
}

/// The page of an order.
#[component]
pub(crate) fn OrderPage(props: &OrderPageProps) -> Html {
    let session = use_session();
    let loaded = use_loaded_by(props.order_id.clone(), api::order);
    let waiting = matches!(&loaded.content, Content::Ready(order) if is_waiting(order));
    use_refresh_while(waiting, loaded.reload.clone());
    view(&loaded, |order| {
        let title = format!("{}, {} days", order.product.name, order.product.term_days);
        let caption = format!("Ordered on {}", date(order.ordered_at));
        html! {
            <>
                <PageHeading {title} {caption} />
                { refused(order) }
                <section class="card" aria-label="Steps">
                    { order_steps(order, actions(order, session.roles())) }
                </section>
                { mailbox(order, &loaded.put) }
                { organization(order, session.roles()) }
            </>
        }
    })
}

fn actions(order: &Order, roles: &[Role]) -> [Option<Html>; 3] {
    let id = || order.id.clone();
    let steps = order.steps;
    let open = |status| status == StepStatus::AwaitingData;
    let data_is_open = open(steps.data_verification) && may_order(roles);
    let email_is_open = open(steps.email_verification);
    let activation_is_open = open(steps.certificate_activation) && order.may_activate;
    let primary = [data_is_open, email_is_open, true];
    let first = primary.iter().position(|is_open| *is_open);
    let link = |index: usize, label: &'static str, to: Route| {
        let emphasis = if first == Some(index) { Emphasis::Primary } else { Emphasis::Secondary };
        html! { <Link {to} class={emphasis.classes()}>{ label }</Link> }
    };
    let activation = match &order.certificate_id {
        Some(certificate_id) => Some(link(
            2,
            "Open the certificate",
            Route::Certificate { certificate_id: certificate_id.clone() },
        )),
        None => activation_is_open.then(|| {
            let step = ActivationStep::CertificateData;
            link(2, "Activate certificate", Route::Activation { order_id: id(), step })
        }),
    };
    [
        data_is_open.then(|| {
            link(0, "Provide the data", Route::Data { order_id: id(), step: VerificationStep::Start })
        }),
        email_is_open.then(|| {
            link(1, "Provide e-mail address", Route::Email { order_id: id(), step: VerificationStep::Start })
        }),
        activation,
    ]
}

fn mailbox(order: &Order, put: &Callback<Order>) -> Html {
    let Some(address) = &order.mailbox else { return Html::default() };
    let verified = order.steps.email_verification == StepStatus::Verified;
    html! {
        <section class="summary-section">
            <h2>{ "E-mail address" }</h2>
            <dl class="summary">
                { row("Address", address.clone()) }
                if let Some(sent_at) = order.challenge_sent_at { { row("Message sent", date_and_time(sent_at)) } }
            </dl>
            if !verified { <SendAgain order_id={order.id.clone()} put={put.clone()} /> }
        </section>
    }
}

/// Properties of [`SendAgain`].
#[derive(Properties, PartialEq)]
pub(crate) struct SendAgainProps {
    pub(crate) order_id: AttrValue,
    /// Takes the order as it then is.
    pub(crate) put: Callback<Order>,
}

/// Sends the message with the link again, or leads to another address.
#[component]
pub(crate) fn SendAgain(props: &SendAgainProps) -> Html {
    let submission = use_submission();
    let sent = use_state(|| false);
    let onclick = {
        let (submission, sent) = (submission.clone(), sent.clone());
        let (order_id, put) = (props.order_id.clone(), props.put.clone());
        Callback::from(move |()| {
            let (sent, put, order_id) = (sent.clone(), put.clone(), order_id.clone());
            sent.set(false);
            submission.run(api::send_challenge_again(&order_id), move |order| {
                sent.set(true);
                put.emit(order);
            });
        })
    };
    let change = Route::Email { order_id: props.order_id.to_string(), step: VerificationStep::Form };
    html! {
        <>
            { submission.view() }
            <div class="actions">
                <Button readiness={submission.readiness()} {onclick}>{ "Send the message again" }</Button>
                <Link to={change}>{ "Use another address" }</Link>
            </div>
            <div role="status">
                if *sent {
                    { note(Tone::Success, paragraph("A new message is on its way. The link in the earlier one does not work any more.")) }
                }
            </div>
        </>
    }
}

fn organization(order: &Order, roles: &[Role]) -> Html {
    let verified = order.verified_organization.as_ref();
    let claim = order.claim.as_ref();
    let Some(data) = verified.or_else(|| claim.map(|claim| &claim.data)) else { return Html::default() };
    let title = if verified.is_some() { "Organization, as verified" } else { "Organization, as entered" };
    let documents = claim.map(|claim| claim.documents.as_slice()).unwrap_or_default();
    html! {
        <section class="summary-section">
            <h2>{ title }</h2>
            <dl class="summary">
                { organization_rows(data) }
                if !documents.is_empty() { { rich_row("Documents", document_links(&order.id, documents)) } }
            </dl>
            if order.steps.data_verification == StepStatus::InVerification && may_order(roles) {
                <Link to={Route::Data { order_id: order.id.clone(), step: VerificationStep::Form }}>
                    { "Correct the data or add a document" }
                </Link>
            }
        </section>
    }
}

/// An organization's data as rows of a list.
pub(crate) fn organization_rows(data: &OrganizationData) -> Html {
    html! {
        <>
            { row("Organization", data.organization.clone()) }
            { row("Country", country(&data.country)) }
            { row("State or province", data.state_or_province.clone()) }
            { row("Locality", data.locality.clone()) }
            if let Some(identifier) = &data.organization_identifier {
                { row("Organization identifier", identifier.clone()) }
            }
        </>
    }
}

/// Documents as links to the files.
pub(crate) fn document_links(order_id: &str, documents: &[Document]) -> Html {
    let items = documents.iter().map(|document| {
        html! {
            <li key={document.id.clone()}>
                <a href={document_url(order_id, &document.id)} download={document.name.clone()}>{ &document.name }</a>
                <span class="quiet">{ format!(" ({})", size(document.size_bytes)) }</span>
            </li>
        }
    });
    html! { <ul class="plain">{ for items }</ul> }
}

/// The demonstration's inbox, as the place to look for a message.
pub(crate) fn where_the_message_is(instance: &Instance) -> Html {
    if !instance.inbox {
        return html! { <p>{ "No message after a few minutes? Look in the spam folder, or send it again." }</p> };
    }
    html! {
        <p><Link to={Route::Inbox} class={Emphasis::Primary.classes()}>{ "Open the inbox of this demonstration" }</Link></p>
    }
}
