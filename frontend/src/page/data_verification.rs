//! The data verification wizard: Organization, Summary, saved. Or a verified organization is used.

mod documents;
mod organization;
mod register_examples;
mod register_search;

use super::{
    order::organization_rows,
    source::{Routes, Saving, SourceQuestion, SourceSummary, Words, use_source, verified_until},
};
use crate::{
    api,
    browser::{
        draft::{self, Wizard},
        words::date,
    },
    component::{
        button::{Button, Emphasis},
        choice::Choice,
        failure::view,
        heading::PageHeading,
        notice::{Tone, notice, paragraph},
        step_indicator::step_indicator,
        summary_list::{row, summary_section},
    },
    listing::use_list,
    loading::use_loaded_by,
    navigation::{Link, use_navigator},
    page::dashboard::refused,
    route::{DataStep, EmailStep, Route},
    submission::use_submission,
    wizard::data::{DataAction, DataDraft, Method, number_type_name},
};
use organization::OrganizationStep;
use protocol::{Order, StepStatus, UseOrganization, VerifiedOrganization};
use std::rc::Rc;
use yew::prelude::*;

const STEPS: &[&str] = &["Organization", "Summary"];

const WORDS: Words = Words {
    caption: "Data verification",
    steps: STEPS,
    title: "Organization",
    lead: "What was verified for an earlier order need not be verified again.",
    question: "Which organization is the certificate for?",
    missing: "Choose an organization, or to provide the data.",
    new: "Provide the data",
    new_hint: "For another organization, or when something has changed. A specialist verifies it.",
    statement: "By using it you state that you may act for this organization in this matter, and that the data are still true to the best of your knowledge.",
    save: "Use this organization",
};

impl Reducible for DataDraft {
    type Action = DataAction;

    fn reduce(self: Rc<Self>, action: DataAction) -> Rc<Self> {
        Rc::new(Self::reduce(Rc::unwrap_or_clone(self), action))
    }
}

/// Properties of [`DataVerification`].
#[derive(Properties, PartialEq)]
pub(crate) struct DataVerificationProps {
    pub(crate) order_id: AttrValue,
    pub(crate) step: DataStep,
}

/// The wizard for an order.
#[component]
pub(crate) fn DataVerification(props: &DataVerificationProps) -> Html {
    let loaded = use_loaded_by(props.order_id.clone(), api::order);
    let (step, put) = (props.step, loaded.put.clone());
    view(&loaded, |order| match (step, order.steps.data_verification) {
        (DataStep::Saved, StepStatus::InVerification) => saved(order),
        (_, StepStatus::Verified) => verified(order),
        _ => html! { <DataWizard key={order.id.clone()} order={order.clone()} {step} {put} /> },
    })
}

#[derive(Properties, PartialEq)]
struct DataWizardProps {
    order: Order,
    step: DataStep,
    put: Callback<Order>,
}

#[component]
fn DataWizard(props: &DataWizardProps) -> Html {
    let order_id = &props.order.id;
    let list = use_list::<VerifiedOrganization>();
    let source = use_source(Wizard::DataSource, order_id);
    let draft = {
        let (order_id, claim) = (order_id.clone(), props.order.claim.clone());
        use_reducer(move || {
            draft::load(Wizard::Data, &order_id)
                .unwrap_or_else(|| claim.as_ref().map(DataDraft::from_claim).unwrap_or_default())
        })
    };
    {
        let order_id = order_id.clone();
        use_effect_with((*draft).clone(), move |draft| draft::save(Wizard::Data, &order_id, draft));
    }
    list.view(|organizations, show_more| {
        let chosen = organizations.iter().find(|organization| organization.id == source.value());
        let routes = routes(&props.order, organizations.is_empty());
        match (props.step, chosen, draft.evidence()) {
            (DataStep::Verified, Some(chosen), _) => {
                let save = save(order_id.clone(), chosen.id.clone());
                html! {
                    <SourceSummary words={&WORDS} {routes} {source} rows={verified_rows(chosen)} {save}
                        reload={list.reload()} />
                }
            }
            (DataStep::Start | DataStep::Verified, ..) if !organizations.is_empty() => html! {
                <SourceQuestion words={&WORDS} {routes} {source} offered={offered(organizations)} {show_more}
                    news={refused(&props.order)} />
            },
            (DataStep::Summary, _, Ok(evidence)) => html! {
                <Summary order={props.order.clone()} draft={(*draft).clone()} {evidence} edit={routes.new}
                    put={props.put.clone()} />
            },
            _ => {
                let back = if organizations.is_empty() { routes.order } else { routes.question };
                html! { <OrganizationStep order={props.order.clone()} {draft} {back} /> }
            }
        }
    })
}

/// Without a verified organization the wizard begins with the form.
fn routes(order: &Order, nothing_is_verified: bool) -> Routes {
    let to = |step| Route::Data { order_id: order.id.clone(), step };
    Routes {
        question: to(DataStep::Start),
        verified: to(DataStep::Verified),
        new: to(if nothing_is_verified { DataStep::Start } else { DataStep::Organization }),
        order: Route::Order { order_id: order.id.clone() },
    }
}

