//! The e-mail verification wizard: E-mail data, Summary, saved. Or a verified address is used.

use super::{
    order::{SendAgain, where_the_message_is},
    source::{Offer, Routes, SourceQuestion, Taking, Words, onsaved, source_summary, use_source},
};
use crate::{
    api::{self, Call},
    app::use_session,
    browser::draft::{self, Wizard, use_saved},
    component::{
        button::{Button, Emphasis},
        failure::view,
        field::TextField,
        heading::PageHeading,
        icon::{Picture, icon},
        notice::{Tone, notice, paragraph},
        save_step::SaveStep,
        step_indicator::step_indicator,
        summary_list::{row, summary_section},
    },
    listing::use_list,
    loading::{Content, use_loaded_by, use_refresh_while},
    navigation::{Link, use_navigator},
    page::order_steps::{NextStep, next_step},
    route::{Route, VerificationStep},
    submission::use_submission,
    wizard::email::{EMAIL, EmailDraft},
};
use protocol::{Instance, MailboxRequest, Order, Role, StepStatus, UseMailbox, VerifiedMailbox};
use yew::prelude::*;

const STEPS: &[&str] = &["E-mail data", "Summary"];

const WORDS: Words = Words {
    caption: "E-mail verification",
    steps: STEPS,
    title: "E-mail data",
    lead: "To an address that was verified a short time ago, no message has to be sent again.",
    question: "Which address is the certificate for?",
    missing: "Choose an address, or choose to provide one.",
    new: "Provide an e-mail address",
    new_hint: "For another address. We send a message to it, to see that it is yours.",
    statement: "By using it you state that the mailbox is still yours.",
    save: "Use this address",
};

/// Properties of [`EmailVerification`].
#[derive(Properties, PartialEq)]
pub(crate) struct EmailVerificationProps {
    pub(crate) order_id: AttrValue,
    pub(crate) step: VerificationStep,
}

/// The wizard for an order.
#[component]
pub(crate) fn EmailVerification(props: &EmailVerificationProps) -> Html {
    let session = use_session();
    let loaded = use_loaded_by(props.order_id.clone(), api::order);
    let waits = matches!(&loaded.content, Content::Ready(order)
        if order.steps.email_verification == StepStatus::InVerification);
    use_refresh_while(waits && props.step == VerificationStep::Saved, loaded.reload.clone());
    let (step, put) = (props.step, loaded.put.clone());
    view(&loaded, |order| match (step, order.steps.email_verification) {
        (_, StepStatus::Verified) => verified(order, session.roles()),
        (VerificationStep::Saved, StepStatus::InVerification) => saved(order, &put, &session.instance),
        _ => html! { <EmailWizard key={order.id.clone()} order={order.clone()} {step} {put} /> },
    })
}

#[derive(Properties, PartialEq)]
struct EmailWizardProps {
    order: Order,
    step: VerificationStep,
    put: Callback<Order>,
}

#[component]
fn EmailWizard(props: &EmailWizardProps) -> Html {
    let EmailWizardProps { order, step, put } = props;
    let (navigator, session) = (use_navigator(), use_session());
    let list = use_list::<VerifiedMailbox>();
    let source = use_source(Wizard::EmailSource, &order.id);
    let email = {
        let (order_id, entered) = (order.id.clone(), order.mailbox.clone());
        let account = session.account.as_ref().map(|account| account.email.clone());
        use_state(move || {
            draft::load(Wizard::Email, &order_id)
                .unwrap_or_else(|| EmailDraft::starting_with(&entered.or(account).unwrap_or_default()))
        })
    };
    use_saved(Wizard::Email, &order.id, &*email);
    list.view(|mailboxes, show_more| {
        let offers: Vec<Offer> = mailboxes.iter().map(|mailbox| offer(mailbox)).collect();
        let to = |step| Route::Email { order_id: order.id.clone(), step };
        let routes = Routes::new(&order.id, to, &offers);
        let chosen = offers.iter().find(|offer| offer.id == *source);
        match (step, chosen, email.request()) {
            (VerificationStep::Verified, Some(chosen), _) => {
                let save = save_source(&order.id, &chosen.id);
                source_summary(
                    &WORDS,
                    &routes,
                    chosen,
                    Taking { navigator, source, save, reload: list.reload() },
                )
            }
            (VerificationStep::Start | VerificationStep::Verified, ..) if !offers.is_empty() => html! {
                <SourceQuestion words={&WORDS} {routes} {source} {offers} {show_more} />
            },
            (VerificationStep::Summary, _, Ok(request)) => summary(
                &routes.form,
                &request,
                save(order, &request),
                onsaved(Wizard::Email, order, &routes, navigator, put),
            ),
            _ => html! { <Form order_id={order.id.clone()} {email} back={routes.before_form()} /> },
        }
    })
}

fn offer(mailbox: &VerifiedMailbox) -> Offer {
    Offer {
        id: mailbox.id.clone(),
        name: mailbox.email.clone(),
        identifier: None,
        verified_until: mailbox.verified_until,
        rows: row("E-mail address", mailbox.email.clone()),
    }
}

fn save_source(order_id: &str, id: &str) -> Callback<(), Call<Order>> {
    let (order_id, request) = (order_id.to_owned(), UseMailbox { mailbox_id: id.to_owned() });
    Callback::from(move |()| api::use_mailbox(&order_id, &request))
}

fn save(order: &Order, request: &MailboxRequest) -> Callback<(), Call<Order>> {
    let (order_id, request) = (order.id.clone(), request.clone());
    Callback::from(move |()| api::save_mailbox(&order_id, &request))
}

fn summary(
    form: &Route,
    request: &MailboxRequest,
    save: Callback<(), Call<Order>>,
    onsaved: Callback<Order>,
) -> Html {
    html! {
        <SaveStep caption={WORDS.caption} steps={STEPS} label="Save" {save} {onsaved} back={form.clone()}
            statement="When you save, a message with a link goes to this address.">
            { summary_section("E-mail data", form, row("E-mail address", request.email.clone())) }
        </SaveStep>
    }
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
                    navigator
                        .push(Route::Email { order_id: order_id.clone(), step: VerificationStep::Summary });
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

fn saved(order: &Order, put: &Callback<Order>, instance: &Instance) -> Html {
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
                    { where_the_message_is(instance) }
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
