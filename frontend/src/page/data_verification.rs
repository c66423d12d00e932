//! The data verification wizard: Organization, Summary, saved. Or a verified organization is used.

mod documents;
mod organization;
mod register_examples;
mod register_search;

use super::{
    order::organization_rows,
    source::{Offer, Routes, SourceQuestion, Taking, Words, onsaved, source_summary, use_source},
};
use crate::{
    api::{self, Call},
    browser::draft::{self, Wizard, use_saved},
    component::{
        button::Emphasis,
        failure::view,
        heading::PageHeading,
        notice::{Tone, notice, paragraph},
        save_step::SaveStep,
        step_indicator::step_indicator,
        summary_list::{row, summary_section},
    },
    listing::use_list,
    loading::use_loaded_by,
    navigation::{Link, use_navigator},
    page::dashboard::refused,
    route::{Route, VerificationStep},
    wizard::data::{DataAction, DataDraft, Method, number_type_name},
};
use organization::OrganizationStep;
use protocol::{Order, OrganizationEvidence, StepStatus, UseOrganization, VerifiedOrganization};
use std::rc::Rc;
use yew::prelude::*;

const STEPS: &[&str] = &["Organization", "Summary"];

const WORDS: Words = Words {
    caption: "Data verification",
    steps: STEPS,
    title: "Organization",
    lead: "What was verified for an earlier order need not be verified again.",
    question: "Which organization is the certificate for?",
    missing: "Choose an organization, or choose to provide the data.",
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
    pub(crate) step: VerificationStep,
}

/// The wizard for an order.
#[component]
pub(crate) fn DataVerification(props: &DataVerificationProps) -> Html {
    let loaded = use_loaded_by(props.order_id.clone(), api::order);
    let (step, put) = (props.step, loaded.put.clone());
    view(&loaded, |order| match (step, order.steps.data_verification) {
        (VerificationStep::Saved, StepStatus::InVerification) => saved(order),
        (_, StepStatus::Verified) => verified(order),
        _ => html! { <DataWizard key={order.id.clone()} order={order.clone()} {step} {put} /> },
    })
}

#[derive(Properties, PartialEq)]
struct DataWizardProps {
    order: Order,
    step: VerificationStep,
    put: Callback<Order>,
}

#[component]
fn DataWizard(props: &DataWizardProps) -> Html {
    let DataWizardProps { order, step, put } = props;
    let navigator = use_navigator();
    let list = use_list::<VerifiedOrganization>();
    let source = use_source(Wizard::DataSource, &order.id);
    let draft = {
        let (order_id, claim) = (order.id.clone(), order.claim.clone());
        use_reducer(move || {
            draft::load(Wizard::Data, &order_id)
                .unwrap_or_else(|| claim.as_ref().map(DataDraft::from_claim).unwrap_or_default())
        })
    };
    use_saved(Wizard::Data, &order.id, &*draft);
    list.view(|organizations, show_more| {
        let offers: Vec<Offer> = organizations.iter().map(|organization| offer(organization)).collect();
        let to = |step| Route::Data { order_id: order.id.clone(), step };
        let routes = Routes::new(&order.id, to, &offers);
        let chosen = offers.iter().find(|offer| offer.id == *source);
        match (step, chosen, draft.evidence()) {
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
                <SourceQuestion words={&WORDS} {routes} {source} {offers} {show_more} news={refused(order)} />
            },
            (VerificationStep::Summary, _, Ok(evidence)) => summary(
                &routes.form,
                &draft,
                &evidence,
                save(order, &evidence),
                onsaved(Wizard::Data, order, &routes, navigator, put),
            ),
            _ => html! { <OrganizationStep order={order.clone()} {draft} back={routes.before_form()} /> },
        }
    })
}

fn offer(organization: &VerifiedOrganization) -> Offer {
    Offer {
        id: organization.id.clone(),
        name: organization.data.organization.clone(),
        identifier: organization.data.organization_identifier.clone(),
        verified_until: organization.verified_until,
        rows: organization_rows(&organization.data),
    }
}

fn save_source(order_id: &str, id: &str) -> Callback<(), Call<Order>> {
    let (order_id, request) = (order_id.to_owned(), UseOrganization { organization_id: id.to_owned() });
    Callback::from(move |()| api::use_organization(&order_id, &request))
}

fn save(order: &Order, evidence: &OrganizationEvidence) -> Callback<(), Call<Order>> {
    let (order_id, evidence) = (order.id.clone(), evidence.clone());
    Callback::from(move |()| api::save_organization(&order_id, &evidence))
}

fn summary(
    form: &Route,
    draft: &DataDraft,
    evidence: &OrganizationEvidence,
    save: Callback<(), Call<Order>>,
    onsaved: Callback<Order>,
) -> Html {
    html! {
        <SaveStep caption={WORDS.caption} steps={STEPS} label="Save" {save} {onsaved} back={form.clone()}
            statement="By saving you state that you may act for this organization in this matter, and that what you entered is true to the best of your knowledge.">
            { summary_section("Organization", form, html! { <>{ organization_rows(&evidence.data) }</> }) }
            { summary_section("Verification method", form, html! { <>{ method_rows(draft) }</> }) }
        </SaveStep>
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
                    <Link to={Route::Email { order_id: order_id(), step: VerificationStep::Start }}
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
