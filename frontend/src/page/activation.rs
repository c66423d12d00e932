//! The activation wizard: Certificate data, Generation method, Key pair generation, Summary, submitted.

mod browser_key;
mod certificate_data;
mod csr;
mod generation_method;
mod key_safekeeping;
mod submitted;
mod summary;

use crate::{
    api,
    browser::draft::{self, Wizard, use_saved},
    component::{button::Emphasis, failure::view, heading::PageHeading, step_indicator::step_indicator},
    crypto::{Examine, ExaminerWorker, key_store, messages::Verdict},
    loading::use_loaded_by,
    navigation::{Link, use_navigator},
    page::not_found::not_found,
    route::{ActivationStep, Route},
    wizard::activation::{ActivationAction, ActivationDraft, BrowserKey, Safekeeping},
};
use pki::key_policy::KeyAlgorithm;
use protocol::{KeyOrigin, Order, OrganizationData};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// The steps in the indicator.
const STEPS: &[&str] = &["Certificate data", "Generation method", "Key pair generation", "Summary"];

/// The line above each step's heading.
pub(super) const CAPTION: &str = "Certificate activation";

impl Reducible for ActivationDraft {
    type Action = ActivationAction;

    fn reduce(self: Rc<Self>, action: ActivationAction) -> Rc<Self> {
        Rc::new(Self::reduce(Rc::unwrap_or_clone(self), action))
    }
}

/// Properties of [`Activation`].
#[derive(Properties, PartialEq)]
pub(crate) struct ActivationProps {
    pub(crate) order_id: AttrValue,
    pub(crate) step: ActivationStep,
}

/// The wizard for an order whose first two steps are verified.
#[component]
pub(crate) fn Activation(props: &ActivationProps) -> Html {
    let loaded = use_loaded_by(props.order_id.clone(), api::order);
    let (step, reload) = (props.step, loaded.reload.clone());
    view(&loaded, |order| {
        if let Some(certificate_id) = &order.certificate_id {
            return html! { <submitted::Submitted certificate_id={certificate_id.clone()} /> };
        }
        if !order.may_activate {
            return not_found();
        }
        match (&order.verified_organization, &order.mailbox) {
            (Some(organization), Some(mailbox)) => html! {
                <ActivationWizard key={order.id.clone()} order={order.clone()} organization={organization.clone()}
                    mailbox={mailbox.clone()} {step} {reload} />
            },
            _ => not_yet(order),
        }
    })
}

