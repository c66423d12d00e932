//! The form of the data verification wizard.

use super::{
    STEPS, documents::Documents, register_examples::RegisterExamples, register_search::RegisterSearch,
};
use crate::{
    component::{
        button::{Button, Emphasis},
        choice::{Choice, RadioGroup},
        field::{SelectField, TextField, country_options},
        heading::PageHeading,
        step_indicator::step_indicator,
    },
    navigation::{Link, use_navigator},
    page::dashboard::refused,
    route::{Route, VerificationStep},
    submission::{Submission, use_submission},
    wizard::{
        FieldError,
        data::{DataAction, DataDraft, DataField, Method},
    },
};
use protocol::Order;
use yew::prelude::*;

/// Properties of [`OrganizationStep`].
#[derive(Properties, PartialEq)]
pub(super) struct OrganizationStepProps {
    pub(super) order: Order,
    pub(super) draft: UseReducerHandle<DataDraft>,
    /// The page before.
    pub(super) back: Route,
}

/// How the organization is verified, and its data. The search comes first, because it fills in the rest.
#[component]
pub(super) fn OrganizationStep(props: &OrganizationStepProps) -> Html {
    let (navigator, submission) = (use_navigator(), use_submission());
    let draft = &props.draft;
    let order_id = &props.order.id;
    let onsubmit = {
        let (submission, draft, order_id) = (submission.clone(), draft.clone(), order_id.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match draft.evidence() {
                Err(errors) => submission.refuse(errors),
                Ok(_) => {
                    navigator
                        .push(Route::Data { order_id: order_id.clone(), step: VerificationStep::Summary });
                }
            }
        })
    };
    let onfound = {
        let submission = submission.clone();
        Callback::from(move |()| submission.clear())
    };
    let errors = submission.errors();
    let country_options = use_memo((), |()| country_options());
    html! {
        <>
            { submission.view() }
            { step_indicator(STEPS, 0) }
            <PageHeading title="Provide the data" caption="Data verification" errors={errors.len()} />
            <p class="lead">
                { "We verify that your organization exists. From this data you later choose what stands in the certificate." }
            </p>
            { refused(&props.order) }
            <form novalidate=true {onsubmit}>
                <RadioGroup id="method" legend="Verification method" choices={methods()} onchange={choose_method(draft, &submission)}
                    value={if draft.method == Method::Register { "register" } else { "document" }} />
                if draft.method == Method::Register {
                    <RegisterExamples draft={draft.clone()} />
                }
                <div class="card">
                    <SelectField id={DataField::Country.id()} label="Country" value={draft.country.clone()}
                        options={(*country_options).clone()} onchange={enter(draft, DataField::Country)}
                        placeholder="Choose a country" hint={country_hint(draft)} errors={errors.clone()} />
                    if draft.method == Method::Register {
                        <RegisterSearch draft={draft.clone()} errors={errors.clone()} {onfound} />
                    } else {
                        <Documents order_id={order_id.clone()} draft={draft.clone()} errors={errors.clone()} />
                    }
                </div>
                { headquarters(draft, &errors) }
                <div class="actions">
                    <Button emphasis={Emphasis::Primary}>{ "Next" }</Button>
                    <Link to={props.back.clone()} class={Emphasis::Secondary.classes()}>{ "Back" }</Link>
                </div>
            </form>
        </>
    }
}

fn choose_method(draft: &UseReducerHandle<DataDraft>, submission: &Submission) -> Callback<AttrValue> {
    let (draft, submission) = (draft.dispatcher(), submission.clone());
    Callback::from(move |value: AttrValue| {
        let method = if value == "document" { Method::Document } else { Method::Register };
        draft.dispatch(DataAction::ChooseMethod(method));
        // The fields of the other method have other errors.
        submission.clear();
    })
}

fn headquarters(draft: &UseReducerHandle<DataDraft>, errors: &[FieldError]) -> Html {
    let fields = text_fields(draft).into_iter().map(|(field, label, hint, value)| {
        html! {
            <TextField key={field.id()} id={field.id()} {label} {hint} value={value.to_owned()}
                oninput={enter(draft, field)} errors={errors.to_vec()} />
        }
    });
    html! {
        <fieldset class="card">
            <legend>{ "The organization and its headquarters" }</legend>
            { for fields }
        </fieldset>
    }
}

fn methods() -> Vec<Choice> {
    vec![
        Choice::new("register", "Search the information about the organization by registration number")
            .with_hint("The quickest way: the register fills in the fields for you."),
        Choice::new("document", "Add the document to verify organization existence")
            .with_hint("For organizations that no register has, or when the register is not up to date."),
    ]
}

fn country_hint(draft: &DataDraft) -> Option<&'static str> {
    (draft.method == Method::Register).then_some("With an LEI you can leave this to the register.")
}

type TextFieldRow<'a> = (DataField, &'static str, Option<&'static str>, &'a str);

fn text_fields(draft: &DataDraft) -> [TextFieldRow<'_>; 3] {
    [
        (
            DataField::Organization,
            "Organization",
            Some("The full legal name, as in the register."),
            &draft.organization,
        ),
        (DataField::StateOrProvince, "State or province", None, &draft.state_or_province),
        (DataField::Locality, "Locality", Some("The city or town of the headquarters."), &draft.locality),
    ]
}

/// What a field does with what is typed into it.
pub(super) fn enter(draft: &UseReducerHandle<DataDraft>, field: DataField) -> Callback<String> {
    let draft = draft.dispatcher();
    Callback::from(move |text| draft.dispatch(DataAction::Enter(field, text)))
}
