//! The page behind a verification link. Opening it changes nothing; only the button confirms.

use crate::{
    api,
    app::use_session,
    browser::words::date_and_time,
    component::{
        button::{Button, Emphasis},
        failure::{failure, notice_of},
        heading::PageHeading,
        notice::{Tone, notice, paragraph},
        summary_list::row,
    },
    listing::use_list,
    loading::{Content, use_loaded_by},
    navigation::Link,
    page::order_steps::{NextStep, next_step},
    route::Route,
    submission::use_submission,
};
use protocol::{ChallengeState, MailboxChallenge, Order, Session};
use yew::prelude::*;

/// Properties of [`Confirm`].
#[derive(Properties, PartialEq)]
pub(crate) struct ConfirmProps {
    /// The value in the link.
    pub(crate) token: AttrValue,
}

/// Shows what the link is for, with the button while it can still be used.
#[component]
pub(crate) fn Confirm(props: &ConfirmProps) -> Html {
    let (session, submission) = (use_session(), use_submission());
    let loaded = use_loaded_by(props.token.clone(), api::inspect_challenge);
    let challenge = match &loaded.content {
        Content::Loading => return html! { <p class="loading" role="status">{ "Loading…" }</p> },
        Content::Failed(error) if error.slug() == Some("link-unknown") => return unknown_link(),
        Content::Failed(error) => {
            return failure(error, &loaded.reload);
        }
        Content::Ready(challenge) => challenge,
    };
    if challenge.state == ChallengeState::Confirmed {
        return confirmed(challenge, &session);
    }
    if challenge.state != ChallengeState::Open {
        return dead_link(challenge);
    }
    let onclick = {
        let (submission, token, put) = (submission.clone(), props.token.clone(), loaded.put.clone());
        Callback::from(move |()| {
            let put = put.clone();
            submission.run(api::confirm_challenge(token.to_string()), move |confirmed| put.emit(confirmed));
        })
    };
    html! {
        <div class="alone">
            { notice_of(submission.failure()) }
            <PageHeading title="Confirm your e-mail address" />
            <p class="lead">{ "Did you order a certificate for this address?" }</p>
            <div class="card">
                <dl class="summary">
                    { row("E-mail address", challenge.mailbox.clone()) }
                    { row("Product", challenge.product_name.clone()) }
                    { row("The link works until", date_and_time(challenge.expires_at)) }
                </dl>
                <Button emphasis={Emphasis::Primary} readiness={submission.readiness()} {onclick}>{ "Confirm" }</Button>
                <p class="quiet">{ "If you know nothing about it, close this page. Nothing happens then." }</p>
            </div>
        </div>
    }
}

fn unknown_link() -> Html {
    html! {
        <div class="alone">
            <PageHeading title="This link is not known here" />
            <p class="lead">{ "It may be incomplete: copy the whole address from the message." }</p>
            <p>{ "If that does not help, send the message again from the page of the order." }</p>
            <Link to={Route::Dashboard} class={Emphasis::Primary.classes()}>{ "Go to the dashboard" }</Link>
        </div>
    }
}

fn dead_link(challenge: &MailboxChallenge) -> Html {
    let (title, why) = match challenge.state {
        ChallengeState::Expired => (
            "This link has expired",
            "A link works for 24 hours. Send the message again from the page of the order.",
        ),
        ChallengeState::Superseded | ChallengeState::Open | ChallengeState::Confirmed => (
            "This link does not work any more",
            "A newer message was sent, or the address was changed. Use the link in the newest message.",
        ),
    };
    html! {
        <div class="alone">
            <PageHeading {title} />
            <p class="lead">{ why }</p>
            <Link to={Route::Dashboard} class={Emphasis::Primary.classes()}>{ "Go to the dashboard" }</Link>
        </div>
    }
}

fn confirmed(challenge: &MailboxChallenge, session: &Session) -> Html {
    let mailbox = &challenge.mailbox;
    html! {
        <div class="alone">
            <PageHeading title="The address is confirmed" />
            { notice(Tone::Success, mailbox.clone(), paragraph("It is proved that the mailbox is yours. It will stand in the certificate.")) }
            if session.account.is_some() {
                <Onward mailbox={mailbox.clone()} />
            } else {
                <p>{ "Go on where you ordered the certificate: the page there has noticed already." }</p>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OnwardProps {
    mailbox: AttrValue,
}

/// The next step of the order that the address belongs to, for its owner.
#[component]
fn Onward(props: &OnwardProps) -> Html {
    let session = use_session();
    let orders = use_list::<Order>();
    let next = orders
        .items()
        .iter()
        .filter(|order| order.mailbox.as_deref() == Some(props.mailbox.as_str()))
        .find_map(|order| match next_step(order, session.roles()) {
            NextStep::Do(label, route) if order.certificate_id.is_none() => Some((label, route)),
            _ => None,
        });
    html! {
        <div class="actions">
            if let Some((label, route)) = next {
                <Link to={route} class={Emphasis::Primary.classes()}>{ label }</Link>
            }
            <Link to={Route::Dashboard} class={Emphasis::Secondary.classes()}>{ "Go to the dashboard" }</Link>
        </div>
    }
}