fn offered(organizations: &[Rc<VerifiedOrganization>]) -> Vec<Choice> {
    let choice = |organization: &Rc<VerifiedOrganization>| {
        let (data, until) = (&organization.data, verified_until(organization.verified_until));
        let hint = match &data.organization_identifier {
            Some(identifier) => format!("{identifier}. {until}."),
            None => format!("{until}."),
        };
        Choice::new(organization.id.clone(), data.organization.clone()).with_hint(hint)
    };
    organizations.iter().map(choice).collect()
}

fn verified_rows(organization: &VerifiedOrganization) -> Html {
    html! {
        <>
            { organization_rows(&organization.data) }
            { row("Verified until", date(organization.verified_until)) }
        </>
    }
}

fn save(order_id: String, organization_id: String) -> Callback<(), Saving> {
    Callback::from(move |()| -> Saving {
        let order_id = order_id.clone();
        let request = UseOrganization { organization_id: organization_id.clone() };
        Box::pin(async move { api::use_organization(&order_id, &request).await })
    })
}

#[derive(Properties, PartialEq)]
struct SummaryProps {
    order: Order,
    draft: DataDraft,
    evidence: protocol::OrganizationEvidence,
    /// The form.
    edit: Route,
    put: Callback<Order>,
}

#[component]
fn Summary(props: &SummaryProps) -> Html {
    let SummaryProps { order, draft, evidence, edit, put } = props;
    let (navigator, submission) = (use_navigator(), use_submission());
    let onclick = {
        let (submission, order_id, evidence, put) =
            (submission.clone(), order.id.clone(), evidence.clone(), put.clone());
        Callback::from(move |()| {
            let (navigator, put, saved_id) = (navigator.clone(), put.clone(), order_id.clone());
            let (id, evidence) = (order_id.clone(), evidence.clone());
            submission.run(async move { api::save_organization(&id, &evidence).await }, move |order| {
                draft::remove(Wizard::Data, &saved_id);
                put.emit(order);
                navigator.replace(Route::Data { order_id: saved_id, step: DataStep::Saved });
            });
        })
    };
    html! {
        <>
            { submission.view() }
            { step_indicator(STEPS, 1) }
            <PageHeading title="Summary" caption="Data verification" errors={submission.errors().len()} />
            { summary_section("Organization", edit, html! { <>{ organization_rows(&evidence.data) }</> }) }
            { summary_section("Verification method", edit, html! { <>{ method_rows(draft) }</> }) }
            <p class="statement">
                { "By saving you state that you may act for this organization in this matter, and that what you entered is true to the best of your knowledge." }
            </p>
            <div class="actions">
                <Button emphasis={Emphasis::Primary} readiness={submission.readiness()} {onclick}>{ "Save" }</Button>
                <Link to={edit.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
            </div>
        </>
    }
}

fn method_rows(draft: &DataDraft) -> Html {
    match draft.method {
        Method::Register => html! {
            <>
                { row("Method", "Search by registration number") }
                { row("Registration number type", number_type_name(draft.registration_number_type)) }
                { row("Registration number", draft.clean_registration_number()) }
            </>
        },
        Method::Document => {
            let names: Vec<&str> = draft.documents.iter().map(|document| document.name.as_str()).collect();
            html! { <>{ row("Method", "Document") }{ row("Documents", names.join(", ")) }</> }
        }
    }
}

fn saved(order: &Order) -> Html {
    let order_id = || order.id.clone();
    let email_is_open = order.steps.email_verification == StepStatus::AwaitingData;
    html! {
        <>
            { step_indicator(STEPS, 2) }
            <PageHeading title="The data is saved" caption="Data verification" />
            { notice(Tone::Success, "In verification", paragraph("A validation specialist compares the data with the evidence, usually within one working day. We write to you when it is done, and the dashboard shows it.")) }
            <p>
                { "Do you have another document that helps? Add it any time on the " }
                <Link to={Route::Order { order_id: order_id() }}>{ "page of the order" }</Link>{ "." }
            </p>
            <div class="actions">
                if email_is_open {
                    <Link to={Route::Email { order_id: order_id(), step: EmailStep::Start }}
                        class={Emphasis::Primary.classes()}>{ "E-mail verification" }</Link>
                }
                <Link to={Route::Dashboard} class={Emphasis::Secondary.classes()}>{ "Back to the dashboard" }</Link>
            </div>
        </>
    }
}

fn verified(order: &Order) -> Html {
    html! {
        <>
            <PageHeading title="The data is verified" caption="Data verification" />
            <p class="lead">{ "Nothing more to do in this step." }</p>
            <Link to={Route::Order { order_id: order.id.clone() }} class={Emphasis::Primary.classes()}>
                { "Go to the order" }
            </Link>
        </>
    }
}
