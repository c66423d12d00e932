//! The e-mail verification wizard: E-mail data, Summary, saved. Or a verified address is used.

use super::{
    order::{SendAgain, WhereTheMessageIs},
    source::{Routes, Saving, SourceQuestion, SourceSummary, Words, use_source, verified_until},
};
use crate::{
    api,
    app::use_session,
    browser::{
        draft::{self, Wizard},
        words::date,
    },
    component::{
        button::{Button, Emphasis},
        choice::Choice,
        failure::view,
        field::TextField,
        heading::PageHeading,
        icon::{Picture, icon},
        notice::{Tone, notice, paragraph},
        step_indicator::step_indicator,
        summary_list::{row, summary_section},
    },
    listing::use_list,
    loading::{Content, use_loaded_by, use_refresh_while},
    navigation::{Link, use_navigator},
    page::order_steps::{NextStep, next_step},
    route::{EmailStep, Route},
    submission::use_submission,
    wizard::email::{EMAIL, EmailDraft},
};
use protocol::{MailboxRequest, Order, Role, StepStatus, UseMailbox, VerifiedMailbox};
use std::rc::Rc;
use yew::prelude::*;

const STEPS: &[&str] = &["E-mail data", "Summary"];

const WORDS: Words = Words {
    caption: "E-mail verification",
    steps: STEPS,
    title: "E-mail data",
    lead: "To an address that was verified a short time ago, no message has to be sent again.",
    question: "Which address is the certificate for?",
    missing: "Choose an address, or to provide one.",
    new: "Provide an e-mail address",
    new_hint: "For another address. We send a message to it, to see that it is yours.",
    statement: "By using it you state that the mailbox is still yours.",
    save: "Use this address",
};

/// Properties of [`EmailVerification`].
#[derive(Properties, PartialEq)]
pub(crate) struct EmailVerificationProps {
    pub(crate) order_id: AttrValue,
    pub(crate) step: EmailStep,
}

/// The wizard for an order.
#[component]
pub(crate) fn EmailVerification(props: &EmailVerificationProps) -> Html {
    let session = use_session();
    let loaded = use_loaded_by(props.order_id.clone(), api::order);
    let waits = matches!(&loaded.content, Content::Ready(order)
        if order.steps.email_verification == StepStatus::InVerification);
    use_refresh_while(waits && props.step == EmailStep::Saved, loaded.reload.clone());
    let (step, put) = (props.step, loaded.put.clone());
    view(&loaded, |order| match (step, order.steps.email_verification) {
        (_, StepStatus::Verified) => verified(order, session.roles()),
        (EmailStep::Saved, StepStatus::InVerification) => saved(order, &put),
        _ => html! { <EmailWizard key={order.id.clone()} order={order.clone()} {step} {put} /> },
    })
}

#[derive(Properties, PartialEq)]
struct EmailWizardProps {
    order: Order,
    step: EmailStep,
    put: Callback<Order>,
}

#[component]
fn EmailWizard(props: &EmailWizardProps) -> Html {
    let order_id = &props.order.id;
    let list = use_list::<VerifiedMailbox>();
    let source = use_source(Wizard::EmailSource, order_id);
    let account = use_session().account.as_ref().map(|account| account.email.clone());
    let email = {
        let (order_id, entered) = (order_id.clone(), props.order.mailbox.clone());
        use_state(move || {
            draft::load(Wizard::Email, &order_id)
                .unwrap_or_else(|| EmailDraft::starting_with(&entered.or(account).unwrap_or_default()))
        })
    };
    {
        let order_id = order_id.clone();
        use_effect_with((*email).clone(), move |email| draft::save(Wizard::Email, &order_id, email));
    }
    list.view(|mailboxes, show_more| {
        let chosen = mailboxes.iter().find(|mailbox| mailbox.id == source.value());
        let routes = routes(order_id, mailboxes.is_empty());
        match (props.step, chosen, email.request()) {
            (EmailStep::Verified, Some(chosen), _) => {
                let save = save(order_id.clone(), chosen.id.clone());
                html! {
                    <SourceSummary words={&WORDS} {routes} {source} rows={verified_rows(chosen)} {save}
                        reload={list.reload()} />
                }
            }
            (EmailStep::Start | EmailStep::Verified, ..) if !mailboxes.is_empty() => html! {
                <SourceQuestion words={&WORDS} {routes} {source} offered={offered(mailboxes)} {show_more} />
            },
            (EmailStep::Summary, _, Ok(request)) => html! {
                <Summary order_id={order_id.clone()} email={request.email} edit={routes.new}
                    put={props.put.clone()} />
            },
            _ => {
                let back = if mailboxes.is_empty() { routes.order } else { routes.question };
                html! { <Form order_id={order_id.clone()} {email} {back} /> }
            }
        }
    })
}

/// Without a verified address the wizard begins with the form.
fn routes(order_id: &str, nothing_is_verified: bool) -> Routes {
    let to = |step| Route::Email { order_id: order_id.to_owned(), step };
    Routes {
        question: to(EmailStep::Start),
        verified: to(EmailStep::Verified),
        new: to(if nothing_is_verified { EmailStep::Start } else { EmailStep::Email }),
        order: Route::Order { order_id: order_id.to_owned() },
    }
}