/// What stands in place of the wizard until its time has come.
pub(super) fn not_yet(order: &Order) -> Html {
    html! {
        <>
            <PageHeading title="Activation is not available yet" caption={CAPTION} />
            <p class="lead">{ "First the organization's data and the e-mail address must both be verified." }</p>
            <Link to={Route::Order { order_id: order.id.clone() }} class={Emphasis::Primary.classes()}>
                { "See what is missing" }
            </Link>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ActivationWizardProps {
    order: Order,
    organization: OrganizationData,
    mailbox: AttrValue,
    step: ActivationStep,
    /// Asks for the order again, once it has a certificate.
    reload: Callback<()>,
}

/// What every step of the wizard gets.
#[derive(Properties, PartialEq, Clone)]
pub(super) struct StepProps {
    pub(super) order: Order,
    pub(super) organization: OrganizationData,
    pub(super) mailbox: AttrValue,
    pub(super) draft: UseReducerHandle<ActivationDraft>,
    pub(super) reload: Callback<()>,
}

impl StepProps {
    /// The route of a step of this order's wizard.
    fn route(&self, step: ActivationStep) -> Route {
        Route::Activation { order_id: self.order.id.clone(), step }
    }
}

#[component]
fn ActivationWizard(props: &ActivationWizardProps) -> Html {
    let navigator = use_navigator();
    let order_id = props.order.id.clone();
    let draft = use_draft(&order_id);
    use_kept_key(&order_id, &draft);
    let step = draft.reachable(props.step);
    {
        let address = Route::Activation { order_id, step };
        use_effect_with((props.step, step), move |(wanted, step)| {
            if wanted != step {
                navigator.replace(address);
            }
        });
    }
    let step_props = StepProps {
        order: props.order.clone(),
        organization: props.organization.clone(),
        mailbox: props.mailbox.clone(),
        draft: draft.clone(),
        reload: props.reload.clone(),
    };
    match (step, draft.method) {
        (ActivationStep::CertificateData, _) => html! { <certificate_data::CertificateData ..step_props /> },
        (ActivationStep::GenerationMethod, _) => {
            html! { <generation_method::GenerationMethod ..step_props /> }
        }
        (ActivationStep::KeyPair, KeyOrigin::Browser) => {
            html! { <browser_key::BrowserKeyStep ..step_props /> }
        }
        (ActivationStep::KeyPair, KeyOrigin::Csr) => html! { <csr::CsrStep ..step_props /> },
        // Of another module, which the navigator is loading.
        (ActivationStep::KeyPair | ActivationStep::CardKeyPair, _) => Html::default(),
        (ActivationStep::Summary | ActivationStep::Submitted, _) => {
            html! { <summary::Summary ..step_props /> }
        }
    }
}

/// The draft of an order's wizard, as the tab keeps it.
#[hook]
pub(super) fn use_draft(order_id: &str) -> UseReducerHandle<ActivationDraft> {
    let draft = {
        let order_id = order_id.to_owned();
        use_reducer(move || draft::load::<ActivationDraft>(Wizard::Activation, &order_id).unwrap_or_default())
    };
    use_saved(Wizard::Activation, order_id, &draft.for_storage());
    draft
}

/// Takes the key that this browser keeps for the order when the wizard opens, and follows what other tabs do with it.
#[hook]
fn use_kept_key(order_id: &str, draft: &UseReducerHandle<ActivationDraft>) {
    let dispatcher = draft.dispatcher();
    let has_key = draft.browser_key.is_some();
    use_effect_with(order_id.to_owned(), move |order_id| {
        let watch = {
            let (dispatcher, order_id) = (dispatcher.clone(), order_id.clone());
            key_store::Watch::start(&order_id.clone(), move || {
                let (dispatcher, order_id) = (dispatcher.clone(), order_id.clone());
                spawn_local(async move {
                    let found = kept_key(&order_id).await;
                    dispatcher
                        .dispatch(found.map_or(ActivationAction::KeyRemoved, ActivationAction::KeyReady));
                });
            })
        };
        if !has_key {
            let order_id = order_id.clone();
            spawn_local(async move {
                if let Some(key) = kept_key(&order_id).await {
                    dispatcher.dispatch(ActivationAction::KeyReady(key));
                }
            });
        }
        move || drop(watch)
    });
}

/// The key that this browser keeps for the order, once the crypto module has found its request correct.
async fn kept_key(order_id: &str) -> Option<BrowserKey> {
    let stored = key_store::load(order_id).await.ok().flatten()?;
    let examiner = ExaminerWorker::spawn().ok()?;
    let input = stored.csr_pem.clone().into_bytes();
    let Verdict::Correct(request) = examiner.examine(Examine { input, expected: None }).await.ok()? else {
        return None;
    };
    let algorithm = KeyAlgorithm::FOR_CERTIFICATES
        .into_iter()
        .find(|algorithm| algorithm.to_string() == request.key_algorithm)?;
    Some(BrowserKey {
        algorithm_id: algorithm.id().to_owned(),
        csr_pem: stored.csr_pem,
        public_key_sha256: stored.public_key_sha256,
        safekeeping: Safekeeping::KeptInBrowser,
    })
}

/// The algorithms as options of a field: all, or those that a card can do.
pub(super) fn algorithm_options(can: Option<&Vec<String>>) -> Vec<(AttrValue, AttrValue)> {
    KeyAlgorithm::FOR_CERTIFICATES
        .into_iter()
        .filter(|algorithm| can.is_none_or(|can| can.iter().any(|id| id == algorithm.id())))
        .map(|algorithm| (algorithm.id().into(), algorithm.to_string().into()))
        .collect()
}

/// The indicator with a step present.
pub(super) fn indicator(present: usize) -> Html {
    step_indicator(STEPS, present)
}