fn offered(mailboxes: &[Rc<VerifiedMailbox>]) -> Vec<Choice> {
    let choice = |mailbox: &Rc<VerifiedMailbox>| {
        let hint = format!("{}.", verified_until(mailbox.verified_until));
        Choice::new(mailbox.id.clone(), mailbox.email.clone()).with_hint(hint)
    };
    mailboxes.iter().map(choice).collect()
}

fn verified_rows(mailbox: &VerifiedMailbox) -> Html {
    html! {
        <>
            { row("E-mail address", mailbox.email.clone()) }
            { row("Verified until", date(mailbox.verified_until)) }
        </>
    }
}

fn save(order_id: String, mailbox_id: String) -> Callback<(), Saving> {
    Callback::from(move |()| -> Saving {
        let (order_id, request) = (order_id.clone(), UseMailbox { mailbox_id: mailbox_id.clone() });
        Box::pin(async move { api::use_mailbox(&order_id, &request).await })
    })
}

#[derive(Properties, PartialEq)]
struct FormProps {
    order_id: AttrValue,
    email: UseStateHandle<EmailDraft>,
    /// The page before.
    back: Route,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let (navigator, submission) = (use_navigator(), use_submission());
    let order_id = props.order_id.to_string();
    let onsubmit = {
        let (submission, email, order_id) = (submission.clone(), props.email.clone(), order_id.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match email.request() {
                Err(errors) => submission.refuse(errors),
                Ok(_) => {
                    navigator.push(Route::Email { order_id: order_id.clone(), step: EmailStep::Summary });
                }
            }
        })
    };
    let oninput = {
        let email = props.email.setter();
        Callback::from(move |text: String| email.set(EmailDraft { email: text }))
    };
    html! {
        <>
            { submission.view() }
            { step_indicator(STEPS, 0) }
            <PageHeading title="Provide an e-mail address" caption="E-mail verification" errors={submission.errors().len()} />
            <p class="lead">
                { "This address will stand in the certificate. We send a message to it, to see that it is yours." }
            </p>
            <form novalidate=true {onsubmit}>
                <div class="card">
                    <TextField id={EMAIL} label="E-mail address" kind="email" autocomplete="email"
                        value={props.email.email.clone()} {oninput} errors={submission.errors()}
                        hint="The address you send signed mail from." />
                </div>
                <div class="actions">
                    <Button emphasis={Emphasis::Primary}>{ "Next" }</Button>
                    <Link to={props.back.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                </div>
            </form>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct SummaryProps {
    order_id: AttrValue,
    email: AttrValue,
    /// The form.
    edit: Route,
    put: Callback<Order>,
}

#[component]
fn Summary(props: &SummaryProps) -> Html {
    let (navigator, submission) = (use_navigator(), use_submission());
    let edit = &props.edit;
    let onclick = {
        let (submission, order_id, put) = (submission.clone(), props.order_id.clone(), props.put.clone());
        let request = MailboxRequest { email: props.email.to_string() };
        Callback::from(move |()| {
            let (navigator, put, saved_id) = (navigator.clone(), put.clone(), order_id.to_string());
            let (id, request) = (order_id.clone(), request.clone());
            submission.run(async move { api::save_mailbox(&id, &request).await }, move |order| {
                draft::remove(Wizard::Email, &saved_id);
                put.emit(order);
                navigator.replace(Route::Email { order_id: saved_id, step: EmailStep::Saved });
            });
        })
    };
    html! {
        <>
            { submission.view() }
            { step_indicator(STEPS, 1) }
            <PageHeading title="Summary" caption="E-mail verification" errors={submission.errors().len()} />
            { summary_section("E-mail data", edit, html! { <>{ row("E-mail address", props.email.clone()) }</> }) }
            <p class="statement">{ "When you save, a message with a link goes to this address." }</p>
            <div class="actions">
                <Button emphasis={Emphasis::Primary} readiness={submission.readiness()} {onclick}>{ "Save" }</Button>
                <Link to={edit.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}

fn saved(order: &Order, put: &Callback<Order>) -> Html {
    let address = order.mailbox.clone().unwrap_or_default();
    html! {
        <>
            { step_indicator(STEPS, 2) }
            <PageHeading title="Open the link in your message" caption="E-mail verification" />
            <div class="card card--news">
                { icon(Picture::Envelope) }
                <div>
                    <p class="lead">{ "We sent a message to " }<strong>{ address }</strong>{ "." }</p>
                    <p>{ "Open its link and press " }<strong>{ "Confirm" }</strong>{ ". The link works once, for 24 hours. This page notices by itself when you have done it." }</p>
                    <WhereTheMessageIs />
                </div>
            </div>
            <SendAgain order_id={order.id.clone()} put={put.clone()} />
        </>
    }
}

fn verified(order: &Order, roles: &[Role]) -> Html {
    let address = order.mailbox.clone().unwrap_or_default();
    html! {
        <>
            { step_indicator(STEPS, 2) }
            <PageHeading title="The address is verified" caption="E-mail verification" />
            { notice(Tone::Success, address, paragraph("Nothing more to do in this step.")) }
            if let NextStep::Wait(why) = next_step(order, roles) { <p>{ why }</p> }
            <div class="actions">
                if let NextStep::Do(label, route) = next_step(order, roles) {
                    <Link to={route} class={Emphasis::Primary.classes()}>{ label }</Link>
                }
                <Link to={Route::Dashboard} class={Emphasis::Secondary.classes()}>{ "Back to the dashboard" }</Link>
            </div>
        </>
    }
}
